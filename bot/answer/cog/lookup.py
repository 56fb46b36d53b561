"""Looking things up: what stands against a claim, whether a quotation is right, what there is to ask, and help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.answer.cog import lookup_layout
from bot.answer.cog.lookup_layout import CHARGE, FEATURE, POINT, TOPIC
from bot.answer.cog.turn import answer_interaction
from bot.answer.service.answers import Answers
from bot.guild.cog.manners import manners_for_question, manners_to
from bot.guild.service.settings import Settings
from bot.quote.rules import points
from bot.values.text import heard, is_blank
from bot.wire.page.layout import Style
from bot.wire.visit import Cost, visit
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.answer.service.ask import Reply
    from bot.guild.cog.manners import Manners
    from bot.values.asker import Asker
    from bot.wire.page.controls import Menu
    from bot.wire.page.layout import Page
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction
    from knowledge.model import Pack


AS_HERE: Final = "server"
"""Chosen by a person who wants what the moderators set."""


@app_commands.command(
    name=locale_str("rebut"), description=locale_str("What does the other side hold against a claim?")
)
@app_commands.rename(statement=locale_str("statement"))
@app_commands.describe(statement=locale_str("The claim, as somebody makes it"))
async def rebut(interaction: Interaction, statement: str) -> None:
    """Hold quotes against a claim."""
    text = heard(statement)
    await answer_interaction(
        interaction, lambda answers, asker, excluded: answers.rebut(asker, text, excluded=excluded), text=text
    )


@app_commands.command(name=locale_str("cite"), description=locale_str("Is a quotation in the articles, word for word?"))
@app_commands.rename(text=locale_str("text"))
@app_commands.describe(text=locale_str("The quotation; “the film says: …” before it names who is said to have said it"))
async def cite(interaction: Interaction, text: str) -> None:
    """Check a quotation."""
    quotation = heard(text)
    if is_blank(quotation):
        raise UserError("There is no quotation: type one, with or without quotation marks.")
    limit = interaction.client.services.config.answer.max_question_chars
    async with visit(interaction, Cost.QUESTION, private=False) as here:
        answers = await here.services.get(Answers)
        manners = await manners_for_question(interaction)
        checked = await answers.check(quotation[:limit])
        rest = limit if len(quotation) > limit else None
        page = lookup_layout.check_page(answers.pack, checked, manners.words, manners.style, cut_at=rest)
        await here.put(page, (), manners.words, manners.style)


@app_commands.command(
    name=locale_str("topics"), description=locale_str("What can be asked about? Open a topic, a point, a charge")
)
async def topics(interaction: Interaction) -> None:
    """List the topics, to this person."""
    await _show(interaction, lambda pack, manners: lookup_layout.topics_page(pack, manners.words), menus=True)


@app_commands.command(name=locale_str("sources"), description=locale_str("Which articles are quoted?"))
async def sources(interaction: Interaction) -> None:
    """List the articles, to this person."""
    await _show(interaction, lambda pack, manners: lookup_layout.sources_page(pack, manners.words))


@app_commands.command(
    name=locale_str("help"), description=locale_str("How to ask, with examples, and what I will not do")
)
async def help_(interaction: Interaction) -> None:
    """Say how to ask, to this person."""
    longest = interaction.client.services.config.answer.max_question_chars
    await _show(interaction, lambda pack, manners: lookup_layout.help_page(pack, manners.words, longest))


@app_commands.command(
    name=locale_str("style"), description=locale_str("How should answers look to you here? Others see no difference")
)
@app_commands.rename(look=locale_str("look"))
@app_commands.describe(look=locale_str("In frames, as plain text, or as this server has it"))
@app_commands.choices(
    look=[
        Choice(name=locale_str("cards: a frame for each side"), value=Style.CARD.value),
        Choice(name=locale_str("plain text"), value=Style.PLAIN.value),
        Choice(name=locale_str("as this server has it"), value=AS_HERE),
    ]
)
async def style(interaction: Interaction, look: str) -> None:
    """Keep how answers look to this person."""
    async with visit(interaction) as here:
        settings = await here.services.get(Settings)
        await settings.set_style(here.person, here.guild, None if look == AS_HERE else look)
        manners = await manners_to(interaction)
        await here.say(manners.words("Noted: this is how answers to you look from now on."))


async def _show(interaction: Interaction, lay: Callable[[Pack, Manners], Page], *, menus: bool = False) -> None:
    """Show a page to this person alone."""
    async with visit(interaction) as here:
        answers = await here.services.get(Answers)
        manners = await manners_to(interaction)
        rows: tuple[Menu, ...] = lookup_layout.topics_menus(answers.pack, manners.words) if menus else ()
        await here.put(lay(answers.pack, manners), rows, manners.words, manners.style)


async def open_topic(interaction: Interaction, press: Press) -> None:
    """Answer the question of a topic that was chosen."""
    await _open(interaction, press, lambda pack, value: pack.topic(value).question)


async def open_point(interaction: Interaction, press: Press) -> None:
    """Answer the question of one of a side's points."""
    (side,) = press.arguments
    await _open(interaction, press, lambda pack, value: points.question_for(pack, points.Point(side, int(value))))


async def open_charge(interaction: Interaction, press: Press) -> None:
    """Answer the question that a passage answers."""
    await _open(interaction, press, lambda pack, value: points.question_about(pack, pack.passage(value)))


async def _open(interaction: Interaction, press: Press, question: Callable[[Pack, str], str]) -> None:
    """Answer what was chosen from a menu below the topics, to the person alone, who can share it."""

    async def put(answers: Answers, asker: Asker, excluded: Collection[str]) -> Reply:
        try:
            asked = question(answers.pack, press.chosen or "")
        except (KeyError, ValueError) as error:
            raise UserError("This list is out of date: open it again.") from error
        return await answers.ask(asker, asked, excluded=excluded, fresh=True)

    await answer_interaction(interaction, put, private=True)


PRESSES: Final[Handlers] = {
    (FEATURE, TOPIC): open_topic,
    (FEATURE, POINT): open_point,
    (FEATURE, CHARGE): open_charge,
}

COMMANDS: Final[tuple[app_commands.Command[Any, ..., None], ...]] = (rebut, cite, topics, sources, style, help_)
