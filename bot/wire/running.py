"""The bot's run, from the first connection to the last answer; and a look at its account.

Each failure either is for a person to mend, and ends the program with a sentence, or passes, and is retried.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.process.charge import Charge, Shared
from bot.process.clock import Clock, listen
from bot.process.feature import Memory, Parts
from bot.process.journal import log_fault, logger
from bot.process.service import NotYetError
from bot.process.sessions import Backoff, Ledger, Uptime
from bot.values.shards import Terms
from bot.wire.client import DilemmaClient, Exports, Shards, invite_link
from bot.wire.ready import ready_at, state_of
from bot.wire.trouble import mistake, passing
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping, Sequence

    from bot.config.sections import DiscordSection
    from bot.wire.services import Services


_PATIENCE_S: Final = 15.0

FEW_SESSIONS: Final = 50


@dataclass(frozen=True, slots=True)
class Account:
    """The bot as Discord knows it; `sessions_left` is how many of the day's `sessions` may still be begun."""

    name: str
    guilds: int
    sessions_left: int
    sessions: int
    invite: str

    def __str__(self) -> str:
        """Return the line that is printed."""
        servers = "1 server" if self.guilds == 1 else f"{self.guilds} servers"
        return f"{self.name}, in {servers}; {self.sessions_left} of {self.sessions} sessions left today"


def look(settings: DiscordSection, token: str) -> Account:
    """Ask Discord about the account, without connecting. Raises UserError for a mistake or an outage."""
    shards_of(settings.shard_count, settings.shard_ids)
    connect_to(settings.api_base, settings.gateway_url)
    logging.getLogger("discord").setLevel(logging.CRITICAL)  # what is worth knowing is said here
    try:
        account = asyncio.run(_asked(token))
    except Exception as error:
        if (wrong := mistake(error)) is not None:
            raise wrong from error
        if (reason := passing(error)) is not None:
            raise UserError(f"Discord cannot be asked ({reason}): check the network, and `api_base`") from error
        raise
    if account.sessions_left < FEW_SESSIONS:
        raise UserError(
            f"only {account.sessions_left} of {account.sessions} sessions are left today, and after the last one "
            "Discord resets the token: find out what disconnects the bot, and start it again tomorrow"
        )
    return account


async def _asked(token: str) -> Account:
    async with asyncio.timeout(_PATIENCE_S), discord.Client(intents=discord.Intents.none()) as client:
        await client.login(token)
        application = await client.application_info()
        _, _, sessions = await client.http.get_bot_gateway()
        return Account(
            str(client.user),
            application.approximate_guild_count,
            sessions["remaining"],
            sessions["total"],
            invite_link(application.id),
        )


def connect_to(api_base: str, gateway_url: str) -> yarl.URL | None:
    """Send every request and connection there, and return the gateway; empty texts leave Discord's (None).

    Call it before a client is made.
    """
    if api_base:
        Route.BASE = api_base
    if not gateway_url:
        return None
    gateway = yarl.URL(gateway_url)
    DiscordWebSocket.DEFAULT_GATEWAY = gateway
    return gateway


WELL: Final = 0
FAILED: Final = 1
TRY_AGAIN: Final = 75
"""EX_TEMPFAIL of sysexits.h: a supervisor should start the program again."""

_DRAIN_S: Final = 2.0
_LEAVE_S: Final = 0.8
_CLOSE_S: Final = 1.0
_REST_S: Final = 0.2
"""Answers under way, the gateway, the log, the rest: together less than the 5 s that a shutdown may take."""

_WATCH_EVERY_S: Final = 0.5
_COME_AGAIN_S: Final = 15.0

_STEADY_S: Final = 60.0
"""A connection that lasted this long was well; a failure after it is the first of its kind."""

