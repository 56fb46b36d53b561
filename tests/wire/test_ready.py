"""`/ready`: each part on its own, and a status that a supervisor understands."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.process.clock import SystemClock
from bot.process.feature import Parts
from bot.process.figures import Figures
from bot.process.limits import Limits
from bot.process.service import Health, NotYetError, Serving
from bot.process.sessions import Uptime
from bot.wire.metrics import Watched
from bot.wire.ready import ready_at, state_of
from bot.wire.services import Services
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator


def a_free_port() -> int:
    """Find a port that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_each_part_is_told_on_its_own() -> None:
    """A log that cannot be opened, an index that opens, Discord without a session; at last a log that fails later."""
    troubles: dict[str, str | None] = {"log": None, "index": None}
    config: Any = None

    @contextmanager
    def opening() -> Iterator[Parts]:
        serving.hinder(UserError("database is locked"))
        with ExitStack() as stack:
            parts = Parts(config, SystemClock(), stack)
            parts.add(Health, Health({part: partial(troubles.get, part) for part in troubles}))
            yield parts

    uptime = Uptime(SystemClock())
    serving = Serving(opening, clock=SystemClock())
    port = a_free_port()

    async def asked() -> tuple[int, dict[str, str]]:
        async with session.get(f"http://127.0.0.1:{port}/ready") as answer:
            return answer.status, await answer.json()

    async with aiohttp.ClientSession() as session, ready_at(port, lambda: state_of(serving, uptime), bytes):
        assert await asked() == (503, dict.fromkeys(("log", "index"), "is being opened") | {"discord": "no session"})
        serving.begin()
        with pytest.raises(NotYetError):
            await serving.opened()
        assert await asked() == (
            503,
            {"log": "database is locked", "index": "is being opened", "discord": "no session"},
        )
        await serving.opened()
        uptime.expect([0])
        uptime.up(0)
        assert await asked() == (200, {"log": "ok", "index": "ok", "discord": "ok"})
        troubles["log"] = "cannot be written; waiting: 1 turn"
        assert await asked() == (503, {"log": troubles["log"], "index": "ok", "discord": "ok"})
        with pytest.raises(UserError, match=rf"`ready_port` under \[discord\] is {port}, which cannot be had"):
            async with ready_at(port, dict, bytes):
                pass
    assert await serving.close(10)


async def test_figures_are_counted_in_the_form_of_prometheus() -> None:
    """Answers by how long they took, what waits for the log, and each shard with its session and its lease."""
    config: Any = None
    clock = SystemClock()

    @contextmanager
    def opening() -> Iterator[Parts]:
        with ExitStack() as stack:
            parts = Parts(config, clock, stack)
            parts.add(Figures, Figures(gauges={"log_waiting_turns": lambda: 3}))
            yield parts

    uptime, serving, port = Uptime(clock), Serving(opening, clock=clock), a_free_port()
    services = Services(serving, Limits(clock), clock, config, b"secret")
    watched = Watched(services, uptime, lambda: 7, lambda: {1: 9.5})

    async def asked() -> dict[str, float]:
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
            found = text_string_to_metric_families(await answer.text())
        samples = [sample for family in found for sample in family.samples]
        return {" ".join((each.name, *each.labels.values())): each.value for each in samples}

    async with aiohttp.ClientSession() as session, ready_at(port, dict, watched.text):
        assert "dilemma_answer_seconds_count" not in await asked()
        serving.begin()
        answers = (await serving.opened()).get(Figures).answers
        for duration_s in (0.01, 0.3, 0.4, 60.0):
            answers.note(duration_s)
        uptime.expect([0, 1])
        uptime.up(1)
        found = await asked()
    assert await serving.close(10)
    assert {name: value for name, value in found.items() if "bucket" not in name} == {
        "dilemma_answer_seconds_count": 4,
        "dilemma_answer_seconds_sum": 60.71,
        "dilemma_log_waiting_turns": 3,
        "dilemma_questions_under_way": 0,
        "dilemma_sessions_today": 7,
        "dilemma_shard_up 0": 0,
        "dilemma_shard_up 1": 1,
        "dilemma_shard_lease_seconds 1": 9.5,
    }
    buckets = ("0.025", "0.25", "0.5", "10.0", "+Inf")
    assert [found[f"dilemma_answer_seconds_bucket {bound}"] for bound in buckets] == [1, 1, 3, 3, 4]
