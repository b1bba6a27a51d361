"""The tables of the hospital's records. Coded data and pseudonyms only: no names, no free text.

Times are kept as ISO 8601 text in UTC, for comparing, and as the text the source gave, with its
offset, so that "which hour of the day" is answered by the clock where it happened.
"""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

DOCUMENTS = Table(
    "record_documents",
    METADATA,
    Column("id", String, primary_key=True),
    Column("content_hash", String, nullable=False),
)


def _document() -> Column[str]:
    """Rows go with the document that stated them."""
    return Column(
        "document_id",
        ForeignKey("record_documents.id", ondelete="CASCADE"),
        nullable=True,
        index=True,
    )


PATIENTS = Table(
    "patients",
    METADATA,
    Column("id", String, primary_key=True),
    Column("document_id", ForeignKey("record_documents.id", ondelete="CASCADE"), primary_key=True),
    Column("sex", String),
    Column("birth_year", Integer),
)
ENCOUNTERS = Table(
    "encounters",
    METADATA,
    Column("id", String, primary_key=True),
    _document(),
    Column("patient_id", String, index=True),
    Column("source", String, nullable=False),
    Column("started", String, nullable=False),
    Column("started_utc", String, nullable=False),
    Column("ended", String),
    Column("department", String),
    Column("encounter_class", String),
    Column("urgency", String),
    Column("codes", Text, nullable=False),
    Column("concept_ids", Text, nullable=False),
)
Index("encounters_by_time", ENCOUNTERS.c.started_utc, ENCOUNTERS.c.id)
OBSERVATIONS = Table(
    "observations",
    METADATA,
    Column("id", String, primary_key=True),
    _document(),
    Column("patient_id", String, nullable=False, index=True),
    Column("encounter_id", String),
    Column("code", String, nullable=False),
    Column("observed", String, nullable=False),
    Column("observed_utc", String, nullable=False),
    Column("value", Float),
    Column("unit", String),
    Column("value_text", String),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("role", String, nullable=False),
    Column("action", String, nullable=False),
    Column("target", String, nullable=False),
)
JOBS = Table(
    "jobs",
    METADATA,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created", String, nullable=False),
    Column("updated", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("payload", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("summary", Text, nullable=False),
)
CONSULTATIONS = Table(
    "consultations",
    METADATA,
    Column("id", String, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", String, nullable=False, index=True),
)
