"""A copy for research says nothing of people: neither who they are, nor what they typed unless that was asked for."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from bot.answer.store.turns import rows_of
from bot.app import tables
from bot.log.care.publication import companion
from bot.log.log import publish
from knowledge.errors import UserError
from tests.log.samples import REGISTRY, an_answer, an_entry, open_log

if TYPE_CHECKING:
    from pathlib import Path

    from bot.log.connection import Connection

PERSON: Final = "c0ffee" * 10 + "beef"
GUILD, CHANNEL = "811122233344455566", "822233344455566677"
TALK: Final = "d15ea5ed" * 4
TYPED: Final = "Zyxwquestion"
MOMENT: Final = "2026-03-03T12:00:01.234567"
WHOSE: Final = {"person": PERSON, "guild": GUILD}
HERE: Final = {"guild": GUILD, "channel": CHANNEL}
MET: Final = '{"event":"met","person":"zyxwcode","name":"Zyxwname","text":"Zyxwpoint","at_ms":1234567}'
ENDED: Final = '{"event":"ended","actor":"zyxwcode","result":{"before":{"film":3}}}'
ROWS: Final[tuple[tuple[str, dict[str, object]], ...]] = (
    ("feedback", {**WHOSE, "turn_id": 1, "helpful": 1, "voted_utc": MOMENT}),
    (
        "dispute",
        {
            **WHOSE,
            "turn_id": 1,
            "passage_id": "cats-10",
            "reason": "Zyxwreason",
            "disputed_utc": MOMENT,
            "verdict": "keep",
        },
    ),
    (
        "debate",
        {
            **HERE,
            "id": TALK,
            "thread": 833,
            "panel": 844,
            "motion": "Zyxwmotion",
            "began_utc": MOMENT,
            "last_utc": MOMENT,
            "ended": 1,
        },
    ),
    ("debate_person", {**WHOSE, "id": 1, "debate": TALK, "code": "zyxwcode"}),
    ("debate_event", {"debate": TALK, "number": 1, "person_id": 1, "event": MET}),
    ("debate_event", {"debate": TALK, "number": 2, "person_id": 1, "event": ENDED}),
    (
        "lesson",
        {**HERE, "id": TALK, "person": PERSON, "title": "Zyxwtitle", "logged": 1, "names": 1, "started_utc": MOMENT},
    ),
    (
        "posting",
        {
            **HERE,
            "id": "zyxwpost",
            "prompt": "fair",
            "lesson": TALK,
            "names": 1,
            "revealed": "",
            "posted_utc": MOMENT,
        },
    ),
    (
        "student_answer",
        {
            **WHOSE,
            "posting": "zyxwpost",
            "name": "Zyxwname",
            "named": 1,
            "text": "Zyxwanswer",
            "answered_utc": MOMENT,
        },
    ),
    ("audit", {**WHOSE, "action": "x", "subject": "Zyxwnote", "acted_utc": MOMENT}),
    ("prompt_vote", {"posting": "zyxwpost", "voter": "zyxwvoter", "guild": GUILD, "round": "before", "choice": "zyxw"}),
)


def fill(db: Connection) -> None:
    """Put the rows in."""
    for table, row in ROWS:
        names, values = ", ".join(row), ", ".join(f":{column}" for column in row)
        db.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", row)  # noqa: S608 - names only


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a log with something personal in each place."""
    path = tmp_path_factory.mktemp("log") / "log.db"
    log = open_log(path)
    for number, place in ((1, f"{GUILD}/{CHANNEL}"), (1, f"dm/{CHANNEL}"), (1, "terminal")):
        answer = an_answer(TYPED, message="zyxwmessage")
        talk = TALK if place[0] == "8" else f"zyxw{place[:2]}"
        log.record(rows_of(an_entry(number, conversation_id=talk, person=PERSON, place=place, answer=answer))).result(
            10
        )
    log.write(fill).result(10)
    log.close()
    return path


def read(file: Path, sql: str) -> list[tuple[object, ...]]:
    """Ask a copy."""
    with closing(sqlite3.connect(file)) as engine:
        return engine.execute(sql).fetchall()


