"""What deleting from a large log costs those who write meanwhile, and what a large log costs those who start and read.

    python -m tests.bench.log_care --turns 1000000 --folder /some/disk

The log is made once (about 3 KB a turn) and kept in the folder. A turn is written every 20 ms, and the time until it is
on the disk is measured: while a person is deleted, while 60 % of all turns expire, and before and after each of these.
"""

from __future__ import annotations

import argparse
import hashlib
import mmap
import os
import random
import shutil
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from bot.answer.store.turns import rows_of
from bot.log.turns import insert_all
from tests.log.samples import an_answer, an_entry, open_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.log.log import ConversationLog
    from bot.log.privacy import Forgotten
    from bot.log.turns import Rows

FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
SPAN: Final = timedelta(days=100)
EXPIRED: Final = 0.6
A_TALK: Final = 5
A_PERSON: Final = 500
"""Turns of a conversation, and of a person."""
GUILDS: Final = 50
BATCH: Final = 500
EVERY_S: Final = 0.02
IDLE_S: Final = 10.0
BAR_MS: Final = 50.0
WORDS: Final = tuple(
    f"{first}{middle}{last}" for first in "bdfgklmnprst" for middle in "aeiou" for last in "bdfgklmnprst"
)
FILLER: Final = "what a passage says, word for word and cited, and where it stands in its article; " * 7


