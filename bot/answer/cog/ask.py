"""Asking: the command, the entry in the menu of messages, mentions, direct messages, and the buttons of answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.answer.cog.layout import FEATURE, ref_of
from bot.answer.cog.turn import answer_interaction, answer_message
from bot.answer.service.answers import Answers
from bot.answer.service.ask import Gone
from bot.values.text import heard, is_blank
from bot.wire.contents import text_of
from bot.wire.page.limits import LONGEST_LINE, MOST_CHOICES
from bot.wire.press import marks_in
from bot.wire.services import guild_id_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.answer.service.ask import Reply
    from bot.values.asker import Asker, TurnRef
    from bot.wire.client import DilemmaClient
    from bot.wire.visit import Interaction


GREETING: Final = "hello"
"""What a mention alone, or a picture, stands for: the answer says what can be asked."""


@app_commands.command(name=locale_str("ask"), description=locale_str("What does each side say? Quoted and cited"))
@app_commands.rename(question=locale_str("question"))
@app_commands.describe(question=locale_str("Your question, in your own words"))
async def ask(interaction: Interaction, question: str) -> None:
    """Answer a question in the channel."""
    text = heard(question)
    await answer_interaction(
        interaction, lambda answers, asker, excluded: answers.asking.ask(asker, text, excluded=excluded), text=text
    )


@ask.autocomplete("question")
async def offered(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Offer questions, as soon as the pack is open."""
    answers = interaction.client.services.current(Answers)
    if answers is None:
        return []
    found = answers.offering.matching(typed, MOST_CHOICES, LONGEST_LINE)
    return [app_commands.Choice(name=question, value=question) for question in found]


async def both_sides(interaction: Interaction, message: discord.Message) -> None:
    """Answer what a message says, in a fresh conversation, to the person alone, who can share it."""
    text = heard(text_of(message))
    if is_blank(text):
        raise UserError("This message has no text that I could look up.")
    await answer_interaction(
        interaction,
        lambda answers, asker, excluded: answers.asking.ask(asker, text, excluded=excluded, fresh=True),
        text=text,
        private=True,
    )


ENTRY: Final = app_commands.ContextMenu(name=locale_str("Both sides"), callback=both_sides)


async def on_message(client: DilemmaClient, message: discord.Message) -> None:
    """Answer a message that mentions the bot or its own role, replies to it, or comes as a direct message."""
    me = client.user
    if me is None or message.author.bot or message.webhook_id is not None or message.is_system():
        return
    own = [role for role in message.role_mentions if role.tags is not None and role.tags.bot_id == me.id]
    by_name = guild_id_of(message) is None or me in message.mentions
    if not by_name and not own:
        return
    # Who mentions a role has written something; Discord shows it only to a bot that is mentioned by name.
    hidden = not by_name and not message.content
    called = "|".join((rf"<@!?{me.id}>", *(f"<@&{role.id}>" for role in own)))
    text = heard(re.sub(called, " ", text_of(message))).strip()
    if is_blank(text):
        text = GREETING
    ref = ref_in(message.reference.resolved) if message.reference else None

    async def put(answers: Answers, asker: Asker, excluded: Collection[str]) -> Reply:
        if hidden:
            raise UserError("Discord hides what you wrote to my role: mention me by name, or use `/ask`.")
        try:
            return await answers.asking.ask(asker, text, excluded=excluded, after=ref)
        except Gone:
            # The log no longer holds the answer that this replies to.
            return await answers.asking.ask(asker, text, excluded=excluded)

    await answer_message(client, message, put)


def ref_in(message: object) -> TurnRef | None:
    """Find the turn that a message shows, by its buttons; None for a message of anybody else, or one that is gone."""
    if isinstance(message, discord.Message):
        for mark in marks_in(message.components):
            if mark.feature == FEATURE and (ref := ref_of(mark.arguments)) is not None:
                return ref
    return None
