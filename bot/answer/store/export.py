"""Turns as JSONL, CSV and Markdown, for people and programs outside.

What people typed is written so that it stays text: a spreadsheet must not calculate it, a page must not render it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bot.values.separated import PLAIN, table_line
from bot.values.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.log.reader import StoredTurn
    from bot.values.separated import Separators

CSV_COLUMNS: Final = (
    "conversation",
    "person",
    "place",
    "pack",
    "turn",
    "asked_utc",
    "question",
    "asked_as",
    "act",
    "stance",
    "message",
    "quotes",
    "gaps",
    "near",
    "duration_ms",
)


def as_jsonl(turns: Iterable[StoredTurn]) -> Iterator[str]:
    """Write each turn as a line: the answer object of the contract, with where, when and by whom it was asked.

    `id` is the conversation's.
    """
    for turn in turns:
        about = {"person": turn.person, "place": turn.place, "asked_utc": turn.asked_utc, "message": turn.message}
        about["pack"] = turn.pack
        yield json.dumps({**turn.answer, **about}, ensure_ascii=False) + "\n"


def as_csv(turns: Iterable[StoredTurn], separators: Separators = PLAIN) -> Iterator[str]:
    """Write a line of headings and a line a turn, quotes in one cell; no cell can be calculated."""
    yield table_line(CSV_COLUMNS, separators)
    for turn in turns:
        quotes = (f"{voice}: “{quote['text']}” ({_source(quote)})" for voice, quote in _quotes(turn))
        gaps = (f"{side}: {gap}" for side, gap in turn.answer["gaps"].items())
        near = (f"{side}: “{quote['text']}” ({_source(quote)})" for side, quote in _near(turn))
        cells = (
            turn.conversation_id,
            turn.person,
            turn.place,
            turn.pack,
            turn.number,
            turn.asked_utc,
            turn.question,
            turn.asked_as,
            turn.act,
            turn.stance or "",
            turn.message or "",
            "\n".join(quotes),
            "\n".join(gaps),
            "\n".join(near),
            turn.duration_ms,
        )
        yield table_line(cells, separators)


def as_markdown(turns: Iterable[StoredTurn]) -> Iterator[str]:
    """Write a heading and a list of quotes a turn; what people typed and what was quoted cannot make markup."""
    for turn in turns:
        lines = [f"## Turn {turn.number} · {plain(turn.place)} · {plain(turn.pack)} · {plain(turn.asked_utc)}", ""]
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
        said += [
            f"- **{plain(side)}**, nearest, maybe no answer: “{plain(quote['text'])}” ({plain(_source(quote))})"
            for side, quote in _near(turn)
        ]
        yield "\n".join([*lines, *said, ""] if said else lines) + "\n"


def _quotes(turn: StoredTurn) -> list[tuple[str, dict[str, Any]]]:
    quotes = [(side, quote) for side, shown in turn.answer["sides"].items() for quote in shown]
    return quotes + [("context", quote) for quote in turn.answer["context"]]


def _near(turn: StoredTurn) -> list[tuple[str, dict[str, Any]]]:
    return [(side, quote) for side, near in turn.answer.get("near", {}).items() for quote in near]


def _source(quote: dict[str, Any]) -> str:
    by = f" by {quote['author']}" if quote["author"] else ""
    return f"{quote['title']}{by}, paragraph {quote['paragraph']}"
