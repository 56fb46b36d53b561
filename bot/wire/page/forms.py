"""Forms that people fill in, made of texts, fields and menus.

A form is known by its id alone, as a button is: the library is not asked to remember it, so one that was open while the
bot restarted is still taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import discord
from discord import ui

from bot.wire.page.limits import MOST_CHOICES, line

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXT: Final = "text"
"""The id of the field in which something is written."""


class Form(ui.Modal):
    """A form that the library forgets as soon as it is shown."""

    def __init__(self, title: str, custom_id: str, *parts: ui.Item[Form]) -> None:
        """Lay it out."""
        super().__init__(title=title, custom_id=custom_id)
        for part in parts:
            self.add_item(part)

    def is_finished(self) -> bool:
        """Tell the library that there is nothing to keep."""
        return True


def field(label: str, longest: int, description: str | None = None, *, short: bool = False) -> ui.Label[Form]:
    """Ask for at most `longest` characters of text, on one line if it is `short`."""
    style = discord.TextStyle.short if short else discord.TextStyle.paragraph
    return ui.Label(
        text=label,
        description=description,
        component=ui.TextInput[Form](custom_id=TEXT, style=style, max_length=longest),
    )


def menu(label: str, custom_id: str, choices: Iterable[tuple[str, str]]) -> ui.Label[Form]:
    """Ask for one of some choices: pairs of what is shown and what is taken."""
    options = [discord.SelectOption(label=line(shown), value=value) for shown, value in choices][:MOST_CHOICES]
    return ui.Label(text=label, component=ui.Select[Form](custom_id=custom_id, options=options))
