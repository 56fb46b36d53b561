"""What was promised stands in the log until it is answered, and is the next run's to answer."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.answer.service import pending as service
from bot.answer.service.pending import PendingAnswers
from bot.log import pending
from bot.process import journal as logs
from bot.process.charge import EVERYTHING
from bot.values.promise import LIFETIME, Promise
from tests.log.samples import exported, limit_pages, open_log, shown
from tests.process.clocks import MovedClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server
    from bot.log.log import ConversationLog

NOON = "2026-01-01T12:00:00+00:00"


def a_promise(interaction: int, *, person: str = "p1", typed: str = "why?", promised_utc: str = NOON) -> Promise:
    """Make one."""
    return Promise(interaction, f"key {interaction}", "4711", person, "de", typed, promised_utc)


@pytest.fixture
def log(place: Path | Server) -> Iterator[ConversationLog]:
    """Open a log."""
    opened = open_log(place)
    yield opened
    opened.close()
    logs.tear_down()


async def settle(log: ConversationLog) -> None:
    """Wait until everything is written."""
    await asyncio.wrap_future(log.write(lambda _db: None))


async def test_what_is_left_of_an_earlier_run_can_be_answered(log: ConversationLog) -> None:
    """For a quarter of an hour; what this run promised is its own, and what is answered is gone."""
    clock = MovedClock()
    earlier, run = PendingAnswers(log, clock), PendingAnswers(log, clock)
    for interaction in (1, 2):
        await earlier.note(a_promise(interaction, typed="a \x00 b"))
    await earlier.note(a_promise(3, promised_utc="2026-01-01T11:44:00+00:00"))
    earlier.drop(2)
    await run.note(a_promise(4))
    await settle(log)
    assert await run.left(EVERYTHING) == (a_promise(1, typed="a \ufffd b"),)
    run.sweep()
    await settle(log)
    assert [each.interaction for each in log.read(pending.left)] == [1, 4]
    clock.now_s += LIFETIME.total_seconds() + 1
    assert await run.left(EVERYTHING) == ()
    run.sweep()
    await settle(log)
    assert log.read(pending.left) == ()


async def test_a_promise_is_a_persons_own(log: ConversationLog) -> None:
    """Shown, exported without the bot's credential, deleted; and gone with the sweep, however long things are kept."""
    run = PendingAnswers(log, MovedClock())
    await run.note(a_promise(1))
    await run.note(a_promise(2, person="p2"))
    await settle(log)
    assert [str(each) for each in shown(log, "p1") if each.rows] == [f"{pending.TABLE.name}: 1 ({pending.TABLE.what})"]
    (row,) = exported(log, "p1")["pending_answer"]
    assert row == {
        "interaction": 1,
        "guild": "4711",
        "person": "p1",
        "locale": "de",
        "typed": "why?",
        "promised_utc": NOON,
    }
    await asyncio.wrap_future(log.forget_people(["p1"]))
    assert [each.person for each in log.read(pending.left)] == ["p2"]
    now = (MovedClock().begun + LIFETIME + timedelta(seconds=1)).isoformat()
    await asyncio.wrap_future(log.expire({"4711": "2025-01-01T00:00:00+00:00"}, (), now=now))
    assert log.read(pending.left) == ()


async def test_a_log_that_cannot_be_written_keeps_nobody_waiting(
    log: ConversationLog, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk, a log that is closed: that is logged, without the credential and what was typed."""
    logs.set_up("info", form="json")
    run = PendingAnswers(log, MovedClock())
    limit_pages(log, 1)
    await run.note(a_promise(1, typed="private " * 10_000))
    await settle(log)
    log.close()
    await run.note(a_promise(2))
    printed = capsys.readouterr().err
    assert printed.count("promised answers are not noted") == 2
    assert "key" not in printed
    assert "private" not in printed


async def test_a_log_that_is_stuck_is_waited_for_once(log: ConversationLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """And again as soon as it can be written; the promises are noted then."""
    monkeypatch.setattr(service, "WITHIN_S", 0.01)
    waits_s: list[float | None] = []
    wait = asyncio.wait

    async def counted(*args: Any, timeout: float | None = None) -> Any:  # noqa: ANN401, ASYNC109 - as in asyncio
        waits_s.append(timeout)
        return await wait(*args, timeout=timeout)

    monkeypatch.setattr(asyncio, "wait", counted)
    blocked = threading.Event()
    log.write(lambda _db: blocked.wait(20))
    run = PendingAnswers(log, MovedClock())
    for interaction in (1, 2, 3):
        await run.note(a_promise(interaction))
    assert waits_s == [0.01]
    blocked.set()
    await settle(log)
    await run.note(a_promise(4))
    assert waits_s == [0.01, 0.01]
    await settle(log)
    assert [each.interaction for each in log.read(pending.left)] == [1, 2, 3, 4]
