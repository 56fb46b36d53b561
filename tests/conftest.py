"""Running the program inside the test, in an empty folder, with an environment of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import structlog
from threadpoolctl import threadpool_limits

from bot.cli import main
from bot.process import journal as logs
from embeddings.encoders.exported import ExportedModel, ExportError
from embeddings.encoders.reference import EMBEDDED_SHA256, SentenceEncoder, embedded_model_folder
from embeddings.index.index import open_index, prepare
from embeddings.index.storage import default_folder
from embeddings.retriever import Retriever
from knowledge.pack import FOLDER, load_pack
from tests.knowledge.conftest import _few_defaults, tiny
from tests.log.fixtures import new_logs, path, place
from tests.log.postgres import postgres
from tests.quote.rules.findings import pack
from tests.screen.fixtures import tiny_in_use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from knowledge.model import Pack

__all__ = ["_few_defaults", "new_logs", "path", "place", "postgres", "tiny", "tiny_in_use"]
"""Every test may have the tiny pack of the pack's own tests, and a log on each engine."""

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - where Linux has a file system in memory
_ROOM: Final = 4 * 2**30
"""Bytes that folders of tests take at most, with room to spare: each is removed once its test has passed."""


def pytest_configure() -> None:
    """Give each process one core to calculate on, and have temporary folders in memory where there is room.

    Threads that wait for each other on few cores take several times as long. What is synced in memory takes no time,
    and everything but a power cut is as on a disk; where TMPDIR names a place, it is that.
    """
    for library in ("OMP", "OPENBLAS"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    # What is loaded already has read its variable.
    threadpool_limits(limits=1, user_api="blas")
    if "TMPDIR" in os.environ or not _MEMORY.is_dir():
        return
    there = os.statvfs(_MEMORY)
    if there.f_bavail * there.f_frsize >= _ROOM and not there.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


_LONG: Final = (
    "tests/discord/test_debates_process.py",
    "tests/discord/test_running.py",
    "tests/discord/test_scenes",
    "tests/lesson/service/test_printing.py",
    "tests/embeddings/",
    "tests/admin/",
    "tests/debate/service/",
    "tests/log/",
    "tests/test_",
    "tests/bench/",
    "tests/lab/",
    "tests/discord/",
    "tests/lesson/",
)
"""How the names of files begin that take long, the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: at the end, no process has much left to do while the others have nothing."""

    def place(item: pytest.Item) -> int:
        return next((at for at, name in enumerate(_LONG) if item.nodeid.startswith(name)), len(_LONG))

    items.sort(key=place)


@dataclass(frozen=True)
class Outcome:
    """What a call of the program came to: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Program:
    """The program `dilemma`; `folder` is the current folder, and the home of everything that it makes."""

    folder: Path
    _capture: pytest.CaptureFixture[str]

    @property
    def log(self) -> Path:
        """Where the conversation log lies unless a test sets another place."""
        return self.folder / "data" / "dilemma" / "log.sqlite3"

    def __call__(self, *arguments: str) -> Outcome:
        """Call it with arguments."""
        self._capture.readouterr()
        code = main(arguments)
        written = self._capture.readouterr()
        return Outcome(code, written.out, written.err)


@pytest.fixture(scope="session")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which the shipped pack is kept proven."""
    folder = tmp_path_factory.mktemp("proven", numbered=False)
    load_pack(cache=folder)
    return folder / FOLDER


@pytest.fixture
def dilemma(
    tmp_path: Path, proven: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Program]:
    """Give the program, for which the shipped pack is proven, and take its messages' set-up away afterwards."""
    shutil.copytree(proven, tmp_path / "cache" / "dilemma" / FOLDER)
    monkeypatch.chdir(tmp_path)
    for variable in [name for name in os.environ if name.startswith("DILEMMA_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield Program(tmp_path, capsys)
    logs.tear_down()
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def index_folder() -> Path:
    """Give the folder in which the shipped pack's index lies: the platform's own, where a second run finds it built."""
    return default_folder()


@pytest.fixture(scope="session")
def shipped_pack() -> Pack:
    """Give the pack that comes with the program."""
    return pack()


@pytest.fixture(scope="session")
def shipped_retriever(shipped_pack: Pack, index_folder: Path) -> Retriever:
    """Open the shipped pack's index with the embedded model; the first time it takes about a minute."""
    encoder = SentenceEncoder()
    return Retriever(shipped_pack, encoder, open_index(shipped_pack, encoder, index_folder))


@pytest.fixture(scope="session")
def exported(shipped_pack: Pack, index_folder: Path) -> ExportedModel:
    """Give the exported form of the embedded model: the platform's own; the first time it is made, with the index."""
    target = ExportedModel(index_folder, embedded_model_folder())
    try:
        target.open(EMBEDDED_SHA256)
    except ExportError:
        quiet: Callable[..., None] = lambda *_: None  # noqa: E731 - one for two kinds of calls
        prepare(shipped_pack, index_folder, target, say=quiet, report=quiet)
    return target
