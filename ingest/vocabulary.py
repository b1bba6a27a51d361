"""One identity for each concept: which id a code or a name belongs to, and what kind it is of.

Made from the curated core and the vocabularies in the graph (never from literature), so that what
is found in a document does not depend on which other documents are already in.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from knowledge_graph.concept_finder import ConceptFinder, core_names
from knowledge_graph.core.load import Core
from knowledge_graph.core.schema import ConditionEntry, FindingEntry
from knowledge_graph.domain.codes import Code, HpoCode, Icd10Code, MeshCode, OmimCode, OrphaCode
from knowledge_graph.domain.concepts import Concept, ConceptId, ConceptKind
from knowledge_graph.language import languages

Name = tuple[str, ConceptId]

_VOCABULARIES = (HpoCode.prefix, OmimCode.prefix, OrphaCode.prefix)
_SHORTEST_NAME = 4
"""Shorter names of a large vocabulary are abbreviations that mean something else elsewhere."""
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Vocabulary:
    """Concept identity. `stamp`: equal vocabularies have equal stamps.

    `by_code`: 'HP:0100749' → id. `by_name`: a preferred name in lower case → id of the one curated
    concept it belongs to. `names`: what the finder looks for. `departments`: condition → department;
    `department_names`: any name in lower case → department.
    """

    kinds: Mapping[ConceptId, ConceptKind]
    by_code: Mapping[str, ConceptId]
    by_name: Mapping[str, ConceptId]
    names: tuple[Name, ...]
    curated: frozenset[ConceptId]
    departments: Mapping[ConceptId, str]
    department_names: Mapping[str, str]
    stamp: str

    def resolve(self, codes: Iterable[Code] = (), name: str | None = None) -> ConceptId | None:
        """The id that one of the codes, else the exact preferred name, belongs to, or None."""
        for code in codes:
            if str(code) in self.by_code:
                return self.by_code[str(code)]
        return self.by_name.get(name.strip().lower()) if name else None

    def finder(self) -> ConceptFinder:
        """Finds the names in texts. Takes a second or two with a whole ontology in it."""
        return ConceptFinder(self.names, languages(), preferred=self.curated)


def build_vocabulary(core: Core, concepts: Iterable[Concept] = ()) -> Vocabulary:
    """The vocabulary of the core and of the graph's concepts that come from vocabularies."""
    kinds = dict(_core_kinds(core))
    by_code = _unique(_core_codes(core))
    by_name = _unique(_core_preferred_names(core))
    names = list(core_names(core))
    for concept in concepts:
        codes = [code for code in concept.codes if code.prefix in _VOCABULARIES]
        if not codes:
            continue
        kinds.setdefault(concept.id, concept.kind)
        for code in concept.codes:
            by_code.setdefault(str(code), concept.id)
        names.extend((name, concept.id) for name in findable_names(concept))
    curated = frozenset(core.findings) | frozenset(core.conditions)
    treated_in = {entry.id: entry.department for entry in core.conditions.values()}
    departments = _unique(_department_names(core))
    stamp = _stamp(names, by_code, by_name, treated_in, departments)
    return Vocabulary(
        kinds, by_code, by_name, tuple(names), curated, treated_in, departments, stamp
    )


def findable_names(concept: Concept) -> Iterator[str]:
    """The names of a vocabulary's concept that a text can be searched for."""
    for names in concept.names.values():
        for name in names:
            if _SHORTEST_NAME <= len(name) <= _LONGEST_NAME or not name.isascii():
                yield name


def condition_codes(entry: ConditionEntry) -> tuple[Code, ...]:
    """The codes of a curated condition."""
    codes: list[Code] = [Icd10Code(value) for value in entry.icd10]
    if entry.mesh:
        codes.append(MeshCode(entry.mesh.removeprefix(f"{MeshCode.prefix}:")))
    return tuple(codes)


def finding_codes(entry: FindingEntry) -> tuple[Code, ...]:
    """The codes of a curated finding."""
    return (HpoCode(entry.hpo.removeprefix(f"{HpoCode.prefix}:")),) if entry.hpo else ()


def finding_kind(entry: FindingEntry) -> ConceptKind:
    """Whether a curated entry is a finding or a risk factor."""
    return ConceptKind.RISK_FACTOR if entry.kind == "risk_factor" else ConceptKind.FINDING


def _core_kinds(core: Core) -> Iterator[tuple[ConceptId, ConceptKind]]:
    for key in core.departments:
        yield key, ConceptKind.DEPARTMENT
    for key, finding in core.findings.items():
        yield key, finding_kind(finding)
    for key in core.conditions:
        yield key, ConceptKind.CONDITION


def _core_codes(core: Core) -> Iterator[tuple[str, ConceptId]]:
    for finding in core.findings.values():
        for code in finding_codes(finding):
            yield str(code), finding.id
    for condition in core.conditions.values():
        for code in condition_codes(condition):
            yield str(code), condition.id


def _core_preferred_names(core: Core) -> Iterator[tuple[str, ConceptId]]:
    entries: list[FindingEntry | ConditionEntry] = list(core.findings.values())
    entries += core.conditions.values()
    for entry in entries:
        for name in (entry.name.en, entry.name.zh):
            yield name.strip().lower(), entry.id


def _department_names(core: Core) -> Iterator[tuple[str, ConceptId]]:
    for entry in core.departments.values():
        for name in (entry.name.en, entry.name.zh, *entry.words.en, *entry.words.zh):
            yield name.strip().lower(), entry.id


def _unique(pairs: Iterable[tuple[str, ConceptId]]) -> dict[str, ConceptId]:
    """Keys that belong to one concept only: a code shared by several identifies none of them."""
    owners: dict[str, set[ConceptId]] = {}
    for key, concept_id in pairs:
        owners.setdefault(key, set()).add(concept_id)
    return {key: next(iter(own)) for key, own in owners.items() if len(own) == 1}


def _stamp(names: Iterable[Name], *maps: Mapping[str, str]) -> str:
    digest = sha256()
    for pair in sorted(set(names)):
        digest.update("\0".join(pair).encode())
    for mapping in maps:
        for key in sorted(mapping):
            digest.update(f"\1{key}\0{mapping[key]}".encode())
    return digest.hexdigest()[:16]
