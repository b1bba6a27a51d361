"""Words and pairs of ideographs: what is indexed and what is looked for."""

import pytest

from knowledge_graph.lexical import (
    aspects_in_english,
    coverage,
    indexed_form,
    match_expression,
    query_terms,
)


def test_chinese_is_indexed_as_ideographs_and_pairs() -> None:
    assert indexed_form("患痛风。gout").split() == ["患", "痛", "风", "患痛", "痛风", "。gout"]
    assert indexed_form("no change here") == "no change here"


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("What is gout?", ("gout",)),
        ("what's Crohn's disease", ("crohn", "disease")),
        ("COVID-19 and COPD", ("covid", "19", "copd")),
        ("Gout gout GOUT", ("gout",)),
        ("什么是痛风？", ("痛风",)),
        ("咳", ("咳",)),
        ("vitamin D缺乏", ("缺乏", "vitamin", "d")),
        ("What is the", ()),
        ("？！", ()),
    ],
)
def test_the_terms_of_a_question(question: str, terms: tuple[str, ...]) -> None:
    assert query_terms(question) == terms


def test_terms_are_quoted_so_that_nothing_is_an_operator() -> None:
    assert match_expression(("gout", 'a"b')) == '"gout" OR "ab"'


def test_coverage_counts_any_form_of_a_word() -> None:
    weights = {"treated": 3.0, "gout": 1.0}
    assert coverage(weights, "Treating it.") == 0.75
    assert coverage(weights, "Asthma.") == 0.0
    assert coverage({"痛风": 1.0}, "患痛风的人") == 1.0
    assert coverage({}, "anything") == 0.0


def test_what_a_chinese_question_asks_about() -> None:
    assert aspects_in_english("痛风怎么治疗，会遗传吗") == "treatments inherited genetic"
    assert aspects_in_english("痛风") == ""
