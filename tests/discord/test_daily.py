"""Prompts that come by themselves, on Discord's wire: at the local time, once, and never the same before all others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.lesson.service.schedules import Schedules
from tests.discord.classes import AGREE, School, school
from tests.discord.loopback import Permission
from tests.process.clocks import MovedClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.discord.loopback import Channel, Loopback

EVENING = datetime(2026, 3, 28, 21, tzinfo=UTC)
"""Of the day before clocks are put forward in Berlin: 22:00 there."""


@pytest.fixture
def clock() -> MovedClock:
    """Give a clock that stands."""
    return MovedClock(begun=EVENING)


@pytest_asyncio.fixture(name="school")
async def _school(pointed: Loopback, tmp_path: Path, clock: MovedClock) -> AsyncIterator[School]:
    """Give the server."""
    async with school(pointed, tmp_path, clock=clock) as running:
        yield running


def schedules(school: School) -> Schedules:
    """Give what keeps the schedules."""
    return school.bot.parts.get(Schedules)


def comes(school: School, clock: MovedClock, moment: datetime) -> None:
    """Let a moment come, and wake up whoever waits for it."""
    clock.now_s = 1000.0 + (moment - clock.begun).total_seconds()
    schedules(school)._changed.set()


async def due(school: School, clock: MovedClock, moment: datetime, channel: Channel | None = None) -> list[str]:
    """Let a moment come, wait until what it brings is done, and list the questions of a channel."""
    comes(school, clock, moment)
    guild = str(school.guild.id)
    await school.loopback.until(
        lambda: (
            all(datetime.fromisoformat(each.next_utc) > moment for each in schedules(school).in_guild(guild))
            and not schedules(school)._unshown
        ),
        "what is due",
    )
    return [message.text.splitlines()[0] for message in school.loopback.world.from_bot(channel or school.room)]


async def test_a_prompt_comes_every_day_at_the_local_time(school: School, clock: MovedClock) -> None:
    """Also on the day on which clocks are put forward: 07:45 in Berlin is an hour earlier in UTC then."""
    said = await school.used(school.teacher, "daily set", time="7:45", zone="europe/berlin")
    first = datetime(2026, 3, 29, 5, 45, tzinfo=UTC)
    next_one = f"next: <t:{int(first.timestamp())}:F>"
    assert said.text == f"<#{school.room.id}>: every day at 07:45 (Europe/Berlin) · {next_one}"
    assert await due(school, clock, first - timedelta(seconds=1)) == []
    assert len(await due(school, clock, first)) == 1
    questions = await due(school, clock, first + timedelta(days=1))
    assert len(set(questions)) == 2
    (message, _) = school.posted
    assert (await school.pressed(school.students[0], message, AGREE)).text.startswith(f"Your vote: **{AGREE}**")


@pytest.mark.parametrize(
    ("time", "before", "moments"),
    [
        # 02:30 does not exist on that day: the next minute that does is 03:00, 01:00 UTC.
        ("02:30", EVENING, [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 30, 0, 30, tzinfo=UTC)]),
        # It comes twice on that day: 00:30 and 01:30 UTC.
        (
            "02:30",
            datetime(2026, 10, 24, 21, tzinfo=UTC),
            [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)],
        ),
    ],
)
async def test_it_comes_once_where_clocks_are_changed(
    school: School, clock: MovedClock, time: str, before: datetime, moments: list[datetime]
) -> None:
    """In both directions."""
    comes(school, clock, before)
    await school.used(school.teacher, "daily set", time=time, zone="Europe/Berlin")
    for number, moment in enumerate(moments, start=1):
        assert len(await due(school, clock, moment - timedelta(seconds=1))) == number - 1
        assert len(await due(school, clock, moment)) == number


async def test_it_comes_on_the_days_that_were_set_and_not_again_for_those_missed(
    school: School, clock: MovedClock
) -> None:
    """Weekdays, several days, a day of the month; said in words, in the list too."""
    room = f"<#{school.room.id}>"
    said = await school.used(school.teacher, "daily set", time="7:45", zone="Europe/Berlin", days="Mon-Fri")
    assert said.text.startswith(f"{room}: Monday to Friday at 07:45 (Europe/Berlin) · next: <t:")
    monday = datetime(2026, 3, 30, 5, 45, tzinfo=UTC)
    assert await due(school, clock, monday - timedelta(days=1)) == []
    assert len(await due(school, clock, monday)) == 1
    said = await school.used(school.teacher, "daily set", time="7:45", zone="Europe/Berlin", days="tue, Thu")
    assert said.text.startswith(f"{room}: every Tuesday, Thursday at 07:45")
    assert len(await due(school, clock, monday + timedelta(days=1))) == 2
    assert len(await due(school, clock, monday + timedelta(days=2))) == 2
    said = await school.used(school.teacher, "daily set", time="7:45", zone="Europe/Berlin", days="last day")
    last = datetime(2026, 4, 30, 5, 45, tzinfo=UTC)
    listed = f"{room}: on the last day of every month at 07:45 (Europe/Berlin) · next: <t:{int(last.timestamp())}:F>"
    assert said.text == listed
    assert (await school.used(school.teacher, "daily show")).text.endswith(f"- {listed}")
    # Two are missed: one comes, late.
    assert len(await due(school, clock, datetime(2026, 6, 1, tzinfo=UTC))) == 3
    said = await school.used(school.teacher, "daily set", time="7:45", zone="Europe/Berlin", days="soon")
    assert said.text.startswith('I do not know the days "soon"')
    options = {"time": "8:00", "zone": "UTC", "days": "mo, we"}
    typed = await school.loopback.complete(school.teacher, school.room, "daily set", "days", **options)
    assert (await school.loopback.answer(typed)).choices == ({"name": "every Monday, Wednesday", "value": "mon,wed"},)


async def test_once_a_week_in_another_channel_about_one_topic(school: School, clock: MovedClock) -> None:
    """On its day; what moderators see says all of it."""
    club = school.loopback.world.channel(school.guild, "club")
    said = await school.used(
        school.teacher,
        "daily set",
        time="16:00",
        zone="America/New_York",
        channel=club,
        days="mon",
        topic="privacy",
        missed="skip",
    )
    assert said.text.startswith(
        f"<#{club.id}>: every Monday at 16:00 (America/New_York) · about privacy · skipped if I was offline · next: "
    )
    monday = datetime(2026, 3, 30, 20, tzinfo=UTC)
    assert await due(school, clock, monday - timedelta(days=1), club) == []
    assert len(await due(school, clock, monday, club)) == 1
    assert len(await due(school, clock, monday + timedelta(days=6), club)) == 1
    assert school.posted == []
    shown = await school.used(school.teacher, "daily show")
    assert shown.text.splitlines()[0] == "Scheduled prompts:"
    settings = await school.used(school.teacher, "settings show")
    assert settings.text.splitlines()[-1] == f"**Daily prompt:** on in <#{club.id}>"


async def test_what_was_missed_comes_once_or_not_at_all(school: School, clock: MovedClock) -> None:
    """As the moderators chose."""
    club = school.loopback.world.channel(school.guild, "club")
    await school.used(school.teacher, "daily set", time="08:00", zone="UTC")
    await school.used(school.teacher, "daily set", time="08:00", zone="UTC", channel=club, missed="skip")
    late = datetime(2026, 4, 2, 11, tzinfo=UTC)
    assert len(await due(school, clock, late)) == 1
    assert school.loopback.world.from_bot(club) == []


async def test_it_can_be_turned_off_by_two_ways(school: School, clock: MovedClock) -> None:
    """By its own command, and among the settings."""
    await school.used(school.teacher, "daily set", time="08:00", zone="UTC")
    off = await school.used(school.teacher, "daily off")
    assert off.text == "Done: prompts are no longer scheduled there."
    await school.used(school.teacher, "daily set", time="08:00", zone="UTC")
    reset = await school.used(school.teacher, "settings set", reset="daily")
    assert reset.text.splitlines()[-1] == "**Daily prompt:** off"
    assert await due(school, clock, EVENING + timedelta(days=2)) == []
    shown = await school.used(school.teacher, "daily show")
    assert shown.text == "No prompts are scheduled here. Use `/daily set` to schedule them."


async def test_a_time_or_a_zone_that_there_is_not_is_refused(school: School) -> None:
    """With what would have been right."""
    zone = await school.refused(school.teacher, "daily set", time="08:00", zone="Berlin")
    assert zone == 'There is no time zone "Berlin": did you mean "Europe/Berlin"?'
    time = await school.refused(school.teacher, "daily set", time="25:00", zone="UTC")
    assert time == 'There is no time "25:00": type hours and minutes, such as 07:45.'


async def test_zones_are_offered_by_any_part_of_their_name(school: School) -> None:
    """Those with a part that begins with it first."""
    typed = await school.loopback.complete(school.teacher, school.room, "daily set", "zone", time="8:00", zone="new y")
    values = [choice["value"] for choice in (await school.loopback.answer(typed)).choices]
    assert values[0] == "America/New_York"


async def test_a_channel_that_is_gone_gets_no_more(school: School, clock: MovedClock) -> None:
    """Nobody is told again and again that it is gone; one where the bot may not write is tried the next day."""
    club = school.loopback.world.channel(school.guild, "club")
    await school.used(school.teacher, "daily set", time="08:00", zone="UTC", channel=club)
    await school.used(school.teacher, "daily set", time="08:00", zone="UTC")
    school.room.denied[school.loopback.world.bot.id] = Permission.SEND_MESSAGES
    await school.loopback.remove_channel(club)
    morning = datetime(2026, 3, 29, 8, tzinfo=UTC)
    assert await due(school, clock, morning) == []
    (left,) = schedules(school).in_guild(str(school.guild.id))
    assert left.channel == school.room.id
    del school.room.denied[school.loopback.world.bot.id]
    assert len(await due(school, clock, morning + timedelta(days=1))) == 1
