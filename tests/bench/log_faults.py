"""Faults of the disk, and kills, while questions are logged: what somebody was told is kept is looked for afterwards.

    python -m tests.bench.log_faults faults          # every write, sync, cut, removal and renaming fails in turn
    python -m tests.bench.log_faults kills --count 200
    python -m tests.bench.log_faults deletions --count 50

Each run is a fork of this process, so that it costs no start. The faults need a C compiler: a few lines of C stand
between the program and the system's calls (LD_PRELOAD). Both exit 1 when something is lost, or missing without a word.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import errno
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.answer.service.ask import NOT_KEPT
from bot.answer.store.turns import rows_of
from bot.log.recorder import RecordOutcome
from bot.values.asker import Asker
from knowledge.errors import Fault, UserError
from tests.answer.service.test_ask import asking
from tests.bench.log_care import A_TALK, guild_number, made, make, person_of
from tests.log.samples import an_entry, limit_pages, open_log

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.log.log import ConversationLog
    from bot.log.privacy import Forgotten

    Delete = Callable[[ConversationLog], Forgotten]

SOURCE: Final = Path(__file__).with_suffix(".c")
SHORT: Final = -1
KINDS: Final = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "short write": SHORT}
TURNS: Final = 2_000
"""Turns of a log in which is deleted, of four people."""
MOST_BESIDE: Final = 500
LONG: Final = "and so on " * 1_000
PROMISED: Final = {RecordOutcome.LOGGED, RecordOutcome.WAITING}


GONE, OLD = person_of(0, TURNS), person_of(A_TALK, TURNS)


def delete_person(log: ConversationLog) -> Forgotten:
    """Forget somebody, as they ask for it."""
    return log.forget_people([GONE]).result(60)


def delete_old(log: ConversationLog) -> Forgotten:
    """Delete all turns of a guild, as too old."""
    return log.expire({str(guild_number(OLD)): "2026-06-01"}, [], now="2026-06-02").result(60)


DELETIONS: Final = {"a person": (GONE, delete_person), "what is old": (OLD, delete_old)}
"""Who is gone afterwards, and what deletes them."""


@dataclass
class Result:
    """How many runs there were, how many turns were called kept, and which of them are lost, with or without a word."""

    runs: int = 0
    kept: int = 0
    lost: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return the line that is printed."""
        lost = f"{len(self.lost)} runs lost some, {len(self.silent)} silently"
        return (
            f"{self.runs} runs, {self.kept} turns called kept, {lost}; {len(self.left)} left some of what was deleted"
        )

    def compare(self, run: str, promised: set[str], path: Path) -> None:
        """Open the log that a run left, and look for the turns that it promised."""
        log = open_log(path)
        there = {f"{turn.conversation_id}/{turn.number}" for turn in log.export()}
        log.close()
        self.runs += 1
        self.kept += len(promised)
        if gone := sorted(promised - there):
            self.lost.append(f"{run}: {', '.join(gone)}")
            if not any("missing" in notice for notice in log.notices):
                self.silent.append(self.lost[-1])


