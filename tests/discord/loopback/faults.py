"""Faults on demand: what a test orders to go wrong with the next requests to an endpoint.

It must not know what the endpoints do.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.loopback.wire import DiscordError, json_answer

if TYPE_CHECKING:
    from aiohttp import web

    from tests.discord.loopback.endpoints import Endpoint

ALWAYS = 10**9
"""As `times`: until the faults are cleared."""


@dataclass(slots=True)
class Fault:
    """One order: it befalls the next `times` requests to the endpoint (None: to any).

    `answer_status` with `code` or `retry_after_s` says what is answered. With `processed` the request is carried out
    first, and only its answer is lost: replaced by that status, or by a dropped connection without one; with `delay_s`
    it comes that much later.
    """

    endpoint: Endpoint | None
    times: int = 1
    answer_status: int | None = None
    code: int = 0
    retry_after_s: float | None = None
    is_global: bool = False
    has_via: bool = True
    delay_s: float = 0.0
    gate: asyncio.Event | None = None
    processed: bool = False
    met: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first request has met it."""

    def release(self) -> None:
        """Let go the requests that are held."""
        if self.gate is not None:
            self.gate.set()
        self.times = 0

    @property
    def lets_through(self) -> bool:
        """Whether the request is carried out in spite of it."""
        return self.processed or self.is_delay

    @property
    def is_delay(self) -> bool:
        """Whether it only makes people wait."""
        return self.delay_s > 0 or self.gate is not None

    def answer(self) -> web.Response | None:
        """Give the faulty answer; None means that the connection is dropped."""
        if self.answer_status is None:
            return None
        if self.retry_after_s is not None:
            body = {"message": "You are being rate limited.", "retry_after": self.retry_after_s}
            headers = {"Via": "1.1 google"} if self.has_via else {"Retry-After": str(self.retry_after_s)}
            if self.is_global:
                headers["X-RateLimit-Global"] = "true"
            return json_answer({**body, "global": self.is_global}, self.answer_status, headers)
        if self.code:
            return DiscordError(self.code, self.answer_status).answer()
        return json_answer({"message": f"{self.answer_status}: Server Error", "code": 0}, self.answer_status)


@dataclass(slots=True)
class Faults:
    """The orders of a test. Each method gives the fault, whose `met` counts the requests that met it."""

    orders: list[Fault] = field(default_factory=list)

    def too_many_requests(
        self,
        endpoint: Endpoint | None,
        retry_after_s: float = 0.0,
        times: int = 1,
        *,
        is_global: bool = False,
        has_via: bool = True,
    ) -> Fault:
        """Answer 429; without the Via header discord.py takes it for a ban of the address."""
        fault = Fault(endpoint, times, 429, retry_after_s=retry_after_s, is_global=is_global, has_via=has_via)
        return self._order(fault)

    def server_error(self, endpoint: Endpoint | None, status: int = 503, times: int = 1) -> Fault:
        """Answer 500, 502, 503 or 504 and do nothing else."""
        return self._order(Fault(endpoint, times, status))

    def refuse(self, endpoint: Endpoint | None, code: int, times: int = 1) -> Fault:
        """Refuse with one of Discord's codes, e.g. 50001, 50013, 50083, 10062."""
        return self._order(Fault(endpoint, times, DiscordError(code).status, code=code))

    def lose_answer(self, endpoint: Endpoint | None, times: int = 1, *, status: int | None = None) -> Fault:
        """Carry out the request and lose its answer: the connection drops, or a proxy answers e.g. 502."""
        return self._order(Fault(endpoint, times, status, processed=True))

    def drop(self, endpoint: Endpoint | None, times: int = 1) -> Fault:
        """Drop the connection without carrying out the request."""
        return self._order(Fault(endpoint, times))

    def slow(self, endpoint: Endpoint | None, delay_s: float, times: int = 1) -> Fault:
        """Carry out the request, but only after a while."""
        return self._order(Fault(endpoint, times, delay_s=delay_s))

    def answer_late(self, endpoint: Endpoint | None, delay_s: float, times: int = 1) -> Fault:
        """Carry out the request at once, and answer only after a while."""
        return self._order(Fault(endpoint, times, delay_s=delay_s, processed=True))

    def hold(self, endpoint: Endpoint | None, times: int = ALWAYS) -> Fault:
        """Carry out the requests only after `release()` of the fault; `await fault.arrived.wait()` for the first."""
        return self._order(Fault(endpoint, times, gate=asyncio.Event()))

    def clear(self) -> None:
        """Take back all orders, and let go what is held."""
        for fault in self.orders:
            fault.release()
        self.orders.clear()

    def _order(self, fault: Fault) -> Fault:
        self.orders.append(fault)
        return fault

    async def meet(self, endpoint: Endpoint) -> Fault | None:
        """Wait where a delay is ordered, and give the first order that changes the answer, counting it off."""
        for fault in list(self.orders):
            if fault.times <= 0 or fault.endpoint not in {None, endpoint}:
                continue
            fault.times -= 1
            fault.met += 1
            fault.arrived.set()
            if fault.processed or not fault.is_delay:
                return fault
            await asyncio.sleep(fault.delay_s)
            if fault.gate is not None:
                await fault.gate.wait()
        return None
