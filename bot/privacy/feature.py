"""The front door of privacy: what is kept about a person, and what is deleted in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.process.feature import Feature

# Each function imports when it is called: `ask` needs no Discord, a bot no terminal.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from bot.process.feature import Parts
    from bot.wire.client import Exports


def _open(parts: Parts) -> None:
    from bot.log.log import ConversationLog
    from bot.privacy.service.personal import Personal
    from bot.privacy.service.retention import Retention

    log, days, copies = parts.find(ConversationLog), parts.config.discord.retention_days, parts.config.log.copies
    parts.add(Personal, Personal(log, older=log is None and parts.config.log.file.exists()))
    parts.add(Retention, Retention(log, clock=parts.clock, days=days, copies=copies))


def _exports() -> Exports:
    from bot.privacy.cog import commands
    from bot.wire.client import Exports

    return Exports(
        commands=(commands.group,),
        presses=commands.PRESSES,
        work=(commands.work, commands.copying, commands.following),
        on_ready=commands.on_ready,
        on_guild_join=commands.on_guild_join,
        on_guild_remove=commands.on_guild_remove,
    )


FEATURE: Final[Feature[Exports, Any]] = Feature("privacy", after=("guild",), open=_open, exports=_exports)
