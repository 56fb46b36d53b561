"""The commands of the bot, a module for each group of them.

A module offers what it has of these, by name:

    add_to(tree)                    puts its commands into the tree
    PRESSES, FORMS                  who answers its buttons and menus, and its forms (see `bot/wire/press.py`)
    on_message(client, message)     and the other events of `client.EVENTS`: coroutines that hear each of them
    work(client)                    a coroutine that runs beside the bot while it is up (a job that polls due rows)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.answer.cog import ask as asking
from bot.answer.cog import lookup
from bot.debate.cog import commands as debate
from bot.guild.cog import settings
from bot.lesson.cog.daily import commands as daily
from bot.lesson.cog.handout import commands as handout
from bot.lesson.cog.lesson import commands as lessons
from bot.lesson.cog.prompt import commands as prompts
from bot.lesson.cog.quiz import commands as quiz
from bot.privacy.cog import commands as privacy
from bot.review.cog import review, stats

if TYPE_CHECKING:
    from types import ModuleType

ALL: Final[tuple[ModuleType, ...]] = (
    asking,
    lookup,
    debate,
    prompts,
    quiz,
    handout,
    lessons,
    daily,
    settings,
    review,
    stats,
    privacy,
)
"""All of them, in the order in which people read the commands."""
