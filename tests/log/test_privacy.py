from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from bot.answer.store import opinions
from bot.answer.store.turns import rows_of
from bot.config.sections import Server
from bot.guild.rules.permissions import GuildSettings
from bot.guild.store import guilds
from bot.log import privacy
from bot.log.audit import acts, note
from bot.log.care.tidying import Keeper
from bot.log.opening import reading
from bot.log.reader import LogReader
from bot.log.recorder import RecordOutcome
from bot.log.steps.released import migrations
from bot.values.asker import TurnRef
from knowledge.errors import Fault
from tests.log.fixtures import in_a_file
from tests.log.samples import (
    NOW,
    REGISTRY,
    an_answer,
    an_entry,
    beside,
    exported,
    kept_lines,
    limit_pages,
    on_server,
    open_log,
    shown,
    traces,
    wait_beside,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bot.log.connection import Connection
    from bot.log.log import ConversationLog

GONE = "a1" * 32
STAYS = "b2" * 32
TALKS = {GONE: "a1" * 16, STAYS: "b2" * 16}
"""The ids of their conversations."""
GUILD = "4711"


def talk(log: ConversationLog, turns: int = 40) -> None:
    """Let two people talk in turn; one uses words that nobody else does."""
    for number in range(1, turns + 1):
        for person, word in ((GONE, "zyxwv"), (STAYS, "common")):
            said = an_answer(f"{word}{number} about cats {word} " + "and so on " * (number % 7), said=f"{word} quoted")
            log.record(
                rows_of(an_entry(number, conversation_id=TALKS[person], person=person, answer=said, place=f"{GUILD}/7"))
            )
    log._writer.submit(lambda _: None).result(10)


def remains(place: Path | Server) -> int:
    """Count where the forgotten person's conversation or their words stand."""
    return traces(place, TALKS[GONE], "zyxwv")


def judge(log: ConversationLog) -> None:
    """Let each vote on, and dispute, the other's first answer, choose a style, and moderate."""
    for person, other, word in ((GONE, STAYS, "zyxwv"), (STAYS, GONE, "common")):
        ref = TurnRef(TALKS[other], 1)

        def job(db: Connection, person: str = person, ref: TurnRef = ref, word: str = word) -> None:
            opinions.vote(db, person, GUILD, ref, NOW, helpful=True)
            opinions.dispute(db, person, GUILD, ref, "cats-10", f"{word} is wrong", NOW)
            guilds.save_style(db, person, GUILD, "plain")
            note(db, GUILD, person, "set", "style=plain", NOW)

        log.write(job).result(10)


def wiping_is_due(path: Path) -> bool:
    """Look at the mark in the file."""
    with reading(path) as db:
        return db.wipe_is_due


def test_every_table_is_registered_or_excused() -> None:
    """A new table must say how a person is shown, exported and forgotten in it, or why it holds none."""
    with Database(memory=True) as db:
        migrations.apply(db)
        tables = set(db.table_names())
    registered = [table.name for table in REGISTRY.tables]
    # The steps by which the file got its shape, what the log knows about itself, and the index over turns.
    others = {table for table in tables if table in ("_sqlite_migrations", "memo") or table.startswith("turn_fts")}
    assert set(registered) == tables - others
    assert len(registered) == len(set(registered)), "each has one owner"


def test_no_table_that_leads_to_a_person_is_excused() -> None:
    """A column `person` or one for a person's mark, or a reference to a table that has `person`, at any distance."""
    with Database(memory=True) as db:
        migrations.apply(db)
        personal = {table.name for table in db.tables if "person" in table.columns_dict}
        while (
            leading := {
                table.name for table in db.tables if any(key.other_table in personal for key in table.foreign_keys)
            }
            - personal
        ):
            personal |= leading
        personal |= {table.name for table in db.tables if "voter" in table.columns_dict}
    assert personal == {table.name for table in REGISTRY.personal}


def test_a_person_sees_what_each_table_holds(log: ConversationLog) -> None:
    """In numbers and words, theirs alone; a table that holds nothing of theirs says so with a nought."""
    talk(log, turns=3)
    judge(log)
    assert [str(holding) for holding in shown(log, GONE) if holding.rows] == [
        "conversation: 1 (where and when you started to ask, under your pseudonym)",
        "turn: 3 (what you asked, when, and the answer you were given)",
        "citation: 6 (a passage that was quoted to you)",
        "gap: 3 (a side that had nothing to say to you)",
        "audit: 1 (something that you did as a moderator)",
        "preference: 1 (how you want answers to look)",
        "feedback: 1 (an answer that you found helpful, or not)",
        "dispute: 1 (a quote that you disputed, and why)",
    ]
    assert {holding.rows for holding in shown(log, "nobody")} == {0}


def test_a_person_takes_everything_along(log: ConversationLog) -> None:
    """Every row of theirs and none of another's, with the answers as JSON, not as text in it."""
    talk(log, turns=2)
    judge(log)
    taken = exported(log, GONE)
    assert list(taken) == [table.name for table in REGISTRY.personal]
    (conversation,) = taken["conversation"]
    assert (conversation["id"], conversation["place"], conversation["guild"]) == (TALKS[GONE], "4711/7", "4711")
    assert [row["reason"] for row in taken["dispute"]] == ["zyxwv is wrong"]
    assert [(row["action"], row["subject"]) for row in taken["audit"]] == [("set", "style=plain")]
    assert [turn["number"] for turn in taken["turn"]] == [1, 2]
    assert taken["turn"][0]["answer"]["sides"]["cats"][0]["text"] == "zyxwv quoted"
    assert [citation["text"] for citation in taken["citation"]] == ["zyxwv quoted", "Opinions differ."] * 2
    assert "common" not in str(taken)


def test_a_forgotten_person_leaves_no_trace(place: Path | Server, log: ConversationLog) -> None:
    """Not in tables, index, WAL or the raw bytes; the other person keeps everything."""
    talk(log)
    judge(log)
    assert remains(place), "otherwise the search for traces proves nothing"
    kept = exported(log, STAYS)
    forgotten = log.forget_people([GONE]).result(10)
    rows = Counter(gap=40, citation=80, turn=40, conversation=1, feedback=1, dispute=1, preference=1, audit=1)
    assert forgotten == privacy.Forgotten(rows=rows, unwritten=0, wiped=not on_server(log), left=())
    assert remains(place) == 0
    assert {holding.rows for holding in shown(log, GONE)} == {0}
    assert log.search("zyxwv", 9) == ()
    # The vote on an answer of theirs goes with the answer; a dispute of the other's stays, and says no more of which.
    assert exported(log, STAYS) == {
        **kept,
        "feedback": [],
        "dispute": [{**kept["dispute"][0], "turn_id": None}],
    }
    assert len(log.search("common", 99)) == 40
    log.close()
    assert remains(place) == 0
    assert isinstance(place, Server) or not wiping_is_due(place)


def test_the_log_goes_on_after_forgetting(log: ConversationLog) -> None:
    """The person may come back as if for the first time."""
    talk(log, turns=2)
    log.forget_people([GONE]).result(10)
    assert log.record(rows_of(an_entry(1, conversation_id=TALKS[GONE], person=GONE))).result(10) is RecordOutcome.LOGGED
    assert len(log.turns(TALKS[GONE])) == 1


def test_forgetting_somebody_unknown_deletes_nothing(log: ConversationLog) -> None:
    """And is no error."""
    talk(log, turns=2)
    assert set(log.forget_people(["nobody"]).result(10).rows.values()) == {0}
    assert len(log.recent(9)) == 4


def test_turns_that_wait_for_the_disk_are_forgotten_too(place: Path | Server, log: ConversationLog) -> None:
    """They would come back with the next successful write."""
    log.record(rows_of(an_entry(1, person=GONE))).result(10)
    limit_pages(log, 1)
    waiting = log.record(rows_of(an_entry(2, person=GONE, question="zyxwv " * 9_000)))
    other = log.record(rows_of(an_entry(1, conversation_id="c2", person=STAYS, question="common " * 9_000)))
    assert (waiting.result(10), other.result(10)) == (RecordOutcome.WAITING, RecordOutcome.WAITING)
    limit_pages(log, 1_000_000)
    assert log.forget_people([GONE]).result(10).unwritten == 1
    log.close()
    assert [turn.person for turn in LogReader.existing(place).recent(9)] == [STAYS]
    assert remains(place) == 0


def test_turns_that_wait_beside_the_log_are_forgotten_too(path: Path) -> None:
    """They would come back when the log is opened next."""
    log = open_log(path)
    wait_beside(path, an_entry(1, person=GONE), an_entry(2, person=STAYS))
    assert remains(path)
    log.forget_people([GONE]).result(10)
    assert remains(path) == 0
    assert STAYS in beside(path).read_text()
    log.close()


def test_a_turn_queued_before_forgetting_is_forgotten(place: Path | Server, log: ConversationLog) -> None:
    """Order of calls is order of effects."""
    release = threading.Event()
    log._writer.submit_alone(lambda _: release.wait(10))
    recorded = log.record(rows_of(an_entry(1, person=GONE)))
    forgotten = log.forget_people([GONE])
    release.set()
    assert recorded.result(10) is RecordOutcome.LOGGED
    assert forgotten.result(10).rows["turn"] == 1
    assert remains(place) == 0


@pytest.mark.usefixtures("impatient")
def test_a_reader_can_only_delay_the_wiping(path: Path) -> None:
    """While it holds the old state, bytes remain; the next opening removes them."""
    log = open_log(path)
    talk(log)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM turn").fetchone()
    assert not log.forget_people([GONE]).result(10).wiped
    assert {holding.rows for holding in shown(log, GONE)} == {0}
    log.close()
    reader.close()
    assert wiping_is_due(path)
    log = open_log(path)
    assert remains(path) == 0
    log.close()
    assert not wiping_is_due(path)


def test_a_process_killed_between_deleting_and_wiping_wipes_at_the_next_opening(path: Path) -> None:
    """The mark in the file outlives the process."""
    log = open_log(path)
    talk(log)
    log._writer.submit_alone(lambda db: log.registry.forget(db, [GONE])).result(10)
    assert remains(path)
    log.close()
    log = open_log(path)
    assert remains(path) == 0
    log.close()


def test_files_set_aside_are_named_because_they_may_hold_the_person(path: Path) -> None:
    """Nothing can be deleted from a file that cannot be read."""
    path.write_text("Dear diary")
    path.with_name("log.db.mark").write_text('{"last": 1, "turns": 1, "waiting": 0}')
    log = open_log(path)
    path.with_name("log.db2.damaged-x").touch()
    assert log.forget_people([GONE]).result(10).left == (path.with_name("log.db.damaged-20260301T120000Z"),)
    log.close()


@in_a_file
@pytest.mark.usefixtures("impatient")
def test_a_log_that_cannot_be_written_forgets_nothing_and_says_so(path: Path, log: ConversationLog) -> None:
    """The rows stay until somebody asks again."""
    talk(log, turns=2)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Fault, match=r"nothing was deleted from .*: database is locked"):
        log.forget_people([GONE]).result(10)
    other.close()
    assert len(log.turns(TALKS[GONE])) == 2


