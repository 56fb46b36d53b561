"""What commands, buttons and forms of debates have in common: which debate, who acts, and what is shown then.

It decides nothing: whether something may be done now is for the debate to tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.debate.cog.announcements import telling_of
from bot.debate.cog.layout import Deed, ballot_page, ballot_rows, lead_page, lead_rows, open_ballot
from bot.debate.rules.commands import CallNext, End, Extend, Next, Pause, Person, Resume
from bot.debate.service.debates import Debates
from bot.guild.cog.moderators import moderators_seat, seat_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.debate.rules.commands import Command
    from bot.debate.service.debates import Held
    from bot.guild.cog.moderators import Seat
    from bot.wire.page.language import Words
    from bot.wire.visit import Interaction, Visit

BUTTON_EXTENSION_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class Hall:
    """A debate, and who has come to it."""

    debates: Debates
    held: Held
    seat: Seat

    @property
    def words(self) -> Words:
        """The language to speak to them."""
        return self.seat.words

    @property
    def code(self) -> str | None:
        """Under which code the debate knows them; None for somebody who never acted in it."""
        return self.held.codes.get(self.seat.person)

    @property
    def person(self) -> Person:
        """Who they are to the debate's service."""
        return Person(self.seat.person, self.seat.name)

    async def act(self, make: Callable[[Person], Command]) -> Held:
        """Do something. Raises UserError where the debate refuses it."""
        return await self.debates.act(self.held.id, self.person, make)


async def hall_of(here: Visit, debate: str | None = None, *, leading: bool = False) -> Hall:
    """Look up who has come to the debate of a button, or to the one that a command means without naming it.

    Raises UserError, also for who may not lead.
    """
    debates = await here.services.get(Debates)
    seat = await (moderators_seat(here.interaction) if leading else seat_of(here.interaction))
    held = _meant(debates, here.interaction) if debate is None else _named(debates, here.interaction, debate)
    return Hall(debates, held, seat)


def _named(debates: Debates, interaction: Interaction, debate: str) -> Held:
    """Find the debate of a button, in its own guild only."""
    held = debates.get(debate)
    if held is None or held.place.guild != str(interaction.guild_id) or held.state.ended:
        raise UserError("This debate is over.")
    return held


def _meant(debates: Debates, interaction: Interaction) -> Held:
    """Find the debate that a command means: that of the thread, else the only one of the channel, or of the server."""
    place = interaction.channel_id or 0
    inside = debates.in_thread(place)
    if inside is not None and not inside.state.ended:
        return inside
    going_on = [held for held in debates.in_guild(str(interaction.guild_id)) if not held.state.ended]
    found = [held for held in going_on if held.place.channel == place] or going_on
    if not found:
        raise UserError("There is no debate here: a moderator can start one.")
    if len(found) > 1:
        raise UserError("There are several debates here: use this command in the thread of yours.")
    return found[0]


async def show_lead(here: Visit, hall: Hall, held: Held, done: str = "") -> None:
    """Show a moderator where a debate stands, with the buttons that lead it."""
    telling = telling_of(here.interaction.client)
    troubles = () if telling is None else telling.troubles(held, hall.words)
    page = lead_page(held.state, hall.words, done, troubles)
    await here.put(page, lead_rows(held.id, held.state, hall.words), hall.words)


async def show_ballot(here: Visit, hall: Hall, held: Held) -> None:
    """Show somebody the ballot that is open, with their own choice. Raises UserError when none is."""
    now = open_ballot(held.state)
    if now is None:
        raise UserError("No ballot is open now.")
    page = ballot_page(held.state, now, held.codes.get(hall.seat.person), hall.words)
    await here.put(page, ballot_rows(held.id, held.state, now, hall.words), hall.words)


async def lead(here: Visit, hall: Hall, deed: Deed, *, place: int = 0, minutes: int = 0) -> tuple[Held, str]:
    """Do what a moderator wants, and say what was done. Raises UserError where the debate refuses it."""
    words = hall.words
    commands: dict[Deed, tuple[Callable[[Person], Command], str]] = {
        Deed.NEXT: (lambda person: Next(person, place), words("Done: it has gone on.")),
        Deed.PAUSE: (Pause, words("Done: the clock stands.")),
        Deed.RESUME: (Resume, words("Done: the clock runs again.")),
        Deed.EXTEND: (lambda person: Extend(person, minutes), words("Done: {minutes} min more.", minutes=minutes)),
        Deed.CALL: (CallNext, words("Done: the floor is given.")),
        Deed.CLOSE: (End, words("Done: the debate is over.")),
    }
    make, done = commands[deed]
    held = await hall.act(make)
    telling, channel = telling_of(here.interaction.client), here.interaction.channel_id
    if telling is not None and channel is not None:
        telling.try_again(held.id)
        await telling.go_on_in(held, channel)
    return held, done
