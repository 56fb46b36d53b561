from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.guild.service.settings import Settings
from bot.lesson.rules.days import Days
from bot.lesson.rules.prompt import frame_of, prompt_of, topics_of
from bot.lesson.rules.schedule import Missed, rule_of
from bot.lesson.service.schedules import Schedules
from bot.log.audit import acts
from knowledge.errors import UserError
from tests.lesson.service.lessons import CHANNEL, GUILD, TEACHER, Classroom, a_prompt
from tests.process.clocks import MovedClock
from tests.quote.rules.findings import library, pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server
    from bot.lesson.rules.lesson import Posting
    from bot.lesson.rules.schedule import Rule

DAY_S = 86_400.0
EARLY = rule_of("07:45", "Europe/Berlin")


@pytest.fixture
def room(place: Path | Server) -> Iterator[Classroom]:
    """Open a classroom at noon of 1 January 2026, in UTC."""
    classroom = Classroom(place)
    yield classroom
    classroom.close()


async def set_for(room: Classroom, rule: Rule = EARLY, *, topic: str | None = None, channel: int = CHANNEL) -> None:
    await room.schedules.set(GUILD, channel, rule, "boss", topic=topic)


def told(room: Classroom) -> list[str]:
    """Return what moderators did, as it was noted, oldest first."""
    return [act.subject for act in reversed(room.log.read(lambda db: acts(db, GUILD, 9)))]


def late_s(room: Classroom, posting: Posting) -> float:
    """Say by how many seconds a prompt is late that is to be shown now."""
    assert posting.due_utc is not None
    return (room.clock.now_utc() - datetime.fromisoformat(posting.due_utc)).total_seconds()


async def test_a_prompt_comes_when_its_time_has_come(room: Classroom) -> None:
    """At 07:45 in Berlin, which is 06:45 in UTC in January; and then it is the next day's turn."""
    await set_for(room)
    (schedule,) = room.schedules.in_guild(GUILD)
    assert schedule.next_utc == "2026-01-02T06:45:00+00:00"
    room.clock.now_s += 18.75 * 3600 - 1
    assert await room.schedules.due() == ()
    room.clock.now_s += 61
    (due,) = await room.schedules.due()
    assert (late_s(room, due), due.due_utc, due.message) == (60.0, "2026-01-02T06:45:00+00:00", None)
    assert (due.guild, due.channel, due.lesson) == (GUILD, CHANNEL, None)
    assert prompt_of(pack(), due.prompt).question
    await room.schedules.shown(due.id, 77)
    assert await room.schedules.due() == ()
    kept = await room.lessons.prompts.posting(due.id)
    assert kept is not None
    assert kept.message == 77
    assert room.schedules.in_guild(GUILD)[0].next_utc == "2026-01-03T06:45:00+00:00"


async def test_a_prompt_that_was_not_shown_comes_again_until_it_is_given_up(room: Classroom) -> None:
    await set_for(room)
    room.clock.now_s += DAY_S
    (due,) = await room.schedules.due()
    assert await room.schedules.due() == (due,)
    await room.begun_anew()
    assert await room.schedules.due() == (due,)
    await room.schedules.given_up(due.id)
    assert await room.schedules.due() == ()
    assert await room.lessons.prompts.posting(due.id) is None


async def test_a_prompt_that_is_shown_cannot_be_given_up(room: Classroom) -> None:
    """Its votes would go."""
    await set_for(room)
    room.clock.now_s += DAY_S
    (due,) = await room.schedules.due()
    await room.schedules.shown(due.id, 77)
    await room.schedules.given_up(due.id)
    assert await room.lessons.prompts.posting(due.id) is not None


async def test_no_question_comes_twice_until_all_have_come(room: Classroom) -> None:
    """And the second round does not begin with the last of the first."""
    await set_for(room)
    frames = {frame.id for frame in pack().prompts}
    came = []
    for _ in range(2 * len(frames)):
        room.clock.now_s += DAY_S
        (due,) = await room.schedules.due()
        came.append(frame_of(due.prompt))
        await room.schedules.shown(due.id, 1)
    assert set(came[: len(frames)]) == set(came[len(frames) :]) == frames
    assert came[len(frames) - 1] != came[len(frames)]
    assert Counter(came).most_common(1)[0][1] == 2


async def test_no_prompt_comes_with_what_the_moderators_excluded(room: Classroom) -> None:
    """Another quote or question takes its place; where nothing is left none comes, and the schedule goes on."""
    shown = next(iter(a_prompt().quotes.values())).passage_id
    await room.exclude(shown)
    await set_for(room)
    for _ in pack().prompts:
        room.clock.now_s += DAY_S
        (due,) = await room.schedules.due()
        assert shown not in {quote.passage_id for quote in prompt_of(pack(), due.prompt).quotes.values()}
        await room.schedules.shown(due.id, 1)
    for passage in pack().of_voice(pack().side_ids[0]):
        if passage.id != shown:
            await room.exclude(passage.id)
    room.clock.now_s += DAY_S
    assert await room.schedules.due() == ()
    (schedule,) = room.schedules.in_guild(GUILD)
    assert datetime.fromisoformat(schedule.next_utc) > room.clock.now_utc()


async def test_a_topic_that_the_pack_has_no_longer_stops_no_other_schedule(room: Classroom) -> None:
    """Its time goes by."""
    topic = topics_of(pack())[0]
    await set_for(room, topic=topic)
    await set_for(room, channel=CHANNEL + 1)
    frames = tuple(frame for frame in pack().prompts if frame.topic != topic)
    changed = Schedules(room.log, library(replace(pack(), prompts=frames)), room.settings, clock=room.clock)
    await changed.ready()
    room.clock.now_s += DAY_S
    (due,) = await changed.due()
    assert due.channel == CHANNEL + 1


