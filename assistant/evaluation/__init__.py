"""How good the symptom check is, measured on cases. Nothing here is used to answer anybody."""
