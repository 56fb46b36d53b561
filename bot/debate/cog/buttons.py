"""What the buttons and the forms of debates do: at any age, after a restart too, while the debate is held.

They translate and decide nothing. Nothing is kept here between two presses.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import ui

from bot.debate.cog.acting import (
    BUTTON_EXTENSION_MIN,
    acting_in,
    actor_of,
    ballot_payload,
    ending_payload,
    lead,
    leading_payload,
)
from bot.debate.cog.forms import SIDE, evidence_form, point_form
from bot.debate.cog.ids import PATTERN, Deed, Mark, ballot_in, mark_of, side_at
from bot.debate.cog.layout import side_name
from bot.debate.cog.refusals import refusal
from bot.debate.rules.commands import CastBallot, Join, MakePoint, Person, RaiseHand, WithdrawHand
from bot.debate.rules.decide import decide
from bot.wire.heard import heard
from bot.wire.page import forms
from bot.wire.page.errors import guarded, in_words, tell
from bot.wire.page.language import to_say, words_for
from bot.wire.reply import acknowledge, deliver, put_in_place, show_form
from bot.wire.visit import guild_of, pressing
from knowledge.errors import UserError
from knowledge.model import Allowed

if TYPE_CHECKING:
    import re
    from typing import Self

    from bot.debate.cog.acting import Acting
    from bot.debate.service.debates import Held
    from bot.wire.client import DilemmaClient
    from bot.wire.visit import Interaction


_OPENING_S: Final = 1.5
"""How long a form may wait for the program to have started: Discord waits three seconds for it."""


class DebateButton(ui.DynamicItem[ui.Button[Any]], template=PATTERN):
    """Any button of a debate."""

    def __init__(self, button: ui.Button[Any], mark: Mark) -> None:
        """Keep what the button says it is for."""
        super().__init__(button)
        self._mark = mark

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button's id."""
        assert isinstance(item, ui.Button)  # noqa: S101 - only buttons have such ids
        mark = mark_of(match.string)
        if mark is None:
            raise ValueError(f"no button of ours: {match.string}")
        return cls(item, mark)

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Do what the button is for."""
        with pressing(interaction):
            match self._mark.deed:
                case Deed.POINT | Deed.EVIDENCE:
                    await _ask(interaction, self._mark)
                case Deed.JOIN | Deed.RAISE | Deed.LOWER:
                    await _take_part(interaction, self._mark)
                case Deed.VOTE | Deed.BALLOT:
                    await _vote(interaction, self._mark)
                case _:
                    await _lead(interaction, self._mark)


async def _ask(interaction: Interaction, mark: Mark) -> None:
    """Show a form: at once, for a form cannot come after an acknowledgement; and not for what would be refused."""
    try:
        async with asyncio.timeout(_OPENING_S):
            acting = await acting_in(interaction, mark.debate)
    except TimeoutError:
        raise UserError(to_say("I am still starting: press again in a moment.")) from None
    state = acting.held.state
    if mark.deed is Deed.POINT:
        person = Person(acting.code or "", acting.actor.name)
        decide(state, MakePoint(person, "…", ()), state.at_ms)
        await show_form(interaction, point_form(mark.debate, acting.words))
    else:
        if not state.allows(Allowed.EVIDENCE):
            raise UserError(f"{state.phase.name}: no evidence is shown now.")
        await show_form(interaction, evidence_form(mark.debate, state, acting.words))


async def _take_part(interaction: Interaction, mark: Mark) -> None:
    """Take a side, raise a hand or lower it, and say so to the person alone."""
    await acknowledge(interaction, private=True)
    acting = await acting_in(interaction, mark.debate)
    words = acting.words
    match mark.deed:
        case Deed.JOIN:
            side = side_at(acting.held.state.side_ids, mark.extra)
            held = await acting.act(lambda person: Join(person, side))
            name = side_name(held.state, side)
            said = words("You watch.") if name is None else words("You are on the side of {side}.", side=name)
        case Deed.RAISE:
            held = await acting.act(RaiseHand)
            code = held.codes.get(acting.actor.person)
            has_floor = code is not None and code == held.state.speaker
            said = words("You have the floor.") if has_floor else words("Your hand is raised.")
        case _:
            await acting.act(WithdrawHand)
            said = words("Your hand is down.")
    await deliver(interaction, {"content": said})


async def _vote(interaction: Interaction, mark: Mark) -> None:
    """Show the ballot that is open, or cast it."""
    voting = mark.deed is Deed.BALLOT
    await acknowledge(interaction, private=not voting, changing=voting)
    acting = await acting_in(interaction, mark.debate)
    held = acting.held
    if not voting:
        await deliver(interaction, ballot_payload(acting, held))
        return
    round_, place = ballot_in(mark.extra)
    choice = side_at(held.state.side_ids, place)
    held = await acting.act(lambda person: CastBallot(person, round_, choice))
    await put_in_place(interaction, ballot_payload(acting, held, editing=True))


async def _lead(interaction: Interaction, mark: Mark) -> None:
    """Show a moderator what leads the debate, or do it; who is none any more is refused."""
    fresh = mark.deed is Deed.LEAD and not mark.extra
    await acknowledge(interaction, private=fresh, changing=not fresh)
    acting = await acting_in(interaction, mark.debate, leading=True)
    held, done = acting.held, ""
    if mark.deed is Deed.END:
        await put_in_place(interaction, ending_payload(acting))
        return
    if mark.deed is not Deed.LEAD:
        try:
            place = int(mark.extra or 0)
            held, done = await lead(interaction, acting, mark.deed, place=place, minutes=BUTTON_EXTENSION_MIN)
        except UserError as refused:
            # Somebody else was quicker: what they did is shown, with why this was not done.
            held, done = acting.debates.get(held.id) or held, refusal(str(refused), acting.words)
    payload = leading_payload(interaction, acting, held, done, editing=not fresh)
    await (deliver(interaction, payload) if fresh else put_in_place(interaction, payload))


async def on_interaction(_client: DilemmaClient, interaction: Interaction) -> None:
    """Take a form that was sent."""
    data: Any = interaction.data or {}
    mark = mark_of(str(data.get("custom_id", "")))
    if interaction.type is not discord.InteractionType.modal_submit or mark is None:
        return
    try:
        await _written(interaction, mark)
    except Exception as error:  # noqa: BLE001 - the last place where anything can be caught
        await tell(interaction, error)


async def _written(interaction: Interaction, mark: Mark) -> None:
    """Make a point, or have evidence shown; what is refused is given back, so that nobody writes it twice."""
    fields = forms.written(interaction)
    text = heard(fields.get(forms.TEXT, ""))
    services = interaction.client.services
    await acknowledge(interaction, private=True)
    try:
        with services.limits.admitted(actor_of(interaction).person, guild_of(interaction)):
            acting = await acting_in(interaction, mark.debate)
            if mark.deed is Deed.POINT:
                await acting.debates.point(mark.debate, acting.actor, text)
                said = acting.words("Your point is made.")
            else:
                side = side_at(acting.held.state.side_ids, fields.get(SIDE, ""))
                await show_evidence(acting, side or "", text)
                said = acting.words("It is shown to all.")
        await deliver(interaction, {"content": said})
    except UserError as refused:
        words = words_for(interaction.locale)
        # In a block nothing is markup, and it can be copied; only what would end the block has to give way.
        block = f"```\n{text.replace('```', '` ` `')}\n```"
        lines = [in_words(refused, words) or "", words("You wrote:"), block]
        await deliver(interaction, {"content": "\n".join(lines), "suppress_embeds": True})


async def show_evidence(acting: Acting, side: str, query: str) -> Held:
    """Have a side's best quote on something shown to all."""
    return await acting.debates.evidence(acting.held.id, acting.actor, side, query)


ITEMS: Final = (DebateButton,)
"""What the library has to know of, for it to pass presses on."""
