"""A rehearsal is a whole debate, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.debate.rules.events import (
    BallotCast,
    BellRung,
    Called,
    Ended,
    Event,
    Extended,
    Joined,
    Paused,
    PhaseBegun,
    PointMade,
    Resumed,
)
from bot.debate.rules.state import fold
from bot.debate.service.rehearsal import rehearse
from embeddings.hits import StanceFinding
from knowledge.errors import UserError
from tests.quote.rules.findings import found, pack

FORMATS = {form.id: form for form in pack().formats}


def stance(claim: str) -> StanceFinding:
    """Find one passage of each side on everything, whosever it is."""
    findings = found(claim, audience_pawn=0.9, product_team_not_driven=0.8)
    replies = {side: findings.hits[side] for side in pack().side_ids}
    return StanceFinding(findings, None, {}, replies, dict.fromkeys(replies, 0.5))


RETRIEVER = cast("Any", SimpleNamespace(find=found, stance=stance))


def rehearsed(form: str = "quick", people: int = 30, seed: int = 7) -> tuple[Event, ...]:
    """Hold one."""
    return rehearse(pack(), FORMATS[form], people=people, seed=seed, retriever=RETRIEVER)


@pytest.mark.parametrize(("form", "people"), [("oxford", 60), ("quick", 2), ("class", 25)])
def test_every_format_is_held_from_its_first_phase_to_its_end(form: str, people: int) -> None:
    """With bells in their moments, points, votes, and an end."""
    events = rehearsed(form, people)
    kinds = Counter(type(event) for event in events)
    assert kinds[PhaseBegun] == len(FORMATS[form].phases)
    assert (kinds[Joined], kinds[Ended]) == (people, 1)
    assert min(kinds[kind] for kind in (PointMade, Called, BallotCast, Extended, Paused, Resumed)) >= 1
    assert {event.late_ms for event in events if isinstance(event, BellRung)} == {0}
    state = fold(events)
    assert state is not None
    assert state.outcome is not None
    assert state.outcome.paired > 0


def test_a_format_that_goes_on_by_itself_is_rehearsed_phase_by_phase() -> None:
    """With preparation time, and with speeches of half minutes."""
    form = replace(FORMATS["lincoln-douglas"], by_itself=True)
    form = replace(form, phases=tuple(replace(phase, minutes=1.5) for phase in form.phases))
    events = rehearse(pack(), form, people=4, seed=7, retriever=RETRIEVER)
    kinds = Counter(type(event) for event in events)
    assert (kinds[PhaseBegun], kinds[BellRung], kinds[Ended]) == (10, 20, 1)


def test_the_seed_settles_everything() -> None:
    """Another one gives another debate."""
    assert rehearsed() == rehearsed()
    assert rehearsed() != rehearsed(seed=8)


def test_points_carry_what_was_found() -> None:
    """The side's own quote first."""
    point = next(event for event in rehearsed() if isinstance(event, PointMade))
    assert [(part.side, part.quote and part.quote.passage) for part in point.evidence] == [
        ("film", "audience-pawn"),
        ("facebook", "product-team-not-driven"),
    ]


def test_a_debate_needs_as_many_people_as_sides() -> None:
    """Each is somebody's."""
    with pytest.raises(UserError, match="a debate of 2 sides needs as many people or more, not 1"):
        rehearsed(people=1)
