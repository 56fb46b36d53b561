"""A quiz in a channel: who said it? Quotes with their speaker hidden, a choice for each person, and how all did."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from discord import app_commands
from discord.app_commands import locale_str

from bot.guild.cog.manners import manners_for_question, manners_to
from bot.guild.cog.moderators import seat_of
from bot.lesson.cog.lesson.leading import check_leader, leads
from bot.lesson.cog.prompt.draw import passages_of, put_before
from bot.lesson.cog.quiz import layout as quiz_layout
from bot.lesson.cog.quiz.announcements import catch_up, follow_choices, tell_quizzes
from bot.lesson.cog.topics import offering, topics_in
from bot.lesson.rules.quiz import MOST_ITEMS, draw_quiz, quiz_topics
from bot.lesson.rules.quiz_run import HeldQuiz, score_of
from bot.lesson.service.lessons import Lessons
from bot.wire.page.language import to_say
from bot.wire.visit import Cost, visit
from knowledge.errors import UserError
from knowledge.model import Pack

if TYPE_CHECKING:
    from bot.wire.client import DilemmaClient
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction

COUNT: Final = 5
SECONDS: Final = 45
"""What a quiz has where nothing else is asked for: quotes, and seconds for each."""

SHORTEST_S: Final = 10
LONGEST_S: Final = 300

_SEEDS: Final = 1_000_000
_GONE: Final = to_say("This quiz is no longer kept: begin a new one with `/quiz`.")


@app_commands.command(
    name=locale_str("quiz"),
    description=locale_str("Who said it? Quotes with their speaker hidden, for a class or for fun"),
)
@app_commands.rename(
    topic=locale_str("topic"),
    count=locale_str("count"),
    seconds=locale_str("seconds"),
    seed=locale_str("seed"),
)
@app_commands.describe(
    topic=locale_str("One topic, or several with commas between them; all if you leave it out"),
    count=locale_str("How many quotes"),
    seconds=locale_str("Time for each quote; 0 waits until whoever leads goes on"),
    seed=locale_str("A number: the same number gives the same quotes again"),
)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
async def quiz(
    interaction: Interaction,
    topic: app_commands.Range[str, 1, 200] | None = None,
    count: app_commands.Range[int, 1, MOST_ITEMS] = COUNT,
    seconds: app_commands.Range[int, 0, LONGEST_S] = SECONDS,
    seed: app_commands.Range[int, 0, _SEEDS] | None = None,
) -> None:
    """Begin a quiz in the channel; in a lesson only whoever leads it may."""
    channel = int(interaction.channel_id or 0)
    async with visit(interaction, Cost.QUESTION) as here:
        pack = await here.services.get(Pack)
        manners = await manners_for_question(interaction)
        lessons = await here.services.get(Lessons)
        seat = await seat_of(interaction)
        lesson = lessons.current(here.guild, channel)
        if lesson is not None:
            check_leader(seat, lesson)
        if not seconds and not leads(seat, lesson):
            raise UserError("Give a number of seconds: only whoever leads a lesson, or a moderator, can go on by hand.")
        if 0 < seconds < SHORTEST_S:
            raise UserError("That is too short to read a quote: give at least {least} seconds.", least=SHORTEST_S)
        about = topics_in(pack, topic or "")
        # Nobody needs to guess what the class has just talked about, unless a number asks for it.
        seen = passages_of(pack, await put_before(interaction, here.guild)) if seed is None else frozenset()
        if not set(about) <= set(quiz_topics(pack, manners.excluded | seen)):
            seen = frozenset()
        items = draw_quiz(
            pack,
            topics=about,
            count=count,
            seed=secrets.randbelow(_SEEDS) if seed is None else seed,
            excluding=manners.excluded | seen,
        )
        await lessons.begin_quiz(here.guild, channel, items, seconds or None)
        words = manners.words
        said = words.count("The quiz begins: {number} quote.", "The quiz begins: {number} quotes.", len(items))
        await here.say(said)


quiz.autocomplete("topic")(offering(quiz_topics, several=True))


async def pick(interaction: Interaction, press: Press) -> None:
    """Keep a choice, and tell whoever made it, and nobody else, what it was."""
    quiz_id, number, option = press.arguments
    async with visit(interaction) as here:
        lessons = await here.services.get(Lessons)
        try:
            held = await lessons.choose(quiz_id, int(number), here.person, option)
        except ValueError as error:
            raise UserError(_GONE) from error
        pack = await here.services.get(Pack)
        words = (await manners_to(interaction)).words
        await here.say(quiz_layout.chosen_line(pack, option, words))
        follow_choices(interaction.client, lessons, pack, held)


async def score(interaction: Interaction, press: Press) -> None:
    """Tell a person how they did."""
    (quiz_id,) = press.arguments
    async with visit(interaction) as here:
        lessons = await here.services.get(Lessons)
        held = await lessons.quiz(quiz_id)
        if held is None:
            raise UserError(_GONE)
        reached = score_of(held, await lessons.choices_of(quiz_id, here.person))
        words = (await manners_to(interaction)).words
        await here.say(quiz_layout.score_line(reached, len(held.items), words))


async def go_on(interaction: Interaction, press: Press) -> None:
    """Show who it was, and the next quote."""
    quiz_id, number = press.arguments
    async with visit(interaction, changing=True):
        lessons, held = await _leading(interaction, quiz_id)
        await lessons.advance(held.id, int(number))


async def end(interaction: Interaction, press: Press) -> None:
    """End a quiz."""
    (quiz_id,) = press.arguments
    async with visit(interaction, changing=True):
        lessons, held = await _leading(interaction, quiz_id)
        await lessons.break_off(held.id)


async def _leading(interaction: Interaction, quiz_id: str) -> tuple[Lessons, HeldQuiz]:
    """Let only whoever leads go on (UserError). What comes of it is told to everybody, in a message of its own."""
    lessons = await interaction.client.services.get(Lessons)
    held = await lessons.quiz(quiz_id)
    if held is None:
        raise UserError(_GONE)
    check_leader(await seat_of(interaction), lessons.current(held.guild, held.channel))
    return lessons, held


async def work(client: DilemmaClient) -> None:
    """Go on with the quizzes that are held."""
    lessons, pack = await client.services.get(Lessons), await client.services.get(Pack)
    await client.wait_until_ready()
    catch_up(client, lessons, pack)
    await tell_quizzes(client, lessons, pack)


PRESSES: Final[Handlers] = {
    (quiz_layout.FEATURE, "pick"): pick,
    (quiz_layout.FEATURE, "next"): go_on,
    (quiz_layout.FEATURE, "end"): end,
    (quiz_layout.FEATURE, "score"): score,
}
