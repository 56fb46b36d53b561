"""What "the second one" is: one of a side's numbered points, or one of the quotes shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.answer.rules.talk.ordinals import Place, ordinal_in
from bot.quote.rules import points
from bot.quote.rules.vocabulary import understood
from bot.quote.rules.words import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answer.rules.talk.history import Conversation, Said
    from bot.answer.rules.talk.ordinals import Ordinal
    from bot.quote.rules.points import Point
    from bot.quote.rules.vocabulary import Utterance
    from knowledge.model import Pack

_LISTS: Final = word_set(
    "points arguments objections responses criticisms claims accusations concerns reasons complaints replies rebuttal "
    "counterarguments list"
)
"""Words by which a question asks for numbered points."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The thing that a number leads to: a point, or a passage quoted before; neither when it leads nowhere."""

    point: Point | None = None
    passage: str | None = None


def counted(pack: Pack, conversation: Conversation, said: Utterance) -> Counted | None:
    """Find what a text asks for by its number; None when it does not."""
    ordinal = ordinal_in(said.forms, said.named)
    if ordinal is None:
        return None
    side = None if ordinal.of_quotes else _side_counted(pack, conversation, said, ordinal)
    if side is not None:
        number = ordinal.number(points.counts(pack)[side], _current(pack, conversation))
        if number is not None:
            return Counted(point=points.Point(side, number))
    if ordinal.place in {Place.NEXT, Place.PREVIOUS}:
        return None
    shown = conversation.last_shown
    number = ordinal.number(len(shown), None)
    return Counted(passage=shown[number - 1]) if number is not None and number <= len(shown) else Counted()


def _current(pack: Pack, conversation: Conversation) -> int | None:
    """Return the number of the point that was asked for last."""
    asked = (points.point_in(pack, turn.asked_as) for turn in reversed(conversation.turns))
    return next((point.number for point in asked if point), None)


def _side_counted(pack: Pack, conversation: Conversation, said: Utterance, ordinal: Ordinal) -> str | None:
    """Tell the side whose numbered points are counted; None when it is the quotes shown.

    They are when the text itself names the side, when the last answer was one of the points, and when points were asked
    for; what is called a point is also one of them when they were introduced, or when fewer quotes were shown.
    """
    counts = points.counts(pack)
    if ordinal.of_points and (named := next((side for side in said.sides if side in counts), None)):
        return named
    topic = conversation.topic
    if topic is None:
        return None
    if (point := points.point_in(pack, topic.asked_as)) is not None:
        return point.side
    for turn in reversed(conversation.turns) if ordinal.of_points else [topic]:
        if (side := _side_listed(pack, counts, turn, introduced=ordinal.of_points)) is not None:
            return side
    beyond = isinstance(ordinal.place, int) and ordinal.place > len(conversation.last_shown)
    return next(iter(counts), None) if ordinal.of_points and beyond else None


def _side_listed(pack: Pack, sides: Sequence[str] | dict[str, int], turn: Said, *, introduced: bool) -> str | None:
    """Tell the side whose points a turn asked for, or with `introduced` only showed to be numbered."""
    asked = understood(pack, turn.asked_as)
    listing = not _LISTS.isdisjoint(asked.forms) and asked.forms[0] != "how"
    for side in sides:
        shown = any(pack.passage(id_).voice == side and points.introduces(pack, id_) for id_ in turn.shown)
        if (listing and (side in asked.sides or shown)) or (introduced and shown):
            return side
    return None
