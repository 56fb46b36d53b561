"""A fresh process from its beginning to its first answer: what it tells, and what becomes of its errors."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from bot.lab.bench import fresh
from bot.lab.bench.fresh import Stopwatch, ask_afresh, lag_of_serving, peak_bytes, start_afresh
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from pathlib import Path

    from embeddings.encoders.exported import ExportedModel
    from tests.conftest import Program

QUESTION = "Who is to blame?"


@pytest.fixture
def environ(dilemma: Program, index_folder: Path, exported: ExportedModel) -> dict[str, str]:
    """Have the shipped pack's index and encoder at hand; what is measured is no build."""
    return {**os.environ, "DILEMMA_INDEX__FOLDER": str(index_folder)}


def test_parts_of_a_start_add_up(dilemma: Program, environ: dict[str, str]) -> None:
    """A real one, with the real model; each part takes some time, and what is left over is Python's own."""
    start = start_afresh(None, environ, QUESTION)
    parts = {field.name: getattr(start, field.name) for field in fields(start) if field.name.endswith("_ms")}
    total_ms = parts.pop("total_ms")
    assert set(parts) == {"python_ms", "import_ms", "pack_ms", "model_ms", "index_ms", "answer_ms"}
    assert min(parts.values()) > 0
    assert sum(parts.values()) == pytest.approx(total_ms)
    assert start.peak_bytes > 50_000_000
    assert not dilemma.log.exists()


def test_mistake_in_the_settings_is_told_as_it_is(dilemma: Program) -> None:
    """In the words that any other command would use."""
    with pytest.raises(UserError, match=r"^DILEMMA_LOG__ENABLED: must be true or false, not \"perhaps\"$"):
        start_afresh(None, {**os.environ, "DILEMMA_LOG__ENABLED": "perhaps"}, QUESTION)


def test_config_file_reaches_the_process(dilemma: Program) -> None:
    """It is named from where the person is."""
    (dilemma.folder / "mine.toml").write_text("[log]\nenabled = 3\n")
    with pytest.raises(UserError, match=r"^mine\.toml:2: \[log\] \"enabled\" must be true or false, not 3$"):
        start_afresh(dilemma.folder.joinpath("mine.toml").relative_to(dilemma.folder), os.environ, "?")


def test_process_that_breaks_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how it ended, and the last thing it said."""
    monkeypatch.setattr(fresh, "_RUN", "import sys\nprint('a lot', file=sys.stderr)\nraise ValueError('broken')")
    with pytest.raises(Fault, match=r"^a fresh start ended with code 1: ValueError: broken$"):
        start_afresh(None, os.environ, "?")


def test_stopwatch_puts_each_time_down_to_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begun at 10 s; the pack is there at 11, the model at 13, the index at 13.5."""
    readings = iter([10.0, 11.0, 13.0, 13.5])
    monkeypatch.setattr("bot.lab.bench.fresh.time.monotonic", lambda: next(readings))
    stopwatch = Stopwatch()
    with stopwatch.busy("loading the model"):
        pass
    stopwatch.lap("index")
    assert stopwatch.parts_ms == {"pack_ms": 1000.0, "model_ms": 2000.0, "index_ms": 500.0}


def test_peak_memory_is_counted_in_bytes() -> None:
    """A process of Python has several megabytes, and no machine has a petabyte."""
    assert 5_000_000 < peak_bytes() < 10**15


def test_ask_prints_and_is_measured(environ: dict[str, str]) -> None:
    """The real command with the real model; then what a bot answers with is opened beside a loop that runs."""
    asked = ask_afresh(None, environ, QUESTION)
    assert asked.printed_ms > 100
    assert 50_000_000 < asked.peak_bytes < 10**12
    assert 0 <= lag_of_serving(None, environ) < 60_000


def test_ask_that_fails_is_a_fault(dilemma: Program) -> None:
    """With what it said last."""
    environ = {**os.environ, "DILEMMA_PACK__FOLDER": str(dilemma.folder / "none")}
    with pytest.raises(Fault, match=r"^a fresh `dilemma ask` ended with code 1: .*none"):
        ask_afresh(None, environ, QUESTION)


def test_mistake_in_the_settings_is_told_when_serving_too(dilemma: Program) -> None:
    """In the words that any other command would use."""
    with pytest.raises(UserError, match=r"^DILEMMA_LOG__ENABLED: must be true or false, not \"perhaps\"$"):
        lag_of_serving(None, {**os.environ, "DILEMMA_LOG__ENABLED": "perhaps"})


def test_serving_that_breaks_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how it ended, and the last thing it said."""
    monkeypatch.setattr(fresh, "_RUN", "raise ValueError('broken')")
    with pytest.raises(Fault, match=r"^a fresh start ended with code 1: ValueError: broken$"):
        lag_of_serving(None, os.environ)
