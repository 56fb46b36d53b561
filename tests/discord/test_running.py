"""`dilemma run` from its start to its end: what goes wrong on the way, and what it says about it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.discord.loopback import BOT_TOKEN, Loopback
from tests.discord.loopback.endpoints import ME, PUT_COMMANDS
from tests.discord.program import FIRST_TIME_S, READY, running

if TYPE_CHECKING:
    from pathlib import Path

ENDS_WITHIN_S = 5.0
BEGUN = "session has begun"
OPENING = "loading the model"
"""It is said when the log is open."""
RESUMED = "session resumed"


def commands_announced(loopback: Loopback) -> int:
    """Count how often Discord was told the commands."""
    return len(loopback.journal.to(PUT_COMMANDS))


async def test_bot_connects_while_the_model_still_loads_and_ends_at_sigterm(loopback: Loopback, tmp_path: Path) -> None:
    """With code 0, in less than five seconds, and without the token in any line."""
    loopback.world.guild("Debating club")
    async with running(loopback, tmp_path) as program:
        await loopback.ready()
        await program.says(BEGUN)
        await program.says(OPENING)
        code, seconds = await program.stop()
    assert code == 0
    assert seconds < ENDS_WITHIN_S
    assert BOT_TOKEN not in program.output
    assert "Traceback" not in program.output
    assert loopback.gateway.connected == []


async def test_ctrl_c_ends_it_at_once_while_the_model_loads(loopback: Loopback, tmp_path: Path) -> None:
    """A thread that still loads holds nobody up."""
    async with running(loopback, tmp_path) as program:
        await program.says(BEGUN)
        code, seconds = await program.stop(signal.SIGINT)
    assert code == 0
    assert seconds < ENDS_WITHIN_S
    assert "Traceback" not in program.output


async def test_a_bot_is_ended_and_begun_again(loopback: Loopback, tmp_path: Path) -> None:
    """Ended within five seconds, it leaves its log whole and free; begun again, it finds its commands announced.

    In no server, it says how to be invited, with a link that asks for exactly what it needs. A second bot on its log
    ends with code 1. What drops, and op 7, is resumed; after op 9 another session is begun, one more of the day's.
    """
    async with running(loopback, tmp_path) as program:
        await program.says("commands announced")
        await program.says(BEGUN)
        await loopback.ready()
        invited = await program.says("in no server yet")
        await program.says(READY, patience_s=FIRST_TIME_S)
        async with running(loopback, tmp_path) as second:
            assert await second.ends() == 1
        code, seconds = await program.stop()
    assert code == 0
    assert seconds < ENDS_WITHIN_S
    assert f"client_id={loopback.world.bot.id}" in invited
    assert "permissions=" in invited
    assert "error: " in second.output
    assert "dilemma run" in second.output
    assert (tmp_path / "log.sqlite3").stat().st_size > 0
    with contextlib.closing(sqlite3.connect(tmp_path / "log.sqlite3")) as db:
        assert db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    loopback.world.guild("Debating club")
    ledger_file = tmp_path / "log.sqlite3.discord.json"
    sessions, identified = len(json.loads(ledger_file.read_bytes())["sessions_utc"]), len(loopback.gateway.identifies)
    async with running(loopback, tmp_path) as program:
        await program.says("commands unchanged")
        await loopback.ready()
        await program.says(BEGUN)
        await loopback.gateway.ask_to_reconnect()
        await program.says(RESUMED)
        await loopback.gateway.drop()
        await loopback.ready()
        assert len(loopback.gateway.resumes) >= 1
        assert len(loopback.gateway.identifies) == identified + 1
        await loopback.gateway.invalidate()
        await program.says(BEGUN, times=2)
        await program.stop()
    assert len(loopback.gateway.identifies) == identified + 2
    assert commands_announced(loopback) == 1
    ledger = json.loads(ledger_file.read_bytes())
    assert ledger["commands"]
    assert len(ledger["sessions_utc"]) == sessions + 2
    assert "Traceback" not in program.output


async def test_a_start_that_is_refused_at_first_goes_on(loopback: Loopback, tmp_path: Path) -> None:
    """The library does not try a 503 again; we do. Commands that Discord would not take are announced the next time.

    Meanwhile the bot works with those of before. The library goes on connecting when it is stopped there; it is not
    waited for.
    """
    loopback.faults.server_error(ME, 503)
    loopback.faults.refuse(PUT_COMMANDS, 50013)
    async with running(loopback, tmp_path) as program:
        assert "Discord answers 503" in await program.says("not connected to Discord")
        await program.says("commands not announced")
        await program.says(BEGUN)
        await program.stop()
    async with running(loopback, tmp_path) as program:
        await program.says("commands announced")
        code, seconds = await program.stop()
    assert code == 0
    assert seconds < ENDS_WITHIN_S


@pytest.mark.parametrize("token", ["abc.def.ghi", "some.other.token"])
async def test_wrong_token_is_said_in_a_sentence(token: str, loopback: Loopback, tmp_path: Path) -> None:
    """Exit code 1, and what to do."""
    async with running(loopback, tmp_path, token=token) as program:
        assert await program.ends() == 1
    (error,) = [line for line in program.lines if line.startswith("error:")]
    assert error.startswith("error: Discord does not know the token (401): open https://discord.com/developers")
    assert "DISCORD_TOKEN" in error
    assert "Traceback" not in program.output
    assert loopback.gateway.identifies == []


async def test_missing_token_is_said_before_anything_is_loaded(loopback: Loopback, tmp_path: Path) -> None:
    """A token that cannot be one, too."""
    async with running(loopback, tmp_path, token="two words") as program:  # noqa: S106 - it is none
        assert await program.ends() == 1
    assert program.lines == [
        "error: the token from DISCORD_TOKEN has a space or a line break in it: copy it again, as one line"
    ]


async def test_intents_that_are_not_granted_are_said_in_a_sentence(loopback: Loopback, tmp_path: Path) -> None:
    """Close code 4014."""
    loopback.gateway.refuse_with = 4014
    async with running(loopback, tmp_path) as program:
        assert await program.ends() == 1
    assert "error: Discord does not grant the intents that were asked for (4014)" in program.output
    assert "Traceback" not in program.output


async def test_no_network_is_said_and_tried_again(loopback: Loopback, tmp_path: Path) -> None:
    """The bot connects as soon as there is one."""
    await loopback.go_offline()
    async with running(loopback, tmp_path) as program:
        said = await program.says("not connected to Discord")
        assert "no connection to 127.0.0.1" in said
        await loopback.come_online()
        await program.says(BEGUN)
        assert (await program.stop())[0] == 0
    assert "Traceback" not in program.output


async def test_watchdog_ends_a_bot_without_a_session(loopback: Loopback, tmp_path: Path) -> None:
    """With code 75, by which a supervisor knows that it should start it again."""
    await loopback.go_offline()
    async with running(loopback, tmp_path, DILEMMA_DISCORD__WATCHDOG_S="2") as program:
        assert await program.ends() == 75
    assert "too long without a session" in program.output


async def test_too_many_sessions_in_a_day_are_refused(loopback: Loopback, tmp_path: Path) -> None:
    """Before Discord resets the token."""
    loop = asyncio.get_running_loop()
    now_s = await loop.run_in_executor(None, _now_s)
    ledger = {"commands": None, "sessions_utc": [now_s] * 950}
    (tmp_path / "log.sqlite3.discord.json").write_text(json.dumps(ledger), encoding="utf-8")
    async with running(loopback, tmp_path) as program:
        assert await program.ends() == 1
    assert "error: 950 sessions were begun at Discord within a day" in program.output
    assert loopback.gateway.identifies == []


def _now_s() -> float:
    import time  # noqa: PLC0415 - only here is wall time asked for

    return time.time()
