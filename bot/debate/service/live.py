"""Debates in memory: where each stands, where it is shown, and which of its events have not been announced.

Memory follows the rows and never runs ahead of them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.debate.rules.state import evolve
from bot.process.journal import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.debate.rules.events import Event
    from bot.debate.rules.state import Debate
    from bot.debate.store.debates import Happening, KeptDebate


@dataclass(frozen=True, slots=True)
class Venue:
    """Where a debate is held, as Discord's ids; `panel` is a message in the thread, None until it is there."""

    guild: str
    channel: int
    thread: int | None
    panel: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """A debate as it stood at one moment; `codes` maps the pseudonyms of its people to their codes in the state."""

    id: str
    place: Venue
    state: Debate
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Untold:
    """An event that is on the disk and was not announced, with the debate right before it and right after it.

    `number` counts in the debate, from 1.
    """

    debate: str
    number: int
    event: Event
    before: Debate | None
    after: Debate


class LiveDebate:
    """One debate that goes on, or whose end was not announced. Whoever changes it holds `lock`.

    `out` is the number of the event that was handed out to be announced, and is not announced yet; `turn` grows with
    each that is handed out of any debate. Before `rest_until_ms` its clock is not looked at. `stale` is whether others
    may have changed its rows.
    """

    def __init__(self, kept: KeptDebate) -> None:
        """Follow its rows; raises ValueError when they are no debate."""
        self.id = kept.id
        self.lock = asyncio.Lock()
        self.out: int | None = None
        self.turn = 0
        self.rest_until_ms = 0
        self.stale = False
        self._told = kept.told
        self.follow(kept)

    def follow(self, kept: KeptDebate) -> None:
        """Take the rows for what is so, whatever was known before. Raises ValueError, and nothing is changed."""
        heard: Debate | None = None
        state: Debate | None = None
        told = max(kept.told, self._told)
        waiting: deque[tuple[int, Event]] = deque()
        for number, event in kept.events:
            state = evolve(state, event)
            if number <= told:
                heard = state
            else:
                waiting.append((number, event))
        if state is None:
            raise ValueError("a debate without events")
        if kept.spoilt:
            logger(__name__).error("events of a debate cannot be read", debate=kept.id, numbers=kept.spoilt)
        self.state = state
        self.place = Venue(kept.guild, kept.channel, kept.thread, kept.panel)
        self.codes = dict(kept.codes)
        # A deleted vote leaves a gap; if it was the last event, its number must not be given to another.
        self.number = max(told, kept.events[-1][0])
        self._heard = heard
        self._waiting = waiting
        self.stale = False

    def add(self, happening: Happening) -> None:
        """Follow what has been written."""
        for number, event in enumerate(happening.events, start=happening.first):
            self.state = evolve(self.state, event)
            self._waiting.append((number, event))
            self.number = number
        if happening.newcomer and happening.person is not None:
            person, code = happening.person
            self.codes = {**self.codes, person: code}

    @property
    def finished(self) -> bool:
        """Whether nothing happens in it any more, and everything that did was announced."""
        return self.state.ended and not self._waiting

    def next_look_ms(self, now_ms: int) -> int | None:
        """Return the moment at which its clock is to be looked at next; None while that stands."""
        moment = self.state.next_bell_ms()
        if moment is None:
            return None
        # Where the date was set back, the rest of the phase counts from now on, as soon as that is noted.
        return max(self.rest_until_ms, now_ms if now_ms < self.state.at_ms else moment)

    def held(self) -> Held:
        """Return it as it stands."""
        return Held(self.id, self.place, self.state, self.codes)

    def untold(self) -> Untold | None:
        """Return the first event that was not announced."""
        if not self._waiting:
            return None
        number, event = self._waiting[0]
        return Untold(self.id, number, event, self._heard, evolve(self._heard, event))

    def ends_with(self, number: int) -> bool:
        """Return whether an event is the debate's last for ever."""
        return self.state.ended and number >= self.number

    def settle(self, thread: int | None, panel: int | None) -> None:
        """Note where it is shown, as the rows do."""
        moved = thread is not None and thread != self.place.thread
        kept = None if moved else self.place.panel
        self.place = replace(self.place, thread=thread or self.place.thread, panel=panel or kept)

    def tell(self, number: int) -> None:
        """Take everything up to an event for announced."""
        self._told = max(self._told, number)
        while self._waiting and self._waiting[0][0] <= number:
            _, event = self._waiting.popleft()
            self._heard = evolve(self._heard, event)
        if self.out is not None and self.out <= number:
            self.out = None
