"""Telling a channel how its quiz goes on: each step in one message, once, whatever befalls the program or Discord.

A step is told when its message is there; the nonce keeps one that was sent right before a crash from coming twice. A
quiz that cannot be told of just now keeps no other waiting.
"""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import discord

from bot.guild.cog.manners import Manners, manners_of_guild
from bot.lesson.cog.quiz.layout import Step, end_page, end_rows, step_page, step_rows
from bot.lesson.rules.quiz import ItemResult, QuizResult, quiz_item
from bot.lesson.rules.quiz_run import HeldQuiz, QuizCounts, QuizStep, result_of_counts
from bot.process.journal import logger
from bot.values.moments import SECOND_MS
from bot.wire.announcer import Announcer
from bot.wire.channel import change, nonce_of, post
from bot.wire.page.render import payload_of

if TYPE_CHECKING:
    from bot.lesson.service.lessons import Lessons
    from bot.wire.client import DilemmaClient
    from bot.wire.page.layout import Style
    from knowledge.model import Pack


async def tell_quizzes(client: DilemmaClient, lessons: Lessons, pack: Pack) -> None:
    """Tell of every step that is due, until cancelled."""
    await Announcer(lessons.untold, partial(_tell, client, lessons, pack), attrgetter("quiz.id")).run()


def catch_up(client: DilemmaClient, lessons: Lessons, pack: Pack) -> None:
    """Let the messages of open items follow a restart: there is more time then than they say."""
    for quiz in lessons.running():
        follow_choices(client, lessons, pack, quiz)


async def _tell(client: DilemmaClient, lessons: Lessons, pack: Pack, untold: QuizStep) -> None:
    """Tell of a step as the quiz stands by now, or give the quiz up."""
    quiz = await lessons.quiz(untold.quiz.id)
    step = next((each for each in quiz.untold if each.number == untold.number), None) if quiz else None
    if step is None:
        return
    message = None
    try:
        if step.explains is not None or step.opens is not None:
            payload = await _payload(client, lessons, pack, step)
            message = await post(client, step.quiz.channel, payload, nonce_of("quiz", step.quiz.id, step.number))
    except (discord.Forbidden, discord.NotFound, KeyError) as gone:
        # No place to show it any more, or the pack has been changed: there is nothing to wait for.
        logger(__name__).info("a quiz is given up", failure=type(gone).__name__, channel=step.quiz.channel)
        await lessons.abandon(step.quiz.id)
        return
    await lessons.told(step.quiz.id, step.number, message)
    # What the question of before asks is answered: it is left without its buttons.
    _follow(client, lessons, pack, step.quiz)


async def _payload(client: DilemmaClient, lessons: Lessons, pack: Pack, step: QuizStep) -> dict[str, Any]:
    """Make the message of a step. Raises KeyError for a passage that the pack no longer has."""
    quiz = step.quiz
    manners = await manners_of_guild(client, quiz.guild)
    counts = await lessons.counts(quiz.id)
    explained = None if step.explains is None else _result(pack, quiz, step.explains, counts)
    if step.ends:
        result = result_of_counts(pack, quiz) or QuizResult((), {})
        last = Step(len(quiz.items), explained, None, excluded=manners.excluded)
        page = end_page(pack, last, result, manners.words, manners.style)
        return payload_of(page, end_rows(quiz.id, manners.words), manners.words, manners.style)
    opened = None if step.opens is None else quiz_item(pack, quiz.items[step.opens - 1].passage, step.opens)
    ends_s = None
    if quiz.seconds is not None:
        ends_s = round(client.services.clock.now_utc().timestamp()) + quiz.seconds
    return _laid_out(pack, quiz, Step(len(quiz.items), explained, opened, ends_s, excluded=manners.excluded), manners)


def follow_choices(client: DilemmaClient, lessons: Lessons, pack: Pack, quiz: HeldQuiz) -> None:
    """See to it that the message of the open item soon says how many have answered."""
    if quiz.told == quiz.open_item:
        _follow(client, lessons, pack, quiz)


def _follow(client: DilemmaClient, lessons: Lessons, pack: Pack, quiz: HeldQuiz) -> None:
    """Have the message of the step that was told last changed soon, where there is one."""
    if quiz.message is not None:
        refresh = partial(_refresh, client, lessons, pack, quiz.id, quiz.told, quiz.message)
        client.refresher.soon(f"{quiz.id} {quiz.told}", refresh)


async def _refresh(
    client: DilemmaClient, lessons: Lessons, pack: Pack, quiz_id: str, number: int, message: int
) -> None:
    """Put a step as the quiz stands by then in place of its message; one that is over has no buttons."""
    quiz = await lessons.quiz(quiz_id)
    if quiz is None:
        return
    manners = await manners_of_guild(client, quiz.guild)
    counts = await lessons.counts(quiz.id)
    answered = sum(counts.chosen[number - 1].values())
    ends_s = None if quiz.deadline_ms is None or quiz.open_item != number else quiz.deadline_ms // SECOND_MS
    step = Step(
        len(quiz.items),
        _result(pack, quiz, number - 1, counts) if number > 1 else None,
        quiz_item(pack, quiz.items[number - 1].passage, number),
        ends_s,
        answered,
        manners.excluded,
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
