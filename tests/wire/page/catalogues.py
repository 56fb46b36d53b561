"""The catalogues of the interface's words: what there is to say, what is translated, and their compiled form.

`python -m tests.wire.page.catalogues` adds what is missing to the .po files (untranslated), takes out what nobody
says any more, and compiles them. The tests compare. It must not know how anything is shown.
"""

from __future__ import annotations

import ast
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from discord import app_commands
from discord.app_commands import Command, ContextMenu, Group

from bot import features as cogs
from bot.wire.page.language import DOMAIN, FOLDER, LANGUAGES, NAME, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT: Final = Path(__file__).parents[3]
SPOKEN_IN: Final = ROOT / "bot"
RAISED_IN: Final = (
    "*/service/*.py",
    "process/*.py",
    "log/access.py",
    "guild/rules/permissions.py",
    "lab/bench/[tcl]*.py",
)

PLURALS: Final = {"de": "n != 1", "es": "n != 1", "hi": "n > 1"}
"""When the second form is used, as gettext writes it (CLDR's rules, without Spanish "many" for millions)."""

TRANSLATED: Final = tuple(language for language in LANGUAGES if language != SOURCE)


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """Something to say: its context ("" or "name"), its English words, and those for many ("" where there are none)."""

    context: str
    one: str
    many: str = ""


Catalogue = dict[Message, tuple[str, ...]]
"""What is said for each message; one text, or two where there is a plural. Empty texts are not translated yet."""


def messages() -> set[Message]:
    """Find everything that the bot says."""
    found = set(messages_of_commands())
    for path in sorted(SPOKEN_IN.rglob("*.py")):
        found.update(messages_in(ast.parse(path.read_text(encoding="utf-8")), str(path)))
    for path in sorted(path for pattern in RAISED_IN for path in SPOKEN_IN.glob(pattern)):
        found.update(errors_in(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def messages_in(tree: ast.AST, place: str) -> Iterator[Message]:
    """Find the sentences that are given to `words(…)`, `words.count(…)` and `to_say(…)`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = ast.unparse(node.func).rpartition(".")
        if called[2] == "to_say" or called[2].removeprefix("_") == "words":
            for text in _constants(node.args[0], place):
                yield Message("", text)
        elif called[2] == "count" and called[0].rpartition(".")[2].removeprefix("_") == "words":
            (one,), (many,) = (tuple(_constants(argument, place)) for argument in node.args[:2])
            yield Message("", one, many)


def _constants(node: ast.expr, place: str) -> Iterator[str]:
    """Give the texts that an argument can be; a variable holds what was marked with `to_say` elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from _constants(node.body, place)
            yield from _constants(node.orelse, place)
        case ast.JoinedStr() | ast.BinOp():
            raise AssertionError(f"{place}:{node.lineno}: a sentence to translate is one constant, with {{fields}}")


def errors_in(tree: ast.AST) -> Iterator[Message]:
    """Find the fixed sentences that services raise as UserError."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "UserError":
            yield from (Message("", each.value) for each in node.args if _is_text(each))  # type: ignore[attr-defined] # just checked


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


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


def messages_of_commands() -> Iterator[Message]:
    """Find names, descriptions and choices of all commands."""
    for command in command_tree().get_commands():
        yield from _messages_of(command)


def _messages_of(command: Command[Any, ..., Any] | Group | ContextMenu) -> Iterator[Message]:
    yield Message(NAME, command.name)
    if isinstance(command, ContextMenu):
        return
    yield Message("", command.description)
    if isinstance(command, Group):
        for below in command.commands:
            yield from _messages_of(below)
        return
    for parameter in command.parameters:
        yield Message(NAME, parameter.display_name)
        yield Message("", str(parameter.description))
        yield from (Message("", choice.name) for choice in parameter.choices)


def path_of(language: str, ending: str = "po") -> Path:
    """Name the catalogue of a language: its text ("po") or its compiled form ("mo")."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.{ending}"


def read(language: str) -> Catalogue:
    """Read a catalogue, without its header."""
    path = path_of(language)
    if not path.exists():
        return {}
    catalogue: Catalogue = {}
    for entry in path.read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        field = ""
        for line in entry.splitlines():
            if line and not line.startswith("#"):
                if not line.startswith('"'):
                    field, _, line = line.partition(" ")  # noqa: PLW2901 - what is left of the line
                    fields[field] = ""
                fields[field] += ast.literal_eval(line)
        if fields.get("msgid"):
            many = fields.get("msgid_plural", "")
            texts = (fields["msgstr[0]"], fields["msgstr[1]"]) if many else (fields["msgstr"],)
            catalogue[Message(fields.get("msgctxt", ""), fields["msgid"], many)] = texts
    return catalogue


def header(language: str) -> str:
    """Give the header, which gettext needs for the encoding and the plural."""
    return (
        f"Project-Id-Version: dilemma\nLanguage: {language}\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
        f"Plural-Forms: nplurals=2; plural=({PLURALS[language]});\n"
    )


def written(language: str, catalogue: Mapping[Message, tuple[str, ...]]) -> str:
    """Write a catalogue as the text of a .po file, in the order of the English words."""
    lines = [f"# {LANGUAGES[language]}", 'msgid ""', 'msgstr ""']
    lines += [_quoted(f"{line}\n") for line in header(language).splitlines()]
    for message in sorted(catalogue):
        texts = catalogue[message]
        lines += ["", *([f"msgctxt {_quoted(message.context)}"] if message.context else ())]
        lines.append(f"msgid {_quoted(message.one)}")
        if message.many:
            lines.append(f"msgid_plural {_quoted(message.many)}")
            lines += [f"msgstr[{number}] {_quoted(text)}" for number, text in enumerate(texts)]
        else:
            lines.append(f"msgstr {_quoted(texts[0])}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def compiled(language: str, catalogue: Mapping[Message, tuple[str, ...]]) -> bytes:
    """Write a catalogue as the bytes of a .mo file (gettext's manual, "The Format of GNU MO Files")."""
    entries = {b"": header(language).encode()}
    for message, texts in catalogue.items():
        if all(texts):
            key = f"{message.context}\x04{message.one}" if message.context else message.one
            entries["\0".join([key, message.many] if message.many else [key]).encode()] = "\0".join(texts).encode()
    keys = sorted(entries)
    start = 7 * 4 + 2 * 8 * len(keys)
    tables: list[int] = []
    body = b""
    for texts_in_order in (keys, [entries[key] for key in keys]):
        for text in texts_in_order:
            tables += [len(text), start + len(body)]
            body += text + b"\0"
    numbers = [0x950412DE, 0, len(keys), 7 * 4, 7 * 4 + 8 * len(keys), 0, 0, *tables]
    return struct.pack(f"<{len(numbers)}I", *numbers) + body


def main(languages: Iterable[str] = TRANSLATED) -> None:
    """Bring the catalogues up to date with what is said."""
    wanted = messages()
    for language in languages:
        had = read(language)
        catalogue = {message: had.get(message, ("", "") if message.many else ("",)) for message in wanted}
        missing = sum(not all(texts) for texts in catalogue.values())
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_text(written(language, catalogue), encoding="utf-8")
        path_of(language, "mo").write_bytes(compiled(language, catalogue))
        print(f"{language}: {len(catalogue)} messages, {missing} to translate")  # noqa: T201 - it is a tool


if __name__ == "__main__":
    main()
