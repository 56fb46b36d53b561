"""Kills while an index is built: the next build is right, and of the killed one nothing is left.

    python -m tests.bench.index_kills --count 50

A small pack and an encoder without a model, so that a build takes half a second; each run is a fork of this process.
Exits 1 where an index is another than an undisturbed one, or something is left over.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import py3langid.langid  # noqa: F401 - each fork would import it
import scipy.linalg  # noqa: F401 - and this

from embeddings.index.index import found_index, open_index
from embeddings.index.storage import MANIFEST
from tests.bench.log_faults import forked
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks

if TYPE_CHECKING:
    from collections.abc import Callable

_VARIES: Final = (MANIFEST, ".db")
"""Files that say when they were made, or are pages of SQLite, which need not be the same byte for byte."""


@dataclass
class Result:
    """How many builds were killed, how many of them before they were done, and what was wrong afterwards."""

    runs: int = 0
    cut: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return the line that is printed."""
        return f"{self.runs} builds killed, {self.cut} before they were done; {len(self.wrong)} wrong afterwards"


def build(folder: Path, tell: Callable[[str], None]) -> None:
    """Build the index, or open it."""
    tell("begun")
    open_index(drinks(), WordEncoder(), folder).close()
    tell("done")


def look(folder: Path, tell: Callable[[str], None]) -> None:
    """Tell every file with its hash, and whether the index can be used."""
    found = found_index(drinks(), WordEncoder(), folder, thorough=True)
    tell(f"usable {not isinstance(found, str)}")
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        hashed = "" if file.name.endswith(_VARIES) else hashlib.sha256(file.read_bytes()).hexdigest()
        tell(f"{file.relative_to(folder)} {hashed}")


def kills(folder: Path, count: int, *, seed: int = 1) -> Result:
    """Kill a build at any moment of it, build again, and compare with a build that nobody disturbed."""
    chance = random.Random(seed)  # noqa: S311 - the same kills in every run
    result = Result()
    whole = folder / "whole"
    began_s = time.perf_counter()
    forked(lambda tell: build(whole, tell))
    took_s = time.perf_counter() - began_s
    expected = forked(lambda tell: look(whole, tell))
    place = folder / "run"
    for run in range(1, count + 1):
        shutil.rmtree(place, ignore_errors=True)
        told = forked(lambda tell: build(place, tell), kill_after_s=chance.uniform(0, took_s))
        result.runs += 1
        result.cut += "done" not in told
        forked(lambda tell: build(place, tell))
        if different := forked(lambda tell: look(place, tell)) ^ expected:
            result.wrong.append(f"kill {run}: {', '.join(sorted(different))}")
    return result


def main() -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50, help="kills")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        result = kills(Path(scratch), given.count)
    for line in (*result.wrong, result):
        sys.stdout.write(f"{line}\n")
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
