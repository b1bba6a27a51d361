"""The Human Phenotype Ontology: findings with names and definitions, diseases with their findings."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.hpo_files import ROOT, Term, data_folder, disease_rows, findings, share_of
from ingest.source import Fact, Fault, RawDocument, Reading, ReadingTools, Section, SourceItem
from knowledge_graph.domain.codes import Code, HpoCode, OmimCode, OrphaCode, UmlsCode, parse_code
from knowledge_graph.domain.concepts import Concept, ConceptKind
from knowledge_graph.domain.errors import InvalidInput, UnreadableDocument
from knowledge_graph.domain.evidence import EvidenceClass, RelationKind

_LICENCE = "HPO licence: free to use with attribution (human-phenotype-ontology.org)"
_DISEASES = (OmimCode.prefix, OrphaCode.prefix)
_DEFINITION = re.compile(r'^"(.*)" \[')
_SYNONYM = re.compile(r'^"(.*)" EXACT ')
_LISTED = 20
"""Findings named in a disease's text, the commonest first; the graph has all of them."""


_DEGREES = (
    ("In nearly all", 0.8, 1.01),
    ("In many (30 to 79 of 100)", 0.3, 0.8),
    ("In some (5 to 29 of 100)", 0.05, 0.3),
    ("In few (under 5 of 100)", 1e-9, 0.05),
)


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """A finding of a disease. `share`: of patients, 0 to 1, when known."""

    hpo: str
    name: str
    share: float | None


@dataclass(frozen=True)
class HpoSource:
    """Terms and diseases, one document each. `folder`: other files than those of the package."""

    folder: Path | None = None
    name: str = "hpo"
    evidence: EvidenceClass = EvidenceClass.VOCABULARY
    needs_path: bool = False
    is_whole: bool = True

    def documents(self, path: Path | None) -> Iterator[SourceItem]:
        """Every finding, then every disease that has one."""
        folder = self.folder or data_folder()
        terms = findings(folder)
        names: dict[str, str] = {}
        for term in terms.values():
            names[term.id] = term.name
            yield RawDocument(term.id, term.stanza.encode(), f"hp.obo, {term.id}")
        for key, rows in disease_rows(folder):
            if key.partition(":")[0] in _DISEASES:
                yield from _disease_item(key, rows, names)

    def read(self, raw: RawDocument, tools: ReadingTools) -> Reading:
        """One term or one disease."""
        text = raw.content.decode()
        if raw.key.startswith(f"{HpoCode.prefix}:"):
            return _term(Term(raw.key, text), tools)
        return _disease(raw, text.split("\n"), tools)


SOURCE = HpoSource()


def _disease_item(key: str, rows: Iterable[str], names: Mapping[str, str]) -> Iterator[SourceItem]:
    """The rows that name findings, each with the finding's name added: all the document says."""
    named = []
    for row in rows:
        fields = row.split("\t")
        if len(fields) != 12:
            yield Fault(f"phenotype.hpoa, {key}", f"a row has {len(fields)} fields, not 12")
            return
        if fields[10] == "P" and fields[3] in names:
            named.append(f"{row}\t{names[fields[3]]}")
    if named:
        yield RawDocument(key, "\n".join(named).encode(), f"phenotype.hpoa, {key}")


def _term(term: Term, tools: ReadingTools) -> Reading:
    code = parse_code(term.id)
    key = _id_of(term.id, term.name, tools)
    names = [term.name, *(m.group(1) for s in term.values("synonym") if (m := _SYNONYM.match(s)))]
    umls = f"{UmlsCode.prefix}:"
    codes: list[Code] = [
        code,
        *(UmlsCode(r.removeprefix(umls)) for r in term.values("xref") if r.startswith(umls)),
    ]
    names = list(dict.fromkeys(name.replace('\\"', '"') for name in names))
    parents = (_id_of(hpo, name, tools) for hpo, name in term.parents if term.id != ROOT)
    definition = next(
        (m.group(1) for value in term.values("def") if (m := _DEFINITION.match(value))), ""
    )
    return Reading(
        title=term.name,
        sections=_definition(definition.replace('\\"', '"'), names, key),
        url=f"https://hpo.jax.org/browse/term/{term.id}",
        licence=_LICENCE,
        concepts=(Concept(key, ConceptKind.FINDING, {"en": tuple(names)}, tuple(codes)),),
        facts=tuple(Fact(key, RelationKind.IS_A, parent) for parent in parents),
        subject=key,
    )


def _definition(definition: str, names: Sequence[str], key: str) -> tuple[Section, ...]:
    if not definition:
        return ()
    also = f" Also called: {', '.join(names[1:])}." if len(names) > 1 else ""
    return (Section("", f"{definition}{also}", concept_ids=(key,)),)


def _id_of(hpo: str, name: str, tools: ReadingTools) -> str:
    return tools.vocabulary.resolve([parse_code(hpo)], name) or hpo


def _disease(raw: RawDocument, rows: Sequence[str], tools: ReadingTools) -> Reading:
    try:
        code = parse_code(raw.key)
        occurrences = _occurrences(rows)
    except (InvalidInput, ValueError, IndexError) as error:
        raise UnreadableDocument(raw.where, str(error)) from error
    name = rows[0].split("\t")[1]
    key = tools.vocabulary.resolve([code], name) or raw.key
    ids = {item.hpo: _id_of(item.hpo, item.name, tools) for item in occurrences}
    return Reading(
        title=name,
        sections=_summary(name, key, occurrences, ids),
        url=f"https://hpo.jax.org/browse/disease/{raw.key}",
        licence=_LICENCE,
        concepts=(Concept(key, ConceptKind.CONDITION, {"en": (name,)}, (code,)),),
        facts=tuple(
            Fact(key, RelationKind.HAS_FINDING, ids[item.hpo], frequency=item.share)
            for item in occurrences
        ),
        subject=key,
    )


def _occurrences(rows: Sequence[str]) -> tuple[_Occurrence, ...]:
    """Each finding once, several reports taken together by the patients they saw; commonest first."""
    names: dict[str, str] = {}
    seen: dict[str, list[tuple[float, int]]] = {}
    for row in rows:
        fields = row.split("\t")
        if fields[2] == "NOT":
            continue
        names[fields[3]] = fields[12]
        share = share_of(fields[7])
        if share is not None:
            seen.setdefault(fields[3], []).append(share)
    found = [_Occurrence(key, name, _pooled(seen.get(key, ()))) for key, name in names.items()]
    return tuple(sorted(found, key=lambda item: (-(item.share or 0.0), item.name)))


def _pooled(shares: Iterable[tuple[float, int]]) -> float | None:
    listed = tuple(shares)
    patients = sum(number for _, number in listed)
    if not patients:
        return None
    return round(sum(share * number for share, number in listed) / patients, 4)


def _summary(
    name: str, key: str, occurrences: Sequence[_Occurrence], ids: Mapping[str, str]
) -> tuple[Section, ...]:
    """One sentence for each degree of frequency, so that the text says what the graph knows."""
    sentences = [f"Findings reported in people with {name}."]
    for label, lowest, highest in _DEGREES:
        listed = [
            item.name
            for item in occurrences[:_LISTED]
            if item.share is not None and lowest <= item.share < highest
        ]
        if listed:
            sentences.append(f"{label}: {', '.join(listed)}.")
    unknown = [item.name for item in occurrences[:_LISTED] if item.share is None]
    if unknown:
        sentences.append(f"How often is not known: {', '.join(unknown)}.")
    return (
        Section("", "\n".join(sentences), None, (key, *dict.fromkeys(ids.values())), (), False),
    )
