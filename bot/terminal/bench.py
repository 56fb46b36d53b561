"""`bench`: how long answers take beside the model alone, how many a second there are, and how long a start takes."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.terminal.ask import WrongUseError
from bot.terminal.session import session_of
from knowledge.errors import UserError

# What is measured is imported only when its turn comes; see the package.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from random import Random

    from bot.app import App
    from bot.services.benching import Comparison, Spread
    from bot.services.clock import Clock
    from bot.terminal.figures import Figures
    from bot.terminal.session import Session
    from bot.terminal.starting import Start
    from knowledge.model import Pack

QUESTIONS: Final = 200
"""Questions that a 95th percentile needs, for ten of them to lie above it."""

QUICK_QUESTIONS: Final = 20
WARM_UP: Final = 20
"""Questions asked before those that count, for the first passes of a model take longer."""

ROUNDS: Final = 5
STARTS: Final = 5

Questions = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, help=f"Ask N of the pack's questions, {QUESTIONS} or more. [default: {QUESTIONS}]"
    ),
]
Quick = Annotated[bool, typer.Option("--quick", help="Only see whether it works: few questions, everything once.")]
Build = Annotated[bool, typer.Option("--build", help="Build the index from nothing too, which may take a minute.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write the figures as one JSON object on one line.")]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: questions, rounds of asking all of them at once, and starts after the one to warm up."""

    questions: int
    rounds: int
    starts: int
    quick: bool

    @classmethod
    def wanted(cls, questions: int | None, *, quick: bool) -> Plan:
        """Make a plan from the options. Raises WrongUseError for too few questions."""
        if quick:
            return cls(questions or QUICK_QUESTIONS, 1, 1, quick=True)
        if questions is not None and questions < QUESTIONS:
            raise WrongUseError(
                f"--questions {questions} is too few to measure: take {QUESTIONS} or more, or add --quick"
            )
        return cls(questions or QUESTIONS, ROUNDS, STARTS, quick=False)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma bench --questions 500 --json")(bench)


