"""Two real processes on one PostgreSQL and a loopback Discord of two shards; again and again the one in use is killed.

`python -m tests.bench.fleet_kills` holds a debate and a lesson, and kills (SIGKILL) whichever process serves them in
every phase, 20 times. Each bell, point, vote and prompt must be there exactly once, half a minute late at most, and the
buttons of before must answer at the other process. Prints a line for each kill, and fails at the first thing that is
not as it must be. Takes about a quarter of an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

from bot.debate.rules.events import event_of
from bot.debate.rules.state import fold
from bot.values.ballot import Round, outcome_of
from bot.values.shards import shard_of
from tests.discord.classes import AGREE, DISAGREE, GO_ON, SEED
from tests.discord.debating import a_hall, panel_in, seen, texts
from tests.discord.loopback import Loopback, Permission
from tests.discord.loopback.endpoints import SEND
from tests.discord.program import FIRST_TIME_S, READY, running
from tests.discord.test_debates_process import (
    CHOICES,
    all_pressed,
    all_voted,
    check_told_once,
    led,
    spoke,
    started,
    told,
)
from tests.log.postgres import running as a_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.debate.rules.state import Debate
    from tests.discord.loopback import Channel, Guild, Message, User
    from tests.discord.program import Program

LATEST_S: Final = 30.0
SHARDS: Final = 2
SETTLED_S: Final = 90.0
AGE: Final = """
    UPDATE debate_event SET event = CAST(jsonb_set(CAST(event AS jsonb), '{at_ms}',
        to_jsonb(CAST(CAST(event AS jsonb) ->> 'at_ms' AS BIGINT) - %s)) AS text)
"""
HOLDERS: Final = """
    SELECT shard, name FROM fleet_shard JOIN fleet_process ON id = holder
    WHERE until_ms > extract(epoch FROM clock_timestamp()) * 1000 AND shard < %s
"""


class Fleet:
    """The processes that run now, by their number at the system."""

    def __init__(self, loopback: Loopback, url: str, folder: Path, stack: AsyncExitStack) -> None:
        self.loopback = loopback
        self.url = url
        self.late_s: list[float] = []
        self._folder = folder
        self._stack = stack
        self._programs: dict[int, Program] = {}

    async def add(self) -> None:
        """Start one more, and wait until each has its share, and every shard a session."""
        folder = self._folder / str(len(os.listdir(self._folder)))  # noqa: PTH208 - how many there are
        folder.mkdir()
        program = await self._stack.enter_async_context(
            running(
                self.loopback,
                folder,
                DILEMMA_LOG__URL=self.url,
                DILEMMA_DISCORD__SHARDS="auto",
                DILEMMA_DISCORD__SHARD_COUNT=str(SHARDS),
                DILEMMA_SECRET="a secret that all processes share",  # noqa: S106 - of this run alone
            )
        )
        await program.says(READY, patience_s=FIRST_TIME_S)
        self._programs[program.process.pid] = program
        until_s = time.monotonic() + SETTLED_S
        wanted = min(len(self._programs), SHARDS)
        while len(set(self.holders().values())) < wanted or not self.connected():
            assert time.monotonic() < until_s, "the shards are not shared out"
            await asyncio.sleep(0.2)

    def holders(self) -> dict[int, int]:
        """Give by shard the process that has it."""
        with suppress(psycopg.errors.UndefinedTable), psycopg.connect(self.url) as db:
            return {shard: int(name.rpartition(":")[2]) for shard, name in db.execute(HOLDERS, (SHARDS,))}
        return {}

    def connected(self) -> bool:
        """Tell whether each shard has one session."""
        return sorted(each.shard[0] for each in self.loopback.gateway.connected) == list(range(SHARDS))

    async def kill(self, guild: Guild, age_s: float = 0.0) -> float:
        """Kill whoever serves a server, let so much time have passed since its events, and give the moment."""
        pid = self.holders()[shard_of(str(guild.id), SHARDS)]
        program = self._programs.pop(pid)
        program.process.kill()
        killed_s = time.monotonic()
        await program.ends()
        assert "Traceback" not in program.output, program.output
        self.loopback.faults.clear()
        with psycopg.connect(self.url) as db:
            db.execute(AGE, (int(age_s * 1000),))
        return killed_s

    def note(self, what: str, killed_s: float) -> None:
        """Note how long after a kill something was there."""
        late_s = time.monotonic() - killed_s
        assert late_s <= LATEST_S, f"{what}: {late_s:.1f} s"
        self.late_s.append(late_s)
        sys.stdout.write(f"{len(self.late_s):2} {what}: {late_s:.1f} s after the kill\n")
        sys.stdout.flush()

    async def taken_over(self, guild: Guild) -> None:
        """Wait until another process hears of a server."""

        def heard() -> bool:
            sessions = [each for each in self.loopback.gateway.connected if each.covers(guild.id)]
            return bool(sessions and shard_of(str(guild.id), SHARDS) in self.holders())

        await self.loopback.until(heard, "another process", LATEST_S)

    def state(self) -> Debate:
        """Fold the only debate's events as they stand in the database; their numbers have no gaps."""
        with psycopg.connect(self.url) as db:
            rows = db.execute("SELECT number, event FROM debate_event ORDER BY number").fetchall()
        assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
        state = fold(event_of(json.loads(event)) for _, event in rows)
        assert state is not None
        return state

    def count(self, query: str) -> int:
        """Give the only number of a query."""
        with psycopg.connect(self.url) as db:
            row = db.execute(query.encode()).fetchone()
        assert row is not None
        return int(row[0])


