"""A debate as it is shown: panel, ballot, moderators' page, buttons and their ids."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.debate.cog.layout import (
    ballot_page,
    ballot_rows,
    ending_rows,
    lead_page,
    lead_rows,
    panel_page,
    panel_rows,
    phase_rows,
)
from bot.debate.rules.commands import CallNext, CastBallot, End, Join, Pause, Person, RaiseHand, Tick
from bot.debate.rules.events import DebateSide
from bot.values.ballot import Round
from bot.wire.page.language import LANGUAGES, words_for
from bot.wire.page.layout import Style
from bot.wire.page.render import payload_of
from tests.debate.rules.debates import ANN, BEGIN, BOB, CAT, DAN, MINUTE, MODERATOR, started
from tests.wire.payloads import check

if TYPE_CHECKING:
    from bot.debate.rules.state import Debate

EN = words_for("en")
ID = "0123456789abcdef" * 2
WORST = "*_`@everyone<@1>#" * 80


def panel(state: Debate, style: Style = Style.CARD) -> list[str]:
    """Give the lines of the panel."""
    return "\n".join(check(payload_of(panel_page(state, EN, style), panel_rows(ID, state, EN), EN, style))).splitlines()


def enabled(state: Debate) -> list[str]:
    """Give the labels of the panel's buttons that can be pressed."""
    return [control.label for row in panel_rows(ID, state, EN) for control in row if control.enabled]


def test_the_panel_shows_the_motion_the_phase_with_its_place_and_the_deadline() -> None:
    """And who has joined; nobody has voted."""
    led = started()
    led.do(Join(ANN, "cats"))
    led.do(Join(BOB, None))
    ends = (BEGIN + 3 * MINUTE) // 1000
    assert panel(led.state) == [
        "### Cats make better pets",
        "**Phase 1 of 6: First vote**",
        f"Ends <t:{ends}:R>, at <t:{ends}:t>",
        "**Joined:** The cat club 1 · The dog club 0 · watching 1",
        "Before the debate, 0 people voted",
        "-# Everyone can take part. Votes are secret: only their number is shown.",
    ]


def test_a_pause_shows_what_is_left() -> None:
    """Not a deadline that does not hold."""
    led = started()
    led.do(Pause(MODERATOR), after=70_000)
    assert "Paused, with 1:50 left" in panel(led.state)


def test_after_the_time_the_panel_says_since_when() -> None:
    """And that it is for a moderator to go on."""
    led = started()
    led.do(Tick(), after=4 * MINUTE)
    assert f"Time ran out <t:{(BEGIN + 3 * MINUTE) // 1000}:R>. Waiting for a moderator." in panel(led.state)


def test_of_the_ballots_only_how_many_voted_is_shown() -> None:
    """A panel on which the votes are swapped is the same."""
    one, other = started(), started()
    for person, choice in ((ANN, "cats"), (BOB, "dogs"), (CAT, None)):
        one.do(CastBallot(person, Round.BEFORE, choice))
        other.do(CastBallot(person, Round.BEFORE, "cats"))
    assert panel(one.state) == panel(other.state)
    assert "Before the debate, 3 people voted" in panel(one.state)


def test_the_floor_shows_who_has_it_and_the_hands_in_the_order_of_the_calls() -> None:
    """Sides alternate, so the second hand of a side waits."""
    led = started("floor")
    for person, side in ((ANN, "cats"), (BOB, "cats"), (CAT, "dogs"), (DAN, None)):
        led.do(Join(person, side))
        led.do(RaiseHand(person))
    led.do(CallNext(MODERATOR))
    shown = panel(led.state)
    assert "**Has the floor:** Ann (The cat club)" in shown
    at = shown.index("**Hands:** ")
    assert shown[at + 1 : at + 4] == ["1. Cat (The dog club)", "2. Bob (The cat club)", "3. Dan"]


def test_many_hands_are_counted_behind_the_first() -> None:
    """Six are named."""
    led = started("floor")
    for number in range(20):
        led.do(RaiseHand(Person(str(number), f"P{number}")))
    shown = panel(led.state)
    at = shown.index("6. P5")
    assert shown[at - 6] == "**Hands:** "
    assert shown[at + 1] == "and 14 more"


@pytest.mark.parametrize(
    ("phase", "speaking"),
    [
        ("vote", ["Vote"]),
        ("first", ["Make a point", "Evidence"]),
        ("second", ["Make a point"]),
        ("floor", ["Make a point", "Raise hand", "Lower hand"]),
        ("revote", ["Vote"]),
        ("result", []),
    ],
)
def test_buttons_can_be_pressed_where_they_are_of_use(phase: str, speaking: list[str]) -> None:
    """Taking a side always; below the message of a phase only those of use stand."""
    state = started(phase).state
    joining = ["Join the cat club", "Join the dog club", "Watch"]
    assert enabled(state) == [*joining, *speaking, "Moderator"]
    assert [control.label for row in phase_rows(ID, state, EN) for control in row] == speaking


