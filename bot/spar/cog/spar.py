"""Sparring on Discord, in a thread of its own or where the command was given, with buttons or in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.answer.cog.layout import pages_of
from bot.answer.cog.messages import put_question, question_in
from bot.answer.cog.turn import answer_message, as_answer, introduces, patiently
from bot.answer.rules.sparring import Move
from bot.answer.service.answers import Answers
from bot.guild.cog.manners import manners_for_question, manners_to
from bot.guild.cog.moderators import moderators_seat
from bot.guild.cog.packs import PackName, pack_meant, pack_typing, packs_offered
from bot.process.journal import logger
from bot.quote.rules.phrases import inside
from bot.spar.rules.outcome import counted, markdown, sections
from bot.spar.service.sparrings import Sparrings
from bot.values.text import heard, is_blank
from bot.wire.channel import Channels
from bot.wire.contents import text_of
from bot.wire.page.controls import Control, Form, field
from bot.wire.page.escaping import escaped
from bot.wire.page.language import words_for
from bot.wire.page.layout import ROOM, Group, Page, Part, paged
from bot.wire.page.limits import LONGEST_FIELD, LONGEST_THREAD_NAME
from bot.wire.page.render import payload_of
from bot.wire.press import id_of
from bot.wire.reply import persistently
from bot.wire.services import guild_id_of
from bot.wire.trouble import FAILURES
from bot.wire.visit import Cost, visit
from embeddings.library import Library
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.answer.service.ask import Reply
    from bot.guild.cog.manners import Manners
    from bot.spar.rules.held import Held
    from bot.values.asker import Asker
    from bot.wire.client import DilemmaClient
    from bot.wire.page.controls import Row
    from bot.wire.page.language import Words
    from bot.wire.press import Handler, Handlers, Press
    from bot.wire.visit import Interaction
    from knowledge.model import Pack

FEATURE: Final = "spar"

MOST_LISTED: Final = 15
"""Sparrings that a moderator is shown, the latest ones."""

_DAY_MIN: Final = 1440
"""Minutes without a message after which Discord archives a thread."""

_SAID: Final = {Move.SOURCE: "source?", Move.CONCEDE: "fair point", Move.SWAP: "swap sides", Move.STOP: "stop"}
"""What a button says for the person."""


@app_commands.command(
    name=locale_str("spar"), description=locale_str("Argue against a side; I answer with its quotes alone")
)
@app_commands.rename(side=locale_str("side"), pack=locale_str("pack"))
@app_commands.describe(
    side=locale_str("The side that I hold"), pack=locale_str("The pack (this channel's, if omitted)")
)
@app_commands.autocomplete(pack=packs_offered)
async def spar(interaction: Interaction, side: str, pack: PackName | None = None) -> None:
    """Begin a sparring, in a thread below the message where there can be one."""
    async with visit(interaction, Cost.QUESTION, private=False) as here:
        sparrings = await here.services.get(Sparrings)
        manners = await manners_for_question(interaction)
        meant = await pack_meant(here.services, manners, pack)
        held = await sparrings.begin(here.asker, interaction.channel_id or 0, side, meant)
        page, rows = Page(_opening(meant, held, manners.words), (), ""), rows_of(held, manners.words)
        message = await here.put(page, rows, manners.words, manners.style)
        thread = await _thread(interaction, meant, held, message)
        if thread is not None:
            await sparrings.settle(held, thread)
            words = manners.words
            inner = Page(
                words("Mention me, reply to this message, or press Say: I read nothing else that is written here."),
                (),
                "",
            )
            await Channels(interaction.client).send(thread, payload_of(inner, rows, words, manners.style))


@spar.autocomplete("side")
async def sides(interaction: Interaction, _typed: str) -> list[Choice[str]]:
    """Offer the sides, as soon as the pack is open."""
    pack = await pack_typing(interaction)
    return [] if pack is None else [Choice(name=side.name, value=side.id) for side in pack.sides]


async def _thread(interaction: Interaction, pack: Pack, held: Held, message: int | None) -> int | None:
    """Open a thread below a message, and return it; None where there can be none: the sparring stays in the channel."""
    if message is None or not isinstance(interaction.channel, discord.TextChannel):
        return None
    name = f"{interaction.user.display_name} – {pack.side(held.state.held).short_name}"[:LONGEST_THREAD_NAME]
    http, channel = interaction.client.http, interaction.channel.id

    async def start() -> None:
        await http.start_thread_with_message(channel, message, name=name, auto_archive_duration=_DAY_MIN)

    try:
        await persistently(start)
    except FAILURES as refused:
        logger(__name__).info("no thread for a sparring", failure=type(refused).__name__)
        return None
    return message


def _opening(pack: Pack, held: Held, words: Words) -> str:
    name = inside(pack.side(held.state.held).short_name)
    return words(
        "I hold {side}, with its quotes alone. Claim something against it; ask for the source, insist, grant a point, "
        "swap sides, or stop.",
        side=name,
    )


def rows_of(held: Held, words: Words) -> tuple[Row, ...]:
    """Return the buttons of a reply; of the last one, where what came of it can be had as a file."""
    if held.ended_utc is not None:
        return ((Control(words("File"), id_of(FEATURE, "file", held.id)),),)
    labels = {
        "say": words("Say"),
        Move.SOURCE.value: words("Source"),
        Move.CONCEDE.value: words("Concede"),
        Move.SWAP.value: words("Swap"),
        Move.STOP.value: words("Stop"),
    }
    return (tuple(Control(label, id_of(FEATURE, verb, held.id)) for verb, label in labels.items()),)


def page_of(reply: Reply, held: Held, manners: Manners, *, first: bool) -> tuple[Page, tuple[Row, ...]]:
    """Lay out a reply; below the last one stands what came of the sparring."""
    words, style, pack = manners.words, manners.style, reply.pack
    page = pages_of(pack, reply.answer, words, style, reply.notices, excluded=manners.without(pack.id), first=first)[0]
    if held.ended_utc is not None:
        told = (
            Group(tuple(Part(f"- {escaped(words(item))}", "- …") for item in part.items), f"**{words(part.heading)}**")
            for part in sections(pack, held.state)
        )
        whole = Page(page.head, (*page.groups, *told), page.foot)
        page = paged(whole, words, ROOM[style])[0]
        if page.of > 1:
            page = Page(page.head, page.groups, words("The file has all of it."))
    return page, rows_of(held, words)


async def _answered(interaction: Interaction, press: Press, text: str, move: Move | None) -> None:
    """Reply to what a button or a form says."""
    (identity,) = press.arguments
    if is_blank(text):
        raise UserError("You said nothing: write what you hold against my side.")
    async with visit(interaction, Cost.QUESTION, private=False) as here:
        sparrings = await here.services.get(Sparrings)
        answers = await here.services.get(Answers)
        manners = await manners_for_question(interaction)
        reply, held = await sparrings.turn(identity, here.person, text, excluded=manners.excluded, move=move)
        first = introduces(answers, reply, here.asker, interaction.channel)
        page, rows = page_of(reply, held, manners, first=first)
        await here.put(page, rows, manners.words, manners.style)


async def say(interaction: Interaction, press: Press) -> None:
    """Ask for what the person wants to say."""
    words = words_for(interaction.locale)
    longest = min(interaction.client.services.config.answer.max_question_chars, LONGEST_FIELD)
    form = Form(words("Say"), id_of(FEATURE, "say", *press.arguments), field(words("Your argument"), longest))
    async with visit(interaction, form=True) as here:
        await here.ask(form)


async def said(interaction: Interaction, press: Press) -> None:
    """Reply to it."""
    await _answered(interaction, press, press.text, None)


def _moved(move: Move) -> Handler:
    async def pressed(interaction: Interaction, press: Press) -> None:
        await _answered(interaction, press, _SAID[move], move)

    return pressed


async def give(interaction: Interaction, press: Press) -> None:
    """Give what came of a sparring, as a file, to the person alone."""
    (identity,) = press.arguments
    async with visit(interaction) as here:
        manners = await manners_to(interaction)
        held = await (await here.services.get(Sparrings)).get(identity)
        if held.person != here.person:
            raise UserError("Only the person who was sparring here can use this.")
        pack = (await here.services.get(Library)).pack(held.pack)
        text = manners.words("What came of it, to keep:")
        await here.give(text, markdown(pack, held.state, manners.words).encode(), "sparring.md")


@app_commands.command(
    name=locale_str("sparrings"), description=locale_str("For moderators: who is sparring in this server today")
)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
async def listed(interaction: Interaction) -> None:
    """List the sparrings of the last hours by their threads, with how far each went, to a moderator alone."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        found = (await (await here.services.get(Sparrings)).recent(seat.guild))[-MOST_LISTED:]
        library = await here.services.get(Library)
        lines = []
        for held in found:
            where = f"<#{held.channel}>"
            lines.append(seat.words(counted(held).line(library.held(held.pack, (held.state.held,)), where)))
        await here.say("\n".join(lines) or seat.words("Nobody was sparring here in the last 12 hours."))


