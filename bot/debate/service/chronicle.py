"""Running debates: each in memory as its rows are, and every change written to the log before memory follows."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

from bot.debate.rules.commands import CastBallot, Person
from bot.debate.rules.decide import decide
from bot.debate.rules.state import closes, evolve
from bot.debate.service.audit import audit_of
from bot.debate.store import debates as store
from bot.debate.store.debates import Closing, Happening, KeptDebate, OutOfStepError
from bot.log import outbox
from bot.log.access import read, write
from bot.process.journal import logger
from bot.values.text import harmless
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping

    from bot.debate.rules.commands import Command, Start
    from bot.debate.rules.events import Event
    from bot.debate.rules.state import Debate
    from bot.log.log import ConversationLog
    from bot.process.charge import Charge
    from bot.process.clock import Clock
    from bot.values.ballot import Choice, Round

T = TypeVar("T")

_NOBODY: Final = Person("", "")
"""The clock, which gives commands too."""


@dataclass(frozen=True, slots=True)
class Venue:
    """Discord's ids of where a debate is shown; `panel` is a message in the thread, None until it is there."""

    guild: str
    channel: int
    thread: int | None
    panel: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """A debate at one moment; `codes` maps the pseudonyms of its people to their codes in the state."""

    id: str
    venue: Venue
    state: Debate
    codes: Mapping[str, str]
    pack: str


@dataclass(frozen=True, slots=True)
class Untold:
    """An event not announced yet, with its number in the debate (from 1), and the debate before and after it.

    It is `doubtful` when a process that is gone may have announced it, and not noted so.
    """

    debate: str
    number: int
    event: Event
    before: Debate | None
    after: Debate
    doubtful: bool = False


class LiveDebate:
    """One debate that is running, or whose end was not announced. Hold `lock` to change it.

    `out` is the number of the event being announced; `turn` grows with each event handed out, of any debate. Its clock
    is left alone until `rest_until_ms`. `stale` is whether others may have changed its rows.
    """

    def __init__(self, kept: KeptDebate, *, new: bool = False) -> None:
        """Take in rows, of a debate that began just now or of one that was read."""
        self.id, self.pack = kept.id, kept.pack
        self.lock = asyncio.Lock()
        self.out: int | None = None
        self.turn = 0
        self.rest_until_ms = 0
        self.stale = False
        self._told = kept.told
        self.follow(kept)
        self._doubtful = self._waiting[0][0] if self._waiting and not new else None

    def follow(self, kept: KeptDebate) -> None:
        """Replace what is in memory by the rows. Raises ValueError, and nothing is changed."""
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
        self.venue = Venue(kept.guild, kept.channel, kept.thread, kept.panel)
        self.codes = dict(kept.codes)
        # A deleted vote leaves a gap; if it was the last event, its number must not be used again.
        self.number = max(told, kept.events[-1][0])
        self._heard = heard
        self._waiting = waiting
        self.stale = False

    def add(self, happening: Happening, events: Iterable[Event]) -> None:
        """Take in what was written."""
        for number, event in enumerate(events, start=happening.first):
            self.state = evolve(self.state, event)
            self._waiting.append((number, event))
            self.number = number
        if happening.newcomer and happening.person is not None:
            person, code = happening.person
            self.codes = {**self.codes, person: code}

    @property
    def finished(self) -> bool:
        """Whether it has ended and every event was announced."""
        return self.state.ended and not self._waiting

    def next_look_ms(self, now_ms: int) -> int | None:
        """Return the next moment to look at its clock; None while that is stopped."""
        moment = self.state.next_bell_ms()
        if moment is None:
            return None
        # Where the date was set back, the rest of the phase counts from now on, once that is noted.
        return max(self.rest_until_ms, now_ms if now_ms < self.state.at_ms else moment)

    def held(self) -> Held:
        """Return it as it is now."""
        return Held(self.id, self.venue, self.state, self.codes, self.pack)

    def untold(self) -> Untold | None:
        """Return the first event that was not announced."""
        if not self._waiting:
            return None
        number, event = self._waiting[0]
        return Untold(self.id, number, event, self._heard, evolve(self._heard, event), number == self._doubtful)

    def ends_with(self, number: int) -> bool:
        """Return whether an event is the debate's end."""
        return self.state.ended and number >= self.number

    def settle(self, thread: int | None, panel: int | None) -> None:
        """Note where it is shown, as the rows do."""
        old = self.venue
        kept = None if thread not in {None, old.thread} else old.panel
        self.venue = replace(old, thread=thread or old.thread, panel=panel or kept)

    def tell(self, number: int) -> None:
        """Note that everything up to an event was announced."""
        self._told = max(self._told, number)
        while self._waiting and self._waiting[0][0] <= number:
            _, event = self._waiting.popleft()
            self._heard = evolve(self._heard, event)
        if self.out is not None and self.out <= number:
            self.out = None


