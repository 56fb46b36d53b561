"""`dilemma bench` from the command line, on a tiny pack, with a model that costs nothing: no time is asserted."""

from __future__ import annotations

import json
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bot import opening
from bot.lab.bench import answers as bench_answers
from bot.lab.bench import figures, fresh, growth
from bot.lab.bench import ground as bench_ground
from bot.lab.bench import load as bench_load
from bot.lab.bench.answers import beside_neighbour
from bot.lab.bench.frameworks import FRAMEWORKS, Framework
from bot.lab.bench.fresh import AskRun, StartRun
from bot.lab.bench.ground import Scope, chosen
from bot.lab.bench.growth import Scale
from bot.lab.bench.load import Load
from bot.process import calm as settling
from embeddings.encoders.exported import ExportError
from knowledge.errors import UserError
from tests.screen.encoders import HashEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.lab.bench.load import Run
    from knowledge.model import Pack
    from tests.conftest import Program
    from tests.knowledge.conftest import TinyPack

PARTS = {"python": 100, "import": 400, "pack": 200, "model": 500, "index": 150, "answer": 50, "total": 1400}
START = StartRun(**{f"{part}_ms": time for part, time in PARTS.items()}, peak_bytes=212_345_678)

ROWS = {
    "dilemma ask, from its start to the printed answer, in seconds": ["fast encoder", "reference encoder"],
    "From the start to the first answer, part by part, in seconds": [
        "Python itself",
        "import",
        "pack",
        "model",
        "index",
        "first answer",
        "together",
    ],
    "The log: turns that are on the disk for good": ["a commit each", "64 wait together"],
    "One question, in milliseconds": [
        "fast encoder alone",
        "the same again",
        "reference alone",
        "answer, fast",
        "answer, fast, logged",
        "answer, reference",
    ],
    "Beside a busy neighbour process, in milliseconds": ["answer, fast", "answer, reference"],
    "So many at once": [
        "1: bare model",
        "1: service",
        "1: a call each",
        "8: bare model",
        "8: service",
        "8: a call each",
        "64: bare model",
        "64: service",
        "64: a call each",
        "64: a call each, reference",
    ],
    "What must be reached": [
        "start over the reference path",
        "start to the printed answer, s",
        "most memory of it, MB",
        "loop lag p99 while a bot starts, ms",
        "durable turns a second, many at once",
        "answer over the fast encoder alone",
        "answer over the reference alone",
        "p95 with a busy neighbour over the quiet one",
        "64 at once: throughput over the bare model",
        "64 at once: over a call each, reference",
        "64 at once: loop lag p99, ms",
    ],
}

pytestmark = pytest.mark.usefixtures("tiny_in_use")


@contextmanager
def nobody() -> Iterator[None]:
    """Be no neighbour at all."""
    yield


