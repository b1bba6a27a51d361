"""Misspelt words are mended; everything else is left as it was."""

import pytest

from knowledge_graph.spelling import Speller

SPELLER = Speller(["Psoriasis", "gout", "ankylosing spondylitis", "migraine", "Marfan syndrome"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("waht is diabtes", "what is diabetes"),
        ("symtoms of psorasis?", "symptoms of psoriasis?"),
        ("ankylosing spondilitis", "ankylosing spondylitis"),
        ("migrane", "migraine"),
        ("vomitting", "vomiting"),
    ],
)
def test_slips_are_mended(typed: str, meant: str) -> None:
    assert SPELLER.correct(typed) == meant


@pytest.mark.parametrize(
    "text", ["What is gout?", "asdf qwer zxcv", "COPX", "Marfan", "痛风", "flu", "", "headaches"]
)
def test_words_that_are_known_short_or_hopeless_stay(text: str) -> None:
    assert SPELLER.correct(text) == text
