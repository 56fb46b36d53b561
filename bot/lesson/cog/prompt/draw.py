"""Which prompts are put to a channel: of the topic that was named, none with a quote that must not be shown there."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.guild.cog.moderators import seat_of
from bot.lesson.cog.lesson.leading import check_leader
from bot.lesson.cog.topics import topics_in
from bot.lesson.rules.prompt import DiscussionPrompt, draw_prompts, prompt_of
from bot.lesson.service.lessons import Lessons
from bot.values.asker import NO_GUILD
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.wire.visit import Interaction
    from knowledge.model import Pack


async def put_before(interaction: Interaction, guild: str) -> tuple[str, ...]:
    """List the prompts of the lesson that is held in the channel. Raises UserError for whoever does not lead it."""
    services = interaction.client.services
    if guild == NO_GUILD or not (await services.get(Lessons)).logged:
        return ()
    lessons = await services.get(Lessons)
    lesson = lessons.current(guild, int(interaction.channel_id or 0))
    if lesson is None:
        return ()
    check_leader(await seat_of(interaction), lesson)
    return tuple(posting.prompt for posting in await lessons.put_in(lesson))


def drawn_from(
    pack: Pack, topic: str | None, count: int, seed: int, *, used: Collection[str], excluded: Collection[str]
) -> tuple[DiscussionPrompt, ...]:
    """Draw prompts on a topic as it was typed, those that are not among the `used` ones first.

    `excluded` are ids of passages that the moderators let nobody quote. Raises UserError.
    """
    topic_id = one_topic(pack, topic)
    drawn = draw_prompts(pack, topic=topic_id, count=count, seed=seed, excluding=used, unquoted=excluded)
    if not drawn:
        raise UserError("Of every prompt on this, a quote is excluded by the moderators: take another topic.")
    return drawn


def passages_of(pack: Pack, prompt_ids: Collection[str]) -> frozenset[str]:
    """Return the ids of the passages that prompts quote; of a prompt that the pack no longer has, none."""
    found: set[str] = set()
    for prompt_id in prompt_ids:
        with suppress(UserError):
            found.update(quote.passage_id for quote in prompt_of(pack, prompt_id).quotes.values())
    return frozenset(found)


def one_topic(pack: Pack, typed: str | None) -> str | None:
    """Return the id of the topic that was typed, None for none. Raises UserError for several, and for what is none."""
    topics = topics_in(pack, typed or "")
    if len(topics) > 1:
        raise UserError("A prompt is about one topic: name one, or none.")
    return topics[0] if topics else None
