"""Topics as people type them into commands: one, or several with commas between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from discord.app_commands import Choice

from bot.wire.page.limits import LONGEST_LINE, MOST_CHOICES
from knowledge.errors import UserError
from knowledge.model import Pack
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine

    from bot.wire.visit import Interaction


_BETWEEN: Final = re.compile(r"[,;]")


def topics_in(pack: Pack, typed: str) -> tuple[str, ...]:
    """Return the ids of topics that were typed as ids or as names, each once. Raises UserError for one that is none."""
    known = {topic.id.casefold(): topic.id for topic in pack.topics}
    known |= {topic.name.casefold(): topic.id for topic in pack.topics}
    found = []
    for part in _BETWEEN.split(typed):
        if name := part.strip():
            if name.casefold() not in known:
                valid = [topic.id for topic in pack.topics]
                raise UserError("there is no topic {name}{hint}", name=quoted(name), hint=hint(name, valid))
            found.append(known[name.casefold()])
    return tuple(dict.fromkeys(found))


def offered(pack: Pack, typed: str, among: Collection[str], *, several: bool = False) -> list[tuple[str, str]]:
    """Offer topics `among` those given (ids) that go on from what was typed: pairs of what is shown and what is taken.

    Of `several` the last one is completed, and those before it stay.
    """
    before, after = _split(typed) if several else ("", typed)
    wanted = after.strip().casefold()
    chosen = {part.strip() for part in _BETWEEN.split(before)}
    pairs = []
    for topic in pack.topics:
        fits = wanted in topic.id.casefold() or wanted in topic.name.casefold()
        if not fits or topic.id not in among or topic.id in chosen:
            continue
        value = f"{before}{topic.id}"
        name = f"{before}{topic.name}"
        if len(value) <= LONGEST_LINE:
            pairs.append((name[:LONGEST_LINE], value))
    return pairs[:MOST_CHOICES]


def offering(
    among: Callable[[Pack], Collection[str]], *, several: bool = False
) -> Callable[[Interaction, str], Coroutine[Any, Any, list[Choice[str]]]]:
    """Make what offers the topics (ids) that `among` gives of a pack; `several` can be typed with commas between."""

    async def topics_offered(interaction: Interaction, typed: str) -> list[Choice[str]]:
        pack = interaction.client.services.current(Pack)
        if pack is None:
            return []
        pairs = offered(pack, typed, among(pack), several=several)
        return [Choice(name=name, value=value) for name, value in pairs]

    return topics_offered


def _split(typed: str) -> tuple[str, str]:
    """Part what is being typed from what stands before it, written with a comma and a space."""
    *earlier, last = _BETWEEN.split(typed)
    before = ", ".join(part.strip() for part in earlier if part.strip())
    return (f"{before}, " if before else "", last)
