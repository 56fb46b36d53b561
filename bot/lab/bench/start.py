"""The part of `bench` that starts the program afresh: `dilemma ask`, a start part by part, and a bot's loop meanwhile.

It comes first in a run: a process starts with the memory of the one that started it on its account, and as long as no
model is loaded here, that is little.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from bot.lab.bench import fresh
from bot.lab.bench.figures import MeasuredPart, Plotted, Row, Section, Target
from bot.lab.bench.timing import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.lab.bench.fresh import AskRun, StartRun
    from bot.lab.bench.ground import Ground

RUNTIME: Final = "DILEMMA_ENCODER__RUNTIME"

PATHS: Final = {"fast": "auto", "reference": "reference"}
"""The two paths, with what chooses them in the environment."""

PARTS: Final = {
    "python": "Python itself",
    "import": "import",
    "pack": "pack",
    "model": "model",
    "index": "index",
    "answer": "first answer",
    "total": "together",
}
"""The parts of a start, with their names for people."""

_MB: Final = 1_000_000


def measure_start(ground: Ground) -> MeasuredPart:
    """Start again and again, on both paths in turns, once more than counts."""
    session, question = ground.session, ground.questions[0]
    log = {"DILEMMA_LOG__ENABLED": "true", "DILEMMA_LOG__PATH": str(ground.folder / "start.sqlite3")}
    environs = {path: {**session.environ, **log, RUNTIME: runtime} for path, runtime in PATHS.items()}
    ground.tell("starting once to warm up, which builds the index where there is none")
    for environ in reversed(environs.values()):
        fresh.ask_afresh(session.config_path, environ, question)
    ground.tell("starting again, for the figures")
    asked: dict[str, list[AskRun]] = {path: [] for path in PATHS}
    started: dict[str, list[StartRun]] = {path: [] for path in PATHS}
    lags_ms = []
    for number in range(ground.plan.starts):
        for path, environ in environs.items():
            asked[path].append(fresh.ask_afresh(session.config_path, environ, question))
            # The reference takes so long that its parts stand out in a single start.
            if path != "reference" or number == 0:
                started[path].append(fresh.start_afresh(session.config_path, environ, question))
        lags_ms.append(fresh.lag_of_serving(session.config_path, environs["fast"]))
    starts = "1 start" if ground.plan.starts == 1 else f"{ground.plan.starts} starts"
    note = f"{starts} a path after one to warm up, so that all files were in memory; the reference's parts come of one."
    return MeasuredPart((_ask_section(asked), _parts_section(started)), _musts(ground, asked, median(lags_ms)), (note,))


def _ask_section(asked: Mapping[str, Sequence[AskRun]]) -> Section:
    rows = tuple(
        Row(
            path,
            f"{path} encoder",
            (
                median(one.printed_ms for one in own) / 1000,
                max(one.printed_ms for one in own) / 1000,
                max(one.peak_bytes for one in own) / _MB,
            ),
        )
        for path, own in asked.items()
    )
    columns = (("median_s", "median"), ("slowest_s", "slowest"), ("peak_mb", "most MB"))
    plotted = Plotted("median_s", "slowest_s", "seconds")
    return Section("ask", "dilemma ask, from its start to the printed answer, in seconds", columns, rows, plotted)


def _parts_section(started: Mapping[str, Sequence[StartRun]]) -> Section:
    rows = tuple(
        Row(part, label, tuple(median(getattr(one, f"{part}_ms") for one in own) / 1000 for own in started.values()))
        for part, label in PARTS.items()
    )
    columns = tuple((f"{path}_s", path) for path in started)
    title = "From the start to the first answer, part by part, in seconds"
    return Section("start_parts", title, columns, rows, Plotted("fast_s", "reference_s", "seconds"))


def _musts(ground: Ground, asked: Mapping[str, Sequence[AskRun]], lag_ms: float) -> tuple[Target, ...]:
    fast_ms = [one.printed_ms for one in asked["fast"]]
    reference_ms = [one.printed_ms for one in asked["reference"]]
    peak_mb = max(one.peak_bytes for one in asked["fast"]) / _MB
    return (
        Target("start_over_reference", "start over the reference path", ratio(reference_ms, fast_ms, ground.rng), 0.2),
        Target("start_s", "start to the printed answer, s", median(fast_ms) / 1000, 0.48),
        Target("start_mb", "most memory of it, MB", peak_mb, 195.0),
        Target("start_lag", "loop lag p99 while a bot starts, ms", lag_ms, 20.0),
    )
