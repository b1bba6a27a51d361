"""Node and relation kinds of the graph, declared once; stores make their tables from it."""

from dataclasses import dataclass
from typing import Literal

from knowledge_graph.domain.evidence import RelationKind

PropertyType = Literal["STRING", "INT64", "DOUBLE"]


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a node or relation: its name, its type and what it says."""

    name: str
    type: PropertyType
    meaning: str


@dataclass(frozen=True, slots=True)
class NodeTable:
    """One kind of node. The first property is its key."""

    name: str
    meaning: str
    properties: tuple[Property, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its rows, the key first."""
        return tuple(item.name for item in self.properties)


@dataclass(frozen=True, slots=True)
class RelationTable:
    """One kind of relation between two kinds of node."""

    name: str
    start: str
    end: str
    meaning: str
    properties: tuple[Property, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its rows: the keys of both ends, then the properties."""
        return ("start_id", "end_id", *(item.name for item in self.properties))


_STATEMENT = (
    Property(
        "kind", "STRING", "condition, finding, risk_factor, drug, test, procedure, department"
    ),
    Property("names", "STRING", "JSON object: language to names, the preferred name first"),
    Property("codes", "STRING", "JSON list of codes such as HP:0012735"),
)
_FACT = (
    Property("document_id", "STRING", "the document that states it"),
    Property("passage_id", "STRING", "the passage that states it, when known"),
    Property("evidence", "STRING", "curated, vocabulary, literature or records"),
    Property("frequency", "DOUBLE", "share of those with the subject who have the object, 0 to 1"),
    Property("strength", "DOUBLE", "odds ratio of a risk factor"),
    Property("confidence", "DOUBLE", "0 to 1"),
)
_FACT_MEANINGS = {
    RelationKind.IS_A: "the subject is a special kind of the object",
    RelationKind.HAS_FINDING: "people with the condition may have the finding",
    RelationKind.HAS_RISK_FACTOR: "the factor makes the condition likelier",
    RelationKind.TREATED_IN: "the condition is treated in the department",
    RelationKind.DIAGNOSED_BY: "the test shows or excludes the condition",
    RelationKind.TREATS: "the drug or procedure treats the condition",
    RelationKind.CAUSES: "the subject brings the object about",
    RelationKind.CO_OCCURS: "both are spoken of together",
}

DOCUMENT = NodeTable(
    "Document",
    "a document as its source gave it",
    (
        Property("id", "STRING", "'<source>:<id in the source>'"),
        Property("source", "STRING", "the source's name"),
        Property("title", "STRING", "its title"),
        Property("content_hash", "STRING", "decides whether it has changed"),
        Property("evidence", "STRING", "curated, vocabulary, literature or records"),
        Property("language", "STRING", "language code"),
        Property("url", "STRING", "where a person can open it"),
        Property("published", "STRING", "ISO date"),
        Property("licence", "STRING", "the licence its source states"),
    ),
)
PASSAGE = NodeTable(
    "Passage",
    "a passage of a document; its text is in the passage store",
    (Property("id", "STRING", "content-addressed id"),),
)
CONCEPT = NodeTable(
    "Concept",
    "a thing knowledge speaks of: the sum of what documents describe; without a kind, only named",
    (Property("id", "STRING", "curated id, else code"), *_STATEMENT),
)
PART_OF = RelationTable(
    "PART_OF",
    "Passage",
    "Document",
    "the passage belongs to the document",
    (),
)
DESCRIBES = RelationTable(
    "DESCRIBES", "Document", "Concept", "what one document says the concept is", _STATEMENT
)
MENTIONS = RelationTable(
    "MENTIONS",
    "Passage",
    "Concept",
    "the passage speaks of the concept",
    (
        Property(
            "assertion", "STRING", "present, negated, uncertain, historical, someone_else, asked"
        ),
        Property("count", "INT64", "how often"),
    ),
)
FACTS = {
    kind: RelationTable(kind.value, "Concept", "Concept", meaning, _FACT)
    for kind, meaning in _FACT_MEANINGS.items()
}
NODES = (DOCUMENT, PASSAGE, CONCEPT)
RELATIONS = (PART_OF, DESCRIBES, MENTIONS, *FACTS.values())


def schema_page() -> str:
    """The schema as a Markdown page for the reference documentation."""
    lines = ["# The knowledge graph's schema", "", "## Nodes", ""]
    for node in NODES:
        lines += [f"### {node.name}", "", f"{node.meaning[0].upper()}{node.meaning[1:]}.", ""]
        lines += [*_property_rows(node.properties), ""]
    lines += ["## Relations", ""]
    for relation in RELATIONS:
        lines += [f"### {relation.start} {relation.name} {relation.end}", ""]
        lines += [f"{relation.meaning[0].upper()}{relation.meaning[1:]}.", ""]
        if relation.properties:
            lines += [*_property_rows(relation.properties), ""]
    return "\n".join(lines).rstrip() + "\n"


def _property_rows(properties: tuple[Property, ...]) -> list[str]:
    rows = [f"| {item.name} | {item.type} | {item.meaning} |" for item in properties]
    return ["| property | type | meaning |", "|---|---|---|", *rows]
