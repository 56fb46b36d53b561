from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.lesson.rules.days import EVERY_DAY, Days
from bot.lesson.rules.schedule import PUNCTUAL, DueTime, Missed, Rule, due_or_missed, next_due, rule_of
from bot.values.zones import zone_named, zones
from knowledge.errors import UserError

TRICKY = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Chatham",  # clocks change at 02:45
    "America/Sao_Paulo",  # had no midnight on some days
    "Africa/Cairo",
    "Asia/Kathmandu",
    "America/Nuuk",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
    "UTC",
)

times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
named_zones = st.one_of(st.sampled_from(TRICKY), st.sampled_from(zones()))
moments = st.datetimes(datetime(2015, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
days = st.one_of(
    st.just(EVERY_DAY),
    st.sets(st.integers(0, 6), min_size=1).map(lambda chosen: Days(tuple(sorted(chosen)))),
    st.builds(lambda day, which: Days((day,), which), st.integers(0, 6), st.integers(0, 4)),
    st.builds(lambda day: Days(of_month=day), st.integers(1, 31)),
)
rules = st.builds(Rule, times, named_zones, days)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(at: str, zone: str = "Europe/Berlin") -> Rule:
    return Rule(time.fromisoformat(at), zone)


def is_shown(moment: datetime, at: time, zone: str) -> bool:
    """Tell whether clocks in a zone show a time of day at a moment."""
    return moment.astimezone(ZoneInfo(zone)).time() == at


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-01-05T06:44:59", "2026-01-05T06:45:00"),
        ("2026-01-05T06:45:00", "2026-01-06T06:45:00"),
        ("2026-07-05T06:00:00", "2026-07-06T05:45:00"),
    ],
)
def test_the_same_time_of_day_is_another_one_in_summer(after: str, due: str) -> None:
    """Berlin is an hour ahead of UTC in winter, and two in summer."""
    assert next_due(daily("07:45"), utc(after)) == utc(due)


def test_a_time_that_the_clocks_leave_out_is_taken_at_the_next_minute_there_is() -> None:
    """On 29 March 2026 Berlin goes from 02:00 to 03:00, which is 01:00 in UTC; the days beside it are as always."""
    days = [next_due(daily("02:30"), day) for day in (utc(f"2026-03-{day}T12:00") for day in (27, 28, 29))]
    assert days == [utc("2026-03-28T01:30"), utc("2026-03-29T01:00"), utc("2026-03-30T00:30")]


def test_a_time_that_comes_twice_is_taken_the_first_time() -> None:
    """On 25 October 2026 Berlin has 02:30 at 00:30 and at 01:30 in UTC."""
    rule = daily("02:30")
    assert next_due(rule, utc("2026-10-24T12:00")) == utc("2026-10-25T00:30")
    assert next_due(rule, utc("2026-10-25T00:30")) == utc("2026-10-26T01:30")
    assert next_due(rule, utc("2026-10-25T00:59")) == utc("2026-10-26T01:30")


def test_a_day_without_midnight_begins_at_one() -> None:
    """São Paulo put its clocks forward at midnight of 4 November 2018."""
    assert next_due(daily("00:00", "America/Sao_Paulo"), utc("2018-11-03T12:00")) == utc("2018-11-04T03:00")


def test_a_time_that_is_left_out_just_before_midnight_comes_on_the_next_day() -> None:
    """Greenland went from 23:00 to midnight on 30 March 2024; Samoa had no 30 December 2011 at all."""
    assert next_due(daily("23:15", "America/Nuuk"), utc("2024-03-30T12:00")) == utc("2024-03-31T01:00")
    apia = daily("09:00", "Pacific/Apia")
    assert next_due(apia, utc("2011-12-29T20:00")) == utc("2011-12-30T10:00")
    assert next_due(apia, utc("2011-12-30T10:00")) == utc("2011-12-30T19:00")


def test_clocks_that_move_by_half_an_hour_leave_out_half_an_hour() -> None:
    """Lord Howe Island goes from 02:00 to 02:30 on 4 October 2026."""
    assert next_due(daily("02:10", "Australia/Lord_Howe"), utc("2026-10-03T10:00")) == utc("2026-10-03T15:30")


def test_once_a_week_means_that_weekday_there() -> None:
    """Monday 00:30 in Kiritimati is still Sunday in UTC."""
    rule = Rule(time(0, 30), "Pacific/Kiritimati", Days((0,)))
    due = next_due(rule, utc("2026-01-01T00:00"))
    assert due == utc("2026-01-04T10:30")
    assert next_due(rule, due) - due == timedelta(days=7)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(rules, moments)
def test_the_next_time_is_later_and_shows_on_the_clocks_there(rule: Rule, after: datetime) -> None:
    """Or is the first minute after those that the clocks left out."""
    due = next_due(rule, after)
    local = due.astimezone(ZoneInfo(rule.zone))
    assert due > after
    if local.time() != rule.at:
        before = (due - timedelta(minutes=1)).astimezone(ZoneInfo(rule.zone))
        assert before.replace(tzinfo=None) + timedelta(minutes=1) < local.replace(tzinfo=None)
    else:
        assert rule.days.include(local.date())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(rules, moments)
def test_no_time_is_passed_over(rule: Rule, after: datetime) -> None:
    """Whatever lies before the next time and shows the right time of day is another day, or the second of two."""
    due = next_due(rule, after)
    local = after.astimezone(ZoneInfo(rule.zone))
    for days in range(-1, 9):
        day = (local + timedelta(days=days)).date()
        first = datetime.combine(day, rule.at, ZoneInfo(rule.zone))
        moment = first.astimezone(UTC)
        if rule.days.include(day) and is_shown(moment, rule.at, rule.zone):
            assert not after < moment < due


