"""The days of schedules in the reader's language: said, offered while they are typed, and read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from discord.app_commands import Choice

from bot.guild.cog.dates import DAYS
from bot.lesson.rules.days import EVERY_DAY, LAST, WORKING, Days, days_in
from bot.wire.page.language import Words, to_say, words_for
from bot.wire.page.limits import MOST_CHOICES, line
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.wire.visit import Interaction

_WHICH: Final = (to_say("first"), to_say("second"), to_say("third"), to_say("fourth"), to_say("last"))

_SHORTEST_MONTH: Final = 28

_OFFERED: Final = (
    EVERY_DAY,
    WORKING,
    *(Days((day,)) for day in range(len(DAYS))),
    Days(of_month=1),
    Days(of_month=15),
    Days(of_month=LAST),
    *(Days((0,), which) for which in range(len(_WHICH))),
)


def days_line(days: Days, words: Words) -> str:
    """Return some days as they stand inside a sentence."""
    if days.of_month is not None:
        if days.of_month == LAST:
            return words("on the last day of every month")
        if days.of_month > _SHORTEST_MONTH:
            return words("on day {day} of every month, or its last", day=days.of_month)
        return words("on day {day} of every month", day=days.of_month)
    if days in {EVERY_DAY, WORKING}:
        return words("every day") if days == EVERY_DAY else words("Monday to Friday")
    named = tuple(words(DAYS[day]) for day in days.weekdays)
    if days.which is None:
        return words("every {days}", days=", ".join(named))
    return words("on the {which} {day} of every month", which=words(_WHICH[days.which]), day=named[0])


def days_typed(text: str, words: Words) -> Days:
    """Return the days that somebody typed in their language. Raises UserError."""
    said = {days_line(days, words).casefold(): days for days in _OFFERED}
    return said.get(text.casefold().strip()) or days_in(text, [words(day) for day in DAYS])


async def days_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
    """Offer what the typed text means, then usual days that have it in their name."""
    words, wanted = words_for(interaction.locale), typed.casefold().strip()
    found = [days for days in _OFFERED if wanted in days_line(days, words).casefold()]
    if wanted:
        with suppress(UserError):
            found.insert(0, days_typed(typed, words))
    return [Choice(name=line(days_line(days, words)), value=str(days)) for days in dict.fromkeys(found)][:MOST_CHOICES]
