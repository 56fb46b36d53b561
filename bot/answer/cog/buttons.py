"""What the buttons, menus and forms of answers do: at any age, after a restart too, while the log holds the answer.

They translate and decide nothing. Nothing is kept here between two presses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord
from discord import ui

from bot.answer.cog.layout import context_menu, context_page, page_payload
from bot.answer.cog.refs import CHOSEN, Action, Target, target_of
from bot.answer.cog.turn import answer_interaction
from bot.answer.service.ask import Gone
from bot.guild.cog.manners import channels_of, manners_to
from bot.values.asker import NO_GUILD
from bot.values.typed import is_blank
from bot.wire.heard import heard
from bot.wire.page import forms
from bot.wire.page.controls import MOST_CHOICES
from bot.wire.page.errors import guarded, tell
from bot.wire.page.forms import Form
from bot.wire.page.language import Words, words_for
from bot.wire.page.render import payload_of
from bot.wire.reply import acknowledge, deliver, put_in_place, show_form
from bot.wire.visit import acknowledged, guild_of, is_private, pressing
from knowledge.errors import UserError

if TYPE_CHECKING:
    import re
    from typing import Self

    from bot.values.turnref import TurnRef
    from bot.wire.client import DilemmaClient
    from bot.wire.visit import Interaction

_PRESSED: Final = r"d:[a-z]+:[0-9a-f]{32}:[1-9][0-9]{0,8}(?::[0-9]+)?"
_PICKED: Final = rf"d:ctx:[0-9a-f]{{32}}:[1-9][0-9]{{0,8}}:{CHOSEN}"


QUOTE: Final = "quote"
"""The id of the field that says which quote is disputed."""

LONGEST_REASON: Final = 1000


class AnswerButton(ui.DynamicItem[ui.Button[Any]], template=_PRESSED):
    """Any button below an answer."""

    def __init__(self, button: ui.Button[Any], target: Target) -> None:
        """Keep what the button says it is for."""
        super().__init__(button)
        self._target = target

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button's id."""
        assert isinstance(item, ui.Button)  # noqa: S101 - only buttons have such ids
        target = target_of(match.string)
        if target is None:
            raise ValueError(f"no button of ours: {match.string}")
        return cls(item, target)

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Do what the button is for."""
        ref = self._target.ref
        words = words_for(interaction.locale)
        match self._target.action:
            case Action.CONTEXT:
                with pressing(interaction):
                    await show_context(interaction, self._target, None)
            case Action.MORE:
                await answer_interaction(
                    interaction,
                    lambda answers, asker, excluded: answers.more(asker, ref, excluded=excluded),
                    private=is_private(interaction),
                )
            case Action.FOLLOW:
                longest = min(interaction.client.services.config.answer.max_question_chars, 4000)
                await show_form(interaction, _follow_up_form(ref, words, longest))
            case Action.HELPFUL | Action.UNHELPFUL:
                with pressing(interaction):
                    await vote(interaction, self._target)
            case Action.DISPUTE:
                if guild_of(interaction) == NO_GUILD:
                    raise UserError("There are no moderators here: dispute a quote where it is shown in a server.")
                await show_form(interaction, _dispute_form(ref, int(self._target.extra or 1), words))
            case Action.SHARE:
                await share(interaction, self._target)
            case Action.PAGE:
                with pressing(interaction):
                    await turn_page(interaction, self._target)


class ContextMenu(ui.DynamicItem[ui.Select[Any]], template=_PICKED):
    """The menu by which another quote's neighbouring sentences are shown."""

    def __init__(self, menu: ui.Select[Any], target: Target) -> None:
        """Keep which answer it belongs to."""
        super().__init__(menu)
        self._target = target

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the menu's id."""
        assert isinstance(item, ui.Select)  # noqa: S101 - only menus have such ids
        target = target_of(match.string)
        if target is None:
            raise ValueError(f"no menu of ours: {match.string}")
        return cls(item, target)

    @guarded
    async def callback(self, interaction: Interaction) -> None:
        """Show the sentences around the quote that was chosen."""
        with pressing(interaction):
            await show_context(interaction, self._target, self.item.values[0])


def _follow_up_form(ref: TurnRef, words: Words, longest: int) -> Form:
    """Ask for a question on an answer, of at most `longest` characters."""
    form = Form(title=words("Follow up"), custom_id=str(Target(Action.FOLLOW, ref)))
    field = ui.TextInput[Form](custom_id=forms.TEXT, style=discord.TextStyle.paragraph, max_length=longest)
    form.add_item(ui.Label(text=words("Your question"), component=field))
    return form


def _dispute_form(ref: TurnRef, quotes: int, words: Words) -> Form:
    """Ask which of an answer's quotes is wrong here, where there are several, and why."""
    form = Form(title=words("Dispute a quote"), custom_id=str(Target(Action.DISPUTE, ref, str(quotes))))
    if quotes > 1:
        options = [
            discord.SelectOption(label=words("Quote {number}", number=number), value=str(number))
            for number in range(1, min(quotes, MOST_CHOICES) + 1)
        ]
        menu = ui.Select[Form](custom_id=QUOTE, options=options)
        form.add_item(ui.Label(text=words("Which quote?"), component=menu))
    field = ui.TextInput[Form](custom_id=forms.TEXT, style=discord.TextStyle.paragraph, max_length=LONGEST_REASON)
    form.add_item(
        ui.Label(
            text=words("What is wrong with it?"),
            description=words("The moderators of this server read it."),
            component=field,
        )
    )
    return form