def person_of(number: int, turns: int) -> str:
    """Name who asks a turn: people come back all the time."""
    people = max(turns // A_PERSON, 2)
    return hashlib.sha256(str(number // A_TALK % people).encode()).hexdigest()


def guild_number(person: str) -> int:
    """Return the number of the guild in which somebody asks."""
    return int(person[:6], 16) % GUILDS


def made(turns: int) -> Iterator[Rows]:
    """Give the turns of a log, oldest first; each person has a word that nobody else uses."""
    chance = random.Random(1)  # noqa: S311 - the same each time
    for number in range(turns):
        person = person_of(number, turns)
        talk = hashlib.md5(f"{number // A_TALK}".encode(), usedforsecurity=False).hexdigest()
        question = f"q{person[:12]} asks {' '.join(chance.choices(WORDS, k=7))}"
        answer = an_answer(question, said=FILLER)
        place = f"{guild_number(person)}/7"
        entry = an_entry(number % A_TALK + 1, conversation_id=talk, person=person, place=place, answer=answer)
        yield rows_of(replace(entry, asked_utc=(FIRST + SPAN * (number / turns)).isoformat()))


def make(path: Path, turns: int) -> None:
    """Make the log, as the program itself would."""
    log = open_log(path)
    batch: list[Rows] = []

    def write(rows: list[Rows]) -> None:
        log.write(lambda db: insert_all(db, rows)).result()

    for rows in made(turns):
        batch.append(rows)
        if len(batch) == BATCH:
            write(batch)
            batch = []
    write(batch)
    log.close()


class Writing:
    """Somebody who asks every 20 ms; `waits_ms` are the times until each turn was on the disk."""

    def __init__(self, log: ConversationLog, talk: str) -> None:
        self.waits_ms: list[float] = []
        self._log = log
        self._talk = talk
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._ended.wait(EVERY_S):
            number += 1
            entry = an_entry(number, conversation_id=self._talk, person="9" * 64, place="99/1")
            began_s = time.perf_counter()
            future = self._log.record(rows_of(replace(entry, asked_utc="2026-12-01T00:00:00+00:00")))
            future.add_done_callback(partial(self._written, began_s))

    def _written(self, began_s: float, _: object) -> None:
        self.waits_ms.append(1_000 * (time.perf_counter() - began_s))


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def told(name: str, waits_ms: list[float], seconds: float, more: str = "") -> None:
    """Print one line."""
    say(
        f"{name}: {seconds:.1f} s; other writes: {len(waits_ms)}, median {statistics.median(waits_ms):.1f} ms, "
        f"p99 {p99_of(waits_ms):.1f} ms (bar {BAR_MS:.0f}), worst {max(waits_ms):.1f} ms{more}"
    )


def p99_of(waits_ms: list[float]) -> float:
    """Return the 99th percentile."""
    return sorted(waits_ms)[int(0.99 * (len(waits_ms) - 1))]


def idle(log: ConversationLog, talk: str) -> list[float]:
    """Return how long the same writes take where nothing is deleted."""
    with Writing(log, talk) as writing:
        time.sleep(IDLE_S)
    return writing.waits_ms


def traces(path: Path, text: str) -> int:
    """Count a text in the bytes of the log and its WAL."""
    found = 0
    for file in (path, path.with_name(f"{path.name}-wal")):
        if file.exists() and file.stat().st_size:
            with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
                at = -1
                while (at := content.find(text.encode(), at + 1)) >= 0:
                    found += 1
    return found


def deleting(log: ConversationLog, name: str, talk: str, deletion: Callable[[], Forgotten]) -> None:
    """Delete while somebody writes, and wait until the bytes are wiped; before and after, only write."""
    before = idle(log, f"{talk}a")
    began_s = time.perf_counter()
    with Writing(log, talk) as writing:
        forgotten = deletion()
        rows_s = time.perf_counter() - began_s
        while not forgotten.wiped and not log.forget_people(["nobody"]).result().wiped:
            pass
    more = f"; {forgotten.rows['turn']} turns, told after {rows_s:.1f} s"
    told(name, writing.waits_ms, time.perf_counter() - began_s, more)
    after = idle(log, f"{talk}b")
    say(f"  without it, p99 before {p99_of(before):.1f} ms, after {p99_of(after):.1f} ms")


def run_for(arguments: list[str], environ: dict[str, str]) -> float:
    """Return the best time of three runs of the program."""
    times = []
    for _ in range(3):
        began_s = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bot", *arguments], env=environ, check=True, capture_output=True)
        times.append(time.perf_counter() - began_s)
    return min(times)


def starting(path: Path) -> None:
    """Measure starts and reads from outside, in turns with an empty log."""
    figures = {}
    for name, file in (("empty", path.with_name("empty.sqlite3")), ("large", path)):
        environ = {**os.environ, "DILEMMA_LOG__PATH": str(file)}
        figures[name] = run_for(["ask", "Does Facebook sell my data?"], environ)
    say(
        f"dilemma ask: {figures['large']:.2f} s with the large log, {figures['empty']:.2f} s with an empty one "
        f"({figures['large'] / figures['empty']:.2f} times, bar 1.2)"
    )
    environ = {**os.environ, "DILEMMA_LOG__PATH": str(path)}
    idle_s = run_for(
        ["log", "show", "--limit", "1"], {**os.environ, "DILEMMA_LOG__PATH": str(path.with_name("empty.sqlite3"))}
    )
    searches = (["search", "asks"], ["search", WORDS[5]], ["search", "b"], ["show"], ["show", "--limit", "200"])
    for arguments in searches:
        took_s = run_for(["log", *arguments], environ)
        say(f"dilemma log {' '.join(arguments)}: {took_s:.2f} s (bar 0.5), of which the program itself {idle_s:.2f} s")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--part", choices=("start", "delete", "person"))
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    original = chosen.folder / f"{chosen.turns}.sqlite3"
    if not original.exists():
        began_s = time.perf_counter()
        make(original, chosen.turns)
        say(f"made {original} in {time.perf_counter() - began_s:.0f} s: {original.stat().st_size / 1e9:.2f} GB")
    if chosen.part in {None, "start"}:
        starting(original)
    if chosen.part == "start":
        return
    path = chosen.folder / "measured.sqlite3"
    shutil.copyfile(original, path)
    log = open_log(path)
    gone = person_of(0, chosen.turns)
    deleting(log, "a person is deleted", "2" * 32, lambda: log.forget_people([gone]).result())
    say(f"traces of that person: {traces(path, gone)} of the pseudonym, {traces(path, f'q{gone[:12]}')} of their word")
    if chosen.part == "person":
        log.close()
        return
    before = (FIRST + SPAN * EXPIRED).isoformat()
    guilds = {str(guild): before for guild in range(GUILDS)}
    now = (FIRST + SPAN).isoformat()
    deleting(log, f"{EXPIRED:.0%} of all turns expire", "3" * 32, lambda: log.expire(guilds, [], now=now).result())
    log.close()


if __name__ == "__main__":
    main()