def test_a_file_beside_the_log_that_cannot_be_written_stops_the_forgetting(
    place: Path | Server, log: ConversationLog
) -> None:
    """Otherwise its turns would come back, and nobody would know."""
    talk(log, turns=2)
    beside(place).unlink()
    beside(place).mkdir()
    with pytest.raises(Fault, match=r"nothing was deleted from .*: is a directory"):
        log.forget_people([GONE]).result(10)
    assert len(log.turns(TALKS[GONE])) == 2


def test_what_a_moderator_did_stays_done_by_nobody(log: ConversationLog) -> None:
    """The guild can still see that it was done."""
    talk(log, turns=1)
    judge(log)
    log.forget_people([GONE]).result(10)
    assert [act.person for act in log.read(lambda db: acts(db, GUILD, 9))] == [STAYS, None]


def test_a_branch_of_anothers_does_not_say_whose_it_was(log: ConversationLog) -> None:
    """It goes on, without the conversation that it went on from."""
    talk(log, turns=2)
    branch = replace(an_entry(3, conversation_id="c3" * 16, person=STAYS), branched_from=TurnRef(TALKS[GONE], 2))
    log.record(rows_of(branch)).result(10)
    assert [turn.number for turn in log.lineage("c3" * 16)] == [1, 2, 3]
    log.forget_people([GONE]).result(10)
    assert [turn.number for turn in log.lineage("c3" * 16)] == [3]
    branches = exported(log, STAYS)["conversation"]
    assert [(row["branched_from"], row["branched_at"]) for row in branches] == [(None, None)] * 2