async def test_what_has_come_is_remembered_after_a_restart_and_a_change(room: Classroom) -> None:
    """On one topic there are few questions: what is left of them comes first."""
    topic = next(topic for topic in topics_of(pack()) if sum(frame.topic == topic for frame in pack().prompts) > 1)
    frames = {frame.id for frame in pack().prompts if frame.topic == topic}
    came = set()
    for number in range(len(frames)):
        await set_for(room, rule_of(f"{number:02}:00", "UTC"), topic=topic)
        room.clock.now_s += DAY_S
        (due,) = await room.schedules.due()
        came.add(frame_of(due.prompt))
        await room.schedules.shown(due.id, 1)
        await room.begun_anew()
    assert came == frames


@pytest.mark.parametrize(("missed", "came"), [(Missed.POST, 1), (Missed.SKIP, 0)])
async def test_what_was_missed_is_made_up_for_once_or_skipped(room: Classroom, missed: Missed, came: int) -> None:
    await set_for(room, rule_of("07:45", "Europe/Berlin", missed=missed))
    room.clock.now_s += 3 * DAY_S
    await room.begun_anew()
    due = await room.schedules.due()
    assert len(due) == came
    assert all(late_s(room, one) > 2 * DAY_S for one in due)
    assert room.schedules.in_guild(GUILD)[0].next_utc == "2026-01-05T06:45:00+00:00"


@pytest.mark.parametrize(
    ("first", "days"),
    [
        (datetime.fromisoformat("2026-03-27T12:00:00+00:00"), ["01:30", "01:00", "00:30"]),
        (datetime.fromisoformat("2026-10-23T12:00:00+00:00"), ["00:30", "00:30", "01:30"]),
    ],
)
async def test_one_prompt_a_day_comes_when_the_clocks_change(path: Path, first: datetime, days: list[str]) -> None:
    """At 02:30, which is left out in March, and comes twice in October; watched every quarter of an hour."""
    room = Classroom(path, MovedClock(begun=first))
    try:
        await set_for(room, rule_of("02:30", "Europe/Berlin"))
        came = []
        while room.clock.now_utc() < first + timedelta(days=3):
            for due in await room.schedules.due():
                came.append((due.due_utc, late_s(room, due)))
                await room.schedules.shown(due.id, 1)
            room.clock.now_s += 900
        assert [str(due_utc)[11:16] for due_utc, _ in came] == days
        assert {late for _, late in came} == {0.0}
    finally:
        room.close()


async def test_a_prompt_belongs_to_the_lesson_that_is_held_there(room: Classroom) -> None:
    await set_for(room)
    room.clock.now_s += DAY_S
    lesson = await room.lessons.begin(TEACHER, GUILD, CHANNEL, names=False)
    (due,) = await room.schedules.due()
    assert (due.lesson, due.names) == (lesson.id, False)


async def test_a_schedule_is_set_and_cleared_with_a_note(room: Classroom) -> None:
    """By channel, or all of a guild; nothing comes any more."""
    await set_for(room, rule_of("08:00", "UTC", Days((4,)), Missed.SKIP))
    await set_for(room, topic=topics_of(pack())[0], channel=6)
    await set_for(room, channel=7)
    assert [schedule.channel for schedule in room.schedules.in_guild(GUILD)] == [CHANNEL, 6, 7]
    assert room.schedules.in_guild("2") == ()
    assert await room.schedules.clear(GUILD, 6, "boss") == 1
    assert await room.schedules.clear(GUILD, None, "boss") == 2
    assert await room.schedules.clear(GUILD, 7, None) == 0
    assert told(room) == [
        "channel=5 fri 08:00 UTC missed=skip",
        f"channel=6 daily 07:45 Europe/Berlin missed=post topic={topics_of(pack())[0]}",
        "channel=7 daily 07:45 Europe/Berlin missed=post",
        "channel=6 off",
        "channel=all off",
    ]
    room.clock.now_s += 9 * DAY_S
    assert await room.schedules.due() == ()
    await room.begun_anew()
    assert room.schedules.in_guild(GUILD) == ()


async def test_a_topic_without_prompts_is_refused(room: Classroom) -> None:
    with pytest.raises(UserError, match="there is no topic"):
        await set_for(room, topic="the weather")
    assert room.schedules.in_guild(GUILD) == ()


async def test_a_guild_that_is_deleted_gets_nothing_any_more(room: Classroom) -> None:
    await set_for(room)
    await asyncio.wrap_future(room.log.expire({}, [GUILD], now="2026-03-01"))
    room.clock.now_s += DAY_S
    assert await room.schedules.due() == ()
    assert room.schedules.in_guild(GUILD) == ()


async def test_waiting_ends_when_something_may_be_due(room: Classroom) -> None:
    """When a schedule was set, and when its time has come."""
    await room.schedules.ready()
    await room.schedules.wait()
    waiting = asyncio.create_task(room.schedules.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    await set_for(room)
    await waiting
    room.clock.now_s += DAY_S
    await room.schedules.wait()
    assert len(await room.schedules.due()) == 1


async def test_without_a_log_nothing_can_be_scheduled() -> None:
    schedules = Schedules(None, library(), Settings(None, clock=MovedClock()), clock=MovedClock())
    await schedules.ready()
    assert await schedules.due() == ()
    with pytest.raises(UserError, match="This needs the log, which is turned off here"):
        await schedules.set(GUILD, CHANNEL, EARLY, "boss")
