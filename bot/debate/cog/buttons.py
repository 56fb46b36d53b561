"""The buttons and forms of debates, and what commands share with them: the debate, who acts, and the page shown next.

A button works at any age, even after a restart, until its debate is over.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.debate.cog.announcements import announcements_of
from bot.debate.cog.layout import (
    FEATURE,
    Deed,
    ballot_page,
    ballot_rows,
    debate_id,
    ending_rows,
    lead_page,
    lead_rows,
    open_ballot,
    side_name,
)
from bot.debate.rules import commands
from bot.debate.rules.commands import Person
from bot.debate.rules.decide import LONGEST_TEXT, decide
from bot.debate.service.debates import Debates
from bot.guild.cog.moderators import moderators_seat, seat_of
from bot.quote.rules import phrases as wording
from bot.values.ballot import Round
from bot.values.moments import SECOND_MS
from bot.values.text import harmless
from bot.wire.page.controls import Form, field, menu
from bot.wire.page.layout import Page
from bot.wire.visit import Cost, visit
from knowledge.durations import in_minutes
from knowledge.errors import Message, UserError
from knowledge.formats import Allowed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.debate.rules.state import Debate
    from bot.debate.service.chronicle import Held
    from bot.guild.cog.moderators import Seat
    from bot.wire.page.language import Words
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction, Visit

SIDE: Final = "side"
"""The menu that chooses a side, by its place."""

_OPENING_S: Final = 1.5
"""How long a form may wait for the program to start: Discord waits three seconds."""


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

    async def act(self, make: Callable[[Person], commands.Command]) -> Held:
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
        raise UserError("There is no debate here: a moderator starts one with `/debate start`.")
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
    votes = await hall.debates.votes_of(held, hall.seat.person)
    page = ballot_page(held.state, now, votes, hall.words)
    await here.put(page, ballot_rows(held.id, held.state, now, hall.words), hall.words)


async def lead(here: Visit, hall: Hall, deed: Deed, *, place: int = 0, minutes: float = 0) -> tuple[Held, str]:
    """Carry out a moderator's command, and say what was done. Raises UserError when refused."""
    words, sides = hall.words, hall.held.state.side_ids
    deeds: dict[Deed, tuple[Callable[[Person], commands.Command], str]] = {
        Deed.NEXT: (lambda person: commands.Next(person, place), words("Done: the debate has moved on.")),
        Deed.PAUSE: (commands.Pause, words("Done: the clock is stopped.")),
        Deed.RESUME: (commands.Resume, words("Done: the clock is running again.")),
        Deed.EXTEND: (
            lambda person: commands.Extend(person, minutes),
            words("Done: {minutes} min more.", minutes=in_minutes(minutes)),
        ),
        Deed.FLOW: (lambda person: commands.GoOn(person, by_itself=True), words("Done: it goes on by itself.")),
        Deed.HOLD: (lambda person: commands.GoOn(person, by_itself=False), words("Done: each phase waits for you.")),
        Deed.PREPARE: (
            lambda person: commands.Prepare(person, sides[place]),
            words("Done: the preparation time is running."),
        ),
        Deed.READY: (
            lambda person: commands.EndPreparation(person, sides[place]),
            words("Done: the preparation is over."),
        ),
        Deed.CALL: (commands.CallNext, words("Done: the next speaker has the floor.")),
        Deed.CLOSE: (commands.End, words("Done: the debate is over.")),
    }
    make, done = deeds[deed]
    held = await hall.act(make)
    await retry(here, held)
    return held, done


async def retry(here: Visit, held: Held) -> None:
    """Try again to announce what could not be announced, where the moderator is if the debate's channel is gone."""
    announcements, channel = announcements_of(here.interaction.client), here.interaction.channel_id
    if announcements is not None and channel is not None:
        announcements.try_again(held.id)
        await announcements.go_on_in(held, channel)


