"""What all parts of `bench` stand on: how much is measured, the questions, both encoders, and what answers over them.

Each thing is made when a part asks for it.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from bot.answer.terminal.ask import WrongUseError
from bot.process.clock import SystemClock
from knowledge.errors import UserError

# What is measured is imported only when its turn comes; see the package.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.answer.service.ask import Asking
    from bot.log.log import ConversationLog
    from bot.screen.session import Session
    from embeddings.encoders.reference import Encoder
    from embeddings.index.index import Index
    from embeddings.retriever import Retriever
    from knowledge.model import Pack

QUESTIONS: Final = 200
"""Questions that a 95th percentile needs, for ten of them to lie above it."""

QUICK_QUESTIONS: Final = 20
WARM_UP: Final = 20
"""Questions asked before those that count, for the first passes of a model take longer."""

ROUNDS: Final = 6
"""An even number, for every other one goes backwards."""

STARTS: Final = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is measured: questions, rounds of what takes turns, starts after the one to warm up.

    With `scale` the index is tried up to a million passages.
    """

    questions: int
    rounds: int
    starts: int
    quick: bool
    scale: bool

    @classmethod
    def wanted(cls, questions: int | None, *, quick: bool, scale: bool) -> Scope:
        """Make a plan from the options. Raises WrongUseError for too few questions."""
        if quick:
            return cls(questions or QUICK_QUESTIONS, 1, 1, quick=True, scale=scale)
        if questions is not None and questions < QUESTIONS:
            raise WrongUseError(
                f"--questions {questions} is too few to measure: take {QUESTIONS} or more, or add --quick"
            )
        return cls(questions or QUESTIONS, ROUNDS, STARTS, quick=False, scale=scale)


def chosen(pack: Pack, longest: int, plan: Scope) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Choose questions of the pack to warm up with, and others that count, each cut after `longest` characters.

    Raises UserError when there are too few.
    """
    from bot.lab.bench.timing import spread_out

    texts = tuple(dict.fromkeys(question.text[:longest] for question in pack.questions))
    if not texts:
        raise UserError(f"the pack {pack.id} has no example questions to ask: add some to its questions.toml")
    if len(texts) < plan.questions and not plan.quick:
        most = f"--questions {len(texts)} or " if len(texts) >= QUESTIONS else ""
        raise UserError(f"the pack {pack.id} has only {len(texts)} different example questions: take {most}--quick")
    questions = spread_out(texts, plan.questions)
    taken = frozenset(questions)
    others = tuple(text for text in texts if text not in taken)
    return spread_out(others or questions, WARM_UP), questions


@dataclass
class Ground:
    """One run over the pack of the settings. Only the `questions` count, not those to warm up with.

    `folder` is a temporary one; `stack` closes what was opened.
    """

    session: Session
    plan: Scope
    folder: Path
    stack: ExitStack
    pack: Pack
    warm_up: tuple[str, ...]
    questions: tuple[str, ...]
    clock: SystemClock = field(default_factory=SystemClock)
    # Nothing is secret, and equal times are to give equal intervals.
    rng: Random = field(default_factory=lambda: Random(0))  # noqa: S311

    @classmethod
    @contextmanager
    def prepared(cls, session: Session, plan: Scope) -> Iterator[Ground]:
        """Return the ground for a run, and clear it away afterwards. Raises UserError for a pack with few questions."""
        import tempfile

        with tempfile.TemporaryDirectory(prefix="dilemma-bench-") as folder, ExitStack() as stack:
            stack.callback(session.screen.close)
            pack = session.pack()
            warm_up, questions = chosen(pack, session.config.answer.max_question_chars, plan)
            yield cls(session, plan, Path(folder), stack, pack, warm_up, questions)

    def tell(self, what: str) -> None:
        """Tell on a terminal what is being done: in a still line, for what moves takes time from what is measured."""
        if sys.stderr is not None and sys.stderr.isatty():
            self.session.screen.say(f"{what} …")

    @property
    def index(self) -> Index:
        """The index, built if it must be."""
        return self._opened[0]

    @property
    def fast(self) -> Encoder | None:
        """The fast encoder; None where there is none, as for a model that is named, not a folder."""
        return self._opened[1]

    @cached_property
    def _opened(self) -> tuple[Index, Encoder | None]:
        from bot import opening
        from bot.process import calm as settling
        from embeddings.encoders.exported import ExportError

        config = self.session.config
        _, index = opening.open_index_for(config, self.pack, self.session.screen, complete=True)
        self.stack.callback(index.close)
        try:
            fast = opening.open_exported(config)
        except ExportError:
            fast = None
        settling.settle()
        return index, fast

    @cached_property
    def reference(self) -> Encoder:
        """The reference; takes seconds."""
        from bot import opening
        from bot.process import calm as settling

        self.tell("loading the reference encoder")
        reference = opening.load_reference(self.session.config)
        # Again, for it is made of a lot.
        settling.settle()
        return reference

    @property
    def encoder(self) -> Encoder:
        """The one that answers in earnest: the fast one where there is one."""
        return self.fast or self.reference

    def retriever(self, encoder: Encoder) -> Retriever:
        """Find with an encoder."""
        from embeddings.retriever import Retriever

        return Retriever(self.pack, encoder, self.index)

    def asking(self, encoder: Encoder, log: ConversationLog | None = None) -> Asking:
        """Answer with an encoder, logging to `log`; nothing is remembered of one question for the next."""
        from bot.answer.service.ask import Asking
        from embeddings.library import Library

        longest = self.session.config.answer.max_question_chars
        library = Library.of(self.pack, self.retriever(encoder))
        asking = Asking(library, log, clock=self.clock, longest_question=longest)
        self.stack.callback(asking.close)
        return asking

    def log(self, name: str) -> ConversationLog:
        """Open a temporary log."""
        from bot.log.log import ConversationLog

        now = self.clock.now_utc().isoformat()
        log = ConversationLog.open(self.folder / f"{name}.sqlite3", tuple, holder="dilemma bench", now=now)
        self.stack.callback(log.close)
        return log
