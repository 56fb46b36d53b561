"""Word documents (.docx), by the standard they are written to (ECMA-376): what was deleted in them is not read."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from bot.authoring.sources.document import Document, Kind, Paragraph, plain
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, ET.ParseError),
    *(KeyError, ValueError, NotImplementedError, RuntimeError, EOFError, OSError),
)
"""What reading a damaged package comes to."""

_MOST: Final = 200_000_000
"""Bytes of XML that are unpacked."""

_SKIPPED: Final = {
    f"{_W}tbl": "table",
    f"{_W}del": "deletion",
    f"{_W}txbxContent": "box of text",
    f"{_W}drawing": "picture",
}
_HEADING: Final = re.compile(r"title|heading|berschrift|titel|subtitle", re.IGNORECASE)


def read_word(content: bytes) -> Document:
    """Read a Word document. Raises UserError where it is damaged, or locked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            body = _part(package, "word/document.xml")
            core = _part(package, "docProps/core.xml") if "docProps/core.xml" in package.namelist() else None
    except _DAMAGED as error:
        raise UserError(
            "this is no Word document, or a damaged one: open it in Word and save it as .docx anew"
        ) from error
    dropped: Counter[str] = Counter()
    paragraphs = list(_paragraphs(body, dropped))
    title, author = (None, None) if core is None else (_fact(core, "title"), _fact(core, "creator"))
    if paragraphs and paragraphs[0].kind is Kind.HEADING and title in {None, paragraphs[0].text}:
        title = paragraphs.pop(0).text
    return Document(tuple(paragraphs), title, author, dropped=dropped)


def _part(package: zipfile.ZipFile, name: str) -> ET.Element:
    if package.getinfo(name).file_size > _MOST:
        raise UserError("this document unpacks to far more than a text has: copy its text into a .txt file")
    return ET.fromstring(package.read(name))  # noqa: S314 - expat refuses entities that grow


def _fact(core: ET.Element, name: str) -> str | None:
    return plain(core.findtext(f"{_DC}{name}") or "") or None


def _paragraphs(element: ET.Element, dropped: Counter[str]) -> Iterator[Paragraph]:
    for child in element:
        if child.tag in _SKIPPED:
            dropped[_SKIPPED[child.tag]] += 1
        elif child.tag == f"{_W}p":
            style = child.find(f"{_W}pPr/{_W}pStyle")
            name = "" if style is None else style.get(f"{_W}val", "")
            listed = child.find(f"{_W}pPr/{_W}numPr") is not None
            if text := plain("".join(_words(child, dropped))):
                kind = Kind.HEADING if _HEADING.match(name) else Kind.ITEM if listed else Kind.BODY
                yield Paragraph(text, kind)
        else:
            yield from _paragraphs(child, dropped)


def _words(element: ET.Element, dropped: Counter[str]) -> Iterator[str]:
    for child in element:
        if child.tag in _SKIPPED:
            dropped[_SKIPPED[child.tag]] += 1
        elif child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in {f"{_W}tab", f"{_W}br", f"{_W}cr"}:
            yield " "
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        else:
            yield from _words(child, dropped)
