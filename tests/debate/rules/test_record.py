"""A debate survives being written down, and what is no debate is found out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.debate.rules.commands import (
    CallNext,
    CastBallot,
    End,
    EndPreparation,
    Extend,
    GoOn,
    Join,
    MakePoint,
    Pause,
    Prepare,
    RaiseHand,
    Resume,
    ShowEvidence,
    Tick,
    WithdrawHand,
)
from bot.debate.rules.events import event_object, event_of
from bot.debate.rules.saved import events_in, record_of
from bot.debate.rules.state import counted
from bot.debate.rules.transcript import says, transcript_of
from bot.values.ballot import Round, outcome_of
from knowledge.errors import UserError
from tests.debate.rules.debates import ANN, BOB, FORMAT, FOUND, MINUTE, MODERATOR, Led, started


def whole() -> Led:
    """Lead a debate in which everything happens."""
    led = started()
    led.do(CastBallot(ANN, Round.BEFORE, "cats"))
    led.do(CastBallot(BOB, Round.BEFORE, None))
    led.to_phase("first")
    led.do(Join(ANN, "cats"))
    led.do(MakePoint(ANN, "Cats wash.", FOUND))
    led.do(ShowEvidence(BOB, "who washes?", FOUND[1]))
    led.to_phase("floor")
    led.do(RaiseHand(ANN))
    led.do(RaiseHand(BOB))
    led.do(WithdrawHand(BOB))
    led.do(CallNext(MODERATOR))
    led.do(Tick(), 3 * MINUTE + 2000)
    led.now -= MINUTE
    led.do(Pause(MODERATOR))
    led.do(Resume(MODERATOR), MINUTE)
    led.do(Extend(MODERATOR, 2))
    led.do(End(MODERATOR))
    return led


def test_every_kind_of_event_comes_back_as_it_was() -> None:
    """Through JSON's text."""
    timed = started("first", replace(FORMAT, preparation=1))
    timed.do(Prepare(MODERATOR, "cats"))
    timed.do(EndPreparation(MODERATOR, "cats"), MINUTE // 2)
    timed.do(GoOn(MODERATOR, by_itself=True))
    timed.do(Tick(), 5 * MINUTE)
    for led in (whole(), timed):
        assert events_in(json.loads(json.dumps(record_of(led.events)))) == tuple(led.events)
    assert len({type(event) for event in (*whole().events, *timed.events)}) == 19
    phase = transcript_of(timed.events)["phases"][1]
    assert [says(entry) for entry in phase["entries"]] == [
        "Preparation begun: The cat club, 1 min left (Mia)",
        "Preparation over: The cat club, 0:30 min left (Mia)",
        "Half time, 180 s late",
        "One minute left, 120 s late",
        "Time, 60 s late",
    ]
    assert [act["moderator"] for act in transcript_of(timed.events)["audit"]] == [*["Mia"] * 4, "the clock"]


def test_a_debate_from_before_preparation_time_is_read() -> None:
    """Its format had neither that, nor seats, nor did it go on by itself, nor say how many sides it takes."""
    start = event_object(started().events[0])
    for later in ("preparation", "by_itself", "seats", "sides"):
        del start["format"][later]
    assert event_of(start) == started().events[0]


def test_an_event_names_its_kind() -> None:
    """In words."""
    assert event_object(started().events[2]) == {
        "event": "phase-begun",
        "at_ms": 1_767_294_000_000,
        "actor": "m",
        "phase": 0,
        "result": None,
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"event": "phase-begin"}, 'not "phase-begin"; did you mean "phase-begun"?'),
        ({"phase": "0"}, r"phase-begun\.phase: a whole number is wanted, not '0'"),
        ({"phase": True}, r"phase-begun\.phase: a whole number is wanted, not True"),
        ({"actor": 5}, r"phase-begun\.actor: a text is wanted, not 5"),
        ({"more": 5}, 'an object with "at_ms", "actor", "phase", "result" is wanted'),
    ],
)
def test_a_broken_event_is_told_with_its_field(change: dict[str, Any], message: str) -> None:
    """And with what is wanted."""
    with pytest.raises(ValueError, match=message):
        event_of(event_object(started().events[2]) | change)


def test_broken_lists_and_words_are_told_with_their_number() -> None:
    """Events count from 1."""
    record = record_of(started().events)
    record["events"][0]["sides"] = record["events"][0]["sides"][:1]
    with pytest.raises(UserError, match=r"event 1: a debate has 2 to 4 sides, not 1"):
        events_in(record)
    record["events"][0]["sides"] = "cats"
    with pytest.raises(UserError, match=r"event 1: started\.sides: a list is wanted, not 'cats'"):
        events_in(record)
    bell = {"event": "bell-rung", "at_ms": 1, "bell": "gong", "late_ms": 0}
    with pytest.raises(UserError, match=r'event 1: bell-rung\.bell: "gong" is none of "half", "minute", "time"'):
        events_in({"dilemma_debate": 2, "events": [bell]})


@pytest.mark.parametrize("record", [[], {}, {"dilemma_debate": 3, "events": []}, {"dilemma_debate": 2}])
def test_other_objects_are_no_debates(record: object) -> None:
    """Nor those of another version."""
    with pytest.raises(UserError, match="not a saved debate"):
        events_in(record)


def test_a_file_of_the_first_version_is_read_and_its_votes_become_sums() -> None:
    """Then each vote stood in its event, with what was chosen."""
    led = whole()
    old = record_of(led.events) | {"dilemma_debate": 1}
    for event in old["events"]:
        event.pop("result", None)
        if event["event"] == "ballot-cast":
            event["choice"] = "cats" if event["person"] == ANN.id else None
    read = events_in(json.loads(json.dumps(old)))
    assert read[:-1] == tuple(led.events[:-1])
    assert read[-1] == counted(led.events[-1], outcome_of(("cats", "dogs"), {ANN.id: "cats", BOB.id: None}, {}))
