"""Pages as Discord messages: a card of components, or ordinary text with buttons below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.wire.page.layout import Group, Page, Style, number_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.wire.page.controls import Control, Row
    from bot.wire.page.language import Words


def content_of(page: Page, words: Words) -> str:
    """Return a page as the text of a message, with an empty line between its parts."""
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


class CardView(ui.LayoutView):
    """A message of components. The library forgets it once it is sent, for it would keep each one for ever."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    def is_finished(self) -> bool:
        """Tell the library that there is nothing to keep."""
        return True


class PlainView(ui.View):
    """The buttons below ordinary text; forgotten as a card is."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    def is_finished(self) -> bool:
        """Tell the library that there is nothing to keep."""
        return True


def payload_of(page: Page, rows: Iterable[Row], words: Words, style: Style, *, editing: bool = False) -> dict[str, Any]:
    """Return the arguments with which discord.py sends a page, or with `editing` replaces a message by it."""
    if style is Style.CARD:
        return {"view": _card(page, rows, words)}
    view = PlainView()
    for at, row in enumerate(rows):
        for item in _items(row):
            item.row = at
            view.add_item(item)
    flags = {} if editing else {"suppress_embeds": True}
    return {"content": content_of(page, words), "view": view, **flags}


def _card(page: Page, rows: Iterable[Row], words: Words) -> CardView:
    view = CardView()
    for item in _layout(page, words):
        view.add_item(item)
    for row in rows:
        view.add_item(ui.ActionRow(*_items(row)))
    return view


def _layout(page: Page, words: Words) -> Iterator[ui.Item[Any]]:
    if page.head:
        yield ui.TextDisplay(page.head)
    for group in page.groups:
        yield from _framed(group)
    for text in (number_line(page, words), page.foot):
        if text:
            yield ui.TextDisplay(text)


def _framed(group: Group) -> Iterator[ui.Item[Any]]:
    texts: list[ui.Item[Any]] = [ui.TextDisplay(part.text) for part in group.parts]
    if group.heading is None:
        yield from texts
    else:
        yield ui.Container(ui.TextDisplay(group.heading), *texts, accent_colour=group.colour)


def _items(row: Row) -> list[ui.Button[Any] | ui.Select[Any]]:
    if isinstance(row, tuple):
        return [_button(control) for control in row]
    options = [
        discord.SelectOption(label=choice.label, value=choice.value, description=choice.description or None)
        for choice in row.choices
    ]
    return [ui.Select(custom_id=row.custom_id, placeholder=row.placeholder, options=options)]


def _button(control: Control) -> ui.Button[Any]:
    return ui.Button(label=control.label, custom_id=control.custom_id, disabled=not control.enabled)
