"""Every line of SQL of the passage store. Lists travel as one JSON parameter each."""

TABLES = """
PRAGMA synchronous = OFF;
PRAGMA journal_mode = MEMORY;
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, title TEXT NOT NULL, content_hash TEXT NOT NULL,
    evidence TEXT NOT NULL, language TEXT NOT NULL, url TEXT, published TEXT, licence TEXT
);
CREATE INDEX IF NOT EXISTS documents_by_source ON documents (source, id);
CREATE TABLE IF NOT EXISTS passages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL, section TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_by_document ON passages (document_id, ordinal);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
    title, section, body, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""
"""A draft is thrown away after a crash and synced when it is published: no journal on disk."""

INSERT_DOCUMENT = "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_PASSAGE = "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?)"
INSERT_WORDS = "INSERT INTO words (rowid, title, section, body) VALUES (?, ?, ?, ?)"

NUMBERS_OF_DOCUMENTS = """
SELECT number FROM passages WHERE document_id IN (SELECT value FROM json_each(?))"""
DELETE_WORDS = "DELETE FROM words WHERE rowid IN (SELECT value FROM json_each(?))"
DELETE_PASSAGES = "DELETE FROM passages WHERE number IN (SELECT value FROM json_each(?))"
DELETE_DOCUMENTS = "DELETE FROM documents WHERE id IN (SELECT value FROM json_each(?))"

DOCUMENT = "SELECT * FROM documents WHERE id = ?"
DOCUMENTS = "SELECT * FROM documents WHERE ?1 IS NULL OR source = ?1 ORDER BY id"
HASHES = "SELECT id, content_hash FROM documents WHERE ?1 IS NULL OR source = ?1"
SOURCES = "SELECT source, min(evidence), count(*) FROM documents GROUP BY source ORDER BY source"
PASSAGES = """
SELECT id, document_id, ordinal, section, text, language FROM passages
WHERE id IN (SELECT value FROM json_each(?))"""
ALL_PASSAGES = """
SELECT number, id, document_id, ordinal, section, text, language FROM passages
ORDER BY document_id, ordinal, id"""
COUNT = "SELECT count(*) FROM passages"

NUMBERS_OF_SOURCES = """
SELECT number FROM passages JOIN documents ON documents.id = passages.document_id
WHERE documents.source IN (SELECT value FROM json_each(?))"""
NUMBERS_OF_IDS = """
SELECT number, id FROM passages WHERE id IN (SELECT value FROM json_each(?))"""
IDS_OF_NUMBERS = """
SELECT id, number FROM passages WHERE number IN (SELECT value FROM json_each(?))"""
# CROSS JOIN: SQLite joins in this order, a few passages with their documents, not the other way.
IDS_OF_NUMBERS_IN_SOURCES = """
SELECT passages.id, number FROM passages
CROSS JOIN documents ON documents.id = passages.document_id
WHERE number IN (SELECT value FROM json_each(?))
  AND documents.source IN (SELECT value FROM json_each(?))"""

# The title weighs most: a question resembles a title, and a text is about its title.
SEARCH = """
SELECT passages.id, -hit.score FROM (
    SELECT rowid AS number, bm25(words, 4.0, 1.5, 1.0) AS score FROM words WHERE words MATCH ?1
    ORDER BY score LIMIT ?3
) AS hit
JOIN passages USING (number)
WHERE ?2 IS NULL OR passages.language = ?2
ORDER BY hit.score, passages.id LIMIT ?4"""
SEARCH_IN_SOURCES = """
SELECT passages.id, -hit.score FROM (
    SELECT rowid AS number, bm25(words, 4.0, 1.5, 1.0) AS score FROM words WHERE words MATCH ?1
    ORDER BY score LIMIT ?4
) AS hit
CROSS JOIN passages USING (number)
CROSS JOIN documents ON documents.id = passages.document_id
WHERE (?2 IS NULL OR passages.language = ?2)
  AND documents.source IN (SELECT value FROM json_each(?3))
ORDER BY hit.score, passages.id LIMIT ?5"""
TERM_FREQUENCY = "SELECT count(*) FROM words WHERE words MATCH ?"
