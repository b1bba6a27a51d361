"""Every line of Cypher: a subset that Ladybug and Neo4j both understand, and the few differences.

A filter that is not wanted is the empty text: Ladybug gives an absent parameter the wrong type.
Table and property names come from the schema, never from a caller; values are always parameters.
"""

from knowledge_graph import schema

# Reading

HASHES = """
MATCH (d:Document) WHERE $source = '' OR d.source = $source
RETURN d.id, d.content_hash"""

DOCUMENTS = """
MATCH (d:Document) RETURN d.id, d.source, d.title, d.content_hash, d.evidence, d.language, d.url,
d.published, d.licence"""

DOCUMENT = """
MATCH (d:Document {id: $id}) RETURN d.id, d.source, d.title, d.content_hash, d.evidence,
d.language, d.url, d.published, d.licence"""

CONCEPT = """
MATCH (c:Concept {id: $id}) WHERE c.kind <> '' RETURN c.id, c.kind, c.names, c.codes"""

CONCEPTS = """
MATCH (c:Concept) WHERE c.kind <> '' AND ($kind = '' OR c.kind = $kind)
RETURN c.id, c.kind, c.names, c.codes"""

ALL_CONCEPTS = """
MATCH (c:Concept) WHERE c.kind <> '' RETURN c.id, c.kind, c.names, c.codes"""

DESCRIPTIONS = """
MATCH (d:Document)-[r:DESCRIBES]->(c:Concept) RETURN d.id, c.id, r.kind, r.names, r.codes"""

MENTIONS = """
MATCH (p:Passage)-[r:MENTIONS]->(c:Concept) RETURN p.id, c.id, r.assertion, r.count"""

PARTS = """
MATCH (p:Passage)-[:PART_OF]->(d:Document) RETURN p.id, d.id"""

# A few ids: Ladybug finds them by key with IN, but reads the whole table with UNWIND. For the
# thousands of ids of a write it is the other way round.
PASSAGES_MENTIONING = """
MATCH (p:Passage)-[r:MENTIONS]->(c:Concept) WHERE c.id IN $ids
WITH p.id AS passage, count(DISTINCT c.id) AS concepts, sum(r.count) AS times
RETURN passage, concepts ORDER BY concepts DESC, times DESC, passage LIMIT $limit"""

COUNT_CONCEPTS = "MATCH (c:Concept) WHERE c.kind <> '' RETURN count(*)"

# Writing

KNOWN_CONCEPTS = """
UNWIND $ids AS id MATCH (c:Concept {id: id}) RETURN c.id, c.kind, c.names, c.codes"""

KNOWN_DOCUMENTS = """
UNWIND $ids AS id MATCH (d:Document {id: id}) RETURN d.id"""

DESCRIPTIONS_OF = """
UNWIND $ids AS id
MATCH (d:Document)-[r:DESCRIBES]->(c:Concept {id: id})
RETURN c.id, d.id, d.evidence, r.kind, r.names, r.codes"""

SET_CONCEPTS = """
UNWIND $rows AS row
MATCH (c:Concept {id: row.id})
SET c.kind = row.kind, c.names = row.names, c.codes = row.codes"""

DESCRIBED_BY = """
UNWIND $ids AS id MATCH (d:Document {id: id})-[:DESCRIBES]->(c:Concept) RETURN DISTINCT c.id"""

MENTIONED_BY = """
UNWIND $ids AS id
MATCH (d:Document {id: id})<-[:PART_OF]-(:Passage)-[:MENTIONS]->(c:Concept)
RETURN DISTINCT c.id"""

DELETE_PASSAGES = """
UNWIND $ids AS id
MATCH (d:Document {id: id})<-[:PART_OF]-(p:Passage) DETACH DELETE p"""

DELETE_DOCUMENTS = """
UNWIND $ids AS id MATCH (d:Document {id: id}) DETACH DELETE d"""

DELETE_UNUSED_CONCEPTS = """
UNWIND $ids AS id
MATCH (c:Concept {id: id}) WHERE NOT EXISTS { MATCH (c)-[]-() } DELETE c"""


