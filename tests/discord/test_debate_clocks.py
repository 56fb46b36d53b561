"""Clocks of debates on Discord: half minutes, preparation time, and phases that begin by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.wire import announcer as refresher
from tests.discord.debating import MOTION, MovedClock, a_hall, debating, texts

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.discord.debating import Debating
    from tests.discord.loopback import Channel, Loopback, Message

MINUTE_S = 60


async def test_a_debate_goes_on_by_itself_with_preparation_time_over_restarts(
    pointed: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half minutes are read and shown; what rings late says so; what a side has left stands on the panel."""
    monkeypatch.setattr(refresher, "PAUSE_S", 0.0)
    hall, clock = a_hall(pointed), MovedClock()
    terms: dict[str, str | float | bool] = {
        "motion": MOTION,
        "format": "lincoln-douglas",
        "speech": "1:30",
        "preparation": "90 s",
        "by_itself": True,
    }
    async with debating(hall, tmp_path, clock) as club:
        wrong = await club.used(hall.chief, hall.general, "debate start", **{**terms, "speech": "soon"})
        assert wrong.text == '"soon" is not a length of time: type it such as 3, 1:30 or 90 s.'
        shown = await club.used(hall.chief, hall.general, "debate start", **terms)
        thread = pointed.world.channels[int(shown.text.split("<#")[1].split(">")[0])]
        panel = await club.panel(thread)
        await club.shows(thread, "Phases begin by themselves when time is up.")
        await club.shows(thread, "**Preparation time left:** The film 1:30 · Facebook 1:30")
        assert "Lincoln-Douglas debate, 19:30 min" in pointed.world.from_bot(hall.general)[0].content
        assert panel.button("Preparation")["disabled"]
        clock.move(2 * MINUTE_S)
        await club.told(thread, "🔔 Time: Vote before the debate.")
        await club.told(thread, "Phase 2 of 10: Constructive speech, first side** · 1:30 min, until <t:")
        await prepares(club, panel, thread)
    clock.move(11 * MINUTE_S)
    async with debating(hall, tmp_path, clock) as club:
        await club.told(thread, "🔔 The preparation time of the film is used up. (10 min late: I was away)")
        await club.shows(thread, "**Preparation time left:** The film 0:00 · Facebook 1:30")
        assert club.held.state.phase.id == "constructive-first"
    clock.move(14 * MINUTE_S)
    async with debating(hall, tmp_path, clock) as club:
        await club.told(thread, "🔔 Time: Constructive speech, first side. (12 min late: I was away)")
        await club.told(thread, "Phase 3 of 10: Questions by the second side")
        leading = await club.pressed(hall.chief, await club.panel(thread), "Moderator")
        await club.pressed(hall.chief, leading, "Wait for me")
        await club.told(thread, "▶️ From now on, a moderator begins each phase.")
        assert (await club.used(hall.chief, thread, "debate extend", time="½")).text.startswith("Done: 0:30 min more.")
        clock.move(4 * MINUTE_S)
        await club.told(thread, "🔔 Time: Questions by the second side. A moderator moves on with “Next”.")
        await club.pressed(hall.chief, leading, "Go on by itself")
        await club.told(thread, "Phase 4 of 10")
        pause = await club.used(hall.chief, thread, "debate pause")
        clock.move(60 * MINUTE_S)
        assert "Done: the clock is stopped." in pause.text
        await club.used(hall.chief, thread, "debate resume")
        await club.told(thread, "▶️ Resumed.")
        assert club.held.state.phase.id == "constructive-second"
    bells = [text.split("(")[0] for text in texts(pointed, thread) if "🔔" in text]
    assert len(bells) == len(set(bells))


async def prepares(club: Debating, panel: Message, thread: Channel) -> None:
    """Let a side take its time, by its own button and by the moderator's, once it is its turn."""
    hall, (anna, bert, _) = club.hall, club.hall.people
    assert (await club.pressed(anna, panel, "Preparation")).text.startswith("You need to join a side")
    await club.pressed(anna, panel, "Join the film")
    await club.pressed(bert, panel, "Join Facebook")
    assert "between speeches" in (await club.pressed(bert, panel, "Preparation")).text
    assert (await club.pressed(anna, panel, "Preparation")).text == "Done: the preparation time is running."
    begun = await club.told(
        thread, "⏳ Preparation time for the film, started by Member 1 (The film): 1:30 left, until"
    )
    assert ":T>" in begun.content
    club.clock.move(30)
    leading = await club.pressed(hall.chief, panel, "Moderator")
    assert "**Preparing:** The film, until <t:" in leading.text
    await club.pressed(hall.chief, leading, "End preparation")
    await club.told(thread, "⏳ The preparation of the film is over, with ")
    await club.pressed(hall.chief, leading, "Preparation: The film")
    await club.told(thread, "⏳ Preparation time for the film, started by Chief: ")