def test_several_pseudonyms_are_forgotten_at_once(place: Path | Server, log: ConversationLog) -> None:
    """A person has one in each guild."""
    talk(log, turns=2)
    assert log.forget_people([GONE, STAYS, "nobody"]).result(10).rows["turn"] == 4
    assert log.recent(9) == ()
    assert remains(place) == 0


@in_a_file
def test_forgetting_somebody_unknown_wipes_nothing(log: ConversationLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody can ask for it as often as they like."""
    talk(log, turns=1)
    monkeypatch.setattr(Keeper, "wipe", lambda *_, **__: pytest.fail("the file was wiped"))
    assert log.forget_people(["nobody"]).result(10).wiped


def test_a_guild_is_deleted_without_a_trace(place: Path | Server, log: ConversationLog) -> None:
    """Everything in it, and its settings; other guilds and the terminal keep everything."""
    talk(log)
    judge(log)
    other = an_entry(1, conversation_id="d4" * 16, person="e5" * 32, place="47/11")
    terminal = an_entry(1, conversation_id="f6" * 16, person="e5" * 32)
    for entry in (other, terminal):
        log.record(rows_of(entry)).result(10)
    log.write(lambda db: guilds.save_settings(db, GUILD, GuildSettings(style="plain"), GONE, "x", NOW)).result(10)
    wait_beside(place, an_entry(9, person=GONE, place=f"{GUILD}/1"), other)
    forgotten = log.expire({}, [GUILD], now=NOW).result(10)
    assert (forgotten.rows["turn"], forgotten.rows["guild"], forgotten.rows["audit"]) == (80, 1, 3)
    assert remains(place) == 0
    assert {turn.place for turn in log.recent(99)} == {"47/11", "terminal"}
    assert log.read(log.registry.guilds) == ("47",)
    assert len(kept_lines(place)) == 1


def test_guilds_are_known_by_anything_that_is_kept_about_them(log: ConversationLog) -> None:
    """Whoever asks about themselves must be found wherever they only voted, or only chose a style."""
    log.write(lambda db: guilds.save_style(db, GONE, "1", "plain")).result(10)
    log.write(lambda db: guilds.enter(db, "2")).result(10)
    log.write(lambda db: note(db, "3", GONE, "set", "style=plain", NOW)).result(10)
    log.record(rows_of(an_entry(place="4/5"))).result(10)
    log.record(rows_of(an_entry(conversation_id="c2"))).result(10)
    assert log.read(log.registry.guilds) == ("1", "2", "3", "4")
