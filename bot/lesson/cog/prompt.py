"""Discussion prompts: posted in a channel, voted on in secret, answered in people's own words, revealed, closed."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from discord import app_commands, ui
from discord.app_commands import locale_str

from bot.guild.cog.manners import manners_for_question, manners_of_guild, manners_to
from bot.guild.cog.moderators import Seat, seat_of
from bot.guild.cog.packs import PackName, packs_offered
from bot.lesson.cog.leading import check_leader, leads, pack_of_class, put_before, tell_class
from bot.lesson.cog.prompt_layout import (
    ALL,
    CHOICES,
    FEATURE,
    answer_line,
    kept_days,
    panel_payload,
    readers_line,
    refresh_soon,
    sides_page,
    whole_page,
)
from bot.lesson.cog.topics import offering, one_topic
from bot.lesson.rules.prompt import DiscussionPrompt, draw_prompts, prompt_of, topics_of
from bot.lesson.service.lessons import Lessons
from bot.process.journal import logger
from bot.values.asker import NO_GUILD
from bot.values.text import heard
from bot.wire.channel import nonce_of
from bot.wire.page.controls import Form, field
from bot.wire.page.language import Words, words_for
from bot.wire.page.render import payload_of
from bot.wire.press import id_of
from bot.wire.visit import Cost, Visit, visit
from embeddings.library import Library
from knowledge.errors import DilemmaError, UserError

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.lesson.rules.lesson import Lesson, Posting
    from bot.wire.client import DilemmaClient
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction
    from knowledge.model import Pack

MOST_PROMPTS: Final = 5
MOST_SEEDS: Final = 1_000_000

LONGEST_ANSWER: Final = 900
"""Characters of an answer: even with all of them escaped it fits into one message."""


@app_commands.command(
    name=locale_str("prompt"), description=locale_str("A question to discuss: vote, then see what each side says")
)
@app_commands.rename(
    topic=locale_str("topic"), count=locale_str("count"), seed=locale_str("seed"), pack=locale_str("pack")
)
@app_commands.describe(
    topic=locale_str("Topic (any, if omitted)"),
    count=locale_str("How many questions"),
    seed=locale_str("A number: the same number gives the same questions again"),
    pack=locale_str("The pack (this channel's, if omitted)"),
)
@app_commands.autocomplete(topic=offering(topics_of), pack=packs_offered)
async def prompt(
    interaction: Interaction,
    topic: app_commands.Range[str, 1, 100] | None = None,
    count: app_commands.Range[int, 1, MOST_PROMPTS] = 1,
    seed: app_commands.Range[int, 0, MOST_SEEDS] | None = None,
    pack: PackName | None = None,
) -> None:
    """Post prompts in the channel; in a lesson only its leader may.

    Outside a server or without a log nobody can vote, so everything is revealed at once.
    """
    async with visit(interaction, Cost.QUESTION, private=False) as here:
        manners = await manners_for_question(interaction)
        held = await pack_of_class(interaction, manners, pack)
        seen = await put_before(interaction, here.guild)
        chosen, used = (secrets.randbelow(MOST_SEEDS), seen) if seed is None else (seed, ())
        drawn = drawn_from(held, topic, count, chosen, used=used, excluded=manners.without(held.id))
        lessons = await here.services.get(Lessons)
        postings: list[Posting | None] = [None] * len(drawn)
        if here.guild != NO_GUILD and lessons.logged:
            channel = int(interaction.channel_id or 0)
            postings = [await lessons.prompts.post(here.guild, channel, each.id, pack=held.id) for each in drawn]
        for number, (each, posting) in enumerate(zip(drawn, postings, strict=True)):
            if posting is None:
                page = whole_page(held, each, manners.words, manners.style)
                payload = payload_of(page, (), manners.words, manners.style)
            else:
                payload = panel_payload(held, each, posting, await manners_of_guild(interaction.client, here.guild))
            if number:
                shown: int | None = (await interaction.followup.send(**payload, wait=True)).id
            else:
                shown = await here.show(payload)
            if posting is not None and shown is not None:
                await lessons.prompts.settle(posting.id, shown)


def drawn_from(
    pack: Pack, topic: str | None, count: int, seed: int, *, used: Collection[str], excluded: Collection[str]
) -> tuple[DiscussionPrompt, ...]:
    """Draw prompts on a topic as typed, unused ones first, without quotes of `excluded` passages. Raises UserError."""
    topic_id = one_topic(pack, topic)
    drawn = draw_prompts(pack, topic=topic_id, count=count, seed=seed, excluding=used, unquoted=excluded)
    if not drawn:
        raise UserError("Every prompt on this has a quote that the moderators have excluded: choose another topic.")
    return drawn


async def vote(interaction: Interaction, press: Press) -> None:
    """Keep a vote, and confirm it to the voter alone."""
    posting_id, choice = press.arguments
    async with visit(interaction) as here:
        lessons = await here.services.get(Lessons)
        words = (await manners_to(interaction)).words
        try:
            posting = await lessons.prompts.vote(posting_id, here.person, choice)
        except UserError:
            # If its lesson has ended by itself, its buttons have to go.
            if (closed := await lessons.prompts.posting(posting_id)) is not None:
                _follow(interaction, closed)
            raise
        label = words(CHOICES[choice])
        await here.say(
            words("Your vote: **{choice}**. Only you see this. You can change it until the end.", choice=label)
        )
        _follow(interaction, posting)


async def reveal(interaction: Interaction, press: Press) -> None:
    """Reveal sides to everybody for a leader, else to this person alone, and not at all during a lesson."""
    posting_id, which = press.arguments
    async with visit(interaction, changing=True) as here:
        lessons, posting, lesson, seat = await _looked_up(interaction, posting_id)
        pack = (await here.services.get(Library)).pack(posting.pack)
        shown = prompt_of(pack, posting.prompt)
        sides = tuple(shown.quotes) if which == ALL else (which,)
        if not leads(seat, lesson):
            if lesson is not None:
                raise UserError("Not yet: the lesson's leader reveals the quotes to everybody.")
            manners = await manners_to(interaction)
            page = sides_page(pack, shown, sides, manners.without(pack.id), manners.words, manners.style)
            payload = payload_of(page, (), manners.words, manners.style)
            await interaction.followup.send(**payload, ephemeral=True)
            return
        for side in sides:
            posting = await lessons.prompts.reveal(posting_id, side)
        await _update(here, pack, shown, posting)


async def close(interaction: Interaction, press: Press) -> None:
    """Close a prompt, and show the result of the vote."""
    (posting_id,) = press.arguments
    async with visit(interaction, changing=True) as here:
        lessons, posting, lesson, seat = await _looked_up(interaction, posting_id)
        check_leader(seat, lesson)
        closed = await lessons.prompts.close(posting_id)
        pack = (await here.services.get(Library)).pack(posting.pack)
        await _update(here, pack, prompt_of(pack, posting.prompt), closed)


async def _looked_up(interaction: Interaction, posting_id: str) -> tuple[Lessons, Posting, Lesson | None, Seat]:
    """Return what it takes to decide who may do what with a prompt. Raises UserError if the prompt is gone."""
    lessons = await interaction.client.services.get(Lessons)
    posting = await lessons.prompts.posting(posting_id)
    if posting is None:
        raise UserError("This prompt is no longer kept: ask for a new one.")
    held = lessons.current(posting.guild, posting.channel)
    lesson = held if held is not None and held.id == posting.lesson else None
    return lessons, posting, lesson, await seat_of(interaction)


async def _update(here: Visit, pack: Pack, shown: DiscussionPrompt, posting: Posting) -> None:
    """Show a prompt's present state in the message whose button was pressed."""
    manners = (await manners_of_guild(here.interaction.client, posting.guild)).as_in(here.interaction.message)
    await here.show(panel_payload(pack, shown, posting, manners, editing=True))
    # An update for an earlier vote may still arrive after this one.
    _follow(here.interaction, posting)