def bench(
    context: typer.Context,
    questions: Questions = None,
    quick: Quick = False,  # noqa: FBT002 - a flag
    build: Build = False,  # noqa: FBT002 - a flag
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Measure how long answers take beside the model alone, and how long a start takes.

    It asks example questions of the pack, takes a minute or two, and leaves your log alone.
    """
    import json

    from bot.terminal.figures import figures_object, remarks, tables

    session = session_of(context)
    screen = session.screen
    figures = _measure(session, Plan.wanted(questions, quick=quick), build=build)
    if as_json:
        typer.echo(json.dumps(figures_object(figures)))
        return
    screen.write(f"{figures.questions} questions of {figures.pack}, on {figures.machine}")
    for table in tables(figures):
        screen.write("")
        screen.show(table.lines())
    for remark in remarks(figures):
        screen.write("")
        screen.write(remark)


def _measure(session: Session, plan: Plan, *, build: bool) -> Figures:
    """Do what is planned, and tell on a terminal what is being done."""
    import asyncio
    import tempfile
    from random import Random

    from bot.services.clock import SystemClock
    from bot.terminal.figures import Figures
    from bot.terminal.machine import Machine, load_now
    from embeddings.encoder import forward_threads

    clock = SystemClock()
    rng = Random(0)  # noqa: S311 - nothing is secret, and equal times are to give equal intervals
    load = load_now()
    pack = session.pack()
    warm_up, questions = chosen(pack, session.config.answer.max_question_chars, plan)
    # This comes first: a process starts with the memory of the one that started it on its account, and as long as no
    # model is loaded here, that is little.
    starts = _start(session, plan.starts, questions[0])
    with session.app("dilemma bench", log=False) as app, tempfile.TemporaryDirectory(prefix="dilemma-bench-") as folder:
        _tell(session, f"asking {len(questions)} questions, each in four ways")
        spreads, comparisons = asyncio.run(_ask(app, Path(folder), warm_up, questions, clock, rng))
        _tell(session, "asking them one by one, and in a batch")
        one_by_one, batch = asyncio.run(_count(app, questions, plan.rounds, clock))
        return Figures(
            pack=pack.id,
            questions=len(questions),
            quick=plan.quick,
            machine=Machine.here(forward_threads(), load),
            spreads=spreads,
            comparisons=comparisons,
            one_by_one=one_by_one,
            batch=batch,
            starts=starts,
            build_s=_build(session, app, Path(folder), clock) if build else None,
            log_folder=str(Path(folder).parent),
        )


def chosen(pack: Pack, longest: int, plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Choose questions of the pack to warm up with, and others that count, each cut after `longest` characters.

    Raises UserError when there are too few.
    """
    from bot.services.benching import spread_out

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


def _tell(session: Session, what: str) -> None:
    """Tell on a terminal what is being done: in a still line, for what moves takes time from what is measured."""
    if sys.stderr is not None and sys.stderr.isatty():
        session.screen.say(f"{what} …")


def _start(session: Session, count: int, question: str) -> tuple[Start, ...]:
    """Start the program afresh, again and again, once more than counts."""
    from bot.terminal import starting

    _tell(session, "starting once to warm up, which builds the index where there is none")
    starting.start_afresh(session.config_path, session.environ, question)
    _tell(session, "starting again, for the figures")
    return tuple(starting.start_afresh(session.config_path, session.environ, question) for _ in range(count))


async def _ask(
    app: App, folder: Path, warm_up: tuple[str, ...], questions: tuple[str, ...], clock: Clock, rng: Random
) -> tuple[dict[str, Spread], dict[str, Comparison]]:
    """Ask the questions in every way: how long each way takes, and how much longer than the model alone."""
    from bot.services.asking import Asking
    from bot.services.benching import Comparison, Spread, answering, encoding_alone, in_turns
    from bot.store.log import ConversationLog
    from bot.terminal import figures

    asker = app.asker("bench", "bench", "bench")
    longest = app.config.answer.max_question_chars
    opened = ConversationLog.open(folder / "log.sqlite3", holder="dilemma bench", now=clock.now_utc().isoformat())
    with closing(opened) as log:
        logged = Asking(app.pack, app.retriever, log, clock=clock, longest_question=longest)
        ways = {
            figures.MODEL: encoding_alone(app.encoder, clock),
            figures.AGAIN: encoding_alone(app.encoder, clock),
            figures.ANSWER: answering(app.asking, asker, clock),
            figures.LOGGED: answering(logged, asker, clock),
        }
        await in_turns(ways, warm_up, rng)
        taken_ms = await in_turns(ways, questions, rng)
    spreads = {way: Spread.of(samples) for way, samples in taken_ms.items()}
    model_ms = taken_ms.pop(figures.MODEL)
    return spreads, {way: Comparison.of(model_ms, samples, rng) for way, samples in taken_ms.items()}


async def _count(
    app: App, questions: tuple[str, ...], rounds: int, clock: Clock
) -> tuple[dict[str, float], dict[str, float]]:
    """Count the questions a second that the model alone and the retriever get through, one by one and in a batch."""
    from bot.services.benching import rates
    from bot.terminal.figures import MODEL, RETRIEVER
    from embeddings.phrasing import spelt_out

    encode, find_many = app.encoder.encode, app.retriever.find_many
    texts = [spelt_out(question) for question in questions]
    one_by_one = {
        MODEL: lambda: [encode([text]) for text in texts],
        RETRIEVER: lambda: [find_many([question]) for question in questions],
    }
    batch = {MODEL: lambda: encode(texts), RETRIEVER: lambda: find_many(questions)}
    return await rates(one_by_one, len(questions), rounds, clock), await rates(batch, len(questions), rounds, clock)


def _build(session: Session, app: App, folder: Path, clock: Clock) -> float:
    """Build the index where there is none, and give the seconds that it takes."""
    from embeddings.index import open_index

    _tell(session, "building the index from nothing")
    started_s = clock.monotonic_s()
    open_index(app.pack, app.encoder, folder / "index", report=session.screen.report).close()
    return clock.monotonic_s() - started_s
