"""Fixtures that tests of the log share, and its steps as they are taken."""

from __future__ import annotations

import pytest

from bot.log import opening
from tests.log.fixtures import STEP_BY_STEP, impatient, log, path

__all__ = ["impatient", "log", "path"]


@pytest.fixture(autouse=True)
def step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every step."""
    monkeypatch.setattr(opening, "_bring_up_to_date", STEP_BY_STEP)
