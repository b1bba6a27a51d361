"""Read the curated core from its files and check that every reference in it is met."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from knowledge_graph.core.schema import (
    ConditionEntry,
    DepartmentEntry,
    FileModel,
    FindingEntry,
    LaboratoryTestEntry,
    RedFlagEntry,
    SourceEntry,
    VitalSignEntry,
)
from knowledge_graph.domain.errors import KnowledgeInvalid

CORE_FOLDER = Path(__file__).parent
_SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Entry = TypeVar("Entry", bound=FileModel)


@dataclass(frozen=True, slots=True)
class Core:
    """The whole curated core, by id, with the hash of its files as its version."""

    findings: dict[str, FindingEntry]
    conditions: dict[str, ConditionEntry]
    red_flags: dict[str, RedFlagEntry]
    vital_signs: tuple[VitalSignEntry, ...]
    laboratory: tuple[LaboratoryTestEntry, ...]
    departments: dict[str, DepartmentEntry]
    sources: dict[str, SourceEntry]
    version: str

    @property
    def risk_factors(self) -> dict[str, FindingEntry]:
        """The part of the vocabulary that says what makes conditions likelier."""
        return {key: entry for key, entry in self.findings.items() if entry.kind == "risk_factor"}


def read_entries(path: Path, shape: type[Entry]) -> tuple[Entry, ...]:
    """The entries of one file. Raises KnowledgeInvalid naming the file and the entry."""
    try:
        # The C loader of libyaml, as safe as safe_load and ten times as fast.
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=_SAFE_LOADER) or []  # noqa: S506
        return TypeAdapter(tuple[shape, ...]).validate_python(rows)  # type: ignore[valid-type]
    except yaml.YAMLError as error:
        raise KnowledgeInvalid(f"{path.name}: not valid YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        position = first["loc"][0] if first["loc"] else None
        row = rows[position] if isinstance(rows, list) and isinstance(position, int) else {}
        entry = row.get("id", row.get("finding")) if isinstance(row, dict) else None
        where = ".".join(str(part) for part in first["loc"][1:])
        raise KnowledgeInvalid(f"{path.name}: {entry}: {where}: {first['msg']}") from error


def _by_id(
    paths: Iterable[Path], shape: type[Entry], identity: Callable[[Entry], str]
) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for path in paths:
        for entry in read_entries(path, shape):
            key = identity(entry)
            if key in found:
                raise KnowledgeInvalid(f"{path.name}: {key} is already defined in another place")
            found[key] = entry
    return found


def load_core(folder: Path = CORE_FOLDER) -> Core:
    """Read and check all files of the core. Raises KnowledgeInvalid on the first fault."""
    files = sorted(folder.rglob("*.yml"))
    digest = sha256()
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    core = Core(
        findings=_by_id(sorted((folder / "findings").glob("*.yml")), FindingEntry, lambda e: e.id),
        conditions=_by_id(
            sorted((folder / "conditions").glob("*.yml")), ConditionEntry, lambda e: e.id
        ),
        red_flags=_by_id(
            sorted((folder / "red_flags").glob("*.yml")), RedFlagEntry, lambda e: e.id
        ),
        vital_signs=read_entries(folder / "vital_signs.yml", VitalSignEntry),
        laboratory=read_entries(folder / "laboratory.yml", LaboratoryTestEntry),
        departments=_by_id([folder / "departments.yml"], DepartmentEntry, lambda e: e.id),
        sources=_by_id(sorted((folder / "sources").glob("*.yml")), SourceEntry, lambda e: e.id),
        version=digest.hexdigest()[:12],
    )
    faults = dangling_references(core)
    if faults:
        raise KnowledgeInvalid("; ".join(faults[:10]))
    return core


def dangling_references(core: Core) -> list[str]:
    """Every reference to an id that no file defines, as sentences."""
    faults: list[str] = []

    def check(owner: str, keys: Iterable[str], known: dict[str, Entry], kind: str) -> None:
        faults.extend(f"{owner} names the unknown {kind} {key}" for key in keys if key not in known)

    for finding in core.findings.values():
        check(finding.id, [finding.parent] if finding.parent else [], core.findings, "finding")
    for condition in core.conditions.values():
        check(condition.id, condition.findings, core.findings, "finding")
        check(condition.id, condition.risk_factors, core.findings, "risk factor")
        check(condition.id, condition.raised_by, core.findings, "finding")
        check(condition.id, [condition.department], core.departments, "department")
        check(condition.id, condition.sources, core.sources, "source")
    for rule in core.red_flags.values():
        check(rule.id, (*rule.all, *rule.any, *rule.also), core.findings, "finding")
        check(rule.id, rule.sources, core.sources, "source")
    for limit in core.vital_signs:
        check(limit.finding, [limit.finding], core.findings, "finding")
        check(limit.finding, limit.sources, core.sources, "source")
    for test in core.laboratory:
        check(test.id, [limit.finding for limit in test.limits], core.findings, "finding")
        check(test.id, test.sources, core.sources, "source")
    return faults


def core_counts(core: Core) -> dict[str, int]:
    """How much the core holds, by kind of entry. Risk factors are findings too."""
    kinds = [entry.kind for entry in core.findings.values()]
    return {
        "conditions": len(core.conditions),
        "findings": len(kinds),
        "risk_factors": kinds.count("risk_factor"),
        "red_flag_rules": len(core.red_flags),
        "sources": len(core.sources),
        "reviewed": sum(entry.status == "reviewed" for entry in core.conditions.values()),
    }


@cache
def shipped_core() -> Core:
    """The core that ships with the project, read once per process."""
    return load_core()
