"""Tables of figures, and the plot in words."""

from __future__ import annotations

import numpy as np

from bot.lab.evaluate.report import SYSTEMS, brief, in_points, tables, with_interval
from bot.screen import plotting
from bot.screen.tables import WIDTH, TextTable
from embeddings.judging.answer_key import AnswerKey, Ranking, SystemSheet
from embeddings.judging.metrics import Bin, Evaluation, verdicts_of
from embeddings.judging.resampling import NOTHING, Figure
from tests.quote.rules.findings import pack as shipped_pack

BINS = {"Cats": (Bin(0.0, 0.1, 3, 0.05, 0.0), Bin(0.9, 1.0, 4, 0.95, 0.75)), "Dogs": (Bin(0.5, 0.6, 7, 0.55, 1.0),)}


def test_tables_of_the_shipped_pack_fit_80_columns() -> None:
    """No name is cut, no number is broken: every row is one line."""
    pack = shipped_pack()
    key = AnswerKey.of(pack, pack.questions)
    generator = np.random.default_rng(5)
    sheets = []
    for _ in range(2):
        rankings = {
            voice: Ranking.of(generator.random((len(pack.questions), len(places))), places, 0.95)
            for voice, places in key.places.items()
        }
        sheets.append(SystemSheet(rankings, generator.random(len(pack.questions)), calibrated=True))
    schemes = dict.fromkeys(("folds", "intents", "topics"), sheets[0])
    verdicts = verdicts_of(pack, Evaluation(key, schemes, dict.fromkeys(SYSTEMS, sheets[1]), (0.5,)), 0)
    for table in tables(verdicts):
        lines = [line.text for line in table.lines()]
        assert max(map(len, lines)) <= WIDTH
        assert [line for line in lines if line.startswith(table.rows[0][0])]
        assert [line.split("  ")[0] for line in lines[-len(table.rows) :]] == [row[0] for row in table.rows]
        assert "…" not in "".join(lines).replace("… ", "")


def test_rows_stand_under_their_columns() -> None:
    """Names to the left, numbers to the right."""
    table = TextTable("Cups", ("", "sold", "cold"), (("tea", "12", "3"), ("coffee", "7", "1")))
    assert [line.text for line in table.lines()] == [
        "Cups",
        "        sold  cold",
        "──────────────────",
        "tea       12     3",
        "coffee     7     1",
    ]
    assert [line.text for line in table.markdown()] == [
        "**Cups**",
        "",
        "|  | sold | cold |",
        "| --- | ---: | ---: |",
        "| tea | 12 | 3 |",
        "| coffee | 7 | 1 |",
    ]


def test_a_narrow_terminal_reads_rows_as_lists() -> None:
    """Where a cell would be cut; nothing is left out, and no line is wider than the terminal."""
    table = TextTable("Cups", ("", "sold on weekdays", "cold"), (("a very long name of a tea", "1,234,567", "3"),))
    assert len([line for line in table.lines(50) if "1,234,567" in line.text and "long name" in line.text]) == 1
    assert [line.text for line in table.lines(38)] == [
        "Cups",
        "a very long name of a tea",
        "  sold on weekdays: 1,234,567",
        "  cold: 3",
    ]


def test_figures_are_written_with_their_intervals() -> None:
    """Bounds in four columns; a figure that is over nothing is a dash."""
    figure = Figure(0.9081, 0.8979, 1.0, 200)
    assert with_interval(figure) == "0.908 .898–1.00"
    assert in_points(Figure(-0.0281, -0.05, 0.001, 200)) == "-2.8 (-5.0 to +0.1)"
    assert brief(0.5) == "0.500"
    assert (with_interval(NOTHING), in_points(NOTHING), brief(None)) == ("–", "–", "–")


def test_description_says_what_the_plot_shows() -> None:
    """Point by point."""
    assert plotting.in_words("Pets", BINS) == (
        "Line chart “Pets”: share of first passages that are gold, by confidence. "
        "Cats: 0% right at a mean confidence of 5%; 75% right at a mean confidence of 95%. "
        "Dogs: 100% right at a mean confidence of 55%."
    )
