"""Presses of buttons, menus and forms: the grammar of their ids, and the one place that finds who answers them.

    <feature>:<verb>[:<argument>]…

"answer:share:<conversation>:3", say, or "debate:join:<debate>:0". An id is all that a button remembers, so it works at
any age, and after a restart. Ids from before this grammar are read here as well, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import discord

from bot.values.text import heard
from bot.wire.page.controls import TEXT
from bot.wire.page.errors import tell
from bot.wire.page.limits import LONGEST_ID
from knowledge.errors import UserError

_WRITTEN: Final = re.compile(r"[a-z]+:[a-z]+(?::[^:]+)*")

_OLD: Final = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"d:ctx:([^:]+:[^:]+)(?::pick)?", r"answer:context:\1"),
        (r"d:good:(.+)", r"answer:helpful:\1"),
        (r"d:bad:(.+)", r"answer:unhelpful:\1"),
        (r"d:(.+)", r"answer:\1"),
        (r"l:(.+)", r"lookup:\1"),
        (r"r:(.+)", r"review:\1"),
        (r"p:(.+)", r"privacy:\1"),
        (r"(debate:ballot:[^:]+:[a-z]+)([01])", r"\1:\2"),
    )
)
"""How ids were written before, and how they are now."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What an id says: a verb of a feature, and its arguments."""

    feature: str
    verb: str
    arguments: tuple[str, ...] = ()


def id_of(feature: str, verb: str, *arguments: object) -> str:
    """Return an id. Raises ValueError for one that Discord would refuse, or that could not be read back."""
    written = ":".join((feature, verb, *map(str, arguments)))
    if len(written) > LONGEST_ID:
        raise ValueError(f"{written} has {len(written)} characters, {LONGEST_ID} are allowed")
    if mark_of(written) != Mark(feature, verb, tuple(map(str, arguments))):
        raise ValueError(f"{written} could not be read back: a part of an id is not empty and holds no colon")
    return written


def mark_of(custom_id: str) -> Mark | None:
    """Read an id of any age; None for one that is not ours."""
    for old, new in _OLD:
        if found := old.fullmatch(custom_id):
            custom_id = found.expand(new)
            break
    if not _WRITTEN.fullmatch(custom_id):
        return None
    feature, verb, *arguments = custom_id.split(":")
    return Mark(feature, verb, tuple(arguments))


def marks_in(components: Iterable[Any]) -> Iterator[Mark]:
    """Return what the ids of a message's buttons and menus say, those that are ours."""
    for component in components:
        if (mark := mark_of(getattr(component, "custom_id", None) or "")) is not None:
            yield mark
        yield from marks_in(getattr(component, "children", ()))


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed, a menu that was chosen from, or a form that was sent.

    `arguments` come from its id, `chosen` from a menu, `written` from a form: the text or first choice of each field.
    """

    arguments: tuple[str, ...]
    chosen: str | None = None
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text of a form's one text field, with mentions removed."""
        return heard(self.written.get(TEXT, ""))


Handler: TypeAlias = Callable[[discord.Interaction[Any], Press], Awaitable[None]]
Handlers: TypeAlias = Mapping[tuple[str, str], Handler]
"""Who answers, by the feature and the verb of an id."""


async def answer_press(interaction: discord.Interaction[Any], presses: Handlers, forms: Handlers) -> None:
    """Answer a press or a form, also one with an id that nobody knows (any more); ignore other interactions.

    An error is shown to the person, with what they wrote, so that nobody writes it twice.
    """
    data: Any = interaction.data or {}
    handlers = {
        discord.InteractionType.component: presses,
        discord.InteractionType.modal_submit: forms,
    }.get(interaction.type)
    if handlers is None:
        return
    mark = mark_of(str(data.get("custom_id", ""))) or Mark("", "")
    chosen = next(iter(data.get("values", ())), None)
    press = Press(mark.arguments, chosen, dict(_fields(data.get("components", []))))
    try:
        await handlers.get((mark.feature, mark.verb), _unknown)(interaction, press)
    except Exception as error:  # noqa: BLE001 - the last place where anything can be caught
        await tell(interaction, error, written=press.text)


async def _unknown(_interaction: discord.Interaction[Any], _press: Press) -> None:
    raise UserError("This is from another version of me: use the command again.")


def typed_in(interaction: discord.Interaction[Any]) -> str:
    """Return what a person typed into a command or a form, with mentions removed; empty for a button."""
    data: Any = interaction.data or {}
    typed = [*_options(data.get("options", [])), dict(_fields(data.get("components", []))).get(TEXT, "")]
    return heard("\n".join(filter(None, typed)))


def _options(options: list[dict[str, Any]]) -> Iterator[str]:
    for option in options:
        yield from _options(option.get("options", []))
        if option["type"] == discord.AppCommandOptionType.string.value:
            yield option["value"]


def _fields(components: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for component in components:
        inner = component.get("component")
        yield from _fields([*component.get("components", []), *([inner] if inner else [])])
        if "custom_id" in component:
            value = component.get("value", next(iter(component.get("values", [])), ""))
            yield component["custom_id"], str(value)
