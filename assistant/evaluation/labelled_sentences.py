"""Sentences labelled by hand with what a doctor would note of them: the files and their shape.

One `<language>.yml` a language, one mapping a sentence: `{id, text, present: [findings], absent:
[findings], measurements: {vital sign: number}, age, sex, days: {finding: number}}`; what is not
said is left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from knowledge_graph.domain.case import Presence, Sex, VitalSign
from knowledge_graph.domain.concepts import ConceptId
from knowledge_graph.domain.errors import InvalidInput

Pair = tuple[ConceptId, Presence]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence says of the person, as a doctor labelled it or as it was read."""

    findings: Mapping[ConceptId, Presence] = field(default_factory=dict)
    days: Mapping[ConceptId, float] = field(default_factory=dict)
    measurements: Mapping[VitalSign, float] = field(default_factory=dict)
    age: float | None = None
    sex: Sex | None = None

    @property
    def pairs(self) -> frozenset[Pair]:
        """Every finding with its polarity."""
        return frozenset(self.findings.items())


@dataclass(frozen=True, slots=True)
class Sentence:
    """One labelled sentence."""

    id: str
    language: str
    text: str
    meant: Reading


def read_sentences(folder: Path, known: Iterable[ConceptId]) -> tuple[Sentence, ...]:
    """The sentences of every `<language>.yml` of a folder. Raises InvalidInput naming the bad one."""
    ids = frozenset(known)
    paths = sorted(folder.glob("*.yml"))
    if not paths:
        raise InvalidInput(f"{folder} holds no labelled sentences (en.yml, zh.yml)")
    found = []
    for path in paths:
        for number, row in enumerate(yaml.safe_load(path.read_text("utf-8")) or [], 1):
            try:
                found.append(_sentence(row, path.stem, ids))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise InvalidInput(f"{path.name}, sentence {number}: {error}") from None
    return tuple(found)


def _sentence(row: Mapping[str, object], language: str, known: frozenset[ConceptId]) -> Sentence:
    said = {key: row.get(key) or {} for key in ("measurements", "days")}
    if unknown := set(row) - {"id", "text", "present", "absent", "age", "sex", *said}:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    findings: dict[ConceptId, Presence] = {}
    for key in (Presence.PRESENT, Presence.ABSENT):
        for finding in _names(row.get(key) or []):
            if finding not in known or finding in findings:
                raise ValueError(f"{finding!r} is no finding of the core, or is given twice")
            findings[finding] = key
    days = _numbers(said["days"])
    if stray := set(days) - set(findings):
        raise ValueError(f"days of what is not labelled: {sorted(stray)}")
    measurements = {VitalSign(key): value for key, value in _numbers(said["measurements"]).items()}
    age = None if row.get("age") is None else float(str(row["age"]))
    sex = Sex(str(row["sex"])) if row.get("sex") else None
    meant = Reading(findings, days, measurements, age, sex)
    return Sentence(str(row["id"]), language, str(row["text"]), meant)


def _names(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return [str(name) for name in value]


def _numbers(value: object) -> dict[str, float]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not a mapping")
    return {str(key): float(number) for key, number in value.items()}
