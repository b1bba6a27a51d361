"""Reading files and checking what stands in them, for sources. Faults name file and position."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from knowledge_graph.domain.errors import InvalidInput, UnreadableDocument


def files_at(path: Path | None, patterns: tuple[str, ...]) -> tuple[Path, ...]:
    """The file at a path, or the files of its folders that fit a pattern, in order of name.

    Raises InvalidInput when there is none.
    """
    if path is None:
        raise InvalidInput("Give the path of a file or folder to read")
    if not path.exists():
        raise InvalidInput(f"There is no file or folder {path}")
    if path.is_file():
        return (path,)
    found = {file for pattern in patterns for file in path.rglob(pattern) if file.is_file()}
    if not found:
        raise InvalidInput(f"There is no file like {' or '.join(patterns)} in {path}")
    return tuple(sorted(found))


def text_of(content: bytes, where: str) -> str:
    """Bytes as UTF-8, with or without its mark. Raises UnreadableDocument naming the first bad byte."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocument(f"{where}, byte {error.start}", "it is not UTF-8") from error


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, packed or not, numbered from 1, without their ends.

    Raises UnreadableDocument where a packed file breaks off.
    """
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield number, line.rstrip(b"\r\n")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        where = f"{path.name}, after line {number}"
        raise UnreadableDocument(where, "the packed file is damaged") from error


def first_fault(error: ValidationError) -> str:
    """The first fault of a record's shape as a sentence, without the value: it may be private."""
    fault = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(str(part) for part in fault["loc"]) or "the record"
    return f"{field}: {fault['msg']}"
