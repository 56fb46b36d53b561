"""The front door of reviews: disputed quotes decided about, and a guild's figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.process.feature import Feature

# Each function imports when it is called: `ask` needs no Discord, a bot no terminal.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from bot.process.feature import Parts
    from bot.wire.client import Exports


def _open(parts: Parts) -> None:
    from bot.guild.service.settings import Settings
    from bot.log.log import ConversationLog
    from bot.review.service.reviews import Reviews
    from embeddings.library import Library

    log, library, settings = parts.find(ConversationLog), parts.get(Library), parts.get(Settings)
    parts.add(Reviews, Reviews(log, library, settings, clock=parts.clock))


def _exports() -> Exports:
    from bot.review.cog import review, stats
    from bot.wire.client import Exports

    return Exports(commands=(review.review, stats.stats), presses=review.PRESSES)


FEATURE: Final[Feature[Exports, Any]] = Feature("review", after=("guild", "answer"), open=_open, exports=_exports)
