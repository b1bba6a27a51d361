"""Closed questions answered in free text."""

import pytest

from assistant.dialogue.answers import read_age, read_sex, read_subject
from assistant.dialogue.consultation import Subject
from knowledge_graph.domain.case import Sex
from knowledge_graph.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("35", 35),
        ("I am 35 years old", 35),
        ("thirty-five", 35),
        ("he is twelve", 12),
        ("she just turned ninety one", 91),
        ("6 months", 0.5),
        ("six months old", 0.5),
        ("1.5", 1.5),
        ("three weeks", 21 / 365),
        ("２８", 28),
        ("35岁", 35),
        ("三十五岁", 35),
        ("十八", 18),
        ("今年一百零二岁", 102),
        ("八个月", 8 / 12),
        ("孩子3个月大", 0.25),
        ("六十周岁", 60),
        ("0", 0),
        ("130", 130),
    ],
)
def test_an_age_is_read(text: str, years: float) -> None:
    assert read_age(text) == pytest.approx(years)


@pytest.mark.parametrize("text", ["-3", "400", "minus - 3", "131", "2000 months", "2000"])
def test_an_age_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_age(text)


@pytest.mark.parametrize("text", ["", "old enough", "不告诉你", "I don't know"])
def test_no_age_is_none(text: str) -> None:
    assert read_age(text) is None


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("me", Subject.SELF),
        ("It's for me", Subject.SELF),
        ("my little boy", Subject.CHILD),
        ("MY DAUGHTER", Subject.CHILD),
        ("it is for my wife", Subject.OTHER),
        ("someone else", Subject.OTHER),
        ("我自己", Subject.SELF),
        ("我女儿", Subject.CHILD),
        ("给我妈妈问的", Subject.OTHER),
        ("yesterday", None),
    ],
)
def test_the_subject_is_read(text: str, subject: Subject | None) -> None:
    assert read_subject(text) is subject


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("female", (True, Sex.FEMALE)),
        ("Male", (True, Sex.MALE)),
        ("I'm a woman", (True, Sex.FEMALE)),
        ("I'd rather not say", (True, None)),
        ("女", (True, Sex.FEMALE)),
        ("我是男的", (True, Sex.MALE)),
        ("不想说", (True, None)),
        ("blue", (False, None)),
    ],
)
def test_the_sex_is_read(text: str, answer: tuple[bool, Sex | None]) -> None:
    assert read_sex(text) == answer
