"""Our bot in the test's own process, over a scripted search: everything but the model is the real thing."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import structlog

from bot.answer.service.pending import PendingAnswers
from bot.config.sections import Config
from bot.debate.service.debates import Debates
from bot.debate.service.plans import Plans
from bot.features import ALL
from bot.guild.service.settings import Settings
from bot.log.log import ConversationLog
from bot.process import journal as logs
from bot.process.clock import SystemClock
from bot.process.feature import Feature, Parts, open_features
from bot.process.limits import Limits, Rate
from bot.process.pending import Pending
from bot.process.sessions import Ledger, Uptime
from bot.review.service.reviews import Reviews
from bot.wire.client import DilemmaClient, Exports
from bot.wire.services import Services
from embeddings.hits import Findings, StanceFinding
from embeddings.library import Library, Shelf
from embeddings.retriever import Retriever
from knowledge.model import Pack
from tests.discord.loopback import BOT_TOKEN
from tests.discord.probe import connected
from tests.quote.rules.findings import Leaning, found, pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from bot.log.privacy import Table
    from bot.process.clock import Clock
    from bot.process.service import Serving
    from tests.discord.loopback import Loopback

DATA = {"everything_tracked": 0.9, "no_selling_information": 0.9, "audience_pawn": 0.8}
"""What is found for anything with "data" in it."""

PLENTY = Rate(burst=1000, every_s=0.001)
SECRET = b"a secret of the tests"
LEAST = 3


@dataclass
class ScriptedRetriever(Leaning):
    """Finds two passages of the film and one of Facebook for anything with "data" in it, else nothing."""

    asked: list[str] = field(default_factory=list)

    def find(self, question: str) -> Findings:
        """Find for one question."""
        return found(question, **(DATA if "data" in question else {}))

    def language(self, text: str) -> None:
        """Take everything for English."""

    def encoded(self, questions: Sequence[str]) -> Sequence[str]:
        """Keep what was asked."""
        self.asked.extend(questions)
        return questions

    def found(self, encoded: Sequence[str]) -> list[Findings]:
        """Find for all of them."""
        return [self.find(question) for question in encoded]

    def rejoinders(self, findings: Findings) -> Findings:
        """Find the same against a claim."""
        return findings

    def move(self, findings: Findings) -> dict[str, float]:
        """Take "stop" for the end, "no answer" for a challenge, all else for a claim."""
        return {{"stop": "stop", "no answer": "challenge"}.get(findings.question, "claim"): 0.9}

    def sides_of(self, _findings: Findings) -> dict[str, float]:
        """Take every claim for nobody's."""
        return {}

    def stance(self, claim: str) -> StanceFinding:
        """Search, and tell the stance."""
        return self.stance_of(self.find(claim))

    def stance_of(self, known: Findings) -> StanceFinding:
        """Take anything with "data" in it for a claim of the film's."""
        findings = self.find(known.question)
        stance = "film" if "data" in known.question else None
        return StanceFinding(findings, stance, {"film": 0.9, "facebook": 0.1}, findings.hits, findings.thresholds)


@dataclass
class HeldServing:
    """What answers, as soon as the test lets it be open."""

    parts: Parts
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    hindrance: str | None = None

    @property
    def current(self) -> Parts | None:
        """Give it, if it is open."""
        return self.parts if self.gate.is_set() else None

    @property
    def pending(self) -> Pending:
        """Give what keeps promises, open or not."""
        return self.parts.get(Pending)

    async def keeping(self) -> Pending:
        """Give it."""
        return self.pending

    async def opened(self) -> Parts:
        """Wait until it is."""
        await self.gate.wait()
        return self.parts


@dataclass(frozen=True)
class Bot:
    """The bot, and what a test may look into."""

    client: DilemmaClient
    retriever: ScriptedRetriever
    serving: HeldServing
    log: ConversationLog

    @property
    def parts(self) -> Parts:
        """Its services."""
        return self.serving.parts

    @property
    def settings(self) -> Settings:
        """What guilds set."""
        return self.parts.get(Settings)

    @property
    def reviews(self) -> Reviews:
        """The decisions of moderators."""
        return self.parts.get(Reviews)


def _tables_of(features: Sequence[Feature[Exports, Table]]) -> tuple[Table, ...]:
    return tuple(table for feature in features for table in feature.tables())


@asynccontextmanager
async def answering(  # noqa: PLR0913 - what a test may want otherwise
    loopback: Loopback,
    folder: Path,
    *,
    held: bool = False,
    person: Rate = PLENTY,
    clock: Clock | None = None,
    features: Sequence[Feature[Exports, Table]] = ALL,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    further: Sequence[Shelf] = (),
) -> AsyncIterator[Bot]:
    """Run the bot until the block ends, with a log in `folder`; `held` lets it answer only once the gate is set.

    Beside the shipped pack it has `further` ones. `sleep` is how the clock of debates waits, where it is not the
    machine's.
    """
    clock = clock or SystemClock()
    log = ConversationLog.open(
        folder / "log.sqlite3",
        lambda: _tables_of(features),
        holder="test",
        now=clock.now_utc().isoformat(),
        secret=SECRET,
    )
    retriever = ScriptedRetriever()
    config, closing = (
        Config.model_validate({"discord": {"retention_days": 365}, "votes": {"least": LEAST}}),
        ExitStack(),
    )
    closing.callback(log.close)
    parts = Parts(config, clock, closing)
    parts.add(Pack, pack())
    parts.add(ConversationLog, log)
    parts.add(Pending, PendingAnswers(log, clock))
    parts.add(Retriever, cast("Retriever", retriever))
    parts.add(Library, Library((Shelf(pack(), parts.get(Retriever)), *further)))
    open_features(features, parts)
    if any(feature.name == "debate" for feature in features):
        # The same, but for how its clock waits.
        debates = Debates(
            log,
            parts.get(Library),
            (),
            parts.get(Settings),
            clock=clock,
            sleep=sleep,
            least=LEAST,
        )
        parts.add(Debates, debates)
        parts.add(Plans, Plans(log, debates, clock=clock, sleep=sleep))
    serving = HeldServing(parts)
    if not held:
        serving.gate.set()
    services = Services(cast("Serving", serving), Limits(clock, person=person, guild=PLENTY), clock, config, SECRET)
    exports = [feature.exports() for feature in features]
    client = DilemmaClient(services, exports, ledger=Ledger(folder / "sessions.json", clock), uptime=Uptime(clock))
    # on_ready would come two seconds after the last guild.
    cast("Any", client)._connection.guild_ready_timeout = 0
    try:
        async with connected(client, BOT_TOKEN):
            yield Bot(client, retriever, serving, log)
    finally:
        closing.close()
        logs.tear_down()
        structlog.reset_defaults()