def forked(work: Callable[[Callable[[str], None]], None], *, kill_after_s: float | None = None) -> set[str]:
    """Run something in a fork that ends without cleaning up, and return what it told; with a time, it is killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reading)
            work(lambda text: (os.write(writing, f"{text}\n".encode()), None)[1])
        except Exception:  # noqa: BLE001 - a fork must not go on as its parent
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    told = b""
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        if kill_after_s is not None:
            told = pipe.read(4_096) or b""
            time.sleep(kill_after_s)
            os.kill(child, signal.SIGKILL)
        while part := pipe.read(65_536):
            told += part
    os.waitpid(child, 0)
    return set(told.decode().splitlines())


def write_turns(path: Path, tell: Callable[[str], None], *, closing: bool) -> None:
    """Log turns, some of them while the log is full, and tell of each that is kept."""
    try:
        log = open_log(path)
    except UserError:
        return  # it was said, and nothing was promised
    number = 2

    def ask(times: int) -> None:
        nonlocal number
        for _ in range(times):
            number += 1
            try:
                outcome = log.record(rows_of(an_entry(number, question=LONG))).result(10)
            except Fault:
                continue
            if outcome in PROMISED:
                tell(f"c1/{number}")

    ask(2)
    limit(log, 1)
    ask(2)
    limit(log, 1_000_000)
    ask(2)
    limit(log, 1)
    ask(1)
    if closing:
        try:
            log.close()
        except UserError as error:
            tell(str(error))


def limit(log: ConversationLog, pages: int) -> None:
    """Let the log be full, or not any more; a disk that fails may have made the connection useless."""
    try:
        limit_pages(log, pages)
    except sqlite3.Error:
        return


def faults(folder: Path, *, step: int = 1, say: Callable[[str], None] = print) -> Result:
    """Let each call fail in turn, every `step`-th of them: once and for good, in each way."""
    calls = ctypes.CDLL(None)
    result = Result()
    base = folder / "base"
    base.mkdir()
    log = open_log(base / "log.db")
    for number in (1, 2):
        log.record(rows_of(an_entry(number))).result(10)
    log.close()

    def run(at: int, kind: int, *, stays: bool, closing: bool) -> tuple[set[str], Path, int]:
        place = folder / "run"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(base, place)

        def work(tell: Callable[[str], None]) -> None:
            calls.faults_arm(str(place).encode(), ctypes.c_long(at), kind, int(stays))
            write_turns(place / "log.db", tell, closing=closing)
            tell(f"calls {calls.faults_count()}")

        told = forked(work)
        (counted,) = (int(line.split()[1]) for line in told if line.startswith("calls "))
        return {line for line in told if line.startswith("c1/")}, place / "log.db", counted

    _, _, most = run(0, errno.EIO, stays=False, closing=True)
    say(f"{most} calls of a run can fail")
    for name, kind in KINDS.items():
        for stays in (False, True):
            before = result.runs
            for at in range(1 + step // 2, most + 1, step):
                closing = bool(at % 2)
                promised, path, _ = run(at, kind, stays=stays, closing=closing)
                how = f"{name}{' for good' if stays else ''} at call {at}, {'closed' if closing else 'killed'}"
                result.compare(how, promised | {"c1/1", "c1/2"}, path)
            say(f"{name}{' for good' if stays else ', once'}: {result.runs - before} faults; {result}")
    return result


def kills(folder: Path, count: int, *, seed: int = 1) -> Result:
    """Kill a service that answers, again and again, on one log; in every fourth run another program locks the log."""
    chance = random.Random(seed)  # noqa: S311 - the same kills in every run
    path = folder / "log.db"
    open_log(path).close()
    result = Result()
    promised: set[str] = set()
    for run in range(count):
        locked = run % 4 == 3

        def answer(tell: Callable[[str], None], run: int = run, *, locked: bool = locked) -> None:
            log = open_log(path)
            if locked:
                other = sqlite3.connect(path, isolation_level=None)
                other.execute("BEGIN IMMEDIATE")
            asyncio.run(answer_for_ever(log, run, tell))

        promised |= forked(answer, kill_after_s=chance.uniform(0.005, 0.1))
        result.compare(f"kill {run + 1}", promised, path)
    result.kept = len(promised)
    return result


def deletions(folder: Path, count: int, *, seed: int = 1) -> Result:
    """Kill a program that deletes, by turns a person or what is old, while somebody else's turns are logged.

    Afterwards nothing of it is left in any file beside the log, and all the others' turns are there.
    """
    chance = random.Random(seed)  # noqa: S311 - the same kills in every run
    result = Result()
    base, place = folder / "base", folder / "run"
    base.mkdir()
    make(base / "log.db", TURNS)
    turns = [
        (each.conversation["person"], f"{each.turn['conversation_id']}/{each.turn['number']}") for each in made(TURNS)
    ]
    took_s: dict[str, float] = {}
    for number in range(-2, count):  # the first two are not killed
        name, (gone, delete) = list(DELETIONS.items())[number % 2]
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(base, place)

        def work(tell: Callable[[str], None], delete: Delete = delete) -> None:
            log = open_log(place / "log.db")
            tell("begun")
            log_beside(log, tell)
            tell(f"wiped {delete(log).wiped}")

        began_s = time.perf_counter()
        told = forked(work, kill_after_s=None if number < 0 else chance.uniform(0, took_s[name]))
        if number < 0:
            took_s[name] = time.perf_counter() - began_s
        run = f"kill {number + 1} ({name})"
        if "wiped True" in told and (left := traces(place, gone)):
            result.left.append(f"{run}: {left} before the next start")
        log = open_log(place / "log.db")
        while not delete(log).wiped:
            pass
        log.close()
        if left := traces(place, gone):
            result.left.append(f"{run}: {left} after it")
        others = {turn for person, turn in turns if person != gone}
        result.compare(run, {line for line in told if line.startswith("c1/")} | others, place / "log.db")
    return result


def log_beside(log: ConversationLog, tell: Callable[[str], None]) -> None:
    """Log turns of somebody else from now on, a few at a time, and tell of each that is kept."""

    def write(number: int) -> None:
        entry = replace(an_entry(number), asked_utc="2026-12-01T00:00:00+00:00")
        log.record(rows_of(entry)).add_done_callback(lambda done: written(number, done.result()))

    def written(number: int, outcome: RecordOutcome) -> None:
        if outcome in PROMISED:
            tell(f"c1/{number}")
        if number < MOST_BESIDE:
            write(number + 1)

    write(1)


def traces(place: Path, person: str) -> int:
    """Count a person's pseudonym, and the word that only they used, in the bytes of every file of a log."""
    content = b"".join(file.read_bytes() for file in sorted(place.iterdir()))
    return sum(content.count(text.encode()) for text in (person, f"q{person[:12]}"))