@asynccontextmanager
async def a_fleet() -> AsyncIterator[Fleet]:
    """Give two processes that have shared out two shards."""
    with a_server() as server, tempfile.TemporaryDirectory() as folder:
        server.execute("CREATE DATABASE fleet")
        async with Loopback() as loopback, AsyncExitStack() as stack:
            fleet = Fleet(loopback, server.url("fleet"), Path(folder), stack)
            await fleet.add()
            await fleet.add()
            yield fleet


async def debate(fleet: Fleet, kills: int) -> None:
    """Hold an Oxford debate, and kill whoever serves it in each of its phases."""
    hall = a_hall(fleet.loopback, 12)
    await fleet.loopback.until(fleet.connected, "both shards")
    film, facebook = hall.people[:4], hall.people[4:8]
    thread = await started(hall)
    panel = await panel_in(fleet.loopback, thread)
    seats = ["Join the film"] * 4 + ["Join Facebook"] * 4 + ["Watch"] * 4
    await all_pressed(hall, hall.people, panel, seats)
    phases = fleet.state().format.phases
    speakers = {"opening-first": film[0], "opening-second": facebook[0], "rebuttal-first": film[1]}
    speakers |= {"rebuttal-second": facebook[1], "closing-second": facebook[2], "closing-first": film[2]}
    votes = [list(CHOICES)[number % 3] for number in range(12)]
    killed_s = 0.0
    for place, phase in enumerate(phases):
        if place:
            await led(hall, thread, "next")
            await told(hall, thread, f"Phase {place + 1} of {len(phases)}")
        if phase.id in {"pre-vote", "final-vote"}:
            await all_voted(hall, hall.people, panel, votes[::-1])
            await all_voted(hall, hall.people, panel, votes)
        if phase.id in speakers:
            await spoke(hall, speakers[phase.id], panel, killed=place % 2 == 0 and place < kills)
        if place < kills:
            killed_s = await fleet.kill(hall.guild, (phase.minutes + 3) * 60)
            await told(hall, thread, f"🔔 Time: {phase.name}. A moderator moves on with “Next”. (")
            fleet.note(f"bell of “{phase.name}”", killed_s)
            await fleet.taken_over(hall.guild)
            # A button of before, at the process that took over.
            await all_pressed(hall, hall.people[:1], panel, seats[:1])
            await fleet.add()
    await led(hall, thread, "end")
    await told(hall, thread, "**This debate is over.**")
    state = fleet.state()
    assert {held: len(voted) for held, voted in state.voted.items()} == dict.fromkeys(Round, 12)
    cast = {str(number): CHOICES[vote] for number, vote in enumerate(votes)}
    assert state.outcome == outcome_of(state.side_ids, cast, cast)
    assert state.points == len(speakers)
    if kills >= len(phases):
        check_told_once(texts(fleet.loopback, thread), phases, len(speakers))