@contextmanager
def naive_process(config: object) -> Iterator[Run]:
    """Stand for the process that answers naively."""

    async def run(questions: Sequence[str], at_once: int) -> Load:
        return Load(50.0, 900.0, 1500.0, 30.0)

    yield run


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Have models that load at once, and processes that are none; give what starts were asked, and on which path."""
    asked: list[tuple[str, str]] = []

    def ask_afresh(config_path: Path | None, environ: Mapping[str, str], question: str) -> AskRun:
        runtime = environ["DILEMMA_ENCODER__RUNTIME"]
        assert "dilemma-bench-" in environ["DILEMMA_LOG__PATH"]
        asked.append((runtime, question))
        return AskRun(800.0, 200_000_000) if runtime == "auto" else AskRun(6000.0, 500_000_000)

    monkeypatch.setattr(opening, "load_encoder", lambda *_, **__: HashEncoder())
    monkeypatch.setattr(opening, "load_reference", lambda *_, **__: HashEncoder())
    monkeypatch.setattr(opening, "open_exported", lambda *_, **__: HashEncoder())
    monkeypatch.setattr(settling, "settle", lambda: None)
    monkeypatch.setattr("embeddings.encoders.reference.forward_threads", lambda: 2)
    monkeypatch.setattr(fresh, "start_afresh", lambda config, environ, question: START)
    monkeypatch.setattr(fresh, "ask_afresh", ask_afresh)
    monkeypatch.setattr(fresh, "lag_of_serving", lambda config, environ: 4.0)
    monkeypatch.setattr(figures, "load_now", lambda: 0.0)
    monkeypatch.setattr(bench_load, "naive_process", naive_process)
    monkeypatch.setattr(Framework, "installed", False)
    monkeypatch.setattr(
        bench_answers, "beside_neighbour", lambda ways, texts, rng: beside_neighbour(ways, texts, rng, nobody)
    )
    monkeypatch.setattr(
        growth,
        "scales",
        lambda real, folder, sizes: iter([Scale(sizes[0], 1, 1, 0.99, 0.2, 0.4, 5_000_000, 1.5)]),
    )
    return asked


def measured(dilemma: Program, *arguments: str) -> dict[str, Any]:
    """Run it quickly, and give the object that it writes."""
    outcome = dilemma("bench", *arguments, "--quick", "--json")
    assert outcome.code == 0, outcome.err
    written: dict[str, Any] = json.loads(outcome.out)
    return written


def test_tables_have_every_row_and_fit_80_columns(dilemma: Program) -> None:
    """Each table under its title, each row with its name first, and last what must be reached."""
    outcome = dilemma("bench", "--quick")
    assert outcome.code == 0
    heading, *blocks = [block.splitlines() for block in outcome.out.split("\n\n")]
    assert heading[0].startswith("4 questions of pets, on ")
    assert "with 2 threads" in heading[0]
    for (title, names), block in zip(ROWS.items(), blocks, strict=False):
        assert block[0] == title
        assert [line.partition("  ")[0] for line in block[3:]] == names
        assert max(map(len, block)) <= 80
    said = "\n".join(line for block in blocks[len(ROWS) :] for line in block)
    assert "1 start a path after one to warm up" in said
    assert "LangChain is not installed" in said
    assert "[bench]" in said
    assert "its figures are good for nothing else" in said
    assert "Warning" not in said


def test_object_has_what_the_tables_have(dilemma: Program) -> None:
    """One line of JSON, with each figure where programs look for it."""
    written = measured(dilemma)
    assert (written["pack"], written["questions"], written["quick"]) == ("pets", 4, True)
    assert list(written["figures"]) == ["ask", "start_parts", "log", "one_question", "neighbour", "at_once"]
    assert written["figures"]["ask"]["fast"] == {"median_s": 0.8, "slowest_s": 0.8, "peak_mb": 200.0}
    assert written["figures"]["start_parts"]["import"] == {"fast_s": 0.4, "reference_s": 0.4}
    assert set(written["figures"]["one_question"]["answer_fast"]) == {
        "median_ms",
        "p95_ms",
        "over_fast",
        "over_reference",
    }
    assert written["figures"]["at_once"]["naive_reference_64"]["per_second"] == 50.0
    musts = {must["key"]: must for must in written["musts"]}
    assert musts["start_over_reference"]["figure"]["value"] == pytest.approx(0.8 / 6, abs=1e-4)
    assert musts["start_s"] == {"key": "start_s", "figure": 0.8, "at_most": 0.48, "met": False}
    assert musts["start_lag"]["met"] is True
    assert len(musts) == len(ROWS["What must be reached"])


def test_parts_can_be_chosen(dilemma: Program) -> None:
    """In whatever order they are named; the index is tried up to a thousand in a quick run."""
    written = measured(dilemma, "index", "log")
    assert list(written["figures"]) == ["log", "index"]
    assert list(written["figures"]["index"]) == ["100", "1000"]
    assert written["figures"]["index"]["100"]["memory_mb"] == 5.0
    assert any("--scale" in note for note in written["notes"])


def test_a_million_is_tried_on_request(dilemma: Program) -> None:
    """Which adds the index to the parts, and three musts."""
    written = measured(dilemma, "log", "--scale")
    assert list(written["figures"]["index"]) == ["100", "1000", "10000", "100000", "1000000"]
    assert [must["key"] for must in written["musts"]] == ["log", "million_ms", "million_recall", "million_mb"]


def test_without_a_fast_encoder_the_reference_is_measured(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it is said what is missing."""

    def missing(config: object) -> None:
        raise ExportError("no files")

    monkeypatch.setattr(opening, "open_exported", missing)
    written = measured(dilemma, "answers", "neighbour", "load")
    assert list(written["figures"]["one_question"]) == ["reference", "answer_reference"]
    assert list(written["figures"]["neighbour"]) == ["answer_reference"]
    assert bench_answers.NO_FAST in written["notes"]


