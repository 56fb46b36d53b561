from __future__ import annotations

import json
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answer.store.turns import rows_of
from bot.log.opening import File
from bot.log.reader import EXPORT_STEP, LogReader, StoredConversation
from bot.log.recorder import RecordOutcome
from knowledge.errors import Fault, UserError
from tests.log.fixtures import in_a_file
from tests.log.samples import NOW, an_answer, an_entry, exported, open_log

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config.sections import Server
    from bot.log.connection import Connection
    from bot.log.log import ConversationLog


def test_a_recorded_turn_is_read_back_whole(log: ConversationLog) -> None:
    """The answer object too."""
    entry = an_entry(answer=an_answer("why", message="Well."))
    assert log.record(rows_of(entry)).result(10) is RecordOutcome.LOGGED
    (turn,) = log.turns("c1")
    assert (turn.conversation_id, turn.person, turn.place, turn.number) == ("c1", "p1", "terminal", 1)
    assert (turn.asked_utc, turn.question, turn.asked_as, turn.act) == (NOW, "why", "why", "answer")
    assert (turn.first_side, turn.stance, turn.message, turn.duration_ms) == ("cats", None, "Well.", 12.5)
    assert turn.answer["sides"]["cats"][0]["text"] == "Cats are liquid."
    assert turn.answer["gaps"] == {"dogs": "Dogs say nothing."}


def test_a_resolved_future_means_that_others_can_read_the_turn(log: ConversationLog) -> None:
    """Commit comes first; citations and gaps stand beside their turn."""
    log.record(rows_of(an_entry())).result(10)
    citations = log.read(lambda db: db.query('SELECT position, block, passage_id, start, "end", text FROM citation'))
    gaps = log.read(lambda db: db.query("SELECT side, text FROM gap"))
    assert [tuple(row.values()) for row in citations] == [
        (1, "cats", "cats-10", 10, 26, "Cats are liquid."),
        (2, "context", "context-80", 80, 96, "Opinions differ."),
    ]
    assert gaps == [{"side": "dogs", "text": "Dogs say nothing."}]


def test_turns_that_wait_together_share_commits(log: ConversationLog) -> None:
    """While the writer is busy two hundred turns gather; they cost one commit."""
    release = threading.Event()
    log._writer.submit_alone(lambda _: release.wait(10))
    futures = [log.record(rows_of(an_entry(number))) for number in range(1, 201)]
    release.set()
    assert {future.result(10) for future in futures} == {RecordOutcome.LOGGED}
    assert log.commits == 1
    assert [turn.number for turn in log.turns("c1")] == list(range(1, 201))


