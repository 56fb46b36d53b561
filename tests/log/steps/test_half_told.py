from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from bot.debate.store import debates
from bot.lesson.store import postings, quizzes
from bot.log.opening import APPLICATION_ID, reading
from bot.log.steps.released import migrations
from tests.log.samples import open_log

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_half_told_before_is_told_to_its_end(tmp_path: Path) -> None:
    """Debates, quizzes and prompts in every state in which a program can have died, read by today's stores."""
    path = tmp_path / "log.db"
    with closing(sqlite3.connect(path)) as old, old:
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(Database(old), stop_before="m008_outbox")
        debate = "INSERT INTO debate VALUES (?, '1', 2, 3, 4, 'Cats', '2026-01-01', '2026-01-02', ?, ?)"
        event = "INSERT INTO debate_event (debate, number, event) VALUES (?, ?, '{}')"
        # The last event of the debate that goes on was a vote that is deleted since: its number stays told.
        for debated, ended, told, last in (
            ("new", 0, 0, 3), ("half", 0, 2, 3), ("on", 0, 4, 3), ("ending", 1, 3, 4), ("ended", 1, 4, 4)
        ):  # fmt: skip
            old.execute(debate, (debated, ended, told))
            old.executemany(event, [(debated, number) for number in range(1, last + 1)])
        quiz = "INSERT INTO quiz VALUES (?, '1', 2, NULL, '[]', 20, ?, ?, ?, NULL, '2026-01-01', ?, ?)"
        counts = '{"chosen": [], "scores": []}'
        for row in (
            ("new", 1, 0, None, None, None),
            ("asked", 1, 1, 7, None, None),
            ("half", 3, 2, 8, None, None),
            ("ending", 4, 3, 9, "2026-01-02", counts),
            ("ended", 4, 4, 9, "2026-01-02", counts),
        ):
            old.execute(quiz, (f"quiz-{row[0]}", *row[1:]))
        posting = "INSERT INTO posting VALUES (?, '1', 2, ?, 'some.prompt', NULL, 0, '[]', '2026-01-01', ?, NULL, NULL)"
        for name, message, due in (
            ("asked", 5, None),
            ("lost", None, None),
            ("due", None, "2026-01-01"),
            ("shown", 6, "2026-01-01"),
        ):
            old.execute(posting, (f"posting-{name}", message, due))
    with reading(path) as db:
        kept = debates.one(db, "half")
    assert kept is not None, "it can be read before it is moved on"
    assert kept.spoilt == (1, 2, 3)
    log = open_log(path)
    unfinished = log.read(debates.unfinished)
    live = log.read(quizzes.live)
    unshown = log.read(postings.never_shown)
    shown = [log.read(partial(postings.posting, posting_id=f"posting-{name}")) for name in ("asked", "lost", "shown")]
    log.close()
    assert {one.id: one.told for one in unfinished} == {"new": 0, "half": 2, "on": 4, "ending": 3}
    assert {(one.thread, one.panel) for one in unfinished} == {(3, 4)}
    assert {one.id.removeprefix("quiz-"): (one.step, one.told, one.message) for one in live} == {
        "new": (1, 0, None),
        "asked": (1, 1, 7),
        "half": (3, 2, 8),
        "ending": (4, 3, 9),
    }
    assert [step.number for one in live for step in one.untold] == [1, 3, 4]
    assert [one.id for one in unshown] == ["posting-due"]
    assert [one and one.message for one in shown] == [5, None, 6]
    with closing(sqlite3.connect(path)) as new:
        steps = new.execute("SELECT migration_set, name FROM _sqlite_migrations ORDER BY name").fetchall()
    assert {first for first, _ in steps} == {"conversation-log"}
    assert [name[:4] for _, name in steps] == [f"m{number:03}" for number in range(1, len(steps) + 1)], (
        "none is run twice"
    )


def test_it_moves_whole_or_not_at_all() -> None:
    """What stops it at its end leaves everything where it was."""
    with Database(memory=True) as db:
        migrations.apply(db, stop_before="m008_outbox")
        db.execute("CREATE TRIGGER posting_outbox AFTER DELETE ON posting BEGIN SELECT 1; END")
        before = db.schema
        with pytest.raises(sqlite3.OperationalError, match="posting_outbox already exists"):
            migrations.apply(db)
        assert db.schema == before
