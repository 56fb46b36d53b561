"""Three sides and four debate as two do: seats, speeches, ballots and plans go by their number, over a restart too."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.debate.rules.commands import CastBallot, Join, Person
from bot.debate.rules.events import PointMade
from bot.debate.service.debates import Debates
from bot.debate.service.plans import Plans
from bot.guild.service.settings import Settings
from bot.values.ballot import Round
from embeddings.library import Library
from knowledge.errors import UserError
from tests.debate.service.held_debates import CHANNEL, GUILD, MIA, debates_over, next_phase
from tests.packs import WordSearch, loaded

if TYPE_CHECKING:
    from pathlib import Path

    from bot.log.log import ConversationLog
    from tests.process.clocks import MovedClock


@pytest.mark.parametrize("name", ["pool", "square"])
async def test_a_debate_of_many_sides_is_held_whole(
    name: str, tmp_path: Path, log: ConversationLog, clock: MovedClock
) -> None:
    """Each side speaks in its phase alone; everybody's switch stands in the result."""
    pack = loaded(name, tmp_path / "packs")
    number = len(pack.sides)
    search, settings = cast("Any", WordSearch(pack)), Settings(log, clock=clock)
    debates = Debates(log, Library.of(pack, search), (), settings, clock=clock, least=1)
    await debates.ready()
    assert [form.id for form in debates.about().formats] == ["round-table"]
    with pytest.raises(UserError, match=f'"oxford" takes 2 sides, and this controversy has {number}: choose round-'):
        debates.format("oxford")
    people = {side: Person(f"{at}" * 64, f"P{at}") for at, side in enumerate(pack.side_ids)}
    form = debates.format("round-table")
    plans = Plans(log, debates, clock=clock)
    await plans.ready()
    day = f"{clock.now_utc() + timedelta(days=1):%Y-%m-%d}"
    plan = await plans.make(
        MIA, GUILD, CHANNEL, pack.motion, form, when=(day, "19:00", "UTC"), reminder=15, event=False
    )
    for at, person in enumerate(people.values()):
        await plans.sign_up(plan.id, GUILD, person, at)
    two = debates_over(log, clock)
    with pytest.raises(
        UserError, match=f'"round-table" takes {number} sides, and this controversy has 2: choose oxford'
    ):
        await two.start(MIA, GUILD, CHANNEL, plan.motion, plan.format)
    held = await plans.open(plan.id, GUILD, MIA)
    assert {held.codes[person.id]: side for side, person in people.items()} == held.state.seats
    for side, person in people.items():
        held = await debates.act(held.id, person, partial(CastBallot, round=Round.BEFORE, choice=side))
    for side, person in people.items():
        held = await next_phase(debates, held)
        assert [each.id for each in held.state.speaking(held.state.phase)] == [side]
        held = await debates.point(held.id, person, pack.of_voice(side)[0].text)
        for other in {*people} - {side}:
            with pytest.raises(UserError, match="may make points now"):
                await debates.point(held.id, people[other], "It is my turn")
    points = [event for event in await debates.events(held.id, GUILD) if isinstance(event, PointMade)]
    assert [[part.side for part in point.evidence] for point in points] == [
        [*pack.side_ids[at:], *pack.side_ids[:at]] for at in range(number)
    ]
    while held.state.phase.id != "final-vote":
        held = await next_phase(debates, held)
    for person in people.values():
        held = await debates.act(held.id, person, lambda who: CastBallot(who, Round.AFTER, pack.side_ids[-1]))
    held = await next_phase(debates, held)
    assert held.state.outcome is not None
    assert held.state.outcome.winner == pack.side_ids[-1]
    assert held.state.outcome.matrix == (*([(*[0] * (number - 1), 1, 0)] * number), (0,) * (number + 1))
    again = Debates(log, Library.of(pack, search), (), settings, clock=clock, least=1)
    await again.ready()
    found = again.get(held.id)
    assert found is not None
    assert found.state == held.state
    with pytest.raises(UserError, match="has no side"):
        await again.act(held.id, MIA, lambda who: Join(who, "film"))