def test_turns_from_many_threads_are_all_written(place: Path | Server, log: ConversationLog) -> None:
    """Each thread is a conversation, in order."""

    def talk(conversation_id: str) -> None:
        for number in range(1, 26):
            log.record(rows_of(an_entry(number, conversation_id=conversation_id)))

    threads = [threading.Thread(target=talk, args=(f"c{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    log.close()
    for n in range(4):
        assert [turn.number for turn in LogReader.existing(place).turns(f"c{n}")] == list(range(1, 26))


def test_a_number_that_is_taken_is_refused_and_the_next_turn_is_not(log: ConversationLog) -> None:
    """The fault names turn and conversation; the first turn stays as it was."""
    log.record(rows_of(an_entry(1, question="first")))
    again = log.record(rows_of(an_entry(1, question="second")))
    after = log.record(rows_of(an_entry(2, question="third")))
    with pytest.raises(Fault, match="turn 1 of conversation c1 was refused: "):
        again.result(10)
    assert after.result(10) is RecordOutcome.LOGGED
    assert [turn.question for turn in log.turns("c1")] == ["first", "third"]


def test_a_turn_in_another_persons_conversation_is_refused(log: ConversationLog) -> None:
    """It would be shown to, and deleted with, the wrong person."""
    log.record(rows_of(an_entry(1, person="p1")))
    with pytest.raises(Fault, match="conversation c1 belongs to another person"):
        log.record(rows_of(an_entry(2, person="p2"))).result(10)


def test_a_caller_who_loses_patience_does_not_lose_the_turn(log: ConversationLog) -> None:
    """A recorded turn cannot be cancelled."""
    future = log.record(rows_of(an_entry()))
    assert not future.cancel()
    assert future.result(10) is RecordOutcome.LOGGED


def test_recent_turns_come_newest_first(log: ConversationLog) -> None:
    """And not more than asked for."""
    for number in range(1, 6):
        log.record(rows_of(an_entry(number))).result(10)
    assert [turn.number for turn in log.recent(3)] == [5, 4, 3]
    assert log.recent(0) == ()
    assert log.recent(-1) == ()


def test_an_unknown_conversation_has_no_turns(log: ConversationLog) -> None:
    """Not an error."""
    assert log.turns("nobody's") == ()


def test_the_latest_conversation_of_a_person_in_a_place_is_found(log: ConversationLog) -> None:
    """The one continued last, not the one begun last; other people and places do not count."""
    for number, (conversation_id, person, place) in enumerate(
        [("a", "p1", "here"), ("b", "p1", "here"), ("a", "p1", "here"), ("c", "p1", "there"), ("d", "p2", "here")], 1
    ):
        log.record(rows_of(an_entry(number, conversation_id=conversation_id, person=person, place=place))).result(10)
    assert log.conversation("p1", "here") == StoredConversation("a", "p1", "here", NOW)
    assert log.conversation("p2", "there") is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("sell data", [1]),
        ("DATA", [1, 2]),
        ("dat", [1, 2]),
        ("cafe", [3]),
        ("café's", [3]),
        ("sell OR café", []),
        ('"sell', [1]),
        ("question:sell", []),
        ("*", []),
        ("", []),
        ("sell\x00 data\ud800", [1]),
    ],
)
def test_searching_finds_turns_in_which_every_word_occurs(log: ConversationLog, text: str, numbers: list[int]) -> None:
    """Words may be begun only, case and accents do not count, syntax is text."""
    for number, question in enumerate(["does it sell my data?", "who owns the data", "a café's question"], 1):
        log.record(rows_of(an_entry(number, question=question))).result(10)
    assert sorted(turn.number for turn in log.search(text, 10)) == numbers


def test_the_best_match_comes_first_and_the_limit_holds(log: ConversationLog) -> None:
    """Of equally good ones the newer."""
    for number, question in enumerate(["data", "data", "a long question that mentions data only once"], 1):
        log.record(rows_of(an_entry(number, question=question))).result(10)
    assert [turn.number for turn in log.search("data", 10)] == [2, 1, 3]
    assert [turn.number for turn in log.search("data", 1)] == [2]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=[])))
def test_searching_for_any_text_is_no_error(log: ConversationLog, text: str) -> None:
    """An empty log gives nothing, whatever is asked."""
    assert log.search(text, 5) == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=[])))
def test_any_question_can_be_recorded(log: ConversationLog, question: str) -> None:
    """And is read back with as many characters."""
    number = len(log.turns("c1")) + 1
    assert log.record(rows_of(an_entry(number, question=question))).result(10) is RecordOutcome.LOGGED
    (turn,) = log.recent(1)
    assert len(turn.question) == len(question)


def test_an_export_gives_every_turn_oldest_first(log: ConversationLog) -> None:
    """Also when it takes more than one reading."""
    last = [log.record(rows_of(an_entry(number))) for number in range(1, EXPORT_STEP + 3)][-1]
    last.result(10)
    assert [turn.number for turn in log.export()] == list(range(1, EXPORT_STEP + 3))


def test_a_reader_reads_while_another_holds_the_log(place: Path | Server, log: ConversationLog) -> None:
    """It needs no lock, and sees what is committed meanwhile."""
    reader = LogReader.existing(place)
    assert reader.recent(5) == ()
    log.record(rows_of(an_entry())).result(10)
    assert len(reader.recent(5)) == 1
    log.close()
    assert len(reader.recent(5)) == 1


def test_a_missing_log_cannot_be_read(path: Path) -> None:
    """And is not made by reading."""
    with pytest.raises(UserError, match=r"there is no log at .*; the first question makes one"):
        LogReader.existing(path)
    assert not path.exists()


def test_a_damaged_log_cannot_be_read_and_stays(path: Path) -> None:
    """Moving it aside is for the one who writes."""
    path.write_text("Dear diary")
    with pytest.raises(UserError, match="cannot be read as a log: it is not a database"):
        LogReader.existing(path)
    assert path.read_text() == "Dear diary"


