"""Who leads a lesson (its teacher, and the server's moderators), the prompts posted in it, and texts for the class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.guild.cog.moderators import Seat, seat_of
from bot.guild.cog.packs import pack_meant, pack_named
from bot.guild.rules.permissions import check_moderator
from bot.lesson.service.lessons import Lessons
from bot.process.journal import logger
from bot.values.asker import NO_GUILD
from bot.wire.channel import post
from bot.wire.trouble import FAILURES
from embeddings.library import Library
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.guild.cog.manners import Manners
    from bot.lesson.rules.lesson import Lesson
    from bot.wire.client import DilemmaClient
    from bot.wire.visit import Interaction
    from knowledge.model import Pack


def leads(seat: Seat, lesson: Lesson | None) -> bool:
    """Return whether somebody may reveal, close and move on. Outside a lesson only moderators may."""
    return seat.moderates or (lesson is not None and lesson.teacher == seat.person)


def check_leader(seat: Seat, lesson: Lesson | None) -> None:
    """Raise UserError for anybody who does not lead."""
    if leads(seat, lesson):
        return
    if lesson is not None:
        raise UserError("Only this lesson's leader or a moderator can do that.")
    check_moderator(seat.settings, seat.rights)


async def pack_of_class(interaction: Interaction, manners: Manners, typed: str | None) -> Pack:
    """Return the pack that is named, else that of the lesson in the channel, else the channel's.

    Raises UserError for another one than the lesson's: its questions and quizzes are all of one.
    """
    services = interaction.client.services
    guild, lessons = services.asker_of(interaction).guild, await services.get(Lessons)
    lesson = None if guild == NO_GUILD else lessons.current(guild, int(interaction.channel_id or 0))
    if lesson is None:
        return await pack_meant(services, manners, typed)
    library = await services.get(Library)
    if typed is not None and pack_named(library, typed).id != lesson.pack:
        raise UserError("The lesson in this channel is on another pack: end it first, or leave out `pack`.")
    return library.pack(lesson.pack)


async def put_before(interaction: Interaction, guild: str) -> tuple[str, ...]:
    """Return the ids of the prompts posted in the channel's lesson. Raises UserError for those who do not lead it."""
    lessons = await interaction.client.services.get(Lessons)
    if guild == NO_GUILD or not lessons.logged:
        return ()
    lesson = lessons.current(guild, int(interaction.channel_id or 0))
    if lesson is None:
        return ()
    check_leader(await seat_of(interaction), lesson)
    return tuple(posting.prompt for posting in await lessons.put_in(lesson))


async def tell_class(client: DilemmaClient, channel: int, text: str, nonce: str) -> bool:
    """Post a text in a lesson's channel, and return whether Discord took it."""
    try:
        await post(client, channel, {"content": text, "suppress_embeds": True}, nonce)
    except FAILURES as failure:
        logger(__name__).info("a class is not told", failure=type(failure).__name__)
        return False
    return True
