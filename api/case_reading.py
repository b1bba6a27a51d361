"""A doctor's request → a case: codes resolved, the note read, unknown names refused with help."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process, utils

from api.schemas import CaseIn, FindingIn
from assistant.symptom_check.understand import understand
from knowledge_graph.concept_finder import ConceptFinder
from knowledge_graph.core.load import Core
from knowledge_graph.core.schema import ConditionEntry, FindingEntry
from knowledge_graph.domain.case import Case, Finding, Measurement, Presence
from knowledge_graph.domain.codes import Code, parse_code
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.errors import InvalidInput, UnknownCode
from knowledge_graph.language import detect_language, language_of

_SUGGESTED = 3
_ALIKE = 65.0
"""Of 100: below this a name has nothing to do with what was sent."""


class UnknownFindings(UnknownCode):
    """Findings the vocabulary does not have, each with the nearest names it has."""

    def __init__(self, unknown: tuple[dict[str, Any], ...]) -> None:
        super().__init__(" ".join(_sentence(entry) for entry in unknown))
        self.members = {"unknown": unknown}


def _sentence(entry: dict[str, Any]) -> str:
    nearest = " or ".join(f"{item['id']} ({item['name']})" for item in entry["suggestions"])
    helped = f"; did you mean {nearest}?" if nearest else "."
    return f"{entry['given']!r} is not in the vocabulary{helped}"


@dataclass(frozen=True)
class Vocabulary:
    """What a case may name: the core's findings and, as history, its conditions."""

    core: Core

    def resolve(self, given: FindingIn) -> ConceptId | None:
        """The concept of an id or a code, or None."""
        if given.id is not None:
            known = given.id in self.core.findings or given.id in self.core.conditions
            return given.id if known else None
        try:
            return self.of_code(parse_code(given.code or ""))
        except InvalidInput:
            return None

    def of_code(self, code: Code) -> ConceptId | None:
        """The curated concept that carries a code, or None."""
        text = str(code)
        for finding in self.core.findings.values():
            if finding.hpo == text:
                return finding.id
        for condition in self.core.conditions.values():
            mesh = condition.mesh or ""
            if (
                text in (f"ICD10:{own}" for own in condition.icd10)
                or text == mesh
                or (text == f"MESH:{mesh}")
            ):
                return condition.id
        return None

    def suggest(self, given: str) -> tuple[dict[str, str], ...]:
        """The nearest entries of the vocabulary, as id and name."""
        names = {name: key for key, name in self._names()}
        found = process.extract(
            given.replace("_", " "),
            names.keys(),
            scorer=fuzz.WRatio,
            processor=utils.default_process,
            score_cutoff=_ALIKE,
            limit=_SUGGESTED * 3,
        )
        nearest = dict.fromkeys(names[name] for name, _, _ in found)
        return tuple(
            {"id": key, "name": self.name(key, detect_language(given))}
            for key in list(nearest)[:_SUGGESTED]
        )

    def _names(self) -> Iterable[tuple[ConceptId, str]]:
        entries: tuple[FindingEntry | ConditionEntry, ...] = (
            *self.core.findings.values(),
            *self.core.conditions.values(),
        )
        for entry in entries:
            for name in (entry.name.en, entry.name.zh, *entry.words.en, *entry.words.zh):
                yield entry.id, name

    def name(self, concept_id: ConceptId, language: str) -> str:
        """The preferred name of a concept, else its id."""
        entry = self.core.findings.get(concept_id) or self.core.conditions.get(concept_id)
        return str(getattr(entry.name, language)) if entry else concept_id


def read_case(request: CaseIn, core: Core, finder: ConceptFinder) -> Case:
    """The case of a request. Raises UnknownFindings, InvalidInput."""
    language = language_of(request.language or detect_language(request.note or "")).code
    coded = _coded_findings(request.findings, Vocabulary(core))
    case = Case(
        age_years=request.age_years,
        sex=request.sex,
        pregnant=_presence(request.pregnant),
        measurements=tuple(Measurement(m.vital_sign, m.value) for m in request.measurements),
        language=language,
    )
    if request.note:
        case = understand(request.note, language, finder, core).added_to(case)
    for finding in coded:
        case = case.with_finding(finding)
    return case


def _coded_findings(given: tuple[FindingIn, ...], vocabulary: Vocabulary) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    unknown: list[dict[str, Any]] = []
    for item in given:
        concept_id = vocabulary.resolve(item)
        if concept_id is None:
            text = item.id or item.code or ""
            unknown.append({"given": text, "suggestions": vocabulary.suggest(text)})
        else:
            findings.append(Finding(concept_id, item.presence))
    if unknown:
        raise UnknownFindings(tuple(unknown))
    return tuple(findings)


def _presence(value: bool | None) -> Presence:
    if value is None:
        return Presence.UNKNOWN
    return Presence.PRESENT if value else Presence.ABSENT