@in_a_file
def test_a_log_that_breaks_while_it_is_read_gives_a_sentence(path: Path, log: ConversationLog) -> None:
    """No traceback for a broken disk."""
    log.close()
    reader = LogReader(File(path))
    path.write_text("Dear diary " * 1_000)
    with pytest.raises(UserError, match="cannot be used as the log: file is not a database; mend that"):
        reader.recent(1)


@in_a_file
def test_the_last_connection_to_be_closed_is_the_one_that_writes(path: Path, log: ConversationLog) -> None:
    """A reader that is closed last leaves the WAL lying there, for it may not write."""
    log.record(rows_of(an_entry())).result(10)
    reads, closes, done = threading.Event(), threading.Event(), threading.Event()

    def slow(db: Connection) -> None:
        db.value("SELECT count(*) FROM turn")
        reads.set()
        closes.wait(10)

    def close() -> None:
        closes.set()
        log.close()
        done.set()

    reader = threading.Thread(target=log.read, args=(slow,))
    reader.start()
    assert reads.wait(10)
    threading.Thread(target=close).start()
    reader.join(10)
    assert done.wait(10)
    assert [file.name for file in path.parent.iterdir() if file.name.endswith(("-wal", "-shm"))] == []


def test_a_reader_that_does_not_end_keeps_nobody_from_closing(log: ConversationLog) -> None:
    """What was recorded is written all the same."""
    reads, end = threading.Event(), threading.Event()

    def endless(_db: Connection) -> None:
        reads.set()
        end.wait(10)

    reader = threading.Thread(target=log.read, args=(endless,))
    reader.start()
    assert reads.wait(10)
    outcome = log.record(rows_of(an_entry()))
    assert log.close(timeout_s=1.0) is None
    end.set()
    reader.join(10)
    assert outcome.result(0) is RecordOutcome.LOGGED


def test_a_closed_log_is_not_read(path: Path, log: ConversationLog) -> None:
    """A connection that comes too late would make a new WAL."""
    log.close()
    with pytest.raises(UserError, match="is closed: open it again to read from it"):
        log.recent(1)
    assert not path.with_name(f"{path.name}-wal").exists()


def test_closing_twice_does_nothing(path: Path) -> None:
    """The second call cannot release the next holder's lock."""
    log = open_log(path)
    assert log.close() is None
    other = open_log(path)
    assert log.close() is None
    with pytest.raises(UserError, match="in use"):
        open_log(path)
    other.close()


def test_a_path_with_special_characters_is_a_path(tmp_path: Path) -> None:
    """SQLite's addresses have a syntax of their own."""
    path = tmp_path / "a?b#c%20 ü.db"
    log = open_log(path)
    log.record(rows_of(an_entry())).result(10)
    assert len(log.recent(5)) == 1
    log.close()
    assert path.exists()


@in_a_file
def test_the_stored_answer_is_readable_by_sqlite_itself(path: Path, log: ConversationLog) -> None:
    """Scripts may use json_extract."""
    log.record(rows_of(an_entry(question='a "b" \x00 \ud800'))).result(10)
    db = sqlite3.connect(path)
    (text, question) = db.execute("SELECT answer, json_extract(answer, '$.question') FROM turn").fetchone()
    db.close()
    assert question == 'a "b" \ufffd \ufffd'
    assert json.loads(text)["id"] == "c1"


@in_a_file
def test_a_turn_that_the_disk_has_spoilt_does_not_hide_the_others(log: ConversationLog) -> None:
    """Its text is shown as far as it can be, its answer as an error."""
    for number in (1, 2, 3):
        log.record(rows_of(an_entry(number))).result(10)
    log._writer.submit(
        lambda db: db.execute("UPDATE turn SET question = CAST(x'61ff62' AS TEXT), answer = '{' WHERE number = 2")
    ).result(10)
    log._writer.submit(lambda db: db.execute("UPDATE turn SET answer = '{}' WHERE number = 3")).result(10)
    first, second, third = log.turns("c1")
    assert "error" not in first.answer
    assert second.question == "a\ufffdb"
    assert second.answer == {"sides": {}, "gaps": {}, "context": [], "error": "the stored answer is damaged"}
    assert third.answer == second.answer
    assert exported(log, "p1")["turn"][1]["answer"] == "{"