async def show_context(interaction: Interaction, target: Target, passage_id: str | None) -> None:
    """Show the sentences around a quote of an answer, the first unless another was chosen, to this person only."""
    if passage_id is None:
        await acknowledge(interaction, private=True)
    else:
        await acknowledge(interaction, changing=True)
    answers = await interaction.client.services.answers()
    manners = await manners_to(interaction)
    found = await answers.context(target.ref, excluded=manners.excluded)
    if not found:
        raise Gone
    at = next((place for place, each in enumerate(found) if each.quote.passage_id == passage_id), 0)
    page = context_page(answers.pack, found[at], at + 1, manners.words, manners.style)
    rows = context_menu(answers.pack, [each.quote for each in found], target.ref, manners.words)
    if passage_id is None:
        await deliver(interaction, payload_of(page, rows, manners.words, manners.style))
    else:
        await put_in_place(interaction, payload_of(page, rows, manners.words, manners.style, editing=True))


async def vote(interaction: Interaction, target: Target) -> None:
    """Note whether an answer helped this person; they may change their mind."""
    await acknowledge(interaction, private=True)
    services = interaction.client.services
    answers = await services.answers()
    manners = await manners_to(interaction)
    if await answers.stored(target.ref) is None:
        raise Gone
    helpful = target.action is Action.HELPFUL
    moderation = await services.moderation()
    await moderation.vote(services.asker_of(interaction).person, guild_of(interaction), target.ref, helpful=helpful)
    said = manners.words("Noted: this answer was helpful to you. You can change your mind.")
    if not helpful:
        said = manners.words("Noted: this answer was not helpful to you. You can change your mind.")
    await deliver(interaction, {"content": said})


async def share(interaction: Interaction, target: Target) -> None:
    """Show an answer that only this person sees to everybody in the channel."""
    services = interaction.client.services
    guild = guild_of(interaction)
    with services.limits.admitted(services.asker_of(interaction).person, None if guild == NO_GUILD else guild):
        async with acknowledged(interaction):
            answers = await services.answers()
            manners = await manners_to(interaction)
            manners.insist(*channels_of(interaction.channel))
            answer = await answers.shown(target.ref, excluded=manners.excluded)
        await deliver(interaction, page_payload(answers, answer, target.ref, manners))


async def turn_page(interaction: Interaction, target: Target) -> None:
    """Put another page of an answer in the place of the one shown."""
    await acknowledge(interaction, changing=True)
    answers = await interaction.client.services.answers()
    manners = await manners_to(interaction)
    answer = await answers.shown(target.ref, excluded=manners.excluded)
    manners = manners.as_in(interaction.message)
    number = int(target.extra or 1)
    private = is_private(interaction)
    await put_in_place(
        interaction,
        page_payload(answers, answer, target.ref, manners, number=number, shareable=private, editing=True),
    )


async def on_interaction(_client: DilemmaClient, interaction: Interaction) -> None:
    """Take a form that was sent."""
    data: Any = interaction.data or {}
    target = target_of(str(data.get("custom_id", "")))
    if interaction.type is not discord.InteractionType.modal_submit or target is None:
        return
    try:
        if target.action is Action.FOLLOW:
            await _followed(interaction, target)
        elif target.action is Action.DISPUTE:
            with pressing(interaction):
                await _disputed(interaction, target)
    except Exception as error:  # noqa: BLE001 - the last place where anything can be caught
        await tell(interaction, error)


async def _followed(interaction: Interaction, target: Target) -> None:
    """Answer a question on exactly that answer."""
    text = heard(forms.written(interaction).get(forms.TEXT, ""))
    await answer_interaction(
        interaction,
        lambda answers, asker, excluded: answers.follow(asker, target.ref, text, excluded=excluded),
        text=text,
        private=is_private(interaction),
    )


async def _disputed(interaction: Interaction, target: Target) -> None:
    """Put a quote before the moderators."""
    fields = forms.written(interaction)
    reason = heard(fields.get(forms.TEXT, ""))
    if is_blank(reason):
        raise UserError("There is no reason: say what is wrong with the quote.")
    await acknowledge(interaction, private=True)
    services = interaction.client.services
    answers = await services.answers()
    manners = await manners_to(interaction)
    answer = await answers.shown(target.ref)
    quotes = answer.quotes
    if len(quotes) != int(target.extra or 1):
        # The message was laid out anew when some of its quotes were excluded already.
        quotes = (await answers.shown(target.ref, excluded=manners.excluded)).quotes
    at = int(fields.get(QUOTE) or 1)
    if at > len(quotes):
        raise Gone
    moderation = await services.moderation()
    await moderation.dispute(
        services.asker_of(interaction).person, guild_of(interaction), target.ref, quotes[at - 1].passage_id, reason
    )
    said = manners.words("Thank you. Quote {number} is before the moderators of this server now.", number=at)
    await deliver(interaction, {"content": said})


ITEMS: Final = (AnswerButton, ContextMenu)
"""What the library has to know of, for it to pass presses on."""
