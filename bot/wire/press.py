"""What becomes of a press: the one place that hears of buttons, menus and forms, and finds by its id who answers it.

They work at any age, also after a restart: the library is asked to remember none of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import discord

from bot.values.text import heard
from bot.wire.ids import mark_of
from bot.wire.page.controls import TEXT
from bot.wire.page.errors import tell

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed, a menu that was chosen from, or a form that was sent.

    `arguments` stand in its id. `chosen` is the value taken from a menu; `written` is what the fields of a form hold,
    by their ids, and of a menu among them the first choice; `text` is what was written in most.
    """

    arguments: tuple[str, ...]
    chosen: str | None = None
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What was written, as it may be kept."""
        return heard(self.written.get(TEXT, ""))


Handler: TypeAlias = Callable[[discord.Interaction[Any], Press], Awaitable[None]]
Handlers: TypeAlias = Mapping[tuple[str, str], Handler]
"""Who answers, by the feature and the verb of an id."""


async def answer_press(interaction: discord.Interaction[Any], presses: Handlers, forms: Handlers) -> None:
    """Have a press answered, or a form that was sent; what is raised meanwhile is told to the person.

    What they wrote in a form is given back then, so that nobody writes it twice.

    Nothing is done about other interactions, nor about an id that nobody answers.
    """
    data: Any = interaction.data or {}
    handlers = {
        discord.InteractionType.component: presses,
        discord.InteractionType.modal_submit: forms,
    }.get(interaction.type, {})
    mark = mark_of(str(data.get("custom_id", "")))
    handler = None if mark is None else handlers.get((mark.feature, mark.verb))
    if mark is None or handler is None:
        return
    chosen = next(iter(data.get("values", ())), None)
    press = Press(mark.arguments, chosen, dict(_fields(data.get("components", []))))
    try:
        await handler(interaction, press)
    except Exception as error:  # noqa: BLE001 - the last place where anything can be caught
        await tell(interaction, error, written=press.text)


def _fields(components: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for component in components:
        inner = component.get("component")
        yield from _fields([*component.get("components", []), *([inner] if inner else [])])
        if "custom_id" in component:
            value = component.get("value", next(iter(component.get("values", [])), ""))
            yield component["custom_id"], str(value)
