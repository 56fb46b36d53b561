"""`dilemma run` as a process of its own, pointed at the stand-in, with a folder of its own for what it keeps."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.discord.loopback import BOT_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.discord.loopback import Loopback

PATIENCE_S: Final = 60.0
"""A model that is loaded the slow way takes many seconds on a busy machine."""

READY: Final = "ready to answer"

FIRST_TIME_S: Final = 280.0
"""Where no index lies yet, the first bot builds it before it is ready."""


@dataclass(eq=False)
class Program:
    """The running bot. `lines` are what it wrote so far, on either stream."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _reading: asyncio.Task[None] | None = None

    @property
    def output(self) -> str:
        """Everything that it wrote so far."""
        return "\n".join(self.lines)

    def listen(self) -> None:
        """Begin to read what it writes."""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode("utf-8", "replace").rstrip("\n"))
            self._news.set()
        self._news.set()

    async def says(self, text: str, *, times: int = 1, patience_s: float = PATIENCE_S) -> str:
        """Wait for a line with that text, `times` in all; give the last of them."""
        try:
            async with asyncio.timeout(patience_s):
                while True:
                    self._news.clear()
                    found = [line for line in self.lines if text in line]
                    if len(found) >= times:
                        return found[times - 1]
                    assert self._reading is not None
                    assert not self._reading.done(), f"it ended without saying {text!r}:\n{self.output}"
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"it did not say {text!r}:\n{self.output}") from None

    async def ends(self, patience_s: float = PATIENCE_S) -> int:
        """Wait for its end, and give the exit code."""
        async with asyncio.timeout(patience_s):
            code = await self.process.wait()
            assert self._reading is not None
            await self._reading
        return code

    async def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal, and give the exit code with the seconds that it took to end."""
        started_s = time.monotonic()
        self.process.send_signal(number)
        code = await self.ends()
        return code, time.monotonic() - started_s


@asynccontextmanager
async def running(
    loopback: Loopback, folder: Path, *, token: str = BOT_TOKEN, cache: Path | None = None, **settings: str
) -> AsyncIterator[Program]:
    """Run the bot until the block ends; it is killed then if it still runs.

    `settings` are further variables, as in `DILEMMA_LOG__ENABLED="false"`; `cache` is where the index lies if not in
    the platform's own folder.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DILEMMA_", "DISCORD_"))}
    environ |= {
        "DISCORD_TOKEN": token,
        "DILEMMA_DISCORD__API_BASE": loopback.api_base,
        "DILEMMA_DISCORD__GATEWAY_URL": loopback.gateway_url,
        "DILEMMA_LOG__PATH": str(folder / "log.sqlite3"),
        "PYTHONUNBUFFERED": "1",
        **({"XDG_CACHE_HOME": str(cache)} if cache else {}),
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    program = Program(process)
    program.listen()
    try:
        yield program
    finally:
        if process.returncode is None:
            process.kill()
        await program.ends()
