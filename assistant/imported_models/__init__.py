"""Models built from other people's data sets, kept apart from the curated core.

They are for measuring the interview on published benchmarks. Nothing of them answers a patient.
"""
