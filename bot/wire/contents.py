"""What people read on a message: Discord keeps it in several places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

POLL_RESULT: Final = "poll_result"
_SEEN_OF_A_RESULT: Final = ("poll_question_text", "victor_answer_text")
"""The embed by which Discord announces the result of a poll, and its fields that people see; others hold numbers."""


def text_of(message: discord.Message) -> str:
    """Return all that a message says, one piece a line: what was typed, then what was forwarded, embeds, and a poll."""
    pieces = list(_pieces(message))
    for forwarded in message.message_snapshots:
        pieces += _pieces(forwarded)
    if message.poll is not None:
        pieces += [message.poll.question, *(answer.text for answer in message.poll.answers)]
    return "\n".join(piece for piece in pieces if piece)


def _pieces(message: discord.Message | discord.MessageSnapshot) -> Iterator[str | None]:
    yield message.content
    yield from _displayed(message.components)
    for embed in message.embeds:
        yield embed.title
        yield embed.description
        for shown in embed.fields:
            if embed.type != POLL_RESULT:
                yield shown.name
                yield shown.value
            elif shown.name in _SEEN_OF_A_RESULT:
                yield shown.value


def _displayed(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        if isinstance(component, discord.TextDisplay):
            yield component.content
        yield from _displayed(getattr(component, "children", ()))
