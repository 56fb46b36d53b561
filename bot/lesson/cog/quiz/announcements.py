"""Telling a channel how its quiz goes on: each step in one message, once, whatever befalls the program or Discord.

A step is told when its message is there; the nonce keeps one that was sent right before a crash from coming twice. A
quiz that cannot be told of just now keeps no other waiting.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord

from bot.guild.cog.manners import manners_of_guild
from bot.lesson.cog.quiz.layout import Step, end_page, end_rows, step_page, step_rows
from bot.lesson.rules.quiz import ItemResult, QuizResult, quiz_item
from bot.lesson.rules.quiz_run import result_of_counts
from bot.process.journal import log_fault, logger
from bot.values.moments import SECOND_MS
from bot.wire.channel import change, nonce_of, post
from bot.wire.page.render import payload_of
from knowledge.errors import DilemmaError

if TYPE_CHECKING:
    from bot.guild.cog.manners import Manners
    from bot.lesson.rules.quiz_run import HeldQuiz, QuizCounts, QuizStep
    from bot.lesson.service.lessons import Lessons
    from bot.wire.client import DilemmaClient
    from bot.wire.page.layout import Style
    from knowledge.model import Pack

RETRY_S: Final = 15.0
"""How long to wait after the log could not be read or written."""

_FAILURES: Final = (aiohttp.ClientError, OSError, DilemmaError)


async def tell_quizzes(client: DilemmaClient, lessons: Lessons, pack: Pack) -> None:
    """Tell of every step that is due, until cancelled."""
    busy: set[str] = set()

    async def tell(quiz_id: str, steps: list[QuizStep]) -> None:
        told = False
        try:
            told = await _tell(client, lessons, pack, steps)
        except DilemmaError as error:
            logger(__name__).warning("a quiz waits", reason=str(error))
        busy.discard(quiz_id)
        if told:
            # What became due meanwhile was left for now.
            lessons.wake()

    async with asyncio.TaskGroup() as group:
        while True:
            try:
                by_quiz: defaultdict[str, list[QuizStep]] = defaultdict(list)
                for step in await lessons.due():
                    by_quiz[step.quiz.id].append(step)
                for quiz_id in by_quiz.keys() - busy:
                    busy.add(quiz_id)
                    group.create_task(tell(quiz_id, by_quiz[quiz_id]))
                await lessons.wait()
            except DilemmaError as error:
                logger(__name__).warning("quizzes do not go on", reason=str(error))
                await asyncio.sleep(RETRY_S)


def catch_up(client: DilemmaClient, lessons: Lessons, pack: Pack) -> None:
    """Let the messages of open items follow a restart: there is more time then than they say."""
    for quiz in lessons.running():
        follow_choices(client, lessons, pack, quiz)


async def _tell(client: DilemmaClient, lessons: Lessons, pack: Pack, steps: list[QuizStep]) -> bool:
    """Tell of the steps of one quiz in their order, or give it up; false where it may succeed later."""
    for step in steps:
        quiz = step.quiz
        try:
            if step.explains is None and step.opens is None:
                # It was ended before anybody saw its first item.
                await lessons.told(quiz.id, step.number, None)
                continue
            message = await post(client, quiz.channel, await _payload(client, lessons, pack, step), _nonce(step))
            await lessons.told(quiz.id, step.number, message)
            await _take_buttons(client, lessons, pack, step)
        except (discord.Forbidden, discord.NotFound, KeyError) as gone:
            # No place to show it any more, or the pack has been changed: there is nothing to wait for.
            logger(__name__).info("a quiz is given up", failure=type(gone).__name__, channel=quiz.channel)
            await lessons.abandon(quiz.id)
            return True
        except (discord.HTTPException, *_FAILURES) as failure:
            logger(__name__).info("a quiz waits", failure=type(failure).__name__, reason=str(failure))
            return False
        except Exception as error:  # noqa: BLE001 - one quiz that breaks must not stop the others
            log_fault(error)
            await lessons.abandon(quiz.id)
            return True
    return True


def _nonce(step: QuizStep) -> str:
    return nonce_of("quiz", step.quiz.id, step.number)


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
    if quiz.message is not None and quiz.told == quiz.open_item:
        refresh = partial(_bring_up_to_date, client, lessons, pack, quiz.id, quiz.told)
        client.refresher.soon(f"{quiz.id} {quiz.told}", refresh)


async def _bring_up_to_date(client: DilemmaClient, lessons: Lessons, pack: Pack, quiz_id: str, number: int) -> None:
    """Lay the message of a step out anew, unless there is a newer one."""
    quiz = await lessons.quiz(quiz_id)
    if quiz is not None and quiz.message is not None and quiz.told == number:
        await _change(client, lessons, pack, quiz, number, quiz.message)


async def _take_buttons(client: DilemmaClient, lessons: Lessons, pack: Pack, step: QuizStep) -> None:
    """Leave the question of the step before without its buttons: what they ask is answered. It matters to nobody."""
    before, message = step.number - 1, step.quiz.message
    if message is None or before != step.quiz.told:
        return
    try:
        await _change(client, lessons, pack, step.quiz, before, message)
    except (discord.HTTPException, *_FAILURES) as failure:
        logger(__name__).info("old buttons stay", failure=type(failure).__name__)


async def _change(
    client: DilemmaClient, lessons: Lessons, pack: Pack, quiz: HeldQuiz, number: int, message: int
) -> None:
    """Put the step of a quiz as it stands in place of its message; one that is over has no buttons."""
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
