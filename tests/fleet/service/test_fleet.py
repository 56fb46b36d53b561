"""Processes that share out shards through one server: they join, die, leave, are cut off, and begin sessions."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.app import tables
from bot.fleet.rules.sharing import BEAT_S, DAY_MS, LEASE_S, Process
from bot.fleet.service.desk import Desk
from bot.fleet.service.fleet import Fleet
from bot.fleet.service.looking import look
from bot.fleet.store import leases as store
from bot.log.engines.postgres import PostgresConnection, connect
from bot.log.log import ConversationLog
from bot.values.shards import Terms
from knowledge.errors import UserError
from tests.process.clocks import MovedClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.config.sections import Server
    from bot.log.connection import Connection
    from tests.log.postgres import PostgresServer


class Scene:
    """A server whose time the test moves, and processes that beat when the test says so."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.clock = MovedClock()
        self.cut_off: set[str] = set()
        self.naps_s: list[float] = []
        self.asked = 0
        self.desks: list[Desk] = []

    def now_ms(self, _db: Connection | None = None) -> int:
        """Give the server's time."""
        return int(self.clock.now_s * 1000)

    async def sleep(self, duration_s: float) -> None:
        """Let that time pass at once."""
        self.naps_s.append(duration_s)
        self.clock.now_s += duration_s
        await asyncio.sleep(0)

    async def terms(self) -> Terms:
        """Say what Discord says."""
        self.asked += 1
        return Terms(4, 1)

    def process(self, name: str, *, wanted: frozenset[int] | None = None, count: int = 0) -> Fleet:
        """Give a process that has not joined."""

        def connected() -> Connection:
            if name in self.cut_off:
                raise sqlite3.OperationalError("cannot be reached")
            return PostgresConnection(connect(self.server))

        desk = Desk(connected, self._now_for(name))
        self.desks.append(desk)
        return Fleet(desk, Process(name, wanted), f"{name}:1", clock=self.clock, count=count, sleep=self.sleep)

    def _now_for(self, name: str) -> Callable[[Connection], int]:
        def now_ms(db: Connection) -> int:
            if name in self.cut_off:
                db.close()
                raise sqlite3.OperationalError("cannot be reached")
            return self.now_ms()

        return now_ms

    async def joined(self, name: str, *, wanted: frozenset[int] | None = None, count: int = 0) -> Fleet:
        """Give a process that has joined."""
        fleet = self.process(name, wanted=wanted, count=count)
        await fleet.join(self.terms)
        return fleet

    async def beat(self, *fleets: Fleet, settle: bool = True) -> list[list[int]]:
        """Let each process beat in turn, and let go what it is to; give the shards of each."""
        self.clock.now_s += BEAT_S
        for fleet in fleets:
            await fleet._beat()
            if settle:
                await fleet.let_go(frozenset(range(64)))
        return [sorted(fleet.shards) for fleet in fleets]


@pytest_asyncio.fixture
async def scene(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Scene]:
    """Give an empty server of its own."""
    opened = Scene(postgres.database(tmp_path / "log"))
    yield opened
    for desk in opened.desks:
        desk.close()


async def test_shards_move_as_processes_come_and_go(scene: Scene) -> None:
    """A new one takes its share once others have let go; a dead one's moves within 30 s, a leaver's at once."""
    anna = await scene.joined("anna")
    assert (anna.shards, scene.asked) == (frozenset({0, 1, 2, 3}), 1)
    assert (anna.holds("4194304"), anna.holds("dm"), anna.acts_for(str(7 << 22))) == (True, True, True)
    ben = await scene.joined("ben")
    assert (ben.shards, ben.terms, scene.asked) == (frozenset(), Terms(4, 1), 1)
    # What still has a session there is not taken from anybody.
    assert await scene.beat(anna, ben, settle=False) == [[0, 1], []]
    assert await scene.beat(anna, ben) == [[0, 1], [2, 3]]
    assert [anna.holds(str(shard << 22)) for shard in range(4)] == [True, True, False, False]
    assert [ben.holds(str(shard << 22)) for shard in range(4)] == [False, False, True, True]
    assert ben.leases() == {2: LEASE_S, 3: LEASE_S}
    # Anna dies: nobody says so.
    died_s = scene.clock.now_s
    while await scene.beat(ben) != [[0, 1, 2, 3]]:
        assert scene.clock.now_s - died_s < LEASE_S
    assert LEASE_S <= scene.clock.now_s - died_s <= LEASE_S + BEAT_S
    cleo = await scene.joined("cleo")
    await scene.beat(ben, cleo)
    assert await scene.beat(ben, cleo) == [[0, 1], [2, 3]]
    await ben.leave()
    assert ben.shards == frozenset()
    assert await scene.beat(cleo) == [[0, 1, 2, 3]]


