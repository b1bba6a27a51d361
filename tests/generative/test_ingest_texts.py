"""Any text is survived by splitting and de-identification, and nothing is lost or let through."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.deidentify import deidentify, literal_pattern
from ingest.split import LONGEST_WORDS, split, words_in

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
texts = st.lists(words, max_size=400).map(" ".join)
names = st.lists(st.from_regex(r"[A-Z][a-z]{2,8}( [A-Z][a-z]{2,8})?", fullmatch=True), max_size=4)


@given(texts)
def test_pieces_cover_the_text_in_order_and_are_short(text: str) -> None:
    pieces = split(text)
    assert "".join("".join(text[p.start : p.end].split()) for p in pieces) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(pieces))
    assert all(words_in(text[p.start : p.end]) <= LONGEST_WORDS for p in pieces)
    assert all(text[p.start : p.end].strip() == text[p.start : p.end] for p in pieces)


@given(texts, names)
def test_no_identifier_is_left_in_any_text(text: str, identifiers: list[str]) -> None:
    whole = " ".join(part for name in identifiers for part in (text, name, name.upper(), text))
    clean = deidentify(whole, identifiers)
    pattern = literal_pattern(identifiers)
    assert pattern is None or not pattern.search(clean)


@given(texts)
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    clean = deidentify(text)
    assert deidentify(clean) == clean
