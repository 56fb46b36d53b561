"""Where the bot has said lately what it is, so that it says so once a conversation and not below every answer."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.process.clock import Clock
    from bot.values.asker import Asker

A_WHILE_S: Final = 3600.0
"""Seconds without a quote in a channel, or for a person, after which it is said again."""

_KNOWN: Final = 10_000
"""Places that are remembered; the one that was silent longest goes first."""


class Introductions:
    """Belongs to one event loop. A restart forgets; then it is said once more."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answered_s: OrderedDict[tuple[Asker | str, str], float] = OrderedDict()

    def is_due(self, asker: Asker, pack: str, *, private: bool = False, thread: bool = False) -> bool:
        """Return whether an answer given now from a pack is to say what the bot is.

        An answer that is `private` is seen by the person alone, any other by all in its place. A `thread` is one
        conversation however long it pauses.
        """
        key, now_s = (asker if private else asker.place, pack), self._clock.monotonic_s()
        before_s = self._answered_s.get(key)
        self._answered_s[key] = now_s
        self._answered_s.move_to_end(key)
        if len(self._answered_s) > _KNOWN:
            self._answered_s.popitem(last=False)
        return before_s is None or (now_s - before_s > A_WHILE_S and not thread)

    def forget(self, people: Collection[str]) -> None:
        """Let go of people."""
        gone = [key for key in self._answered_s if not isinstance(key[0], str) and key[0].person in people]
        for key in gone:
            del self._answered_s[key]
