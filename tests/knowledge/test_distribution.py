"""The command that installs more: the right one for where the program runs."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

from knowledge import distribution
from knowledge.distribution import adding_extra

PYTHON = "env/bin/python"


class _Installed:
    """A distribution that came from `source`; None: from a package index."""

    def __init__(self, source: object) -> None:
        self._source = source

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return None if self._source is None else json.dumps(self._source)


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in an environment of its own, below the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / PYTHON))
    (tmp_path / "env").mkdir()
    return tmp_path / "env"


def _came_from(monkeypatch: pytest.MonkeyPatch, source: object) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda _: _Installed(source))


def test_pip_of_the_environment_installs_into_it(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _came_from(monkeypatch, None)
    assert adding_extra("pdf") == f"{PYTHON} -m pip install 'dilemma-bot[pdf]'"
    _came_from(monkeypatch, {"url": "file:///w/dilemma_bot.whl", "archive_info": {}})
    assert adding_extra("pdf") == f"{PYTHON} -m pip install 'dilemma-bot[pdf] @ file:///w/dilemma_bot.whl'"
    assert env.is_dir()


def test_a_checkout_stays_editable(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _came_from(monkeypatch, {"url": f"file://{env.parent}", "dir_info": {"editable": True}})
    assert adding_extra("plots") == f"{PYTHON} -m pip install --editable '.[plots]'"


def test_environment_without_pip_is_uvs(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _came_from(monkeypatch, None)
    monkeypatch.setattr(distribution, "find_spec", lambda _: None)
    assert adding_extra("build") == f"uv pip install --python {PYTHON} 'dilemma-bot[build]'"
    assert env.is_dir()


@pytest.mark.parametrize(
    ("receipt", "extra"),
    [
        ("pipx_metadata.json", "pipx install --force 'dilemma-bot[pdf]'"),
        ("uv-receipt.toml", "uv tool install --force 'dilemma-bot[pdf]'"),
    ],
)
def test_tools_that_keep_environments_do_it_themselves(
    env: Path, monkeypatch: pytest.MonkeyPatch, receipt: str, extra: str
) -> None:
    _came_from(monkeypatch, None)
    (env / receipt).touch()
    assert adding_extra("pdf") == extra