def test_a_debate_that_is_over_has_no_buttons() -> None:
    """The panel says when it ended, and how to get the transcript."""
    led = started("result")
    led.do(End(MODERATOR), after=MINUTE)
    assert panel_rows(ID, led.state, EN) == ()
    assert f"Ended <t:{(BEGIN + MINUTE) // 1000}:R>" in panel(led.state)
    assert lead_rows(ID, led.state, EN) == ()


def test_a_ballot_shows_its_own_choice_to_whoever_asks() -> None:
    """In this ballot; whoever has not voted reads that."""
    led = started()
    shown = {
        choice: ballot_page(led.state, Round.BEFORE, {Round.BEFORE: choice, Round.AFTER: "cats"}, EN).head.splitlines()[
            -1
        ]
        for choice in ("dogs", None)
    }
    assert shown == {"dogs": "Your vote: **The dog club**", None: "Your vote: **undecided**"}
    assert ballot_page(led.state, Round.BEFORE, {Round.AFTER: "cats"}, EN).head.endswith("You have not voted yet.")
    labels = [control.label for row in ballot_rows(ID, led.state, Round.BEFORE, EN) for control in row]
    assert labels == ["The cat club", "The dog club", "Undecided"]


def test_a_moderator_sees_what_comes_next_and_what_is_in_the_way() -> None:
    """First of all what was just done."""
    state = started("floor").state
    page = lead_page(state, EN, "Done: the debate has moved on.", ("⚠️ locked",))
    assert page.head.splitlines()[:2] == ["Done: the debate has moved on.", "⚠️ locked"]
    assert page.head.endswith("Next phase: Last vote")
    assert lead_page(started("result").state, EN).head.endswith("This is the last phase: “Next” ends the debate.")


def test_pause_and_resume_take_turns() -> None:
    """There is one button for both."""
    led = started("floor")
    assert [control.label for control in lead_rows(ID, led.state, EN)[0]] == ["Next", "Pause", "Extend 2 min"]
    led.do(Pause(MODERATOR))
    assert [control.label for control in lead_rows(ID, led.state, EN)[0]] == ["Next", "Resume", "Extend 2 min"]


def test_the_next_can_be_called_while_the_floor_is_open() -> None:
    """Before a hand is raised, too: who has the buttons before them is not shown when one is."""
    for phase, open_ in (("floor", True), ("first", False)):
        call, end, _ = lead_rows(ID, started(phase).state, EN)[1]
        assert (call.label, call.enabled) == ("Call next", open_)
        assert (end.label, end.enabled) == ("End", True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("name", [WORST, "x" * 500, "\u202e", "@everyone", "😀" * 90])
def test_everything_fits_into_a_message_whatever_people_write(language: str, style: Style, name: str) -> None:
    """In every language, with hostile names, and nobody is called."""
    words = words_for(language)
    led = started("floor")
    for number in range(30):
        led.do(RaiseHand(Person(str(number), name)))
    led.do(CallNext(MODERATOR))
    sides = (DebateSide("cats", name), DebateSide("dogs", name))
    state = replace(led.state, motion=name, sides=sides, seats=dict.fromkeys(led.state.hands, "cats"))
    state = replace(state, voted={held: frozenset(map(str, range(30))) for held in Round})
    trouble = ("⚠️ " + "x" * 250,)
    payloads = [
        payload_of(panel_page(state, words, style), panel_rows(ID, state, words), words, style),
        payload_of(lead_page(state, words, "x" * 100, trouble), lead_rows(ID, state, words), words, Style.PLAIN),
        payload_of(
            ballot_page(state, Round.AFTER, {Round.AFTER: "cats"}, words),
            ballot_rows(ID, state, Round.AFTER, words),
            words,
            style,
        ),
        payload_of(lead_page(state, words), ending_rows(ID, words), words, Style.PLAIN),
        payload_of(lead_page(state, words), phase_rows(ID, state, words), words, Style.PLAIN),
    ]
    for payload in payloads:
        text = "\n".join(check(payload))
        assert "@everyone" not in text
        assert "<@1" not in text.replace("\\<", "")


def test_a_panel_is_told_by_its_moderators_button() -> None:
    """No other message has it."""
    state = started("floor").state
    assert f"debate:lead:{ID}" in {control.custom_id for row in panel_rows(ID, state, EN) for control in row}
    assert not any("lead" in control.custom_id for row in phase_rows(ID, state, EN) for control in row)


def test_ballots_say_which_round_and_which_side() -> None:
    """By the side's place; without one it is undecided."""
    state = started("floor").state
    ids = [control.custom_id for held in Round for row in ballot_rows(ID, state, held, EN) for control in row]
    assert ids == [
        f"debate:ballot:{ID}:before:0",
        f"debate:ballot:{ID}:before:1",
        f"debate:ballot:{ID}:before",
        f"debate:ballot:{ID}:after:0",
        f"debate:ballot:{ID}:after:1",
        f"debate:ballot:{ID}:after",
    ]
