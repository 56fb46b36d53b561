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


def _open(_parts: Parts) -> None:
    """Add nothing: what replies in a sparring is there for all answers."""


def _exports() -> Exports:
    from bot.wire.client import Exports

    return Exports()


def _commands() -> Commands:
    from bot.spar.terminal import spar

    return (spar.register,)


FEATURE: Final[Feature[Exports, Table]] = Feature(
    "spar", after=("answer",), open=_open, exports=_exports, commands=_commands
)
