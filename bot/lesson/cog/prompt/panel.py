"""The message of a posted prompt: made, posted, and kept up to date. The same for everybody who sees it.

It decides nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bot.guild.cog.manners import manners_of_guild
from bot.guild.service.settings import Settings
from bot.lesson.cog.prompt.layout import prompt_page, prompt_rows
from bot.lesson.rules.lesson import LESSONS_KEPT
from bot.lesson.rules.prompt import prompt_of
from bot.lesson.service.lessons import Lessons
from bot.wire.channel import change
from bot.wire.page.render import payload_of
from knowledge.model import Pack

if TYPE_CHECKING:
    from bot.guild.cog.manners import Manners
    from bot.lesson.rules.lesson import Posting
    from bot.lesson.rules.prompt import DiscussionPrompt
    from bot.wire.client import DilemmaClient
    from bot.wire.page.layout import Style


def panel_payload(
    pack: Pack, prompt: DiscussionPrompt, posting: Posting, manners: Manners, *, editing: bool = False
) -> dict[str, Any]:
    """Make the message of a prompt as it stands."""
    page = prompt_page(pack, prompt, posting, manners.words, manners.style, manners.excluded)
    rows = prompt_rows(pack, prompt, posting, manners.words)
    return payload_of(page, rows, manners.words, manners.style, editing=editing)


def refresh_soon(client: DilemmaClient, posting: Posting, message_id: int | None = None) -> None:
    """See to it that the message follows what happened; nothing is done where it is not known which one that is."""
    shown = posting.message or message_id
    if shown is not None:
        client.refresher.soon(posting.id, partial(_refresh, client, posting.id, shown))


async def catch_up(client: DilemmaClient) -> None:
    """Let the open prompts of lessons follow what happened right before the program ended. Raises DilemmaError."""
    lessons = await client.services.get(Lessons)
    for lesson in lessons.held():
        for posting in await lessons.put_in(lesson):
            if posting.closed_utc is None:
                refresh_soon(client, posting)


async def _refresh(client: DilemmaClient, posting_id: str, message_id: int) -> None:
    """Lay the message out anew."""
    pack = await client.services.get(Pack)
    posting = await (await client.services.get(Lessons)).posting(posting_id)
    if posting is None:
        return
    prompt = prompt_of(pack, posting.prompt)
    manners = await manners_of_guild(client, posting.guild)

    def made(style: Style) -> dict[str, Any]:
        return panel_payload(pack, prompt, posting, manners.in_style(style), editing=True)

    await change(client, posting.channel, message_id, made, manners.style)


async def kept_days(client: DilemmaClient, guild: str) -> int:
    """Say for how many days what a class does is kept in a guild."""
    settings = await (await client.services.get(Settings)).of(guild)
    return min(settings.retention_days or client.services.config.discord.retention_days, LESSONS_KEPT.days)
