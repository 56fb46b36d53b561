"""Forms that people fill in, and what they wrote in them.

A form is known by its id alone, as a button is: the library is not asked to remember it, so one that was open while the
bot restarted is still taken. It must not know what is done with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord
from discord import ui

if TYPE_CHECKING:
    from collections.abc import Iterator


TEXT: Final = "text"
"""The id of the field that most forms have."""


class Form(ui.Modal):
    """A form that the library forgets as soon as it is shown."""

    def is_finished(self) -> bool:
        """Tell the library that there is nothing to keep."""
        return True


def written(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """Give what was written in a form, by the ids of its fields; of a menu, the first choice."""
    data: Any = interaction.data or {}
    return dict(_fields(data.get("components", [])))


def _fields(components: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for component in components:
        inner = component.get("component")
        yield from _fields([*component.get("components", []), *([inner] if inner else [])])
        if "custom_id" in component:
            value = component.get("value", next(iter(component.get("values", [])), ""))
            yield component["custom_id"], str(value)
