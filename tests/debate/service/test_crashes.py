"""A whole debate in a program that is killed wherever it can be: before and after each write and each message.

A killed program is one whose writes and messages come to nothing from one moment on; the next one has the file alone.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import pytest

from bot.debate.rules.commands import CastBallot, Next
from bot.debate.rules.events import BallotCast, Bell, BellRung, Ended, Event, PhaseBegun, Started
from bot.debate.rules.state import PERMISSIONS, fold
from bot.values.ballot import Round
from tests.debate.service.held_debates import ANN, BOB, CHANNEL, GUILD, MIA, MOTION, SHORT, debates_over

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from bot.debate.service.debates import Debates
    from bot.log.log import ConversationLog
    from tests.process.clocks import MovedClock

DOWN_S: Final = 7.0
"""How long the program is away each time."""

VOTES: Final = {(ANN, Round.BEFORE): "film", (BOB, Round.BEFORE): None, (ANN, Round.AFTER): "facebook"}


@dataclass
class Fate:
    """Decides where the program is killed; from then on nothing it does comes to anything."""

    kills: Callable[[tuple[object, ...]], bool]
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    def strikes(self, *where: object) -> bool:
        """Tell whether the program is dead here."""
        if not self.dead.is_set() and self.kills(where):
            self.dead.set()
        return self.dead.is_set()


@dataclass
class MortalLog:
    """The log, as a program has it that may be killed right before a commit, and right after it."""

    log: ConversationLog
    fate: Fate

    def read(self, job: partial[Any]) -> object:
        """Read as always."""
        return self.log.read(job)

    def watch(self, tables: Collection[str], changed: Callable[[], None]) -> None:
        """Hear of other processes as always."""
        self.log.watch(tables, changed)

    def write(self, job: partial[Any]) -> Future[Any]:
        """Write, unless the program dies before; who dies after it never hears of it."""
        happening = job.keywords.get("happening")
        events = () if happening is None else (happening.first, *(type(event).__name__ for event in happening.events))
        where = (job.func.__name__, job.keywords.get("number"), *events)
        if self.fate.strikes("before", *where):
            return Future()
        written = self.log.write(job)
        if self.fate.strikes("after", *where):
            written.result(10)
            return Future()
        return written


@dataclass
class Channel:
    """What can be read on Discord: a message that comes again under its nonce is the one that is there.

    `sent` counts how often each came.
    """

    messages: dict[int, Event] = field(default_factory=dict)
    sent: Counter[int] = field(default_factory=Counter)

    def send(self, number: int, event: Event) -> None:
        """Take a message."""
        assert self.messages.setdefault(number, event) == event
        self.sent[number] += 1


async def announce(debates: Debates, fate: Fate, channel: Channel) -> None:
    """Announce what happens, and let the people react to what they see, until the debate is over."""
    await react(debates)
    while debates.live():
        untold = await debates.untold()
        if fate.strikes("unsent", untold.number):
            await asyncio.Event().wait()
        channel.send(untold.number, untold.event)
        if fate.strikes("sent", untold.number):
            await asyncio.Event().wait()
        await debates.told(untold.debate, untold.number)
        await react(debates)


async def react(debates: Debates) -> None:
    """Vote where somebody has not, and go on when the time is over."""
    for held in debates.live():
        if held.state.ended:
            continue
        for (actor, ballot), choice in VOTES.items():
            if held.state.allows(PERMISSIONS[ballot]) and held.codes.get(actor.id) not in held.state.voted[ballot]:
                await debates.act(held.id, actor, partial(CastBallot, round=ballot, choice=choice))
        if Bell.TIME in held.state.rung:
            await debates.act(held.id, MIA, partial(Next, place=held.state.place))


async def lived(log: ConversationLog, clock: MovedClock, fate: Fate, channel: Channel) -> bool:
    """Run the program until the debate is over, or the program killed; tell whether it lived."""
    debates = debates_over(cast("ConversationLog", MortalLog(log, fate)), clock)
    await debates.ready()
    if not debates.live() and not channel.messages:
        starting = asyncio.create_task(debates.start(MIA, GUILD, CHANNEL, MOTION, debates.format("short")))
        await first_of(starting, fate.dead.wait())
    if not fate.dead.is_set():
        await first_of(announce(debates, fate, channel), debates.run(), fate.dead.wait())
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    return not fate.dead.is_set()


async def first_of(*parts: Awaitable[object]) -> None:
    """Wait for one of them; raises what it raises."""
    done, _ = await asyncio.wait([asyncio.ensure_future(part) for part in parts], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def held_to_its_end(
    log: ConversationLog,
    clock: MovedClock,
    kills: Callable[[tuple[object, ...]], bool],
    jump_h: Callable[[], int] = lambda: 0,
) -> tuple[int, tuple[Event, ...], Channel]:
    """Hold a debate in as many lives as it takes; give their number, the events, and what was seen of them.

    Before each further life somebody sets the date by `jump_h` hours.
    """
    channel = Channel()
    lives = 1
    while not await lived(log, clock, Fate(kills), channel):
        lives += 1
        clock.now_s += DOWN_S
        clock.begun += timedelta(hours=jump_h())
    debates = debates_over(log, clock)
    (head,) = await debates.recent(GUILD, 9)
    events = await debates.events(head.id, GUILD)
    assert channel.messages == dict(enumerate(events, start=1)), "each event is there once, under its own number"
    return lives, events, channel


def check(events: tuple[Event, ...]) -> None:
    """See that nothing was lost, doubled, or out of its order."""
    kinds = Counter(type(event) for event in events)
    assert (kinds[Started], kinds[PhaseBegun], kinds[Ended], kinds[BallotCast]) == (1, 3, 1, len(VOTES))
    state = fold(events)
    assert state is not None
    assert [state.names[event.person] for event in events if isinstance(event, BallotCast)] == ["Ann", "Bob", "Ann"]
    rung: dict[int, list[Bell]] = {place: [] for place in range(len(SHORT.phases))}
    place = 0
    for event in events:
        if isinstance(event, PhaseBegun):
            place = event.phase
        if isinstance(event, BellRung):
            rung[place].append(event.bell)
            assert event.late_ms >= 0
    assert rung == {0: list(Bell), 1: list(Bell), 2: [Bell.MINUTE, Bell.TIME]}
    assert state.outcome is not None
    assert (state.outcome.paired, state.outcome.voted_once) == (1, 1)


async def test_killed_once_at_every_place_a_debate_loses_nothing(log: ConversationLog, clock: MovedClock) -> None:
    """Every bell rings once, every vote counts once, everything is announced once, whatever comes after it."""
    seen: set[tuple[object, ...]] = set()

    def kills(where: tuple[object, ...]) -> bool:
        fresh = where not in seen
        seen.add(where)
        return fresh

    lives, events, channel = await held_to_its_end(log, clock, kills)
    # Each event is announced (4 places), and all but the few that come together are written alone (2 places).
    assert lives > 4 * len(events) + len(events)
    # Once in vain before each death that came before the mark, once for good, and never again after it.
    assert set(channel.sent.values()) == {3}
    check(events)


@pytest.mark.parametrize("seed", range(20))
async def test_killed_again_and_again_a_debate_loses_nothing(
    log: ConversationLog, clock: MovedClock, seed: int
) -> None:
    """Wherever chance has it."""
    lot = random.Random(seed)  # noqa: S311 - nothing secret
    _, events, _ = await held_to_its_end(log, clock, lambda _: lot.random() < 0.1)
    check(events)


@pytest.mark.parametrize("seed", range(20))
async def test_killed_while_the_date_jumps_a_debate_loses_nothing(
    log: ConversationLog, clock: MovedClock, seed: int
) -> None:
    """By an hour, forth or back."""
    lot = random.Random(seed)  # noqa: S311 - nothing secret
    _, events, _ = await held_to_its_end(log, clock, lambda _: lot.random() < 0.1, lambda: lot.choice((-1, 0, 1)))
    check(events)


async def test_left_alone_a_debate_needs_one_life(log: ConversationLog, clock: MovedClock) -> None:
    """Otherwise the tests above would prove little."""
    lives, events, channel = await held_to_its_end(log, clock, lambda _: False)
    assert lives == 1
    assert set(channel.sent.values()) == {1}
    assert {event.late_ms for event in events if isinstance(event, BellRung)} == {0}
    check(events)
