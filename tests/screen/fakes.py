"""A service that answers from a script, and a person who talks to it."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from bot.answer.rules.sparring import NOTHING, Exchange, Move, Sparring, begun
from bot.answer.service.ask import Asking, Reply
from bot.answer.terminal.talk import Talk
from bot.config.sections import Config
from bot.process.clock import SystemClock
from bot.process.feature import Parts
from bot.quote.rules.quote import Act, Answer, Block
from bot.values.asker import Asker
from embeddings.library import Library
from embeddings.retriever import Retriever
from knowledge.model import Pack
from tests.quote.rules.findings import pack
from tests.screen.answers import answer, rebuttal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from knowledge.errors import Message


@dataclass
class ScriptedAsking:
    """Answers everything with one quote a side, and keeps what it was asked.

    A question that begins with "slow" is never answered, "late" after a moment, "broken" and "refused" raise what the
    script says. `heard` lists the calls, `askers` who asked; turns count from the last time the conversation was
    forgotten.
    """

    notices: tuple[Message, ...] = ()
    errors: dict[str, Exception] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    askers: list[Asker] = field(default_factory=list)
    on_slow: Callable[[], object] = lambda: None
    turn: int = 0

    async def ask(self, asker: Asker, text: str) -> Reply:
        """Answer, or do what the question's first word stands for."""
        self.heard.append(text)
        self.askers.append(asker)
        if text.startswith("slow"):
            self.on_slow()
            await asyncio.Event().wait()
        if text.startswith("late"):
            await asyncio.sleep(0.05)
        if text in self.errors:
            raise self.errors[text]
        self.turn += 1
        quoted = answer("audience-pawn", "product-team-not-driven", question=text)
        return Reply(quoted, pack(), self.turn, 1.25, self.notices)

    async def rebut(self, asker: Asker, statement: str) -> Reply:
        """Answer a claim."""
        self.heard.append(f"rebut {statement}")
        return Reply(replace(rebuttal(), question=statement, asked_as=statement), pack(), 1, 1.25, self.notices)

    def sparring(self, side: str) -> Sparring:
        """Begin a sparring."""
        return begun(pack(), side)

    async def spar(self, asker: Asker, sparring: Sparring, text: str) -> tuple[Reply, Sparring]:
        """Concede everything; "stop" ends it."""
        self.heard.append(f"spar {len(sparring.turns)} {text}")
        exchange = Exchange(text, Move.CLAIM, sparring.held, conceded=True)
        blocks = (Block(sparring.held, (), None),)
        conceding = Answer(text, text, Act.SPAR, blocks, say=(NOTHING,), conceded=True)
        after = Sparring(sparring.held, (*sparring.turns, exchange), over=text == "stop")
        return Reply(conceding, pack(), len(after.turns), 1.25, self.notices), after

    async def forget_conversation(self, asker: Asker) -> None:
        """Begin anew."""
        self.heard.append("forget")
        self.turn = 0


@contextmanager
def talk_to(
    asking: ScriptedAsking, waiting: Callable[[], AbstractContextManager[object]] = nullcontext
) -> Iterator[Talk]:
    """Let a person talk to the service."""
    with asyncio.Runner() as runner:
        yield Talk(cast("Asking", asking), Asker("somebody", "terminal"), runner, waiting)


def parts_with(retriever: object = None) -> Parts:
    """Put a pack together, and whatever searches in it."""
    parts = Parts(Config(), SystemClock(), ExitStack())
    parts.add(Pack, pack())
    parts.add(Retriever, cast("Retriever", retriever))
    parts.add(Library, Library.of(pack(), cast("Retriever", retriever)))
    return parts


def press_ctrl_c() -> None:
    """Interrupt this process, as the terminal does."""
    os.kill(os.getpid(), signal.SIGINT)
