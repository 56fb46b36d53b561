"""Reading a file of any kind that is known, or saying what is in the way and how to get around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.answer.rules.sheet_encoding import decoded
from bot.authoring.sources.document import Document, Kind
from bot.authoring.sources.pages import read_pdf
from bot.authoring.sources.plain import read_markdown, read_text
from bot.authoring.sources.transcripts import read_captions, read_channel
from bot.authoring.sources.web import read_page
from bot.authoring.sources.word import read_word
from bot.screen.reading import beginning_of
from knowledge.errors import UserError
from knowledge.reading.encodings import text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_BYTES: Final = 50_000_000
"""Bytes of a file that is read: a book in PDF has fewer."""
MOST_LETTERS: Final = 1_000_000
"""Characters of an article: a long novel has fewer."""
LEAST_WORDS: Final = 8

_OF_BYTES: Final[dict[str, Callable[[bytes], Document]]] = {
    ".html": read_page,
    ".htm": read_page,
    ".pdf": read_pdf,
    ".docx": read_word,
}
_OF_TEXT: Final[dict[str, Callable[[str], Document]]] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".srt": read_captions,
    ".vtt": read_captions,
    ".json": read_channel,
}
SUFFIXES: Final = (*_OF_TEXT, *_OF_BYTES)

_INSTEAD: Final = {
    ".doc": "open it in Word or LibreOffice and save it as .docx",
    ".odt": "open it in LibreOffice and save it as .docx",
    ".rtf": "open it in Word or LibreOffice and save it as .docx",
    ".pages": "export it as .docx or PDF",
    ".epub": "copy the chapter into a .txt file",
    ".mp3": "have it transcribed, and name the subtitles (.srt or .vtt)",
    ".mp4": "have it transcribed, and name the subtitles (.srt or .vtt)",
}
_BEGINNINGS: Final = (
    (re.compile(rb"%PDF-"), (".pdf",), "a PDF"),
    (re.compile(rb"PK\x03\x04.{0,4000}?word/", re.DOTALL), (".docx",), "a Word document"),
    (re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b", re.IGNORECASE), (".html", ".htm"), "a web page"),
    (re.compile(rb"(?:\xef\xbb\xbf)?WEBVTT\b"), (".vtt",), "subtitles"),
)
_BINARY: Final = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|PK\x03\x04|\xd0\xcf\x11\xe0|\x1f\x8b|ID3|OggS|\x7fELF")


def read_document(path: Path) -> Document:
    """Read a file by the ending of its name. Raises UserError, which names the file, what is wrong and the way out."""
    try:
        return _checked(_read(path.suffix.lower(), _content(path)).with_byline())
    except UserError as error:
        raise UserError(f"{path}: {error}") from error


def _content(path: Path) -> bytes:
    if re.match(r"https?:/", str(path)):
        raise UserError("nothing is fetched from the web: save the page as .html, and name that file")
    if path.is_dir():
        raise UserError("this is a folder: name the file of one article")
    try:
        return beginning_of(path, MOST_BYTES)
    except OSError as error:
        raise UserError(f"it cannot be read ({error.strerror}): name a file that is there") from error


def _read(suffix: str, content: bytes) -> Document:
    if suffix in _INSTEAD:
        raise UserError(f"files of the kind {suffix} are not read: {_INSTEAD[suffix]}")
    if suffix not in SUFFIXES:
        raise UserError(f"files of the kind {suffix or '(none)'} are not read: save it as one of {', '.join(SUFFIXES)}")
    if len(content) > MOST_BYTES:
        raise UserError(
            f"the file has more than {MOST_BYTES // 1_000_000} MB: cut out the article that is to be quoted"
        )
    if not content.strip():
        raise UserError("the file is empty: is it the right one?")
    for beginning, own, name in _BEGINNINGS:
        if suffix not in own and beginning.match(content):
            raise UserError(f"by its content this is {name}: let its name end in {own[0]}")
    if suffix in _OF_BYTES:
        return _OF_BYTES[suffix](content)
    if _BINARY.match(content):
        raise UserError(f"this is no text, whatever its name says: save it as text ({suffix})")
    text, name = _text(content)
    document = _OF_TEXT[suffix](text.replace("\r\n", "\n").replace("\r", "\n"))
    if name:
        document.dropped[f"encoding {name}, written anew as UTF-8"] += 1
    return document


def _text(content: bytes) -> tuple[str, str]:
    """Return bytes as text, with the name of an encoding other than UTF-8."""
    try:
        text = text_of(content)
        if "\0" not in text:
            return text, ""
    except UnicodeDecodeError:
        pass
    try:
        found = decoded(content)
    except UserError as error:
        raise UserError("this is no text, or in an encoding that is not known: save it as UTF-8") from error
    return found.text, found.name


def _checked(document: Document) -> Document:
    """Return what was read, if it can be quoted from."""
    words = sum(len(one.text.split()) for one in document.paragraphs if one.kind not in {Kind.HEADING, Kind.LABEL})
    if words < LEAST_WORDS:
        raise UserError("nothing was found in it that could be quoted: is it the right file?")
    if len(document.text) > MOST_LETTERS:
        raise UserError(f"it has more than {MOST_LETTERS:,} characters of text: divide it into articles")
    return document
