"""Reading the log: turns by conversation, by age, by words.

Each call opens its own read-only connection, so reading works from any thread and never holds up the writer.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot.config.sections import Server
from bot.log.engines.engine import needing_extra
from bot.log.opening import File
from bot.values.passage import FIRST_PACK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.log.connection import Connection, Job
    from bot.log.engines.engine import Source


T = TypeVar("T")

EXPORT_STEP: Final = 500
"""Turns that an export reads at a time: a long read would keep the writer from clearing its WAL."""

_TURNS: Final = """
    SELECT turn.id, conversation_id, person, place, number, asked_utc, turn.question, turn.asked_as, act, first_side,
           stance, message, duration_ms, answer, pack
    FROM turn JOIN conversation ON conversation.id = turn.conversation_id
"""
_OF_CONVERSATION: Final = _TURNS + "WHERE conversation_id = :conversation_id ORDER BY number"
_ONE: Final = _TURNS + "WHERE conversation_id = :conversation_id AND number = :number"
_BEFORE: Final = """
    WITH RECURSIVE line (conversation_id, last) AS (
        SELECT id, CAST(:number AS BIGINT) FROM conversation WHERE id = :conversation_id
        UNION
        SELECT branched_from, branched_at FROM conversation JOIN line ON conversation.id = line.conversation_id
        WHERE branched_from IS NOT NULL
    )
"""
_LINEAGE: Final = f"""{_BEFORE} {_TURNS}
    WHERE turn.id IN (SELECT turn.id FROM turn JOIN line USING (conversation_id) WHERE number <= coalesce(last, number))
    ORDER BY number
"""  # noqa: S608 - constants
_RECENT: Final = _TURNS + "ORDER BY turn.id DESC LIMIT :limit"
_AFTER: Final = _TURNS + "WHERE turn.id > :after ORDER BY turn.id LIMIT :limit"
_FOUND: Final = _TURNS + "WHERE turn.id IN :ids"
_SPOILT: Final = {"sides": {}, "gaps": {}, "context": [], "error": "the stored answer is damaged"}
_LATEST_CONVERSATION: Final = """
    SELECT conversation.id, person, place, started_utc, pack
    FROM conversation JOIN turn ON turn.conversation_id = conversation.id
    WHERE person = :person AND place = :place ORDER BY turn.id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation of one person (by pseudonym) in one place."""

    id: str
    person: str
    place: str
    started_utc: str
    pack: str = FIRST_PACK


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn as the log holds it; `id` grows with the order of writing, `first_side` is None when no side was shown.

    `answer` is the answer object of the contract; when the disk has spoilt it, an empty one with an `error`.
    """

    id: int
    conversation_id: str
    person: str
    place: str
    number: int
    asked_utc: str
    question: str
    asked_as: str
    act: str
    first_side: str | None
    stance: str | None
    message: str | None
    duration_ms: float
    answer: dict[str, Any]
    pack: str = FIRST_PACK


class LogReader:
    """The readable side of a log. Every method raises UserError when the file cannot be read."""

    def __init__(self, source: Source) -> None:
        """Read from a place; `name` is what people know it by, and `path` the one beside which its files lie."""
        self._source = source
        self.name = source.name
        self.path = source.path

    @classmethod
    def existing(cls, place: Path | Server) -> LogReader:
        """Read a log, also while others write it; UserError when there is none, or it is none."""
        if isinstance(place, Server):
            with needing_extra():
                from bot.log.engines.server import Reachable  # noqa: PLC0415 - psycopg, which not everybody has

            return cls(Reachable.existing(place))
        return cls(File.existing(place))

    def turns(self, conversation_id: str) -> tuple[StoredTurn, ...]:
        """Return the turns of a conversation in order; none for an unknown one."""
        return self._turns(_OF_CONVERSATION, conversation_id=conversation_id)

    def turn(self, conversation_id: str, number: int) -> StoredTurn | None:
        """Return one turn of a conversation; None when the log does not hold it (any more)."""
        found = self._turns(_ONE, conversation_id=conversation_id, number=number)
        return found[0] if found else None

    def lineage(self, conversation_id: str, number: int | None = None) -> tuple[StoredTurn, ...]:
        """Return the turns of a conversation up to `number` (None: all), after those it branched from; oldest first."""
        return self._turns(_LINEAGE, conversation_id=conversation_id, number=number)

    def recent(self, limit: int) -> tuple[StoredTurn, ...]:
        """Return the last turns written, newest first."""
        return self._turns(_RECENT, limit=max(limit, 0))

    def search(self, text: str, limit: int) -> tuple[StoredTurn, ...]:
        """Return turns in whose question every word of the text begins a word; any text is fine.

        The best come first, of very many the latest.
        """
        found = self.read(lambda db: db.find(text, limit))
        turns = {turn.id: turn for turn in self._turns(_FOUND, ids=found)}
        return tuple(turns[one] for one in found if one in turns)

    def conversation(self, person: str, place: str) -> StoredConversation | None:
        """Return the conversation that a person continued last in a place."""
        key = {"person": person, "place": place}
        with self._reading() as db:
            found = [StoredConversation(**row) for row in db.query(_LATEST_CONVERSATION, key)]
        return found[0] if found else None

    def export(self) -> Iterator[StoredTurn]:
        """Return every turn, oldest first; turns written meanwhile come too."""
        after = 0
        while turns := self._turns(_AFTER, after=after, limit=EXPORT_STEP):
            yield from turns
            after = turns[-1].id

    def read(self, job: Job[T]) -> T:
        """Run a function of the store that reads."""
        with self._reading() as db:
            return job(db)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._source.reading() as db:
            yield db

    def _turns(self, sql: str, **parameters: object) -> tuple[StoredTurn, ...]:
        with self._reading() as db:
            return tuple(StoredTurn(**{**row, "answer": _answer(row["answer"])}) for row in db.query(sql, parameters))


def _answer(text: str) -> dict[str, Any]:
    """Return an answer object; a spoilt one must not hide the other turns."""
    try:
        answer = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        answer = None
    if isinstance(answer, dict) and answer.keys() >= _SPOILT.keys() - {"error"}:
        return answer
    return {**_SPOILT}
