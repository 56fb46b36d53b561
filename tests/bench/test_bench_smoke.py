"""`dilemma bench` from the command line, on a tiny pack, with a model that costs nothing: no time is asserted."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bot import app
from bot.terminal import bench, machine, starting
from bot.terminal.starting import Start
from knowledge.errors import UserError
from tests.terminal.encoders import HashEncoder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from knowledge.model import Pack
    from tests.conftest import Program
    from tests.knowledge.conftest import TinyPack

START = Start(
    python_ms=100,
    import_ms=4000,
    pack_ms=200,
    model_ms=500,
    index_ms=150,
    answer_ms=50,
    total_ms=5000,
    peak_bytes=512_345_678,
)
PARTS = {"python": 100, "import": 4000, "pack": 200, "model": 500, "index": 150, "answer": 50, "total": 5000}
ROWS = {
    "One question, in milliseconds": ["model alone", "the same again", "full answer", "logged answer"],
    "Questions a second": ["model alone", "retriever"],
    "From the start to the first answer, in seconds": [
        "Python itself",
        "import",
        "pack",
        "model",
        "index",
        "first answer",
        "together",
    ],
}

pytestmark = pytest.mark.usefixtures("tiny_in_use")


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have a model that loads at once, and starts that take no time; give what each of them was asked."""
    asked: list[str] = []

    def start_afresh(config_path: Path | None, environ: Mapping[str, str], question: str) -> Start:
        asked.append(question)
        return START

    monkeypatch.setattr(app, "load_encoder", lambda config: HashEncoder())
    monkeypatch.setattr("embeddings.encoder.forward_threads", lambda: 2)
    monkeypatch.setattr(starting, "start_afresh", start_afresh)
    monkeypatch.setattr(machine, "load_now", lambda: 1.25)
    return asked


def measured(dilemma: Program, *options: str) -> dict[str, Any]:
    """Run it quickly, and give the object that it writes."""
    outcome = dilemma("bench", "--quick", "--json", *options)
    assert outcome.code == 0
    written: dict[str, Any] = json.loads(outcome.out)
    return written


def test_tables_have_every_row_and_fit_80_columns(dilemma: Program) -> None:
    """Each table under its title, each row with its name first."""
    outcome = dilemma("bench", "--quick")
    assert outcome.code == 0
    blocks = [block.splitlines() for block in outcome.out.split("\n\n")]
    assert blocks[0][0].startswith("4 questions of pets, on ")
    assert "torch" in blocks[0][0]
    assert "with 2 threads" in blocks[0][0]
    for (title, names), block in zip(ROWS.items(), blocks[1:4], strict=True):
        assert block[0] == title
        assert [line.partition("  ")[0] for line in block[3:]] == names
        assert max(map(len, block)) <= 80
    assert "together" in blocks[3][-1]
    assert blocks[3][-1].split()[1:] == ["5.00", "5.00"]


def test_remarks_say_what_is_noise(dilemma: Program) -> None:
    """And what stands in no table."""
    out = dilemma("bench", "--quick").out
    assert "1 start after one to warm up, so that all files were in memory. Most memory of one: 512 MB." in out
    assert "(load before the run: 1.2 on " in out
    assert "trust the ratios and the extra time" in out
    assert "The temporary log lay in " in out
    assert "its figures are good for nothing else" in out
    assert "The index, built from nothing" not in out


def test_object_has_every_key(dilemma: Program) -> None:
    """One line of JSON, with each figure where programs look for it."""
    written = measured(dilemma)
    assert (written["pack"], written["questions"], written["quick"]) == ("pets", 4, True)
    assert set(written["machine"]) == {"cpu", "cores", "system", "python", "torch", "threads", "load"}
    assert list(written["one_question"]) == ["model", "model_again", "answer", "answer_logged"]
    assert set(written["one_question"]["model"]) == {"median_ms", "p95_ms"}
    for way in ("model_again", "answer", "answer_logged"):
        assert set(written["one_question"][way]) == {"median_ms", "p95_ms", "ratio", "extra_ms"}
        assert set(written["one_question"][way]["ratio"]) == {"value", "low", "high"}
        assert set(written["one_question"][way]["extra_ms"]) == {"value", "low", "high"}
    for worker in ("one_by_one", "batch"):
        assert set(written["questions_per_second"][worker]) == {"model", "retriever"}
    assert written["cold_start"] == {
        "starts": 1,
        "median_ms": PARTS,
        "highest_ms": PARTS,
        "peak_bytes": 512_345_678,
    }
    assert written["index_build_s"] is None
    assert written["log_folder"]


