"""Whose turn it is on the floor: who has spoken waits, sides alternate, the first hand comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.debate.rules.state import Debate


def queue(debate: Debate) -> tuple[str, ...]:
    """Return the people whose hands are raised, in the order in which they will be called if no other hand comes.

    Of those who spoke least often, the first hand from another side than the last speaker's comes first; watchers count
    as a side of their own.
    """
    waiting = list(debate.hands)
    order: list[str] = []
    last = debate.last_called
    while waiting:
        # min() keeps to the first of equals, and the hands stand in the order in which they were raised.
        ranked = {person: (debate.spoken.get(person, 0), _same_side(debate, person, last)) for person in waiting}
        last = min(waiting, key=ranked.__getitem__)
        waiting.remove(last)
        order.append(last)
    return tuple(order)


def _same_side(debate: Debate, person: str, last: str | None) -> bool:
    return last is not None and debate.seats.get(person) == debate.seats.get(last)