async def ask_for_point(interaction: Interaction, press: Press) -> None:
    """Ask for a point, unless it would be refused."""
    (debate,) = press.arguments
    async with visit(interaction, form=True) as here:
        hall = await _hall_soon(here, debate)
        state, words = hall.held.state, hall.words
        decide(state, commands.MakePoint(Person(hall.code or "", hall.seat.name), "…", ()), state.at_ms)
        await here.ask(point_form(debate, words))


async def ask_for_evidence(interaction: Interaction, press: Press) -> None:
    """Ask for a side and a topic, where evidence is allowed."""
    (debate,) = press.arguments
    async with visit(interaction, form=True) as here:
        hall = await _hall_soon(here, debate)
        state, words = hall.held.state, hall.words
        if not state.allows(Allowed.EVIDENCE):
            raise UserError("{phase}: evidence cannot be shown now.", phase=Message(state.phase.name))
        await here.ask(evidence_form(debate, state, words))


def point_form(debate: str, words: Words) -> Form:
    """Return the form for a point."""
    seen = words("Everyone sees it under your name, with the best quotes for and against it.")
    return Form(words("Make a point"), debate_id("point", debate), field(words("Your point"), LONGEST_TEXT, seen))


def evidence_form(debate: str, state: Debate, words: Words) -> Form:
    """Return the form for evidence."""
    sides = [(harmless(side.name), str(place)) for place, side in enumerate(state.sides)]
    return Form(
        words("Evidence"),
        debate_id("evidence", debate),
        menu(words("Which side?"), SIDE, sides),
        field(words("On what topic?"), LONGEST_TEXT, words("Everyone sees it, with the best quote."), short=True),
    )


async def _hall_soon(here: Visit, debate: str) -> Hall:
    """Look up the debate at once: a form cannot follow an acknowledgement."""
    try:
        async with asyncio.timeout(_OPENING_S):
            return await hall_of(here, debate)
    except TimeoutError:
        raise UserError("I am still starting: press again in a moment.") from None


async def join(interaction: Interaction, press: Press) -> None:
    """Take a side, or watch."""
    debate, *place = press.arguments

    async def take(hall: Hall) -> str:
        side = _side_at(hall.held, place)
        held = await hall.act(lambda person: commands.Join(person, side))
        name = side_name(held.state, side)
        if name is None:
            return hall.words("You are watching.")
        return hall.words("You are on the side of {side}.", side=wording.inside(name))

    await _take_part(interaction, debate, take)


async def prepare(interaction: Interaction, press: Press) -> None:
    """Take preparation time for one's own side."""

    async def take(hall: Hall) -> str:
        await hall.act(commands.Prepare)
        return hall.words("Done: the preparation time is running.")

    await _take_part(interaction, press.arguments[0], take)


async def end_preparation(interaction: Interaction, press: Press) -> None:
    """End the preparation of one's own side."""

    async def take(hall: Hall) -> str:
        await hall.act(commands.EndPreparation)
        return hall.words("Done: the preparation is over.")

    await _take_part(interaction, press.arguments[0], take)


async def raise_hand(interaction: Interaction, press: Press) -> None:
    """Raise a hand, as of when Discord says that it was pressed: acknowledging may take longer for one than another."""
    pressed_ms = round(interaction.created_at.timestamp() * SECOND_MS)

    async def take(hall: Hall) -> str:
        held = await hall.act(lambda person: commands.RaiseHand(person, pressed_ms))
        code = held.codes.get(hall.seat.person)
        has_floor = code is not None and code == held.state.speaker
        return hall.words("You have the floor.") if has_floor else hall.words("Your hand is raised.")

    await _take_part(interaction, press.arguments[0], take)


async def lower_hand(interaction: Interaction, press: Press) -> None:
    """Lower a hand."""

    async def take(hall: Hall) -> str:
        await hall.act(commands.WithdrawHand)
        return hall.words("Your hand is down.")

    await _take_part(interaction, press.arguments[0], take)


async def _take_part(
    interaction: Interaction, debate: str, take: Callable[[Hall], Awaitable[str]], cost: Cost = Cost.PRESS
) -> None:
    """Act in a debate, and tell the person alone."""
    async with visit(interaction, cost) as here:
        await here.say(await take(await hall_of(here, debate)))


