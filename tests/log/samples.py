"""Answers and entries to put into a log, and a log to put them into."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from bot.answer.store.turns import TurnEntry, rows_of
from bot.app import tables
from bot.guild.store import guilds
from bot.log.engines.file import FileEngine
from bot.log.engines.server import Reachable
from bot.log.engines.sqlite import SqliteConnection
from bot.log.log import OWN_TABLES, ConversationLog
from bot.log.privacy import Registry
from bot.log.steps.released import migrations
from bot.quote.rules.quote import Act, Answer, Block, Quote, sources_of
from bot.values.passage import FIRST_PACK
from knowledge.citation import Citation
from knowledge.errors import Message
from knowledge.model import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config.sections import Server
    from bot.guild.store.guilds import GuildAge
    from bot.log.connection import Connection
    from bot.log.privacy import Holding

REGISTRY = Registry((*OWN_TABLES, *tables()))
NOW = "2026-03-01T12:00:00+00:00"


def a_quote(text: str, voice: str, *, start: int = 10) -> Quote:
    """Make a quote of an article that is not in any pack."""
    return Quote(
        passage_id=f"{voice}-{start}",
        text=text,
        citation=Citation("some-article", "Some Title", "A. Writer", 3, start, start + len(text)),
        voice=voice,
        mode=Mode.INDIRECT,
        speaker=None,
        confidence=0.75,
    )


def an_answer(
    question: str = "who sells what", *, said: str = "Cats are liquid.", message: str | None = None
) -> Answer:
    """Make an answer in which the first side is quoted once, the second is silent, and the writer adds a line."""
    quote = a_quote(said, "cats")
    aside = a_quote("Opinions differ.", "context", start=80)
    return Answer(
        question=question,
        asked_as=question,
        act=Act.ANSWER,
        blocks=(Block("cats", (quote,), None), Block("dogs", (), Message("Dogs say nothing."))),
        context=(aside,),
        sources=sources_of((quote, aside)),
        message=None if message is None else Message(message),
    )


def an_entry(
    number: int = 1,
    *,
    conversation_id: str = "c1",
    person: str = "p1",
    place: str = "terminal",
    question: str = "who sells what",
    answer: Answer | None = None,
) -> TurnEntry:
    """Make the entry of a turn."""
    return TurnEntry(
        answer=answer or an_answer(question),
        conversation_id=conversation_id,
        person=person,
        place=place,
        number=number,
        asked_utc=NOW,
        duration_ms=12.5,
    )


def open_log(path: Path | Server, *, holder: str = "dilemma chat", backlog: int = 5_000) -> ConversationLog:
    """Open a log at the time that all tests share."""
    return ConversationLog.open(path, tables, holder=holder, now=NOW, backlog=backlog)


def engine_of(log: ConversationLog) -> FileEngine:
    """Give what looks after the file of a log."""
    assert isinstance(log._engine, FileEngine)
    return log._engine


def on_server(log: ConversationLog) -> bool:
    """Tell whether a log lies on a server."""
    return not isinstance(log._engine, FileEngine)


def beside(place: Path | Server) -> Path:
    """Say where turns wait that the log does not take."""
    path = place if isinstance(place, Path) else place.beside.with_name(f"{place.beside.name}.server-1")
    return path.with_name(f"{path.name}.unlogged.jsonl")


def traces(place: Path | Server, *texts: str) -> int:
    """Count how often texts stand in the raw bytes of a log's files; on a server, in how many rows of any table.

    What waits beside the log counts, too.
    """
    folder, name = (place.parent, place.name) if isinstance(place, Path) else (place.beside.parent, place.beside.name)
    contents = [file.read_bytes().lower() for file in folder.iterdir() if file.name.startswith(name)]
    found = sum(content.count(text.encode()) for content in contents for text in texts)
    if isinstance(place, Path):
        return found
    with Reachable(place).reading() as db:
        listed = db.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [f"SELECT count(*) FROM {row['tablename']} AS one WHERE one::text ILIKE ?" for row in listed]  # noqa: S608
        return found + sum(int(db.value(sql, (f"%{text}%",))) for sql in rows for text in texts)


def wait_beside(place: Path | Server, *entries: TurnEntry) -> None:
    """Let turns wait beside a log, as a process that was killed leaves them."""
    with beside(place).open("a", encoding="ascii") as file:
        file.writelines(f"\n{rows_of(entry).to_json()}\n" for entry in entries)


def kept_lines(place: Path | Server) -> list[bytes]:
    """Read the turns that wait beside a log."""
    return [line for line in beside(place).read_bytes().strip(b"\0").split(b"\n") if line.strip(b"\0")]


def exclude(db: Connection, guild: str, passage_id: str) -> None:
    """Let a guild's moderators have excluded a quote that nobody disputed."""
    db.execute("INSERT INTO exclusion VALUES (?, ?, ?, ?)", (guild, FIRST_PACK, passage_id, NOW))


@cache
def _tables() -> bytes:
    """Return a database with the tables of a log, made step by step."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as engine:
        migrations.apply(Database(engine))
        return engine.serialize()


@contextmanager
def a_database() -> Iterator[Connection]:
    """Give the tables of a log, in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as engine:
        engine.deserialize(_tables())
        yield SqliteConnection(engine)


def counted(db: Connection, *tables: str) -> dict[str, int]:
    """Count the rows of tables."""
    return {table: db.value(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608 - names only


def limit_pages(log: ConversationLog, pages: int) -> None:
    """Let the log's file grow to `pages` pages and no further: the disk is full, as far as SQLite can tell.

    A server says that its own is, for one page; for more, that it is not.
    """
    full = """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'database or disk is full' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON turn EXECUTE FUNCTION full_disk();
        CREATE TRIGGER full_disk BEFORE INSERT ON pending_answer EXECUTE FUNCTION full_disk()
    """
    if not on_server(log):
        log._writer.submit_alone(lambda db: db.value(f"PRAGMA max_page_count = {pages}")).result()
    else:
        sql = full if pages == 1 else "DROP FUNCTION full_disk CASCADE"
        log._writer.submit_alone(lambda db: db.execute(sql)).result()


@contextmanager
def stuck(log: ConversationLog) -> Iterator[None]:
    """Let the disk take nothing meanwhile, and tell of no error."""
    taken, given = threading.Event(), threading.Event()

    def hang(_: Connection) -> None:
        taken.set()
        given.wait(10)

    hanging = log.write(hang)
    taken.wait(10)
    try:
        yield
    finally:
        given.set()
        hanging.result(10)


def shown(log: ConversationLog, person: str) -> tuple[Holding, ...]:
    """Count what a log holds about a person."""
    return log.read(lambda db: log.registry.show(db, [person]))


def exported(log: ConversationLog, person: str) -> dict[str, list[dict[str, Any]]]:
    """Give everything that a log holds about a person."""
    return log.read(lambda db: log.registry.export(db, person))


def ages(log: ConversationLog) -> tuple[GuildAge, ...]:
    """Say of every guild that a log knows how long it keeps things, and since when the bot is out of it."""
    return log.read(lambda db: guilds.ages(db, log.registry.guilds))
