"""How much of what people and doctors write is understood: sentences labelled by hand.

The floors are a little below what was measured when they were set; raise them as it gets better.
"""

from functools import cache
from pathlib import Path

import pytest

from assistant.evaluation.labelled_sentences import read_sentences
from assistant.evaluation.understanding import Judged, by_language, judge, parents_of
from knowledge_graph.core.load import shipped_core
from knowledge_graph.knowledge import build_finder

FOLDER = Path(__file__).parent / "understanding"
FLOOR_F1 = {"en": 0.63, "zh": 0.64}
FLOOR_POLARITY_PERCENT = {"en": 94, "zh": 96}


@cache
def judged() -> tuple[Judged, ...]:
    core = shipped_core()
    return tuple(judge(read_sentences(FOLDER, core.findings), build_finder(core), core))


def test_every_sentence_has_its_own_id() -> None:
    ids = [one.sentence.id for one in judged()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", sorted(FLOOR_F1))
def test_findings_are_understood(language: str) -> None:
    scores = by_language(judged(), parents_of(shipped_core()))[language]
    assert scores.pairs.f1 >= FLOOR_F1[language]
    assert scores.polarity.percent >= FLOOR_POLARITY_PERCENT[language]
