"""A whole evening with the program as a process of its own, killed again and again: nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import json
import random
import re
import sqlite3
import time
from collections import Counter
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Final

from bot.debate.cog.news import result_lines
from bot.debate.rules.events import event_of
from bot.debate.rules.state import fold
from bot.values.ballot import Round, outcome_of
from bot.wire.page.language import words_for
from tests.discord.debating import SOON_S, a_hall, panel_in, seen, texts, told_in
from tests.discord.loopback.endpoints import SEND
from tests.discord.loopback.wire import DISCORD_EPOCH_MS
from tests.discord.program import FIRST_TIME_S, READY, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from bot.debate.rules.state import Debate
    from bot.values.ballot import Choice
    from knowledge.formats import Phase
    from tests.discord.debating import Hall
    from tests.discord.loopback import Channel, Interaction, Loopback, Message, User
    from tests.discord.program import Program

MINUTE_S: Final = 60
PEOPLE: Final = 30
CROWD: Final = 200
CHOICES: Final[dict[str, Choice]] = {"The film": "film", "Facebook": "facebook", "Undecided": None}
SEATED: Final = {
    "Join the film": "You are on the side of the film.",
    "Join Facebook": "You are on the side of Facebook.",
    "Watch": "You are watching.",
}
AGE: Final = "UPDATE debate_event SET event = json_set(event, '$.at_ms', json_extract(event, '$.at_ms') - ?)"
POINT: Final = "Facebook sells my data"


@asynccontextmanager
async def up(loopback: Loopback, folder: Path) -> AsyncIterator[Program]:
    """Run the program until the block ends; it is killed then (SIGKILL), wherever it is."""
    async with running(loopback, folder) as program:
        await program.says(READY, patience_s=FIRST_TIME_S)
        await loopback.ready()
        yield program
        program.process.kill()
        await program.ends()
        assert "Traceback" not in program.output
        assert POINT not in program.output


def state_in(folder: Path) -> Debate:
    """Fold the only debate's events as they stand in the file; their numbers have no gaps."""
    with closing(sqlite3.connect(folder / "log.sqlite3")) as db:
        rows = db.execute("SELECT number, event FROM debate_event ORDER BY number").fetchall()
    assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
    state = fold(event_of(json.loads(event)) for _, event in rows)
    assert state is not None
    return state


def pass_time(folder: Path, duration_s: float) -> None:
    """Let so much time pass while the program is down: everything was so much longer ago."""
    with closing(sqlite3.connect(folder / "log.sqlite3")) as db, db:
        db.execute(AGE, (int(duration_s * 1000),))


async def all_pressed(hall: Hall, people: Sequence[User], message: Message, buttons: Sequence[str]) -> list[Message]:
    """Let everybody press at once, as soon as the panel has followed; each is acknowledged in time."""
    loopback = hall.loopback
    await loopback.until(lambda: not message.button(buttons[0]).get("disabled"), f"{buttons[0]!r} to be pressed")
    sent: list[Interaction] = [
        await loopback.press(person, message, button) for person, button in zip(people, buttons, strict=True)
    ]
    return await asyncio.gather(*(seen(loopback, each) for each in sent))


async def all_voted(hall: Hall, people: Sequence[User], panel: Message, choices: Sequence[str]) -> None:
    """Let everybody vote at once."""
    ballots = await all_pressed(hall, people, panel, ["Vote"] * len(people))
    sent = [
        await hall.loopback.press(person, ballot, choice)
        for person, ballot, choice in zip(people, ballots, choices, strict=True)
    ]
    for shown, choice in zip(await asyncio.gather(*(seen(hall.loopback, each) for each in sent)), choices, strict=True):
        assert f"Your vote: **{choice if choice != 'Undecided' else 'undecided'}**" in shown.text


async def started(hall: Hall, form: str = "oxford") -> Channel:
    """Let the moderator start a debate, and give its thread."""
    sent = await hall.loopback.slash(hall.chief, hall.general, "debate start", motion="Is it so?", format=form)
    shown = await seen(hall.loopback, sent)
    return hall.loopback.world.channels[int(shown.text.split("<#")[1].split(">")[0])]


