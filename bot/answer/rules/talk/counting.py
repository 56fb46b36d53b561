"""What "the second one", "point 3" and "the last" mean: one of a side's numbered points, or one of the quotes shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.quote.rules import points
from bot.quote.rules.quote import Act
from bot.quote.rules.words import FUNCTION, SAYING, VAGUE, word_set

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.answer.rules.talk.history import Conversation
    from bot.quote.rules.points import Point
    from bot.quote.rules.vocabulary import Utterance
    from knowledge.model import Pack


@dataclass(frozen=True, slots=True)
class Counted:
    """The thing that a number leads to: a point, or a passage quoted before; neither when it leads nowhere."""

    point: Point | None = None
    passage: str | None = None


def counted(pack: Pack, conversation: Conversation, said: Utterance, *, listed: bool = False) -> Counted | None:
    """Find what a text asks for by its number; None when it does not.

    `listed`: it asks for one of the points that were just listed, so any number in it is theirs.
    """
    ordinal = ordinal_in(said.forms, said.named) or (listed_in(said.forms) if listed else None)
    if ordinal is None:
        return None
    side = None if ordinal.of_quotes else _side_counted(pack, conversation, said, ordinal)
    if side is not None:
        asked = (points.point_in(pack, turn.asked_as) for turn in reversed(conversation.turns))
        current = next((point.number for point in asked if point and point.side == side), None)
        number = ordinal.number(max(points.points_of(pack, side), default=0), current)
        if number is not None:
            return Counted(point=points.Point(side, number))
    if ordinal.place in {RelativePlace.NEXT, RelativePlace.PREVIOUS}:
        return None
    shown = conversation.last_shown
    number = ordinal.number(len(shown), None)
    return Counted(passage=shown[number - 1]) if number is not None and number <= len(shown) else Counted()


def _side_counted(pack: Pack, conversation: Conversation, said: Utterance, ordinal: Ordinal) -> str | None:
    """Return the side whose numbered points are counted; None when it is the quotes shown.

    Points are counted when they were shown last, or when they are called so and somebody told or introduced a side's
    before, or it is theirs, and when fewer quotes were shown. Else a number after an answer means what it showed.
    """
    last = conversation.last
    listed = last is not None and last.act is Act.POINTS
    beyond = isinstance(ordinal.place, int) and ordinal.place > len(conversation.last_shown) and last is not None
    if not (ordinal.of_points or listed or beyond) or ordinal.of_quotes:
        return None
    if said.sides:
        return said.sides[0]
    for turn in reversed(conversation.turns):
        if turn.act is Act.POINTS:
            point = points.point_in(pack, turn.asked_as)
            side = point.side if point else None if not turn.shown else pack.passage(turn.shown[0]).voice
            if side is None or listed or points.is_numbered(pack, side):
                return side
            break
        if any(points.introduces(pack, id_) for id_ in turn.shown):
            break
    else:
        if last is not None and last.shown and not beyond and _THEIRS.isdisjoint(said.forms):
            return None
    numbered = next((side for side in pack.side_ids if points.is_numbered(pack, side)), None)
    return numbered if numbered is not None or last is not None else next(iter(pack.side_ids), "")


_RANKS: Final = (
    "first 1st 1rst frist firts former,second 2nd 2th secnd latter,third 3rd 3th,fourth 4th forth,fifth 5th fith,"
    "sixth 6th sixt,seventh 7th sevnth,eighth 8th eigth eight,ninth 9th,tenth 10th,eleventh 11th,twelfth 12th"
)
_RANK: Final = {word: number for number, words in enumerate(_RANKS.split(","), start=1) for word in words.split()}
_CARDINALS: Final = "one two three four five six seven eight nine ten eleven twelve"
_CARDINAL: Final = {word: number for number, word in enumerate(_CARDINALS.split(), start=1)}
_MOST_DIGITS: Final = 2
_FEW: Final = 2
"""Words of a text in which a bare "third" counts something."""

POINTS: Final = word_set(
    "point points argument arguments objection objections response responses criticism criticisms claim claims "
    "accusation accusations rebuttal concern concerns reason reasons complaint complaints reply replies"
)
_QUOTES: Final = word_set("quote quotes statement statements sentence passage")
_THEIRS: Final = word_set("they them their theirs he his she her hers it its")
"""Words for somebody who has points, whatever is on the screen."""
_ITEMS: Final = POINTS | word_set(
    "one ones quote quotes statement statements bit thing item items sentence passage answer number no nr num"
)
_NUMBERED: Final = word_set("point argument objection claim reason quote statement item number no nr num")
"""What stands before a number: "point 3"."""

_AROUND: Final = (
    FUNCTION | SAYING | VAGUE | POINTS | {"elaborate", "detail", "details", "expand", "list", "further", "exactly"}
)


class RelativePlace(Enum):
    """A place in a list that is counted from its end, or from where one stands."""

    LAST = "last"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A place in a list: its number from 1, or where it lies.

    `of_points`: it is called a point, an argument, an objection, not just a "one"; `of_quotes`: it is called a quote.
    """

    place: int | RelativePlace
    of_points: bool = False
    of_quotes: bool = False

    def number(self, length: int, current: int | None) -> int | None:
        """Return the number from 1, maybe beyond the end, in a list of this length, standing at `current`."""
        if isinstance(self.place, int):
            return self.place
        if self.place is RelativePlace.LAST:
            return length or None
        if current is None:
            return None
        return current + 1 if self.place is RelativePlace.NEXT else (current - 1) or None