async def vote(interaction: Interaction, press: Press) -> None:
    """Show the open ballot."""
    (debate,) = press.arguments
    async with visit(interaction) as here:
        hall = await hall_of(here, debate)
        await show_ballot(here, hall, hall.held)


async def cast(interaction: Interaction, press: Press) -> None:
    """Vote for a side, or undecided."""
    debate, held_round, *place = press.arguments
    async with visit(interaction, changing=True) as here:
        hall = await hall_of(here, debate)
        choice = _side_at(hall.held, place)
        held = await hall.act(lambda person: commands.CastBallot(person, Round(held_round), choice))
        await show_ballot(here, hall, held)


def _side_at(held: Held, place: list[str]) -> str | None:
    """Return the side whose place (from 0) ends an id; None where there is none."""
    return held.state.side_ids[int(place[0])] if place else None


async def open_lead(interaction: Interaction, press: Press) -> None:
    """Show a moderator the debate's status, in a new message or in place of the question whether to end it."""
    debate, *back = press.arguments
    async with visit(interaction, changing=bool(back)) as here:
        hall = await hall_of(here, debate, leading=True)
        await show_lead(here, hall, hall.held)


async def ask_whether_to_end(interaction: Interaction, press: Press) -> None:
    """Ask a moderator whether to end the debate."""
    (debate,) = press.arguments
    async with visit(interaction, changing=True) as here:
        words = (await hall_of(here, debate, leading=True)).words
        asked = words("End this debate now? It cannot be resumed, and an open ballot closes.")
        await here.put(Page(asked, (), ""), ending_rows(debate, words), words)


async def lead_by_button(deed: Deed, interaction: Interaction, press: Press) -> None:
    """Carry out a moderator's button, and show the debate's status."""
    debate, *place = press.arguments
    async with visit(interaction, changing=True) as here:
        hall = await hall_of(here, debate, leading=True)
        seen = int(place[0]) if place else 0
        try:
            held, done = await lead(here, hall, deed, place=seen, minutes=BUTTON_EXTENSION_MIN)
        except UserError as refused:
            # Somebody else was quicker: show the new status, and why this was refused.
            held, done = hall.debates.get(debate) or hall.held, hall.words(refused.message)
        await show_lead(here, hall, held, done)


async def make_point(interaction: Interaction, press: Press) -> None:
    """Make the point written in the form."""
    (debate,), text = press.arguments, press.text

    async def take(hall: Hall) -> str:
        await hall.debates.point(debate, hall.person, text)
        return hall.words("Your point is made.")

    await _take_part(interaction, debate, take, Cost.QUESTION)


async def have_evidence_shown(interaction: Interaction, press: Press) -> None:
    """Show everyone a side's best quote."""
    (debate,), text = press.arguments, press.text
    place = press.written.get(SIDE, "")

    async def take(hall: Hall) -> str:
        await hall.debates.evidence(debate, hall.person, hall.held.state.side_ids[int(place)], text)
        return hall.words("Everyone can see it now.")

    await _take_part(interaction, debate, take, Cost.QUESTION)


PRESSES: Final[Handlers] = {
    (FEATURE, "join"): join,
    (FEATURE, "point"): ask_for_point,
    (FEATURE, "evidence"): ask_for_evidence,
    (FEATURE, "preparing"): prepare,
    (FEATURE, "prepared"): end_preparation,
    (FEATURE, "raise"): raise_hand,
    (FEATURE, "lower"): lower_hand,
    (FEATURE, "vote"): vote,
    (FEATURE, "ballot"): cast,
    (FEATURE, "lead"): open_lead,
    (FEATURE, "end"): ask_whether_to_end,
    **{(FEATURE, deed.value): partial(lead_by_button, deed) for deed in Deed},
}
FORMS: Final[Handlers] = {(FEATURE, "point"): make_point, (FEATURE, "evidence"): have_evidence_shown}