async def led(hall: Hall, thread: Channel, command: str) -> Message:
    """Let the moderator lead."""
    return await seen(hall.loopback, await hall.loopback.slash(hall.chief, thread, f"debate {command}"))


async def told(hall: Hall, thread: Channel, text: str) -> Message:
    """Wait until the thread was told something."""
    found = await hall.loopback.until(
        lambda: [each for each in told_in(hall.loopback, thread) if text in each.content], f"{text!r} in the thread"
    )
    return found[0]


async def spoke(hall: Hall, person: User, panel: Message, *, killed: bool = False) -> None:
    """Let somebody make a point; or see the program killed between the event and its message."""
    loopback = hall.loopback
    await loopback.until(lambda: not panel.button("Make a point").get("disabled"), "points")
    form = await loopback.press(person, panel, "Make a point")
    assert await loopback.acknowledged(form) < SOON_S
    stuck = loopback.faults.hold(SEND) if killed else None
    sent = await loopback.submit(form, {"Your point": POINT})
    if stuck is None:
        assert (await seen(loopback, sent)).text == "Your point is made."
    else:
        await stuck.arrived.wait()


async def test_an_oxford_debate_of_thirty_outlives_a_kill_in_every_phase(loopback: Loopback, tmp_path: Path) -> None:
    """Every bell rings once, every point stands once, no vote is lost or doubled, and the result is exact."""
    hall = a_hall(loopback, PEOPLE)
    film, facebook = hall.people[:10], hall.people[10:20]
    for person, name in zip(film, ("@everyone", "<@1> `*_~", "\u202eevil", "=cmd|'/c calc'!a1"), strict=False):
        person.name = name
    draw = random.Random(7)  # noqa: S311 - any order will do
    votes = {held: [draw.choice(list(CHOICES)) for _ in hall.people] for held in Round}
    async with up(loopback, tmp_path):
        thread = await started(hall)
        panel = await panel_in(loopback, thread)
        seats = ["Join the film"] * 10 + ["Join Facebook"] * 10 + ["Watch"] * 10
        await all_pressed(hall, hall.people, panel, seats)
    phases = state_in(tmp_path).format.phases
    speakers = {"opening-first": film[0], "opening-second": facebook[0], "rebuttal-first": film[1]}
    speakers |= {"rebuttal-second": facebook[1], "closing-second": facebook[2], "closing-first": film[2]}
    for place, phase in enumerate(phases):
        async with up(loopback, tmp_path):
            if place:
                await told(hall, thread, f"🔔 Time: {phases[place - 1].name}. A moderator moves on with “Next”. (")
                await led(hall, thread, "next")
                await told(hall, thread, f"Phase {place + 1} of 10")
            if phase.id in {"pre-vote", "final-vote"}:
                held = Round.BEFORE if phase.id == "pre-vote" else Round.AFTER
                await all_voted(hall, hall.people, panel, draw.sample(list(CHOICES) * 10, PEOPLE))
                await all_voted(hall, hall.people, panel, votes[held])
            if phase.id in speakers:
                await spoke(hall, speakers[phase.id], panel, killed=place % 2 == 0)
            if phase.id == "floor":
                await all_pressed(hall, hall.people[20:25], panel, ["Raise hand"] * 5)
        loopback.faults.clear()
        pass_time(tmp_path, (phase.minutes + 3) * MINUTE_S)
    async with up(loopback, tmp_path):
        await told(hall, thread, "🔔 Time: Result. A moderator moves on with “Next”. (")
        await led(hall, thread, "end")
        await told(hall, thread, "**This debate is over.**")
    # The program may have been killed before the panel followed.
    async with up(loopback, tmp_path):
        await loopback.until(lambda: "This debate is over." in panel.text, "the end on the panel")
    state = state_in(tmp_path)
    assert {held: len(voted) for held, voted in state.voted.items()} == dict.fromkeys(Round, PEOPLE)
    before, after = ({str(at): CHOICES[vote] for at, vote in enumerate(votes[held])} for held in Round)
    expected = outcome_of(state.side_ids, before, after)
    assert state.outcome == expected
    assert "\n".join(result_lines(state, expected, words_for("en"))) in texts(loopback, thread)
    assert state.points == len(speakers)
    check_told_once(texts(loopback, thread), phases, len(speakers))
    assert Counter(state.seats.values()) == {"film": 10, "facebook": 10, None: 10}
    assert "**Joined:** The film 10 · Facebook 10 · watching 10" in panel.text


