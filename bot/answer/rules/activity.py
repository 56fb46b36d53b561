"""What a guild asked, in numbers, with nobody in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.values.passage import PassageRef


@dataclass(frozen=True, slots=True)
class Activity:
    """What was asked in a guild, and what people thought of the answers.

    `asked` counts questions, `unanswered` those on which no side was quoted; `first_quotes` counts questions by the
    passage that was quoted first. `helpful` and `unhelpful` are votes.
    """

    asked: int
    unanswered: int
    first_quotes: Mapping[PassageRef, int]
    helpful: int
    unhelpful: int
