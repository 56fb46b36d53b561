"""The gate's training itself, on a tiny pack: what it is judged by, and what it writes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import embeddings.learnt
from embeddings.index.index import GATE
from embeddings.index.learnt_files import read_learnt
from embeddings.learnt.calibration import Calibration, Curve
from embeddings.learnt.gate import FEATURES
from knowledge.pack import SHIPPED
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks
from tests.quality import gate
from tests.quality.gate import ASKED, Course, Seen, fitted

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.setattr(gate, "EXAMPLES", (0, 7, 8))
    monkeypatch.setattr(gate, "LEAST_ASKED", 8)
    pack = drinks()
    return Course(replace(pack, questions=()), pack.questions, WordEncoder().encode)


def test_each_question_is_an_example_or_asked(course: Course) -> None:
    """Seven of fifteen are as many as leave eight; of these, each intent gives one before any gives two."""
    sittings = [*course.sittings(np.random.default_rng(7))]
    assert [count for count, _ in sittings] == [0, 7, 7]
    assert [[one.table.shape for one in sides] for _, sides in sittings] == [
        [(15, 2, len(FEATURES))] * 2,
        [(8, 2, len(FEATURES))] * 2,
        [(8, 2, len(FEATURES))] * 2,
    ]
    untaught, taught = sittings[0][1][0], sittings[1][1][0]
    # Tea answers six of the fifteen.
    assert untaught.speaks.sum() == 6
    assert not untaught.table[..., FEATURES.index("taught")].any()
    assert taught.table[..., FEATURES.index("taught")].any()
    examples, others = course._drawn(7, np.random.default_rng(0))
    assert len({question.intent for question in examples}) == 7
    assert {question.text for question in (*examples, *others)} == {question.text for question in course.questions}


def test_a_gate_earns_points_for_right_quotes_and_right_silence(course: Course) -> None:
    """Learnt from the pack itself, it does better than silence."""
    seen = [one for _, sides in course.sittings(np.random.default_rng(7)) for one in sides]
    learnt = fitted({course.pack.id: seen})
    assert learnt.threshold == gate.THRESHOLD
    assert len(learnt.first.weights) == len(FEATURES)
    points = np.concatenate([one.points(learnt) for one in seen])
    assert points.mean() > 1 - np.concatenate([one.speaks for one in seen]).mean()


def test_the_gate_of_all_packs_is_written_where_the_program_reads_it(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = replace(course, pack=replace(course.pack, id="others"))
    monkeypatch.setattr(gate, "courses", lambda: iter((course, other)))
    monkeypatch.setattr(embeddings.learnt, "__path__", [str(tmp_path)])
    gate.main(["--write"])
    told = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in told] == [
        f"{pack}, {count} examples" for pack in (course.pack.id, "others") for count in (0, 7)
    ]
    assert read_learnt(tmp_path, GATE, Calibration).threshold == gate.THRESHOLD


def test_a_pack_that_is_asked_something_lies_in_the_repository() -> None:
    for path in ASKED.glob("*.toml"):
        assert (SHIPPED.parent / path.stem / "pack.toml").exists(), path


def test_points_by_hand() -> None:
    """A right quote, a wrong one, a right silence, a wrong one."""
    table = np.zeros((4, 1, 1))
    table[:2] = 9.0
    seen = Seen(table, np.array([[True], [False], [False], [True]]), np.array([True, True, False, True]))
    one = np.ones(1)
    curve = Curve(np.zeros(1), one, one, -4.0, 0.45)
    assert seen.points(Calibration(curve, curve, curve)).tolist() == [True, False, True, False]