def test_frameworks_are_compared_with_where_they_are(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over both encoders."""

    async def way(question: str) -> float:
        return 20.0

    monkeypatch.setattr(Framework, "installed", True)
    monkeypatch.setattr(Framework, "way", lambda self, pack, encoder, clock: way)
    written = measured(dilemma, "answers")
    for name, framework in FRAMEWORKS.items():
        assert written["figures"]["one_question"][f"{name}_fast"]["median_ms"] == 20.0
        assert written["figures"]["one_question"][f"{name}_reference"]["p95_ms"] == 20.0
        assert not any(framework.label in note for note in written["notes"])


def test_plot_is_drawn(dilemma: Program) -> None:
    """Beside the tables."""
    pytest.importorskip("matplotlib")
    assert dilemma("bench", "log", "--quick", "--plot", "speed.png").code == 0
    assert (dilemma.folder / "speed.png").read_bytes().startswith(b"\x89PNG")


def test_plot_that_cannot_be_drawn_is_refused_before_anything_is_measured(
    dilemma: Program, started: list[tuple[str, str]]
) -> None:
    """Nobody waits for that."""
    outcome = dilemma("bench", "--quick", "--plot", "speed.jpg")
    assert outcome.code == 1
    assert "ends in .png" in outcome.err
    assert started == []


def test_own_log_is_left_alone(dilemma: Program) -> None:
    """It is not even made; the temporary ones are gone."""
    assert measured(dilemma)["questions"] == 4
    assert not dilemma.log.exists()
    assert list(dilemma.folder.rglob("*.sqlite3-wal")) == []


def test_it_is_quiet_in_a_pipe(dilemma: Program) -> None:
    """But for an index that has to be built."""
    dilemma("index")
    assert dilemma("bench", "answers", "--quick").err == ""


def test_it_tells_a_terminal_what_it_does(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """In still lines."""
    dilemma("index")
    monkeypatch.setattr(bench_ground, "sys", SimpleNamespace(stderr=SimpleNamespace(isatty=lambda: True)))
    assert dilemma("bench", "start", "answers", "--quick", "--json").err.splitlines() == [
        "starting once to warm up, which builds the index where there is none …",
        "starting again, for the figures …",
        "loading the reference encoder …",
        "asking 4 questions, each in 6 ways …",
    ]


def test_first_start_of_each_path_does_not_count(dilemma: Program, started: list[tuple[str, str]]) -> None:
    """It fills the file caches; the paths take turns, and each is asked the first question."""
    measured(dilemma, "start")
    assert [runtime for runtime, _ in started] == ["reference", "auto", "auto", "reference"]
    assert {question for _, question in started} == {"Does a cat need walks?"}


def test_number_of_questions_can_be_chosen(dilemma: Program) -> None:
    """From all over the pack."""
    assert measured(dilemma, "answers", "--questions", "2")["questions"] == 2


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
    plan = Scope.wanted(10**6, quick=False, scale=False)
    with pytest.raises(
        UserError, match=rf"only {most} different example questions: take --questions {most} or --quick"
    ):
        chosen(shipped, 500, plan)


def test_questions_to_warm_up_with_are_others(shipped: Pack) -> None:
    """And all of them fit the limit on questions."""
    warm_up, questions = chosen(shipped, 30, Scope.wanted(None, quick=False, scale=False))
    assert (len(warm_up), len(questions)) == (20, 200)
    assert set(warm_up) & set(questions) == set()
    assert max(map(len, warm_up + questions)) == 30


def test_part_that_there_is_not_is_refused(dilemma: Program) -> None:
    """With those that there are."""
    outcome = dilemma("bench", "everything")
    assert outcome.code == 2
    assert "neighbour" in outcome.err
