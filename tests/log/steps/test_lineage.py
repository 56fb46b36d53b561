from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answer.store.turns import rows_of
from bot.values.asker import TurnRef
from tests.log.samples import an_entry

if TYPE_CHECKING:
    from bot.log.log import ConversationLog

ROOT, BRANCH, TWIG = "a" * 32, "b" * 32, "c" * 32


def grow(log: ConversationLog) -> None:
    """Hold a conversation of four turns, a branch from its second, and a branch of that from its first."""
    for number in (1, 2, 3, 4):
        log.record(rows_of(an_entry(number, conversation_id=ROOT, question=f"root {number}"))).result(10)
    for number in (3, 4):
        entry = an_entry(number, conversation_id=BRANCH, person="p2", question=f"branch {number}")
        log.record(rows_of(replace(entry, branched_from=TurnRef(ROOT, 2)))).result(10)
    entry = an_entry(4, conversation_id=TWIG, question="twig 4")
    log.record(rows_of(replace(entry, branched_from=TurnRef(BRANCH, 3)))).result(10)


def questions(log: ConversationLog, conversation_id: str, number: int | None = None) -> list[str]:
    """Give what was asked on the way to a turn."""
    return [turn.question for turn in log.lineage(conversation_id, number)]


def test_one_turn_is_found_by_its_number(log: ConversationLog) -> None:
    """And none where there is none."""
    grow(log)
    turn = log.turn(BRANCH, 4)
    assert turn is not None
    assert (turn.question, turn.person) == ("branch 4", "p2")
    assert log.turn(BRANCH, 1) is None
    assert log.turn("d" * 32, 1) is None


def test_a_conversation_without_ancestors_is_its_own_lineage(log: ConversationLog) -> None:
    """Whole, or up to a turn."""
    grow(log)
    assert questions(log, ROOT) == ["root 1", "root 2", "root 3", "root 4"]
    assert questions(log, ROOT, 3) == ["root 1", "root 2", "root 3"]


def test_a_branch_goes_on_from_where_it_branched_off(log: ConversationLog) -> None:
    """Each ancestor counts up to the turn from which the next one went on."""
    grow(log)
    assert questions(log, BRANCH) == ["root 1", "root 2", "branch 3", "branch 4"]
    assert questions(log, TWIG) == ["root 1", "root 2", "branch 3", "twig 4"]
    assert questions(log, BRANCH, 3) == ["root 1", "root 2", "branch 3"]


def test_a_lineage_goes_back_as_far_as_the_log_does(log: ConversationLog) -> None:
    """What is between may be gone."""
    grow(log)
    log.forget_people(["p2"]).result(10)
    assert questions(log, TWIG) == ["twig 4"]


def test_conversations_that_claim_to_branch_off_each_other_end(log: ConversationLog) -> None:
    """No program of ours writes such rows; a spoilt file must not hang the bot."""
    for own, other in ((ROOT, BRANCH), (BRANCH, ROOT)):
        log.record(
            rows_of(replace(an_entry(conversation_id=own, question=own[0]), branched_from=TurnRef(other, 1)))
        ).result(10)
    assert sorted(questions(log, ROOT)) == ["a", "b"]
