"""What commands, buttons and forms of debates have in common: which debate, who acts, and what is shown then.

It decides nothing: whether something may be done now is for the debate to tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.debate.cog.announcements import telling_of
from bot.debate.cog.layout import Deed, ballot_page, ballot_rows, ending_rows, lead_page, lead_rows, open_ballot
from bot.debate.rules.commands import CallNext, End, Extend, Next, Pause, Person, Resume
from bot.debate.service.debates import Debates
from bot.guild.cog.moderators import moderators_seat, seat_of
from bot.wire.page.layout import Page, Style
from bot.wire.page.render import payload_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.debate.cog.layout import Rows
    from bot.debate.rules.commands import Command
    from bot.debate.service.debates import Held
    from bot.guild.cog.moderators import Seat
    from bot.wire.page.language import Words
    from bot.wire.visit import Interaction

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


async def hall_of(interaction: Interaction, debate: str | None = None, *, leading: bool = False) -> Hall:
    """Look up who has come to the debate of a button, or to the one that a command means without naming it.

    Defer first. Raises UserError, also for who may not lead.
    """
    debates = await interaction.client.services.get(Debates)
    seat = await (moderators_seat(interaction) if leading else seat_of(interaction))
    held = here(debates, interaction) if debate is None else find(debates, interaction, debate)
    return Hall(debates, held, seat)


def find(debates: Debates, interaction: Interaction, debate: str) -> Held:
    """Find the debate of a button, in its own guild only."""
    held = debates.get(debate)
    if held is None or held.place.guild != str(interaction.guild_id) or held.state.ended:
        raise UserError("This debate is over.")
    return held


def here(debates: Debates, interaction: Interaction) -> Held:
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


def leading_payload(
    interaction: Interaction, hall: Hall, held: Held, done: str = "", *, editing: bool = False
) -> dict[str, Any]:
    """Show a moderator where a debate stands, with the buttons that lead it."""
    telling = telling_of(interaction.client)
    troubles = () if telling is None else telling.troubles(held, hall.words)
    page = lead_page(held.state, hall.words, done, troubles)
    return small_payload(page, lead_rows(held.id, held.state, hall.words), hall.words, editing=editing)


def ending_payload(hall: Hall) -> dict[str, Any]:
    """Ask a moderator whether to end a debate."""
    words = hall.words
    asked = words("End this debate now? It cannot go on afterwards, and ballots that are open are closed.")
    return small_payload(Page(asked, (), ""), ending_rows(hall.held.id, words), words, editing=True)


def ballot_payload(hall: Hall, held: Held, *, editing: bool = False) -> dict[str, Any]:
    """Show somebody the ballot that is open, with their own choice. Raises UserError when none is."""
    now = open_ballot(held.state)
    if now is None:
        raise UserError("No ballot is open now.")
    page = ballot_page(held.state, now, held.codes.get(hall.seat.person), hall.words)
    return small_payload(page, ballot_rows(held.id, held.state, now, hall.words), hall.words, editing=editing)


def small_payload(page: Page, rows: Rows, words: Words, *, editing: bool = False) -> dict[str, Any]:
    """Make a message for one person."""
    return payload_of(page, rows, words, Style.PLAIN, editing=editing)


async def lead(
    interaction: Interaction, hall: Hall, deed: Deed, *, place: int = 0, minutes: int = 0
) -> tuple[Held, str]:
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
    telling = telling_of(interaction.client)
    if telling is not None and interaction.channel_id is not None:
        telling.try_again(held.id)
        await telling.go_on_in(held, interaction.channel_id)
    return held, done
