"""Debates as they are led and announced."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.debate.rules.commands import End
from bot.debate.rules.events import BallotCast, Ended, Joined, Met, PhaseBegun, Started
from bot.debate.service.chronicle import Venue
from bot.values.ballot import Round
from bot.wire.page.limits import LONGEST_LINE
from knowledge.errors import UserError
from tests.debate.service.held_debates import (
    ANN,
    BOB,
    CHANNEL,
    GUILD,
    MIA,
    MOTION,
    again,
    announce_all,
    joined,
    started,
    voted,
    votes_in,
)
from tests.log.samples import stuck
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from bot.debate.service.debates import Debates
    from bot.log.log import ConversationLog
    from tests.process.clocks import MovedClock


async def test_a_debate_begins_where_it_was_started(debates: Debates) -> None:
    """Under codes, not under pseudonyms."""
    held = await started(debates)
    assert held.venue == Venue(GUILD, CHANNEL, None, None)
    assert (held.state.motion, held.state.phase.id) == (MOTION, "vote")
    (code,) = held.state.names
    assert (held.codes, held.state.names) == ({MIA.id: code}, {code: "Mia"})
    assert len(code) == 8
    assert len(held.id) == 32
    assert (debates.get(held.id), debates.live(), debates.in_guild(GUILD)) == (held, (held,), (held,))
    assert debates.in_guild("12") == ()


async def test_a_format_that_is_not_there_is_refused_with_the_nearest(debates: Debates) -> None:
    """Nothing is kept."""
    with pytest.raises(UserError, match=r'There is no format "oxfrod"; did you mean "oxford"\?'):
        await debates.start(MIA, GUILD, CHANNEL, MOTION, debates.format("oxfrod"))
    with pytest.raises(UserError, match="This motion is empty"):
        await debates.start(MIA, GUILD, CHANNEL, " ", debates.format("short"))
    assert await debates.recent(GUILD, 9) == ()


async def test_motions_that_are_offered_can_be_debated(debates: Debates) -> None:
    """The pack's own first, then what its prompts ask, as claims: nobody can be for or against a question."""
    assert debates.about().motions[:2] == (pack().motion, "Companies follow everything that people do online")
    assert len(debates.about().motions) == 23
    assert not [motion for motion in debates.about().motions if motion.endswith("?") or len(motion) > LONGEST_LINE]


async def test_events_are_announced_in_their_order_once(debates: Debates) -> None:
    """Each with the debate right before it and right after it."""
    held = await started(debates)
    await joined(debates, held, ANN)
    heard = await announce_all(debates)
    assert [type(untold.event) for untold in heard] == [Started, Met, PhaseBegun, Met, Joined]
    assert [untold.number for untold in heard] == [1, 2, 3, 4, 5]
    assert heard[0].before is None
    for before, after in pairwise(heard):
        assert after.before == before.after
    assert heard[-1].after == debates.live()[0].state
    assert await announce_all(debates) == []


async def test_an_announcement_that_hangs_holds_up_no_other_debate(debates: Debates) -> None:
    """Of its own debate nothing more is handed out meanwhile."""
    first, second = await started(debates), await started(debates)
    hanging = await debates.untold()
    assert hanging.debate == first.id
    assert {untold.debate for untold in await announce_all(debates)} == {second.id}
    await debates.told(first.id, hanging.number)
    assert (await debates.untold()).number == 2


async def test_debates_take_turns(debates: Debates) -> None:
    """One in which much happens leaves the others their turn."""
    held = [await started(debates) for _ in range(3)]
    order = []
    for _ in range(6):
        untold = await debates.untold()
        order.append(untold.debate)
        await debates.told(untold.debate, untold.number)
    assert order == [one.id for one in held] * 2


async def test_what_is_told_twice_disturbs_nobody(debates: Debates) -> None:
    """What follows is handed out, and no more of it."""
    held = await started(debates)
    first = await debates.untold()
    await debates.told(held.id, first.number)
    following = await debates.untold()
    await debates.told(held.id, first.number)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await debates.untold()
    assert following.number == 2


