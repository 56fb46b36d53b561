"""Debates to hold in tests: a format of a few minutes, a search without a model, and time that a test lets pass."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

from bot.app import tables
from bot.debate.rules.commands import CastBallot, Join, Next, Person
from bot.debate.rules.events import BellRung
from bot.debate.service.debates import Debates
from bot.debate.store.debates import ballots
from bot.guild.service.settings import Settings
from bot.log.log import ConversationLog
from bot.values.ballot import Round
from embeddings.library import Library
from knowledge.formats import Allowed, Format, Phase, Speaks
from tests.debate.service.test_rehearsal import stance
from tests.process.clocks import MovedClock
from tests.quote.rules.findings import found, pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.config.sections import Server
    from bot.debate.service.chronicle import Held, Untold
    from bot.values.ballot import Choice

SECRET: Final = b"what seals votes"
GUILD: Final = "11"
CHANNEL: Final = 22
MOTION: Final = "Cats make better pets"
MIA: Final = Person("m" * 64, "Mia")
ANN: Final = Person("a" * 64, "Ann")
BOB: Final = Person("b" * 64, "Bob")

SHORT: Final = Format(
    "short",
    "Short debate",
    (
        Phase("vote", "First vote", Speaks.NONE, 3, (Allowed.BALLOT_BEFORE,)),
        Phase("talk", "Talk", Speaks.BOTH, 4, (Allowed.POINTS, Allowed.FLOOR, Allowed.EVIDENCE)),
        Phase("revote", "Last vote", Speaks.NONE, 2, (Allowed.BALLOT_AFTER,)),
    ),
)


def open_log(place: Path | Server) -> ConversationLog:
    """Open a log at noon."""
    return ConversationLog.open(place, tables, holder="test", now=MovedClock().now_utc().isoformat(), secret=SECRET)


def debates_over(
    log: ConversationLog | None, clock: MovedClock, *, found_for: Callable[[str], Any] = found, least: int = 1
) -> Debates:
    """Put the service together; whoever sleeps in it finds that the time has passed at once."""

    async def sleep(duration_s: float) -> None:
        await asyncio.sleep(0)
        clock.now_s += duration_s

    library = Library.of(pack(), cast("Any", SimpleNamespace(find=found_for, stance=stance)))
    settings = Settings(log, clock=clock)
    return Debates(log, library, [SHORT], settings, clock=clock, sleep=sleep, least=least)


async def started(debates: Debates, phase: str = "vote") -> Held:
    """Start a short debate and go to a phase."""
    held = await debates.start(MIA, GUILD, CHANNEL, MOTION, debates.format("short"))
    while held.state.phase.id != phase:
        held = await next_phase(debates, held)
    return held


async def next_phase(debates: Debates, held: Held) -> Held:
    """Go on."""
    return await debates.act(held.id, MIA, lambda person: Next(person, held.state.place))


async def joined(debates: Debates, held: Held, actor: Person, side: str | None = "film") -> Held:
    """Let somebody take a side."""
    return await debates.act(held.id, actor, lambda person: Join(person, side))


async def announce_all(debates: Debates) -> list[Untold]:
    """Announce whatever waits."""
    heard = []
    with suppress(TimeoutError):
        while True:
            async with asyncio.timeout(0.05):
                heard.append(await debates.untold())
            await debates.told(heard[-1].debate, heard[-1].number)
    return heard


async def again(log: ConversationLog, clock: MovedClock) -> Debates:
    """Read everything anew, as after a crash."""
    service = debates_over(log, clock)
    await service.ready()
    return service


async def voted(debates: Debates, held: Held, actor: Person, choice: str | None) -> Held:
    """Let somebody vote before the debate."""
    return await debates.act(held.id, actor, lambda person: CastBallot(person, Round.BEFORE, choice))


def votes_in(log: ConversationLog, held: Held, ballot: Round = Round.BEFORE) -> list[Choice]:
    """Return what was voted, in no order, while the last ballot is not closed."""
    votes = log.read(partial(ballots, debate=held.id, sides=held.state.side_ids))
    return sorted(votes[ballot].values(), key=str)


async def rung(debates: Debates, count: int) -> list[BellRung]:
    """Let time pass until so many bells were rung, and announce all that happens."""
    running = asyncio.create_task(debates.run())
    heard: list[BellRung] = []
    while len(heard) < count:
        untold = await debates.untold()
        await debates.told(untold.debate, untold.number)
        if isinstance(untold.event, BellRung):
            heard.append(untold.event)
    running.cancel()
    return heard
