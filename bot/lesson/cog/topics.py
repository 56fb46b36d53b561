"""Topics as people type them into commands: one, or several separated by commas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from discord.app_commands import Choice

from bot.guild.cog.packs import pack_typing
from bot.lesson.rules.prompt import topic_named
from bot.lesson.service.lessons import Lessons
from bot.wire.page.limits import LONGEST_LINE, MOST_CHOICES
from embeddings.library import Library
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine

    from bot.wire.visit import Interaction
    from knowledge.model import Pack

_BETWEEN: Final = re.compile(r"[,;]")


def topics_in(pack: Pack, typed: str) -> tuple[str, ...]:
    """Return the ids of topics typed as ids or names, each once. Raises UserError for an unknown one."""
    return tuple(dict.fromkeys(topic_named(pack, name) for part in _BETWEEN.split(typed) if (name := part.strip())))


def one_topic(pack: Pack, typed: str | None) -> str | None:
    """Return the id of the topic typed, None for none. Raises UserError for several and for an unknown one."""
    topics = topics_in(pack, typed or "")
    if len(topics) > 1:
        raise UserError("A prompt is about one topic: name one, or none.")
    return topics[0] if topics else None


def offered(pack: Pack, typed: str, among: Collection[str], *, several: bool = False) -> list[tuple[str, str]]:
    """Return topics `among` some ids that match what was typed, as pairs of name and value.

    If `several` may be typed, the last one is completed and those before it stay.
    """
    before, after = _split(typed) if several else ("", typed)
    wanted = after.strip().casefold()
    chosen = {part.strip() for part in _BETWEEN.split(before)}
    pairs = []
    for topic in pack.topics:
        fits = wanted in topic.id.casefold() or wanted in topic.name.casefold()
        value = f"{before}{topic.id}"
        if fits and topic.id in among and topic.id not in chosen and len(value) <= LONGEST_LINE:
            pairs.append((f"{before}{topic.name}"[:LONGEST_LINE], value))
    return pairs[:MOST_CHOICES]


def offering(
    among: Callable[[Pack], Collection[str]], *, several: bool = False
) -> Callable[[Interaction, str], Coroutine[Any, Any, list[Choice[str]]]]:
    """Return an autocompletion of the topics whose ids `among` returns; see `offered`."""

    async def topics_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
        pack = _of_lesson(interaction) or await pack_typing(interaction)
        if pack is None:
            return []
        pairs = offered(pack, typed, among(pack), several=several)
        return [Choice(name=name, value=value) for name, value in pairs]

    return topics_offered


def _of_lesson(interaction: Interaction) -> Pack | None:
    """Return the pack of the lesson in the channel; None without one."""
    services = interaction.client.services
    lessons, library = services.current(Lessons), services.current(Library)
    if lessons is None or library is None:
        return None
    lesson = lessons.current(services.asker_of(interaction).guild, int(interaction.channel_id or 0))
    return None if lesson is None else library.find(lesson.pack)


def _split(typed: str) -> tuple[str, str]:
    """Return what precedes the last topic, separated by a comma and a space, and the last topic."""
    *earlier, last = _BETWEEN.split(typed)
    before = ", ".join(part.strip() for part in earlier if part.strip())
    return (f"{before}, " if before else "", last)
