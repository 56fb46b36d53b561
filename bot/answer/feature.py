"""The front door of answers: asked for, gone on from, voted on, disputed; and what can be looked up."""

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
    from bot.answer.service.ask import Asking
    from bot.log.log import ConversationLog
    from embeddings.library import Library

    log = parts.find(ConversationLog)
    answers = Answers(parts.get(Library), Asking.of(parts), log, clock=parts.clock)
    parts.add(Answers, answers)


def _tables() -> tuple[Table, ...]:
    from bot.answer.store import opinions

    return opinions.TABLES


def _exports() -> Exports:
    from bot.answer.cog import ask, buttons, lookup, messages, pending
    from bot.wire.client import Exports

    heard = messages.Messages()
    return Exports(
        commands=(ask.ask, ask.ENTRY, *lookup.COMMANDS),
        presses={**buttons.PRESSES, **lookup.PRESSES},
        forms=buttons.FORMS,
        work=(pending.work,),
        on_message=heard.on_message,
        on_message_edit=heard.on_message_edit,
    )


def _commands() -> Commands:
    from bot.answer.terminal import ask, cite, verify

    return ask.register, cite.register, verify.register


FEATURE: Final = Feature("answer", after=(), open=_open, exports=_exports, tables=_tables, commands=_commands)
