"""The parts of `bench` that ask one question at a time: how long an answer takes, quietly and beside a neighbour.

Beside it stands the retrieval of three frameworks (`frameworks.py`). A neighbour is another process that keeps a core
busy; quiet and busy stretches take turns, with the same questions in both.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from bot.lab.bench.figures import MeasuredPart, Plotted, Row, Section, Target
from bot.lab.bench.frameworks import FRAMEWORKS
from bot.lab.bench.timing import bootstrapped, in_turns, nearest_rank, ratio, ratio_of_p95s
from bot.values.asker import Asker
from embeddings.learnt.spelling import Phrasing
from knowledge.distribution import adding_extra
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from random import Random

    from bot.answer.service.ask import Asking, Reply
    from bot.lab.bench.figures import Value
    from bot.lab.bench.ground import Ground
    from bot.lab.bench.timing import Way
    from bot.process.clock import Clock
    from embeddings.encoders.reference import Encoder

FAST: Final = "fast"
REFERENCE: Final = "reference"
ANSWER: Final = "answer_fast"
ANSWER_REFERENCE: Final = "answer_reference"

LABELS: Final = {
    FAST: "fast encoder alone",
    "fast_again": "the same again",
    REFERENCE: "reference alone",
    ANSWER: "answer, fast",
    "answer_logged": "answer, fast, logged",
    ANSWER_REFERENCE: "answer, reference",
} | {
    f"{name}_{encoder}": f"{framework.label}, {encoder}"
    for name, framework in FRAMEWORKS.items()
    for encoder in (FAST, REFERENCE)
}
"""The ways of dealing with one question, with their names for people."""

NO_FAST: Final = "There is no fast encoder here, and so nothing is measured of it: `dilemma index` says why."

ASKER: Final = Asker("bench", "bench")

NOT_INSTALLED: Final = "{label} is not installed, and not compared with: run `{command}`"

MOST_OF_A_FRAMEWORK: Final = 0.3
"""What a whole answer may take of the time of a framework's retrieval over the reference."""

STRETCH: Final = 20
"""Questions in one stretch, quiet or busy."""

# It looks whether this process is still there: one that was killed cannot end it.
_BUSY: Final = """\
import os, sys
print("busy", flush=True)
while os.getppid() == int(sys.argv[1]):
    for _ in range(1_000_000):
        pass
"""


def measure_answers(ground: Ground) -> MeasuredPart:
    """Ask each question in every way."""
    ways = _ways(ground)
    ground.tell(f"asking {len(ground.questions)} questions, each in {len(ways)} ways")
    taken_ms = asyncio.run(_asked(ground, ways))
    musts = []
    if FAST in ways:
        over_fast = ratio(taken_ms[FAST], taken_ms[ANSWER], ground.rng)
        over_reference = ratio(taken_ms[REFERENCE], taken_ms[ANSWER], ground.rng)
        musts.append(Target("answer_over_fast", "answer over the fast encoder alone", over_fast, 1.4))
        musts.append(Target("answer_over_reference", "answer over the reference alone", over_reference, 0.47))
        for name, framework in FRAMEWORKS.items():
            if (usual := f"{name}_{REFERENCE}") in ways:
                over = ratio(taken_ms[usual], taken_ms[ANSWER], ground.rng)
                musts.append(Target(f"answer_over_{name}", f"answer over {framework.label}", over, MOST_OF_A_FRAMEWORK))
    notes = [] if FAST in ways else [NO_FAST]
    notes += [
        NOT_INSTALLED.format(label=framework.label, command=adding_extra("bench"))
        for framework in FRAMEWORKS.values()
        if not framework.installed
    ]
    rows = tuple(_row(ground, name, taken_ms) for name in LABELS if name in ways)
    columns = (
        ("median_ms", "median"),
        ("p95_ms", "p95"),
        ("over_fast", "× fast alone"),
        ("over_reference", "× reference alone"),
    )
    plotted = Plotted("median_ms", "p95_ms", "milliseconds")
    section = Section("one_question", "One question, in milliseconds", columns, rows, plotted)
    return MeasuredPart((section,), tuple(musts), tuple(notes))


def _ways(ground: Ground) -> dict[str, Way]:
    clock, fast, reference = ground.clock, ground.fast, ground.reference
    phrasing = Phrasing(ground.pack.wording.short_forms)
    ways = {
        REFERENCE: encoding_alone(reference, clock, phrasing),
        ANSWER_REFERENCE: answering(ground.asking(reference), ASKER, clock),
    }
    if fast is not None:
        ways |= {
            FAST: encoding_alone(fast, clock, phrasing),
            "fast_again": encoding_alone(fast, clock, phrasing),
            ANSWER: answering(ground.asking(fast), ASKER, clock),
            "answer_logged": answering(ground.asking(fast, ground.log("answers")), ASKER, clock),
        }
    for name, framework in FRAMEWORKS.items():
        if framework.installed:
            ways[f"{name}_{REFERENCE}"] = framework.way(ground.pack, reference, clock)
            if fast is not None:
                ways[f"{name}_{FAST}"] = framework.way(ground.pack, fast, clock)
    return ways


