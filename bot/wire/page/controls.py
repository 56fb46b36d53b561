"""Buttons and menus below a message, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Control:
    """A button: what is written on it, and the id by which it is known. One that is not `enabled` cannot be pressed."""

    label: str
    custom_id: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu; `value` is what is told when it is chosen. Discord takes 100 characters of each."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of up to 25 choices of which one is taken, with the line that invites to it."""

    custom_id: str
    placeholder: str
    choices: tuple[Choice, ...]


Row: TypeAlias = tuple[Control, ...] | Menu
"""What stands on one line below a message: up to five buttons, or a menu."""
