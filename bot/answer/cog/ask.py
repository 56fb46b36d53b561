"""Asking: the command, and the entry in the menu of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.answer.cog.turn import answer_interaction
from bot.answer.service.answers import Answers
from bot.guild.cog.packs import pack_typing
from bot.values.text import heard, is_blank
from bot.wire.contents import text_of
from bot.wire.page.limits import LONGEST_LINE, MOST_CHOICES
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.wire.visit import Interaction


@app_commands.command(name=locale_str("ask"), description=locale_str("What does each side say? Quoted and cited"))
@app_commands.rename(question=locale_str("question"))
@app_commands.describe(question=locale_str("Your question, in your own words"))
async def ask(interaction: Interaction, question: str) -> None:
    """Answer a question in the channel."""
    text = heard(question)
    await answer_interaction(
        interaction,
        lambda answers, asker, manners: answers.asking.ask(asker, text, excluded=manners.excluded, pack=manners.pack),
        text=text,
    )


@ask.autocomplete("question")
async def offered(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer questions, as soon as the pack is open."""
    answers = interaction.client.services.current(Answers)
    pack = await pack_typing(interaction)
    if answers is None or pack is None:
        return []
    found = answers.offering(pack).matching(typed, MOST_CHOICES, LONGEST_LINE)
    return [app_commands.Choice(name=question, value=question) for question in found]


async def each_side(interaction: Interaction, message: discord.Message) -> None:
    """Answer what a message says, in a fresh conversation, to the person alone, who can share it."""
    text = heard(text_of(message))
    if is_blank(text):
        raise UserError("This message has no text that I could look up.")
    await answer_interaction(
        interaction,
        lambda answers, asker, manners: answers.asking.ask(
            asker, text, excluded=manners.excluded, pack=manners.pack, fresh=True
        ),
        text=text,
        private=True,
    )


ENTRY: Final = app_commands.ContextMenu(name=locale_str("What each side says"), callback=each_side)
