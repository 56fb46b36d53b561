"""A quiz in a channel: who said it? Each step is announced exactly once and in order, across crashes and outages."""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.guild.cog.manners import Manners, manners_for_question, manners_of_guild, manners_to
from bot.guild.cog.moderators import seat_of
from bot.guild.cog.packs import PackName, packs_offered
from bot.lesson.cog.leading import check_leader, leads, pack_of_class, put_before
from bot.lesson.cog.quiz_layout import FEATURE, Step, chosen_line, end_page, end_rows, score_line, step_page, step_rows
from bot.lesson.cog.topics import offering, topics_in
from bot.lesson.rules.prompt import prompt_of
from bot.lesson.rules.quiz import MOST_ITEMS, ItemResult, QuizResult, draw_quiz, quiz_item, quiz_topics
from bot.lesson.rules.quiz_run import HeldQuiz, QuizCounts, QuizStep, result_of_counts
from bot.lesson.service.lessons import Lessons
from bot.process.journal import logger
from bot.values.moments import SECOND_MS
from bot.wire.announcer import Announcer
from bot.wire.channel import change, nonce_of, post
from bot.wire.page.language import to_say
from bot.wire.page.render import payload_of
from bot.wire.visit import Cost, visit
from embeddings.library import AwayError, Library
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.wire.client import DilemmaClient
    from bot.wire.page.layout import Style
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction, Visit
    from knowledge.model import Pack


COUNT: Final = 5
SECONDS: Final = 45
"""The defaults: how many quotes, and seconds for each."""

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
    pack=locale_str("pack"),
)
@app_commands.describe(
    topic=locale_str("One or more topics, separated by commas (all, if omitted)"),
    count=locale_str("How many quotes"),
    seconds=locale_str("Seconds for each quote; 0 waits until the leader moves on"),
    seed=locale_str("A number: the same number gives the same quotes again"),
    pack=locale_str("The pack (this channel's, if omitted)"),
)
@app_commands.autocomplete(topic=offering(quiz_topics, several=True), pack=packs_offered)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
async def quiz(
    interaction: Interaction,
    topic: app_commands.Range[str, 1, 200] | None = None,
    count: app_commands.Range[int, 1, MOST_ITEMS] = COUNT,
    seconds: app_commands.Range[int, 0, LONGEST_S] = SECONDS,
    seed: app_commands.Range[int, 0, _SEEDS] | None = None,
    pack: PackName | None = None,
) -> None:
    """Start a quiz in the channel; in a lesson only its leader may."""
    channel = int(interaction.channel_id or 0)
    async with visit(interaction, Cost.QUESTION) as here:
        manners = await manners_for_question(interaction)
        held = await pack_of_class(interaction, manners, pack)
        lessons = await here.services.get(Lessons)
        seat = await seat_of(interaction)
        lesson = lessons.current(here.guild, channel)
        if lesson is not None:
            check_leader(seat, lesson)
        if not seconds and not leads(seat, lesson):
            raise UserError("Set a number of seconds: only a lesson's leader or a moderator can move on by hand.")
        if 0 < seconds < SHORTEST_S:
            raise UserError("That is too short to read a quote: set at least {least} seconds.", least=SHORTEST_S)
        about = topics_in(held, topic or "")
        # No quotes that the class has just discussed, unless a seed asks for them.
        seen = passages_of(held, await put_before(interaction, here.guild)) if seed is None else frozenset()
        if not set(about) <= set(quiz_topics(held, manners.without(held.id) | seen)):
            seen = frozenset()
        items = draw_quiz(
            held,
            topics=about,
            count=count,
            seed=secrets.randbelow(_SEEDS) if seed is None else seed,
            excluding=manners.without(held.id) | seen,
        )
        await lessons.begin_quiz(here.guild, channel, items, seconds or None, pack=held.id)
        await here.say(
            manners.words.count("The quiz begins: {number} quote.", "The quiz begins: {number} quotes.", len(items))
        )


