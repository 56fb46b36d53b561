"""The catalogues of the interface's words, kept with Babel: extracted from sources and formats, updated, compiled.

`make words` adds what is new to the .po files, untranslated, takes out what nobody says any more, and compiles them.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from babel.util import pathmatch
from discord import app_commands
from discord.app_commands import Command, ContextMenu, Group

from bot.features import ALL
from bot.wire.page.language import DOMAIN, FOLDER, LANGUAGES, NAME, SOURCE
from knowledge.pack import load_pack

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import IO

ROOT: Final = Path(__file__).parents[3]

TRANSLATED: Final = tuple(language for language in LANGUAGES if language != SOURCE)

KEYWORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("words", "_words", "to_say", "UserError")),
    "count": (1, 2),
    "Message": {1: None, 2: (1, 2)},
}
"""What is called with words to translate, and which of its arguments are such; None: the first."""

UNHEARD: Final = (
    *(f"bot/{room}" for room in ("*/terminal/*.py", "admin/*.py", "config/*.py", "lab/**.py", "screen/*.py", "*.py")),
    "bot/authoring/**.py",
    "bot/fleet/**.py",
    *(f"bot/log/{module}.py" for module in ("care/conversion", "engines/*", "lock", "log", "opening", "reader")),
    "bot/log/steps/server.py",
    *("bot/process/journal.py", "bot/process/sessions.py"),
    *(f"bot/wire/{module}.py" for module in ("checking", "running", "trouble")),
    *("bot/answer/rules/answer_sheets.py", "bot/answer/rules/sheet_*.py"),
    *("bot/debate/rules/saved.py", "bot/debate/service/rehearsal.py"),
)
"""Where everything is said in a terminal, or to those who run the program: in English."""

HEARD: Final = (
    "bot/**.py",
    "embeddings/batching.py",
    "embeddings/library.py",
    "knowledge/citation.py",
    "knowledge/reading/nearest.py",
)


def heard() -> Iterator[Path]:
    """List the sources whose words people on Discord can read."""
    for path in sorted(path for folder in ("bot", "embeddings", "knowledge") for path in (ROOT / folder).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if any(pathmatch(each, name) for each in HEARD) and not any(pathmatch(each, name) for each in UNHEARD):
            yield path


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
    method: Any = said_in
    for path in heard():
        with path.open("rb") as file:
            for _, message, _, context in extract(method, file, KEYWORDS):
                found.add(message, context=context)
    for command in command_tree().get_commands():
        for context, text in _said_of(command):
            found.add(text, context=context)
    for form in load_pack().formats:
        for name in (form.name, *(phase.name for phase in form.phases)):
            found.add(name)
    for setting in (setting for feature in ALL for setting in feature.exports().settings):
        found.add(setting.reset.message)
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
    for command in (command for feature in ALL for command in feature.exports().commands):
        tree.add_command(command)
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
        missing = [each.id for each in catalogue if each.id and not (each.string and all(each.string))]
        print(f"{language}: {len(catalogue)} messages, {len(missing)} to translate")  # noqa: T201 - it is a tool


if __name__ == "__main__":
    main()
