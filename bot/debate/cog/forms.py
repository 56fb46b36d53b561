"""The forms of debates: a point to make, and what evidence is wanted on.

It must not know what is done with what is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import discord
from discord import ui

from bot.debate.cog.ids import Deed, Mark
from bot.debate.rules.decide import LONGEST_TEXT
from bot.values.typed import harmless
from bot.wire.page.controls import line
from bot.wire.page.forms import TEXT, Form

if TYPE_CHECKING:
    from bot.debate.rules.state import Debate
    from bot.wire.page.language import Words

SIDE: Final = "side"
"""The field in which a side is chosen, by its place."""


def point_form(debate: str, words: Words) -> Form:
    """Ask for a point."""
    form = Form(title=words("Make a point"), custom_id=str(Mark(Deed.POINT, debate)))
    field = ui.TextInput[Form](custom_id=TEXT, style=discord.TextStyle.paragraph, max_length=LONGEST_TEXT)
    form.add_item(
        ui.Label(
            text=words("Your point"),
            description=words("All see it under your name, with the best quotes for and against it."),
            component=field,
        )
    )
    return form


def evidence_form(debate: str, state: Debate, words: Words) -> Form:
    """Ask which side's quotes are wanted, and on what."""
    form = Form(title=words("Evidence"), custom_id=str(Mark(Deed.EVIDENCE, debate)))
    options = [
        discord.SelectOption(label=line(harmless(side.name)), value=str(place))
        for place, side in enumerate(state.sides)
    ]
    menu = ui.Select[Form](custom_id=SIDE, options=options)
    form.add_item(ui.Label(text=words("Which side?"), component=menu))
    field = ui.TextInput[Form](custom_id=TEXT, style=discord.TextStyle.short, max_length=LONGEST_TEXT)
    form.add_item(
        ui.Label(
            text=words("On what?"), description=words("All see it, with the quote that is found."), component=field
        )
    )
    return form
