"""Debates as they are written: what is decided goes to the disk first, and memory follows.

What is in memory can always be read anew from the rows, and is when they were changed by others.
"""

from __future__ import annotations

import asyncio
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

from bot.debate.rules.commands import Person
from bot.debate.rules.decide import decide
from bot.debate.service.audit import audit_of
from bot.debate.service.live import LiveDebate
from bot.debate.store import debates as store
from bot.debate.store.debates import Happening, KeptDebate, OutOfStepError
from bot.log.access import read, write
from bot.process.journal import logger
from bot.values.text import harmless
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from bot.debate.rules.commands import Command, Start
    from bot.debate.rules.events import Event
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock

T = TypeVar("T")

_NOBODY: Final = Person("", "")
"""Who gives the commands that the clock gives."""


class Chronicle:
    """The debates that go on, or whose end was not announced, oldest first in `live`. Belongs to one event loop.

    What takes the log raises UserError where there is none, and where it cannot be read or written just now.
    """

    def __init__(self, log: ConversationLog | None, clock: Clock, changed: Callable[[], None]) -> None:
        """Read nothing yet; `changed` is called whenever something has become different."""
        self.live: dict[str, LiveDebate] = {}
        self._log = log
        self._clock = clock
        self._changed = changed
        # The date may be set while the program runs; what is counted from its start is not.
        self._began_ms = int(clock.now_utc().timestamp() * 1000)
        self._began_s = clock.monotonic_s()
        self._loading = asyncio.Lock()
        self._loaded = log is None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def log(self) -> ConversationLog:
        """The log (UserError)."""
        if self._log is None:
            raise UserError("Debates need the log, which is turned off here.")
        return self._log

    def now_ms(self) -> int:
        """Return the moment, as debates count it."""
        return self._began_ms + int((self._clock.monotonic_s() - self._began_s) * 1000)

    def now_utc(self) -> str:
        """Return the date and the time, as rows have them (ISO 8601)."""
        return self._clock.now_utc().isoformat()

    def known(self, debate: str) -> LiveDebate:
        """Return a debate that goes on. Raises UserError for any other."""
        live = self.live.get(debate)
        if live is None:
            raise UserError("This debate is over, or was deleted.")
        return live

    async def load(self) -> None:
        """Read what goes on, or ended unannounced; again does nothing."""
        async with self._loading:
            if self._loaded:
                return
            for kept in await read(self.log, store.unfinished):
                if kept.id not in self.live and (live := _followed(kept)) is not None:
                    self.live[kept.id] = live
            self._loaded = True
        self._changed()

    async def begin(self, actor: Person, guild: str, channel: int, make: Callable[[Person], Start]) -> LiveDebate:
        """Write a new debate with what its start comes to."""
        await self.load()
        return await self._surely(self._begin(actor, guild, channel, make))

    async def do(self, live: LiveDebate, actor: Person | None, make: Callable[[Person], Command]) -> None:
        """Write what a command comes to, that of the clock where there is no actor. Raises UserError when refused."""
        await self._surely(self._do(live, actor, make))

    async def settle(self, live: LiveDebate, thread: int | None, panel: int | None) -> None:
        """Write where a debate is shown; None leaves what was written."""
        await self._surely(self._settle(live, thread, panel))

    async def mark_told(self, live: LiveDebate, number: int) -> None:
        """Write that everything up to an event was announced."""
        await self._surely(write(self.log, partial(store.mark_told, debate=live.id, number=number)))

    async def reread(self) -> None:
        """Read everything anew; what cannot be read just now is read before anything is done in it."""
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
        """Name somebody as a debate knows them; who takes part for the first time gets a code that says nothing."""
        return Person(live.codes.get(actor.id) or _new_code(live.codes.values()), harmless(actor.name))

    async def _begin(self, actor: Person, guild: str, channel: int, make: Callable[[Person], Start]) -> LiveDebate:
        command = make(Person(_new_code(()), harmless(actor.name)))
        events = tuple(map(store.as_kept, decide(None, command, self.now_ms())))
        happening = Happening(
            debate=uuid4().hex,
            guild=guild,
            first=1,
            events=events,
            person=(actor.id, command.person.id),
            newcomer=True,
            audit=audit_of(command.motion, command.format, events),
            now=self.now_utc(),
        )
        await write(self.log, partial(store.begin, channel=channel, motion=command.motion, happening=happening))
        live = LiveDebate(
            KeptDebate(
                id=happening.debate,
                guild=guild,
                channel=channel,
                thread=None,
                panel=None,
                told=0,
                events=tuple(enumerate(events, start=1)),
                codes=dict([happening.person]) if happening.person else {},
                spoilt=(),
            )
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
                events = tuple(map(store.as_kept, decide(live.state, make(person), self.now_ms())))
                if not events:
                    return
                happening = self._happening(live, actor, person, events)
                try:
                    await write(self.log, partial(store.append, happening=happening))
                except OutOfStepError:
                    live.stale = True
                    continue
                live.add(happening)
                break
        self._changed()

    def _happening(
        self, live: LiveDebate, actor: Person | None, person: Person, events: tuple[Event, ...]
    ) -> Happening:
        known = actor is not None and actor.id in live.codes
        acts = any(store.whose(event) == person.id for event in events)
        led = tuple(event for event in events if getattr(event, "actor", None) == person.id)
        return Happening(
            debate=live.id,
            guild=live.place.guild,
            first=live.number + 1,
            events=events,
            person=(actor.id, person.id) if actor is not None and (known or acts) else None,
            newcomer=acts and not known,
            audit=audit_of(live.state.motion, live.state.format, led),
            now=self.now_utc(),
        )

    async def _settle(self, live: LiveDebate, thread: int | None, panel: int | None) -> None:
        async with live.lock:
            await write(self.log, partial(store.settle, debate=live.id, thread=thread, panel=panel))
            live.settle(thread, panel)
        self._changed()

    async def _follow(self, live: LiveDebate) -> None:
        """Follow the rows as they are now; a debate whose rows are gone, or no debate any more, is let go."""
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
        """Finish what has begun, also when whoever asked for it is gone: memory must not fall behind the rows."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)


def _followed(kept: KeptDebate) -> LiveDebate | None:
    """Follow a debate's rows; None, and a line in the program's messages, when they are no debate."""
    try:
        return LiveDebate(kept)
    except ValueError as error:
        logger(__name__).error("debate not loaded", debate=kept.id, reason=str(error))
        return None


def _new_code(taken: Iterable[str]) -> str:
    codes = set(taken)
    while (code := secrets.token_hex(4)) in codes:
        pass
    return code
