"""How the figures of a benchmark are written."""

from __future__ import annotations

from dataclasses import replace

from bot.services.benching import Comparison, Estimate, Spread
from bot.terminal.figures import ANSWER, MODEL, WAYS, Figures, figures_object, remarks, tables
from bot.terminal.machine import Machine
from bot.terminal.starting import Start

START = Start(
    python_ms=60,
    import_ms=4000.44,
    pack_ms=200,
    model_ms=500,
    index_ms=150,
    answer_ms=50,
    total_ms=5000,
    peak_bytes=500_000_000,
)
SLOW = Comparison(Estimate(12.3456, 11.5, 13.25), Estimate(123.456, -101.23, 1234.5))
FIGURES = Figures(
    pack="pets",
    questions=200,
    quick=False,
    machine=Machine("Fast CPU", 4, "Linux x86_64", "3.11.9", "2.13.0", 2, 0.5),
    spreads={way: Spread(1108.12345, 1209.98765, 1300) for way in WAYS},
    comparisons={way: SLOW for way in WAYS if way != MODEL},
    one_by_one={"model": 120.44, "retriever": 99.96},
    batch={"model": 430.0, "retriever": 301.0},
    starts=(START, replace(START, total_ms=9000, peak_bytes=600_000_000), replace(START, total_ms=4000)),
    build_s=48.1234,
    log_folder="/tmp",  # noqa: S108 - a name only
)


def test_slow_machine_breaks_no_table() -> None:
    """Seconds for a question still stand on one line of 80 columns."""
    lines = [line.text for line in tables(FIGURES)[0].lines()]
    assert len(lines) == 3 + len(WAYS)
    assert max(map(len, lines)) <= 80
    assert " ".join(lines[-1].split()) == "logged answer 1108 1210 12.3 (11.5 to 13.2) 123 (-101 to 1234)"


def test_figures_have_three_digits() -> None:
    """The rest is noise."""
    fast = replace(FIGURES, spreads={way: Spread(0.0042, 10.04, 11) for way in WAYS})
    assert tables(fast)[0].rows[0] == ("model alone", "0.00", "10.0", "", "")
    fast = replace(FIGURES, spreads={way: Spread(9.4, 99.96, 100) for way in WAYS})
    assert tables(fast)[0].rows[0] == ("model alone", "9.40", "100", "", "")


def test_rates_are_whole_numbers() -> None:
    """Of questions a second."""
    assert tables(FIGURES)[1].columns == ("", "one by one", "200 in a batch")
    assert tables(FIGURES)[1].rows == (("model alone", "120", "430"), ("retriever", "100", "301"))


def test_starts_are_summed_up_by_their_median_and_the_slowest() -> None:
    """Of 5, 9 and 4 seconds."""
    assert tables(FIGURES)[2].rows[-1] == ("together", "5.00", "9.00")
    assert tables(FIGURES)[2].rows[1] == ("import", "4.00", "4.00")


def test_remarks_have_memory_build_load_and_place() -> None:
    """The most memory of any start; and no word on a quick run, for it was none."""
    said = " ".join(remarks(FIGURES))
    assert "3 starts after one to warm up" in said
    assert "Most memory of one: 600 MB." in said
    assert "built from nothing: 48.1 s" in said
    assert "(load before the run: 0.5 on 4 cores)" in said
    assert "The temporary log lay in /tmp;" in said
    assert "quick" not in said


def test_load_that_nobody_counts_is_left_out() -> None:
    """As on Windows."""
    said = " ".join(remarks(replace(FIGURES, machine=replace(FIGURES.machine, load=None))))
    assert "slow this machine down at times: trust the ratios" in said


def test_object_has_rounded_figures() -> None:
    """Microseconds for a question, tenths of milliseconds for a start."""
    written = figures_object(FIGURES)
    assert written["one_question"][ANSWER] == {
        "median_ms": 1108.123,
        "p95_ms": 1209.988,
        "ratio": {"value": 12.346, "low": 11.5, "high": 13.25},
        "extra_ms": {"value": 123.456, "low": -101.23, "high": 1234.5},
    }
    assert written["questions_per_second"]["one_by_one"] == {"model": 120.4, "retriever": 100.0}
    assert written["cold_start"]["median_ms"]["import"] == 4000.4
    assert written["cold_start"]["highest_ms"]["total"] == 9000
    assert written["cold_start"]["peak_bytes"] == 600_000_000
    assert written["index_build_s"] == 48.12
