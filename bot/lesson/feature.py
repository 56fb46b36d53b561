"""The front door of lessons: with prompts, quizzes and handouts, and prompts that come by themselves."""

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
    from bot.answer.store.beside import Beside
    from bot.guild.service.settings import Settings
    from bot.lesson.service.lessons import Lessons
    from bot.lesson.service.schedules import Schedules
    from bot.log.log import ConversationLog
    from bot.process.charge import EVERYTHING, Charge
    from embeddings.library import Library

    log, library = parts.find(ConversationLog), parts.get(Library)
    beside, least = parts.add(Beside, Beside()), parts.config.votes.least
    charge = parts.find(Charge) or EVERYTHING
    parts.add(Lessons, Lessons(log, library, clock=parts.clock, least=least, beside=beside, charge=charge))
    parts.add(Schedules, Schedules(log, library, parts.get(Settings), clock=parts.clock, charge=charge))


def _tables() -> tuple[Table, ...]:
    from bot.lesson.store import lessons

    return lessons.TABLES


def _exports() -> Exports:
    from bot.lesson.cog import daily, handout, lesson, prompt, quiz
    from bot.wire.client import Exports

    return Exports(
        commands=(prompt.prompt, quiz.quiz, handout.handout, lesson.group, daily.group),
        presses={**prompt.PRESSES, **quiz.PRESSES},
        forms=prompt.FORMS,
        work=(prompt.work, quiz.work, daily.work),
        settings=(daily.SETTING,),
    )


def _commands() -> Commands:
    from bot.lesson.terminal import handout, lesson, prompt, quiz

    return prompt.register, quiz.register, lesson.register, handout.register


FEATURE: Final = Feature("lesson", after=("guild",), open=_open, exports=_exports, tables=_tables, commands=_commands)