NOT_CONNECTED: Final = "not connected to Discord"
LOOP: Final = "event loop"
GIVEN_UP: Final = "too long without a session: a fresh process may help"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: the exit code, what a person must mend (if anything), and whether no thread still runs."""

    code: int
    mistake: UserError | None
    clean: bool


def shards_of(count: int, ids: Sequence[int]) -> Shards:
    """Read the two settings; 0 and nothing leave it to Discord. Raises UserError when they contradict each other."""
    if ids and not count:
        raise UserError("`shard_ids` under [discord] needs `shard_count`, the number of all shards together")
    if wrong := [shard for shard in ids if shard >= count]:
        raise UserError(
            f"`shard_ids` under [discord] names {wrong[0]}, but `shard_count` is {count} and the first shard is 0"
        )
    return Shards(count or None, tuple(sorted(set(ids))) or None)


def serve(services: Services, exports: Iterable[Exports], token: str, ledger: Ledger) -> Ending:
    """Run the bot until SIGTERM or Ctrl-C, or until something ends it."""
    loop = asyncio.new_event_loop()
    try:
        ending = loop.run_until_complete(Runner(services, exports, token, ledger).run())
        if ending.clean:
            loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.run_until_complete(_cancel_what_is_left())
        loop.close()
    return ending


class Runner:
    """One run of the bot."""

    def __init__(self, services: Services, exports: Iterable[Exports], token: str, ledger: Ledger) -> None:
        settings = services.config.discord
        self._services = services
        self._exports = tuple(exports)
        self._token = token
        self._ledger = ledger
        self._shards = shards_of(settings.shard_count, settings.shard_ids)
        self._longest_silence_s = settings.watchdog_s
        self._gateway = connect_to(settings.api_base, settings.gateway_url)
        self._uptime = Uptime(services.clock)
        self._shared: Shared | None = None
        self._joined = asyncio.Event()
        self._backoff = Backoff(random.random)

    async def run(self) -> Ending:
        """Serve until told to stop."""
        logging.getLogger("discord").setLevel(logging.CRITICAL)  # what is worth knowing is said here
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        self._services.serving.begin()
        code, wrong = FAILED, None
        try:
            code = await _first_of(
                self._until(stop),
                self._watch(),
                self._stay_connected(),
                self._share(),
                self._open_what_answers(),
                self._answer_ready(),
                _measure_the_loop(self._services.clock),
            )
        except UserError as error:
            wrong = error
        if self._shared is not None:
            await self._shared.leave()
        try:
            closed = await self._services.serving.close(_CLOSE_S)
        except UserError as error:
            closed, code, wrong = True, FAILED, error
        return Ending(code, wrong, clean=closed and not self._services.limits.under_way)

    async def _until(self, stop: asyncio.Event) -> int:
        """Wait for the signal, then let nobody in any more, and give those who are in the time to be answered."""
        await stop.wait()
        limits = self._services.limits
        logger(__name__).info("stopping", under_way=limits.under_way)
        limits.close(_COME_AGAIN_S)
        try:
            async with asyncio.timeout(_DRAIN_S):
                await limits.idle()
        except TimeoutError:
            logger(__name__).warning("stopped before every answer was ready", under_way=limits.under_way)
        return WELL

    async def _open_what_answers(self) -> int:
        """Wait until questions can be answered, then for ever: only a failure that does not pass ends this."""
        await self._parts()
        return await _never()

    async def _share(self) -> int:
        """Share the shards with other processes, for ever, where there may be others. Raises UserError."""
        parts = await self._parts()
        shared = parts.find(Charge)
        if isinstance(shared, Shared):
            await shared.join(self._terms)
            self._shared = shared
            self._uptime.expect(shared.shards)
            self._joined.set()
            await shared.run(partial(_taken_over, parts))
        self._joined.set()
        return await _never()

    async def _terms(self) -> Terms:
        """Ask Discord, until it answers, into how many shards the servers are split. Raises UserError."""
        while True:
            try:
                async with asyncio.timeout(_PATIENCE_S), discord.Client(intents=discord.Intents.none()) as client:
                    await client.login(self._token)
                    count, _, sessions = await client.http.get_bot_gateway()
                return Terms(count, sessions["max_concurrency"])
            except Exception as error:
                if (wrong := mistake(error)) is not None:
                    raise wrong from error
                if (reason := passing(error)) is None:
                    raise
                logger(__name__).warning(NOT_CONNECTED, reason=reason, next_try_s=self._backoff.next_s())
                await asyncio.sleep(_COME_AGAIN_S)

    async def _parts(self) -> Parts:
        """Wait for the parts: only a failure that does not pass is raised."""
        while True:
            with suppress(NotYetError):
                return await self._services.serving.opened()

    async def _answer_ready(self) -> int:
        """Answer whatever watches the bot, for ever, where the settings name a port (UserError)."""
        port = self._services.config.discord.ready_port
        if port:
            # The library that writes figures is needed nowhere else.
            from bot.wire.metrics import Watched  # noqa: PLC0415

            watched = Watched(self._services, self._uptime, self._ledger.sessions, self._leases)
            async with ready_at(port, lambda: state_of(self._services.serving, self._uptime), watched.text):
                return await _never()
        return await _never()

    def _leases(self) -> Mapping[int, float]:
        return {} if self._shared is None else self._shared.leases()

    async def _watch(self) -> int:
        """Return up when a shard was too long without a session."""
        while True:
            silence_s = self._uptime.silence_s()
            if silence_s > self._longest_silence_s:
                logger(__name__).error(GIVEN_UP, seconds=round(silence_s))
                return TRY_AGAIN
            await asyncio.sleep(_WATCH_EVERY_S)

    async def _stay_connected(self) -> int:
        """Connect again and again. Raises UserError for what people can mend."""
        clock = self._services.clock
        if self._services.config.log.url:
            await self._joined.wait()
        while True:
            began_s = clock.monotonic_s()
            try:
                await self._connect()
                reason: str | None = "Discord closed the connection"
            except Exception as error:
                if (wrong := mistake(error)) is not None:
                    raise wrong from error
                reason = passing(error) or f"something broke inside (id {log_fault(error)})"
            if clock.monotonic_s() - began_s > _STEADY_S:
                self._backoff.reset()
            delay_s = self._backoff.next_s()
            logger(__name__).warning(NOT_CONNECTED, reason=reason, next_try_s=round(delay_s, 1))
            await asyncio.sleep(delay_s)

    async def _connect(self) -> None:
        """Be connected once, until that ends; raises what ended it."""
        self._ledger.check()
        shards, shared, first = self._shards, self._shared, 0
        if shared is not None:
            # The library takes others on later, but must be ready with one.
            first = min(shared.shards or await shared.changed(frozenset()))
            shards = Shards(shared.terms.count, (first,))
        client = DilemmaClient(
            self._services,
            self._exports,
            ledger=self._ledger,
            uptime=self._uptime,
            gateway=self._gateway,
            shards=shards,
            shared=shared,
        )
        running = asyncio.create_task(client.start(self._token))
        ends = {running, client.failed}
        if shared is not None:
            ends.add(asyncio.create_task(_follow(client, shared, first)))
        try:
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            await (client.failed if client.failed.done() else done.pop())
        finally:
            for end in ends - {running, client.failed}:
                end.cancel()
            await _leave(client, running)
            self._uptime.lost()
            if shared is not None:
                await shared.let_go(frozenset(range(shared.terms.count)))


async def _taken_over(parts: Parts) -> None:
    """Have every part read what is this process's business by now. Raises what keeps one from it."""
    for part in parts:
        if isinstance(part, Memory):
            await part.take_over()


