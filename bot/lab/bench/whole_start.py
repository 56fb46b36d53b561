"""Whole starts: of `dilemma ask`, to its printed answer, and of what a bot answers with, beside a running event loop.

Each is another process, for a process starts only once. It must not know how figures are shown.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.lab.bench.first_answer import ROOT, Stopwatch
from knowledge.errors import Fault, UserError

# What is measured here are the imports above all, so each has its place.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ASK: Final = """\
import sys
sys.path.append(sys.argv[1])
from bot.cli import main
raise SystemExit(main(sys.argv[2:]))
"""

_SERVE: Final = """\
import sys
sys.path.append(sys.argv[1])
from bot.lab.bench.whole_start import main
main(sys.argv[2])
"""

_CLOSING_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Asked:
    """How long `dilemma ask` took from its process's start to the printed answer, and the most memory that it had."""

    printed_ms: float
    peak_bytes: int


def ask_afresh(config_path: Path | None, environ: Mapping[str, str], question: str) -> Asked:
    """Run `dilemma ask` with a question, logging it where `environ` says. Raises Fault when it gives no answer."""
    config = ["--config", str(config_path)] if config_path else []
    with tempfile.TemporaryFile() as messages:
        started_s = time.monotonic()
        command = _command(_ASK, *config, "ask", question)
        process = subprocess.Popen(command, env=dict(environ), stdout=subprocess.PIPE, stderr=messages)  # noqa: S603 - our own program
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        with process.stdout:
            printed = process.stdout.read(1)
            printed_ms = (time.monotonic() - started_s) * 1000
            process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode or not printed:
            raise Fault(f"a fresh `dilemma ask` ended with code {process.returncode}: {_last_line(messages)}")
    return Asked(printed_ms, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))


def lag_of_serving(config_path: Path | None, environ: Mapping[str, str]) -> float:
    """Open what a bot answers with in a fresh process, while its event loop runs; give the loop's p99 lag in ms.

    Raises UserError with what the process says when it cannot, Fault when it breaks.
    """
    with tempfile.TemporaryFile() as messages:
        ran = subprocess.run(  # noqa: S603 - our own program
            _command(_SERVE, str(config_path or "")),
            env=dict(environ),
            stdout=subprocess.PIPE,
            stderr=messages,
            check=False,
        )
        if not ran.stdout:
            raise Fault(f"a fresh start ended with code {ran.returncode}: {_last_line(messages)}")
    told: dict[str, Any] = json.loads(ran.stdout)
    if "error" in told:
        raise UserError(told["error"])
    return float(told["lag_p99_ms"])


def main(config_path: str) -> None:
    """Be the process that is looked at: open what answers, and print how late the event loop was meanwhile."""
    from bot.process.calm import collect_seldom

    collect_seldom()  # as the program itself does
    try:
        told: dict[str, Any] = {"lag_p99_ms": asyncio.run(_lag_while_opening(config_path))}
    except UserError as error:
        told = {"error": str(error)}
    sys.stdout.write(json.dumps(told) + "\n")


async def _lag_while_opening(config_path: str) -> float:
    from bot import app
    from bot.lab.bench.crowd import watched
    from bot.lab.bench.timing import nearest_rank
    from bot.process.clock import SystemClock
    from bot.process.service import Serving

    config = app.configure(Path(config_path) if config_path else None, os.environ)
    unlogged = config.model_copy(update={"log": config.log.model_copy(update={"enabled": False})})
    clock = SystemClock()
    lags_ms: list[float] = []
    serving = Serving(
        lambda: app.open_serving(
            unlogged, holder="dilemma bench", environ=os.environ, listener=Stopwatch(), closing_s=_CLOSING_S
        ),
        clock=clock,
    )
    async with watched(lags_ms, clock):
        serving.begin()
        await serving.opened()
    await serving.close(_CLOSING_S)
    return nearest_rank(lags_ms, 0.99)


def _command(code: str, *arguments: str) -> Sequence[str]:
    # -P: a folder of the name bot where the person happens to be is none of ours.
    return [sys.executable, "-P", "-c", code, str(ROOT), *arguments]


def _last_line(messages: Any) -> str:  # noqa: ANN401 - a temporary file has no public type
    messages.seek(0)
    return str(messages.read().decode("utf-8", "replace").strip().rpartition("\n")[2])
