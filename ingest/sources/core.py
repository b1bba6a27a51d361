"""The curated core: one document per condition, and one each for findings and departments."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.source import Fact, RawDocument, Reading, ReadingTools, Section, SourceItem
from ingest.vocabulary import condition_codes, finding_codes, finding_kind
from knowledge_graph.core.load import Core, shipped_core
from knowledge_graph.core.schema import (
    Bilingual,
    BilingualList,
    ConditionEntry,
    DepartmentEntry,
    FileModel,
    FindingEntry,
)
from knowledge_graph.domain.concepts import Concept, ConceptKind
from knowledge_graph.domain.evidence import EvidenceClass, RelationKind

_LICENCE = "Apache-2.0"
_LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class CoreSource:
    """The core's entries as they stand in its files. `core`: another one than is shipped."""

    core: Core | None = None
    name: str = "core"
    evidence: EvidenceClass = EvidenceClass.CURATED
    needs_path: bool = False
    is_whole: bool = True

    def documents(self, path: Path | None) -> Iterator[SourceItem]:
        """Conditions, each with the names of what it refers to; then the two vocabularies."""
        core = self.core or shipped_core()
        for condition in core.conditions.values():
            yield _raw(condition.id, [_with_names(core, condition)], "conditions")
        yield _raw("findings", (_dumped(entry) for entry in core.findings.values()), "findings")
        yield _raw("departments", (_dumped(entry) for entry in core.departments.values()), "core")

    def read(self, raw: RawDocument, tools: ReadingTools) -> Reading:
        """The concepts, facts and texts of the entries."""
        rows = json.loads(raw.content)
        if raw.key == "findings":
            return _findings(tuple(FindingEntry.model_validate(row) for row in rows))
        if raw.key == "departments":
            return _departments(tuple(DepartmentEntry.model_validate(row) for row in rows))
        return _condition(rows[0])


SOURCE = CoreSource()


def _raw(key: str, rows: Iterable[object], where: str) -> RawDocument:
    content = json.dumps(list(rows), ensure_ascii=False, sort_keys=True).encode()
    return RawDocument(key, content, f"{where}: {key}")


def _dumped(entry: FileModel) -> object:
    return entry.model_dump(mode="json")


def _with_names(core: Core, condition: ConditionEntry) -> object:
    """A condition with all that its document says, so that a change of any of it is noticed."""
    named = {
        key: core.findings[key].name.model_dump()
        for key in (*condition.findings, *condition.risk_factors)
    }
    sources = [core.sources[key].model_dump(mode="json") for key in condition.sources]
    department = core.departments[condition.department].name.model_dump()
    return {
        "condition": _dumped(condition),
        "named": named,
        "sources": sources,
        "department": department,
    }


def _findings(entries: tuple[FindingEntry, ...]) -> Reading:
    concepts = tuple(
        Concept(
            entry.id, finding_kind(entry), _names(entry.name, entry.words), finding_codes(entry)
        )
        for entry in entries
    )
    parents = tuple(
        Fact(entry.id, RelationKind.IS_A, entry.parent) for entry in entries if entry.parent
    )
    return Reading("Findings", concepts=concepts, facts=parents, licence=_LICENCE)


def _departments(entries: tuple[DepartmentEntry, ...]) -> Reading:
    concepts = tuple(
        Concept(entry.id, ConceptKind.DEPARTMENT, _names(entry.name, entry.words))
        for entry in entries
    )
    return Reading("Departments", concepts=concepts, licence=_LICENCE)


def _condition(row: dict[str, dict[str, object]]) -> Reading:
    entry = ConditionEntry.model_validate(row["condition"])
    named = {key: Bilingual.model_validate(name) for key, name in row["named"].items()}
    department = Bilingual.model_validate(row["department"])
    names = _names(entry.name, entry.words)
    facts = [
        Fact(entry.id, RelationKind.HAS_FINDING, key, frequency=percent / 100)
        for key, percent in entry.findings.items()
    ]
    facts += [
        Fact(entry.id, RelationKind.HAS_RISK_FACTOR, key, strength=odds)
        for key, odds in entry.risk_factors.items()
    ]
    facts.append(Fact(entry.id, RelationKind.TREATED_IN, entry.department))
    sections = [
        section
        for language in _LANGUAGES
        for section in _sections(entry, named, department, language)
    ]
    sources: list[dict[str, str]] = row["sources"]  # type: ignore[assignment]
    return Reading(
        title=entry.name.en,
        sections=tuple(sections),
        url=next((source["url"] for source in sources if source["url"]), None),
        licence=_LICENCE,
        concepts=(Concept(entry.id, ConceptKind.CONDITION, names, condition_codes(entry)),),
        facts=tuple(facts),
        subject=entry.id,
    )


def _names(name: Bilingual, words: BilingualList) -> dict[str, tuple[str, ...]]:
    return {
        "en": tuple(dict.fromkeys((name.en, *words.en))),
        "zh": tuple(dict.fromkeys((name.zh, *words.zh))),
    }


def _sections(
    entry: ConditionEntry, named: dict[str, Bilingual], department: Bilingual, language: str
) -> Iterator[Section]:
    """What a person reads of a condition; the heading is its name, so that search finds it by it."""
    heading = _in(entry.name, language)
    stop, comma = ("。", "、") if language == "zh" else (". ", ", ")
    commonest = sorted(entry.findings, key=lambda key: -entry.findings[key])
    known_by = comma.join(_in(named[key], language) for key in commonest)
    yield Section(
        heading,
        f"{heading}{'：' if language == 'zh' else ': '}{known_by}",
        language,
        (entry.id, *entry.findings),
        is_searched=False,
    )
    care = [_in(entry.care, language), *_all_in(entry.advice, language)]
    care += [_in(department, language)]
    yield Section(heading, _joined(care, stop), language, (entry.id,))
    sooner = [*_all_in(entry.return_sooner, language), *_all_in(entry.complications, language)]
    sooner += _all_in(entry.tests, language)
    yield Section(heading, _joined(sooner, stop), language, (entry.id,))


def _in(text: Bilingual, language: str) -> str:
    return text.zh if language == "zh" else text.en


def _all_in(texts: BilingualList, language: str) -> tuple[str, ...]:
    return texts.zh if language == "zh" else texts.en


def _joined(texts: Iterable[str], stop: str) -> str:
    """Texts as sentences, one after the other."""
    return "\n".join(text.rstrip(" .。") + stop.strip() for text in texts)
