"""Forms that people fill in, and what they wrote in them.

A form is known by its id alone, as a button is: the library is not asked to remember it, so one that was open while the
bot restarted is still taken. It must not know what is done with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord
from discord import ui

from bot.answer.cog.refs import Action, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.values.turnref import TurnRef
    from bot.wire.page.language import Words

TEXT: Final = "text"
QUOTE: Final = "quote"
"""Ids of the fields."""

LONGEST_REASON: Final = 1000
MOST_QUOTES: Final = 25
"""Discord takes no more choices in a menu."""


class Form(ui.Modal):
    """A form that the library forgets as soon as it is shown."""

    def is_finished(self) -> bool:
        """Tell the library that there is nothing to keep."""
        return True


def follow_up_form(ref: TurnRef, words: Words, longest: int) -> Form:
    """Ask for a question on an answer, of at most `longest` characters."""
    form = Form(title=words("Follow up"), custom_id=str(Target(Action.FOLLOW, ref)))
    field = ui.TextInput[Form](custom_id=TEXT, style=discord.TextStyle.paragraph, max_length=longest)
    form.add_item(ui.Label(text=words("Your question"), component=field))
    return form


def dispute_form(ref: TurnRef, quotes: int, words: Words) -> Form:
    """Ask which of an answer's quotes is wrong here, where there are several, and why."""
    form = Form(title=words("Dispute a quote"), custom_id=str(Target(Action.DISPUTE, ref, str(quotes))))
    if quotes > 1:
        options = [
            discord.SelectOption(label=words("Quote {number}", number=number), value=str(number))
            for number in range(1, min(quotes, MOST_QUOTES) + 1)
        ]
        menu = ui.Select[Form](custom_id=QUOTE, options=options)
        form.add_item(ui.Label(text=words("Which quote?"), component=menu))
    field = ui.TextInput[Form](custom_id=TEXT, style=discord.TextStyle.paragraph, max_length=LONGEST_REASON)
    form.add_item(
        ui.Label(
            text=words("What is wrong with it?"),
            description=words("The moderators of this server read it."),
            component=field,
        )
    )
    return form


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
