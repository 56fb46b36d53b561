"""The front door of sparring: somebody argues against the one side that the bot holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.process.feature import Feature

# Each function imports when it is called: `ask` needs no Discord, a bot no terminal.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from bot.log.privacy import Table
    from bot.process.feature import Commands, Parts
    from bot.wire.client import Exports


def _open(parts: Parts) -> None:
    from bot.answer.service.answers import Answers
    from bot.answer.store.beside import Beside
    from bot.log.log import ConversationLog
    from bot.spar.service.sparrings import Sparrings
    from bot.spar.store import sparrings

    if (beside := parts.find(Beside)) is not None:
        beside.sparred = sparrings.during
    parts.add(Sparrings, Sparrings(parts.find(ConversationLog), parts.get(Answers).asking, clock=parts.clock))


def _tables() -> tuple[Table, ...]:
    from bot.spar.store import sparrings

    return sparrings.TABLES


def _exports() -> Exports:
    from bot.spar.cog import spar
    from bot.wire.client import Exports

    return Exports(
        commands=(spar.spar, spar.listed),
        presses=spar.PRESSES,
        forms=spar.FORMS,
        takes=spar.takes,
        on_message=spar.on_message,
    )


def _commands() -> Commands:
    from bot.spar.terminal import spar

    return (spar.register,)


FEATURE: Final = Feature("spar", after=("answer",), open=_open, exports=_exports, tables=_tables, commands=_commands)
