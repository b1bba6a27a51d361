"""The graph's schema is declared once and says the same everywhere."""

from knowledge_graph import schema
from knowledge_graph.domain.evidence import RelationKind
from knowledge_graph.stores import cypher


def test_every_kind_of_fact_has_a_table() -> None:
    assert set(schema.FACTS) == set(RelationKind)
    names = [table.name for table in (*schema.NODES, *schema.RELATIONS)]
    assert len(names) == len(set(names))


def test_relations_join_known_nodes() -> None:
    known = {table.name for table in schema.NODES}
    assert all({table.start, table.end} <= known for table in schema.RELATIONS)


def test_both_databases_get_every_node_and_relation() -> None:
    tables = "\n".join(cypher.ladybug_tables())
    constraints = "\n".join(cypher.neo4j_constraints())
    for node in schema.NODES:
        assert f"CREATE NODE TABLE IF NOT EXISTS {node.name}(" in tables
        assert f"FOR (n:{node.name}) REQUIRE n.id IS UNIQUE" in constraints
    for relation in schema.RELATIONS:
        assert f"CREATE REL TABLE IF NOT EXISTS {relation.name}(FROM {relation.start}" in tables


def test_the_page_names_every_kind_and_property() -> None:
    page = schema.schema_page()
    for table in (*schema.NODES, *schema.RELATIONS):
        assert table.name in page
        for item in table.properties:
            assert f"| {item.name} | {item.type} | {item.meaning} |" in page
