"""A case → ranked conditions with reasons, each with the passages that speak of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.symptom_check.check import check
from assistant.symptom_check.model import ClinicalModel
from knowledge_graph.domain.assessment import Assessment, Candidate
from knowledge_graph.domain.case import Case
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.evidence import Citation
from knowledge_graph.knowledge import Knowledge
from knowledge_graph.search import search

_CITED_CANDIDATES = 5
_PASSAGES_EACH = 3


@dataclass(frozen=True, slots=True)
class Advice:
    """An assessment, and for its leading candidates the cited passages by condition id."""

    assessment: Assessment
    citations: Mapping[ConceptId, tuple[Citation, ...]]


def advise(case: Case, model: ClinicalModel, knowledge: Knowledge, limit: int = 10) -> Advice:
    """Assess a case and find passages for the leading candidates.

    Raises UnknownCode for findings outside the vocabulary, DependencyDown when the graph is down.
    """
    assessment = check(case, model, limit=limit)
    citations = {
        candidate.condition_id: _cite(candidate, case.language, knowledge)
        for candidate in assessment.candidates[:_CITED_CANDIDATES]
    }
    return Advice(assessment, citations)


def _cite(candidate: Candidate, language: str, knowledge: Knowledge) -> tuple[Citation, ...]:
    """Passages on the condition, in the case's language."""
    hits = search(knowledge, candidate.name, language, limit=_PASSAGES_EACH)
    return tuple(hit.citation for hit in hits)
