"""The front door of fleets: which part of the servers this process looks after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.process.feature import Feature

# Each function imports when it is called: a log in a file needs no PostgreSQL.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from bot.process.feature import Parts
    from bot.wire.client import Exports


def _open(parts: Parts) -> None:
    from bot.config.sections import Server
    from bot.log.log import ConversationLog

    place = parts.config.log_place
    if not isinstance(place, Server) or parts.find(ConversationLog) is None:
        return
    import os
    import platform
    from uuid import uuid4

    from bot.fleet.rules.sharing import Process
    from bot.fleet.service.desk import Desk
    from bot.fleet.service.fleet import Fleet
    from bot.log.engines.postgres import PostgresConnection, connect
    from bot.process.charge import Charge

    settings = parts.config.discord
    me = Process(uuid4().hex, None if settings.shards == "auto" else frozenset(settings.shard_ids))
    desk = Desk(lambda: PostgresConnection(connect(place)))
    parts.closing.callback(desk.close)
    name = f"{platform.node()}:{os.getpid()}"
    parts.add(Charge, Fleet(desk, me, name, clock=parts.clock, count=settings.shard_count))


def _exports() -> Exports:
    from bot.wire.client import Exports

    return Exports()


FEATURE: Final[Feature[Exports, Any]] = Feature("fleet", after=(), open=_open, exports=_exports)
