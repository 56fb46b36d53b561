"""What each command imports: nothing that it has no use for, so that nobody waits for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from embeddings.encoders.exported import ExportedModel
    from embeddings.retriever import Retriever

ROOT = Path(__file__).parent.parent

LEARNING = {"torch", "transformers", "sentence_transformers", "sklearn", "scipy", "pandas", "onnx", "py3langid"}
"""What builds an index; seconds."""

ANSWERING = {"numpy", "faiss", "onnxruntime", "tokenizers"}
"""What encodes and searches; 0.3 s."""

STORING = {"sqlite_utils"}
SETTINGS = {"pydantic", "tomllib"}
SELDOM = {"structlog", "prompt_toolkit", "matplotlib", "discord", "aiohttp"}
"""What few runs need: for a message about the work itself, for a conversation, for a plot, for a chat."""

EVERYTHING = LEARNING | ANSWERING | STORING | SETTINGS | SELDOM


def imported(*arguments: str) -> set[str]:
    """Run a command in a process of its own, and list the packages that it imports."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.stderr.splitlines()}


@pytest.mark.parametrize(
    ("arguments", "spared"),
    [
        (["--help"], EVERYTHING),
        (["ask", "--help"], EVERYTHING - SETTINGS),  # typer itself imports those for the options of a command
        (["topics"], LEARNING | ANSWERING | STORING | SELDOM),
        (["log", "show"], LEARNING | ANSWERING | STORING | SELDOM),
    ],
    ids=["help", "ask help", "topics", "log"],
)
def test_commands_that_answer_nothing_import_little(
    arguments: list[str], spared: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the model nor what searches."""
    monkeypatch.setenv("DILEMMA_LOG__PATH", str(tmp_path / "log.db"))
    if "show" in arguments:
        from tests.log.samples import open_log  # noqa: PLC0415 - needed by one case alone

        open_log(tmp_path / "log.db").close()
    found = imported(*arguments)
    assert "typer" in found
    assert found & spared == set()


def test_question_needs_no_learning(
    exported: ExportedModel, shipped_retriever: Retriever, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an index and a fast encoder in the cache, and with a log."""
    monkeypatch.setenv("DILEMMA_LOG__PATH", str(tmp_path / "log.db"))
    found = imported("ask", "Does Facebook sell my data?")
    assert {"onnxruntime", "tokenizers"} <= found
    assert found & (LEARNING | SELDOM) == set()


def test_bot_connects_without_what_answers_or_draws() -> None:
    """What the features bring to Discord needs the library of Discord alone; the rest is opened meanwhile."""
    code = "import sys\nfrom bot.features import ALL\n[each.exports() for each in ALL]\nprint(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in ran.stdout.split()} & (EVERYTHING - SETTINGS) == {"discord", "aiohttp"}
