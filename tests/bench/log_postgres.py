"""What a log in PostgreSQL can do, beside one in a file, on the same machine and in the same run.

    python -m tests.bench.log_postgres rate
    python -m tests.bench.log_postgres move --turns 1000000 --folder /some/disk
    python -m tests.bench.log_postgres large --turns 10000000 --folder /some/disk
    python -m tests.bench.log_postgres outage --seconds 60

`rate`: durable turns a second, by four processes over PostgreSQL and by one over SQLite; both wait for the disk.
`move`: a log goes over, is killed in the middle, and goes on. `large`: reading, searching and deleting in a large log,
and what others wait meanwhile. `outage`: the server is stopped under 20 questions a second.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.answer.store.turns import rows_of
from bot.config.sections import Server
from bot.log.engines.postgres import PostgresConnection, connect
from bot.log.reader import LogReader
from bot.log.recorder import RecordOutcome
from bot.log.steps.server import bring_up_to_date
from tests.bench.log_care import WORDS, Writing, idle, make, p99_of, say
from tests.log.postgres import running
from tests.log.samples import an_entry, open_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from bot.log.log import ConversationLog
    from tests.log.postgres import PostgresServer

ROOT: Final = Path(__file__).parents[2]
DURABLE: Final = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=512MB",
    "max_wal_size=8GB",
    "maintenance_work_mem=1GB",
)
PROCESSES: Final = 4
OUTSTANDING: Final = 400
"""Turns of a process that may wait for the disk at once."""
ROUNDS: Final = 3
A_SECOND: Final = 20
"""Questions a second while the server is away."""
COPYING: Final = """
import sys
from pathlib import Path
from bot.config.sections import Server
from bot.log.engines.copying import copy
from tests.log.samples import NOW, REGISTRY
source, target = Path(sys.argv[1]), Server(sys.argv[2], Path(sys.argv[1]).with_name("beside"))
print(copy(source, target, REGISTRY.tables, holder="bench", now=NOW)["turn"])
"""
LARGE: Final = (
    "ALTER TABLE citation DISABLE TRIGGER ALL",
    "ALTER TABLE turn DISABLE TRIGGER ALL",
    """
    INSERT INTO conversation (id, person, place, started_utc, guild)
    SELECT md5(n::text), md5((n % ({turns} / 500))::text) || md5((n % ({turns} / 500))::text), (n % 50) || '/7',
        '2026-01-01T00:00:00+00:00', (n % 50)::text
    FROM generate_series(0, {turns} / 5 - 1) AS n
    """,
    """
    INSERT INTO turn (id, conversation_id, number, asked_utc, question, asked_as, act, first_side, duration_ms, answer)
    SELECT n + 1, md5((n / 5)::text), n % 5 + 1, '2026-01-01T00:00:00+00:00', words, words, 'answer', 'cats', 12.5,
        '{{"sides": {{}}, "gaps": {{}}, "context": [], "filler": "' || repeat('word for word and cited ', 12) || '"}}'
    FROM generate_series(0, {turns} - 1) AS n, LATERAL (
        SELECT 'asks ' || string_agg(({words})[1 + abs(hashint4((n * 7 + i)::int)) % {count}], ' ') AS words
        FROM generate_series(1, 6) AS i
    ) AS asked
    """,
    """
    INSERT INTO citation (turn_id, position, block, passage_id, article_id, start, "end", text, confidence)
    SELECT n, 1, 'cats', 'a-passage', 'an-article', 10, 90, repeat('word for word ', 6), 0.75
    FROM generate_series(1, {turns}) AS n
    """,
    "ALTER TABLE citation ENABLE TRIGGER ALL",
    "ALTER TABLE turn ENABLE TRIGGER ALL",
)
"""What fills a large log: the same words as in `log_care`, short answers, one quote a turn."""


@contextmanager
def started(folder: Path | None) -> Iterator[PostgresServer]:
    """Give a server that keeps what it says that it has."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.tempdir = str(folder)
        folder.chmod(0o755)
    with running(*DURABLE) as server:
        yield server


