"""The curated core: what the project itself says of medicine, as text files a clinician can review.

`findings/`, `conditions/`, `red_flags/` and `sources/` hold one file per body system; see README.md
here for the scales. Everything in them is drafted, not clinically reviewed.
"""