def passages_of(pack: Pack, prompt_ids: Collection[str]) -> frozenset[str]:
    """Return the ids of the passages that prompts quote; none for a prompt that the pack no longer has."""
    found: set[str] = set()
    for prompt_id in prompt_ids:
        with suppress(UserError):
            found.update(quote.passage_id for quote in prompt_of(pack, prompt_id).quotes.values())
    return frozenset(found)


async def pick(interaction: Interaction, press: Press) -> None:
    """Keep a choice, and confirm it to this person alone."""
    quiz_id, number, option = press.arguments
    async with visit(interaction) as here:
        lessons, pack = await here.services.get(Lessons), await _pack_of(here, quiz_id)
        try:
            held = await lessons.choose(quiz_id, int(number), here.person, option)
        except ValueError as error:
            raise UserError(_GONE) from error
        words = (await manners_to(interaction)).words
        await here.say(chosen_line(pack, option, words, timed=held.seconds is not None))
        follow_choices(interaction.client, lessons, held)


async def _pack_of(here: Visit, quiz_id: str) -> Pack:
    """Return the pack of a quiz. Raises UserError where the quiz is gone, or its pack away."""
    held = await (await here.services.get(Lessons)).quiz(quiz_id)
    if held is None:
        raise UserError(_GONE)
    return (await here.services.get(Library)).pack(held.pack)


async def score(interaction: Interaction, press: Press) -> None:
    """Tell a person their score."""
    (quiz_id,) = press.arguments
    async with visit(interaction) as here:
        lessons = await here.services.get(Lessons)
        held = await lessons.quiz(quiz_id)
        if held is None:
            raise UserError(_GONE)
        reached = await lessons.score_of(held, here.person)
        words = (await manners_to(interaction)).words
        await here.say(score_line(reached, len(held.items), words))


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
    """Return the quiz. Raises UserError if it is gone, and for anybody who does not lead it."""
    lessons = await interaction.client.services.get(Lessons)
    held = await lessons.quiz(quiz_id)
    if held is None:
        raise UserError(_GONE)
    check_leader(await seat_of(interaction), lessons.current(held.guild, held.channel))
    return lessons, held


async def work(client: DilemmaClient) -> None:
    """Announce what is due in quizzes, until cancelled."""
    lessons = await client.services.get(Lessons)
    await client.wait_until_ready()
    # After a restart there is more time for an open item than its message says.
    for running in lessons.running():
        follow_choices(client, lessons, running)
    tell, stream, guild = partial(_tell, client, lessons), attrgetter("quiz.id"), attrgetter("quiz.guild")
    await Announcer(lessons.untold, tell, stream, guild=guild, charge=client.charge).run()


async def _tell(client: DilemmaClient, lessons: Lessons, untold: QuizStep) -> None:
    """Announce a step as the quiz is by now, or give the quiz up."""
    quiz = await lessons.quiz(untold.quiz.id)
    step = next((each for each in quiz.untold if each.number == untold.number), None) if quiz else None
    if step is None:
        return
    message = None
    try:
        if step.explains is not None or step.opens is not None:
            payload = await _payload(client, lessons, step)
            message = await post(client, step.quiz.channel, payload, nonce_of("quiz", step.quiz.id, step.number))
    except (discord.Forbidden, discord.NotFound, KeyError, AwayError) as gone:
        # The channel is gone or closed to us, or the pack has changed or is away: there is nothing to wait for.
        logger(__name__).info("a quiz is given up", failure=type(gone).__name__, channel=step.quiz.channel)
        await lessons.abandon(step.quiz.id)
        return
    await lessons.told(step.quiz.id, step.number, message)
    # The last question is answered: its buttons have to go.
    _follow(client, lessons, step.quiz)