async def _follow(client: DilemmaClient, shared: Shared, first: int) -> None:
    """Begin and end sessions as the shards come and go, until even the first goes; a new client begins then."""
    known = frozenset({first})
    await client.wait_until_ready()
    while first in (shards := await shared.changed(known)):
        await client.look_after(shards)
        await shared.let_go(known - shards)
        known = shards


async def _measure_the_loop(clock: Clock) -> int:
    """Write down now and then how long the event loop kept everybody waiting, where anybody reads such messages."""
    said = logger(__name__)
    if not said.isEnabledFor(logging.DEBUG):
        return await _never()
    return await listen(clock, lambda late: said.debug(LOOP, **asdict(late)))


async def _never() -> int:
    never: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    return await never


async def _leave(client: DilemmaClient, running: asyncio.Task[None]) -> None:
    """Say good-bye to Discord, but not for long."""
    client.failed.cancel()
    closing = asyncio.create_task(client.close())
    await asyncio.wait({closing}, timeout=_LEAVE_S)
    for task in (closing, running):
        task.cancel()
    # The library can miss that it is cancelled (asyncio.wait_for of Python 3.11 does), and nobody waits for it here.
    done, _ = await asyncio.wait({closing, running}, timeout=_LEAVE_S)
    for task in done:
        if not task.cancelled():
            task.exception()  # it was told already, by whoever awaited the task


async def _cancel_what_is_left() -> None:
    """End what the library leaves running when it is closed within two seconds of its beginning."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=_REST_S)


async def _first_of(*parts: Coroutine[Any, Any, int]) -> int:
    """Run all of them, and give the result of the first that ends; the others are cancelled."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(task for task in tasks if task.done()).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
