"""A bundle → the texts of its notes and reports, and what must be taken out of them."""

import base64
import binascii
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from ingest.fhir.bundle import Bundle, Entry
from ingest.fhir.shapes import (
    Address,
    Attachment,
    ContactPoint,
    DiagnosticReport,
    DocumentReference,
    HumanName,
    Person,
)
from ingest.source import Section

_PLAIN = frozenset({"text/plain", "text/markdown"})
_MARKED = frozenset({"text/html", "application/xhtml+xml"})
_WITHDRAWN = frozenset({"entered-in-error", "superseded", "cancelled"})
_PEOPLE = ("Patient", "Practitioner", "RelatedPerson")


def notes(bundle: Bundle) -> Iterator[Section]:
    """Every readable text: notes, reports and their conclusions. Raises UnreadableDocument.

    Files of other types (scans, PDF) are left out.
    """
    for entry in bundle.of_type("DocumentReference", "DiagnosticReport"):
        if entry.kind == "DocumentReference":
            document = entry.as_a(DocumentReference)
            status, heading = document.status, document.type.words if document.type else None
            attachments: Iterable[Attachment] = [item.attachment for item in document.content]
            conclusion = None
        else:
            report = entry.as_a(DiagnosticReport)
            status, heading = report.status, report.code.words
            attachments, conclusion = report.presentedForm, report.conclusion
        if status in _WITHDRAWN:
            continue
        texts = [_text(entry, attachment) for attachment in attachments]
        for text in dict.fromkeys((*texts, conclusion)):
            if text and text.strip():
                yield Section(heading or "", text.strip())


def identifiers(bundle: Bundle) -> tuple[str, ...]:
    """Names, addresses and numbers of everyone in the bundle, and its resources' ids."""
    found: list[str | None] = []
    for entry in bundle.of_type(*_PEOPLE):
        person = entry.as_a(Person)
        found.append(person.id)
        found += [number.value for number in person.identifier]
        found += _of_person(person.name, person.address, person.telecom)
        for contact in person.contact:
            names = (contact.name,) if contact.name else ()
            addresses = (contact.address,) if contact.address else ()
            found += _of_person(names, addresses, contact.telecom)
    for entry in bundle.of_type("Organization", "Location"):
        name = entry.resource.get("name")
        found.append(name if isinstance(name, str) else None)
    found.append(bundle.patient.birthDate)
    return tuple(dict.fromkeys(item.strip() for item in found if item and item.strip()))


def _of_person(
    names: Iterable[HumanName], addresses: Iterable[Address], contacts: Iterable[ContactPoint]
) -> Iterator[str | None]:
    for name in names:
        yield from (name.text, name.family, *name.given)
        yield " ".join(part for part in (*name.given, name.family) if part)
    for address in addresses:
        yield from (address.text, *address.line, address.city, address.district, address.postalCode)
    for contact in contacts:
        yield contact.value


def _text(entry: Entry, attachment: Attachment) -> str | None:
    kind, _, parameters = (attachment.contentType or "").lower().partition(";")
    if attachment.data is None or kind.strip() not in _PLAIN | _MARKED:
        return None
    charset = parameters.partition("charset=")[2].split(";")[0].strip(" \"'") or "utf-8"
    try:
        text = base64.b64decode("".join(attachment.data.split()), validate=True).decode(charset)
    except (binascii.Error, ValueError, LookupError):
        entry.fault("attachment.data", f"it is not base64 of {kind.strip()} in {charset}")
    return _without_marks(text) if kind.strip() in _MARKED else text


def _without_marks(html: str) -> str:
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


class _TextReader(HTMLParser):
    """Keeps the text of a page; a block begins a line."""

    _BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table"})
    _HIDDEN = frozenset({"script", "style"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line at a block; stop reading in what is not shown."""
        self._hidden += tag in self._HIDDEN
        if tag in self._BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Read on after what is not shown."""
        if tag in self._HIDDEN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        """Keep shown text."""
        if not self._hidden:
            self.parts.append(data)
