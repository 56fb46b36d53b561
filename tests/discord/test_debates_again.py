"""Debates on Discord over the ends of the program: every clock, button, vote and message is where it was."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.wire import announcer as refresher
from tests.discord.debating import MovedClock, a_hall, debating, texts
from tests.discord.loopback.endpoints import SEND

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.debating import Hall
    from tests.discord.loopback import Channel, Loopback

MINUTE_S = 60


@pytest.fixture(autouse=True)
def _panels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let panels follow at once."""
    monkeypatch.setattr(refresher, "PAUSE_S", 0.0)


@pytest.fixture
def hall(pointed: Loopback) -> Hall:
    """Give a server."""
    return a_hall(pointed)


def forget_nonces(hall: Hall, thread: Channel) -> None:
    """Do as Discord does, which knows them for some minutes only."""
    for message in hall.loopback.world.from_bot(thread):
        message.nonce = None


async def test_in_every_phase_the_program_can_end_and_every_bell_rings_once(hall: Hall, tmp_path: Path) -> None:
    """Those of the time in which nobody was there say how late they are; buttons go on working."""
    clock = MovedClock()
    async with debating(hall, tmp_path, clock) as club:
        thread = await club.started()
        phases = club.held.state.format.phases
    for place, phase in enumerate(phases):
        clock.move(phase.minutes * MINUTE_S + 12 * MINUTE_S)
        async with debating(hall, tmp_path, clock) as club:
            late = await club.told(thread, f"🔔 Time: {phase.name}. A moderator moves on with “Next”. (12 min late")
            assert late.content.endswith(": I was away)")
            await club.shows(thread, "Time ran out")
            leading = await club.pressed(hall.chief, await club.panel(thread), "Moderator")
            await club.pressed(hall.chief, leading, "Next")
            await club.told(thread, f"Phase {place + 2} of 10" if place + 1 < len(phases) else "This debate is over.")
    bells = [text for text in texts(hall.loopback, thread) if "🔔" in text]
    expected = [3 if phase.minutes > 2 else 2 for phase in phases]
    assert len(bells) == sum(expected)
    assert len({bell.split("(")[0] for bell in bells}) == len(bells)


@pytest.mark.parametrize("arrives", [True, False], ids=["the message came through", "it did not"])
@pytest.mark.parametrize("deed", ["next", "pause", "extend", "end"])
async def test_between_an_event_and_its_message_the_program_can_end(
    hall: Hall, tmp_path: Path, deed: str, *, arrives: bool
) -> None:
    """The event is told once: neither lost nor doubled, though Discord has forgotten the nonce."""
    clock = MovedClock()
    told = {"next": "Phase 2 of 10", "pause": "⏸️ Paused", "extend": "⏱️ 5 min more", "end": "This debate is over."}[deed]
    async with debating(hall, tmp_path, clock) as club:
        thread = await club.started()
        await club.told(thread, "Phase 1 of 10")
        panel = await club.panel(thread)
        held = hall.loopback.faults.hold(SEND) if arrives else hall.loopback.faults.drop(SEND, times=99)
        before = len(texts(hall.loopback, thread))
        options = {"time": "5"} if deed == "extend" else {}
        await club.used(hall.chief, thread, f"debate {deed}", **options)
        await held.arrived.wait()
    held.release()
    hall.loopback.faults.clear()
    if arrives:
        # Of an end, the result comes first.
        await hall.loopback.until(lambda: len(texts(hall.loopback, thread)) > before, told)
    forget_nonces(hall, thread)
    clock.move(30 * MINUTE_S)
    async with debating(hall, tmp_path, clock) as club:
        await club.told(thread, told)
        if deed == "end":
            await hall.loopback.until(lambda: "This debate is over." in panel.text, "the end on the panel")
            assert panel.buttons == []
        else:
            await club.used(hall.chief, thread, "debate extend", time="1")
            await club.told(thread, "⏱️ 1 min more")
    assert sum(told in text for text in texts(hall.loopback, thread)) == 1