async def _asked(ground: Ground, ways: Mapping[str, Way]) -> dict[str, tuple[float, ...]]:
    await in_turns(ways, ground.warm_up, ground.rng)
    return await in_turns(ways, ground.questions, ground.rng)


def _row(ground: Ground, name: str, taken_ms: Mapping[str, Sequence[float]]) -> Row:
    samples = taken_ms[name]
    ratios: list[Value] = [
        ratio(taken_ms[base], samples, ground.rng) if base in taken_ms and base != name else None
        for base in (FAST, REFERENCE)
    ]
    return Row(name, LABELS[name], (median(samples), nearest_rank(samples, 0.95), *ratios))


def measure_neighbour(ground: Ground) -> MeasuredPart:
    """Ask each question quietly, and once more while another process keeps a core busy."""
    clock = ground.clock
    encoders = {ANSWER_REFERENCE: ground.reference}
    if ground.fast is not None:
        encoders = {ANSWER: ground.fast} | encoders
    ways = {name: answering(ground.asking(encoder), ASKER, clock) for name, encoder in encoders.items()}
    ground.tell("asking beside a process that keeps a core busy, and without it")

    found = asyncio.run(beside_neighbour(ways, ground.questions, ground.rng))
    rows, musts = [], []
    for name, beside in found.items():
        times = bootstrapped(tuple(zip(beside.quiet_ms, beside.busy_ms, strict=True)), ratio_of_p95s, ground.rng)
        rows.append(
            Row(name, LABELS[name], (nearest_rank(beside.quiet_ms, 0.95), nearest_rank(beside.busy_ms, 0.95), times))
        )
        if name == ANSWER:
            musts.append(Target("neighbour", "p95 with a busy neighbour over the quiet one", times, 2.0))
    columns = (("quiet_p95_ms", "quiet p95"), ("busy_p95_ms", "p95 with it"), ("ratio", "ratio"))
    plotted = Plotted("quiet_p95_ms", "busy_p95_ms", "milliseconds")
    title = "Beside a busy neighbour process, in milliseconds"
    section = Section("neighbour", title, columns, tuple(rows), plotted)
    return MeasuredPart((section,), tuple(musts), () if musts else (NO_FAST,))


@dataclass(frozen=True, slots=True)
class Beside:
    """Milliseconds without a neighbour and with one, question by question."""

    quiet_ms: tuple[float, ...]
    busy_ms: tuple[float, ...]


@contextmanager
def busy_neighbour() -> Iterator[None]:
    """Keep one core busy with a process of its own. Raises Fault when that cannot be started."""
    command = [sys.executable, "-I", "-c", _BUSY, str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own few lines
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            if not process.stdout.readline():
                raise Fault("the process that was to keep a core busy did not start")
            yield
        finally:
            process.kill()


async def beside_neighbour(
    ways: Mapping[str, Way],
    questions: Sequence[str],
    rng: Random,
    neighbour: Callable[[], AbstractContextManager[None]] = busy_neighbour,
) -> dict[str, Beside]:
    """Have every question dealt with in every way, once with a neighbour and once without, in short stretches."""
    quiet: dict[str, list[float]] = {name: [] for name in ways}
    busy: dict[str, list[float]] = {name: [] for name in ways}
    for start in range(0, len(questions), STRETCH):
        stretch = questions[start : start + STRETCH]
        quietly = await in_turns(ways, stretch, rng)
        with neighbour():
            busily = await in_turns(ways, stretch, rng)
        for name in ways:
            quiet[name] += quietly[name]
            busy[name] += busily[name]
    return {name: Beside(tuple(quiet[name]), tuple(busy[name])) for name in ways}


def encoding_alone(encoder: Encoder, clock: Clock, phrasing: Phrasing) -> Way:
    """Return the least that any answer takes: the question's one forward pass, and nothing else.

    The time starts in the thread where answers are found too, so that going there counts as part of answering.
    """

    def forward(question: str) -> float:
        text = phrasing.spelt_out(question)
        started_s = clock.monotonic_s()
        encoder.encode([text])
        return (clock.monotonic_s() - started_s) * 1000

    async def way(question: str) -> float:
        return await asyncio.to_thread(forward, question)

    return way


def answering(asking: Asking, asker: Asker, clock: Clock) -> Way:
    """Return the whole way from question to verified answer, each question as the first of a conversation.

    Raises UserError when an answer is no usual one.
    """

    async def way(question: str) -> float:
        await asking.forget_conversation(asker)
        started_s = clock.monotonic_s()
        reply = await asking.ask(asker, question)
        taken_ms = (clock.monotonic_s() - started_s) * 1000
        check_usual(reply)
        return taken_ms

    return way


def check_usual(reply: Reply) -> None:
    """Raise UserError when an answer came with a note, such as that it could not be logged."""
    if reply.notices:
        raise UserError(f"nothing can be measured, for an answer came with a note: {reply.notices[0]}")
