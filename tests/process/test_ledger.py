"""Sessions counted over restarts, and what is known of the commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.process.sessions import REFUSE_AT, WARN_AT, Ledger
from knowledge.errors import UserError
from tests.process.clocks import MovedClock

if TYPE_CHECKING:
    from pathlib import Path


HOUR_S = 3600


@pytest.fixture
def clock() -> MovedClock:
    """Give a clock that the test moves."""
    return MovedClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger lies; the folder is not there yet."""
    return tmp_path / "data" / "log.sqlite3.discord.json"


def test_sessions_are_counted_over_restarts(path: Path, clock: MovedClock) -> None:
    """The file is read by the next process."""
    Ledger(path, clock).begin_session()
    Ledger(path, clock).begin_session()
    assert Ledger(path, clock).sessions() == 2


def test_sessions_of_yesterday_no_longer_count(path: Path, clock: MovedClock) -> None:
    """A day is 24 hours, not a date."""
    ledger = Ledger(path, clock)
    ledger.begin_session()
    clock.now_s += 23 * HOUR_S
    ledger.begin_session()
    assert ledger.sessions() == 2
    clock.now_s += 1 * HOUR_S
    assert ledger.sessions() == 1


def test_many_sessions_are_warned_of_and_too_many_refused(
    path: Path, clock: MovedClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The warning begins with the 800th, the refusal with the 951st; a day later all is well."""
    ledger = Ledger(path, clock)
    for number in range(1, REFUSE_AT + 1):
        ledger.begin_session()
        assert bool(caplog.records) is (number >= WARN_AT)
    with pytest.raises(UserError, match=r"950 sessions .* within a day, .* start it again in 24\.0 hours"):
        ledger.begin_session()
    with pytest.raises(UserError):
        Ledger(path, clock).check()
    clock.now_s += 24 * HOUR_S
    ledger.begin_session()
    assert ledger.sessions() == 1


def test_a_clock_that_was_ahead_does_not_lock_the_bot_out(path: Path, clock: MovedClock) -> None:
    """Sessions of the future count as begun now."""
    clock.now_s += 400 * 24 * HOUR_S
    Ledger(path, clock).begin_session()
    clock.now_s -= 400 * 24 * HOUR_S
    ledger = Ledger(path, clock)
    assert ledger.sessions() == 1
    clock.now_s += 24 * HOUR_S
    assert ledger.sessions() == 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"sessions_utc": ["x"]}', '{"sessions_utc": 3}', "\x00"])
def test_a_spoilt_file_is_begun_anew(content: str, path: Path, clock: MovedClock) -> None:
    """It stops nobody from connecting."""
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    ledger = Ledger(path, clock)
    ledger.begin_session()
    assert json.loads(path.read_text(encoding="utf-8"))["sessions_utc"] == [round(clock.now_utc().timestamp())]


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path, clock: MovedClock) -> None:
    """The count goes on in memory."""
    (tmp_path / "data").write_text("a file where the folder should be")
    ledger = Ledger(tmp_path / "data" / "ledger.json", clock)
    ledger.begin_session()
    assert ledger.sessions() == 1


def test_announced_commands_are_remembered(path: Path, clock: MovedClock) -> None:
    """Only the last ones."""
    ledger = Ledger(path, clock)
    assert not ledger.is_announced("one")
    ledger.announce("one")
    assert Ledger(path, clock).is_announced("one")
    ledger.announce("two")
    assert not Ledger(path, clock).is_announced("one")
