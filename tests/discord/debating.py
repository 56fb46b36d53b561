"""A server where debates are held, with our bot in the test's own process and a clock that the test moves on."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.debate.service.debates import Debates
from tests.discord.answering_bot import answering
from tests.discord.loopback import Permission

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.debate.service.chronicle import Held
    from tests.discord.answering_bot import Bot
    from tests.discord.loopback import Channel, Guild, Interaction, Loopback, Message, User
    from tests.discord.loopback.payloads import Filled

SOON_S: Final = 2.5
MOTION: Final = "Cats make better data scientists"
"""What the scripted search finds something for."""

PANEL: Final = "Moderator"
"""The button that only the panel has."""


class MovedClock:
    """The machine's clock, which a test moves on."""

    def __init__(self) -> None:
        """Begin now."""
        self._ahead_s = 0.0
        self._set_s = 0.0
        self._moved = asyncio.Event()

    def now_utc(self) -> datetime:
        """Give the date and time."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead_s + self._set_s)

    def monotonic_s(self) -> float:
        """Give the seconds of the clock that only grows."""
        return time.monotonic() + self._ahead_s

    async def sleep(self, duration_s: float) -> None:
        """Wait until so much has passed."""
        until_s = self.monotonic_s() + duration_s
        while (left_s := until_s - self.monotonic_s()) > 0:
            moved = self._moved
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await moved.wait()

    def set(self, ahead_s: float) -> None:
        """Set the date and the time, as people do; nothing passes."""
        self._set_s += ahead_s

    def move(self, duration_s: float) -> None:
        """Let so much pass at once."""
        self._ahead_s += duration_s
        self._moved.set()
        self._moved = asyncio.Event()


@dataclass(frozen=True)
class Hall:
    """A server with a channel and a moderator, before the bot is there."""

    loopback: Loopback
    guild: Guild
    general: Channel
    chief: User
    people: tuple[User, ...]


@dataclass(frozen=True)
class Debating:
    """A hall with the bot in it. Each method waits for what people see in the end."""

    hall: Hall
    bot: Bot
    clock: MovedClock

    @property
    def debates(self) -> Debates:
        """What keeps the debates."""
        return self.bot.parts.get(Debates)

    @property
    def held(self) -> Held:
        """The only debate of the server."""
        (held,) = self.debates.in_guild(str(self.hall.guild.id))
        return held

    async def used(self, user: User, channel: Channel, command: str, /, **options: str | float | bool) -> Message:
        """Use a command, see it acknowledged in time, and give the message that comes."""
        return await seen(self.hall.loopback, await self.hall.loopback.slash(user, channel, command, **options))

    async def started(self, form: str = "oxford", motion: str = MOTION) -> Channel:
        """Let the moderator start a debate, and give its thread."""
        shown = await self.used(self.hall.chief, self.hall.general, "debate start", motion=motion, format=form)
        assert shown.is_ephemeral
        thread = self.hall.loopback.world.channels[int(shown.text.split("<#")[1].split(">")[0])]
        await self.panel(thread)
        return thread

    async def panel(self, thread: Channel) -> Message:
        """Wait for a debate's panel."""
        return await panel_in(self.hall.loopback, thread)

    async def pressed(self, user: User, message: Message, button: str) -> Message:
        """Press a button, see it acknowledged in time, and give the message that comes or is changed."""
        await self.ready(message, button)
        return await seen(self.hall.loopback, await self.hall.loopback.press(user, message, button))

    async def ready(self, message: Message, button: str) -> None:
        """Wait until a button can be pressed: a panel follows what happened."""
        look = self.hall.loopback.until
        await look(lambda: not message.button(button).get("disabled"), f"{button!r} to be pressed")

    async def filled(self, user: User, message: Message, button: str, values: dict[str, Filled]) -> Message:
        """Press a button that opens a form, fill it in, and give the message that comes."""
        await self.ready(message, button)
        form = await self.hall.loopback.press(user, message, button)
        assert await self.hall.loopback.acknowledged(form) < SOON_S
        return await seen(self.hall.loopback, await self.hall.loopback.submit(form, values))

    async def went_to(self, thread: Channel, phase: str) -> None:
        """Let the moderator go on until a phase begins."""
        while self.held.state.phase.id != phase:
            await self.used(self.hall.chief, thread, "debate next")
        await self.told(thread, f"Phase {self.held.state.place + 1} of ")

    async def shows(self, thread: Channel, text: str) -> None:
        """Wait until the panel shows something."""
        panel = await self.panel(thread)
        await self.hall.loopback.until(lambda: text in panel.text, f"{text!r} on the panel")

    async def told(self, thread: Channel, text: str, times: int = 1) -> Message:
        """Wait until the thread was told something, so many times."""
        found = await self.hall.loopback.until(
            lambda: [each for each in told_in(self.hall.loopback, thread) if text in each.content][times - 1 : times],
            f"{text!r} in the thread",
        )
        return found[0]


async def seen(loopback: Loopback, sent: Interaction) -> Message:
    """See an interaction acknowledged in time, and give the message that comes, or that is changed."""
    assert await loopback.acknowledged(sent) < SOON_S
    return (await loopback.answer(sent)).message


async def panel_in(loopback: Loopback, thread: Channel) -> Message:
    """Wait for a debate's panel."""

    def found() -> Message | None:
        panels = [message for message in loopback.world.from_bot(thread) if _is_panel(message)]
        return panels[-1] if panels else None

    return await loopback.until(found, "a panel")


def texts(loopback: Loopback, thread: Channel) -> list[str]:
    """List what the bot told in a thread."""
    return [message.content for message in told_in(loopback, thread)]


def told_in(loopback: Loopback, thread: Channel) -> list[Message]:
    """List the messages that the bot wrote in a thread, but for panels."""
    return [message for message in loopback.world.from_bot(thread) if not _is_panel(message)]


def _is_panel(message: Message) -> bool:
    return any(button.get("label") == PANEL for button in message.buttons)


def a_hall(loopback: Loopback, people: int = 3) -> Hall:
    """Make the server."""
    world = loopback.world
    guild = world.guild("Debating club")
    chief = world.member(guild, "chief", world.role(guild, "chiefs", Permission.MODERATOR))
    members = tuple(world.member(guild, f"member {number}") for number in range(1, people + 1))
    return Hall(loopback, guild, world.channel(guild, "general"), chief, members)


@asynccontextmanager
async def debating(hall: Hall, folder: Path, clock: MovedClock | None = None) -> AsyncIterator[Debating]:
    """Run the bot until the block ends; what it keeps lies in the folder."""
    clock = clock or MovedClock()
    async with answering(hall.loopback, folder, clock=clock, sleep=clock.sleep) as bot:
        yield Debating(hall, bot, clock)
