"""A visit: who is let in, how Discord hears of it, and what is left when it ends in a refusal."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.process.feature import Parts
from bot.process.limits import Busy, Limits
from bot.process.pending import Pending
from bot.values.asker import Asker, pseudonym
from bot.values.promise import Promise
from bot.wire import visit as visiting
from bot.wire.services import Services
from bot.wire.visit import Cost, visit
from knowledge.errors import UserError
from tests.discord.answering_bot import HeldServing
from tests.process.clocks import MovedClock

if TYPE_CHECKING:
    from collections.abc import Mapping


KEY = "key"


class Wire:
    """Stands for what is sent to Discord: keeps it, in its order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take its place."""
        self.sent: list[object] = []
        for name in ("acknowledge", "deliver", "put_in_place", "withdraw"):
            monkeypatch.setattr(visiting, name, getattr(self, name))

    async def acknowledge(self, _interaction: object, *, private: bool, changing: bool) -> None:
        """Note how."""
        self.sent.append("changing" if changing else "private" if private else "public")

    async def deliver(self, _interaction: object, payload: Mapping[str, Any]) -> int:
        """Note what."""
        self.sent.append(payload["content"])
        return 7

    async def put_in_place(self, _interaction: object, payload: Mapping[str, Any]) -> None:
        """Note what, and that it is no new message."""
        self.sent.append(("changed", payload["content"]))

    async def withdraw(self, _interaction: object) -> None:
        """Note it."""
        self.sent.append("withdrawn")


class Noted(Pending):
    """Keeps what is noted, and what was dropped."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.promised: list[Promise] = []
        self.dropped: list[int] = []

    async def note(self, promise: Promise) -> None:
        """Keep it."""
        self.promised.append(promise)

    def drop(self, interaction: int) -> None:
        """Keep its id."""
        self.dropped.append(interaction)


def noted(asked: Any) -> Noted:  # noqa: ANN401 - it stands for Discord's
    """Give what is noted of an interaction."""
    return cast("Noted", asked.client.services.serving.pending)


def interaction(limits: Limits | None = None, guild: int | None = 5) -> Any:  # noqa: ANN401 - it stands for Discord's
    """Make one, of the person 7 in the channel 1."""
    clock = MovedClock()
    serving: Any = HeldServing(Parts(cast("Any", None), clock, ExitStack()))
    serving.parts.add(Pending, Noted())
    services = Services(serving, limits or Limits(clock), clock, cast("Any", None), b"secret")
    return SimpleNamespace(
        id=11,
        token=KEY,
        locale="de",
        data={"options": [{"type": 1, "options": [{"type": 3, "value": "why, <@5>?"}, {"type": 4, "value": 2}]}]},
        client=SimpleNamespace(services=services),
        guild_id=guild,
        is_guild_integration=lambda: guild is not None,
        user=SimpleNamespace(id=7),
        channel_id=1,
    )


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Put a stand-in in the place of Discord."""
    return Wire(monkeypatch)


async def test_an_answer_is_a_new_message_or_another_form_of_the_old_one(wire: Wire) -> None:
    """Its id is known only of a new one."""
    async with visit(interaction()) as here:
        assert here.asker == Asker(pseudonym(b"secret", "5", "7"), "5/1")
        assert (here.person, here.guild) == (here.asker.person, "5")
        assert await here.show({"content": "new"}) == 7
    async with visit(interaction(guild=None), changing=True) as here:
        assert here.guild == "dm"
        assert await here.show({"content": "other"}) is None
    async with visit(interaction(), form=True):
        pass
    assert wire.sent == ["private", "new", "changing", ("changed", "other")]


@pytest.mark.parametrize(
    ("how", "left"),
    [
        ({"private": False}, ["public", "withdrawn"]),
        ({}, ["private"]),
        ({"changing": True}, ["changing"]),
        ({"private": False, "form": True}, []),
    ],
)
async def test_a_refusal_leaves_nothing_for_everybody_to_see(how: dict[str, bool], left: list[str], wire: Wire) -> None:
    """What says "thinking…" to the person alone is filled with the refusal instead."""
    with pytest.raises(UserError, match="no"):
        async with visit(interaction(), Cost.PRESS, **how):
            raise UserError("no")
    assert wire.sent == left


async def test_what_was_shown_already_stays(wire: Wire) -> None:
    """A refusal that comes after it is of something else."""

    async def refused() -> None:
        async with visit(interaction(), private=False) as here:
            await here.say("shown")
            raise UserError("no")

    with pytest.raises(UserError, match="no"):
        await refused()
    assert wire.sent == ["public", "shown"]


async def test_who_asks_too_much_is_not_let_in(wire: Wire) -> None:
    """Five questions at once, of the person's own too; presses are counted by themselves; all are waited for."""
    limits = Limits(MovedClock())
    for cost in (Cost.QUESTION, Cost.OWN, Cost.QUESTION, Cost.OWN, Cost.QUESTION):
        async with visit(interaction(limits), cost):
            assert limits.under_way == 1
    for cost in (Cost.QUESTION, Cost.OWN):
        with pytest.raises(Busy):
            async with visit(interaction(limits), cost):
                pass
    async with visit(interaction(limits)):
        assert limits.under_way == 1
    assert wire.sent == ["private"] * 6


async def test_a_promised_answer_is_noted_until_it_is_out(wire: Wire) -> None:
    """With what answers it, and what was typed; one that is cut short stays."""
    asked = interaction()
    asked.client.services.serving.gate.set()
    async with visit(asked) as here:
        await asyncio.sleep(0)
        (promise,) = noted(asked).promised
        assert promise == Promise(11, KEY, "5", here.person, "de", "why, @…?", "2026-01-01T12:00:00+00:00")
        assert KEY not in repr(promise)
        assert noted(asked).dropped == []
    assert noted(asked).dropped == [11]
    for error, dropped in ((UserError("no"), [11, 11]), (asyncio.CancelledError(), [11, 11])):
        with pytest.raises(type(error)):
            async with visit(asked):
                raise error
        assert noted(asked).dropped == dropped


async def test_nothing_is_noted_where_nothing_would_be_left_waiting(wire: Wire) -> None:
    """Nor where people ask what is kept of them."""
    asked = interaction()
    asked.client.services.serving.gate.set()
    for how in ({"form": True}, {"changing": True}, {"cost": Cost.OWN}):
        async with visit(asked, **cast("Any", how)):
            await asyncio.sleep(0)
    assert (noted(asked).promised, noted(asked).dropped) == ([], [])
