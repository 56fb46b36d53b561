"""What is read of a file: its paragraphs, what it says of itself, and what was left out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final


class Kind(Enum):
    """What a paragraph is. Headings and labels are never quoted."""

    BODY = "body"
    HEADING = "heading"
    ITEM = "item"
    """A point of a list."""
    LABEL = "label"
    """Who speaks the next paragraphs of a transcript, and when."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the canonical text. `speaker` is who speaks it in a transcript, None elsewhere."""

    text: str
    kind: Kind = Kind.BODY
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it was read; what it does not say of itself is None. `dropped` counts by name what was left out."""

    paragraphs: tuple[Paragraph, ...]
    title: str | None = None
    author: str | None = None
    published: str | None = None
    publisher: str | None = None
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def text(self) -> str:
        """The canonical text: a paragraph a line, with empty lines between."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs) + "\n"

    def with_byline(self) -> Document:
        """Return the article without a first line "By Ann Lee", which names its author where nothing else did."""
        author = byline(self.paragraphs[0].text) if len(self.paragraphs) > 1 else None
        if self.author is not None or author is None:
            return self
        dropped = self.dropped + Counter({"line with the author": 1})
        return replace(self, paragraphs=self.paragraphs[1:], author=author, dropped=dropped)


_BYLINE: Final = re.compile(r"(?:by|author)[:\s]\s*(\S.{1,80}[^.!?:;])", re.IGNORECASE)
_PARTICLES: Final = frozenset({"and", "&", "de", "del", "van", "von", "der", "den", "di", "da", "la", "le", "of"})


def byline(line: str) -> str | None:
    """Return whom "By Ann Lee" names. Names begin with capitals: "By closing the streets" names nobody."""
    found = _BYLINE.fullmatch(line)
    if found is None or any(word[0].islower() and word not in _PARTICLES for word in found[1].split()):
        return None
    return found[1]


_LIGATURES: Final = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st"}
    | {"\u00ad": "", "\u200b": "", "\u2060": "", "\ufeff": "", "\u200e": "", "\u200f": "", "\ufffe": ""}
)
_SPACE: Final = re.compile(r"\s+")


def plain(text: str) -> str:
    """Return a text as one line: composed, without what cannot be seen, ligatures as letters, single spaces."""
    text = unicodedata.normalize("NFC", text).translate(_LIGATURES)
    text = "".join(" " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each for each in text)
    return _SPACE.sub(" ", text).strip()
