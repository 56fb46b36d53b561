"""What moderators do in debates, in words."""

from __future__ import annotations

from bot.debate.rules.events import Called, Ended, Extended, HandRaised, Paused, PhaseBegun, Resumed, Started
from bot.debate.service.audit import Done, audit_of, line_of, parts_of
from tests.debate.rules.debates import FORMAT, SIDES


def test_each_act_of_a_moderator_is_a_line_and_nothing_else_is() -> None:
    """Nobody is named in it."""
    events = (
        Started(1, "mia", "Cats", FORMAT, SIDES),
        PhaseBegun(1, "mia", 1),
        Paused(1, "mia"),
        Resumed(1, "mia"),
        Extended(1, "mia", 2),
        HandRaised(1, "ann", 1),
        Called(1, "mia", "ann"),
        Ended(1, "mia"),
    )
    assert audit_of("Cats", FORMAT, events) == (
        "“Cats”: started as Tiny debate",
        "“Cats”: began Statement",
        "“Cats”: paused",
        "“Cats”: resumed",
        "“Cats”: extended by 2 min",
        "“Cats”: called the next speaker",
        "“Cats”: ended",
    )


def test_a_motion_is_cut_to_what_a_list_holds_and_steers_no_screen() -> None:
    """A thousand characters fit into no line."""
    (line,) = audit_of("\u202ecats\n" + "and dogs " * 100, FORMAT, [Paused(1, "mia")])
    assert line.startswith("“cats and dogs ")
    assert line.endswith("…”: paused")
    assert len(line) <= 92


def test_a_line_is_taken_apart_again() -> None:
    """Whatever the motion says."""
    for motion in ("Cats", "“Cats”: ended", "”: "):
        for done in Done:
            what = "Extended, with names" if "{}" in done.value else ""
            assert parts_of(line_of(motion, done, what)) == (motion, done, what)
    assert parts_of("“Cats”: did something new") == ("Cats", None, "did something new")
