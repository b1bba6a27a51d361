"""A case → ranked conditions with reasons, each with the passages that speak of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from assistant.symptom_check.check import check
from assistant.symptom_check.model import ClinicalModel
from knowledge_graph.domain.assessment import Assessment
from knowledge_graph.domain.case import Case
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.evidence import Citation
from knowledge_graph.knowledge import Knowledge
from knowledge_graph.search import search

_CITED_CANDIDATES = 5
_PASSAGES_EACH = 3
# A name is found by its words; a question in other words needs more proposals.
_PROPOSED = 20
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Advice:
    """An assessment, and for its leading candidates the cited passages by condition id."""

    assessment: Assessment
    citations: Mapping[ConceptId, tuple[Citation, ...]]


Cite = Callable[[str, str], tuple[Citation, ...]]
"""Passages on a condition: its name and the reader's language → citations, best first."""


def citing(knowledge: Knowledge) -> Cite:
    """Cites from one version of the knowledge; what was looked up once is remembered."""

    @lru_cache(maxsize=_REMEMBERED)
    def cite(condition: str, language: str) -> tuple[Citation, ...]:
        hits = search(knowledge, condition, language, limit=_PASSAGES_EACH, proposed=_PROPOSED)
        return tuple(hit.citation for hit in hits)

    return cite


def advise(case: Case, model: ClinicalModel, cite: Cite, limit: int = 10) -> Advice:
    """Assess a case and find passages for the leading candidates.

    Raises UnknownCode for findings outside the vocabulary, DependencyDown when the graph is down.
    """
    assessment = check(case, model, limit=limit)
    citations = {
        candidate.condition_id: cite(candidate.name, case.language)
        for candidate in assessment.candidates[:_CITED_CANDIDATES]
    }
    return Advice(assessment, citations)
