from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.log.lock import BrieflyUsedError, FileLock
from knowledge.errors import UserError
from tests.log.samples import NOW, open_log

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
HOLDING = """
import sys
from pathlib import Path
from tests.log.samples import open_log
log = open_log(Path(sys.argv[1]), holder="dilemma chat")
print("holding", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Hold the log in a process of its own."""
    command = [sys.executable, "-c", HOLDING, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_refused_at_once_and_told_the_holder(path: Path) -> None:
    """The sentence names program, process and start; kill -9 of the holder frees the log."""
    with another_process(path) as holder:
        began = time.perf_counter()
        with pytest.raises(UserError) as refusal:
            open_log(path)
        assert time.perf_counter() - began < 1
        assert str(refusal.value) == (
            f"{path} is in use by dilemma chat (process {holder.pid}, since {NOW}); end that first, or name another log"
        )
        holder.kill()
        holder.wait(10)
        log = open_log(path)
        assert log.notices == ()
        log.close()


def test_a_second_holder_in_the_same_process_is_refused_too(path: Path) -> None:
    """The lock belongs to the one who took it, not to the process."""
    lock = FileLock.take(path, holder="one", now=NOW)
    with pytest.raises(UserError, match=r"in use by one \(process \d+, since 2026"):
        FileLock.take(path, holder="two", now=NOW)
    lock.release()
    FileLock.take(path, holder="three", now=NOW).release()


def test_a_lock_that_is_not_written_yet_still_refuses(path: Path) -> None:
    """Between locking and writing the holder has no name."""
    lock = FileLock.take(path, holder="one", now=NOW)
    path.with_name("log.db.lock").write_text("")
    with pytest.raises(UserError, match="in use by another process"):
        FileLock.take(path, holder="two", now=NOW)
    lock.release()


def test_a_holder_of_several_lines_is_written_on_one(path: Path) -> None:
    """The file keeps its three lines."""
    lock = FileLock.take(path, holder="dilemma\nchat", now=NOW)
    assert path.with_name("log.db.lock").read_text().splitlines()[1:] == ["dilemma chat", NOW]
    lock.release()


def test_a_released_lock_names_nobody(path: Path) -> None:
    """The file stays, emptied."""
    FileLock.take(path, holder="one", now=NOW).release()
    assert path.with_name("log.db.lock").read_bytes() == b""


def test_those_who_share_a_log_keep_out_those_who_want_it_alone(path: Path) -> None:
    """The first prepares it alone; whoever is refused is told who came last of those that still run."""
    first = FileLock.take(path, holder="one", now=NOW, shared=True)
    assert first.alone
    with pytest.raises(UserError, match="in use by another process"):
        FileLock.take(path, holder="two", now=NOW, shared=True)
    first.share()
    second = FileLock.take(path, holder="two", now=NOW, shared=True)
    assert (first.alone, second.alone) == (False, False)
    with path.with_name("log.db.lock").open("a") as file:
        file.write(f"4194305\ngone\n{NOW}\n")
    with pytest.raises(BrieflyUsedError, match=r"in use by two \(process \d+, since 2026"):
        FileLock.take(path, holder="bot", now=NOW)
    first.release()
    with pytest.raises(UserError, match="in use by two"):
        FileLock.take(path, holder="bot", now=NOW)
    second.release()
    bot = FileLock.take(path, holder="bot", now=NOW)
    with pytest.raises(UserError, match="in use by bot") as refusal:
        FileLock.take(path, holder="another bot", now=NOW)
    assert not isinstance(refusal.value, BrieflyUsedError)
    with pytest.raises(UserError, match="in use by bot"):
        FileLock.take(path, holder="one", now=NOW, shared=True)
    bot.release()
