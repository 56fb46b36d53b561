"""Pages as ordinary text, for people and places that want no frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.wire.page.layout import number_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.wire.page.language import Words
    from bot.wire.page.layout import Group, Page


def content_of(page: Page, words: Words) -> str:
    """Write a page as the text of a message, with an empty line between its parts."""
    return "\n\n".join(text for text in _texts(page, words) if text)


def _texts(page: Page, words: Words) -> Iterator[str]:
    yield page.head
    for group in page.groups:
        yield _text_of(group)
    yield number_line(page, words) or ""
    yield page.foot


def _text_of(group: Group) -> str:
    parts = "\n\n".join(part.text for part in group.parts)
    return parts if group.heading is None else f"{group.heading}\n{parts}"
