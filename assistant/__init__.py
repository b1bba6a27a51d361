"""The thinking for patients, doctors and administrators, all on one symptom check."""
