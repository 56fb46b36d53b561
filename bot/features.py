"""The one list of features. A new one is a folder with a `feature.py`, and a line here."""

from __future__ import annotations

from typing import Final

from bot.answer.feature import FEATURE as ANSWER
from bot.debate.feature import FEATURE as DEBATE
from bot.fleet.feature import FEATURE as FLEET
from bot.guild.feature import FEATURE as GUILD
from bot.lesson.feature import FEATURE as LESSON
from bot.privacy.feature import FEATURE as PRIVACY
from bot.review.feature import FEATURE as REVIEW
from bot.spar.feature import FEATURE as SPAR

ALL: Final = (FLEET, GUILD, ANSWER, DEBATE, LESSON, SPAR, REVIEW, PRIVACY)
"""In the order in which they are opened, and in which people read their commands."""
