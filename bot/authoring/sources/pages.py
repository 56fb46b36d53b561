"""PDF: the lines of each page in the order in which people read them, without what stands around the text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from bot.authoring.sources.document import Document, Kind, Paragraph, plain
from bot.authoring.sources.unwrapping import ITEM, joined, words_in
from knowledge.distribution import adding_extra
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_DESCENDERS: Final = frozenset("gjpqyQ,;()[]{}|")
_PAGE_NUMBER: Final = re.compile(
    r"(?:page|seite|p\.?)?\s*[-–—]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*(?:[-–—]|(?:of|/|von)\s*\d{1,4})?", re.IGNORECASE
)
_FIGURES: Final = re.compile(r"\d+")
_SENTENCE_END: Final = re.compile(r"[.!?…:][\"'”’»)\]]*$")

_EDGE_LINES: Final = 2
"""Lines at the top and at the bottom of a page that may be a header or a footer."""
_REPEATED: Final = 0.4
"""Share of the pages on which one repeats, at least."""
_SMALL: Final = 0.75
"""Size of a note's number beside that of the text, at most."""
_HEADING: Final = 1.15
"""Size of a heading beside that of the text, at least."""
_APART: Final = 1.3
"""Distance of two paragraphs beside that of two lines, at least."""
_GUTTER: Final = (0.25, 0.75)
"""The part of a region's width in which a gap between columns may lie."""
_WRITTEN: Final = 40
"""Letters a page that a PDF with a text has, at least."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A piece of a line: its left and right edge, its baseline and the size of its letters, in points."""

    left: float
    right: float
    base: float
    size: float
    text: str


def read_pdf(content: bytes) -> Document:
    """Read a PDF. Raises UserError where it is locked, damaged, or has no text but pictures of it."""
    try:
        import pypdfium2  # noqa: PLC0415 - little needs it
    except ImportError as error:
        raise UserError(f"reading PDF needs another package: {adding_extra('pack')}") from error
    try:
        with pypdfium2.PdfDocument(content) as pdf:
            facts = pdf.get_metadata_dict()
            pages = [_lines(page) for page in pdf]
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UserError(
                "this PDF is locked with a password: save it without one, or print it into a new PDF"
            ) from error
        raise UserError("this is no PDF, or a damaged one: open it and save it anew") from error
    if sum(len(line.text) for page in pages for line in page) < _WRITTEN * len(pages):
        raise UserError(
            "this PDF holds pictures of pages and hardly any text: recognise the text first (for example with "
            "`ocrmypdf in.pdf out.pdf`), or copy it into a .txt file"
        )
    dropped: Counter[str] = Counter()
    lines = [line for page in _without_edges(pages, dropped) for line in _in_order(page)]
    paragraphs = list(_paragraphs(lines, dropped))
    title = plain(facts.get("Title", "")) or None
    if paragraphs and paragraphs[0].kind is Kind.HEADING and (title is None or title == paragraphs[0].text):
        title = paragraphs.pop(0).text
    return Document(tuple(paragraphs), title, plain(facts.get("Author", "")) or None, dropped=dropped)


def _lines(page: Any) -> list[_Line]:  # noqa: ANN401 - pypdfium2 has no types
    """Return the pieces of a page's lines, from top to bottom."""
    written = page.get_textpage()
    found = []
    for number in range(written.count_rects()):
        left, bottom, right, top = written.get_rect(number)
        # U+0002 stands for a hyphen at the end of a line.
        text = written.get_text_bounded(left, bottom, right, top).replace("\x02", "-").replace("\ufffe", "-").strip()
        if text:
            hanging = not _DESCENDERS.isdisjoint(text)
            size = (top - bottom) / (0.93 if hanging else 0.72)
            found.append(_Line(left, right, bottom + 0.21 * size * hanging, size, plain(text)))
    return sorted(_merged(found), key=lambda line: (-line.base, line.left))


def _merged(found: Iterable[_Line]) -> Iterator[_Line]:
    """Join neighbouring pieces of one line, and leave out the small numbers of notes between them."""
    line: _Line | None = None
    for piece in found:
        if line is None:
            line = piece
            continue
        beside = -0.2 * line.size <= piece.left - line.right <= line.size
        if beside and piece.text.isdecimal() and piece.size < _SMALL * line.size and piece.base > line.base:
            line = _Line(line.left, piece.right, line.base, line.size, line.text)
        elif beside and abs(piece.base - line.base) < 0.3 * line.size:
            text = f"{line.text} {piece.text}"
            line = _Line(line.left, piece.right, line.base, max(line.size, piece.size), text)
        else:
            yield line
            line = piece
    if line is not None:
        yield line


