"""Debates: led, kept in the log, timed, and handed out event by event to be announced.

An event is on the disk before it is announced, and announcements are noted there too: a killed program continues where
it was. The caller checks who may lead a debate.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.debate.rules.commands import MakePoint, Person, ShowEvidence, Start, Tick
from bot.debate.rules.decide import decide
from bot.debate.rules.events import Evidence
from bot.debate.rules.evidence import beside_point, evidence_on
from bot.debate.rules.terms import check_fits, matter_of
from bot.debate.service.audit import line_of
from bot.debate.service.chronicle import Chronicle
from bot.debate.store import debates as store
from bot.log import audit as auditing
from bot.log.access import read, timely, write
from bot.process.charge import EVERYTHING, Charge
from bot.process.clock import Waking
from bot.process.feature import Memory
from bot.process.journal import log_fault, logger
from bot.quote.rules.verification import findings_without, stance_without
from bot.values.ballot import LEAST
from bot.values.passage import of_pack
from bot.values.text import sound
from knowledge.errors import DilemmaError, UserError
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from bot.debate.rules.commands import Command
    from bot.debate.rules.events import Event
    from bot.debate.rules.terms import Matter
    from bot.debate.service.audit import Done
    from bot.debate.service.chronicle import Held, LiveDebate, Untold
    from bot.debate.store.debates import DebateHead
    from bot.guild.service.settings import Settings
    from bot.log.log import ConversationLog
    from bot.process.clock import Clock
    from bot.values.ballot import Choice, Round
    from embeddings.library import Library
    from knowledge.formats import Format
    from knowledge.model import Pack

_LOOK_S: Final = 30.0
"""The longest time between two looks at the clock while a bell is to come."""

_LATER_MS: Final = 5000
"""How long to wait after a debate's bells could not be written."""


