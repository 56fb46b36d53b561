"""The floor is fair."""

from __future__ import annotations

from bot.debate.rules.commands import CallNext, Join, MakePoint, Person, RaiseHand, WithdrawHand
from bot.debate.rules.events import HandRaised, event_of
from bot.debate.rules.state import queue
from tests.debate.rules.debates import ANN, BOB, CAT, DAN, MODERATOR, Led, started


def seated(**seats: str | None) -> Led:
    """Open the floor for people on sides."""
    led = started("floor")
    for person, side in seats.items():
        led.do(Join(Person(person, person.title()), side))
    return led


def test_first_hand_comes_first() -> None:
    """Where nothing else speaks against it."""
    led = seated(ann=None, bob=None)
    led.do(RaiseHand(BOB))
    led.do(RaiseHand(ANN))
    assert queue(led.state) == ("bob", "ann")


def test_hands_that_arrive_late_keep_their_place() -> None:
    """The moment of the press counts, Discord's for all; a hand of an older debate counts from its arrival."""
    led = seated(ann=None, bob=None, cat=None)
    led.do(RaiseHand(BOB, 2_000))
    led.do(RaiseHand(CAT, 2_000))
    led.do(RaiseHand(ANN, 1_999))
    assert queue(led.state) == ("ann", "bob", "cat")
    led.do(RaiseHand(BOB, 1_000))
    assert queue(led.state) == ("ann", "bob", "cat")
    led.do(WithdrawHand(ANN))
    led.do(RaiseHand(ANN, 3_000))
    assert queue(led.state) == ("bob", "cat", "ann")
    assert event_of({"event": "hand-raised", "at_ms": 7, "person": "ann"}) == HandRaised(7, "ann", 7)


def test_sides_alternate_and_watchers_are_one() -> None:
    """As far as hands are there."""
    led = seated(ann="cats", bob="cats", cat="dogs", dan=None)
    for person in (ANN, BOB, CAT, DAN):
        led.do(RaiseHand(person))
    assert queue(led.state) == ("ann", "cat", "bob", "dan")
    led.do(CallNext(MODERATOR))
    assert (led.state.speaker, queue(led.state)) == ("ann", ("cat", "bob", "dan"))


def test_who_has_spoken_waits() -> None:
    """On the floor or by a point, whatever the side; a point by whoever was called counts once."""
    led = seated(ann="cats", bob="dogs", cat="dogs")
    led.do(MakePoint(ANN, "Cats are quiet.", ()))
    for person in (ANN, BOB, CAT):
        led.do(RaiseHand(person))
    assert queue(led.state) == ("bob", "cat", "ann")
    led.do(CallNext(MODERATOR))
    led.do(MakePoint(BOB, "Dogs are loyal.", ()))
    assert led.state.spoken == {"ann": 1, "bob": 1}
    led.do(RaiseHand(Person("bob", "Bob")))
    assert queue(led.state) == ("cat", "ann")