def test_nothing_of_people_is_in_the_bytes(log: Path, tmp_path: Path) -> None:
    """No name, id, pseudonym, code, time or free text; but what was answered, from which passages, and how often."""
    out = tmp_path / "out.db"
    counts = publish(log, out, tables, typed=False)
    assert counts == {
        **dict.fromkeys(("conversation", "turn", "gap"), 3),
        "citation": 6,
        **dict.fromkeys(("feedback", "dispute", "debate", "lesson", "posting"), 1),
        "debate_event": 2,
        "quiz": 0,
    }
    content = (out.read_bytes() + companion(out).read_bytes()).lower()
    for text in ("zyxw", PERSON, GUILD, CHANNEL, TALK, "c0ffee", "12:00", "1234567", "833", "844"):
        assert text.encode() not in content, text
    assert [file.stat().st_mode & 0o777 for file in (out, companion(out))] == [0o600, 0o600]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out.db", "out.metadata.json"]
    assert read(out, "SELECT * FROM conversation") == [
        (1, "2026-03-01", "server", 1, 0, "social-dilemma"),
        (2, "2026-03-01", "direct message", None, 0, "social-dilemma"),
        (3, "2026-03-01", "terminal", None, 0, "social-dilemma"),
    ]
    assert read(out, "SELECT * FROM turn LIMIT 1") == [
        (1, 1, 1, "2026-03-01", "server", "answer", "cats", None, len(TYPED), 13.0)
    ]
    assert read(out, "SELECT * FROM citation LIMIT 1") == [
        (1, 1, "cats", "cats-10", "some-article", 10, 26, "Cats are liquid.", 0.75)
    ]
    assert read(out, "SELECT * FROM gap LIMIT 1") == [(1, "dogs")]
    assert read(out, "SELECT * FROM feedback") == [(1, 1)]
    assert read(out, "SELECT * FROM dispute") == [(1, "social-dilemma", "cats-10", "keep")]
    assert read(out, "SELECT * FROM debate") == [(1, 1, "2026-03-03", 1, "social-dilemma")]
    assert read(out, "SELECT event, side, result FROM debate_event") == [
        ("met", None, None),
        ("ended", None, '{"before":{"film":3}}'),
    ]
    assert read(out, "SELECT * FROM lesson") == [(1, 1, "2026-03-03", "social-dilemma", 1, None)]
    assert read(out, "SELECT * FROM posting") == [(1, 1, "2026-03-03", "social-dilemma", "fair", None)]


def test_what_people_typed_is_there_only_where_it_was_asked_for(log: Path, tmp_path: Path) -> None:
    """Questions, motions, titles, reasons; still nobody's name, pseudonym or answer."""
    out = tmp_path / "out.db"
    publish(log, out, tables, typed=True)
    content = out.read_bytes()
    assert {text for text in ("question", "motion", "title", "reason") if f"Zyxw{text}".encode() in content} == {
        "question",
        "motion",
        "title",
        "reason",
    }
    for text in ("Zyxwname", "Zyxwpoint", "Zyxwanswer", "Zyxwnote", "Zyxwtyped", "zyxw", PERSON, GUILD, CHANNEL, TALK):
        assert text.encode() not in content, text
    assert "may name them" in json.loads(companion(out).read_text())["description"]


def test_facets_are_columns_of_the_copy(log: Path, tmp_path: Path) -> None:
    """Datasette fails on others; each table says what its rows are."""
    out = tmp_path / "out.db"
    publish(log, out, tables, typed=False)
    described = json.loads(companion(out).read_text())["databases"]["out"]["tables"]
    for table, about in described.items():
        columns = {row[1] for row in read(out, f"PRAGMA table_info({table})")}
        assert set(about["facets"]) <= columns
        assert about["description"].endswith(".")
    assert described["turn"]["facets"] == ["act", "first_side", "place", "day"]
    assert set(described) == {table.name for table in REGISTRY.tables if table.published is not None}


def test_a_file_that_is_there_is_not_touched(log: Path, tmp_path: Path) -> None:
    """Neither the copy nor what lies beside it; and nothing half is left."""
    out = tmp_path / "out.db"
    companion(out).write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match=r"out\.metadata\.json exists already: name another file, or remove it"):
        publish(log, out, tables, typed=False)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out.metadata.json", "mine")]
    with pytest.raises(UserError, match=r"cannot be written: no such file or directory; name another file"):
        publish(log, tmp_path / "nowhere" / "out.db", tables, typed=False)
