"""Time zones as people name them, and local times in them.

A local time that is skipped when clocks go forward falls on the next minute that exists; one that occurs twice when
they go back falls on the first.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import available_timezones

from knowledge.errors import UserError
from knowledge.reading.nearest import quoted

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_MINUTE: Final = timedelta(minutes=1)
_TIME: Final = re.compile(r"(\d{1,2})[:.h](\d{2})")
_OFFSET: Final = re.compile(r"(?:utc|gmt|z)?\s*[+\-−]\s*\d.*", re.IGNORECASE)  # noqa: RUF001 - the minus sign
_TIME_OF: Final = re.compile(r"(?:_(?:standard|daylight|summer|local))?_time$", re.IGNORECASE)
"""What stands behind a place in "Eastern Standard Time"."""
_LONGEST_ABBREVIATION: Final = 5
_ALIKE: Final = 0.8
"""Least likeness of a misspelt city."""


def zone_named(name: str) -> str:
    """Return the name of a zone in its proper case. Raises UserError with the nearest place, if one is near.

    An offset or an abbreviation stands for many places, which change their clocks at different times: it is never taken
    for one of them.
    """
    wanted = name.strip().replace(" ", "_")
    known = {zone.casefold(): zone for zone in zones()}
    if wanted.casefold() in known:
        return known[wanted.casefold()]
    # Most people know their city, not the continent it is filed under.
    cities = {zone.rpartition("/")[2].casefold(): zone for zone in zones()}
    near = cities.get(_TIME_OF.sub("", wanted).casefold())
    if near is None and (_OFFSET.fullmatch(name.strip()) or _is_abbreviation(name.strip())):
        raise UserError(
            "{name} does not say when clocks change: name a place that keeps your time, such as "
            '"Europe/Berlin" or "America/New_York".',
            name=quoted(name),
        )
    if near is None:
        alike = get_close_matches(wanted.rpartition("/")[2].casefold(), cities, n=1, cutoff=_ALIKE)
        near = cities[alike[0]] if alike else None
    if near:
        raise UserError("There is no time zone {name}: did you mean {near}?", name=quoted(name), near=quoted(near))
    raise UserError(
        'There is no time zone {name}: try one such as "Europe/Berlin" or "America/New_York".', name=quoted(name)
    )


@cache
def zones() -> tuple[str, ...]:
    """Return the names of all zones that are places, and UTC, sorted; the first call reads the zone database."""
    places = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return tuple(sorted((*places, "UTC")))


def _is_abbreviation(name: str) -> bool:
    """Return whether a name is one such as CET, EST5EDT or BST: short and in capitals, or a zone without a place."""
    short = name.isascii() and name.isupper() and len(name) <= _LONGEST_ABBREVIATION
    return short or name.casefold() in {zone.casefold() for zone in available_timezones() if "/" not in zone}


def moment_in(local: datetime, zone: ZoneInfo) -> datetime:
    """Return a local time in UTC: the first of two, or the next that exists."""
    while True:
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == local:
            return moment
        local += _MINUTE


def time_of(text: str) -> time:
    """Return the time of day, to the minute, that somebody typed. Raises UserError."""
    found = _TIME.fullmatch(text.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:  # noqa: PLR2004 - hours of a day, minutes of an hour
        raise UserError("There is no time {time}: type hours and minutes, such as 07:45.", time=quoted(text))
    return time(int(found[1]), int(found[2]))
