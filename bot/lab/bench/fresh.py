"""Fresh processes, each timed from its beginning: to a first answer part by part, `dilemma ask`, and a bot's start.

A process begins only once, so it is another one that is looked at: it runs this very module, or the program itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from knowledge.errors import Fault, UserError

# What is measured here are the imports above all, so each has its place.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.config.sections import Config

ROOT: Final = Path(__file__).parents[3]
"""Where the packages lie, installed or not."""

_ASK: Final = """\
import sys
sys.path.append(sys.argv[1])
from bot.cli import main
raise SystemExit(main(sys.argv[2:]))
"""

_RUN: Final = """\
import sys
sys.path.append(sys.argv[1])
from bot.lab.bench.fresh import main
main(*sys.argv[2:])
"""

_CLOSING_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class AskRun:
    """How long `dilemma ask` took from its process's start to the printed answer, and the most memory that it had."""

    printed_ms: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class StartRun:
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


def ask_afresh(config_path: Path | None, environ: Mapping[str, str], question: str) -> AskRun:
    """Run `dilemma ask` with a question, logging it where `environ` says. Raises Fault when it gives no answer."""
    config = ["--config", str(config_path)] if config_path else []
    with tempfile.TemporaryFile() as messages:
        started_s = time.monotonic()
        process = _process(_ASK, [*config, "ask", question], environ, messages)
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        with process.stdout:
            printed = process.stdout.read(1)
            printed_ms = (time.monotonic() - started_s) * 1000
            process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode or not printed:
            raise Fault(f"a fresh `dilemma ask` ended with code {process.returncode}: {_last_line(messages)}")
    return AskRun(printed_ms, _bytes(usage.ru_maxrss))


def start_afresh(config_path: Path | None, environ: Mapping[str, str], question: str) -> StartRun:
    """Start a process that answers one question, without logging it, and ends.

    Raises UserError with what the process says when it cannot, Fault when it breaks.
    """
    told, total_ms = _told([str(config_path or ""), question], environ)
    inside_ms = sum(value for name, value in told.items() if name.endswith("_ms"))
    return StartRun(python_ms=total_ms - inside_ms, total_ms=total_ms, **told)


def lag_of_serving(config_path: Path | None, environ: Mapping[str, str]) -> float:
    """Open what a bot answers with in a fresh process, while its event loop runs; give the loop's p99 lag in ms.

    Raises UserError with what the process says when it cannot, Fault when it breaks.
    """
    told, _ = _told([str(config_path or "")], environ)
    return float(told["lag_p99_ms"])


def _told(arguments: Sequence[str], environ: Mapping[str, str]) -> tuple[dict[str, Any], float]:
    """Run `main` in a process; give what it tells, and after how many milliseconds it told that."""
    # Its messages go into a file, for a pipe that nobody reads would make it wait.
    with tempfile.TemporaryFile() as messages:
        started_s = time.monotonic()
        with _process(_RUN, arguments, environ, messages) as process:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            line = process.stdout.readline()
            told_ms = (time.monotonic() - started_s) * 1000
        if not line:
            raise Fault(f"a fresh start ended with code {process.returncode}: {_last_line(messages)}")
    told: dict[str, Any] = json.loads(line)
    if "error" in told:
        raise UserError(told["error"])
    return told, told_ms


def _process(
    code: str, arguments: Sequence[str], environ: Mapping[str, str], messages: IO[bytes]
) -> subprocess.Popen[bytes]:
    # -P: a folder of the name bot where the person happens to be is none of ours.
    command = [sys.executable, "-P", "-c", code, str(ROOT), *arguments]
    return subprocess.Popen(command, env=dict(environ), stdout=subprocess.PIPE, stderr=messages)  # noqa: S603 - our own program


def _last_line(messages: IO[bytes]) -> str:
    messages.seek(0)
    return messages.read().decode("utf-8", "replace").strip().rpartition("\n")[2]


class Stopwatch:
    """Listens to an app that opens, and notes how long each part of that takes."""

    def __init__(self) -> None:
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


def main(config_path: str, question: str = "") -> None:
    """Be the process that is looked at, and print what it found as one JSON object.

    With a question it answers that; without one it opens what a bot answers with, beside a running event loop.
    """
    try:
        told = _answered(config_path, question) if question else _served(config_path)
    except UserError as error:
        told = {"error": str(error)}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _answered(config_path: str, question: str) -> dict[str, Any]:
    stopwatch = Stopwatch()
    import asyncio

    # Opening an app imports these; here they come first, so that their time is not put down to the parts.
    from bot import app
    from bot.answer.service.ask import Asking
    from bot.values.asker import Asker
    from embeddings import retriever  # noqa: F401
    from embeddings.index import index  # noqa: F401

    config = _unlogged(config_path)
    _import_runtime(config)
    stopwatch.lap("import")
    with app.open_app(config, holder="dilemma bench", listener=stopwatch) as opened:
        stopwatch.lap("index")
        asyncio.run(Asking.of(opened).ask(Asker("bench", "bench"), question))
        stopwatch.lap("answer")
    return stopwatch.parts_ms | {"peak_bytes": peak_bytes()}


def _served(config_path: str) -> dict[str, Any]:
    import asyncio

    from bot.process.calm import collect_seldom

    collect_seldom()  # as the program itself does
    return {"lag_p99_ms": asyncio.run(_lag_while_opening(config_path))}


async def _lag_while_opening(config_path: str) -> float:
    from bot import app
    from bot.features import ALL
    from bot.lab.bench.load import watched
    from bot.lab.bench.timing import nearest_rank
    from bot.process.clock import SystemClock
    from bot.process.service import Serving

    config = _unlogged(config_path)
    clock = SystemClock()
    lags_ms: list[float] = []
    serving = Serving(
        lambda: app.open_app(
            config, holder="dilemma bench", listener=Stopwatch(), features=ALL, closing_s=_CLOSING_S, serving=True
        ),
        clock=clock,
    )
    async with watched(lags_ms, clock):
        serving.begin()
        await serving.opened()
    await serving.close(_CLOSING_S)
    return nearest_rank(lags_ms, 0.99)


def _unlogged(config_path: str) -> Config:
    """Read the settings, with the log turned off."""
    from bot import app

    config = app.configure(Path(config_path) if config_path else None, os.environ)
    return config.model_copy(update={"log": config.log.model_copy(update={"enabled": False})})


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
    """Return the most memory that this process had at once."""
    import resource

    return _bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _bytes(peak: int) -> int:
    """Read `ru_maxrss`: macOS counts in bytes, every other system in KiB."""
    return peak if sys.platform == "darwin" else peak * 1024
