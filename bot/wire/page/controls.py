"""Buttons and menus as values, and forms. Each is known by its id alone, so it outlives a restart of the bot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

import discord
from discord import ui

from bot.wire.page.limits import MOST_CHOICES, line


@dataclass(frozen=True, slots=True)
class Control:
    """A button."""

    label: str
    custom_id: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu, with the value it sends; Discord takes 100 characters of each."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of up to 25 choices, of which one is taken."""

    custom_id: str
    placeholder: str
    choices: tuple[Choice, ...]


Row: TypeAlias = tuple[Control, ...] | Menu
"""One row below a message: up to five buttons, or a menu."""


TEXT: Final = "text"
"""The id of a form's text field."""


class Form(ui.Modal):
    """A form that the library forgets as soon as it is shown."""

    def __init__(self, title: str, custom_id: str, *parts: ui.Item[Form]) -> None:
        super().__init__(title=title, custom_id=custom_id)
        for part in parts:
            self.add_item(part)

    def is_finished(self) -> bool:
        """Tell the library that there is nothing to keep."""
        return True


def field(label: str, longest: int, description: str | None = None, *, short: bool = False) -> ui.Label[Form]:
    """Return a field for at most `longest` characters, on one line if it is `short`."""
    style = discord.TextStyle.short if short else discord.TextStyle.paragraph
    return ui.Label(
        text=label,
        description=description,
        component=ui.TextInput[Form](custom_id=TEXT, style=style, max_length=longest),
    )


def menu(label: str, custom_id: str, choices: Iterable[tuple[str, str]]) -> ui.Label[Form]:
    """Return a menu field; a choice is what is shown and what is taken."""
    options = [discord.SelectOption(label=line(shown), value=value) for shown, value in choices][:MOST_CHOICES]
    return ui.Label(text=label, component=ui.Select[Form](custom_id=custom_id, options=options))
