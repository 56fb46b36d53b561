"""Who leads a lesson: its teacher, and the moderators of the server. At every use, not when something was shown.

It decides nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.discord_adapter.language import to_say
from bot.services.permitting import check_moderator
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.core.lesson import Lesson
    from bot.discord_adapter.moderators import Seat


def leads(seat: Seat, lesson: Lesson | None) -> bool:
    """Tell whether somebody may lead: reveal, close, go on. Outside a lesson only moderators may."""
    return seat.moderates or (lesson is not None and lesson.teacher == seat.person)


def check_leader(seat: Seat, lesson: Lesson | None) -> None:
    """Refuse anybody who does not lead (UserError)."""
    if leads(seat, lesson):
        return
    if lesson is not None:
        raise UserError(to_say("Only whoever leads this lesson can do that, or a moderator of this server."))
    check_moderator(seat.settings, seat.rights)
