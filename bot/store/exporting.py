"""Turns as JSONL, CSV and Markdown, for people and programs outside.

What people typed is written so that it stays text: a spreadsheet must not calculate it, a page must not render it. It
must not know where the text goes.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.store.reading import StoredTurn

CSV_COLUMNS: Final = (
    "conversation",
    "person",
    "place",
    "turn",
    "asked_utc",
    "question",
    "asked_as",
    "act",
    "stance",
    "message",
    "quotes",
    "gaps",
    "duration_ms",
)

_FORMULA: Final = re.compile(
    r"""(?:^|(?<=[;\t\r\n]))(?=(?:(?![;\t\r\n])[\s"'])*[=+\-@＝＋－＠])|^(?=[\t\r\n])"""  # noqa: RUF001 - of either width
)
_MARKUP: Final = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~=:&$^@\"']")
_LINK: Final = re.compile(r"(?i)(?<=[@#])(?=\w|\\)|(?<=:)(?=//)|(?<=\bwww)(?=\.)")
_SPACES: Final = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")


def as_jsonl(turns: Iterable[StoredTurn]) -> Iterator[str]:
    """Write each turn as a line: the answer object of the contract, with where, when and by whom it was asked.

    `id` is the conversation's.
    """
    for turn in turns:
        about = {"person": turn.person, "place": turn.place, "asked_utc": turn.asked_utc, "message": turn.message}
        yield json.dumps({**turn.answer, **about}, ensure_ascii=False) + "\n"


def as_csv(turns: Iterable[StoredTurn]) -> Iterator[str]:
    """Write a line of headings and a line a turn (RFC 4180: comma, CRLF, every cell quoted), quotes in one cell.

    A cell that a spreadsheet could take for a formula gets an apostrophe in front (see `inert`).
    """
    yield _csv_line(CSV_COLUMNS)
    for turn in turns:
        quotes = (f"{voice}: “{quote['text']}” ({_source(quote)})" for voice, quote in _quotes(turn))
        gaps = (f"{side}: {gap}" for side, gap in turn.answer["gaps"].items())
        cells = (
            turn.conversation_id,
            turn.person,
            turn.place,
            turn.number,
            turn.asked_utc,
            turn.question,
            turn.asked_as,
            turn.act,
            turn.stance or "",
            turn.message or "",
            "\n".join(quotes),
            "\n".join(gaps),
            turn.duration_ms,
        )
        yield _csv_line(tuple(inert(str(cell)) for cell in cells))


def as_markdown(turns: Iterable[StoredTurn]) -> Iterator[str]:
    """Write a heading and a list of quotes a turn; what people typed and what was quoted cannot make markup."""
    for turn in turns:
        lines = [f"## Turn {turn.number} · {plain(turn.place)} · {plain(turn.asked_utc)}", ""]
        lines += [f"**Question:** {plain(turn.question)}", ""]
        if turn.asked_as != turn.question:
            lines += [f"**Asked as:** {plain(turn.asked_as)}", ""]
        if turn.message is not None:
            lines += [plain(turn.message), ""]
        said = [
            f"- **{plain(voice)}:** “{plain(quote['text'])}” ({plain(_source(quote))})"
            for voice, quote in _quotes(turn)
        ]
        said += [f"- **{plain(side)}:** {plain(gap)}" for side, gap in turn.answer["gaps"].items()]
        yield "\n".join([*lines, *said, ""] if said else lines) + "\n"


def inert(cell: str) -> str:
    """Put an apostrophe before whatever a spreadsheet could begin to calculate.

    That is = + - @ (of either width), also behind spaces and quotes, a leading tab or line break, and the same
    after a separator inside the cell, where a program that expects semicolons or tabs would begin a cell of its own.
    The apostrophe stays in the text. Source: OWASP, CSV Injection.
    """
    return _FORMULA.sub("'", cell)


def plain(text: str) -> str:
    """Write text so that Markdown shows it as it is, on one line: no headings, tables, links, HTML or mentions.

    Backslashes stop the markup. A zero-width space goes where programs look for addresses and mentions even then:
    after @ and #, in ://, and after www.
    """
    return _MARKUP.sub(r"\\\g<0>", _LINK.sub("\u200b", _SPACES.sub(" ", text).strip()))


def _quotes(turn: StoredTurn) -> list[tuple[str, dict[str, Any]]]:
    """Give the quotes in the order shown, each with the block that it stood in."""
    quotes = [(side, quote) for side, shown in turn.answer["sides"].items() for quote in shown]
    return quotes + [("context", quote) for quote in turn.answer["context"]]


def _source(quote: dict[str, Any]) -> str:
    """Say where a quote stands, as a citation does."""
    by = f" by {quote['author']}" if quote["author"] else ""
    return f"{quote['title']}{by}, paragraph {quote['paragraph']}"


def _csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue()
