from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.answer.rules.activity import Activity
from bot.answer.store import opinions
from bot.answer.store.asked import activity, unanswered
from bot.answer.store.turns import rows_of
from bot.quote.rules.quote import Act, Block
from bot.values.asker import TurnRef
from bot.values.passage import PassageRef
from knowledge.errors import Message
from tests.log.samples import NOW, an_answer, an_entry

if TYPE_CHECKING:
    from bot.log.log import ConversationLog
    from bot.quote.rules.quote import Answer

BEFORE, AFTER = "2026-02-01T00:00:00+00:00", "2026-04-01T00:00:00+00:00"


def silent(question: str) -> Answer:
    """Make an answer in which only the writer speaks."""
    answer = an_answer(question)
    return replace(answer, blocks=tuple(Block(block.side, (), Message("nothing")) for block in answer.blocks))


@pytest.fixture
def asked(log: ConversationLog) -> ConversationLog:
    """Ask five questions in guild 1, two of them twice the same in vain; thank once; ask once elsewhere."""
    answers = [an_answer("a"), an_answer("b"), silent("moon?"), silent("moon?"), silent("sun?")]
    answers.append(replace(silent("thanks"), act=Act.SMALLTALK))
    for number, answer in enumerate(answers, start=1):
        log.record(rows_of(an_entry(number, conversation_id="a" * 32, place="1/2", answer=answer))).result(10)
    log.record(rows_of(an_entry(1, conversation_id="b" * 32, place="2/2", answer=silent("stars?")))).result(10)
    for person, helpful in (("p", True), ("q", True), ("r", False)):
        log.write(
            lambda db, person=person, helpful=helpful: opinions.vote(  # type: ignore[misc]  # defaults bind them
                db, person, "1", TurnRef("a" * 32, 1), NOW, helpful=helpful
            )
        ).result(10)
    return log


def test_questions_silences_and_votes_are_counted_in_one_guild(asked: ConversationLog) -> None:
    """Small talk is no question, and the writer's line alone is no answer."""
    assert asked.read(lambda db: activity(db, "1", BEFORE)) == Activity(5, 3, {PassageRef.of("cats-10"): 2}, 2, 1)


def test_only_what_happened_since_is_counted(asked: ConversationLog) -> None:
    assert asked.read(lambda db: activity(db, "1", AFTER)) == Activity(0, 0, {}, 0, 0)
    assert asked.read(lambda db: unanswered(db, "1", AFTER, 9)) == ()


def test_unanswered_questions_are_listed_once_each_the_frequent_first(asked: ConversationLog) -> None:
    """As many as are wanted, and none of another guild."""
    assert asked.read(lambda db: unanswered(db, "1", BEFORE, 9)) == ("moon?", "sun?")
    assert asked.read(lambda db: unanswered(db, "1", BEFORE, 1)) == ("moon?",)
