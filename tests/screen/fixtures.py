"""What the tests of several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program
    from tests.knowledge.conftest import TinyPack


@pytest.fixture
def tiny_in_use(dilemma: Program, tiny: TinyPack, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the program use the tiny pack, and give its folder."""
    monkeypatch.setenv("DILEMMA_PACK__FOLDER", str(tiny.path))
    return tiny.path
