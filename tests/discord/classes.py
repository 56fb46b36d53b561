"""A school server with a teacher, a class, and our bot in the test's own process."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.prompt import draw_prompts
from bot.lesson.service.lessons import Lessons
from bot.log.access import write
from tests.discord.answering_bot import answering
from tests.discord.debating import MovedClock, seen
from tests.discord.loopback import Permission
from tests.log.samples import exclude
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.lesson.rules.prompt import DiscussionPrompt
    from bot.process.clock import Clock
    from tests.discord.answering_bot import Bot
    from tests.discord.loopback import Channel, Guild, Interaction, Loopback, Message, User
    from tests.discord.loopback.payloads import Given

SOON_S: Final = 2.5
AGREE, DISAGREE, UNSURE = "Yes, I agree", "No, I disagree", "Unsure"
GO_ON, END_QUIZ = "Show who it was", "End the quiz"
SEED: Final = 7


def drawn(seed: int = SEED, topic: str | None = None) -> DiscussionPrompt:
    """Give the prompt that a seed draws."""
    return draw_prompts(pack(), topic=topic, count=1, seed=seed)[0]


@dataclass(frozen=True)
class School:
    """The server and the bot in it. Each method waits for what people see in the end."""

    loopback: Loopback
    bot: Bot
    guild: Guild
    room: Channel
    teacher: User
    students: tuple[User, ...]

    @property
    def lessons(self) -> Lessons:
        """What keeps the lessons."""
        return self.bot.parts.get(Lessons)

    @property
    def posted(self) -> list[Message]:
        """What the bot has said to everybody in the room, oldest first."""
        return self.loopback.world.from_bot(self.room)

    async def used(self, user: User, command: str, /, *, at: Channel | None = None, **options: Given) -> Message:
        """Use a command, see it acknowledged in time, and give the message that comes."""
        return await seen(self.loopback, await self.loopback.slash(user, at or self.room, command, **options))

    async def refused(self, user: User, command: str, /, **options: Given) -> str:
        """Use a command that is refused in the person's eyes alone, and give what they read."""
        sent = await self.loopback.slash(user, self.room, command, **options)
        assert await self.loopback.acknowledged(sent) < SOON_S
        await self.loopback.until(lambda: sent.followups or (sent.answer and sent.answer.message), "a refusal")
        told = sent.followups[-1] if sent.followups else (await self.loopback.answer(sent)).message
        assert told.is_ephemeral
        return told.text

    async def pressed(self, user: User, message: Message, button: str) -> Message:
        """Press a button, see it acknowledged in time, and give the message that comes, or that is changed."""
        return await seen(self.loopback, await self.loopback.press(user, message, button))

    async def put(self, **options: Given) -> Message:
        """Let the teacher put a prompt, and wait until the log knows where it stands."""
        message = await self.used(self.teacher, "prompt", at=self.room, **options)
        noted = "SELECT count(*) FROM outbox WHERE message = ?"
        await self.loopback.until(
            lambda: self.bot.log.read(lambda db: db.value(noted, (message.id,))),
            "the prompt in the log",
        )
        return message

    async def told(self, user: User, message: Message, button: str) -> Message:
        """Press a button that changes nothing, and give what the person is told."""
        sent = await self.loopback.press(user, message, button)
        assert await self.loopback.acknowledged(sent) < SOON_S
        found = await self.loopback.followup(sent)
        assert found.is_ephemeral
        return found

    async def wrote(self, user: User, message: Message, text: str) -> Message:
        """Answer a prompt in the form, and give the confirmation."""
        form = await self.loopback.press(user, message, "Answer")
        assert await self.loopback.acknowledged(form) < SOON_S
        return await seen(self.loopback, await self.loopback.submit(form, {"text": text}))

    async def shows(self, message: Message, text: str) -> None:
        """Wait until a message that follows what happens shows something."""
        await self.loopback.until(lambda: text in message.text, f"{text!r} in the message")

    async def exclude(self, passage_id: str) -> None:
        """Let the moderators have excluded a quote."""
        await write(self.bot.log, lambda db: exclude(db, str(self.guild.id), passage_id))
        await self.bot.settings.reread()

    async def post(self, text: str, times: int = 1) -> Message:
        """Wait until the bot has said something to everybody so many times, and give the last of them."""
        found = await self.loopback.until(
            lambda: [message for message in self.posted if text in message.text][times - 1 : times],
            f"{text!r} in the room",
        )
        return found[0]

    async def went_on(self, message: Message, button: str = GO_ON) -> Interaction:
        """Let the teacher go on with a quiz."""
        sent = await self.loopback.press(self.teacher, message, button)
        assert await self.loopback.acknowledged(sent) < SOON_S
        return sent


@asynccontextmanager
async def school(
    loopback: Loopback, folder: Path, students: int = 3, clock: Clock | None = None
) -> AsyncIterator[School]:
    """Run the bot until the block ends; what it keeps lies in the folder."""
    world = loopback.world
    guild = world.guild("School")
    room = world.channel(guild, "class-9b")
    teacher = world.member(guild, "teacher", world.role(guild, "teachers", Permission.MODERATOR))
    people = tuple(world.member(guild, f"student {number}") for number in range(1, students + 1))
    async with answering(loopback, folder, clock=clock or MovedClock()) as bot:
        yield School(loopback, bot, guild, room, teacher, people)