async def test_who_waits_for_news_hears_of_it(debates: Debates) -> None:
    """Without looking again and again."""
    waiting = asyncio.create_task(debates.untold())
    await asyncio.sleep(0)
    await started(debates)
    assert (await waiting).number == 1


async def test_where_nothing_was_said_the_disk_is_left_alone(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """After a crash it is handed out again; what is said later settles it."""
    held = await started(debates)
    for number in (1, 2):
        await debates.untold()
        await debates.told(held.id, number, said=False)
    assert (await (await again(log, clock)).untold()).number == 1
    await debates.told(held.id, 3)
    other = await again(log, clock)
    await joined(other, held, ANN)
    assert (await other.untold()).number == 4


async def test_a_debate_is_let_go_once_its_end_was_announced(debates: Debates, log: ConversationLog) -> None:
    """Its events can still be had, in its guild alone."""
    held = await started(debates)
    await debates.act(held.id, MIA, End)
    assert debates.get(held.id) is not None
    with pytest.raises(UserError, match="This debate is over"):
        await joined(debates, held, ANN)
    heard = await announce_all(debates)
    assert isinstance(heard[-1].event, Ended)
    assert (debates.get(held.id), debates.live()) == (None, ())
    await debates.told(held.id, heard[-1].number)
    with pytest.raises(UserError, match="This debate is over, or was deleted"):
        await joined(debates, held, ANN)
    assert await debates.events(held.id, GUILD) == tuple(untold.event for untold in heard)
    with pytest.raises(UserError, match="There is no such debate here"):
        await debates.events(held.id, "12")
    (head,) = await debates.recent(GUILD, 9)
    assert (head.id, head.motion, head.ended_utc) == (held.id, MOTION, head.began_utc)
    assert await debates.recent("12", 9) == ()


async def test_an_end_that_nothing_was_said_of_is_let_go_for_good(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """There will be no later word to settle it."""
    held = await started(debates)
    await debates.act(held.id, MIA, End)
    number = len(await debates.events(held.id, GUILD))
    await debates.told(held.id, number, said=False)
    assert debates.live() == ()
    assert (await again(log, clock)).live() == ()


async def test_different_debates_do_not_mix(debates: Debates) -> None:
    """One person has another code in each."""
    first, second = await started(debates), await started(debates)
    first = await joined(debates, first, ANN)
    second = await joined(debates, second, ANN, "facebook")
    assert first.codes[ANN.id] != second.codes[ANN.id]
    assert list(first.state.seats.values()) == ["film"]
    assert list(second.state.seats.values()) == ["facebook"]


async def test_votes_can_be_changed_until_the_ballot_closes(debates: Debates, log: ConversationLog) -> None:
    """Only the last counts, and no event says that there was another."""
    held = await started(debates)
    for choice in ("film", None, None):
        held = await voted(debates, held, ANN, choice)
    assert votes_in(log, held) == [None]
    assert await debates.votes_of(held, ANN.id) == {Round.BEFORE: None}
    assert len([event for event in await debates.events(held.id, GUILD) if isinstance(event, BallotCast)]) == 1


async def test_nobody_waits_for_a_disk_that_hangs(
    debates: Debates, log: ConversationLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They hear that it is not recorded yet, also who waits behind somebody else; it is, once the disk takes it."""
    held = await started(debates)
    monkeypatch.setattr("bot.log.access.PATIENCE_S", 0.05)
    with stuck(log):
        pressed = [voted(debates, held, person, "film") for person in (ANN, BOB)]
        told = await asyncio.gather(*pressed, return_exceptions=True)
    assert [str(each).split(":")[0] for each in told] == ["The log is slow just now, so this is not recorded yet"] * 2
    monkeypatch.undo()
    held = await voted(debates, held, BOB, None)
    assert votes_in(log, held) == [None, "film"]
    assert len([event for event in await debates.events(held.id, GUILD) if isinstance(event, BallotCast)]) == 2
