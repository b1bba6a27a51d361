"""Clinical vignettes with a known diagnosis: how often it comes first, among three, among five.

The file's shape is that of Avey's published vignettes (Hammoud et al., JMIR AI 2024;3:e46875): one
JSON object a line, with the demographics, the complaints, the history and `correct_diagnosis`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.evaluation.matching import is_same_condition
from assistant.evaluation.shares import Share
from assistant.symptom_check.check import check
from assistant.symptom_check.model import ClinicalModel
from assistant.symptom_check.understand import understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.schema import ConditionEntry
from knowledge_graph.domain.assessment import Candidate
from knowledge_graph.domain.case import Case
from knowledge_graph.domain.errors import InvalidInput
from knowledge_graph.language import detect_language

RANKS = (1, 3, 5)
_PARTS = (
    "demographics",
    "chief_complaints",
    "presentation",
    "absent_findings",
    "physical_history",
    "family_history",
    "social_history",
)
_NOTHING = {"", "-", "none", "n/a", "no"}
_FAMILY = "family_history"


@dataclass(frozen=True, slots=True)
class Vignette:
    """One case: its whole text and the name of what it is about."""

    number: int
    text: str
    diagnosis: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a vignette. `rank`: 1 for first; None: not among the candidates."""

    vignette: Vignette
    rank: int | None
    first: tuple[str, ...]
    system: str


def read_vignettes(path: Path) -> tuple[Vignette, ...]:
    """The vignettes of a file. Raises InvalidInput naming the line that cannot be read."""
    found = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                found.append(Vignette(number, _text(row), str(row["correct_diagnosis"]).strip()))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise InvalidInput(
                    f"{path.name}, line {number}: not a vignette ({error})"
                ) from None
    return tuple(found)


def _text(row: dict[str, object]) -> str:
    parts = []
    for key in _PARTS:
        said = str(row.get(key) or "").strip()
        if said.lower().rstrip(".") not in _NOTHING:
            in_family = key == _FAMILY and detect_language(said) == "en"
            parts.append(f"Family history of {said}" if in_family else said)
    return ". ".join(part.rstrip(".") for part in parts)


def answer_vignettes(
    vignettes: Iterable[Vignette], model: ClinicalModel, finder: ConceptFinder
) -> Iterator[Answer]:
    """Assess each one from its text alone."""
    for vignette in vignettes:
        language = detect_language(vignette.text)
        read = understand(vignette.text, language, finder, model.core)
        assessment = check(read.added_to(Case(language=language)), model)
        yield Answer(
            vignette,
            _rank(vignette.diagnosis, assessment.candidates, model),
            tuple(candidate.name for candidate in assessment.candidates[:3]),
            _system(vignette.diagnosis, model.conditions),
        )


def shares(answers: Sequence[Answer]) -> dict[int, Share]:
    """For each of RANKS the share of vignettes whose diagnosis came at least that high."""
    return {
        limit: Share(sum(a.rank is not None and a.rank <= limit for a in answers), len(answers))
        for limit in RANKS
    }


def _rank(diagnosis: str, candidates: Sequence[Candidate], model: ClinicalModel) -> int | None:
    for position, candidate in enumerate(candidates, 1):
        if is_same_condition(diagnosis, _names(model.core.conditions[candidate.condition_id])):
            return position
    return None


def _names(entry: ConditionEntry) -> tuple[str, ...]:
    """In every language: a diagnosis may be written in another than the text."""
    return (entry.name.en, entry.name.zh, *entry.words.en, *entry.words.zh)


def _system(diagnosis: str, conditions: Iterable[ConditionEntry]) -> str:
    """The department of the condition it is in our knowledge."""
    for entry in conditions:
        if is_same_condition(diagnosis, _names(entry)):
            return entry.department
    return "not in the knowledge"
