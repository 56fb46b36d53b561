"""Debates planned ahead, on Discord: sign-up, a reminder, one press that opens them, and the server's own event."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.debate.service.plans import Plans
from bot.wire import announcer as refresher
from tests.discord.debating import MOTION, MovedClock, a_hall, debating
from tests.discord.loopback import Permission

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.debating import Debating, Hall
    from tests.discord.loopback import Loopback, Message

MINUTE_S = 60
DAY_S = 24 * 60 * MINUTE_S
ZONE = "Europe/Berlin"


@pytest.fixture
def hall(pointed: Loopback, monkeypatch: pytest.MonkeyPatch) -> Hall:
    """Give a server, where cards follow at once."""
    monkeypatch.setattr(refresher, "PAUSE_S", 0.0)
    return a_hall(pointed)


def evening(clock: MovedClock, **changed: str) -> dict[str, str]:
    """Give what is typed for a debate in a day, to the minute."""
    local = (clock.now_utc() + timedelta(days=1)).astimezone(ZoneInfo(ZONE))
    options = {"motion": MOTION, "format": "lincoln-douglas", "zone": ZONE, "reminder": "30 min"}
    return {**options, "day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", **changed}


async def card_of(hall: Hall) -> Message:
    """Wait for the card in the channel."""
    (card,) = await hall.loopback.until(lambda: hall.loopback.world.from_bot(hall.general)[:1], "a card")
    return card


async def shows(hall: Hall, card: Message, text: str) -> None:
    """Wait until a card shows something."""
    await hall.loopback.until(lambda: text in card.text, f"{text!r} on the card")


async def signed_up(club: Debating, card: Message) -> None:
    """Let people sign up, change their minds, and find a side full."""
    hall, (anna, bert, carl) = club.hall, club.hall.people
    assert (await club.pressed(anna, card, "Sign up: The film")).text == "You are signed up: The film."
    await shows(hall, card, "**The film** (1/1): Member 1")
    assert card.button("Sign up: The film")["disabled"]
    assert (await club.pressed(bert, card, "Sign up: Facebook")).is_ephemeral
    await shows(hall, card, "**Facebook** (1/1): Member 2")
    assert (await club.pressed(bert, card, "Leave")).text == "You are not signed up any more."
    await shows(hall, card, "**Facebook** (0/1): –")
    await club.pressed(carl, card, "Sign up: Facebook")
    await shows(hall, card, "**Facebook** (1/1): Member 3")
    assert "moderator" in (await club.pressed(bert, card, "Open the debate")).text


async def test_an_evening_is_planned_signed_up_for_reminded_of_and_opened_with_one_press(
    hall: Hall, tmp_path: Path
) -> None:
    """Over restarts; without the permission no event of the server is tried."""
    clock = MovedClock()
    chief, general = hall.chief, hall.general
    async with debating(hall, tmp_path, clock) as club:
        wrongs: tuple[tuple[dict[str, str], str], ...] = (
            ({"day": "2020-01-01"}, "has already passed in Europe/Berlin"),
            ({"day": "soon"}, 'There is no day "soon"'),
            ({"day": "2999-01-01"}, "too far ahead"),
            ({"zone": "CET"}, "does not say when clocks change"),
            ({"time": "late"}, "There is no time"),
            ({"reminder": "soon"}, "is not a length of time"),
        )
        for wrong, said in wrongs:
            assert said in (await club.used(chief, general, "debate plan", **evening(clock, **wrong))).text
        planned = await club.used(chief, general, "debate plan", **evening(clock))
        (plan,) = club.bot.parts.get(Plans).in_guild(str(hall.guild.id))
        at = int(plan.starts_utc.timestamp())
        assert planned.text == f"The debate is planned for <t:{at}:F>. People sign up in this channel."
        card = await card_of(hall)
        await shows(hall, card, f"Lincoln-Douglas debate, 38 min\nBegins <t:{at}:F> (<t:{at}:R>)")
        await signed_up(club, card)
    clock.move(DAY_S - 31 * MINUTE_S)
    async with debating(hall, tmp_path, clock) as club:
        listed = await club.used(chief, general, "debate plans")
        assert f"1. <t:{at}:F> · {MOTION} · 2 have signed up · https://discord.com/channels/" in listed.text
        assert len(hall.loopback.world.from_bot(general)) == 1
        clock.move(2 * MINUTE_S)
        reminder = await hall.loopback.until(lambda: hall.loopback.world.from_bot(general)[1:2], "a reminder")
        assert f"⏰ The debate begins <t:{at}:R>: {MOTION}" in reminder[0].text
        assert "**The film** (1/1): Member 1" in reminder[0].text
    clock.move(29 * MINUTE_S)
    async with debating(hall, tmp_path, clock) as club:
        opened = await club.pressed(chief, reminder[0], "Open the debate")
        assert opened.text == f"The debate has started: <#{club.held.venue.thread}>"
        state, codes = club.held.state, club.held.codes
        assert {state.names[code]: state.seats.get(code) for code in codes.values()} == {
            "Chief": None,
            "Member 1": "film",
            "Member 3": "facebook",
        }
        await shows(hall, card, opened.text)
        assert card.buttons == []
        assert (await club.pressed(chief, reminder[0], "Open the debate")).text.startswith("This plan is over")
        assert (await club.used(chief, general, "debate plans")).text.startswith("No debates are planned here.")
    assert sum("⏰" in message.text for message in hall.loopback.world.from_bot(general)) == 1
    assert hall.guild.events == {}


async def test_the_server_gets_an_event_where_the_bot_may_make_one(hall: Hall, tmp_path: Path) -> None:
    """It goes when the plan is cancelled; a debate that nobody opens is over after a day."""
    hall.guild.everyone.permissions |= Permission.CREATE_EVENTS
    clock, chief, general = MovedClock(), hall.chief, hall.general
    async with debating(hall, tmp_path, clock) as club:
        await club.used(chief, general, "debate plan", **evening(clock))
        card = await card_of(hall)
        (event,) = await hall.loopback.until(lambda: list(hall.guild.events.values()), "an event")
        (plan,) = club.bot.parts.get(Plans).in_guild(str(hall.guild.id))
        assert (event["name"], event["scheduled_start_time"]) == (MOTION, plan.starts_utc.isoformat())
        assert event["scheduled_end_time"] == (plan.starts_utc + timedelta(minutes=38)).isoformat()
        assert event["entity_metadata"]["location"].endswith(f"/{hall.guild.id}/{general.id}/{card.id}")
        # The program died before it could note which one it had made.
        await club.bot.parts.get(Plans).note(plan.id, event=0)
        await hall.loopback.until(
            lambda: club.bot.parts.get(Plans).get(plan.id, plan.guild).event == int(event["id"]), "it to be found again"
        )
        await club.pressed(hall.people[0], card, "Sign up: The film")
        await shows(hall, card, "**The film** (1/1): Member 1")
        asked = await club.used(hall.people[0], general, "privacy delete")
        await club.pressed(hall.people[0], asked, "Delete everything")
        await shows(hall, card, "**The film** (0/1): ")
        listed = await club.used(chief, general, "debate plans")
        asked = await club.pressed(chief, listed, "Cancel 1")
        assert (await club.pressed(chief, asked, "Cancel the plan")).text == "Done: the plan is cancelled."
        await shows(hall, card, "This debate is cancelled.")
        await hall.loopback.until(lambda: not hall.guild.events, "the event to go")
        assert card.buttons == []
        assert (await club.pressed(chief, listed, "Open 1")).text.startswith("This plan is over")
        await club.used(chief, general, "debate plan", **evening(clock, motion="Another claim", format="class"))
        other = await hall.loopback.until(lambda: hall.loopback.world.from_bot(general)[1:2], "a card")
        await shows(hall, other[0], "**The film** (0): ")
        await hall.loopback.until(lambda: hall.guild.events, "what was shown to be noted")
    clock.move(2 * DAY_S + MINUTE_S)
    async with debating(hall, tmp_path, clock) as club:
        await shows(hall, other[0], "This debate was not opened.")
        # Nobody is reminded of what is past.
        assert len(hall.loopback.world.from_bot(general)) == 2
