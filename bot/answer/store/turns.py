"""A turn as it is logged: the entry, and its rows."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.log.connection import storable
from bot.log.turns import Rows
from bot.quote.rules.contract import answer_object
from bot.values.asker import guild_of
from bot.values.passage import FIRST_PACK
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from bot.quote.rules.quote import Answer
    from bot.values.asker import TurnRef


@dataclass(frozen=True, slots=True)
class TurnEntry:
    """One turn to be logged.

    `conversation_id` is the caller's own (a random uuid, as hex); `person` is a pseudonym; `place` is where it was
    asked, in the caller's words, a guild's id before the slash if there is one; `number` counts from 1 in the
    conversation; `asked_utc` is ISO 8601 in UTC. `branched_from` is the turn, of a conversation that may be another
    person's, from which this conversation goes on; only its first turn's is written. `pack` is the id of the one that
    answered.
    """

    answer: Answer
    conversation_id: str
    person: str
    place: str
    number: int
    asked_utc: str
    duration_ms: float
    branched_from: TurnRef | None = None
    pack: str = FIRST_PACK

    def __post_init__(self) -> None:
        """Refuse a number below 1, a duration that is none, and a time that is not in UTC (ValueError)."""
        if self.number < 1:
            raise ValueError(f"turns count from 1, not {self.number}")
        if not (math.isfinite(self.duration_ms) and self.duration_ms >= 0):
            raise ValueError(f"a turn cannot take {self.duration_ms} ms")
        if datetime.fromisoformat(self.asked_utc).utcoffset() != timedelta(0):
            raise ValueError(f"{self.asked_utc} does not say that it is UTC; end it with Z or +00:00")


def rows_of(entry: TurnEntry) -> Rows:
    """Turn an entry into rows; NULs and lone surrogates in it become U+FFFD."""
    answer = entry.answer
    shown = [(block.side, quote) for block in answer.blocks for quote in block.quotes]
    shown += [(CONTEXT, quote) for quote in answer.context]
    written = storable(answer_object(answer, entry.conversation_id, entry.number, entry.duration_ms))
    return Rows(
        conversation=storable(
            {
                "id": entry.conversation_id,
                "person": entry.person,
                "place": entry.place,
                "started_utc": entry.asked_utc,
                "branched_from": entry.branched_from.conversation_id if entry.branched_from else None,
                "branched_at": entry.branched_from.number if entry.branched_from else None,
                "guild": guild_of(entry.place),
                "pack": entry.pack,
            }
        ),
        turn=storable(
            {
                "conversation_id": entry.conversation_id,
                "number": entry.number,
                "asked_utc": entry.asked_utc,
                "question": answer.question,
                "asked_as": answer.asked_as,
                "act": answer.act.value,
                "first_side": answer.blocks[0].side if answer.blocks else None,
                "stance": answer.stance,
                "message": None if answer.message is None else str(answer.message),
                "duration_ms": entry.duration_ms,
                "answer": json.dumps(written, ensure_ascii=False),
            }
        ),
        citations=storable(
            [
                {
                    "position": position,
                    "block": block,
                    "passage_id": quote.passage_id,
                    "article_id": quote.citation.article_id,
                    "start": quote.citation.start,
                    "end": quote.citation.end,
                    "text": quote.text,
                    "confidence": quote.confidence,
                }
                for position, (block, quote) in enumerate(shown, start=1)
            ]
        ),
        gaps=[{"side": side, "text": text} for side, text in written["gaps"].items()],
    )