def test_building_the_index_is_measured_on_request(dilemma: Program) -> None:
    """In a temporary folder, while the one that is used stays."""
    assert measured(dilemma, "--build")["index_build_s"] >= 0
    assert len(list(dilemma.folder.glob("cache/dilemma/pets/*/manifest.json"))) == 1
    assert "The index, built from nothing: " in dilemma("bench", "--quick", "--build").out


def test_own_log_is_left_alone(dilemma: Program) -> None:
    """It is not even made; the temporary one is gone."""
    assert measured(dilemma)["questions"] == 4
    assert not dilemma.log.exists()
    assert list(dilemma.folder.rglob("*.sqlite3-wal")) == []


def test_it_is_quiet_in_a_pipe(dilemma: Program) -> None:
    """But for an index that has to be built."""
    dilemma("index")
    assert dilemma("bench", "--quick").err == ""


def test_it_tells_a_terminal_what_it_does(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """In still lines."""
    dilemma("index")
    monkeypatch.setattr(bench, "sys", SimpleNamespace(stderr=SimpleNamespace(isatty=lambda: True)))
    assert dilemma("bench", "--quick", "--json").err.splitlines() == [
        "starting once to warm up, which builds the index where there is none …",
        "starting again, for the figures …",
        "asking 4 questions, each in four ways …",
        "asking them one by one, and in a batch …",
    ]


def test_first_start_does_not_count(dilemma: Program, started: list[str]) -> None:
    """It fills the file caches; each is asked the first question."""
    measured(dilemma)
    assert started == ["Does a cat need walks?"] * 2


def test_number_of_questions_can_be_chosen(dilemma: Program) -> None:
    """From all over the pack."""
    assert measured(dilemma, "--questions", "2")["questions"] == 2


# Wrong use


def test_few_questions_are_refused_unless_it_is_a_quick_run(dilemma: Program) -> None:
    """A 95th percentile of a handful means nothing."""
    outcome = dilemma("bench", "--questions", "199")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "error: --questions 199 is too few to measure: take 200 or more, or add --quick\n"


def test_pack_with_few_questions_is_named(dilemma: Program) -> None:
    """With what can be done."""
    outcome = dilemma("bench")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "error: the pack pets has only 4 different example questions: take --quick\n"


def test_pack_without_questions_is_named(dilemma: Program, tiny: TinyPack) -> None:
    """Even a quick run has nothing to ask then."""
    (tiny.path / "questions.toml").unlink()
    outcome = dilemma("bench", "--quick")
    assert outcome.code == 1
    assert outcome.err.startswith("error: the pack pets has no example questions to ask: ")


def test_most_that_a_pack_has_is_offered(shipped: Pack) -> None:
    """Where that is enough to measure."""
    most = len({question.text for question in shipped.questions})
    plan = bench.Plan.wanted(10**6, quick=False)
    with pytest.raises(
        UserError, match=rf"only {most} different example questions: take --questions {most} or --quick"
    ):
        bench.chosen(shipped, 500, plan)


def test_questions_to_warm_up_with_are_others(shipped: Pack) -> None:
    """And all of them fit the limit on questions."""
    warm_up, questions = bench.chosen(shipped, 30, bench.Plan.wanted(None, quick=False))
    assert (len(warm_up), len(questions)) == (20, 200)
    assert set(warm_up) & set(questions) == set()
    assert max(map(len, warm_up + questions)) == 30
