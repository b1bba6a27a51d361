"""Concepts: the things knowledge speaks of, one identity whatever they are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from knowledge_graph.domain.codes import Code
from knowledge_graph.domain.errors import InvalidInput

ConceptId = str
"""A curated concept's own id ('chest_pain'), else its code ('HP:0100749', 'OMIM:154700')."""


class ConceptKind(StrEnum):
    """What a concept is. One word each; see docs/glossary.md."""

    CONDITION = "condition"
    FINDING = "finding"
    RISK_FACTOR = "risk_factor"
    DRUG = "drug"
    TEST = "test"
    PROCEDURE = "procedure"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing knowledge speaks of. `names` by language, the preferred name first."""

    id: ConceptId
    kind: ConceptKind
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    codes: tuple[Code, ...] = ()

    def __post_init__(self) -> None:
        if not self.id or any(character.isspace() for character in self.id):
            raise InvalidInput(f"{self.id!r} is not a concept id: it is empty or has a space")

    def name(self, language: str = "en") -> str:
        """The preferred name in a language, else in English, else the id."""
        for names in (self.names.get(language), self.names.get("en")):
            if names:
                return names[0]
        return next((names[0] for names in self.names.values() if names), self.id)
