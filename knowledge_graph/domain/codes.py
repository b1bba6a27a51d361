"""Coding systems. Each system is its own type, so that codes of two systems never compare equal."""

import re
from dataclasses import dataclass
from typing import ClassVar

from knowledge_graph.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """A code of one coding system, checked for its form when built.

    Raises InvalidInput when the value does not have the system's form.
    """

    value: str

    prefix: ClassVar[str] = ""
    uri: ClassVar[str] = ""
    form: ClassVar[re.Pattern[str]] = re.compile(r".+")

    def __post_init__(self) -> None:
        if not self.form.fullmatch(self.value):
            raise InvalidInput(f"{self.value!r} is not a {type(self).__name__}")

    def __str__(self) -> str:
        return f"{self.prefix}:{self.value}"


class Icd10Code(Code):
    """WHO ICD-10: a letter, two digits, an optional decimal part (K35, K35.8)."""

    prefix = "ICD10"
    uri = "http://hl7.org/fhir/sid/icd-10"
    form = re.compile(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?")


class HpoCode(Code):
    """Human Phenotype Ontology term number, seven digits."""

    prefix = "HP"
    uri = "http://purl.obolibrary.org/obo/hp.owl"
    form = re.compile(r"\d{7}")


class MeshCode(Code):
    """Medical Subject Headings descriptor or supplementary record (D009270, C535575)."""

    prefix = "MESH"
    uri = "http://id.nlm.nih.gov/mesh"
    form = re.compile(r"[DC]\d{6,9}")


class SnomedCode(Code):
    """SNOMED CT identifier: 6 to 18 digits. Stored when received; no SNOMED content is shipped."""

    prefix = "SCT"
    uri = "http://snomed.info/sct"
    form = re.compile(r"\d{6,18}")


class LoincCode(Code):
    """LOINC observation code: digits, a hyphen, a check digit."""

    prefix = "LOINC"
    uri = "http://loinc.org"
    form = re.compile(r"\d{1,7}-\d")


class RxNormCode(Code):
    """RxNorm concept number."""

    prefix = "RXNORM"
    uri = "http://www.nlm.nih.gov/research/umls/rxnorm"
    form = re.compile(r"\d{1,8}")


class UmlsCode(Code):
    """UMLS concept unique identifier (C0751606)."""

    prefix = "UMLS"
    uri = "http://www.nlm.nih.gov/research/umls"
    form = re.compile(r"C\d{7}")


class OmimCode(Code):
    """OMIM entry number."""

    prefix = "OMIM"
    uri = "https://omim.org"
    form = re.compile(r"\d{6}")


class OrphaCode(Code):
    """Orphanet disorder number."""

    prefix = "ORPHA"
    uri = "http://www.orpha.net"
    form = re.compile(r"\d{1,7}")


SYSTEMS: tuple[type[Code], ...] = (
    Icd10Code,
    HpoCode,
    MeshCode,
    SnomedCode,
    LoincCode,
    RxNormCode,
    UmlsCode,
    OmimCode,
    OrphaCode,
)
_BY_PREFIX = {system.prefix: system for system in SYSTEMS}
_BY_URI = {system.uri: system for system in SYSTEMS}


def parse_code(text: str) -> Code:
    """Read 'HP:0012735', 'MESH:D009270' … into its own type. Raises InvalidInput."""
    prefix, _, value = text.partition(":")
    if prefix not in _BY_PREFIX:
        known = ", ".join(sorted(_BY_PREFIX))
        raise InvalidInput(f"{text!r} names no known coding system (known: {known})")
    return _BY_PREFIX[prefix](value)


def code_from_uri(system_uri: str, value: str) -> Code | None:
    """The code of a FHIR Coding, or None for a system that is not kept."""
    system = _BY_URI.get(system_uri.rstrip("/"))
    return system(value) if system else None
