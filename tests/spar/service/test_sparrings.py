"""Sparrings in memory, beside a log that takes its time."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from bot.answer.rules.sparring import Exchange, Move, Sparring, begun
from bot.spar.service.sparrings import Sparrings
from bot.values.asker import Asker
from tests.debate.service.held_debates import open_log
from tests.process.clocks import MovedClock
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from bot.log.log import ConversationLog

ANN = Asker("ann", "1/5")
THREAD = 9


class SlowLog:
    """A log in which whoever reads waits for `goes_on` with what was read; `held` says that somebody does."""

    def __init__(self, log: ConversationLog) -> None:
        self._log = log
        self.held, self.goes_on = threading.Event(), threading.Event()

    def read(self, job: Any) -> object:  # noqa: ANN401 - as the log has it
        found = self._log.read(job)
        self.held.set()
        assert self.goes_on.wait(60)
        return found

    def write(self, job: Any) -> Future[Any]:  # noqa: ANN401 - as above
        return self._log.write(job)


class Thinking:
    """Replies to everything with a claim that was made, once it may."""

    def __init__(self) -> None:
        self.asked, self.may = asyncio.Event(), asyncio.Event()

    def sparring(self, side: str, _pack: str) -> Sparring:
        return begun(pack(), side)

    async def spar(self, _place: Asker, state: Sparring, text: str, **_: object) -> tuple[None, Sparring]:
        self.asked.set()
        await self.may.wait()
        return None, replace(state, turns=(*state.turns, Exchange(text, Move.CLAIM, state.held)))


async def test_what_is_read_anew_is_never_older_than_what_was_kept(path: Path) -> None:
    """Neither by a disk that is slow, nor by a turn that takes long: the next turn would be taken for a question."""
    log = open_log(path)
    slow, thinking = SlowLog(log), Thinking()
    slow.goes_on.set()
    sparrings = Sparrings(cast("ConversationLog", slow), cast("Any", thinking), clock=MovedClock())
    await sparrings.ready()
    held = await sparrings.begin(ANN, 5, "film", pack())

    slow.goes_on.clear()
    slow.held.clear()
    rereading = asyncio.create_task(sparrings.reread())
    holding = asyncio.create_task(asyncio.to_thread(slow.held.wait))
    await asyncio.wait({rereading, holding}, return_when=asyncio.FIRST_COMPLETED)
    settling = asyncio.create_task(sparrings.settle(held, THREAD))
    await settling
    slow.goes_on.set()
    await rereading
    slow.held.set()
    await holding
    assert sparrings.of(ANN.person, THREAD) == replace(held, channel=THREAD)

    turn = asyncio.create_task(sparrings.turn(held.id, ANN.person, "no", excluded=()))
    await thinking.asked.wait()
    settling = asyncio.create_task(sparrings.settle(held, THREAD + 1))
    await asyncio.sleep(0)
    thinking.may.set()
    await asyncio.gather(turn, settling)
    for kept in (sparrings, Sparrings(log, cast("Any", SimpleNamespace()), clock=MovedClock())):
        await kept.ready()
        found = kept.of(ANN.person, THREAD + 1)
        assert found is not None
        assert [exchange.user for exchange in found.state.turns] == ["no"]
    log.close()
