"""What is kept about one person, in all guilds at once: shown, taken along, deleted.

The log knows a person by another pseudonym in each guild. Only who holds the secret can tell that they are the same,
and does so for that person alone.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.log.access import read
from bot.values.asker import NO_GUILD, pseudonym

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bot.log.log import ConversationLog
    from bot.log.privacy import Forgotten, Holding


async def names_of(log: ConversationLog, secret: bytes, user: str) -> Mapping[str, str]:
    """Give a person's pseudonym in each guild that the log knows, and outside guilds ("dm"). Raises UserError."""
    known = await read(log, log.registry.guilds)
    return {guild: pseudonym(secret, guild, user) for guild in dict.fromkeys((NO_GUILD, *known))}


async def shown(log: ConversationLog, people: Collection[str]) -> tuple[Holding, ...]:
    """Count what each table holds about a person of these pseudonyms. Raises UserError."""
    return await read(log, partial(log.registry.show, people=people))


async def exported(log: ConversationLog, names: Mapping[str, str]) -> dict[str, Any]:
    """Give every row about a person, by guild and table; guilds without any are left out. Raises UserError."""
    found = {guild: await read(log, partial(log.registry.export, person=person)) for guild, person in names.items()}
    return {guild: tables for guild, tables in found.items() if any(tables.values())}


async def deleted(log: ConversationLog, people: Collection[str]) -> Forgotten:
    """Delete everything about a person of these pseudonyms, without a trace. Raises Fault when nothing was deleted."""
    return await asyncio.wrap_future(log.forget_people(people))
