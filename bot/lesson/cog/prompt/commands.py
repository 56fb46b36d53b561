"""Discussion prompts: put to a channel, voted on in secret, answered in people's own words, revealed, closed."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from discord import app_commands, ui
from discord.app_commands import locale_str

from bot.guild.cog.manners import manners_for_question, manners_of_guild, manners_to
from bot.guild.cog.moderators import Seat, seat_of
from bot.lesson.cog.lesson.leading import check_leader, leads
from bot.lesson.cog.prompt import layout as prompt_layout
from bot.lesson.cog.prompt.draw import drawn_from, put_before
from bot.lesson.cog.prompt.layout import ALL, FEATURE, catch_up, kept_days, panel_payload, readers_line, refresh_soon
from bot.lesson.cog.topics import offering
from bot.lesson.rules.prompt import DiscussionPrompt, prompt_of, topics_of
from bot.lesson.service.lessons import Lessons
from bot.process.journal import logger
from bot.values.asker import NO_GUILD
from bot.values.text import heard
from bot.wire.channel import nonce_of, post
from bot.wire.ids import id_of
from bot.wire.page.controls import Form, field
from bot.wire.page.language import Words, words_for
from bot.wire.page.render import payload_of
from bot.wire.trouble import FAILURES
from bot.wire.visit import Cost, Visit, visit
from knowledge.errors import DilemmaError, UserError
from knowledge.model import Pack

if TYPE_CHECKING:
    from bot.lesson.rules.lesson import Lesson, Posting, StudentAnswer
    from bot.wire.client import DilemmaClient
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction


MOST_PROMPTS: Final = 5
MOST_SEEDS: Final = 1_000_000

LONGEST_ANSWER: Final = 900
"""Characters of an answer: with every one of them escaped it still fits into one message."""


@app_commands.command(
    name=locale_str("prompt"), description=locale_str("A question to discuss: vote, then see what each side says")
)
@app_commands.rename(topic=locale_str("topic"), count=locale_str("count"), seed=locale_str("seed"))
@app_commands.describe(
    topic=locale_str("What it is to be about; any topic if you leave it out"),
    count=locale_str("How many questions"),
    seed=locale_str("A number: the same number gives the same questions again"),
)
async def prompt(
    interaction: Interaction,
    topic: app_commands.Range[str, 1, 100] | None = None,
    count: app_commands.Range[int, 1, MOST_PROMPTS] = 1,
    seed: app_commands.Range[int, 0, MOST_SEEDS] | None = None,
) -> None:
    """Put prompts to the channel, in a lesson only for whoever leads it.

    Where nobody can vote, outside a server or without a log, they are shown with everything revealed.
    """
    async with visit(interaction, Cost.QUESTION, private=False) as here:
        pack = await here.services.get(Pack)
        manners = await manners_for_question(interaction)
        seen = await put_before(interaction, here.guild)
        chosen, used = (secrets.randbelow(MOST_SEEDS), seen) if seed is None else (seed, ())
        drawn = drawn_from(pack, topic, count, chosen, used=used, excluded=manners.excluded)
        postings = await _kept(interaction, here.guild, drawn)
        for number, (each, posting) in enumerate(zip(drawn, postings, strict=True)):
            if posting is None:
                page = prompt_layout.whole_page(pack, each, manners.words, manners.style)
                payload = payload_of(page, (), manners.words, manners.style)
            else:
                payload = panel_payload(pack, each, posting, await manners_of_guild(interaction.client, here.guild))
            if number:
                shown: int | None = (await interaction.followup.send(**payload, wait=True)).id
            else:
                shown = await here.show(payload)
            if posting is not None and shown is not None:
                await (await here.services.get(Lessons)).settle(posting.id, shown)


prompt.autocomplete("topic")(offering(topics_of))


async def _kept(interaction: Interaction, guild: str, drawn: tuple[DiscussionPrompt, ...]) -> list[Posting | None]:
    """Note which prompts are put to a channel; none are outside a server, and where there is no log."""
    services = interaction.client.services
    if guild == NO_GUILD or not (await services.get(Lessons)).logged:
        return [None] * len(drawn)
    lessons = await services.get(Lessons)
    return [await lessons.post(guild, int(interaction.channel_id or 0), each.id) for each in drawn]


async def vote(interaction: Interaction, press: Press) -> None:
    """Keep a vote, and tell whoever cast it, and nobody else, for what it was."""
    posting_id, choice = press.arguments
    async with visit(interaction) as here:
        lessons = await here.services.get(Lessons)
        manners = await manners_to(interaction)
        try:
            posting = await lessons.vote(posting_id, here.person, choice)
        except UserError:
            # Its lesson may have ended by itself: then the buttons that are still there go.
            if (closed := await lessons.posting(posting_id)) is not None:
                _follow(interaction, closed)
            raise
        label = manners.words(prompt_layout.CHOICES[choice])
        said = manners.words(
            "Your vote: **{choice}**. Only you see this. You can change it until the end.", choice=label
        )
        await here.say(said)
        _follow(interaction, posting)


async def reveal(interaction: Interaction, press: Press) -> None:
    """Show sides to everybody where whoever leads wants it; else to this person alone, and in a lesson not at all."""
    posting_id, which = press.arguments
    async with visit(interaction, changing=True) as here:
        lessons, posting, lesson, seat = await _looked_up(interaction, posting_id)
        pack = await here.services.get(Pack)
        put = prompt_of(pack, posting.prompt)
        sides = tuple(put.quotes) if which == ALL else (which,)
        if not leads(seat, lesson):
            if lesson is not None:
                raise UserError("Not yet: whoever leads this lesson reveals the quotes to everybody.")
            manners = await manners_to(interaction)
            page = prompt_layout.sides_page(pack, put, sides, manners.excluded, manners.words, manners.style)
            payload = payload_of(page, (), manners.words, manners.style)
            await interaction.followup.send(**payload, ephemeral=True)
            return
        for side in sides:
            posting = await lessons.reveal(posting_id, side)
        await _put(here, pack, put, posting)


async def close(interaction: Interaction, press: Press) -> None:
    """Close a prompt, and show what the vote came to."""
    (posting_id,) = press.arguments
    async with visit(interaction, changing=True) as here:
        lessons, posting, lesson, seat = await _looked_up(interaction, posting_id)
        check_leader(seat, lesson)
        pack = await interaction.client.services.get(Pack)
        await _put(here, pack, prompt_of(pack, posting.prompt), await lessons.close(posting_id))


async def _looked_up(interaction: Interaction, posting_id: str) -> tuple[Lessons, Posting, Lesson | None, Seat]:
    """Return what is needed to decide who may do what with a prompt. Raises UserError for one that is gone."""
    lessons = await interaction.client.services.get(Lessons)
    posting = await lessons.posting(posting_id)
    if posting is None:
        raise UserError("This prompt is no longer kept: ask for a new one.")
    held = lessons.current(posting.guild, posting.channel)
    lesson = held if held is not None and held.id == posting.lesson else None
    return lessons, posting, lesson, await seat_of(interaction)


async def _put(here: Visit, pack: Pack, put: DiscussionPrompt, posting: Posting) -> None:
    """Show a prompt as it stands now, in the message whose button was pressed."""
    manners = (await manners_of_guild(here.interaction.client, posting.guild)).as_in(here.interaction.message)
    await here.show(panel_payload(pack, put, posting, manners, editing=True))
    # What was on its way to show a vote may come after this.
    _follow(here.interaction, posting)


async def ask_for_answer(interaction: Interaction, press: Press) -> None:
    """Give the form, which says who will read the answer. It cannot be deferred, so it cannot wait long."""
    (posting_id,) = press.arguments
    async with visit(interaction, form=True) as here:
        if here.services.serving.current is None:
            raise UserError("I am still starting: try again in a few seconds.")
        _, posting, lesson, _ = await _looked_up(interaction, posting_id)
        if posting.closed_utc is not None:
            _follow(interaction, posting)
            raise UserError("This prompt is closed: it takes no more votes and answers.")
        words = words_for(interaction.locale)
        readers = readers_line(posting, lesson, await kept_days(interaction.client, posting.guild), words)
        await here.ask(answer_form(posting_id, readers, words))


def answer_form(posting: str, readers: str, words: Words) -> Form:
    """Ask for an answer; `readers` is the sentence that says who reads it, and under which name."""
    answer = field(
        words("What do you think, and why?"),
        LONGEST_ANSWER,
        words("Two or three sentences are enough. Quote what you rely on."),
    )
    return Form(words("Your answer"), id_of(FEATURE, "answer", posting), ui.TextDisplay(readers), answer)


async def answered(interaction: Interaction, press: Press) -> None:
    """Keep an answer, then show it in the channel, with the name only where names are shown."""
    (posting_id,) = press.arguments
    async with visit(interaction) as here:
        lessons = await here.services.get(Lessons)
        person, name = here.person, heard(interaction.user.display_name)
        manners = await manners_to(interaction)
        posting, answer = await lessons.answer(posting_id, person, name, press.text)
        said = manners.words("Handed in. Thank you!")
        if not await _shown(interaction.client, posting, answer):
            said += " " + manners.words("I could not show it here, but whoever leads can read it.")
        await here.say(said)
        _follow(interaction, posting)


async def _shown(client: DilemmaClient, posting: Posting, answer: StudentAnswer) -> bool:
    """Show an answer to everybody in the channel; false where Discord does not let us."""
    manners = await manners_of_guild(client, posting.guild)
    pack = await client.services.get(Pack)
    line = prompt_layout.answer_line(prompt_of(pack, posting.prompt), answer, manners.words)
    try:
        await post(
            client, posting.channel, {"content": line, "suppress_embeds": True}, nonce_of("answer", answer.number)
        )
    except FAILURES as failure:
        logger(__name__).info("an answer is not shown", failure=type(failure).__name__)
        return False
    return True


def _follow(interaction: Interaction, posting: Posting) -> None:
    """Let the message of a prompt follow what happened to it."""
    message = interaction.message
    refresh_soon(interaction.client, posting, None if message is None else message.id)


async def work(client: DilemmaClient) -> None:
    """Bring the messages of prompts up to date, of lessons that went on while nobody did it."""
    await client.wait_until_ready()
    try:
        await catch_up(client)
    except DilemmaError as error:
        logger(__name__).info("messages of prompts are not up to date", reason=str(error))


PRESSES: Final[Handlers] = {
    (FEATURE, "vote"): vote,
    (FEATURE, "answer"): ask_for_answer,
    (FEATURE, "show"): reveal,
    (FEATURE, "close"): close,
}
FORMS: Final[Handlers] = {(FEATURE, "answer"): answered}
