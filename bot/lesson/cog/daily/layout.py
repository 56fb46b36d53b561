"""What moderators read of prompts that come by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.schedule import Missed
from bot.wire.page.escaping import escaped
from bot.wire.page.language import Words, to_say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.lesson.store.schedules import Schedule

DAYS: Final = (
    to_say("Monday"),
    to_say("Tuesday"),
    to_say("Wednesday"),
    to_say("Thursday"),
    to_say("Friday"),
    to_say("Saturday"),
    to_say("Sunday"),
)

_LISTED: Final = 8


def schedule_line(schedule: Schedule, words: Words) -> str:
    """Return where and when prompts come, and when the next one does."""
    rule = schedule.rule
    values = {"channel": f"<#{schedule.channel}>", "time": f"{rule.at:%H:%M}", "zone": rule.zone}
    if rule.weekday is None:
        said = words("{channel}: every day at {time} ({zone})", **values)
    else:
        said = words("{channel}: every {day} at {time} ({zone})", **values, day=words(DAYS[rule.weekday]))
    parts = [said]
    if schedule.topic is not None:
        parts.append(words("about {topic}", topic=escaped(schedule.topic)))
    if rule.missed is Missed.SKIP:
        parts.append(words("left out when I was off"))
    when = f"<t:{int(datetime.fromisoformat(schedule.next_utc).timestamp())}:F>"
    return " · ".join([*parts, words("next: {when}", when=when)])


def schedule_lines(schedules: Sequence[Schedule], words: Words) -> list[str]:
    """List all of a server."""
    if not schedules:
        return [words("No prompt comes by itself here. `/daily set` changes that.")]
    lines = [words("Prompts that come by themselves:")]
    lines += [f"- {schedule_line(schedule, words)}" for schedule in schedules[:_LISTED]]
    if len(schedules) > _LISTED:
        lines.append(words("… and {number} more", number=len(schedules) - _LISTED))
    return lines


def setting_line(schedules: Sequence[Schedule], words: Words) -> str:
    """Say it in one line among the settings of a server."""
    if not schedules:
        return words("**Daily prompt:** off")
    channels = " ".join(f"<#{schedule.channel}>" for schedule in schedules[:_LISTED])
    more = "" if len(schedules) <= _LISTED else " …"
    return words("**Daily prompt:** on in {channels}", channels=channels + more)


def off_line(removed: int, words: Words) -> str:
    """Confirm that no more prompts come."""
    if not removed:
        return words("No prompt came by itself there.")
    return words("Done: no more prompts come by themselves there.")