def write_many(log: ConversationLog, talk: str, turns: int) -> None:
    """Record turns, so many of them waiting at once."""
    waiting: deque[Future[RecordOutcome]] = deque()
    rows = [rows_of(an_entry(number, conversation_id=f"{talk}{number // 5}")) for number in range(1, turns + 1)]
    say("ready")
    sys.stdin.readline()
    began_s = time.perf_counter()
    for each in rows:
        if len(waiting) == OUTSTANDING:
            assert waiting.popleft().result(60) is RecordOutcome.LOGGED
        waiting.append(log.record(each))
    assert {future.result(60) for future in waiting} == {RecordOutcome.LOGGED}
    say(f"{turns / (time.perf_counter() - began_s):.1f}")


def worker(place: str, beside: str, talk: str, turns: int) -> None:
    """Write from a process of its own."""
    log = open_log(Server(place, Path(beside)) if "://" in place else Path(place))
    write_many(log, talk, turns)
    log.close()


def together(place: str, folder: Path, processes: int, turns: int, talk: str) -> float:
    """Return how many turns a second several processes write in all."""
    command = [sys.executable, "-m", "tests.bench.log_postgres", "worker", place, str(folder / "beside"), str(turns)]
    started_ones = [
        subprocess.Popen(
            [*command, f"{talk}-{one}-"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for one in range(processes)
    ]
    for one in started_ones:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    began_s = time.perf_counter()
    for one in started_ones:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    for one in started_ones:
        assert one.stdout is not None
        one.stdout.readline()
    taken_s = time.perf_counter() - began_s
    for one in started_ones:
        one.communicate()
    return processes * turns / taken_s


def rate(folder: Path | None, turns: int) -> None:
    """Compare the two, in turns."""
    ratios = []
    with started(folder) as server:
        place = Path(tempfile.mkdtemp())
        address = server.database(place).url
        for number in range(ROUNDS):
            one = together(str(place / "log.sqlite3"), place, 1, turns, f"s{number}")
            many = together(address, place, PROCESSES, turns // PROCESSES, f"p{number}")
            ratios.append(many / one)
            say(f"SQLite, one process: {one:.0f} turns/s; PostgreSQL, {PROCESSES} processes: {many:.0f} turns/s")
    say(f"PostgreSQL over SQLite: {statistics.median(ratios):.2f} times (bar 1.0), of {ROUNDS} rounds in turns")


def move(folder: Path, turns: int) -> None:
    """Move a log, killed once in the middle."""
    with started(folder) as server:
        source = folder / f"{turns}.sqlite3"
        if not source.exists():
            make(source, turns)
        say(f"{source}: {source.stat().st_size / 1e9:.2f} GB")
        target = server.database(folder / "beside")
        command = [sys.executable, "-c", COPYING, str(source), target.url]
        began_s = time.perf_counter()
        first = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        db = PostgresConnection(connect(target))
        while not db.holds("turn") or db.value("SELECT count(*) FROM (SELECT 1 FROM turn LIMIT 20000) AS few") < min(
            20_000, turns // 2
        ):
            time.sleep(0.2)
        first.send_signal(signal.SIGKILL)
        first.wait()
        db.close()
        killed_s = time.perf_counter() - began_s
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        say(
            f"{done.stdout.strip()} turns moved in {time.perf_counter() - began_s:.0f} s, killed after {killed_s:.0f} s"
        )


def large(folder: Path, turns: int) -> None:
    """Read, search and delete in a large log."""
    with started(folder) as server:
        database = server.database(folder / "beside")
        db = PostgresConnection(connect(database))
        began_s = time.perf_counter()
        with db.atomic():
            bring_up_to_date(db)
        db.begin_filling()
        words = f"ARRAY[{','.join(repr(word) for word in WORDS)}]"
        for statement in LARGE:
            db._engine.execute(statement.format(turns=turns, words=words, count=len(WORDS)).encode())
            say(f"  {time.perf_counter() - began_s:.0f} s: {' '.join(statement.split())[:50]}")
        db.finish_filling()
        db.run("VACUUM", ())
        size = db.value("SELECT pg_database_size(current_database())")
        say(f"{turns} turns made in {time.perf_counter() - began_s:.0f} s: {size / 1e9:.1f} GB")
        reader = LogReader.existing(database)
        for text in (None, "asks", WORDS[5], f"{WORDS[5]} {WORDS[9]}", "b"):
            taken_s = []
            for _ in range(3):
                began_s = time.perf_counter()
                _ = reader.recent(20) if text is None else reader.search(text, 20)
                taken_s.append(time.perf_counter() - began_s)
            what = "show" if text is None else f"search {text}"
            say(f"{what}: first {taken_s[0]:.3f} s, then {min(taken_s):.3f} s")
        log = open_log(database)
        before = idle(log, "2a" * 16)
        person = db.value("SELECT person FROM conversation WHERE rowid = 77")
        began_s = time.perf_counter()
        with Writing(log, "2" * 32) as writing:
            forgotten = log.forget_people([person]).result()
            taken = time.perf_counter() - began_s
            time.sleep(max(0.0, 5 - taken))
        say(
            f"a person of {forgotten.rows['turn']} turns is deleted in {taken:.2f} s; p99 of other writes meanwhile "
            f"{p99_of(writing.waits_ms):.1f} ms, without it {p99_of(before):.1f} ms"
        )
        log.close()
        db.close()


def outage(folder: Path | None, seconds: float) -> None:
    """Stop the server under questions."""
    with started(folder) as server:
        database = server.database(Path(tempfile.mkdtemp()) / "log")
        log = open_log(database)
        outcomes: list[Future[RecordOutcome]] = []
        waits_ms: list[float] = []

        def told(began_s: float, _: object) -> None:
            waits_ms.append(1e3 * (time.perf_counter() - began_s))

        def asking(until_s: float) -> None:
            while time.monotonic() < until_s:
                began_s = time.perf_counter()
                future = log.record(rows_of(an_entry(len(outcomes) + 1)))
                future.add_done_callback(partial(told, began_s))
                outcomes.append(future)
                time.sleep(1 / A_SECOND)

        thread = threading.Thread(target=asking, args=(time.monotonic() + seconds + 20,))
        thread.start()
        time.sleep(5)
        server.stop()
        time.sleep(seconds)
        server.start()
        back_s = time.monotonic()
        thread.join()
        while log.unwritten:
            time.sleep(0.05)
        written_s = time.monotonic() - back_s
        counts = Counter(future.result().value for future in outcomes)
        missing = len(outcomes) - len(log.turns("c1"))
        say(
            f"{len(outcomes)} questions, {dict(counts)}; told after {statistics.median(waits_ms):.1f} ms (median), "
            f"{max(waits_ms):.0f} ms (worst); missing in the end: {missing}; everything was written "
            f"{written_s:.0f} s after the server was back at the latest"
        )
        log.close()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=("rate", "move", "large", "outage", "worker"))
    parser.add_argument("rest", nargs="*")
    parser.add_argument("--turns", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    chosen = parser.parse_args()
    if chosen.part == "worker":
        place, beside, turns, talk = chosen.rest
        worker(place, beside, talk, int(turns))
    elif chosen.part == "rate":
        rate(chosen.folder, chosen.turns)
    elif chosen.part == "outage":
        outage(chosen.folder, chosen.seconds)
    elif chosen.folder is None:
        parser.error("name a folder with --folder: this takes gigabytes")
    elif chosen.part == "move":
        move(chosen.folder, chosen.turns)
    else:
        large(chosen.folder, chosen.turns)


if __name__ == "__main__":
    main()
