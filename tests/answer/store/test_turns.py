from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.log.turns import Rows
from bot.quote.rules.contract import answer_object
from bot.values.asker import TurnRef
from tests.log.samples import NOW, an_answer, an_entry

if TYPE_CHECKING:
    from bot.log.log import ConversationLog


def test_an_entry_becomes_the_rows_of_four_tables() -> None:
    """Each column holds what it says, quotes in the order shown, the writer's line last."""
    rows = rows_of(an_entry(2, answer=an_answer("why", message="Well.")))
    assert rows.conversation == {
        "id": "c1",
        "person": "p1",
        "place": "terminal",
        "started_utc": NOW,
        "branched_from": None,
        "branched_at": None,
        "guild": None,
        "pack": "social-dilemma",
    }
    answer = rows.turn.pop("answer")
    assert rows.turn == {
        "conversation_id": "c1",
        "number": 2,
        "asked_utc": NOW,
        "question": "why",
        "asked_as": "why",
        "act": "answer",
        "first_side": "cats",
        "stance": None,
        "message": "Well.",
        "duration_ms": 12.5,
    }
    assert json.loads(answer) == answer_object(an_answer("why", message="Well."), "c1", 2, 12.5)
    first, second = rows.citations
    assert first == {
        "position": 1,
        "block": "cats",
        "passage_id": "cats-10",
        "article_id": "some-article",
        "start": 10,
        "end": 26,
        "text": "Cats are liquid.",
        "confidence": 0.75,
    }
    assert (second["position"], second["block"]) == (2, "context")
    assert rows.gaps == [{"side": "dogs", "text": "Dogs say nothing."}]


def test_a_turn_without_blocks_has_no_first_side() -> None:
    assert rows_of(an_entry(answer=replace(an_answer(), blocks=()))).turn["first_side"] is None


def test_rows_survive_the_way_through_a_line_of_json() -> None:
    """What waits in a file is what was to be written."""
    rows = rows_of(an_entry(question="ü “quoted”\nand more\u2028"))
    line = rows.to_json()
    assert line.isascii()
    assert "\n" not in line
    assert Rows.from_json(line) == rows


@pytest.mark.parametrize("question", ["a\x00b", "a\ud83db", "\udcff", "\x00" * 3])
def test_a_question_that_sqlite_cannot_hold_is_stored_with_replacements(log: ConversationLog, question: str) -> None:
    """NULs and lone surrogates do not break writing, in the columns or in the JSON."""
    log.record(rows_of(an_entry(question=question))).result(10)
    (turn,) = log.recent(1)
    expected = "".join("\ufffd" if c == "\x00" or "\ud800" <= c <= "\udfff" else c for c in question)
    assert (turn.question, turn.asked_as, turn.answer["question"]) == (expected,) * 3


def test_a_number_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="count from 1, not 0"):
        an_entry(0)


@pytest.mark.parametrize("duration_ms", [-1.0, float("nan"), float("inf")])
def test_an_impossible_duration_is_refused(duration_ms: float) -> None:
    with pytest.raises(ValueError, match="a turn cannot take"):
        replace(an_entry(), duration_ms=duration_ms)


@pytest.mark.parametrize("asked_utc", ["2026-03-01T12:00:00", "2026-03-01T12:00:00+02:00", "noon"])
def test_a_time_that_is_not_utc_is_refused(asked_utc: str) -> None:
    """Times of several zones could not be compared as text."""
    with pytest.raises(ValueError, match=r"UTC|isoformat"):
        replace(an_entry(), asked_utc=asked_utc)


def test_a_time_that_ends_in_z_is_utc() -> None:
    assert replace(an_entry(), asked_utc="2026-03-01T12:00:00Z").asked_utc.endswith("Z")


def test_an_entry_says_where_it_branched_off_and_in_which_guild() -> None:
    """The guild is what stands before the slash of the place."""
    entry = replace(an_entry(3, place="12/34"), branched_from=TurnRef("ab" * 16, 2))
    conversation = rows_of(entry).conversation
    assert (conversation["branched_from"], conversation["branched_at"]) == ("ab" * 16, 2)
    assert conversation["guild"] == "12"


def test_a_line_from_before_there_were_branches_is_read() -> None:
    """Turns may have waited beside the log while the program was updated."""
    written = json.loads(rows_of(an_entry(place="12/34")).to_json())
    for column in ("branched_from", "branched_at", "guild"):
        del written["conversation"][column]
    assert Rows.from_json(json.dumps(written)) == rows_of(an_entry(place="12/34"))
