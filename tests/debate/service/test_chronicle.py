"""What is kept of debates, and what is there after a restart."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.debate.rules.commands import End, Extend, MakePoint, Person, RaiseHand, WithdrawHand
from bot.debate.rules.events import PointMade
from bot.debate.service.chronicle import Venue
from bot.log import audit
from bot.values.ballot import Round
from knowledge.errors import UserError
from tests.debate.service.held_debates import (
    ANN,
    BOB,
    CHANNEL,
    GUILD,
    MIA,
    MOTION,
    SHORT,
    again,
    announce_all,
    debates_over,
    joined,
    started,
    voted,
    votes_in,
)

if TYPE_CHECKING:
    from bot.debate.service.debates import Debates
    from bot.log.log import ConversationLog
    from tests.process.clocks import MovedClock


async def test_what_is_refused_leaves_nothing(debates: Debates, log: ConversationLog) -> None:
    """Not even that somebody tried."""
    held = await started(debates)
    with pytest.raises(UserError, match="you cannot raise your hand now"):
        await debates.act(held.id, ANN, RaiseHand)
    unchanged = await debates.act(held.id, BOB, WithdrawHand)
    assert unchanged == held
    assert log.read(lambda db: [row["person"] for row in db.query("SELECT person FROM debate_person")]) == [MIA.id]


async def test_everything_is_there_after_a_restart(debates: Debates, log: ConversationLog, clock: MovedClock) -> None:
    """The state, the place, who is who, and what was not announced."""
    held = await started(debates)
    await debates.settle(held.id, thread=33, panel=44)
    await joined(debates, held, ANN)
    await voted(debates, held, ANN, None)
    untold = await debates.untold()
    await debates.told(held.id, untold.number)
    other = await again(log, clock)
    assert other.live() == debates.live()
    assert other.in_thread(33) == debates.get(held.id)
    assert other.in_thread(34) is None
    assert (await other.untold()).number == 2
    await joined(other, held, ANN, "facebook")
    assert len(await other.events(held.id, GUILD)) == 7


async def test_another_thread_has_no_panel_yet(debates: Debates, log: ConversationLog, clock: MovedClock) -> None:
    """The old one went with its thread."""
    held = await started(debates)
    await debates.settle(held.id, thread=33)
    assert (await debates.settle(held.id, panel=44)).venue == Venue(GUILD, CHANNEL, 33, 44)
    assert (await debates.settle(held.id, thread=33)).venue == Venue(GUILD, CHANNEL, 33, 44)
    moved = await debates.settle(held.id, thread=CHANNEL)
    assert moved.venue == Venue(GUILD, CHANNEL, CHANNEL, None)
    assert (await again(log, clock)).get(held.id) == moved


async def test_two_hundred_people_at_once_are_counted_exactly(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """Each once, under consecutive numbers, and after a restart the same."""
    held = await started(debates)
    people = [Person(f"{number:064x}", f"Person {number}") for number in range(200)]
    choices = [("film", "facebook", None)[number % 3] for number in range(200)]
    votes = [*zip(people, choices, strict=True), *zip(people[:50], choices[50:100], strict=True)]
    await asyncio.gather(*(voted(debates, held, actor, choice) for actor, choice in votes))
    state = debates.live()[0].state
    assert len(state.voted[Round.BEFORE]) == 200
    counted = votes_in(log, debates.live()[0])
    expected = [*choices[50:100], *choices[50:]]
    assert [counted.count(choice) for choice in ("film", "facebook", None)] == [
        expected.count(choice) for choice in ("film", "facebook", None)
    ]
    numbers = log.read(
        lambda db: [row["number"] for row in db.query("SELECT number FROM debate_event ORDER BY number")]
    )
    assert numbers == list(range(1, len(numbers) + 1))
    assert (await again(log, clock)).live() == debates.live()


async def test_who_gives_up_waiting_does_not_part_memory_from_the_disk(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """What has begun is brought to its end."""
    held = await started(debates)
    release = threading.Event()
    log.write(lambda _: release.wait(10))
    acting = asyncio.create_task(joined(debates, held, ANN))
    await asyncio.sleep(0.01)
    acting.cancel()
    release.set()
    with pytest.raises(asyncio.CancelledError):
        await acting
    await joined(debates, held, BOB)
    assert sorted(debates.live()[0].state.names.values()) == ["Ann", "Bob", "Mia"]
    assert (await again(log, clock)).live() == debates.live()


async def test_names_and_texts_that_sqlite_cannot_hold_are_mended(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """What is in memory is what was written."""
    held = await started(debates, "talk")
    odd = Person(ANN.id, "A\x00nn\ud800 \u202egnp")
    await joined(debates, held, odd)
    await debates.act(held.id, odd, lambda person: MakePoint(person, "a\x00b\ud800c", ()))
    assert "Ann\ufffd gnp" in debates.live()[0].state.names.values()
    assert (await again(log, clock)).live() == debates.live()
    texts = [event.text for event in await debates.events(held.id, GUILD) if isinstance(event, PointMade)]
    heard = [untold.event.text for untold in await announce_all(debates) if isinstance(untold.event, PointMade)]
    assert texts == heard


async def test_what_a_moderator_does_is_audited(debates: Debates, log: ConversationLog, clock: MovedClock) -> None:
    """With the debate, and in the transaction of what was done; what others do is not."""
    held = await started(debates, "talk")
    await joined(debates, held, ANN)
    await debates.act(held.id, ANN, RaiseHand)
    await debates.act(held.id, MIA, lambda person: Extend(person, 2))
    await debates.act(held.id, MIA, End)
    acts = log.read(partial(audit.acts, guild=GUILD, limit=9))
    assert [(act.person, act.action, act.subject) for act in acts] == [
        (MIA.id, "debate", f"“{MOTION}”: {act}")
        for act in ("ended", "extended by 2 min", "began Talk", "began First vote", "started as Short debate")
    ]


async def test_without_a_log_there_are_no_debates(clock: MovedClock) -> None:
    """And everybody who asks is told so."""
    debates = debates_over(None, clock)
    await debates.ready()
    with pytest.raises(UserError, match="Debates need the log, which is turned off here"):
        await debates.start(MIA, GUILD, CHANNEL, MOTION, debates.format("short"))
    with pytest.raises(UserError, match="Debates need the log"):
        await debates.recent(GUILD, 9)
    await debates.reread()
    assert (debates.live(), debates.get("x"), SHORT in debates.about().formats) == ((), None, True)