@settings(max_examples=40, deadline=None, derandomize=True)
@given(times, named_zones, st.integers(2015, 2044))
def test_a_daily_time_comes_once_on_every_day_of_a_year(at: time, zone: str, year: int) -> None:
    """Also on the two days on which the clocks change; never twice within 22 hours."""
    rule = Rule(at, zone)
    moment = datetime(year, 1, 1, tzinfo=UTC)
    came: list[datetime] = []
    while len(came) < 366:
        moment = next_due(rule, moment)
        came.append(moment)
    local = [one.astimezone(ZoneInfo(zone)).date() for one in came]
    # What is left out just before midnight comes at midnight, and a day may be left out as a whole.
    early = [day for day, moment in zip(local, came, strict=True) if is_shown(moment, at, zone)]
    assert max(Counter(early).values()) == 1
    assert all(timedelta(hours=22) <= later - one <= timedelta(hours=26) for one, later in pairwise(came))
    assert len(set(local)) >= 365


@settings(max_examples=60, deadline=None, derandomize=True)
@given(times, named_zones, st.integers(0, 6), moments)
def test_a_weekly_time_comes_every_seven_days(at: time, zone: str, weekday: int, after: datetime) -> None:
    rule = Rule(at, zone, Days((weekday,)))
    first = next_due(rule, after)
    assert timedelta(days=6, hours=22) <= next_due(rule, first) - first <= timedelta(days=7, hours=2)
    assert first - after <= timedelta(days=7, hours=2)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(rules, moments, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_what_is_asked_about_often_is_acted_on_as_often_as_it_comes(
    rule: Rule, begin: datetime, down: timedelta
) -> None:
    """A look at the clock while nothing is due changes nothing; after a long sleep it is made up for once at most."""
    due = next_due(rule, begin)
    assert due_or_missed(rule, due, due - timedelta(seconds=1)) is None
    late = due_or_missed(rule, due, due + down)
    assert late is not None
    assert late.late == down
    assert late.act
    assert late.next_utc > due + down
    assert due_or_missed(rule, late.next_utc, due + down) is None


@settings(max_examples=50, deadline=None, derandomize=True)
@given(times, named_zones, moments, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_what_was_missed_is_skipped_where_that_is_wished(at: time, zone: str, begin: datetime, down: timedelta) -> None:
    assume(down != PUNCTUAL)
    rule = Rule(at, zone, missed=Missed.SKIP)
    due = next_due(rule, begin)
    verdict = due_or_missed(rule, due, due + down)
    assert verdict == DueTime(down < PUNCTUAL, down, next_due(rule, due + down))


def test_what_people_type_is_read() -> None:
    assert rule_of(" 7:45", "europe/berlin", Days((0,))) == Rule(time(7, 45), "Europe/Berlin", Days((0,)))
    assert rule_of("07h05", "America/New York", missed=Missed.SKIP) == Rule(
        time(7, 5), "America/New_York", EVERY_DAY, Missed.SKIP
    )


@pytest.mark.parametrize("typed", ["24:00", "7:60", "7", "quarter to eight", "", "07:45:30", "-1:00"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match=r"There is no time \".*\": type hours and minutes, such as 07:45\."):
        rule_of(typed, "UTC")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("Europe/Berln", 'did you mean "Europe/Berlin"?'),
        ("new york", 'did you mean "America/New_York"?'),
        ("kathmandu", 'did you mean "Asia/Kathmandu"?'),
        ("€", 'try one such as "Europe/Berlin" or "America/New_York".'),
        ("../../etc/passwd", 'try one such as "Europe/Berlin" or "America/New_York".'),
    ],
)
def test_a_zone_that_is_not_there_is_refused_with_the_nearest(typed: str, hint: str) -> None:
    with pytest.raises(UserError) as refusal:
        zone_named(typed)
    assert str(refusal.value).endswith(hint)


@pytest.mark.parametrize(
    "typed", ["GMT+2", "UTC+2", "utc-03:30", "+01:00", "-5", "UTC\u22123", "CET", "est", "EST5EDT", "BST", "IST", "GMT"]
)
def test_an_offset_or_an_abbreviation_leads_to_no_place(typed: str) -> None:
    """Many places share it, and Etc/GMT+2 is two hours behind where most people mean two ahead."""
    with pytest.raises(UserError) as refusal:
        zone_named(typed)
    assert str(refusal.value).startswith(f'"{typed}" does not say when clocks change: name a place')


@pytest.mark.parametrize("typed", ["Central European Time", "Etc/GMT+2", "Europe", "Time"])
def test_what_is_like_no_place_leads_to_none(typed: str) -> None:
    with pytest.raises(UserError) as refusal:
        zone_named(typed)
    assert "did you mean" not in str(refusal.value)


def test_every_zone_that_can_be_named_can_be_used() -> None:
    assert len(zones()) > 400
    assert {zone_named(zone) for zone in zones()} == set(zones())
    for zone in zones():
        assert next_due(Rule(time(12), zone), utc("2026-03-29T00:00")) > utc("2026-03-29T00:00")


def test_a_rule_that_cannot_be_is_refused() -> None:
    for at in (time(7, 45, 1), time(7, 45, tzinfo=UTC), time(7, 45, fold=1)):
        with pytest.raises(ValueError, match="is not a time of day to the minute"):
            Rule(at, "UTC")
