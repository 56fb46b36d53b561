"""The figures of `bench`, and the machine that they were measured on: as tables, as one JSON object, as a plot."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.lab.bench.timing import Estimate
from bot.screen.plotting import Panel
from bot.screen.tables import TextTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CPUINFO: Final = Path("/proc/cpuinfo")

Value = float | Estimate | None
"""A figure; None where there is none."""

CALM_LOAD: Final = 0.5
"""Processes a core that may want it before a run; with more of them figures say more about those than about this."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its name for programs and for people, and a figure a column."""

    key: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Plotted:
    """What of a section is drawn: a column as bars, and one as marks beside them, if any; in `unit`."""

    bars: str
    marks: str | None
    unit: str
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One table. `columns` have a name for programs and one for people each."""

    key: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    plotted: Plotted

    def column(self, key: str) -> tuple[Value, ...]:
        """Return the figures of a column, row by row."""
        place = [name for name, _ in self.columns].index(key)
        return tuple(row.values[place] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure must reach: at most `limit`, or at least with `at_least`."""

    key: str
    label: str
    figure: float | Estimate
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether this run has reached it; its interval may say that another would not."""
        value = value_of(self.figure)
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True, slots=True)
class MeasuredPart:
    """What one part of a run has measured; `notes` are sentences about it."""

    sections: tuple[Section, ...]
    musts: tuple[Target, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """What runs the program. `load` is how many processes wanted a core in the last minute; None where nobody counts.

    `threads` is how many threads share one forward pass of the model.
    """

    cpu: str
    cores: int
    system: str
    python: str
    torch: str
    threads: int
    load: float | None

    @classmethod
    def here(cls, threads: int, load: float | None) -> Machine:
        """Look at this machine."""
        return cls(
            cpu=cpu_model(CPUINFO),
            cores=os.cpu_count() or 1,
            system=f"{platform.system()} {platform.machine()}",
            python=platform.python_version(),
            torch=metadata.version("torch"),
            threads=threads,
            load=load,
        )

    def __str__(self) -> str:
        """Return it in one line."""
        parts = (self.cpu, f"{self.cores} cores", self.system, f"Python {self.python}")
        return ", ".join((*parts, f"torch {self.torch} with {self.threads} threads"))


@dataclass(frozen=True, slots=True)
class RunFigures:
    """Everything that one run has measured.

    The loads say how many processes wanted a core in the minute before the run and in its last one; None where nobody
    counts. `taken_s` is how long each part took. `log_folder` is where temporary logs lay.
    """

    pack: str
    questions: int
    quick: bool
    machine: Machine
    load_after: float | None
    parts: tuple[MeasuredPart, ...]
    taken_s: Mapping[str, float]
    log_folder: str

    @property
    def sections(self) -> tuple[Section, ...]:
        """All tables."""
        return tuple(section for part in self.parts for section in part.sections)

    @property
    def musts(self) -> tuple[Target, ...]:
        """All that must be reached."""
        return tuple(must for part in self.parts for must in part.musts)

    @property
    def is_noisy(self) -> bool:
        """Whether other programs wanted the machine when the run began."""
        load = self.machine.load
        return load is not None and load > CALM_LOAD * self.machine.cores


def load_now() -> float | None:
    """Return the average of the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def cpu_model(cpuinfo: Path) -> str:
    """Return the processor's name, as Linux tells it in /proc/cpuinfo; where that is missing, as Python knows it."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def value_of(figure: float | Estimate) -> float:
    """Return a figure without its interval."""
    return figure.value if isinstance(figure, Estimate) else figure


def figures_object(figures: RunFigures) -> dict[str, Any]:
    """Write the figures as a JSON object."""
    return {
        "pack": figures.pack,
        "questions": figures.questions,
        "quick": figures.quick,
        "machine": asdict(figures.machine) | {"load_after": figures.load_after},
        "noisy": figures.is_noisy,
        "figures": {section.key: _section_object(section) for section in figures.sections},
        "musts": [_must_object(must) for must in figures.musts],
        "notes": [note for part in figures.parts for note in part.notes],
        "taken_s": {part: round(seconds, 1) for part, seconds in figures.taken_s.items()},
        "log_folder": figures.log_folder,
    }


def _section_object(section: Section) -> dict[str, Any]:
    keys = [key for key, _ in section.columns]
    return {row.key: dict(zip(keys, map(_written, row.values), strict=True)) for row in section.rows}


def _must_object(must: Target) -> dict[str, Any]:
    bound = "at_least" if must.at_least else "at_most"
    return {"key": must.key, "figure": _written(must.figure), bound: must.limit, "met": must.met}


def _written(value: Value) -> float | dict[str, float] | None:
    if isinstance(value, Estimate):
        return {name: round(bound, 4) for name, bound in asdict(value).items()}
    return None if value is None else round(value, 4)


def tables(figures: RunFigures) -> Iterator[TextTable]:
    """Lay the figures out, part by part, and last what must be reached."""
    for section in figures.sections:
        columns = ("", *(label for _, label in section.columns))
        yield TextTable(section.title, columns, tuple((row.label, *map(_shown, row.values)) for row in section.rows))
    if figures.musts:
        rows = tuple(
            (
                must.label,
                _shown(must.figure),
                f"{'≥' if must.at_least else '≤'} {must.limit:g}",
                "yes" if must.met else "NO",
            )
            for must in figures.musts
        )
        yield TextTable("What must be reached", ("", "this run", "must", "met"), rows)


def panels(figures: RunFigures) -> tuple[Panel, ...]:
    """Choose what is drawn."""
    return tuple(_panel(section) for section in figures.sections)


def _panel(section: Section) -> Panel:
    plotted = section.plotted
    marks = section.column(plotted.marks) if plotted.marks else (None,) * len(section.rows)
    bars = zip(section.rows, section.column(plotted.bars), marks, strict=True)
    return Panel(
        title=section.title,
        unit=plotted.unit,
        bars=tuple((f"{row.label}  {_shown(bar)}", _plain(bar) or 0.0, _plain(mark)) for row, bar, mark in bars),
        marks=dict(section.columns)[plotted.marks] if plotted.marks else "",
        logarithmic=plotted.logarithmic,
    )


def _plain(value: Value) -> float | None:
    return None if value is None else value_of(value)


def remarks(figures: RunFigures) -> Iterator[str]:
    """Say in sentences what stands in no table, and what of the figures is noise."""
    for part in figures.parts:
        yield from part.notes
    yield (
        "Trust the ratios, which were taken side by side, and no time by itself. In brackets: 95 % intervals. What is "
        "no larger than those is chance."
    )
    load = figures.machine.load
    if load is not None and figures.load_after is not None:
        yield (
            f"Processes that wanted one of the {figures.machine.cores} cores: {load:.1f} in the minute before the run, "
            f"{figures.load_after:.1f} in its last, its own among them."
        )
    if figures.is_noisy:
        yield (
            f"Warning: other programs kept this machine busy (more than {CALM_LOAD:g} a core wanted it before the run "
            "began). What was not reached may be their doing: run it again when they have ended."
        )
    each = ", ".join(f"{part} {seconds:.0f}" for part, seconds in figures.taken_s.items())
    yield f"The run took {sum(figures.taken_s.values()):.0f} s: {each}."
    yield "That answers are as good as ever is measured by `dilemma evaluate`."
    if figures.quick:
        yield "This was a quick run: it shows that everything works, and its figures are good for nothing else."


def _shown(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Estimate):
        return f"{_brief(value.value)} ({_brief(value.low)} to {_brief(value.high)})"
    return _brief(value)


def _brief(figure: float) -> str:
    """Write a figure with three digits, as far as the point leaves room; more of them would be noise."""
    whole = len(f"{abs(figure):.0f}")
    return f"{figure:.{max(3 - whole, 0)}f}"
