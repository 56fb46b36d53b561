from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.answer.service.answers import Answers
from bot.answer.store.turns import rows_of
from bot.app import tables
from bot.guild.service.settings import Settings
from bot.log.log import ConversationLog
from bot.review.service.reviews import Reviews
from bot.values.asker import TurnRef
from bot.values.passage import PassageRef
from tests.answer.service.test_ask import FixedClock
from tests.log.samples import an_answer, an_entry
from tests.quote.rules.findings import library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server

NOON = "2026-01-01T12:00:00+00:00"
FIRST = TurnRef("a" * 32, 1)


@pytest.fixture
def log(place: Path | Server) -> Iterator[ConversationLog]:
    """Open a log in which somebody asked once, in guild 1."""
    opened = ConversationLog.open(place, tables, holder="test", now=NOON)
    entry = an_entry(conversation_id=FIRST.conversation_id, place="1/2", answer=an_answer("cats?"))
    opened.record(rows_of(replace(entry, asked_utc=NOON))).result(10)
    yield opened
    opened.close()


@pytest.fixture
def answers(log: ConversationLog) -> Answers:
    """Put together what takes votes and disputes."""
    nobody: Any = None
    return Answers(library(), nobody, log, clock=FixedClock())


@pytest.fixture
def settings(log: ConversationLog) -> Settings:
    return Settings(log, clock=FixedClock())


@pytest.fixture
def reviews(log: ConversationLog, settings: Settings) -> Reviews:
    return Reviews(log, library(), settings, clock=FixedClock())


async def test_a_dispute_leads_to_an_exclusion_and_back(answers: Answers, reviews: Reviews, settings: Settings) -> None:
    await answers.dispute("p", "1", FIRST, "cats-10", "not so")
    (waiting,) = await reviews.disputed("1")
    assert (waiting.passage, waiting.reasons, waiting.questions) == (PassageRef.of("cats-10"), ("not so",), ("cats?",))
    assert await reviews.decide("1", PassageRef.of("cats-10"), "boss", exclude=True) == 1
    assert (await settings.excluded("1"), await settings.excluded("2")) == (
        frozenset({PassageRef.of("cats-10")}),
        frozenset(),
    )
    assert await reviews.decide("1", PassageRef.of("cats-10"), "boss", exclude=False) == 0
    assert await reviews.restore("1", PassageRef.of("cats-10"), "boss")
    assert await settings.excluded("1") == frozenset()
    assert [act.action for act in await reviews.acts("1")] == ["restore", "exclude"]


async def test_figures_count_the_last_days(answers: Answers, reviews: Reviews) -> None:
    await answers.vote("p", "1", FIRST, helpful=False)
    figures = await reviews.figures("1", 7)
    assert (figures.days, figures.asked, figures.unanswered, figures.helpful, figures.unhelpful) == (7, 1, 0, 0, 1)
    assert (await reviews.figures("2", 7)).asked == 0
    assert await reviews.unanswered("1", 7) == ()


async def test_many_who_ask_at_once_get_what_was_decided_last(
    answers: Answers, reviews: Reviews, settings: Settings
) -> None:
    """Reading and writing at once leaves nothing old in memory."""
    await answers.dispute("p", "1", FIRST, "cats-10", "no")
    await asyncio.gather(
        *(settings.excluded("1") for _ in range(20)),
        reviews.decide("1", PassageRef.of("cats-10"), "boss", exclude=True),
        *(settings.excluded("1") for _ in range(20)),
    )
    assert await settings.excluded("1") == frozenset({PassageRef.of("cats-10")})
