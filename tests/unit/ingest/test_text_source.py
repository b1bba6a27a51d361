"""Text files: a header, sections, and faults that say where."""

from pathlib import Path

import pytest

from ingest.source import Fault, RawDocument
from ingest.sources.text import SOURCE
from tests.support.ingesting import extracted

PAGE = """\
---
title: Cough at home
url: https://clinic.example/cough
published: 2024-02-01
licence: CC BY 4.0
---
A cough is common. No fever was seen.

## When to come
Come with chest pain.
"""


def one(path: Path, text: str | bytes, name: str = "a.md") -> RawDocument | Fault:
    file = path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    (item,) = SOURCE.documents(file)
    return item


def test_header_and_sections(tmp_path: Path) -> None:
    raw = one(tmp_path, PAGE)
    assert isinstance(raw, RawDocument)
    extract = extracted(SOURCE, raw)
    document = extract.document
    assert (document.id, document.title, document.language) == (
        "text:a.md",
        "Cough at home",
        "en",
    )
    assert (document.url, document.licence) == ("https://clinic.example/cough", "CC BY 4.0")
    assert document.published is not None and document.published.year == 2024
    assert [(p.section, p.text) for p in extract.passages] == [
        ("", "A cough is common. No fever was seen."),
        ("When to come", "Come with chest pain."),
    ]
    spoken = {(m.concept_id, m.assertion.value) for m in extract.mentions}
    assert spoken == {("cough", "present"), ("fever", "negated"), ("chest_pain", "present")}


def test_chinese_is_noticed_and_read(tmp_path: Path) -> None:
    raw = one(tmp_path, "---\ntitle: 咳嗽\n---\n咳嗽伴胸痛，应当就医。\n")
    assert isinstance(raw, RawDocument)
    extract = extracted(SOURCE, raw)
    assert extract.document.language == "zh"
    assert {m.concept_id for m in extract.mentions} == {"cough", "chest_pain"}


def test_a_windows_file_with_a_byte_mark_is_read(tmp_path: Path) -> None:
    raw = one(tmp_path, b"\xef\xbb\xbf" + PAGE.replace("\n", "\r\n").encode())
    assert isinstance(raw, RawDocument)
    assert [p.section for p in extracted(SOURCE, raw).passages] == ["", "When to come"]


def test_an_id_of_its_own_stays_when_the_file_moves(tmp_path: Path) -> None:
    raw = one(tmp_path, PAGE.replace("---\n", "---\nid: cough-page\n", 1))
    assert isinstance(raw, RawDocument) and raw.key == "cough-page"


def test_a_folder_is_read_in_order_of_path_with_the_path_as_id(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/ignored.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PAGE)
    assert [item.key for item in SOURCE.documents(tmp_path) if isinstance(item, RawDocument)] == [
        "a/z.md",
        "b.txt",
    ]


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("No header at all.", "a.md, line 1", "a header should stand here"),
        ("---\ntitle: x\nNo end.", "a.md, line 1", "a header should stand here"),
        ("---\ntitle: [\n---\nText", "a.md, line", "not YAML"),
        ("---\nlanguage: en\n---\nText", "a.md, header", "title"),
        ("---\ntitle: x\nauthor: y\n---\nText", "a.md, header", "author"),
        ("---\ntitle: x\nlanguage: xx\n---\nText", "a.md, header", "language: must be one of"),
        ("---\ntitle: x\n---\n \n", "a.md", "no text"),
        (b"---\ntitle: x\n---\n\xff\xfe", "a.md, byte 17", "not UTF-8"),
        ("---\ntitle: '  '\n---\nText", "a.md", "no title"),
    ],
)
def test_faults_say_where_and_why(tmp_path: Path, text: str | bytes, where: str, why: str) -> None:
    from ingest.extract import extract
    from tests.support.ingesting import extraction_of

    item = one(tmp_path, text)
    fault = item if isinstance(item, Fault) else extract(item, extraction_of(SOURCE))
    assert isinstance(fault, Fault)
    assert fault.where.startswith(where)
    assert why in fault.why