@pytest.mark.parametrize("sends", [0, 1, 2], ids=["before anything", "before the panel", "before the phase"])
async def test_a_debate_that_was_just_started_is_shown_after_a_restart(hall: Hall, tmp_path: Path, sends: int) -> None:
    """In one thread with one panel, whatever there was of it."""
    clock = MovedClock()
    async with debating(hall, tmp_path, clock) as club:
        passing = hall.loopback.faults.slow(SEND, 0.001, times=sends)
        sent = await hall.loopback.slash(
            hall.chief, hall.general, "debate start", motion="Cats are better", format="quick"
        )
        await hall.loopback.until(lambda: passing.met == sends, "what is let through")
        stuck = hall.loopback.faults.hold(SEND)
        await asyncio.wait({asyncio.ensure_future(stuck.arrived.wait())}, timeout=5)
        assert sent.acknowledged_after_s is not None
    stuck.release()
    hall.loopback.faults.clear()
    async with debating(hall, tmp_path, clock) as club:
        (thread,) = await hall.loopback.until(
            lambda: [each for each in hall.guild.channels if each.is_thread], "a thread"
        )
        await club.told(thread, "Phase 1 of")
        panel = await club.panel(thread)
        await club.pressed(hall.people[0], panel, "Watch")
        await club.shows(thread, "watching 1")
    assert len(hall.loopback.world.from_bot(hall.general)) == 1
    assert len(hall.loopback.world.from_bot(thread)) == 2


async def test_votes_and_seats_and_hands_are_where_they_were(hall: Hall, tmp_path: Path) -> None:
    """So is the panel; a form that was open while the program restarted is taken."""
    clock = MovedClock()
    anna, bert, carl = hall.people
    async with debating(hall, tmp_path, clock) as club:
        thread = await club.started()
        panel = await club.panel(thread)
        ballot = await club.pressed(anna, panel, "Vote")
        await club.pressed(anna, ballot, "Facebook")
        await club.pressed(bert, panel, "Join the film")
    async with debating(hall, tmp_path, clock) as club:
        assert "Your vote: **Facebook**" in (await club.pressed(anna, panel, "Vote")).text
        assert "Your vote: **The film**" in (await club.pressed(anna, ballot, "The film")).text
        await club.shows(thread, "Before the debate, 1 person voted")
        await club.went_to(thread, "floor")
        await club.pressed(carl, panel, "Raise hand")
        form = await hall.loopback.press(bert, panel, "Make a point")
        await hall.loopback.acknowledged(form)
    async with debating(hall, tmp_path, clock) as club:
        await hall.loopback.answer(await hall.loopback.submit(form, {"Your point": "Still here"}))
        await club.told(thread, "> Still here")
        await club.shows(thread, "**Hands:** \n1. Member 3")
        await club.shows(thread, "**Joined:** The film 1")


async def test_a_paused_debate_stays_paused(hall: Hall, tmp_path: Path) -> None:
    """However long the program is away; nothing rings."""
    clock = MovedClock()
    async with debating(hall, tmp_path, clock) as club:
        thread = await club.started()
        await club.used(hall.chief, thread, "debate pause")
        await club.told(thread, "⏸️")
        left = (await club.panel(thread)).text
    clock.move(600 * MINUTE_S)
    async with debating(hall, tmp_path, clock) as club:
        await club.used(hall.chief, thread, "debate resume")
        await club.told(thread, "▶️")
    assert not any("🔔" in text for text in texts(hall.loopback, thread))
    assert left


async def test_what_is_said_twice_is_told_twice(hall: Hall, tmp_path: Path) -> None:
    """Though the program ended in between: the second is no message of the first's."""
    clock = MovedClock()
    async with debating(hall, tmp_path, clock) as club:
        thread = await club.started()
        await club.used(hall.chief, thread, "debate pause")
        await club.used(hall.chief, thread, "debate extend", time="5")
        await club.told(thread, "⏱️ 5 min more.")
    async with debating(hall, tmp_path, clock) as club:
        await club.used(hall.chief, thread, "debate extend", time="5")
        await club.told(thread, "⏱️ 5 min more.", times=2)
