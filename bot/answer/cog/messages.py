"""Messages that ask: mentions, replies and direct messages, also when they are mended by editing."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import discord

from bot.answer.cog.layout import FEATURE, ref_of
from bot.answer.cog.turn import answer_message
from bot.answer.service.ask import Gone
from bot.values.asker import TurnRef
from bot.values.text import heard, is_blank
from bot.wire.contents import text_of
from bot.wire.press import marks_in
from bot.wire.services import guild_id_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.answer.cog.turn import Shown
    from bot.answer.service.answers import Answers
    from bot.answer.service.ask import Reply
    from bot.guild.cog.manners import Manners
    from bot.values.asker import Asker
    from bot.wire.client import DilemmaClient

GREETING: Final = "hello"
"""What a mention alone, or a picture, stands for: the answer says what can be asked."""

MENDED_WITHIN_S: Final = 600.0
"""How long after a message was answered it is answered anew when it is edited."""

MOST_MENDED: Final = 1000
"""Messages of which that is remembered."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a message asks, and of which answer; `hidden` where Discord does not show its text."""

    text: str
    hidden: bool
    after: TurnRef | None


@dataclass(slots=True)
class _Asked:
    """A message that was answered: a hash of what was typed, until when it may be mended, and what is shown.

    `after` is the turn that came before its own, `fresh` says that a conversation began with it.
    """

    typed: int
    until_s: float
    after: TurnRef | None = None
    fresh: bool = False
    shown: Shown | None = None
    answering: asyncio.Lock = field(default_factory=asyncio.Lock)

    def answered(self, shown: Shown | None) -> None:
        """Note what is shown now, and once which turn came before."""
        self.shown = shown
        ref = None if shown is None else shown.ref
        if ref is not None and self.after is None and not self.fresh:
            self.fresh = ref.number == 1
            self.after = None if self.fresh else TurnRef(ref.conversation_id, ref.number - 1)


class Messages:
    """Answers messages, and remembers for a while which; nothing of what they say. Belongs to one bot."""

    def __init__(self) -> None:
        self._asked: OrderedDict[int, _Asked] = OrderedDict()

    async def on_message(self, client: DilemmaClient, message: discord.Message) -> None:
        """Answer a message that mentions the bot or its own role, replies to it, or comes as a direct message."""
        question = question_in(client, message)
        if question is None:
            return
        until_s = client.services.clock.monotonic_s() + MENDED_WITHIN_S
        asked = _Asked(hash(message.content), until_s, question.after)
        self._asked[message.id] = asked
        while len(self._asked) > MOST_MENDED:
            self._asked.popitem(last=False)
        async with asked.answering:
            asked.answered(await answer_message(client, message, partial(put_question, question)))

    async def on_message_edit(self, client: DilemmaClient, message: discord.Message) -> None:
        """Answer a message anew, in the same reply, when its author changes what it asks soon enough.

        The conversation goes on from there, as if it had been asked so at once. Discord sends the same event when it
        adds the preview of a link.
        """
        asked = self._asked.get(message.id)
        if asked is None or message.edited_at is None or client.services.clock.monotonic_s() > asked.until_s:
            return
        async with asked.answering:
            question = question_in(client, message)
            if asked.shown is None or asked.typed == hash(message.content) or question is None:
                return
            asked.typed = hash(message.content)
            put = partial(put_question, replace(question, after=asked.after), fresh=asked.fresh)
            asked.answered(await answer_message(client, message, put, asked.shown))


def question_in(client: DilemmaClient, message: discord.Message) -> Question | None:
    """Return what a message asks the bot; None for one that is not meant for it."""
    me = client.user
    if me is None or message.author.bot or message.webhook_id is not None or message.is_system():
        return None
    own = [role for role in message.role_mentions if role.tags is not None and role.tags.bot_id == me.id]
    by_name = guild_id_of(message) is None or me in message.mentions
    if not by_name and not own:
        return None
    called = "|".join((rf"<@!?{me.id}>", *(f"<@&{role.id}>" for role in own)))
    text = heard(re.sub(called, " ", text_of(message))).strip()
    # Who mentions a role has written something; Discord shows it only to a bot that is mentioned by name.
    hidden = not by_name and not message.content
    ref = ref_in(message.reference.resolved) if message.reference else None
    return Question(GREETING if is_blank(text) else text, hidden, ref)


async def put_question(
    question: Question, answers: Answers, asker: Asker, manners: Manners, *, fresh: bool = False
) -> Reply:
    """Put what a message asks."""
    if question.hidden:
        raise UserError("Discord hides what you wrote to my role: mention me by name, or use `/ask`.")
    ask = partial(answers.asking.ask, asker, question.text, excluded=manners.excluded, pack=manners.pack)
    try:
        return await ask(after=question.after, fresh=fresh)
    except Gone:
        # The log no longer holds the answer that this replies to.
        return await ask()


def ref_in(message: object) -> TurnRef | None:
    """Find the turn that a message shows, by its buttons; None for a message of anybody else, or one that is gone."""
    if isinstance(message, discord.Message):
        for mark in marks_in(message.components):
            if mark.feature == FEATURE and (ref := ref_of(mark.arguments)) is not None:
                return ref
    return None