def facts(kind: str, *, filtered: bool) -> str:
    """All facts of one kind; `filtered`: those that fit $subject, $object and $evidence."""
    condition = (
        """WHERE ($subject = '' OR s.id = $subject) AND ($object = '' OR o.id = $object)
AND ($evidence = '' OR r.evidence = $evidence)"""
        if filtered
        else ""
    )
    return f"""
MATCH (s:Concept)-[r:{kind}]->(o:Concept) {condition}
RETURN s.id, o.id, r.document_id, r.passage_id, r.evidence, r.frequency, r.strength, r.confidence"""


def ends_of_facts(kind: str) -> str:
    """Both ends of the facts of one kind that the documents $ids state."""
    return f"""
MATCH (s:Concept)-[r:{kind}]->(o:Concept) WHERE r.document_id IN $ids RETURN s.id, o.id"""


def delete_facts(kind: str) -> str:
    """Delete the facts of one kind that the documents $ids state."""
    return f"""
MATCH (:Concept)-[r:{kind}]->(:Concept) WHERE r.document_id IN $ids DELETE r"""


def count_nodes(name: str) -> str:
    """How many nodes of one kind there are."""
    return f"MATCH (n:{name}) RETURN count(*)"


def count_relations(table: schema.RelationTable) -> str:
    """How many relations of one kind there are."""
    return f"MATCH (:{table.start})-[r:{table.name}]->(:{table.end}) RETURN count(*)"


# Ladybug: tables are made before use, and filled from data frames.


def ladybug_tables() -> tuple[str, ...]:
    """Statements that make every table of the schema that is missing."""
    nodes = (
        f"CREATE NODE TABLE IF NOT EXISTS {table.name}"
        f"({_typed(table.properties)}, PRIMARY KEY ({table.properties[0].name}))"
        for table in schema.NODES
    )
    relations = (
        f"CREATE REL TABLE IF NOT EXISTS {table.name}("
        + ", ".join(filter(None, (f"FROM {table.start} TO {table.end}", _typed(table.properties))))
        + ")"
        for table in schema.RELATIONS
    )
    return (*nodes, *relations)


def ladybug_copy(table: str) -> str:
    """Put the rows of the data frame $rows into a table."""
    return f"COPY {table} FROM $rows"


BEGIN, COMMIT, ROLLBACK = "BEGIN TRANSACTION", "COMMIT", "ROLLBACK"
CHECKPOINT = "CHECKPOINT"

LADYBUG_SETTINGS = "CALL enable_cached_prepared_statement='none'"
"""Plans kept from an earlier run of a statement gave wrong rows and crashes in version 0.22."""


def _typed(properties: tuple[schema.Property, ...]) -> str:
    return ", ".join(f"{item.name} {item.type}" for item in properties)


# Neo4j: keys are made unique, and the documents of facts are indexed.


def neo4j_constraints() -> tuple[str, ...]:
    """Statements that make every constraint and index that is missing."""
    keys = (
        f"CREATE CONSTRAINT {table.name.lower()}_key IF NOT EXISTS "
        f"FOR (n:{table.name}) REQUIRE n.{table.properties[0].name} IS UNIQUE"
        for table in schema.NODES
    )
    sources = "CREATE INDEX document_source IF NOT EXISTS FOR (d:Document) ON (d.source)"
    facts_by_document = (
        f"CREATE INDEX {table.name.lower()}_document IF NOT EXISTS "
        f"FOR ()-[r:{table.name}]-() ON (r.document_id)"
        for table in schema.FACTS.values()
    )
    return (*keys, sources, *facts_by_document)


def neo4j_create_nodes(table: schema.NodeTable) -> str:
    """Create one node per row of $rows."""
    return f"UNWIND $rows AS row CREATE (n:{table.name}) SET n = row"


def neo4j_create_relations(table: schema.RelationTable) -> str:
    """Create one relation per row of $rows; its ends exist."""
    values = ", ".join(f"{item.name}: row.{item.name}" for item in table.properties)
    return f"""
UNWIND $rows AS row
MATCH (s:{table.start} {{id: row.start_id}})
MATCH (e:{table.end} {{id: row.end_id}})
CREATE (s)-[:{table.name} {{{values}}}]->(e)"""
