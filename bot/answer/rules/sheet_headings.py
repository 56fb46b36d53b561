"""What the headings of a sheet say: which row they are, and which column is for what, in four languages."""

from __future__ import annotations

import re
from enum import Enum
from string import ascii_uppercase
from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite.carriers import name_pattern
from bot.values.text import is_blank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from bot.answer.rules.sheet_table import Row
    from knowledge.model import Side

CHECKED_COLUMNS: Final = (
    "verdict",
    "said by",
    "article has",
    "difference",
    "whole sentence",
    "where",
    "notes",
    "reference",
)
"""What is added to a sheet, on the right of what stood in it."""
_LEAST_BLOCK: Final = 4
"""Of them, how many must stand side by side to be known as added by a check."""

_TITLES: Final = 15
"""Rows above the headings, at most."""


class Level(Enum):
    """How likely a column holds quotations, by its heading."""

    SURE = "sure"
    LIKELY = "likely"
    UNLIKELY = "unlikely"
    """It has a word for it, and one against it."""
    UNKNOWN = "unknown"


def _any_of(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


_SURE: Final = _any_of(
    *("quotations?", "quotes?", "quoted", "quot", "quoting", "citations?", "cited?", "cop(?:y|ied|ies)", "verbatim"),
    *("excerpts?", "passages?", r"word\s+for\s+word", r"exact\s+words"),
    *("zitate?", "zitiert?", "wörtlich", "abgeschrieben", "citas?", "citar?", "textual", "copia", "copiad[ao]"),
    *("उद्धरण", "उद्धृत"),
)
_LIKELY: Final = (
    _any_of(
        "evidence", "proof", "sentences?", "belege?", "sätze?", "satz", "oraci[oó]n", "frase", "prueba", "प्रमाण", "वाक्य"
    ),
    _any_of("responses?", "antwort(?:en)?", "respuestas?", "उत्तर", "जवाब"),
    _any_of("answers?", "repl(?:y|ies)"),
    _any_of("texts?", "texto", "पाठ"),
)
"""Likeliest first."""
_KEY: Final = _any_of(
    "right", "correct", "model", "sample", "expected", "key", "richtige?", "korrekte?", "correctas?", "सही"
)
"""Of a column that holds what should have been answered."""
_AGAINST: Final = _any_of(
    *("explain", "explanations?", "explained", "why", "reasons?", "because", "own", "comments?", "feedback", "points?"),
    *("scores?", "grades?", "marks?", "opinions?", "think", "context", "paraphrases?", "summary", "summari[sz]e"),
    *("warum", "begründe", "begründung", "erkläre", "eigenen", "kommentar", "punkte", "meinung"),
    *(r"por\s+qué", "explica", "razón", "propias", "comentario", "puntos", "opinión", "क्यों", "राय", "अंक"),
)
_SIDE: Final = _any_of(
    *("sides?", r"said\s+by", r"who\s+said(?:\s+it)?", r"who\s+says(?:\s+it)?", "voice", "speaker"),
    *("seite", r"wer\s+sagt(?:\s+es|\s+das)?", "sprecher", "lado", r"qui[eé]n\s+lo\s+dice", "पक्ष"),
)
_STUDENT: Final = (
    _any_of("students?", "pupils?", "learners?", "schüler(?:in)?", "alumn[oa]", "estudiante", "छात्र", "विद्यार्थी"),
    _any_of(r"(?:full|your|my|nick)\s+name", r"dein\s+name", r"tu\s+nombre"),
    _any_of("name", "names", "nombre", "नाम"),
    _any_of("code", "username", r"e-?mail(?:\s+address)?", "correo"),
)
_FIRST: Final = _any_of(r"first\s*names?", r"given\s*names?", "vornamen?", r"nombres?", r"firstname")
_LAST: Final = _any_of(
    r"last\s*names?", "surnames?", r"family\s*names?", "nachnamen?", "familiennamen?", "apellidos?", "lastname"
)


def level_of(heading: str) -> Level:
    """Tell how likely a column holds quotations."""
    against = bool(_KEY.search(heading) or _AGAINST.search(heading))
    sure = bool(_SURE.search(heading))
    if not sure and rank_of(heading) == len(_LIKELY):
        return Level.UNKNOWN
    if against:
        return Level.UNLIKELY
    return Level.SURE if sure else Level.LIKELY


def rank_of(heading: str) -> int:
    """Rank likely headings, 0 for the likeliest; one that has no word for it comes behind all."""
    return next((rank for rank, words in enumerate(_LIKELY) if words.search(heading)), len(_LIKELY))


def names_key(heading: str) -> bool:
    """Tell whether a column holds what should have been answered."""
    return _KEY.search(heading) is not None


def known_headings(cells: Sequence[str]) -> int:
    """Count how many of the things that count are named: quotations, sides, students."""
    short = [cell for cell in cells if not is_blank(cell)]
    return sum(
        (
            any(level_of(cell) in {Level.SURE, Level.LIKELY} for cell in short),
            any(_SIDE.search(cell) for cell in short),
            bool(student_places(cells, ())),
        )
    )


def heading_row(rows: Sequence[Row], columns: Sequence[str]) -> int:
    """Find the row that names the columns: the first that is not a title, with what titles stand above it.

    A title has fewer cells than the rows below it, as merged cells have. `columns` are names that it must have.
    """
    filled = [at for at, row in enumerate(rows) if row.filled]
    if not filled:
        return 0
    searched = filled[:_TITLES]
    for name in columns:
        named = [at for at in searched if column_named(rows[at].cells, name, letters=False)]
        if named:
            return named[0]
    widest = max(rows[at].filled for at in filled)
    candidates = [at for number, at in enumerate(searched) if _may_head(rows, at, searched[:number])]
    if widest == 1:
        # A single column: a title is told from a heading only by the words of the latter.
        named = [at for at in searched[:3] if _is_bare(rows[at].cells)]
        return named[0] if named else filled[0]
    return max(candidates, key=lambda at: (known_headings(rows[at].cells), rows[at].filled, -at))


def _may_head(rows: Sequence[Row], at: int, above: Sequence[int]) -> bool:
    """Tell whether a row may be that of the headings, with titles above it.

    Titles are in fewer cells. One in a cell without others beside it may as well be a heading itself, of rows with
    commas and no marks around them: then two headings have to be known.
    """
    if not all(rows[each].filled < max(rows[at].filled, 2) for each in above):
        return not above
    merged = all(rows[each].filled == 1 and len(rows[each].cells) > 1 for each in above)
    known = known_headings(rows[at].cells)
    return merged or known >= _SEVERAL or (known > 0 and all(len(rows[each].cells) > 1 for each in above))


_SEVERAL: Final = 2
_BARE: Final = 4


def _is_bare(cells: Sequence[str]) -> bool:
    """Tell whether a cell is a heading of quotations and nothing more."""
    (text,) = [cell for cell in cells if not is_blank(cell)]
    return len(text.split()) <= _BARE and level_of(text) in {Level.SURE, Level.LIKELY}


def column_named(header: Sequence[str], name: str, *, letters: bool = True) -> tuple[int, ...]:
    """Find the columns of a heading, whatever its case; else the one of a letter (A, B, …), as spreadsheets name it."""
    wanted = _folded(name)
    found = tuple(place for place, heading in enumerate(header) if _folded(heading) == wanted and wanted)
    if found or not letters:
        return found
    return tuple(place for place in range(len(header)) if column_letter(place).casefold() == wanted)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def column_letter(place: int) -> str:
    """Name a column (from 0) as spreadsheets do: A to Z, then AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, len(ascii_uppercase))
        letters = ascii_uppercase[rest] + letters
    return letters


def side_places(header: Sequence[str], quotations: Sequence[int]) -> dict[int, int]:
    """Find for each column of quotations the one of sides: a single one is for all, else the next behind it."""
    sides = [place for place, heading in enumerate(header) if place not in quotations and _SIDE.search(heading)]
    if len(sides) <= 1 or len(quotations) == 1:
        exact = [place for place in sides if _SIDE.fullmatch(header[place].strip())] or sides
        return dict.fromkeys(quotations, exact[0]) if exact else {}
    if len(sides) == len(quotations):
        return dict(zip(quotations, sides, strict=True))
    ends = (*quotations[1:], len(header))
    behind = {
        quotation: next((place for place in sides if quotation < place < end), None)
        for quotation, end in zip(quotations, ends, strict=True)
    }
    return {quotation: place for quotation, place in behind.items() if place is not None}


def student_places(header: Sequence[str], taken: Collection[int]) -> tuple[int, ...]:
    """Find the column of students' names, or the two of their first and last names, in this order."""
    free = [place for place in range(len(header)) if place not in taken]

    def first(words: re.Pattern[str], *, whole: bool) -> int | None:
        tells = words.fullmatch if whole else words.search
        return next((place for place in free if tells(header[place].strip())), None)

    given, family = first(_FIRST, whole=True), first(_LAST, whole=True)
    if given is not None and family is not None:
        return (given, family)
    for whole in (True, False):
        for words in _STUDENT:
            place = first(words, whole=whole)
            if place is not None:
                return (place,)
    return ()


def side_of_heading(heading: str, sides: Iterable[Side]) -> str:
    """Tell to whom a heading puts its quotations down ("Quote from the club"); "" where it names nobody, or several."""
    found = set()
    for side in sides:
        for name in (side.name, side.short_name, *side.aliases):
            named = name_pattern(name)
            if re.search(
                rf"\b(?:from|by|of|von|de|del|aus)\s+{named}\s*$|\b(?:in\s+which|where)\s+{named}\s+(?:says?|speaks?|"
                rf"claims?|argues?|talks?|denies)\b|{named}\s*(?:'s|’s|'|’)?\s+(?:quotes?|quotations?|says|said|zitat)\b|"
                rf"^\s*{named}\s*:|:\s*{named}\s*$|[(\[]\s*{named}\s*[)\]]\s*$",
                heading,
                re.IGNORECASE,
            ):
                found.add(side.id)
    return found.pop() if len(found) == 1 else ""


def checked_blocks(header: Sequence[str]) -> frozenset[int]:
    """Find the columns that a check added: several side by side, in their order, for one column of quotations."""
    found: set[int] = set()
    block: list[int] = []
    last = -1
    for place, heading in enumerate((*header, "")):
        name = heading.strip().partition(": ")[0]
        order = CHECKED_COLUMNS.index(name) if name in CHECKED_COLUMNS else -1
        if order > last:
            block.append(place)
        else:
            found |= {*block} if len(block) >= _LEAST_BLOCK else set()
            block = [place] if order >= 0 else []
        last = order
    return frozenset(found)
