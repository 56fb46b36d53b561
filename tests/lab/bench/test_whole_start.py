"""Fresh processes that answer, or open what answers: what they tell, and what becomes of their errors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bot.lab.bench import whole_start as starting_whole
from bot.lab.bench.whole_start import ask_afresh, lag_of_serving
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

QUESTION = "Does a cat need walks?"


def test_ask_prints_and_is_measured(dilemma: Program, tiny_in_use: Path) -> None:
    """The real command with the real model; then what a bot answers with is opened beside a loop that runs."""
    environ = {**os.environ, "DILEMMA_ENCODER__RUNTIME": "reference"}
    asked = ask_afresh(None, environ, QUESTION)
    assert asked.printed_ms > 100
    assert 50_000_000 < asked.peak_bytes < 10**12
    assert 0 <= lag_of_serving(None, environ) < 60_000


def test_ask_that_fails_is_a_fault(dilemma: Program) -> None:
    """With what it said last."""
    environ = {**os.environ, "DILEMMA_PACK__FOLDER": str(dilemma.folder / "none")}
    with pytest.raises(Fault, match=r"^a fresh `dilemma ask` ended with code 1: .*none"):
        ask_afresh(None, environ, QUESTION)


def test_mistake_in_the_settings_is_told_as_it_is(dilemma: Program) -> None:
    """In the words that any other command would use."""
    with pytest.raises(UserError, match=r"^DILEMMA_LOG__ENABLED: must be true or false, not \"perhaps\"$"):
        lag_of_serving(None, {**os.environ, "DILEMMA_LOG__ENABLED": "perhaps"})


def test_process_that_breaks_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how it ended, and the last thing it said."""
    monkeypatch.setattr(starting_whole, "_SERVE", "raise ValueError('broken')")
    with pytest.raises(Fault, match=r"^a fresh start ended with code 1: ValueError: broken$"):
        lag_of_serving(None, os.environ)