async def answer_for_ever(log: ConversationLog, run: int, tell: Callable[[str], None]) -> None:
    """Answer eight people at once, one question after another, and tell of each answer that says it is kept."""
    names = iter(f"{run}-{number}" for number in range(1_000_000))
    service = asking(log)
    service._new_id = lambda: next(names)

    async def talk(person: str) -> None:
        while True:
            reply = await service.ask(Asker(person, "place"), "is my data sold")
            if NOT_KEPT not in reply.notices and reply.ref is not None:
                tell(f"{reply.ref.conversation_id}/{reply.ref.number}")

    await asyncio.gather(*(talk(f"{run}-{number}") for number in range(8)))


def preloaded(folder: Path, arguments: list[str]) -> int:
    """Run this program again with the calls of `log_faults.c` before the system's."""
    library = folder / "faults.so"
    compiler = shutil.which("cc")
    if compiler is None:
        raise SystemExit("the faults need a C compiler, such as gcc")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
    command = [sys.executable, "-m", "tests.bench.log_faults", *arguments, "--folder", str(folder)]
    return subprocess.run(command, env=os.environ | {"LD_PRELOAD": str(library)}, check=False).returncode


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("faults", "kills", "deletions"))
    parser.add_argument("--count", type=int, default=200, help="kills")
    parser.add_argument("--step", type=int, default=1, help="let every STEP-th call fail")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if given.what == "kills":
            result = kills(Path(scratch), given.count)
        elif given.what == "deletions":
            result = deletions(Path(scratch), given.count)
        elif given.folder is None:
            return preloaded(Path(scratch), ["faults", "--step", str(given.step)])
        else:
            result = faults(given.folder, step=given.step)
    for line in (*result.lost, *result.left, result):
        sys.stdout.write(f"{line}\n")
    return 1 if result.lost or result.left else 0


if __name__ == "__main__":
    sys.exit(main())