async def test_a_process_that_is_cut_off_stops_acting_before_another_takes_over(scene: Scene) -> None:
    """It goes on listening, and finds out what it lost when the server is there again: until then it is unsure."""
    anna, ben = await scene.joined("anna"), await scene.joined("ben")
    await scene.beat(anna, ben)
    await scene.beat(anna, ben)
    scene.cut_off.add("anna")
    while await scene.beat(anna, ben) != [[0, 1], [0, 1, 2, 3]]:
        acting = [anna.acts_for("dm"), ben.acts_for("dm")]
        assert acting in ([True, False], [False, False])
    assert (anna.holds("dm"), anna.acts_for("dm"), ben.acts_for("dm")) == (True, False, True)
    scene.cut_off.clear()
    await anna._beat()
    assert anna.shards == frozenset()
    # Where nobody took anything over, it goes on with what it had.
    await ben.leave()
    assert await scene.beat(anna) == [[0, 1, 2, 3]]
    scene.cut_off.add("anna")
    for _ in range(9):
        await scene.beat(anna)
    assert not anna.acts_for("dm")
    scene.cut_off.clear()
    assert await scene.beat(anna) == [[0, 1, 2, 3]]
    assert anna.acts_for("dm")


async def test_sessions_begin_at_discords_pace_over_all_processes(scene: Scene) -> None:
    """One in five seconds, whoever asks; and none once the day has seen 950."""
    anna, ben = await scene.joined("anna"), await scene.joined("ben")
    begun_s = []
    for fleet, shard in ((anna, 0), (ben, 2), (anna, 1), (ben, 3)):
        await fleet.permit(shard)
        begun_s.append(scene.clock.now_s)
    assert [after - before for before, after in pairwise(begun_s)] == [5.0, 5.0, 5.0]
    db = PostgresConnection(connect(scene.server))
    assert store.sessions(db, scene.now_ms()) == 4
    row = "INSERT INTO fleet_session (begun_ms, shard) VALUES (?, 0)"
    db.execute_many(row, [(scene.now_ms() - second * 1000,) for second in range(946)])
    with pytest.raises(UserError, match="950 sessions were begun at Discord within a day by all processes together"):
        await ben.permit(0)
    scene.clock.now_s += DAY_MS / 1000
    await ben.permit(0)
    assert store.sessions(db, scene.now_ms()) == 1
    db.close()
    scene.cut_off.add("ben")
    scene.naps_s.clear()
    await ben.permit(0)
    assert scene.naps_s == [5.0]


async def test_fixed_shards_are_leased_too(scene: Scene) -> None:
    """Those that are named, or all; a second process that wants the same waits; counts must agree."""
    fixed = await scene.joined("fixed", wanted=frozenset({1, 2}), count=4)
    anna = await scene.joined("anna")
    assert await scene.beat(fixed, anna) == [[1, 2], [0, 3]]
    everything = await scene.joined("other", wanted=frozenset())
    await scene.beat(fixed, anna, everything)
    assert await scene.beat(fixed, anna, everything) == [[1, 2], [], [0, 3]]
    with pytest.raises(UserError, match="is 8, but the processes that run already split the servers into 4 shards"):
        await scene.joined("late", count=8)


async def test_a_look_from_outside_says_who_runs_and_what_is_wrong(scene: Scene) -> None:
    """Version, clocks, secret, and who has how many shards; a shard that is nobody's, or another secret, is a fault."""
    now = datetime.now(UTC).isoformat()
    log = ConversationLog.open(scene.server, tables, holder="test", now=now, secret=b"ours" * 8)
    await asyncio.to_thread(log.close)
    db = PostgresConnection(connect(scene.server))
    scene.clock.now_s = store.now_ms(db) / 1000
    moment = datetime.fromtimestamp(scene.clock.now_s, UTC)
    assert look(scene.server, None, moment).endswith("; no process has shared shards yet")
    anna = await scene.joined("anna")
    await scene.joined("ben")
    await anna.permit(0)
    said = look(scene.server, b"ours" * 8, moment)
    version = str(db.value("SHOW server_version")).split()[0]
    assert said.startswith(f"PostgreSQL {version}; clocks 0.")
    assert said.endswith(
        "the secret is that of the log; anna:1 has 4 shards; ben:1 has 0 shards; sessions in 24 hours: 1"
    )
    with pytest.raises(UserError, match="secret"):
        look(scene.server, b"other" * 8, moment)
    with pytest.raises(UserError, match=r"clock and the server's are 3\d\d\d s apart: set both by a time server"):
        look(scene.server, None, moment + timedelta(hours=1))
    db.execute("UPDATE fleet_shard SET until_ms = 0 WHERE shard = 2")
    with pytest.raises(UserError, match="1 of 4 shards are nobody's, such as 2: wait half a minute"):
        look(scene.server, None, moment)
    db.close()
