"""The parts of `bench` that ask one question at a time: how long an answer takes, quietly and beside a neighbour."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from bot.lab.bench.figures import Must, Part, Plotted, Row, Section
from bot.lab.bench.langchain import NOT_INSTALLED, is_installed, langchain
from bot.lab.bench.neighbour import beside_neighbour
from bot.lab.bench.timing import Spread, answering, bootstrapped, encoding_alone, in_turns, ratio, ratio_of_p95s
from bot.values.asker import Asker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.lab.bench.figures import Value
    from bot.lab.bench.ground import Ground
    from bot.lab.bench.timing import Way

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
    "langchain_fast": "LangChain, fast",
    "langchain_reference": "LangChain, reference",
}
"""The ways of dealing with one question, with their names for people."""

NO_FAST: Final = "There is no fast encoder here, and so nothing is measured of it: `dilemma index` says why."

ASKER: Final = Asker("bench", "bench")


def measure_answers(ground: Ground) -> Part:
    """Ask each question in every way."""
    ways = _ways(ground)
    ground.tell(f"asking {len(ground.questions)} questions, each in {len(ways)} ways")
    taken_ms = asyncio.run(_asked(ground, ways))
    musts = []
    if FAST in ways:
        over_fast = ratio(taken_ms[FAST], taken_ms[ANSWER], ground.rng)
        over_reference = ratio(taken_ms[REFERENCE], taken_ms[ANSWER], ground.rng)
        musts.append(Must("answer_over_fast", "answer over the fast encoder alone", over_fast, 1.6))
        musts.append(Must("answer_over_reference", "answer over the reference alone", over_reference, 0.6))
    notes = [] if FAST in ways else [NO_FAST]
    if not is_installed():
        notes.append(NOT_INSTALLED)
    rows = tuple(_row(ground, name, taken_ms) for name in LABELS if name in ways)
    columns = (
        ("median_ms", "median"),
        ("p95_ms", "p95"),
        ("over_fast", "× fast alone"),
        ("over_reference", "× reference alone"),
    )
    plotted = Plotted("median_ms", "p95_ms", "milliseconds")
    section = Section("one_question", "One question, in milliseconds", columns, rows, plotted)
    return Part((section,), tuple(musts), tuple(notes))


def _ways(ground: Ground) -> dict[str, Way]:
    clock, fast, reference = ground.clock, ground.fast, ground.reference
    ways = {
        REFERENCE: encoding_alone(reference, clock),
        ANSWER_REFERENCE: answering(ground.asking(reference), ASKER, clock),
    }
    if fast is not None:
        ways |= {
            FAST: encoding_alone(fast, clock),
            "fast_again": encoding_alone(fast, clock),
            ANSWER: answering(ground.asking(fast), ASKER, clock),
            "answer_logged": answering(ground.asking(fast, ground.log("answers")), ASKER, clock),
        }
    if is_installed():
        ways["langchain_reference"] = langchain(ground.pack, reference, clock)
        if fast is not None:
            ways["langchain_fast"] = langchain(ground.pack, fast, clock)
    return ways


async def _asked(ground: Ground, ways: Mapping[str, Way]) -> dict[str, tuple[float, ...]]:
    await in_turns(ways, ground.warm_up, ground.rng)
    return await in_turns(ways, ground.questions, ground.rng)


def _row(ground: Ground, name: str, taken_ms: Mapping[str, Sequence[float]]) -> Row:
    spread = Spread.of(taken_ms[name])
    ratios: list[Value] = [
        ratio(taken_ms[base], taken_ms[name], ground.rng) if base in taken_ms and base != name else None
        for base in (FAST, REFERENCE)
    ]
    return Row(name, LABELS[name], (spread.median, spread.p95, *ratios))


def measure_neighbour(ground: Ground) -> Part:
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
        rows.append(Row(name, LABELS[name], (beside.quiet_p95_ms, beside.busy_p95_ms, times)))
        if name == ANSWER:
            musts.append(Must("neighbour", "p95 with a busy neighbour over the quiet one", times, 2.0))
    columns = (("quiet_p95_ms", "quiet p95"), ("busy_p95_ms", "p95 with it"), ("ratio", "ratio"))
    plotted = Plotted("quiet_p95_ms", "busy_p95_ms", "milliseconds")
    title = "Beside a busy neighbour process, in milliseconds"
    section = Section("neighbour", title, columns, tuple(rows), plotted)
    return Part((section,), tuple(musts), () if musts else (NO_FAST,))