async def lesson(fleet: Fleet, kills: int) -> None:  # noqa: PLR0915 - one lesson, step by step
    """Hold a lesson with a prompt and a quiz, and kill whoever serves it before each of its steps."""
    world, loopback = fleet.loopback.world, fleet.loopback
    guild = world.guild("School")
    room = world.channel(guild, "class-9b")
    teacher = world.member(guild, "teacher", world.role(guild, "teachers", Permission.MODERATOR))
    students = tuple(world.member(guild, f"student {number}") for number in range(10))
    done = 0

    async def killed(what: str) -> None:
        nonlocal done
        if done < kills:
            done += 1
            killed_s = await fleet.kill(guild)
            await fleet.taken_over(guild)
            fleet.note(what, killed_s)

    async def replaced() -> None:
        if fleet.count("SELECT count(DISTINCT holder) FROM fleet_shard WHERE shard < 2") < SHARDS:
            await fleet.add()

    async def used(command: str, **options: str | int) -> Message:
        return await seen(loopback, await loopback.slash(teacher, room, command, **options))

    async def everybody(message: Message, people: tuple[User, ...], button: str) -> None:
        for sent in [await loopback.press(person, message, button) for person in people]:
            await seen(loopback, sent)

    await used("lesson start", title="Algorithms", names="hidden")
    await killed("a lesson that has begun")
    put = await used("prompt", seed=SEED)
    await replaced()
    await killed("a prompt")
    await everybody(put, students, AGREE)
    await replaced()
    await killed("votes")
    await seen(loopback, await loopback.press(teacher, put, "Reveal all"))
    await replaced()
    await killed("a reveal")
    await everybody(put, students, DISAGREE)
    await replaced()
    await killed("votes after the reveal")
    form = await loopback.press(students[0], put, "Answer")
    await loopback.answer(form)
    assert (await loopback.answer(await loopback.submit(form, {"text": "I think so"}))).text.startswith("Handed in.")
    await replaced()
    await killed("an answer")
    await used("quiz", count=2, seconds=0, seed=3)
    first = await said(loopback, room, "Quote 1 of 2: who says this?")
    await replaced()
    await killed("a question of a quiz")
    await everybody(first, students, "The writer")
    await replaced()
    await killed("choices")
    held = loopback.faults.hold(SEND)
    await loopback.press(teacher, first, GO_ON)
    await held.arrived.wait()
    await replaced()
    await killed("a question on its way")
    loopback.faults.clear()
    second = await said(loopback, room, "Quote 2 of 2: who says this?")
    await everybody(second, students, "The writer")
    await replaced()
    await killed("choices of the second question")
    await loopback.press(teacher, second, GO_ON)
    over = await said(loopback, room, "The quiz is over")
    assert "10 people took part." in over.text, over.text
    await seen(loopback, await loopback.press(teacher, put, "Close"))
    assert "Before the quotes: agree **10** · disagree **0** · unsure **0**" in put.text
    assert "After the quotes: agree **0** · disagree **10** · unsure **0**" in put.text
    summary = await used("lesson stop")
    for line in ("People who took part: 10", "Votes: 10", "Written answers: 1"):
        assert line in summary.text, summary.text
    texts_said = [message.text for message in world.from_bot(room)]
    assert sum("who says this?" in text for text in texts_said) == 2
    assert sum("The quiz is over" in text for text in texts_said) == 1
    assert sum("I think so" in text for text in texts_said) == 1


async def said(loopback: Loopback, room: Channel, text: str) -> Message:
    """Wait until the bot has said something to everybody, and give it."""
    found = await loopback.until(
        lambda: [each for each in loopback.world.from_bot(room) if text in each.text], f"{text!r} in the room", LATEST_S
    )
    return found[0]


async def main() -> None:
    """Do it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10, help="kills in the debate, and as many in the lesson")
    kills = parser.parse_args().kills
    async with a_fleet() as fleet:
        await debate(fleet, kills)
        await lesson(fleet, kills)
        violations = fleet.loopback.journal.violations
        assert not violations, violations
        sys.stdout.write(f"{len(fleet.late_s)} kills; taken over after {max(fleet.late_s):.1f} s at most\n")


if __name__ == "__main__":
    asyncio.run(main())
