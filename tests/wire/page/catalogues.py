"""The catalogues of the interface's words, kept with Babel: extracted from the sources, updated, compiled.

`make words` adds what is new to the .po files, untranslated, takes out what nobody says any more, and compiles them.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from discord import app_commands
from discord.app_commands import Command, ContextMenu, Group

from bot import features as cogs
from bot.wire.page.language import DOMAIN, FOLDER, LANGUAGES, NAME, SOURCE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import IO

ROOT: Final = Path(__file__).parents[3]

TRANSLATED: Final = tuple(language for language in LANGUAGES if language != SOURCE)

KEYWORDS: Final = {"words": None, "_words": None, "to_say": None, "count": (1, 2), "UserError": None}
"""What is called with words to translate; of `count` the first two are those for one and for many."""

UNHEARD: Final = (
    *("*/terminal/*.py", "admin/*.py", "config/*.py", "lab/**.py", "screen/*.py", "*.py"),
    *("log/lock.py", "log/log.py", "log/opening.py", "log/reader.py", "process/journal.py", "process/ledger.py"),
    *("wire/checking.py", "wire/running.py", "wire/trouble.py"),
    *("answer/rules/sheet_reading.py", "debate/rules/record.py", "debate/service/rehearsal.py"),
)
"""Where in `bot` everything is said in a terminal, or to those who run the program: in English."""


def said_in(
    file: IO[bytes],
    keywords: Collection[str],
    _tags: object,
    options: object,  # Babel hands it over by name
) -> Iterator[tuple[int, str, list[str | None], list[str]]]:
    """Find what is called with words in a source, as Babel asks for it; Babel's own way misses calls in f-strings."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func).rpartition(".")[2]) in keywords:
            values = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
            yield node.lineno, name, [value if isinstance(value, str) else None for value in values] or [None], []


def extracted() -> Catalog:
    """Find everything that the bot says."""
    found = Catalog()
    methods: Any = [*((pattern, "ignore") for pattern in UNHEARD), ("**.py", said_in)]
    for _, _, message, _, context in extract_from_dir(ROOT / "bot", methods, keywords=KEYWORDS):
        found.add(message, context=context)
    for command in command_tree().get_commands():
        for context, text in _said_of(command):
            found.add(text, context=context)
    return found


class _NoClient:
    """What a tree of commands wants of its client before it is synced: next to nothing."""

    def __init__(self) -> None:
        self.http = None
        self._connection = self
        self._command_tree = None


def command_tree() -> app_commands.CommandTree[Any]:
    """Put all commands into a tree of their own."""
    nobody: Any = _NoClient()
    tree = app_commands.CommandTree[Any](nobody)
    for module in cogs.ALL:
        if hasattr(module, "add_to"):
            module.add_to(tree)
    return tree


def _said_of(command: Command[Any, ..., Any] | Group | ContextMenu) -> Iterator[tuple[str | None, str]]:
    """Give the names, descriptions and choices of a command and of those below it, each with its context."""
    yield NAME, command.name
    if isinstance(command, ContextMenu):
        return
    yield None, command.description
    if isinstance(command, Group):
        for below in command.commands:
            yield from _said_of(below)
        return
    for parameter in command.parameters:
        yield NAME, parameter.display_name
        yield None, str(parameter.description)
        yield from ((None, choice.name) for choice in parameter.choices)


def path_of(language: str, ending: str = "po") -> Path:
    """Name the catalogue of a language: its text ("po") or its compiled form ("mo")."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def read(language: str, ending: str = "po") -> Catalog:
    """Read a catalogue from its text or from its compiled form."""
    with path_of(language, ending).open("rb") as file:
        return read_po(file, language, DOMAIN) if ending == "po" else read_mo(file)


def main() -> None:
    """Bring the catalogues up to date with what is said."""
    wanted = extracted()
    for language in TRANSLATED:
        catalogue = read(language)
        catalogue.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
        with path_of(language).open("wb") as text, path_of(language, "mo").open("wb") as compiled:
            write_po(text, catalogue, width=0, no_location=True, sort_output=True, ignore_obsolete=True)
            write_mo(compiled, catalogue)


if __name__ == "__main__":
    main()