PRESSES: Final[Handlers] = {
    (FEATURE, "say"): say,
    (FEATURE, "file"): give,
    **{(FEATURE, move.value): _moved(move) for move in _SAID},
}
FORMS: Final[Handlers] = {(FEATURE, "say"): said}


async def takes(client: DilemmaClient, message: discord.Message) -> bool:
    """Return whether a message is a turn of a sparring: readable, and by whoever is sparring there."""
    if client.user is None or message.author.bot or message.webhook_id is not None or message.is_system():
        return False
    if guild_id_of(message) is not None and client.user not in message.mentions:
        return False
    sparrings = await patiently(message, asyncio.ensure_future(client.services.get(Sparrings)))
    return sparrings.of(client.services.asker_in(message).person, message.channel.id) is not None


async def on_message(client: DilemmaClient, message: discord.Message) -> None:
    """Reply to a turn that was written instead of pressed; to a question, where no sparring turns out to be running."""
    question = question_in(client, message)
    if question is None:
        return
    text = heard(text_of(message).replace(f"<@{client.user.id if client.user else 0}>", " ")).strip()
    replied: list[Held] = []

    async def put(answers: Answers, asker: Asker, manners: Manners) -> Reply:
        sparrings = await client.services.get(Sparrings)
        running = sparrings.of(asker.person, message.channel.id)
        if running is None:
            return await put_question(question, answers, asker, manners)
        if is_blank(text):
            raise UserError("You said nothing: write what you hold against my side.")
        reply, held = await sparrings.turn(running.id, asker.person, text, excluded=manners.excluded)
        replied.append(held)
        return reply

    def lay(given: Reply, manners: Manners, first: bool) -> tuple[Page, tuple[Row, ...]]:  # noqa: FBT001 - as `Lay` has it
        return page_of(given, replied[-1], manners, first=first) if replied else as_answer(given, manners, first)

    await answer_message(client, message, put, lay=lay)
