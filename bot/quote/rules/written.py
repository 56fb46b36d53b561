"""How the same words may be written: the plain form of a text, and what two ways of writing it differ in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz.fuzz import partial_ratio_alignment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# As escapes, for many of these look alike: double and single quotation marks, guillemets, primes, the grave and acute
# accents; hyphens and dashes; characters that leave no mark.
_QUOTES: Final = dict.fromkeys(
    "\"'`\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u2018\u2019\u201a\u201b\u00b4\u2032\u2033", "'"
)
_DASHES: Final = dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
_DOTS: Final = {"\u2026": "..."}
_INVISIBLE: Final = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")

_EDGE: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text in lower case, with one kind of quotation mark, of dash and of space; `source` is the text as it was.

    `origins` gives, for each character of `text`, the place in `source` that it comes from, and at its end the length
    of `source`.
    """

    text: str
    source: str
    origins: tuple[int, ...]

    def places(self, wanted: str) -> Iterator[tuple[int, int]]:
        """Return where a plain text stands in this one between ends of words: start and end in `source`."""
        start = self.text.find(wanted)
        while wanted and start >= 0:
            end = start + len(wanted)
            if not (self._inside_word(start, wanted[0]) or self._inside_word(end, wanted[-1])):
                yield self.origins[start], self.origins[end - 1] + 1
            start = self.text.find(wanted, start + 1)

    def likest(self, wanted: str) -> tuple[int, int] | None:
        """Return the stretch of whole words that is most like a plain text: start and end in `source`."""
        if not self.text or not wanted:
            return None
        place = partial_ratio_alignment(wanted, self.text)
        if place is None or place.dest_start == place.dest_end:
            return None
        start, end = place.dest_start, place.dest_end
        start = self.text.rfind(" ", 0, start + 1) + 1
        end = self.text.find(" ", end - 1)
        end = len(self.text) if end < 0 else end
        return (self.origins[start], self.origins[end - 1] + 1) if start < end else None

    def _inside_word(self, place: int, edge: str) -> bool:
        """Return whether a place parts two letters; `edge` is the wanted character beside it."""
        if not 0 < place < len(self.text):
            return False
        return bool(_EDGE.match(edge) and _EDGE.match(self.text[place - 1]) and _EDGE.match(self.text[place]))


def _folded(text: str, marks: Mapping[str, str], *, case: bool, space: bool) -> tuple[str, list[int]]:
    """Replace the given marks; lower the case and join white space where asked. Gives the text with its origins."""
    written: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        plain_form = marks.get(character, character)
        if space and plain_form.isspace():
            plain_form = "" if not written or written[-1] == " " else " "
        for letter in plain_form.casefold() if case else plain_form:
            written.append(letter)
            origins.append(place)
    return "".join(written), origins


def plain(text: str) -> Plain:
    """Return the plain form of a text."""
    written, origins = _folded(text, _QUOTES | _DASHES | _DOTS | _INVISIBLE, case=True, space=True)
    kept = written.rstrip()
    return Plain(kept, text, (*origins[: len(kept)], len(text)))


@dataclass(frozen=True, slots=True)
class Variations:
    """The ways in which the same words may be written differently, with the name of each."""

    marks: Mapping[str, Mapping[str, str]]

    def between(self, first: str, second: str) -> tuple[str, ...]:
        """Name the ways in which two writings of the same words differ, whatever the others."""
        names = (*self.marks, "case", "spaces")
        return tuple(name for name in names if self._without(name, first) != self._without(name, second))

    def _without(self, name: str, text: str) -> str:
        """Make a text plain in every way but one."""
        marks = {sign: form for other, forms in self.marks.items() if other != name for sign, form in forms.items()}
        written, _ = _folded(text, marks, case=name != "case", space=name != "spaces")
        return written.strip(" .,;:!?")


VARIATIONS: Final = Variations(
    {"quotation marks": _QUOTES, "dashes": _DASHES, "dots": _DOTS, "invisible characters": _INVISIBLE}
)
