from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answer.store import opinions
from bot.answer.store.turns import rows_of
from bot.guild.store import guilds
from bot.log.audit import acts, note
from bot.values.asker import TurnRef
from tests.log.samples import NOW, an_entry, exported, on_server, traces

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config.sections import Server
    from bot.log.connection import Connection
    from bot.log.log import ConversationLog

TALK = "a" * 32
OLD, NEW = "2026-01-01T00:00:00+00:00", "2026-03-01T00:00:00+00:00"
BETWEEN = "2026-02-01T00:00:00+00:00"


def fill(log: ConversationLog, guild: str = "1", talk: str = TALK) -> None:
    """Ask once long ago and once lately, with a vote, a dispute and a decision of each time."""
    for number, when in ((1, OLD), (2, NEW)):
        entry = an_entry(number, conversation_id=talk, place=f"{guild}/2", question=f"asked {when[:7]}")
        log.record(rows_of(replace(entry, asked_utc=when))).result(10)

        def job(db: Connection, number: int = number, when: str = when) -> None:
            opinions.vote(db, "voter", guild, TurnRef(talk, number), when, helpful=True)
            opinions.dispute(db, "voter", guild, TurnRef(talk, number), "cats-10", "no", when)
            note(db, guild, "moderator", "keep", "cats-10", when)

        log.write(job).result(10)


def test_what_is_older_than_a_guild_keeps_is_deleted(place: Path | Server, log: ConversationLog) -> None:
    """Turns with all that hangs on them, votes and disputes; what is newer stays."""
    fill(log)
    forgotten = log.expire({"1": BETWEEN}, [], now=NOW).result(10)
    assert {table: rows for table, rows in forgotten.rows.items() if rows} == {
        "gap": 1,
        "citation": 2,
        "feedback": 1,
        "dispute": 1,
        "turn": 1,
        "audit": 1,
    }
    assert forgotten.wiped is not on_server(log)
    assert [turn.number for turn in log.turns(TALK)] == [2]
    assert traces(place, "asked 2026-01") == 0
    assert [row["voted_utc"] for row in exported(log, "voter")["feedback"]] == [NEW]


def test_a_moderators_act_outlives_their_name(log: ConversationLog) -> None:
    """Why a quote is not shown can be asked for as long as it is not."""
    fill(log)
    log.expire({"1": BETWEEN}, [], now=NOW).result(10)
    assert [act.person for act in log.read(lambda db: acts(db, "1", 9))] == ["moderator", None]
    assert log.expire({"1": BETWEEN}, [], now=NOW).result(10).rows.total() == 0


def test_a_conversation_without_turns_goes_too(log: ConversationLog) -> None:
    """It would still say that somebody was here."""
    fill(log)
    assert log.expire({"1": "2027-01-01T00:00:00+00:00"}, [], now=NOW).result(10).rows["conversation"] == 1
    assert exported(log, "p1")["conversation"] == []


def test_other_guilds_and_the_terminal_keep_theirs(log: ConversationLog) -> None:
    """Each guild has its own time; what was asked in a terminal belongs to who sits there."""
    fill(log)
    fill(log, "3", "b" * 32)
    log.record(rows_of(replace(an_entry(conversation_id="c" * 32), asked_utc=OLD))).result(10)
    log.expire({"1": BETWEEN}, [], now=NOW).result(10)
    assert [len(log.turns(letter * 32)) for letter in "abc"] == [1, 2, 1]


def test_a_conversation_that_goes_on_after_its_beginning_expired_is_logged(log: ConversationLog) -> None:
    """Also when all of it expired: memory knows its number."""
    fill(log)
    log.expire({"1": "2027-01-01T00:00:00+00:00"}, [], now=NOW).result(10)
    log.record(rows_of(an_entry(3, conversation_id=TALK, place="1/2"))).result(10)
    assert [turn.number for turn in log.lineage(TALK)] == [3]


def test_nothing_due_rewrites_nothing(log: ConversationLog) -> None:
    """The file is not marked as holding bytes of deleted rows."""
    fill(log)
    log.expire({"1": "2025-01-01T00:00:00+00:00"}, ["unknown"], now=NOW).result(10)
    assert not log.read(lambda db: db.wipe_is_due)


def test_a_choice_of_style_never_grows_old(log: ConversationLog) -> None:
    """It holds until it is changed, or the person or the guild goes."""
    log.write(lambda db: guilds.save_style(db, "p1", "1", "plain")).result(10)
    log.expire({"1": "2027-01-01T00:00:00+00:00"}, [], now=NOW).result(10)
    assert log.read(guilds.choices).styles == {"p1": "plain"}
