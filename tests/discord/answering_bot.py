"""Our bot in the test's own process, over a scripted search: everything but the model is the real thing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import structlog

from bot.answer.service.answers import Answers
from bot.answer.service.ask import Asking
from bot.app import tables
from bot.config import Config
from bot.debate.service.debates import Debates
from bot.guild.service.moderation import Moderation
from bot.lesson.service.lessons import Lessons
from bot.lesson.service.schedules import Schedules
from bot.log.log import ConversationLog
from bot.privacy.service.retention import Retention
from bot.process import journal as logs
from bot.process.clock import SystemClock
from bot.process.ledger import Ledger
from bot.process.limits import Limits, Rate
from bot.process.service import Opened
from bot.process.uptime import Uptime
from bot.wire.client import DilemmaClient
from bot.wire.services import Services
from embeddings.hits import Findings, StanceFinding
from tests.discord.loopback import BOT_TOKEN
from tests.discord.probe import connected
from tests.quote.rules.findings import found, pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from bot.process.clock import Clock
    from bot.process.service import Serving
    from embeddings.retriever import Retriever
    from tests.discord.loopback import Loopback

DATA = {"everything_tracked": 0.9, "no_selling_information": 0.9, "audience_pawn": 0.8}
"""What is found for anything with "data" in it."""

PLENTY = Rate(burst=1000, every_s=0.001)


@dataclass
class ScriptedRetriever:
    """Finds two passages of the film and one of Facebook for anything with "data" in it, else nothing."""

    asked: list[str] = field(default_factory=list)

    def find(self, question: str) -> Findings:
        """Find for one question."""
        return found(question, **(DATA if "data" in question else {}))

    def lean(self, text: str) -> dict[str, float]:
        """Take every text for nobody's."""
        return {}

    def encoded(self, questions: Sequence[str]) -> Sequence[str]:
        """Keep what was asked."""
        self.asked.extend(questions)
        return questions

    def found(self, encoded: Sequence[str]) -> list[Findings]:
        """Find for all of them."""
        return [self.find(question) for question in encoded]

    def stance(self, claim: str) -> StanceFinding:
        """Take anything with "data" in it for a claim of the film's."""
        findings = self.find(claim)
        stance = "film" if "data" in claim else None
        return StanceFinding(findings, stance, {"film": 0.9, "facebook": 0.1}, findings.hits, findings.thresholds)


@dataclass
class HeldServing:
    """What answers, as soon as the test lets it be open."""

    open: Opened
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def current(self) -> Opened | None:
        """Give it, if it is open."""
        return self.open if self.gate.is_set() else None

    async def opened(self) -> Opened:
        """Wait until it is."""
        await self.gate.wait()
        return self.open


@dataclass(frozen=True)
class Bot:
    """The bot, and what a test may look into."""

    client: DilemmaClient
    retriever: ScriptedRetriever
    serving: HeldServing
    log: ConversationLog

    @property
    def moderation(self) -> Moderation:
        """The decisions of moderators."""
        return self.serving.open.moderation


@asynccontextmanager
async def answering(
    loopback: Loopback,
    folder: Path,
    *,
    held: bool = False,
    person: Rate = PLENTY,
    clock: Clock | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Bot]:
    """Run the bot until the block ends, with a log in `folder`; `held` lets it answer only once the gate is set.

    `sleep` is how the clock of debates waits, where it is not the machine's.
    """
    clock = clock or SystemClock()
    log = ConversationLog.open(folder / "log.sqlite3", tables, holder="test", now=clock.now_utc().isoformat())
    retriever = ScriptedRetriever()
    real = cast("Retriever", retriever)
    asking = Asking(pack(), real, log, clock=clock)
    answers = Answers(pack(), asking, real, log)
    moderation = Moderation(log, clock=clock)
    retention = Retention(log, moderation, clock=clock, days=365)
    lessons = Lessons(log, pack(), clock=clock)
    schedules = Schedules(log, pack(), moderation, clock=clock)
    debates = Debates(log, real, pack(), pack().formats, moderation, clock=clock, sleep=sleep)
    serving = HeldServing(Opened(pack(), log, answers, moderation, retention, lessons, schedules, debates))
    if not held:
        serving.gate.set()
    services = Services(
        cast("Serving", serving), Limits(clock, person=person, guild=PLENTY), clock, Config(), b"a secret of the tests"
    )
    client = DilemmaClient(services, ledger=Ledger(folder / "sessions.json", clock), uptime=Uptime(clock))
    # on_ready would come two seconds after the last guild.
    cast("Any", client)._connection.guild_ready_timeout = 0
    try:
        async with connected(client, BOT_TOKEN):
            yield Bot(client, retriever, serving, log)
    finally:
        asking.close()
        log.close()
        logs.tear_down()
        structlog.reset_defaults()
