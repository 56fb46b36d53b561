from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bot.log.reader import LogReader
from tests.log.samples import open_log

ROOT = Path(__file__).parents[2]
TURNS = 1_000
WRITING = """
import itertools
import sys
from pathlib import Path
from bot.answer.store.turns import rows_of
from tests.log.samples import an_entry, open_log
log = open_log(Path(sys.argv[1]))
for number in itertools.count(1):
    future = log.record(rows_of(an_entry(number)))
    future.add_done_callback(lambda done, number=number: print(number, done.result().value, flush=True))
    if number % 5 == 0:
        future.result()
"""


def test_every_turn_whose_future_was_resolved_survives_kill_9(path: Path) -> None:
    """A process writes turns and says which are logged; after a thousand it is killed in the middle of writing."""
    command = [sys.executable, "-c", WRITING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline() for _ in range(TURNS)]
        finally:
            process.kill()
        lines += process.stdout.readlines()
    told = [int(line.split()[0]) for line in lines if line.endswith(" logged\n")]
    assert len(told) >= TURNS
    assert told == list(range(1, len(told) + 1))
    read_meanwhile = [turn.number for turn in LogReader.existing(path).turns("c1")]
    log = open_log(path)
    assert log.notices == ()
    written = [turn.number for turn in log.turns("c1")]
    log.close()
    assert written == read_meanwhile
    assert written[: len(told)] == told
    assert written == list(range(1, len(written) + 1)), "and no turn stands without those before it"
