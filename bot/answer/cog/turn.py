"""One turn with a person, for every command and button that asks: let in, deferred, answered, shown."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import discord

from bot.answer.cog.layout import page_of
from bot.answer.service.answers import Answers
from bot.guild.cog.manners import channels_of, manners_for_question, manners_towards
from bot.process.journal import logger
from bot.process.limits import Busy
from bot.values.text import is_blank
from bot.wire.channel import Channels
from bot.wire.page.errors import in_words, is_closed
from bot.wire.page.language import words_for
from bot.wire.page.layout import Style
from bot.wire.page.render import payload_of
from bot.wire.reply import reply
from bot.wire.trouble import FAILURES
from bot.wire.visit import Cost, visit
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.answer.service.answers import Given
    from bot.answer.service.ask import Reply
    from bot.guild.cog.manners import Manners
    from bot.values.asker import Asker, TurnRef
    from bot.wire.client import DilemmaClient
    from bot.wire.page.controls import Row
    from bot.wire.page.layout import Page
    from bot.wire.visit import Interaction

    Put = Callable[[Answers, Asker, Manners], Awaitable[Reply]]
    """How a question is put: to whom, by whom, and what holds there: the pack, and what must not be quoted."""

    Lay = Callable[[Reply, Manners, bool], tuple[Page, tuple[Row, ...]]]
    """How a reply is laid out; the last says whether it is the first there in a while."""

T = TypeVar("T")

TYPING_AFTER_S: Final = 1.0
"""How long an answer may take before “typing” is shown."""


async def answer_interaction(interaction: Interaction, put: Put, *, text: str = "x", private: bool = False) -> None:
    """Answer with a new message, which only the person sees if it is `private`; then they can share it.

    Raises Busy or UserError before anything is acknowledged where that can be told at once.
    """
    if is_blank(text):
        raise UserError("There is no question: type one.")
    async with visit(interaction, Cost.QUESTION, private=private) as here:
        answers = await here.services.get(Answers)
        manners = await manners_for_question(interaction)
        given = await put(answers, here.asker, manners)
        page, rows = page_of(
            given.pack,
            given.answer,
            given.ref,
            manners,
            notices=given.notices,
            shareable=private,
            first=introduces(answers, given, here.asker, interaction.channel, private=private),
        )
        await here.put(page, rows, manners.words, manners.style)


def introduces(answers: Answers, given: Given | Reply, asker: Asker, channel: object, *, private: bool = False) -> bool:
    """Return whether an answer that is shown now is to say what the bot is: the first there in a while that quotes."""
    quoting = bool(given.answer.quotes or given.answer.near)
    return quoting and is_new_to(answers, given.pack.id, asker, channel, private=private)


def is_new_to(answers: Answers, pack: str, asker: Asker, channel: object, *, private: bool = False) -> bool:
    """Return whether nothing of a pack was quoted lately where something is quoted now."""
    return answers.introductions.is_due(asker, pack, private=private, thread=isinstance(channel, discord.Thread))


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands below a message: the reply, its style, whether it says what the bot is, and the turn it shows.

    There is no turn where nothing is logged, or the reply says what went wrong.
    """

    reply: int
    style: Style
    first: bool
    ref: TurnRef | None


def as_answer(given: Reply, manners: Manners, first: bool) -> tuple[Page, tuple[Row, ...]]:  # noqa: FBT001 - as `Lay` has it
    """Lay out a reply as an answer."""
    return page_of(given.pack, given.answer, given.ref, manners, notices=given.notices, first=first)


async def answer_message(
    client: DilemmaClient, message: discord.Message, put: Put, shown: Shown | None = None, lay: Lay = as_answer
) -> Shown | None:
    """Answer with a reply, or in the place of one that is `shown`, and return what is shown then.

    The reply may say what went wrong; where too many ask, some get none. `lay` lays it out.
    """
    services = client.services
    asker = services.asker_in(message)
    words = words_for(message.guild.preferred_locale if message.guild else None)
    try:
        with services.admitted(asker):
            making = asyncio.ensure_future(_made(client, message, asker, put, shown, lay))
            try:
                made = await patiently(message, making)
            finally:
                making.cancel()
            if made is not None:
                payload, style, first, ref = made
                if shown is None:
                    return Shown(await reply(message, payload), style, first, ref)
                await Channels(client).edit(message.channel.id, shown.reply, payload)
                return replace(shown, first=first, ref=ref)
    except Busy as busy:
        if services.limits.may_be_told(asker.person):
            told = await _tell(message, in_words(busy, words), busy)
            return shown or told
    except Exception as error:  # noqa: BLE001 - the last place where anything can be caught
        told = await _tell(message, in_words(error, words), error)
        return shown or told
    return shown


async def _made(
    client: DilemmaClient, message: discord.Message, asker: Asker, put: Put, shown: Shown | None, lay: Lay
) -> tuple[dict[str, Any], Style, bool, TurnRef | None] | None:
    """Make the reply, in the style of the one that is shown; None in a channel where questions are not answered."""
    services = client.services
    answers = await services.get(Answers)
    locale = None if message.guild is None else message.guild.preferred_locale
    channels = channels_of(message.channel)
    manners = await manners_towards(services, asker.guild, asker.person, locale, channels)
    if not manners.allow(*channels):
        logger(__name__).debug("not answered in this channel", channel=message.channel.id)
        return None
    given = await put(answers, asker, manners)
    manners = manners if shown is None else manners.in_style(shown.style)
    first = (shown is not None and shown.first) or introduces(answers, given, asker, message.channel)
    page, rows = lay(given, manners, first)
    payload = payload_of(page, rows, manners.words, manners.style, editing=shown is not None)
    return payload, manners.style, first, given.ref


async def patiently(message: discord.Message, making: asyncio.Future[T]) -> T:
    """Wait for what an answer needs, and show below the message that one is being written if it takes long."""
    await asyncio.wait({making}, timeout=TYPING_AFTER_S)
    if not making.done():
        try:
            await message.channel.typing()
        except FAILURES as refused:
            logger(__name__).info("Discord would not show typing", failure=type(refused).__name__)
    return await making


async def _tell(message: discord.Message, text: str | None, error: Exception) -> Shown | None:
    """Say an error below a message, unless it is that we may not write there."""
    if text is None or is_closed(error):
        return None
    try:
        said = await reply(message, {"content": text, "suppress_embeds": True})
        return Shown(said, Style.PLAIN, first=True, ref=None)
    except FAILURES as refused:
        logger(__name__).info("an error could not be told", failure=type(refused).__name__)
        return None
