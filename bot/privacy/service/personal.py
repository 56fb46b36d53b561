"""What is kept about one person, in all guilds at once: shown, exported, deleted.

The log knows a person by another pseudonym in each guild; only the holder of the secret can tell they are the same.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bot.log.access import read, turned_on, write
from bot.values.asker import NO_GUILD, pseudonym
from knowledge.errors import DilemmaError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.log.log import ConversationLog
    from bot.log.privacy import Forgotten, Holding
    from bot.log.turns import Rows

_PATIENCE_S: Final = 1.0
"""How long the disk is waited for before something is shown."""


class Personal:
    """What the log holds about one person. All coroutines belong to one event loop, and raise UserError."""

    def __init__(self, log: ConversationLog | None, *, older: bool = False) -> None:
        """Look nothing up yet; `logged` is false where nothing is logged now, though an `older` log may be there."""
        self._log = log
        self.logged = log is not None
        self.older = older

    async def names_of(self, secret: bytes, user: str) -> Mapping[str, str]:
        """Return a person's pseudonym in each guild that the log knows, and outside guilds ("dm")."""
        log = turned_on(self._log)
        known = await read(log, log.registry.guilds)
        waiting = [guild for rows in log.waiting() if (guild := rows.conversation["guild"]) is not None]
        return {guild: pseudonym(secret, guild, user) for guild in dict.fromkeys((NO_GUILD, *known, *waiting))}

    async def shown(self, people: Collection[str]) -> tuple[Holding, ...]:
        """Count what each table holds about a person of these pseudonyms, with the turns that wait for the log."""
        log = await self._settled()
        held = await read(log, partial(log.registry.show, people=people))
        waiting = len(log.waiting(people))
        return tuple(replace(each, rows=each.rows + waiting) if each.table == "turn" else each for each in held)

    async def damaged(self) -> bool:
        """Return whether files that were set aside lie beside the log, in which nobody can look something up."""
        return bool(await asyncio.to_thread(turned_on(self._log).set_aside))

    async def exported(self, names: Mapping[str, str]) -> dict[str, Any]:
        """Return every row about a person, by guild and table; guilds without any are left out."""
        log = await self._settled()
        found = {guild: await read(log, partial(log.registry.export, person=person)) for guild, person in names.items()}
        for guild, person in names.items():
            found[guild]["turn"] += [{**rows.turn, "answer": _parsed(rows)} for rows in log.waiting([person])]
        return {guild: tables for guild, tables in found.items() if any(tables.values())}

    async def deleted(self, people: Collection[str]) -> Forgotten:
        """Delete everything about a person of these pseudonyms, without a trace. Fault: nothing was deleted."""
        return await asyncio.wrap_future(turned_on(self._log).forget_people(people))

    async def _settled(self) -> ConversationLog:
        """Return the log once it holds what was written up to now: what was answered a moment ago is not pending."""
        log = turned_on(self._log)
        with suppress(TimeoutError, DilemmaError):
            async with asyncio.timeout(_PATIENCE_S):
                await write(log, lambda _db: None)
        return log


def _parsed(rows: Rows) -> object:
    return json.loads(rows.turn["answer"])
