"""Who leads a lesson: its teacher, and the moderators of the server. At every use, not when something was shown.

It decides nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.guild.rules.permissions import check_moderator
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.guild.cog.moderators import Seat
    from bot.lesson.rules.lesson import Lesson


def leads(seat: Seat, lesson: Lesson | None) -> bool:
    """Return whether somebody may lead: reveal, close, go on. Outside a lesson only moderators may."""
    return seat.moderates or (lesson is not None and lesson.teacher == seat.person)


def check_leader(seat: Seat, lesson: Lesson | None) -> None:
    """Refuse anybody who does not lead (UserError)."""
    if leads(seat, lesson):
        return
    if lesson is not None:
        raise UserError("Only whoever leads this lesson can do that, or a moderator of this server.")
    check_moderator(seat.settings, seat.rights)
