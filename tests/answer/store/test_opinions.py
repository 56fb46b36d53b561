from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.answer.store import opinions
from bot.answer.store.opinions import Disputed
from bot.answer.store.turns import rows_of
from bot.guild.store import guilds
from bot.log.audit import acts
from bot.values.asker import TurnRef
from bot.values.passage import PassageRef
from tests.log.samples import NOW, an_entry, exported

if TYPE_CHECKING:
    from bot.log.log import ConversationLog

FIRST, SECOND, LOST = TurnRef("a" * 32, 1), TurnRef("a" * 32, 2), TurnRef("a" * 32, 3)


@pytest.fixture(autouse=True)
def asked(log: ConversationLog) -> None:
    for ref, question in ((FIRST, "who"), (SECOND, "why")):
        entry = an_entry(ref.number, conversation_id=ref.conversation_id, place="1/2", question=question)
        log.record(rows_of(entry)).result(10)


def vote(log: ConversationLog, person: str, ref: TurnRef = FIRST, *, helpful: bool) -> bool:
    return log.write(lambda db: opinions.vote(db, person, "1", ref, NOW, helpful=helpful)).result(10)


def dispute(
    log: ConversationLog, person: str, reason: str, ref: TurnRef = FIRST, passage: str = "cats-10", guild: str = "1"
) -> bool:
    return log.write(lambda db: opinions.dispute(db, person, guild, ref, passage, reason, NOW)).result(10)


def decide(log: ConversationLog, verdict: str, guild: str = "1", passage: str = "cats-10") -> int:
    return log.write(lambda db: opinions.decide(db, guild, PassageRef.of(passage), verdict, "boss", NOW)).result(10)


def waiting(log: ConversationLog, guild: str = "1") -> tuple[Disputed, ...]:
    return log.read(lambda db: opinions.disputed(db, guild))


def test_a_person_has_one_vote_on_a_turn_and_may_change_it(log: ConversationLog) -> None:
    assert [vote(log, "p", helpful=True), vote(log, "p", helpful=False), vote(log, "q", helpful=True)] == [True] * 3
    vote(log, "p", SECOND, helpful=True)
    votes = {(row["turn_id"], row["helpful"]) for row in exported(log, "p")["feedback"]}
    assert votes == {(1, 0), (2, 1)}


def test_a_turn_that_is_gone_takes_no_opinion(log: ConversationLog) -> None:
    assert not vote(log, "p", LOST, helpful=True)
    assert not dispute(log, "p", "no", LOST)


def test_disputes_of_a_quote_wait_together(log: ConversationLog) -> None:
    """With the latest reasons and the questions it was quoted for; the most disputed first."""
    dispute(log, "p", "elsewhere", passage="dogs-1")
    dispute(log, "p", "wrong side")
    dispute(log, "q", "out of context", SECOND)
    assert waiting(log) == (
        Disputed(PassageRef.of("cats-10"), 2, ("out of context", "wrong side"), ("who", "why")),
        Disputed(PassageRef.of("dogs-1"), 1, ("elsewhere",), ("who",)),
    )
    assert waiting(log, "2") == ()


def test_a_person_counts_once_however_often_they_dispute_a_quote(log: ConversationLog) -> None:
    """Asking again gives another answer with the same quote."""
    dispute(log, "p", "wrong")
    dispute(log, "p", "still wrong", SECOND)
    assert waiting(log) == (Disputed(PassageRef.of("cats-10"), 1, ("still wrong", "wrong"), ("who", "why")),)


def test_disputing_again_replaces_the_reason(log: ConversationLog) -> None:
    dispute(log, "p", "first")
    dispute(log, "p", "second\x00")
    assert waiting(log) == (Disputed(PassageRef.of("cats-10"), 1, ("second\ufffd",), ("who",)),)


def test_a_quote_can_be_excluded_in_one_guild(log: ConversationLog) -> None:
    """All its disputes there are settled, those elsewhere wait on; the act is noted."""
    dispute(log, "p", "no")
    dispute(log, "q", "no")
    dispute(log, "r", "no", guild="2")
    assert decide(log, opinions.EXCLUDE) == 2
    assert log.read(guilds.choices).excluded == {"1": frozenset({PassageRef.of("cats-10")})}
    assert (waiting(log), len(waiting(log, "2"))) == ((), 1)
    assert [(act.person, act.action, act.subject) for act in log.read(lambda db: acts(db, "1", 9))] == [
        ("boss", "exclude", "social-dilemma/cats-10")
    ]


def test_a_quote_can_be_kept(log: ConversationLog) -> None:
    dispute(log, "p", "no")
    assert decide(log, opinions.KEEP) == 1
    assert waiting(log) == ()
    assert log.read(guilds.choices).excluded == {}


@pytest.mark.parametrize("verdict", [opinions.EXCLUDE, opinions.KEEP])
def test_a_quote_that_was_decided_about_waits_again_when_it_is_disputed_again(
    log: ConversationLog, verdict: str
) -> None:
    """Whoever disputes it reads that it is before the moderators; it is excluded or kept until they decide anew."""
    dispute(log, "p", "no")
    decide(log, verdict)
    excluded = log.read(guilds.choices).excluded
    assert dispute(log, "p", "but no!")
    assert waiting(log) == (Disputed(PassageRef.of("cats-10"), 1, ("but no!",), ("who",)),)
    assert log.read(guilds.choices).excluded == excluded
    assert decide(log, verdict) == 1


@pytest.mark.parametrize("verdict", [opinions.EXCLUDE, opinions.KEEP])
def test_a_second_decision_changes_nothing(log: ConversationLog, verdict: str) -> None:
    """Two moderators press at once: the first has decided."""
    dispute(log, "p", "no")
    decide(log, opinions.KEEP)
    assert decide(log, verdict) == 0
    assert log.read(guilds.choices).excluded == {}
    assert len(log.read(lambda db: acts(db, "1", 9))) == 1


def test_an_excluded_quote_can_be_brought_back(log: ConversationLog) -> None:
    dispute(log, "p", "no")
    decide(log, opinions.EXCLUDE)
    restored = [
        log.write(lambda db: opinions.restore(db, "1", PassageRef.of("cats-10"), "boss", NOW)).result(10)
        for _ in range(2)
    ]
    assert restored == [True, False]
    assert log.read(guilds.choices).excluded == {}
    assert [act.action for act in log.read(lambda db: acts(db, "1", 9))] == ["restore", "exclude"]


def test_a_dispute_of_a_turn_that_was_deleted_still_waits(log: ConversationLog) -> None:
    """Without the question, which was the other person's."""
    dispute(log, "q", "no")
    log.forget_people(["p1"]).result(10)
    assert waiting(log) == (Disputed(PassageRef.of("cats-10"), 1, ("no",), ()),)