def _without_edges(pages: Sequence[list[_Line]], dropped: Counter[str]) -> Iterator[list[_Line]]:
    """Leave out headers and footers that repeat, and page numbers."""

    def edges(page: list[_Line]) -> list[_Line]:
        return [*page[:_EDGE_LINES], *page[_EDGE_LINES:][-_EDGE_LINES:]]

    def shape(line: _Line) -> tuple[str, int]:
        """Return what a header is on every page: its words, and how high it stands."""
        return _FIGURES.sub("#", line.text), round(line.base / line.size)

    shapes = Counter(each for page in pages for each in {shape(line) for line in edges(page)})
    least = max(2.0, _REPEATED * len(pages))
    for page in pages:
        at_edge = edges(page)
        kept = []
        for line in page:
            if line in at_edge and _PAGE_NUMBER.fullmatch(line.text):
                dropped["page number"] += 1
            elif line in at_edge and shapes[shape(line)] >= least:
                dropped["line that repeats on the pages"] += 1
            else:
                kept.append(line)
        yield kept


def _in_order(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Yield lines column by column; a line across the columns ends them."""
    gutter = _gutter(lines)
    if gutter is None:
        yield from lines
        return
    columns: tuple[list[_Line], list[_Line]] = ([], [])
    for line in lines:
        if line.left < gutter < line.right:
            for column in columns:
                yield from _in_order(column)
                column.clear()
            yield line
        else:
            columns[line.left >= gutter].append(line)
    for column in columns:
        yield from _in_order(column)


def _gutter(lines: Sequence[_Line]) -> float | None:
    """Return the middle of a gap between two columns; None where there is none."""
    if len(lines) < 6:  # noqa: PLR2004 - no columns of three lines
        return None
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    span = right - left
    places = sorted({line.left - 1 for line in lines if _GUTTER[0] <= (line.left - left) / (span or 1) <= _GUTTER[1]})

    def crossing(place: float) -> int:
        return sum(line.left < place < line.right for line in lines)

    best = min(
        places,
        key=lambda place: (crossing(place), -sum(abs(line.left - 1 - place) < 1 for line in lines)),
        default=None,
    )
    if best is None or crossing(best) > 0.25 * len(lines):
        return None
    before = [line for line in lines if line.right <= best]
    after = [line for line in lines if line.left >= best]
    beside = sum(any(abs(one.base - other.base) < other.size for other in before) for one in after)
    return best if min(len(before), len(after)) >= 3 and beside >= 0.5 * min(len(before), len(after)) else None  # noqa: PLR2004


def _paragraphs(lines: Sequence[_Line], dropped: Counter[str]) -> Iterator[Paragraph]:
    """Join lines to paragraphs, over columns and pages too."""
    if not lines:
        return
    known = words_in([line.text for line in lines])
    size = median(line.size for line in lines for _ in range(len(line.text)))
    pitches = [one.base - two.base for one, two in pairwise(lines) if 0 < one.base - two.base < 3 * size]
    pitch = median(pitches) if pitches else 1.2 * size
    block = [lines[0]]
    for line, following in zip((*lines[1:], None), (*lines[2:], None, None), strict=True):
        if line is not None and not _begins(block, line, following, size, pitch):
            block.append(line)
            continue
        text = plain(joined([one.text for one in block], known))
        if block[0].size < _SMALL * size:
            dropped["note in small letters"] += 1
        elif block[0].size >= _HEADING * size and len(block) <= 3:  # noqa: PLR2004 - a heading is short
            yield Paragraph(text, Kind.HEADING)
        elif item := ITEM.match(text):
            yield Paragraph(text[item.end() :], Kind.ITEM)
        else:
            yield Paragraph(text)
        block = [line] if line is not None else []


def _begins(block: Sequence[_Line], line: _Line, following: _Line | None, size: float, pitch: float) -> bool:
    """Tell whether a line begins a paragraph after those of a block; `following` is the one after it."""
    last = block[-1]
    if abs(line.size - last.size) > 0.2 * size and (line.size >= _HEADING * size) != (last.size >= _HEADING * size):
        return True
    if (line.size < _SMALL * size) != (last.size < _SMALL * size) or ITEM.match(line.text):
        return True
    drop = last.base - line.base
    if not 0 < drop < 3 * pitch:  # another column or page
        return bool(_SENTENCE_END.search(last.text)) and not line.text[:1].islower()
    if drop > _APART * pitch:
        return True
    if drop < 0.3 * pitch:
        return False
    alone = len(block) == 1 and (following is None or following.left > line.left - 0.5 * size)
    return line.left - last.left > 0.5 * size and not alone and bool(_SENTENCE_END.search(last.text))