_RELATIVE: Final = {
    "last": RelativePlace.LAST,
    "final": RelativePlace.LAST,
    "next": RelativePlace.NEXT,
    "previous": RelativePlace.PREVIOUS,
}


def ordinal_in(forms: Sequence[str], named: Collection[str] = ()) -> Ordinal | None:
    """Find the one thing that a text asks for by its number; None when it is about something else.

    `named` are the words that name sides here.
    """
    found = _place(forms)
    if found is None:
        return None
    place, used = found
    called = {forms[at] for at in used}
    of_points = not called.isdisjoint(POINTS)
    rest = {form for at, form in enumerate(forms) if at not in used}
    if not of_points and not rest <= _AROUND | _ITEMS | set(named):
        return None
    return Ordinal(place, of_points, not called.isdisjoint(_QUOTES))


def listed_in(forms: Sequence[str]) -> Ordinal | None:
    """Find the first number in a text that asks for one of a list: "whats 2", "read me the fourth"."""
    for at, form in enumerate(forms):
        several = at + 1 < len(forms) and forms[at + 1].endswith("s") and forms[at + 1] in _ITEMS
        place = _RELATIVE.get(form) or _RANK.get(form) or (int(form) if form.isdecimal() else None)
        if place and not several and (not form.isdecimal() or len(form) <= _MOST_DIGITS):
            return Ordinal(place, of_points=True)
    return None


def _place(forms: Sequence[str]) -> tuple[int | RelativePlace, set[int]] | None:
    """Find a place and the indices of the words that name it."""
    for at, form in enumerate(forms):
        before = forms[at - 1] if at else ""
        after = forms[at + 1] if at + 1 < len(forms) else ""
        if form in _RANK or form in _RELATIVE:
            ranked = after in _ITEMS or before in {"the", "a", "and", "about"} or len(forms) <= _FEW
            listed = not after or after in _ITEMS | FUNCTION | SAYING | VAGUE
            if ranked and listed and before != "at":
                return _RELATIVE.get(form) or _RANK[form], {at, at + 1} if after in _ITEMS else {at}
        if form == "before" and before in _ITEMS and not after:
            return RelativePlace.PREVIOUS, {at - 1, at}
        number = int(form) if form.isdecimal() and len(form) <= _MOST_DIGITS else _CARDINAL.get(form)
        if number and (before in _NUMBERED or (len(forms) == 1 and form.isdecimal())):
            return number, {max(at - 1, 0), at}
    return None