class Chronicle:
    """The debates that are running or ended unannounced, oldest first in `live`. Belongs to one event loop.

    What uses the log raises UserError where there is none, and where it cannot be read or written now.
    """

    def __init__(
        self, log: ConversationLog | None, clock: Clock, changed: Callable[[], None], least: int, charge: Charge
    ) -> None:
        """Read nothing yet; `least` people must have voted for sums to be told. Only guilds of a charge are held."""
        self.live: dict[str, LiveDebate] = {}
        self._log = log
        self._clock = clock
        self._changed = changed
        self._least = least
        self._charge = charge
        # The date may be set while the program runs; the seconds since its start are not.
        self._began_ms = int(clock.now_utc().timestamp() * 1000)
        self._began_s = clock.monotonic_s()
        self._loading = asyncio.Lock()
        self._loaded = log is None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def log(self) -> ConversationLog:
        """The log. Raises UserError where there is none."""
        if self._log is None:
            raise UserError("Debates need the log, which is turned off here.")
        return self._log

    def now_ms(self) -> int:
        """Return the moment by the clock of debates: setting the machine's does not change it."""
        return self._began_ms + int((self._clock.monotonic_s() - self._began_s) * 1000)

    def now_utc(self) -> str:
        """Return the date and time for a row (ISO 8601)."""
        return self._clock.now_utc().isoformat()

    def known(self, debate: str) -> LiveDebate:
        """Return a debate that is in memory. Raises UserError for any other."""
        live = self.live.get(debate)
        if live is None:
            raise UserError("This debate is over, or was deleted.")
        return live

    async def load(self) -> None:
        """Read the debates that are running or ended unannounced; do nothing the second time."""
        async with self._loading:
            if self._loaded:
                return
            await self._read()
            self._loaded = True
        self._changed()

    async def take_over(self) -> None:
        """Let go the debates of guilds that are another process's business, and read those that are this one's now."""
        async with self._loading:
            if not self._loaded:
                return
            for live in tuple(self.live.values()):
                if not self._charge.holds(live.venue.guild):
                    del self.live[live.id]
            await self._read()
        self._changed()

    async def _read(self) -> None:
        """Read the debates that are not held yet."""
        for kept in await read(self.log, store.unfinished):
            if kept.id in self.live or not self._charge.holds(kept.guild):
                continue
            try:
                self.live[kept.id] = LiveDebate(kept)
            except ValueError as error:
                logger(__name__).error("debate not loaded", debate=kept.id, reason=str(error))

    async def begin(
        self,
        actor: Person,
        guild: str,
        channel: int,
        pack: str,
        make: Callable[[Person], Start],
        identity: str | None = None,
    ) -> LiveDebate:
        """Write a new debate with its first events; None draws its id."""
        await self.load()
        return await self._surely(self._begin(actor, guild, channel, pack, make, identity or uuid4().hex))

    async def do(self, live: LiveDebate, actor: Person | None, make: Callable[[Person], Command]) -> None:
        """Write a command's events; no actor is the clock. Raises UserError when refused."""
        await self._surely(self._do(live, actor, make))

    async def settle(self, live: LiveDebate, thread: int | None, panel: int | None) -> None:
        """Write where a debate is shown; None leaves what is there."""
        await self._surely(self._settle(live, thread, panel))

    async def mark_told(self, live: LiveDebate, number: int) -> None:
        """Write that everything up to an event was announced."""
        await self._surely(write(self.log, partial(outbox.tell, stream=live.id, number=number)))

    async def reread(self) -> None:
        """Read every debate anew; one that cannot be read now is read before its next change."""
        for live in self.live.values():
            live.stale = True
        for live in tuple(self.live.values()):
            try:
                async with live.lock:
                    await self._follow(live)
            except UserError as error:
                logger(__name__).warning("debate not read anew", debate=live.id, reason=str(error))
        self._changed()

    def person(self, live: LiveDebate, actor: Person) -> Person:
        """Return somebody under their code in a debate, a random one for a newcomer."""
        return Person(live.codes.get(actor.id) or _new_code(live.codes.values()), harmless(actor.name))

    async def _begin(
        self, actor: Person, guild: str, channel: int, pack: str, make: Callable[[Person], Start], identity: str
    ) -> LiveDebate:
        command = make(Person(_new_code(()), harmless(actor.name)))
        events = tuple(map(store.as_kept, decide(None, command, self.now_ms())))
        happening = Happening(
            debate=identity,
            guild=guild,
            first=1,
            events=events,
            person=(actor.id, command.person.id),
            newcomer=True,
            audit=audit_of(command.motion, command.format, events),
            now=self.now_utc(),
        )
        await write(
            self.log, partial(store.begin, channel=channel, motion=command.motion, pack=pack, happening=happening)
        )
        live = LiveDebate(
            KeptDebate(
                id=happening.debate,
                guild=guild,
                channel=channel,
                events=tuple(enumerate(events, start=1)),
                codes=dict([happening.person]) if happening.person else {},
                pack=pack,
            ),
            new=True,
        )
        self.live[live.id] = live
        self._changed()
        return live

    async def _do(self, live: LiveDebate, actor: Person | None, make: Callable[[Person], Command]) -> None:
        async with live.lock:
            while True:
                if live.stale:
                    await self._follow(live)
                self.known(live.id)
                person = _NOBODY if actor is None else self.person(live, actor)
                command = make(person)
                events = tuple(map(store.as_kept, decide(live.state, command, self.now_ms())))
                vote = (command.round, command.choice) if isinstance(command, CastBallot) else None
                if not events and vote is None:
                    return
                happening = self._happening(live, actor, person, events, vote)
                try:
                    written = await write(self.log, partial(store.append, happening=happening))
                except OutOfStepError:
                    live.stale = True
                    continue
                live.add(happening, written)
                break
        self._changed()

    def _happening(
        self,
        live: LiveDebate,
        actor: Person | None,
        person: Person,
        events: tuple[Event, ...],
        vote: tuple[Round, Choice] | None,
    ) -> Happening:
        known = actor is not None and actor.id in live.codes
        acts = any(store.whose(event) == person.id for event in events)
        led = tuple(event for event in events if getattr(event, "actor", None) == person.id)
        return Happening(
            debate=live.id,
            guild=live.venue.guild,
            first=live.number + 1,
            events=events,
            person=(actor.id, person.id) if actor is not None and (known or acts) else None,
            newcomer=acts and not known,
            audit=audit_of(live.state.motion, live.state.format, led),
            now=None if vote else self.now_utc(),
            vote=vote,
            closing=next(
                (
                    Closing(place, live.state.side_ids, self._least)
                    for place, event in enumerate(events)
                    if closes(live.state, event)
                ),
                None,
            ),
        )

    async def _settle(self, live: LiveDebate, thread: int | None, panel: int | None) -> None:
        async with live.lock:
            await write(self.log, partial(store.settle, debate=live.id, thread=thread, panel=panel))
            live.settle(thread, panel)
        self._changed()

    async def _follow(self, live: LiveDebate) -> None:
        """Read a debate anew; forget it where its rows are gone, or are no debate any more."""
        kept = await read(self.log, partial(store.one, debate=live.id))
        gone = "it was deleted" if kept is None else None
        try:
            if kept is not None:
                live.follow(kept)
        except ValueError as error:
            gone = str(error)
        if gone is not None:
            self.live.pop(live.id, None)
            logger(__name__).warning("debate let go", debate=live.id, reason=gone)

    async def _surely(self, work: Coroutine[Any, Any, T]) -> T:
        """Finish what has begun even if the caller is cancelled: memory must not fall behind the rows."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)


def _new_code(taken: Iterable[str]) -> str:
    codes = set(taken)
    while (code := secrets.token_hex(4)) in codes:
        pass
    return code
