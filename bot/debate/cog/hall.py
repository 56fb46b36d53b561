"""The common part of commands, buttons and forms: which debate, who acts, and the page that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.debate.cog.announcements import announcements_of
from bot.debate.cog.layout import Deed, ballot_page, ballot_rows, lead_page, lead_rows, open_ballot
from bot.debate.rules.commands import CallNext, End, Extend, Next, Pause, Person, Resume
from bot.debate.service.debates import Debates
from bot.guild.cog.moderators import moderators_seat, seat_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.debate.rules.commands import Command
    from bot.debate.service.chronicle import Held
    from bot.guild.cog.moderators import Seat
    from bot.wire.page.language import Words
    from bot.wire.visit import Interaction, Visit

BUTTON_EXTENSION_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class Hall:
    """A debate, and a person who acts in it."""

    debates: Debates
    held: Held
    seat: Seat

    @property
    def words(self) -> Words:
        """The messages in their language."""
        return self.seat.words

    @property
    def code(self) -> str | None:
        """Their code in the debate; None for somebody who never acted in it."""
        return self.held.codes.get(self.seat.person)

    @property
    def person(self) -> Person:
        """Who they are to the service."""
        return Person(self.seat.person, self.seat.name)

    async def act(self, make: Callable[[Person], Command]) -> Held:
        """Carry out a command. Raises UserError when refused."""
        return await self.debates.act(self.held.id, self.person, make)


async def hall_of(here: Visit, debate: str | None = None, *, leading: bool = False) -> Hall:
    """Look up the debate of a button, or the one that a command means, and who acts.

    Raises UserError where there is none, and for those who may not lead it.
    """
    debates = await here.services.get(Debates)
    seat = await (moderators_seat(here.interaction) if leading else seat_of(here.interaction))
    if debate is None:
        return Hall(debates, _meant(debates, here.interaction), seat)
    held = debates.get(debate)
    if held is None or held.venue.guild != str(here.interaction.guild_id) or held.state.ended:
        raise UserError("This debate is over.")
    return Hall(debates, held, seat)


def _meant(debates: Debates, interaction: Interaction) -> Held:
    """Return the debate that a command means: the thread's, else the only one of the channel or the server."""
    place = interaction.channel_id or 0
    inside = debates.in_thread(place)
    if inside is not None and not inside.state.ended:
        return inside
    going_on = [held for held in debates.in_guild(str(interaction.guild_id)) if not held.state.ended]
    found = [held for held in going_on if held.venue.channel == place] or going_on
    if not found:
        raise UserError("There is no debate here: a moderator can start one.")
    if len(found) > 1:
        raise UserError("There are several debates here: use this command in your debate's thread.")
    return found[0]


async def show_lead(here: Visit, hall: Hall, held: Held, done: str = "") -> None:
    """Show a moderator a debate's status, with the buttons that lead it."""
    announcements = announcements_of(here.interaction.client)
    troubles = () if announcements is None else announcements.troubles(held, hall.words)
    page = lead_page(held.state, hall.words, done, troubles)
    await here.put(page, lead_rows(held.id, held.state, hall.words), hall.words)


async def show_ballot(here: Visit, hall: Hall, held: Held) -> None:
    """Show somebody the open ballot, with their own choice. Raises UserError when none is open."""
    now = open_ballot(held.state)
    if now is None:
        raise UserError("No ballot is open now.")
    page = ballot_page(held.state, now, held.codes.get(hall.seat.person), hall.words)
    await here.put(page, ballot_rows(held.id, held.state, now, hall.words), hall.words)


async def lead(here: Visit, hall: Hall, deed: Deed, *, place: int = 0, minutes: int = 0) -> tuple[Held, str]:
    """Carry out a moderator's command, and say what was done. Raises UserError when refused."""
    words = hall.words
    commands: dict[Deed, tuple[Callable[[Person], Command], str]] = {
        Deed.NEXT: (lambda person: Next(person, place), words("Done: the debate has moved on.")),
        Deed.PAUSE: (Pause, words("Done: the clock is stopped.")),
        Deed.RESUME: (Resume, words("Done: the clock is running again.")),
        Deed.EXTEND: (lambda person: Extend(person, minutes), words("Done: {minutes} min more.", minutes=minutes)),
        Deed.CALL: (CallNext, words("Done: the next speaker has the floor.")),
        Deed.CLOSE: (End, words("Done: the debate is over.")),
    }
    make, done = commands[deed]
    held = await hall.act(make)
    await retry(here, held)
    return held, done


async def retry(here: Visit, held: Held) -> None:
    """Try again to announce what could not be announced, where the moderator is if the debate's channel is gone."""
    announcements, channel = announcements_of(here.interaction.client), here.interaction.channel_id
    if announcements is not None and channel is not None:
        announcements.try_again(held.id)
        await announcements.go_on_in(held, channel)
