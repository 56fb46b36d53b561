"""What a transcript holds, and what it keeps secret."""

from __future__ import annotations

import json

import pytest

from bot.debate.rules.commands import CastBallot, End, Join, MakePoint, Person
from bot.debate.rules.transcript import transcript_of
from bot.values.ballot import Round
from tests.debate.rules.debates import ANN, BOB, FOUND, MODERATOR, SIDES, Led, started
from tests.debate.rules.test_record import whole


def voted() -> Led:
    """Hold both ballots, with two people who vote twice and one who votes once."""
    led = started()
    for person, choice in ((ANN, "cats"), (BOB, None), (MODERATOR, "dogs")):
        led.do(CastBallot(person, Round.BEFORE, choice))
    led.to_phase("revote")
    for person, choice in ((ANN, "cats"), (BOB, "dogs")):
        led.do(CastBallot(person, Round.AFTER, choice))
    return led


def test_only_how_many_voted_is_told_while_a_vote_can_change() -> None:
    """Also of the ballot that is closed."""
    written = transcript_of(voted().events)
    assert written["ballots"] == {"before": {"voted": 3, "counts": None}, "after": {"voted": 2, "counts": None}}
    assert written["result"] is None


def test_result_is_what_the_ballots_came_to() -> None:
    """As soon as they are closed."""
    led = voted()
    led.do(End(MODERATOR))
    written = transcript_of(led.events)
    assert written["ballots"]["before"] == {"voted": 3, "counts": {"cats": 1, "dogs": 1, "undecided": 1}}
    assert written["result"] == {
        "paired": 2,
        "voted_once": 1,
        "rows_before_columns_after": ["cats", "dogs", "undecided"],
        "matrix": [[1, 0, 0], [0, 0, 0], [0, 1, 0]],
        "shares_before": {"cats": 50.0, "dogs": 0.0, "undecided": 50.0},
        "shares_after": {"cats": 50.0, "dogs": 50.0, "undecided": 0.0},
        "swing": {"cats": 0.0, "dogs": 50.0},
        "winner": "The dog club",
        "warnings": [
            "Only 2 people voted both times: one changed mind moves a share by 50.0 points.",
            "The dog club started at 0.0 %, under 20 %: swing favours it, as it had more to gain.",
        ],
    }


def test_no_ballot_is_put_down_to_anybody() -> None:
    """The events of votes leave nothing but sums."""
    led = started()
    led.do(CastBallot(Person("z", "Zoe"), Round.BEFORE, "dogs"))
    led.do(End(MODERATOR))
    assert "Zoe" not in json.dumps(transcript_of(led.events))


def test_phases_hold_what_happened_in_them() -> None:
    """With times, points, quotes, hands and bells."""
    written = transcript_of(whole().events)
    assert [phase["id"] for phase in written["phases"]] == ["vote", "first", "second", "floor"]
    point, shown = written["phases"][1]["entries"]
    assert (point["number"], point["person"], point["side"], point["text"]) == (1, "Ann", SIDES[0].name, "Cats wash.")
    assert [(part["side"], part["quote"] and part["quote"]["start"]) for part in point["evidence"]] == [
        ("The cat club", 10),
        ("The dog club", None),
    ]
    assert (shown["kind"], shown["person"], shown["text"]) == ("evidence", "Bob", "who washes?")
    floor = written["phases"][3]
    assert [entry["kind"] for entry in floor["entries"]] == [
        "hand raised", "hand raised", "hand withdrawn", "called", "bell",
        "clock set back", "paused", "resumed", "extended",
    ]  # fmt: skip
    assert floor["entries"][4] == {"at_utc": "2026-01-01T19:03:02Z", "kind": "bell", "bell": "half", "late_s": 2}
    assert (floor["minutes"], floor["extended_min"], floor["lasted_s"]) == (6, 2, 182)


def test_audit_names_moderators_and_what_they_did() -> None:
    """From the start to the end."""
    acts = [act["act"] for act in transcript_of(whole().events)["audit"]]
    assert acts == [
        "started", "began First vote", "began Statement", "began Reply", "began Open floor", "called Ann",
        "paused", "resumed", "extended by 2 min", "ended",
    ]  # fmt: skip
    assert {act["moderator"] for act in transcript_of(whole().events)["audit"]} == {"Mia"}


def test_codes_stand_for_names_where_nobody_is_to_be_named() -> None:
    """Everywhere but in what people wrote."""
    written = json.dumps(transcript_of(whole().events, anonymous=True))
    assert not any(name in written for name in ("Ann", "Bob", "Mia"))
    assert '"person": "P2"' in written


def test_people_of_one_name_are_told_apart() -> None:
    """And one without a name that can be seen has a code."""
    led = started("first")
    for identity, name in (("x", "Sam"), ("y", "Sam"), ("z", "\u202e")):
        led.do(Join(Person(identity, name), "cats"))
        led.do(MakePoint(Person(identity, name), "So it is.", FOUND))
    people = [entry["person"] for entry in transcript_of(led.events)["phases"][1]["entries"]]
    assert people == ["Sam (P2)", "Sam (P3)", " (P4)"]


def test_no_events_are_no_debate() -> None:
    """There is nothing to write."""
    with pytest.raises(ValueError, match="there are no events"):
        transcript_of([])
