"""Discord's limits on application commands and on what autocomplete offers.

It must not know how commands are used.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.discord.loopback.wire import Json

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
COMMANDS_LIMIT = {CHAT_INPUT: 100, USER_MENU: 5, MESSAGE_MENU: 5}
NAME_LIMIT = 32
DESCRIPTION_LIMIT = 100
OPTIONS_LIMIT = 25
CHOICES_LIMIT = 25
CHOICE_LIMIT = 100
TREE_LIMIT = 8000
OFFERS_LIMIT = 25

DEVANAGARI_AND_THAI = ((0x0900, 0x097F), (0xA8E0, 0xA8FF), (0x0E00, 0x0E7F))


def tree_problems(commands: Sequence[Json]) -> Iterator[str]:
    """Name every limit that a whole set of commands breaks."""
    by_type = Counter(command.get("type", CHAT_INPUT) for command in commands)
    for kind, count in by_type.items():
        if count > COMMANDS_LIMIT[kind]:
            yield f"{count} commands of type {kind}, {COMMANDS_LIMIT[kind]} are the most"
    used = Counter((command.get("type", CHAT_INPUT), command["name"]) for command in commands)
    yield from (f"two commands are named {name!r}" for (_, name), times in used.items() if times > 1)
    for command in commands:
        yield from command_problems(command)


def command_problems(command: Json) -> Iterator[str]:
    """Name every limit that one command breaks."""
    if command.get("type", CHAT_INPUT) == CHAT_INPUT:
        yield from _named_problems(command)
        yield from _option_problems(command.get("options") or [], command["name"])
    else:
        for name in [command["name"], *(command.get("name_localizations") or {}).values()]:
            if not 1 <= len(name.strip()) <= NAME_LIMIT:
                yield f"the menu name {name!r} must have 1 to {NAME_LIMIT} characters"
        if command.get("description"):
            yield f"the menu {command['name']!r} may have no description"
    size = tree_size(command)
    if size > TREE_LIMIT:
        yield f"the command {command['name']!r} has {size} characters in all, {TREE_LIMIT} are the most"


def _named_problems(part: Json) -> Iterator[str]:
    for name in [part["name"], *(part.get("name_localizations") or {}).values()]:
        if not 1 <= len(name) <= NAME_LIMIT or name != name.lower() or not all(_is_name_character(c) for c in name):
            yield f"the name {name!r} must have 1 to {NAME_LIMIT} lower-case letters, digits, '-' or '_'"
    for text in [part.get("description") or "", *(part.get("description_localizations") or {}).values()]:
        if not 1 <= len(text) <= DESCRIPTION_LIMIT:
            yield (
                f"the description {text!r} of {part['name']!r} has {len(text)} characters, "
                f"1 to {DESCRIPTION_LIMIT} are allowed"
            )


def _is_name_character(character: str) -> bool:
    if character in "-_'" or unicodedata.category(character)[0] in "LN":
        return True
    return any(first <= ord(character) <= last for first, last in DEVANAGARI_AND_THAI)


def _option_problems(options: Sequence[Json], owner: str) -> Iterator[str]:
    if len(options) > OPTIONS_LIMIT:
        yield f"{owner!r} has {len(options)} options, {OPTIONS_LIMIT} are the most"
    used = Counter(option["name"] for option in options)
    yield from (f"{owner!r} has two options {name!r}" for name, times in used.items() if times > 1)
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        yield f"{owner!r} asks for a required option after one that is not"
    for option in options:
        yield from _named_problems(option)
        yield from _option_problems(option.get("options") or [], option["name"])
        yield from choice_problems(option.get("choices") or [], option["name"], CHOICES_LIMIT)
        if option.get("choices") and option.get("autocomplete"):
            yield f"the option {option['name']!r} has choices and autocomplete"


def choice_problems(choices: Sequence[Json], owner: str = "autocomplete", limit: int = OFFERS_LIMIT) -> Iterator[str]:
    """Name every limit that an option's choices, or those that autocomplete offers, break."""
    if len(choices) > limit:
        yield f"{owner!r} offers {len(choices)} choices, {limit} are the most"
    for choice in choices:
        for text in [choice["name"], *(choice.get("name_localizations") or {}).values(), choice["value"]]:
            if isinstance(text, str) and not 1 <= len(text) <= CHOICE_LIMIT:
                yield f"the choice {text!r} of {owner!r} must have 1 to {CHOICE_LIMIT} characters"


def tree_size(part: Json) -> int:
    """Count names, descriptions and values of a command and everything in it, in characters.

    Of a text's translations the longest counts, as Discord documents it.
    """
    size = 0
    for key in ("name", "description"):
        texts = [part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values()]
        size += max(len(text) for text in texts)
    value: Any = part.get("value")
    size += len(value) if isinstance(value, str) else 0
    nested = [*(part.get("options") or []), *(part.get("choices") or [])]
    return size + sum(tree_size(each) for each in nested)
