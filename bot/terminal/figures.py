"""The figures of `bench`: as tables for people, as one object for programs.

It must not know how anything is measured.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.services.benching import Spread
from bot.terminal.tables import TextTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.services.benching import Comparison, Estimate
    from bot.terminal.machine import Machine
    from bot.terminal.starting import Start

MODEL: Final = "model"
AGAIN: Final = "model_again"
ANSWER: Final = "answer"
LOGGED: Final = "answer_logged"
RETRIEVER: Final = "retriever"

WAYS: Final = {
    MODEL: "model alone",
    AGAIN: "the same again",
    ANSWER: "full answer",
    LOGGED: "logged answer",
}
"""The ways of dealing with one question, with their names for people."""

WORKERS: Final = {MODEL: "model alone", RETRIEVER: "retriever"}
"""Who deals with many questions, with their names for people."""

PARTS: Final = {
    "python": "Python itself",
    "import": "import",
    "pack": "pack",
    "model": "model",
    "index": "index",
    "answer": "first answer",
    "total": "together",
}
"""The parts of a cold start, with their names for people."""

_MB: Final = 1_000_000


@dataclass(frozen=True)
class Figures:
    """Everything that one run measured.

    `spreads` has the milliseconds that a question takes in each of the WAYS, `comparisons` what each of them takes more
    than MODEL. `one_by_one` and `batch` have the questions a second of each of the WORKERS. `build_s` is None when no
    index was built. `log_folder` is where the temporary log lay, whose disk is part of LOGGED.
    """

    pack: str
    questions: int
    quick: bool
    machine: Machine
    spreads: Mapping[str, Spread]
    comparisons: Mapping[str, Comparison]
    one_by_one: Mapping[str, float]
    batch: Mapping[str, float]
    starts: Sequence[Start]
    build_s: float | None
    log_folder: str

    def start_of(self, part: str) -> Spread:
        """Give how the starts lie in one of the PARTS, in milliseconds."""
        return Spread.of([getattr(start, f"{part}_ms") for start in self.starts])

    @property
    def peak_bytes(self) -> int:
        """The most memory that a start took."""
        return max(start.peak_bytes for start in self.starts)


def figures_object(figures: Figures) -> dict[str, Any]:
    """Write the figures as a JSON object."""
    return {
        "pack": figures.pack,
        "questions": figures.questions,
        "quick": figures.quick,
        "machine": asdict(figures.machine),
        "one_question": {way: _way_object(figures, way) for way in WAYS},
        "questions_per_second": {
            "one_by_one": {worker: round(figures.one_by_one[worker], 1) for worker in WORKERS},
            "batch": {worker: round(figures.batch[worker], 1) for worker in WORKERS},
        },
        "cold_start": {
            "starts": len(figures.starts),
            "median_ms": {part: round(figures.start_of(part).median, 1) for part in PARTS},
            "highest_ms": {part: round(figures.start_of(part).highest, 1) for part in PARTS},
            "peak_bytes": figures.peak_bytes,
        },
        "index_build_s": None if figures.build_s is None else round(figures.build_s, 2),
        "log_folder": figures.log_folder,
    }


def _way_object(figures: Figures, way: str) -> dict[str, Any]:
    spread = figures.spreads[way]
    written: dict[str, Any] = {"median_ms": round(spread.median, 3), "p95_ms": round(spread.p95, 3)}
    if way in figures.comparisons:
        compared = figures.comparisons[way]
        written |= {"ratio": _estimate_object(compared.ratio), "extra_ms": _estimate_object(compared.extra)}
    return written


def _estimate_object(estimate: Estimate) -> dict[str, float]:
    return {"value": round(estimate.value, 3), "low": round(estimate.low, 3), "high": round(estimate.high, 3)}


def tables(figures: Figures) -> tuple[TextTable, TextTable, TextTable]:
    """Lay the figures out: one question, many questions, a start."""
    return _questions_table(figures), _rates_table(figures), _starts_table(figures)


def remarks(figures: Figures) -> Iterator[str]:
    """Say in sentences what stands in no table, and what of the figures is noise."""
    count = len(figures.starts)
    yield (
        f"{count} {'start' if count == 1 else 'starts'} after one to warm up, so that all files were in memory. "
        f"Most memory of one: {figures.peak_bytes / _MB:.0f} MB."
    )
    if figures.build_s is not None:
        yield f"The index, built from nothing: {figures.build_s:.1f} s."
    load = figures.machine.load
    busy = "" if load is None else f" (load before the run: {load:.1f} on {figures.machine.cores} cores)"
    yield (
        f"Other programs slow this machine down at times{busy}: trust the ratios and the extra time, for which each "
        "question went all four ways within a moment, and no time by itself. In brackets: 95 % intervals. What “the "
        "same again” differs by is chance, and so is anything as small."
    )
    yield f"The temporary log lay in {figures.log_folder}; TMPDIR names another disk to measure with."
    if figures.quick:
        yield "This was a quick run: it shows that everything works, and its figures are good for nothing else."


def _questions_table(figures: Figures) -> TextTable:
    rows = []
    for way, name in WAYS.items():
        spread, compared = figures.spreads[way], figures.comparisons.get(way)
        more = ("", "") if compared is None else (_with_bounds(compared.ratio), _with_bounds(compared.extra))
        rows.append((name, _brief(spread.median), _brief(spread.p95), *more))
    return TextTable("One question, in milliseconds", ("", "median", "p95", "ratio", "extra"), tuple(rows))


def _rates_table(figures: Figures) -> TextTable:
    rows = tuple(
        (name, f"{figures.one_by_one[worker]:.0f}", f"{figures.batch[worker]:.0f}") for worker, name in WORKERS.items()
    )
    return TextTable("Questions a second", ("", "one by one", f"{figures.questions} in a batch"), rows)


def _starts_table(figures: Figures) -> TextTable:
    rows = []
    for part, name in PARTS.items():
        spread = figures.start_of(part)
        rows.append((name, f"{spread.median / 1000:.2f}", f"{spread.highest / 1000:.2f}"))
    return TextTable("From the start to the first answer, in seconds", ("", "median", "slowest"), tuple(rows))


def _brief(figure: float) -> str:
    """Write a figure with three digits, as far as the point leaves room; more of them would be noise."""
    whole = len(f"{abs(figure):.0f}")
    return f"{figure:.{max(3 - whole, 0)}f}"


def _with_bounds(estimate: Estimate) -> str:
    return f"{_brief(estimate.value)} ({_brief(estimate.low)} to {_brief(estimate.high)})"
