"""Who is quoted in an article, with the places of the quotations in its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.authoring.marking.attribution import DECIDED, Line, attributed
from bot.authoring.marking.quotations import quotations_of
from bot.authoring.sources.document import Kind
from bot.authoring.sources.files import read_document
from bot.screen.reading import beginning_of
from knowledge.errors import UserError
from knowledge.model import CONTEXT, Mode
from knowledge.reading.encodings import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.authoring.marking.attribution import Said
    from bot.authoring.marking.quotations import Quotation
    from knowledge.model import Side

MOST_BYTES: Final = 10_000_000
"""Bytes of a text that is read."""

_BLOCK: Final = re.compile(r"\S(?:.|\n(?!\s*\n))*\S|\S")
_LINE: Final = re.compile(r"\S.*\S|\S")


def attributed_in(
    path: Path, sides: Sequence[Side], known: Mapping[str, str], *, reported: bool
) -> Mapping[str, object]:
    """Return the line about an article; `known` gives sides of people by name. Raises UserError."""
    by_name = {name.casefold(): side.id for side in sides for name in (side.id, side.name, side.short_name)}
    for person, side in known.items():
        if side.casefold() not in by_name:
            raise UserError(f"{person} is said to speak for {side!r}, and the pack's sides are {', '.join(by_name)}")
    people = {person.casefold(): by_name[side.casefold()] for person, side in known.items()}
    text = _text_of(path)
    # Paragraphs that are parted by empty lines may go over several; without any, each line is one.
    pattern = _BLOCK if re.search(r"\n[ \t\r]*\n", text) else _LINE
    places = [found.span() for found in pattern.finditer(text)]
    said = attributed(text, [Line(*place, Kind.BODY) for place in places], sides, None, people)
    spans = list(_spans(text, places, said, sides))
    if reported:
        spans += _reported(said, spans)
    spans.sort(key=lambda span: (span["start"], span["end"]))
    return {"doc": str(path), "spans": spans}


def _text_of(path: Path) -> str:
    """Return the text of an article: that of a .txt file as it stands, so that places in it are kept (UserError)."""
    if path.suffix.lower() != ".txt":
        return read_document(path).text
    try:
        content = beginning_of(path, MOST_BYTES)
        if len(content) > MOST_BYTES:
            raise UserError(f"{path} has more than {MOST_BYTES // 1_000_000} MB: divide it into articles")
        return text_of(content)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name a file that is there") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from error


_OTHERS: Final = re.compile(
    r"\b(?:critic|opponent|oppos\w+|against|sue[sd]?|suing|accus\w+|former|ex|victim|rival|regulator|target\w*|charged)\b",
    re.IGNORECASE,
)
"""What makes of somebody whom a side is named beside one of the others."""


def _side_named(one: Quotation, sides: Sequence[Side]) -> str | None:
    """Return the only side that is named as the speaker, or beside the speaker."""
    told = [one.speaker, *(text for text in one.described if not _OTHERS.search(text))]
    found = {
        side.id
        for side in sides
        for alias in (*side.aliases, side.name, side.short_name)
        if any(re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", text, re.IGNORECASE) for text in told)
    }
    return found.pop() if len(found) == 1 else None


def _spans(
    text: str, places: Sequence[tuple[int, int]], said: Sequence[Said], sides: Sequence[Side]
) -> Iterator[dict[str, object]]:
    found = list(quotations_of(text, places))
    named = {one.speaker: side for one in found if (side := _side_named(one, sides))}
    by_sentence: dict[str, str] = {}
    for one in found:
        near = max(said, key=lambda other: min(other.end, one.end) - max(other.start, one.start), default=None)
        own = near is not None and min(near.end, one.end) > max(near.start, one.start)
        if near is not None and own and near.voice not in {None, CONTEXT} and near.confidence >= DECIDED:
            by_sentence.setdefault(one.speaker, str(near.voice))
    doubtful = {one.speaker for one in found if any(map(_OTHERS.search, one.described))}
    known = {speaker: own for speaker, own in by_sentence.items() if speaker not in doubtful} | named
    for one in found:
        told = {"side": known[one.speaker]} if one.speaker in known else {}
        yield {"start": one.start, "end": one.end, "speaker": one.speaker, **told, "confidence": one.confidence}


def _reported(said: Sequence[Said], spans: Sequence[Mapping[str, object]]) -> Iterator[dict[str, object]]:
    """Yield what is told in other words and overlaps no quotation."""
    for one in said:
        apart = all(one.end <= int(str(span["start"])) or int(str(span["end"])) <= one.start for span in spans)
        if one.mode is Mode.INDIRECT and one.speaker and apart:
            side = {"side": one.voice} if one.voice not in {None, CONTEXT} else {}
            yield {"start": one.start, "end": one.end, "speaker": one.speaker, **side, "confidence": one.confidence}
