"""All clinical reasoning: pure functions of values, shared by patients and doctors.

`check.py` is the one way in for a case; `understand.py` turns text into findings; `red_flags.py`
screens for emergencies and depends on nothing but the curated core.
"""