async def _payload(client: DilemmaClient, lessons: Lessons, step: QuizStep) -> dict[str, Any]:
    """Return the message of a step. Raises KeyError for a passage that the pack no longer has, and AwayError."""
    quiz = step.quiz
    pack = (await client.services.get(Library)).pack(quiz.pack)
    manners = await manners_of_guild(client, quiz.guild)
    counts = await lessons.counts(quiz.id)
    explained = None if step.explains is None else _result(pack, quiz, step.explains, counts)
    if step.ends:
        result = result_of_counts(pack, quiz) or QuizResult((), {})
        last = Step(len(quiz.items), explained, None, excluded=manners.without(pack.id), least=lessons.least)
        page = end_page(pack, last, result, manners.words, manners.style)
        return payload_of(page, end_rows(quiz.id, manners.words), manners.words, manners.style)
    opened = None if step.opens is None else quiz_item(pack, quiz.items[step.opens - 1].passage, step.opens)
    now_s = round(client.services.clock.now_utc().timestamp())
    ends_s = None if quiz.seconds is None else now_s + quiz.seconds
    shown = Step(len(quiz.items), explained, opened, ends_s, excluded=manners.without(pack.id), least=lessons.least)
    return _laid_out(pack, quiz, shown, manners)


def follow_choices(client: DilemmaClient, lessons: Lessons, quiz: HeldQuiz) -> None:
    """Have the message of the open item updated soon with how many have answered."""
    if quiz.told == quiz.open_item:
        _follow(client, lessons, quiz)


def _follow(client: DilemmaClient, lessons: Lessons, quiz: HeldQuiz) -> None:
    """Have the message of the last step announced updated soon, if there is one."""
    if quiz.message is not None:
        refresh = partial(_refresh, client, lessons, quiz.id, quiz.told, quiz.message)
        client.refresher.soon(f"{quiz.id} {quiz.told}", refresh)


async def _refresh(client: DilemmaClient, lessons: Lessons, quiz_id: str, number: int, message: int) -> None:
    """Update the message of a step; one that is over has no buttons."""
    quiz = await lessons.quiz(quiz_id)
    pack = None if quiz is None else (await client.services.get(Library)).find(quiz.pack)
    if quiz is None or pack is None:
        return
    manners = await manners_of_guild(client, quiz.guild)
    counts = await lessons.counts(quiz.id)
    answered = await lessons.answered(quiz) if quiz.open_item == number else sum(counts.chosen[number - 1].values())
    ends_s = None if quiz.deadline_ms is None or quiz.open_item != number else quiz.deadline_ms // SECOND_MS
    step = Step(
        len(quiz.items),
        _result(pack, quiz, number - 1, counts) if number > 1 else None,
        quiz_item(pack, quiz.items[number - 1].passage, number),
        ends_s,
        answered,
        manners.without(pack.id),
        lessons.least,
    )

    def made(style: Style) -> dict[str, Any]:
        return _laid_out(pack, quiz, step, manners.in_style(style), editing=True)

    await change(client, quiz.channel, message, made, manners.style)


def _laid_out(pack: Pack, quiz: HeldQuiz, step: Step, manners: Manners, *, editing: bool = False) -> dict[str, Any]:
    page = step_page(pack, step, manners.words, manners.style)
    is_open = step.opened is not None and step.opened.number == quiz.open_item
    rows = step_rows(quiz.id, pack, step.opened, manners.words) if step.opened is not None and is_open else ()
    return payload_of(page, rows, manners.words, manners.style, editing=editing)


def _result(pack: Pack, quiz: HeldQuiz, number: int, counts: QuizCounts) -> ItemResult:
    return ItemResult(quiz_item(pack, quiz.items[number - 1].passage, number), counts.chosen[number - 1])


PRESSES: Final[Handlers] = {
    (FEATURE, "pick"): pick,
    (FEATURE, "next"): go_on,
    (FEATURE, "end"): end,
    (FEATURE, "score"): score,
}