def check_told_once(said: Sequence[str], phases: Sequence[Phase], points: int) -> None:
    """Check that each bell, point and result was told once, and that no name did anything."""
    bells = [text for text in said if "🔔" in text]
    assert len(bells) == sum(3 if phase.minutes > 2 else 2 for phase in phases)
    assert len(set(bells)) == len(bells)
    assert sum("**Result**" in text for text in said) == 1
    numbers = [re.findall(r"Point (\d+)", text) for text in said if POINT in text]
    assert numbers == [[str(number)] for number in range(1, points + 1)]
    assert not any("@everyone" in text or "\u202e" in text for text in said)


async def test_a_bell_rings_at_its_moment_after_a_restart(loopback: Loopback, tmp_path: Path) -> None:
    """Within two seconds; those that were missed say so."""
    hall = a_hall(loopback)
    async with up(loopback, tmp_path):
        thread = await started(hall, "quick")
        await told(hall, thread, "Phase 1 of")
    state = state_in(tmp_path)
    left_s = 15
    now_ms = (hall.loopback.world.new_id() >> 22) + DISCORD_EPOCH_MS
    due_ms = state.at_ms + state.total_ms - state.elapsed_ms
    pass_time(tmp_path, (due_ms - now_ms) / 1000 - left_s)
    async with up(loopback, tmp_path):
        rung = await told(hall, thread, "🔔 Time")
        assert rung.content.endswith("A moderator moves on with “Next”.")
        rung_ms = (rung.id >> 22) + DISCORD_EPOCH_MS
        assert abs(rung_ms - (now_ms + left_s * 1000)) < 2000
    assert sum("🔔 One minute left" in text and "late" in text for text in texts(loopback, thread)) == 1


async def test_two_hundred_people_pressing_at_once_are_counted_exactly(loopback: Loopback, tmp_path: Path) -> None:
    """Each is acknowledged in time; Discord takes few changes of the panel meanwhile."""
    # Judging by Discord's document takes milliseconds a request, from the same processor.
    loopback.journal.openapi = None
    hall = a_hall(loopback, CROWD)
    draw = random.Random(11)  # noqa: S311 - any order will do
    async with up(loopback, tmp_path):
        thread = await started(hall)
        panel = await panel_in(loopback, thread)
        edits, began_s = panel.edits, time.monotonic()
        seats = [draw.choice(["Join the film", "Join Facebook", "Watch"]) for _ in hall.people]
        told_seats = await all_pressed(hall, hall.people, panel, seats)
        assert Counter(each.text for each in told_seats) == Counter(SEATED[seat] for seat in seats)
        votes = [draw.choice(list(CHOICES)) for _ in hall.people]
        await all_voted(hall, hall.people, panel, votes)
        await loopback.until(lambda: f"Before the debate, {CROWD} people voted" in panel.text, "all votes on the panel")
        # One every two seconds; how long it all takes is up to the machine.
        assert panel.edits - edits <= (time.monotonic() - began_s) / 2 + 2
        await led(hall, thread, "end")
        await told(hall, thread, "**This debate is over.**")
    state = state_in(tmp_path)
    assert state.outcome is not None
    cast = Counter(CHOICES[vote] for vote in votes)
    assert state.outcome.all_before == (cast["film"], cast["facebook"], cast[None])
    counted = Counter(state.seats.values())
    assert counted == {
        "film": seats.count("Join the film"),
        "facebook": seats.count("Join Facebook"),
        None: seats.count("Watch"),
    }