class Debates(Memory):
    """All debates. Its coroutines belong to one event loop; call `ready` before anything else.

    The `formats` of the settings stand beside those of each pack; sums of fewer than `least` votes are told to nobody.
    What uses the log raises UserError where there is none, and where it cannot be read or written now.
    """

    def __init__(  # noqa: PLR0913 - each is a part of the program, or passed in for tests
        self,
        log: ConversationLog | None,
        library: Library,
        formats: Iterable[Format],
        settings: Settings,
        *,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        least: int = LEAST,
        charge: Charge = EVERYTHING,
    ) -> None:
        own = tuple(formats)
        self._matters = {pack.id: matter_of(pack, own) for pack in library}
        self._library = library
        self._settings = settings
        # Many points at once must leave threads, and the model, to those who ask.
        self._search = asyncio.Lock()
        self._waking = Waking(sleep)
        self._charge = charge
        self._chronicle = Chronicle(log, clock, self._waking.wake, least, self._charge)
        self._handed_out = 0

    async def ready(self) -> None:
        """Read the debates that are running or ended unannounced; do nothing the second time."""
        await self._chronicle.load()

    @timely
    async def start(
        self,
        actor: Person,
        guild: str,
        channel: int,
        motion: str,
        form: Format,
        *,
        identity: str | None = None,
        pack: str | None = None,
    ) -> Held:
        """Open a debate on a pack (None: the default) in a channel, and begin its first phase; None draws its id.

        Raises UserError when refused.
        """
        matter = self.about(pack)
        # The pack may have changed since it was planned.
        check_fits(form, len(matter.sides), matter.formats)
        live = await self._chronicle.begin(
            actor, guild, channel, matter.pack.id, lambda person: Start(person, motion, form, matter.sides), identity
        )
        return live.held()

    def about(self, pack: str | None = None) -> Matter:
        """Return what can be debated on a pack, on the default for None. Raises AwayError."""
        return self._matters[self._library.default.id if pack is None else self._library.pack(pack).id]

    def format(self, identity: str, pack: str | None = None) -> Format:
        """Return a format of a pack. Raises UserError for an unknown one, and one that does not fit."""
        matter = self.about(pack)
        form = matter.known.get(identity)
        if form is None:
            raise UserError("There is no format {name}{hint}", name=quoted(identity), hint=hint(identity, matter.known))
        check_fits(form, len(matter.sides), matter.formats)
        return form.among(len(matter.sides))

    async def settle(self, debate: str, *, thread: int | None = None, panel: int | None = None) -> Held:
        """Note where a debate is shown; None leaves what is there. A new thread has no panel yet."""
        live = self._chronicle.known(debate)
        await self._chronicle.settle(live, thread, panel)
        return live.held()

    @timely
    async def act(self, debate: str, actor: Person, make: Callable[[Person], Command]) -> Held:
        """Carry out the command that `make` makes for the person under their code. Raises UserError when refused."""
        live = self._chronicle.known(debate)
        await self._chronicle.do(live, actor, make)
        return live.held()

    async def point(self, debate: str, actor: Person, text: str) -> Held:
        """Make a point, with the best quotes for and against it. Raises UserError when refused."""
        live = self._chronicle.known(debate)
        # What would be refused need not be searched for.
        self._try(live, actor, lambda person: MakePoint(person, text, ()))
        shelf = self._library.shelf(live.pack)
        excluded = of_pack(await self._settings.excluded(live.venue.guild), live.pack)
        async with self._search:
            found = await asyncio.to_thread(shelf.retriever.stance, sound(text).strip())
        found = stance_without(found, excluded)

        def make(person: Person) -> MakePoint:
            state = live.state
            return MakePoint(person, text, beside_point(shelf.pack, found, state.side_ids, state.seats.get(person.id)))

        return await self.act(debate, actor, make)

    async def votes_of(self, held: Held, person: str) -> Mapping[Round, Choice]:
        """Return how somebody (by pseudonym) voted so far in a debate whose last ballot is not closed."""
        job = partial(store.votes_of, debate=held.id, person=person, sides=held.state.side_ids)
        return await read(self._chronicle.log, job)

    async def evidence(self, debate: str, actor: Person, side: str, query: str) -> Held:
        """Show everyone a side's best quote on a topic. Raises UserError when refused."""
        live = self._chronicle.known(debate)
        self._try(live, actor, lambda person: ShowEvidence(person, query, Evidence(side, None)))
        shelf = self._library.shelf(live.pack)
        excluded = of_pack(await self._settings.excluded(live.venue.guild), live.pack)
        async with self._search:
            found = await asyncio.to_thread(shelf.retriever.find, sound(query).strip())
        evidence = evidence_on(shelf.pack, findings_without(found, excluded), side)
        return await self.act(debate, actor, lambda person: ShowEvidence(person, query, evidence))

    def now_ms(self) -> int:
        """Return the moment by the clock of debates: setting the machine's does not change it."""
        return self._chronicle.now_ms()

    def get(self, debate: str) -> Held | None:
        """Return a debate that is running or ended unannounced; None for any other."""
        live = self._chronicle.live.get(debate)
        return None if live is None else live.held()

    def live(self) -> tuple[Held, ...]:
        """Return the debates that are running or ended unannounced, oldest first."""
        return tuple(live.held() for live in self._chronicle.live.values())

    def guild_of(self, debate: str) -> str | None:
        """Return the guild of a debate that `get` returns; None for any other."""
        live = self._chronicle.live.get(debate)
        return None if live is None else live.venue.guild

    def in_thread(self, thread: int) -> Held | None:
        """Return the debate shown in a thread: the latest, where several share a channel."""
        return next((held for held in reversed(self.live()) if held.venue.thread == thread), None)

    def in_guild(self, guild: str) -> tuple[Held, ...]:
        """Return those of `live` in a guild."""
        return tuple(held for held in self.live() if held.venue.guild == guild)

    async def untold(self) -> Untold:
        """Return the next event to announce, waiting for one.

        A debate's next event comes only after this one is `told`; other debates do not wait for it.
        """
        while True:
            waiting = [
                (live.turn, live, untold)
                for live in self._chronicle.live.values()
                if live.out is None and (untold := live.untold()) is not None
            ]
            if waiting:
                _, live, untold = min(waiting, key=lambda one: one[0])
                self._handed_out += 1
                live.out, live.turn = untold.number, self._handed_out
                return untold
            await self._waking.rest(None)

    async def told(self, debate: str, number: int, *, said: bool = True) -> None:
        """Note that everything up to an event was announced, on the disk too. Raises UserError when it cannot be.

        Where nothing was `said`, the disk need not know: after a crash the event is handed out again.
        """
        live = self._chronicle.live.get(debate)
        if live is None:
            return
        if said or live.ends_with(number):
            await self._chronicle.mark_told(live, number)
        live.tell(number)
        if live.finished:
            self._chronicle.live.pop(debate, None)
        self._waking.wake()

    async def run(self) -> None:
        """Ring the bells of all debates on time, until cancelled."""
        while True:
            now_ms = self._chronicle.now_ms()
            moments = [
                (moment, live)
                for live in self._chronicle.live.values()
                if (moment := live.next_look_ms(now_ms)) is not None
            ]
            due = [live for moment, live in moments if moment <= now_ms]
            if due:
                await asyncio.gather(*map(self._ring, due))
            else:
                next_ms = min((moment for moment, _ in moments), default=None)
                # Not all at once: the time a machine slept does not count as waited.
                await self._waking.rest(None if next_ms is None else min((next_ms - now_ms) / 1000, _LOOK_S))

    async def events(self, debate: str, guild: str) -> tuple[Event, ...]:
        """Return all events of a debate, even one long over. Raises UserError for one of another guild."""
        return (await self.kept(debate, guild))[1]

    async def kept(self, debate: str, guild: str) -> tuple[Pack, tuple[Event, ...]]:
        """Return the pack of a debate, an empty one where that is away, and all its events (UserError: another's)."""
        kept = await read(self._chronicle.log, partial(store.one, debate=debate))
        if kept is None or kept.guild != guild:
            raise UserError("There is no such debate here: choose one from the list.")
        return self._library.held(kept.pack), tuple(event for _, event in kept.events)

    @timely
    async def note(self, person: str, guild: str, motion: str, done: Done, what: str = "") -> None:
        """Note in the guild's audit what a moderator did without changing the debate."""
        job = partial(
            auditing.note,
            guild=guild,
            person=person,
            action=store.ACTION,
            subject=line_of(motion, done, what),
            now=self._chronicle.now_utc(),
        )
        await write(self._chronicle.log, job)

    async def recent(self, guild: str, limit: int) -> tuple[DebateHead, ...]:
        """Return the latest debates of a guild, newest first."""
        return await read(self._chronicle.log, partial(store.recent, limit=limit, guild=guild))

    async def reread(self) -> None:
        """Read the debates anew, after rows of people or guilds were deleted."""
        await self._chronicle.reread()

    async def take_over(self) -> None:
        """Read the debates that are this process's business by now."""
        await self._chronicle.take_over()

    async def _ring(self, live: LiveDebate) -> None:
        """Ring the bells that are due; where that cannot be written, later."""
        try:
            await self._chronicle.do(live, None, lambda _: Tick())
        except DilemmaError as error:
            logger(__name__).warning("bells not rung", debate=live.id, reason=str(error))
        except Exception as error:  # noqa: BLE001 - other debates need their bells
            log_fault(error)
        else:
            return
        live.rest_until_ms = self._chronicle.now_ms() + _LATER_MS

    def _try(self, live: LiveDebate, actor: Person, make: Callable[[Person], Command]) -> None:
        """Raise UserError when a command would be refused."""
        decide(live.state, make(self._chronicle.person(live, actor)), self._chronicle.now_ms())
