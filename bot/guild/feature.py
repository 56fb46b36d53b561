"""The front door of the ground that is a guild's: what its moderators set, and who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.process.feature import Feature

# Each function imports when it is called: `ask` needs no Discord, a bot no terminal.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from bot.log.privacy import Table
    from bot.process.feature import Parts
    from bot.wire.client import Exports


def _open(parts: Parts) -> None:
    from bot.guild.service.settings import Settings
    from bot.log.log import ConversationLog

    parts.add(Settings, Settings(parts.find(ConversationLog), clock=parts.clock))


def _tables() -> tuple[Table, ...]:
    from bot.guild.store import guilds

    return guilds.TABLES


def _exports() -> Exports:
    from bot.guild.cog import settings
    from bot.wire.client import Exports

    return Exports(commands=(settings.group,), begin=settings.offer_resets)


FEATURE: Final = Feature("guild", after=(), open=_open, exports=_exports, tables=_tables)
