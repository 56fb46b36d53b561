"""The tiny pack of the pack's own tests, for commands to work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.knowledge.conftest import tiny

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program
    from tests.knowledge.conftest import TinyPack

__all__ = ["tiny"]


@pytest.fixture
def tiny_in_use(dilemma: Program, tiny: TinyPack, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the program use the tiny pack, and give its folder."""
    monkeypatch.setenv("DILEMMA_PACK__FOLDER", str(tiny.path))
    return tiny.path
