"""For administrators: one file per report, discovered; each number is defined once in indicators.py."""
