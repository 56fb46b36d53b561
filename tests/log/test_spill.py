from __future__ import annotations

import resource
import signal
from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.log.spill import Spill
from tests.log.samples import an_entry, beside, open_log, wait_beside

if TYPE_CHECKING:
    from pathlib import Path


def test_a_turn_that_the_log_holds_already_is_passed_over(path: Path) -> None:
    """A process killed between taking in and removing the file does it again."""
    wait_beside(path, an_entry(1), an_entry(2))
    content = beside(path).read_bytes()
    open_log(path).close()
    beside(path).write_bytes(content)
    log = open_log(path)
    assert [turn.number for turn in log.turns("c1")] == [1, 2]
    log.close()


@pytest.mark.parametrize(
    "line",
    [
        b'{"conversation": {"id": "c1", "per',
        b"[]",
        b"7",
        b'"text"',
        b"\xff\xfe",
        b"[" * 200_000,
        rows_of(an_entry(3)).to_json().replace("2026-", "in ").encode(),
        rows_of(an_entry(3)).to_json().replace('"number": 3', '"number": 1e99').encode(),
        b'{"conversation": {}, "turn": {}, "citations": [], "gaps": []}',
        b'{"conversation": [], "turn": 1, "citations": 2, "gaps": 3}',
        rows_of(an_entry(1, question="another")).to_json().encode(),
        rows_of(an_entry(3, person="p2")).to_json().encode(),
    ],
)
def test_a_line_that_is_no_turn_for_this_log_is_kept_apart(path: Path, line: bytes) -> None:
    """The others are taken in, and the sentence says where the rest stands."""
    wait_beside(path, an_entry(1))
    with beside(path).open("ab") as file:
        file.write(line + b"\n")
    wait_beside(path, an_entry(2))
    log = open_log(path)
    kept = path.with_name("log.db.unlogged.jsonl.damaged-20260301T120000Z")
    assert log.notices == (
        f"took 2 turns that had waited in log.db.unlogged.jsonl into {path}; the rest of it stands in {kept.name}",
    )
    assert kept.read_bytes() == line + b"\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [turn.number for turn in log.turns("c1")] == [1, 2]
    log.close()


def test_a_file_that_cannot_be_read_does_not_stop_the_log(path: Path) -> None:
    """It stays for the next time."""
    beside(path).mkdir()
    log = open_log(path)
    assert log.notices == (
        f"turns in log.db.unlogged.jsonl could not be taken into {path} yet: is a directory",
        f"no room can be reserved in {beside(path)} (is a directory): turns that the log does not take may be lost",
    )
    log.close()


def test_turns_are_added_behind_those_that_wait(path: Path) -> None:
    """In the order of asking."""
    for number in (1, 2, 3):
        wait_beside(path, an_entry(number))
    log = open_log(path)
    assert [turn.number for turn in reversed(log.recent(9))] == [1, 2, 3]
    log.close()


def test_a_damaged_index_of_words_is_built_anew_for_turns_that_wait(path: Path) -> None:
    """It may be why they had to wait, and nothing else would notice."""
    log = open_log(path)
    log.record(rows_of(an_entry(1, question="cats"))).result(10)
    log._writer.submit(lambda db: db.execute("UPDATE turn_fts_data SET block = x'00ff'")).result(10)
    log.record(rows_of(an_entry(2, question="cats again"))).result(10)
    log.close()
    assert beside(path).exists()
    log = open_log(path)
    assert [turn.number for turn in log.turns("c1")] == [1, 2]
    assert len(log.search("cats", 9)) == 2
    log.close()


def test_a_disk_that_takes_some_turns_keeps_those(path: Path) -> None:
    """No half line is left behind, and it is known which turn stands nowhere; what is overwritten makes room."""
    spill = Spill(path, reserved=0)
    turns = [rows_of(an_entry(number)) for number in (1, 2, 3)]
    line = len(turns[0].to_json()) + 2
    old_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    old_action = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * line + 10, old_limit[1]))
    try:
        first, second, third = spill.add(turns)
        assert first is not None
        assert second is not None
        assert third is None
        assert [spill.holds(place, rows) for place, rows in zip((first, second), turns, strict=False)] == [True, True]
        spill.blank([first, second])
        assert beside(path).read_bytes().strip(b"\0") == b""
        assert spill.add(turns[2:]) != [None]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old_limit)
        signal.signal(signal.SIGXFSZ, old_action)
    assert spill.close() == (beside(path),)
    assert beside(path).read_text().split("\n") == ["", turns[2].to_json(), ""]


def test_what_the_disk_does_not_sync_is_not_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its line goes, and the next one takes its place."""
    spill = Spill(path, reserved=10_000)
    assert spill.reserve() is None

    def broken(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("bot.log.spill.os.fsync", broken)
        assert spill.add([rows_of(an_entry(1))]) == [None]
    assert spill.add([rows_of(an_entry(2))]) != [None]
    assert beside(path).read_bytes().strip(b"\0").decode().strip() == rows_of(an_entry(2)).to_json()
    spill.close()


def test_a_link_in_place_of_the_file_is_not_followed(path: Path) -> None:
    """It would lead to somebody else's."""
    beside(path).symlink_to(path.with_name("victim"))
    spill = Spill(path, reserved=100)
    assert "too many levels of symbolic links" in str(spill.reserve())
    assert spill.add([rows_of(an_entry(1))]) == [None]
    assert not path.with_name("victim").exists()


def test_an_empty_file_is_removed_without_a_word(path: Path) -> None:
    """A full disk can leave one behind."""
    beside(path).touch()
    log = open_log(path)
    assert log.notices == ()
    log.close()
    assert not beside(path).exists()
