"""From the beginning of a process to its first answer, part by part.

A process begins only once, so it is another one that is looked at: `start_afresh` runs this very module in it. That one
puts the program together as every command does, and notes when each part is there. It must not know how figures are
shown.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from knowledge.errors import Fault, UserError

# What is measured here are the imports above all, so each has its place.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.config import Config

ROOT: Final = Path(__file__).parents[3]
"""Where the packages lie, installed or not."""

_RUN: Final = """\
import sys
sys.path.append(sys.argv[1])
from bot.lab.bench.first_answer import main
main(sys.argv[2], sys.argv[3])
"""


@dataclass(frozen=True, slots=True)
class Start:
    """How long one start took, in milliseconds from part to part, and the most memory that the process had.

    `python_ms` is what the parts leave of `total_ms`: the interpreter's own beginning. `import_ms` is for the libraries
    and the settings, `answer_ms` for the first question, with which the model warms up.
    """

    python_ms: float
    import_ms: float
    pack_ms: float
    model_ms: float
    index_ms: float
    answer_ms: float
    total_ms: float
    peak_bytes: int


def start_afresh(config_path: Path | None, environ: Mapping[str, str], question: str) -> Start:
    """Start a process that answers one question, without logging it, and ends.

    Raises UserError with what the process says when it cannot, Fault when it breaks.
    """
    # -P: a folder of the name bot where the person happens to be is none of ours.
    command = [sys.executable, "-P", "-c", _RUN, str(ROOT), str(config_path or ""), question]
    # Its messages go into a file, for a pipe that nobody reads would make it wait.
    with tempfile.TemporaryFile() as messages:
        started_s = time.monotonic()
        with subprocess.Popen(command, env=dict(environ), stdout=subprocess.PIPE, stderr=messages) as process:  # noqa: S603 - our own program
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            line = process.stdout.readline()
            total_ms = (time.monotonic() - started_s) * 1000
        messages.seek(0)
        last = messages.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    if not line:
        raise Fault(f"a fresh start ended with code {process.returncode}: {last}")
    told: dict[str, Any] = json.loads(line)
    if "error" in told:
        raise UserError(told["error"])
    inside_ms = sum(value for name, value in told.items() if name.endswith("_ms"))
    return Start(python_ms=total_ms - inside_ms, total_ms=total_ms, **told)


class Stopwatch:
    """Listens to an app that opens, and notes how long each part of that takes."""

    def __init__(self) -> None:
        """Begin to count now."""
        self.parts_ms: dict[str, float] = {}
        self._last_s = time.monotonic()

    def lap(self, part: str) -> None:
        """Put the time since the last part down to this one."""
        now_s = time.monotonic()
        self.parts_ms[f"{part}_ms"] = (now_s - self._last_s) * 1000
        self._last_s = now_s

    def say(self, text: str) -> None:
        """Let it go: what there is to say about an index is for the first start, which is not counted."""

    def report(self, done: int, total: int) -> None:
        """Let it go, too."""

    @contextmanager
    def busy(self, what: str) -> Iterator[None]:  # noqa: ARG002 - only one thing is told of
        """Note the model; what came before it, once the libraries are there, is the pack."""
        self.lap("pack")
        yield
        self.lap("model")


def main(config_path: str, question: str) -> None:
    """Be the process that is looked at: answer the question, and print how long each part took as one JSON object."""
    try:
        told = _answered(config_path, question)
    except UserError as error:
        told = {"error": str(error)}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _answered(config_path: str, question: str) -> dict[str, Any]:
    stopwatch = Stopwatch()
    import asyncio
    import os

    # Opening an app imports these; here they come first, so that their time is not put down to the parts.
    from bot import app
    from bot.answer.service import ask as asking  # noqa: F401
    from embeddings import retriever  # noqa: F401
    from embeddings.index import index  # noqa: F401

    config = app.configure(Path(config_path) if config_path else None, os.environ)
    unlogged = config.model_copy(update={"log": config.log.model_copy(update={"enabled": False})})
    _import_runtime(config)
    stopwatch.lap("import")
    with app.open_app(unlogged, holder="dilemma bench", environ=os.environ, listener=stopwatch) as opened:
        stopwatch.lap("index")
        asyncio.run(opened.asking.ask(opened.asker("bench", "bench", "bench"), question))
        stopwatch.lap("answer")
    return stopwatch.parts_ms | {"peak_bytes": peak_bytes()}


def _import_runtime(config: Config) -> None:
    """Import what the encoder runs on that is going to answer."""
    from bot.opening import exported_model
    from embeddings.encoders.exported import ExportError
    from embeddings.encoders.reference import import_library

    try:
        fast = config.encoder.runtime != "reference" and bool(exported_model(config).manifest())
    except ExportError:
        fast = False
    if fast:
        from embeddings.encoders import onnx as onnx_encoder  # noqa: F401
    else:
        import_library(offline=config.encoder.offline)


def peak_bytes() -> int:
    """Give the most memory that this process had at once."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts in bytes, every other system in KiB.
    return peak if sys.platform == "darwin" else peak * 1024
