"""The front door of debates: led by moderators, with evidence and ballots."""

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
    from bot.debate.service.debates import Debates
    from bot.debate.service.plans import Plans
    from bot.guild.service.settings import Settings
    from bot.log.log import ConversationLog
    from bot.process.charge import EVERYTHING, Charge
    from embeddings.library import Library

    log, library, settings = parts.find(ConversationLog), parts.get(Library), parts.get(Settings)
    formats = parts.config.formats
    least, charge = parts.config.votes.least, parts.find(Charge) or EVERYTHING
    debates = Debates(log, library, formats, settings, clock=parts.clock, least=least, charge=charge)
    parts.add(Debates, debates)
    parts.add(Plans, Plans(log, debates, clock=parts.clock, charge=charge))


def _tables() -> tuple[Table, ...]:
    from bot.debate.store import debates, plans

    return (*debates.TABLES, *plans.TABLES)


def _exports() -> Exports:
    from bot.debate.cog import buttons, commands, plans
    from bot.wire.client import Exports

    return Exports(
        commands=(commands.group, commands.evidence),
        presses={**buttons.PRESSES, **plans.PRESSES},
        forms=buttons.FORMS,
        work=(commands.keep_time, commands.work, plans.work),
        on_forgotten=plans.on_forgotten,
    )


def _commands() -> Commands:
    from bot.debate.terminal import debate

    return (debate.register,)


FEATURE: Final = Feature("debate", after=("guild",), open=_open, exports=_exports, tables=_tables, commands=_commands)
