"""How the figures of a benchmark are written."""

from __future__ import annotations

import os
import platform
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from bot.lab.bench.figures import (
    Machine,
    MeasuredPart,
    Plotted,
    Row,
    RunFigures,
    Section,
    Target,
    cpu_model,
    figures_object,
    panels,
    remarks,
    tables,
)
from bot.lab.bench.timing import Estimate
from bot.screen.plotting import Panel, draw_bars
from knowledge.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

SECTION = Section(
    "one_question",
    "One question, in milliseconds",
    (("median_ms", "median"), ("p95_ms", "p95"), ("over_fast", "× fast alone")),
    (
        Row("fast", "fast encoder alone", (0.0042, 10.04, None)),
        Row("answer", "answer, fast", (1108.12345, 99.96, Estimate(12.3456, 11.5, 13.25))),
    ),
    Plotted("median_ms", "p95_ms", "milliseconds", logarithmic=True),
)
MUSTS = (
    Target("answer", "answer over the fast encoder alone", Estimate(1.234567, 1.1, 1.7), 1.6),
    Target("service", "throughput over the bare model", 0.79, 0.8, at_least=True),
)
FIGURES = RunFigures(
    pack="pets",
    questions=200,
    quick=False,
    machine=Machine("Fast CPU", 4, "Linux x86_64", "3.11.9", "2.13.0", 2, 1.5),
    load_after=3.04,
    parts=(MeasuredPart((SECTION,), MUSTS, ("A note.",)),),
    taken_s={"answers": 12.34, "load": 30.0},
    log_folder="/tmp",  # noqa: S108 - a name only
)


def with_load(load: float | None) -> RunFigures:
    """Give the figures of a run that began with this load."""
    return replace(FIGURES, machine=replace(FIGURES.machine, load=load))


def test_figures_have_three_digits() -> None:
    """The rest is noise; what has no figure stays empty, and an interval stands in brackets."""
    table, _ = tables(FIGURES)
    assert table.columns == ("", "median", "p95", "× fast alone")
    assert table.rows == (
        ("fast encoder alone", "0.00", "10.0", ""),
        ("answer, fast", "1108", "100", "12.3 (11.5 to 13.2)"),
    )


def test_each_must_stands_beside_its_figure() -> None:
    """With the bound, and whether this run has met it."""
    *_, table = tables(FIGURES)
    assert table.columns == ("", "this run", "must", "met")
    assert table.rows == (
        ("answer over the fast encoder alone", "1.23 (1.10 to 1.70)", "≤ 1.6", "yes"),
        ("throughput over the bare model", "0.79", "≥ 0.8", "NO"),
    )


@pytest.mark.parametrize(("figure", "at_least", "met"), [(1.6, False, True), (1.61, False, False), (1.6, True, True)])
def test_a_bound_itself_is_within(figure: float, at_least: bool, met: bool) -> None:  # noqa: FBT001 - a case
    """On both sides."""
    assert Target("a", "a", figure, 1.6, at_least=at_least).met is met


def test_without_musts_there_is_no_table_of_them() -> None:
    """As for an index that is tried without a million."""
    assert len(list(tables(replace(FIGURES, parts=(MeasuredPart((SECTION,)),))))) == 1


def test_remarks_have_notes_and_loads() -> None:
    """And no word on a quick run, for it was none."""
    said = list(remarks(FIGURES))
    assert said[0] == "A note."
    assert any("wanted one of the 4 cores: 1.5 in the minute before the run, 3.0 in its last" in line for line in said)
    assert "The run took 42 s: answers 12, load 30." in said
    assert not any("quick run" in line or "Warning" in line for line in said)
    assert any("quick run" in line for line in remarks(replace(FIGURES, quick=True)))


def test_a_busy_machine_is_warned_of() -> None:
    """Above half a process a core: above 2 of 4 cores."""
    assert not with_load(2.0).is_noisy
    assert with_load(2.1).is_noisy
    (warning,) = [line for line in remarks(with_load(2.1)) if line.startswith("Warning")]
    assert "run it again when they have ended" in warning
    assert figures_object(with_load(2.1))["noisy"] is True


def test_load_that_nobody_counts_is_left_out() -> None:
    """As on Windows."""
    assert not with_load(None).is_noisy
    assert not any("cores" in line for line in remarks(with_load(None)))


def test_object_has_rounded_figures() -> None:
    """By the names of sections, rows and columns."""
    written = figures_object(FIGURES)
    assert written["figures"] == {
        "one_question": {
            "fast": {"median_ms": 0.0042, "p95_ms": 10.04, "over_fast": None},
            "answer": {
                "median_ms": 1108.1235,
                "p95_ms": 99.96,
                "over_fast": {"value": 12.3456, "low": 11.5, "high": 13.25},
            },
        }
    }
    assert written["musts"] == [
        {"key": "answer", "figure": {"value": 1.2346, "low": 1.1, "high": 1.7}, "at_most": 1.6, "met": True},
        {"key": "service", "figure": 0.79, "at_least": 0.8, "met": False},
    ]
    assert (written["machine"]["load"], written["machine"]["load_after"]) == (1.5, 3.04)
    assert written["notes"] == ["A note."]
    assert written["taken_s"] == {"answers": 12.3, "load": 30.0}


def test_a_section_becomes_a_panel() -> None:
    """Its bars with the figure in words, and its marks."""
    assert panels(FIGURES) == (
        Panel(
            "One question, in milliseconds",
            "milliseconds",
            (("fast encoder alone  0.00", 0.0042, 10.04), ("answer, fast  1108", 1108.12345, 99.96)),
            "p95",
            logarithmic=True,
        ),
    )


def test_panels_are_drawn(tmp_path: Path) -> None:
    """As a PNG, also with bars that have no marks."""
    pytest.importorskip("matplotlib")
    (panel,) = panels(FIGURES)
    plain = replace(panel, bars=(("a", 1.0, None), ("b", 2.0, None)), logarithmic=False)
    draw_bars(tmp_path / "speed.png", "a title that is so long that it has to be broken " * 3, [panel, plain])
    assert (tmp_path / "speed.png").read_bytes().startswith(b"\x89PNG")


def test_a_plot_that_cannot_be_written_is_a_mistake(tmp_path: Path) -> None:
    """Named with its path."""
    pytest.importorskip("matplotlib")
    with pytest.raises(UserError, match="cannot be written to"):
        draw_bars(tmp_path / "missing" / "speed.png", "title", panels(FIGURES))


def test_processor_is_named_as_linux_names_it(tmp_path: Path) -> None:
    """The first of several cores."""
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Fast CPU @ 3: GHz\n\nprocessor\t: 1\nmodel name\t: Other\n")
    assert cpu_model(cpuinfo) == "Fast CPU @ 3: GHz"


def test_processor_has_a_name_without_that_file(tmp_path: Path) -> None:
    """Whatever Python knows."""
    assert cpu_model(tmp_path / "nothing") == (platform.processor() or platform.machine())


def test_machine_is_one_line() -> None:
    """With everything that times depend on."""
    machine = Machine("Fast CPU", 4, "Linux x86_64", "3.11.9", "2.13.0", 2, 0.5)
    assert str(machine) == "Fast CPU, 4 cores, Linux x86_64, Python 3.11.9, torch 2.13.0 with 2 threads"


def test_this_machine_is_looked_at() -> None:
    """Its own versions and cores."""
    machine = Machine.here(threads=3, load=None)
    assert (machine.cores, machine.threads, machine.load) == (os.cpu_count(), 3, None)
    assert machine.python == platform.python_version()
    assert machine.torch == metadata.version("torch")