async def ask_for_answer(interaction: Interaction, press: Press) -> None:
    """Send the form, which says who will read the answer. A form cannot be deferred, so this must not wait long."""
    (posting_id,) = press.arguments
    async with visit(interaction, form=True) as here:
        if here.services.serving.current is None:
            raise UserError("I am still starting: try again in a few seconds.")
        _, posting, lesson, _ = await _looked_up(interaction, posting_id)
        if posting.closed_utc is not None:
            _follow(interaction, posting)
            raise UserError("This prompt is closed: it takes no more votes or answers.")
        words = words_for(interaction.locale)
        readers = readers_line(posting, lesson, await kept_days(interaction.client, posting.guild), words)
        await here.ask(answer_form(posting_id, readers, words))


def answer_form(posting: str, readers: str, words: Words) -> Form:
    """Return the form for an answer; `readers` says who reads it, and under which name."""
    answer = field(
        words("What do you think, and why?"),
        LONGEST_ANSWER,
        words("Two or three sentences are enough. Quote what you rely on."),
    )
    return Form(words("Your answer"), id_of(FEATURE, "answer", posting), ui.TextDisplay(readers), answer)


async def answered(interaction: Interaction, press: Press) -> None:
    """Keep an answer, then post it in the channel, with a name only if names are shown."""
    (posting_id,) = press.arguments
    async with visit(interaction) as here:
        lessons = await here.services.get(Lessons)
        words = (await manners_to(interaction)).words
        name = heard(interaction.user.display_name)
        posting, answer = await lessons.prompts.answer(posting_id, here.person, name, press.text)
        said = words("Handed in. Thank you!")
        pack = (await here.services.get(Library)).pack(posting.pack)
        manners = await manners_of_guild(interaction.client, posting.guild)
        line = answer_line(pack, prompt_of(pack, posting.prompt), answer, manners.words)
        if not await tell_class(interaction.client, posting.channel, line, nonce_of("answer", answer.number)):
            said += " " + words("I could not post it here, but the lesson's leader can read it.")
        await here.say(said)
        _follow(interaction, posting)


def _follow(interaction: Interaction, posting: Posting) -> None:
    """Have the message of a prompt updated soon."""
    message = interaction.message
    refresh_soon(interaction.client, posting, None if message is None else message.id)


async def work(client: DilemmaClient) -> None:
    """Update the open prompts of running lessons after a restart."""
    await client.wait_until_ready()
    try:
        lessons = await client.services.get(Lessons)
        for lesson in lessons.held():
            for posting in await lessons.put_in(lesson):
                if posting.closed_utc is None:
                    refresh_soon(client, posting)
    except DilemmaError as error:
        logger(__name__).info("messages of prompts are not up to date", reason=str(error))


PRESSES: Final[Handlers] = {
    (FEATURE, "vote"): vote,
    (FEATURE, "answer"): ask_for_answer,
    (FEATURE, "show"): reveal,
    (FEATURE, "close"): close,
}
FORMS: Final[Handlers] = {(FEATURE, "answer"): answered}
