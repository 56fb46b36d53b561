"""Fixtures that tests of services share, and settings to begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.sections import Config, Sections
from tests.debate.service.fixtures import clock, debates, log

__all__ = ["FORMAT", "clock", "debates", "folder", "log", "settings"]

FORMAT = """\
[[format]]
id = "lunch"
name = "Over lunch"
[[format.phase]]
id = "talk"
name = "Talk"
speaks = "both"
minutes = 20
allows = ["points", "floor"]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder with an empty home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def settings() -> dict[str, dict[str, object]]:
    """Give every setting of the model with its default, paths as config.toml writes them."""
    return {
        name: {key: _as_toml(field.default) for key, field in type(getattr(Config(), name)).model_fields.items()}
        for name in Sections.model_fields
    }


def _as_toml(default: object) -> object:
    """Give a default as config.toml writes it."""
    if default is None:
        return ""
    return list(default) if isinstance(default, tuple) else default
