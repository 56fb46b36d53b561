"""One `dilemma run`, ready to answer, for all the scenes of a module, and a server of its own for each scene.

Tests that use it run on the module's event loop: `pytestmark = pytest.mark.asyncio(loop_scope="module")`.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.discord.loopback import Loopback, Permission
from tests.discord.loopback.openapi import open_openapi, openapi_path
from tests.discord.program import FIRST_TIME_S, READY, running
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.discord.loopback import Channel, Guild, Interaction, Message, User
    from tests.discord.loopback.payloads import Filled, Given
    from tests.discord.program import Program

BEGUN: Final = "session has begun"
SOON_S: Final = 2.5
"""Every interaction is to be acknowledged within this time; Discord itself waits 3 s."""

QUESTION: Final = "Does Facebook sell my data?"
"""Both sides have something to say on it."""


@dataclass(frozen=True)
class Stage:
    """The stand-in for Discord, and the bot that runs as a process; `folder` is where it keeps what it keeps."""

    loopback: Loopback
    program: Program
    folder: Path


@dataclass(frozen=True)
class Scene:
    """A server with a channel, two members and a moderator. Each method waits for what people see in the end."""

    stage: Stage
    guild: Guild
    general: Channel
    anna: User
    bert: User
    chief: User

    @property
    def loopback(self) -> Loopback:
        """The stand-in."""
        return self.stage.loopback

    async def used(self, user: User, channel: Channel, command: str, /, **options: Given) -> Message:
        """Use a command, see it acknowledged in time, and give the message that comes."""
        return await self.seen(await self.loopback.slash(user, channel, command, **options))

    async def asked(self, user: User, question: str = QUESTION) -> Message:
        """Ask in the server's channel."""
        return await self.used(user, self.general, "ask", question=question)

    async def pressed(self, user: User, message: Message, button: str) -> Message:
        """Press a button, see it acknowledged in time, and give the message that comes."""
        return await self.seen(await self.loopback.press(user, message, button))

    async def filled(self, user: User, message: Message, button: str, values: dict[str, Filled]) -> Message:
        """Press a button that opens a form, fill it in, and give the message that comes."""
        form = await self.loopback.press(user, message, button)
        assert await self.loopback.acknowledged(form) < SOON_S
        return await self.seen(await self.loopback.submit(form, values))

    async def seen(self, sent: Interaction) -> Message:
        """See an interaction acknowledged in time, and give the message that comes, or that is changed."""
        assert await self.loopback.acknowledged(sent) < SOON_S
        return (await self.loopback.answer(sent)).message


async def a_scene(stage: Stage) -> Scene:
    """Make a server, and let the bot into it."""
    world = stage.loopback.world
    guild = world.guild()
    chief = world.member(guild, "chief", world.role(guild, "chiefs", Permission.MODERATOR))
    people = world.member(guild, "anna"), world.member(guild, "bert")
    made = Scene(stage, guild, world.channel(guild), *people, chief)
    await stage.loopback.invite_bot(guild)
    return made


def quoted_in(message: Message) -> list[str]:
    """List the passages of the shipped pack that a message quotes, in its order."""
    places = {passage.id: message.text.find(f"“{passage.text}”") for passage in pack().passages}
    return sorted((name for name, place in places.items() if place >= 0), key=places.__getitem__)


@asynccontextmanager
async def set_up(folder: Path) -> AsyncIterator[Stage]:
    """Run the bot until the block ends; whatever it wrote must be free of what people asked, and of tracebacks."""
    async with Loopback() as loopback:
        path = openapi_path()
        loopback.journal.openapi = None if path is None else open_openapi(path)
        async with running(loopback, folder) as program:
            await program.says(BEGUN)
            await program.says(READY, patience_s=FIRST_TIME_S)
            await loopback.ready()
            yield Stage(loopback, program, folder)
            code, seconds = await program.stop()
        assert code == 0
        assert seconds < 5
        assert "Traceback" not in program.output
        assert QUESTION not in program.output
