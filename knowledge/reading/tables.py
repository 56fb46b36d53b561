"""Reading a pack's files, and its tables key by key, with every problem on a list instead of the first one raised."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from knowledge.errors import Problem
from knowledge.reading.encodings import text_of
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

DEFAULTS: Final = Path(__file__).parents[1] / "defaults"
"""The folder of what any pack has unless it says otherwise."""

_HEADER: Final = re.compile(r"""\s*\[\[\s*["']?([\w-]+)["']?\s*]]\s*(?:\#.*)?$""")
_IDENTITY: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TOML_POSITION: Final = re.compile(
    r"(?P<reason>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)"
)

_KINDS: Final = {
    bool: "true or false",
    int: "a number",
    float: "a decimal number",
    list: "a list",
    dict: "a table",
}
"""What TOML's values are called in messages; the rest are dates and times."""


class Lines:
    """The lines of one file, counted from 1.

    tomllib reports no positions, so they are found by the look of the lines; a text over several lines that looks like
    TOML can mislead this.
    """

    def __init__(self, source: str) -> None:
        self._lines = source.split("\n")
        headers = [(at, match[1]) for at, line in enumerate(self._lines, start=1) if (match := _HEADER.match(line))]
        self._tables: dict[str, list[range]] = {}
        for (start, name), (end, _) in pairwise([*headers, (len(self._lines) + 1, "")]):
            self._tables.setdefault(name, []).append(range(start, end))

    @property
    def all(self) -> range:
        """Every line of the file."""
        return range(1, len(self._lines) + 1)

    def table(self, name: str, index: int) -> range:
        """Return the lines of the table [[name]] with this index (from 0), header first; none when it is inline."""
        tables = self._tables.get(name, [])
        return tables[index] if index < len(tables) else range(0)

    def nested(self, name: str, index: int, within: range) -> range:
        """Return the lines of a table [[….name]] with this index among those inside the lines of another table."""
        header = re.compile(rf"""\s*\[\[[^\]]*\.\s*["']?{re.escape(name)}["']?\s*]]\s*(?:\#.*)?$""")
        starts = [line for line in within if header.match(self._lines[line - 1])]
        ends = [*starts[1:], within.stop]
        return range(starts[index], ends[index]) if index < len(starts) else range(0)

    def key(self, key: str, within: range) -> int | None:
        """Find the line on which a key, or the header of the table of that name, stands first."""
        pattern = re.compile(rf"""\s*\[{{0,2}}\s*(?:[\w-]+\s*\.\s*)*["']?{re.escape(key)}["']?\s*[=.\]]""")
        return next((line for line in within if pattern.match(self._lines[line - 1])), None)

    def text(self, text: str, within: range) -> int | None:
        """Find the line on which a text stands first in quotation marks, written without escapes."""
        forms = (f'"{text}"', f"'{text}'")
        return next((line for line in within if any(form in self._lines[line - 1] for form in forms)), None)


class Folder:
    """A pack's folder while it is read: the bytes and problems so far, by file relative to the folder (POSIX)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._problems: list[Problem] = []
        self._files: dict[str, bytes | None] = {}
        self._unhashed: set[str] = set()
        self._defaults: dict[str, bytes] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems in order of file and line."""
        return tuple(sorted(self._problems, key=lambda problem: (problem.file, problem.line)))

    @property
    def files(self) -> dict[str, bytes | None]:
        """The contents of the files that were looked for; None for missing ones."""
        return dict(self._files)

    @property
    def sha256(self) -> str:
        """The hash over the names and bytes of the `hashed` files, the program's own included, sorted by name."""
        digest = hashlib.sha256()
        for name, content in sorted({**self._files, **self._defaults}.items()):
            if content is None or name in self._unhashed:
                continue
            for part in (name.encode(), content):
                digest.update(len(part).to_bytes(8))
                digest.update(part)
        return digest.hexdigest()

    def complain(self, file: str, line: int, message: str) -> None:
        """Report a problem; line 0 stands for the whole file."""
        self._problems.append(Problem(file, line, message))

    def exists(self) -> bool:
        """Return whether there is such a folder; when not, that is a problem."""
        try:
            there = self.path.is_dir()
        except OSError as error:
            self.complain(".", 0, f"the folder {self.path} cannot be read: {error.strerror}")
            return False
        if not there:
            wanted = "a pack is a folder with pack.toml, passages.toml and its articles"
            self.complain(".", 0, f"there is no folder {self.path}; {wanted}")
        return there

    def content(self, name: str, *, hashed: bool = True) -> bytes | None:
        """Return a file's bytes; None is a problem. Raises FileNotFoundError."""
        try:
            content = (self.path / name).read_bytes()
        except FileNotFoundError:
            self._files[name] = None
            raise
        except OSError as error:
            self.complain(name, 0, f"the file cannot be read: {error.strerror}")
            return None
        self._files[name] = content
        if not hashed:
            self._unhashed.add(name)
        return content

    def decoded(self, name: str, content: bytes, decode: Callable[[bytes], str] = bytes.decode) -> str | None:
        """Return a file's bytes as text, UTF-8 unless `decode` knows better, line ends untouched; None is a problem."""
        try:
            return decode(content)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.complain(name, line, f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8")
            return None

    def toml(self, name: str, *, optional: bool = False, hashed: bool = True) -> Table | None:
        """Read a TOML file; None when that fails, or when an optional file is missing."""
        try:
            content = self.content(name, hashed=hashed)
        except FileNotFoundError:
            if not optional:
                self.complain(name, 0, "the file is missing")
            return None
        return None if content is None else self._table(name, content)

    def default(self, name: str, *, hashed: bool = True) -> Table | None:
        """Read the program's own file of a name, on top of which a pack's goes; None when that fails."""
        content = (DEFAULTS / name).read_bytes()
        if hashed:
            self._defaults[f"defaults/{name}"] = content
        return self._table(f"defaults/{name}", content)

    def _table(self, name: str, content: bytes) -> Table | None:
        source = self.decoded(name, content, text_of)
        if source is None:
            return None
        try:
            values = tomllib.loads(source)
        except RecursionError:
            self.complain(name, 0, "broken TOML: nested too deeply")
        except ValueError as error:  # TOMLDecodeError, and int()'s own for a number of thousands of digits
            self._complain_of_toml(name, source, str(error))
        else:
            lines = Lines(source)
            return Table(self, name, lines, "", values, 0, lines.all)
        return None

    def _complain_of_toml(self, name: str, source: str, message: str) -> None:
        position = _TOML_POSITION.fullmatch(message)
        if position is None:
            self.complain(name, 0, f"broken TOML: {message}")
        elif position["line"] is None:
            self.complain(name, len(source.split("\n")), f"broken TOML: {position['reason']}, at the end of the file")
        else:
            reason = f"broken TOML: {position['reason']}, at column {position['column']}"
            self.complain(name, int(position["line"]), reason)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a TOML file, read key by key; what is missing or cannot be used reads as empty.

    `label` names it in messages, `line` is its header's, `within` its lines; "" and 0 for the file itself.
    """

    folder: Folder
    file: str
    lines: Lines
    label: str
    values: Mapping[str, object]
    line: int
    within: range

    def complain(self, message: str, key: str = "", text: str = "") -> None:
        """Report a problem, on the line of the text under the key, else of the key, else of the table."""
        line = self.lines.key(key, self.within) if key else None
        if line is not None and text:
            line = self.lines.text(text, range(line, self.within.stop)) or line
        prefix = f"{self.label}: " if self.label else ""
        self.folder.complain(self.file, self.line if line is None else line, prefix + message)

    def expect(self, required: Sequence[str], optional: Sequence[str] = ()) -> None:
        """Complain of each required key that is missing and of each key that is neither required nor optional."""
        for key in required:
            if key not in self.values:
                self.complain(f"the key {quoted(key)} is missing")
        valid = (*required, *optional)
        for key in self.values:
            if key not in valid:
                self.complain(f"unknown key {quoted(key)}{hint(key, valid)}", key)

    def text(self, key: str) -> str:
        """Read a text; one of white space only is a problem."""
        value = self.values.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if value is not None:
            self.complain(f"{quoted(key)} must be a text, not {_in_words(value)}", key)
        return ""

    def identity(self) -> str:
        """Read the id, of few letters: it stands in file names, JSON and buttons."""
        value = self.text("id")
        if not value or _IDENTITY.fullmatch(value):
            return value
        self.complain(f'"id" must be lower-case letters, digits and hyphens, not {quoted(value)}', "id")
        return ""

    def choice(self, key: str, valid: Collection[str]) -> str:
        """Read a text that must be one of the valid ones, if there are any."""
        value = self.text(key)
        return value if self._is_known(key, key, value, valid) else ""

    def texts(self, key: str, *, least: int = 0) -> tuple[str, ...]:
        """Read a list of texts; fewer than `least` of them is a problem."""
        value = self.values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            found = "one with other things in it" if isinstance(value, list) else _in_words(value)
            self.complain(f"{quoted(key)} must be a list of texts, not {found}", key)
            return ()
        if not all(text.strip() for text in value):
            self.complain(f"{quoted(key)} holds an empty text; remove it", key)
        if len(value) < least:
            self.complain(f"{quoted(key)} must hold {least} or more, not {len(value)}", key)
        return tuple(text for text in value if text.strip())

    def choices(self, key: str, noun: str, valid: Collection[str], *, least: int = 0) -> tuple[str, ...]:
        """Read a list of texts that must all be valid ones; `noun` is the word for one of them."""
        return tuple(value for value in self.texts(key, least=least) if self._is_known(key, noun, value, valid))

    def number(self, key: str) -> int | None:
        """Read a whole number from 1."""
        value = self.values.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            if value >= 1:
                return value
            self.complain(f"{quoted(key)} must be 1 or more, not {value}", key)
        elif value is not None:
            self.complain(f"{quoted(key)} must be a whole number, not {_in_words(value)}", key)
        return None

    def flag(self, key: str) -> bool:
        """Read true or false; false where it is not there."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.complain(f"{quoted(key)} must be true or false, not {_in_words(value)}", key)
        return value is True

    def table(self, key: str) -> Table | None:
        """Read a table inside this one."""
        value = self.values.get(key)
        if isinstance(value, dict):
            line = self.lines.key(key, self.within) or self.line
            return Table(self.folder, self.file, self.lines, self.label, value, line, range(line, self.within.stop))
        if value is not None:
            self.complain(f"{quoted(key)} must be a table, not {_in_words(value)}", key)
        return None

    def tables(self, key: str) -> tuple[Table, ...]:
        """Read a list of tables, in the order of the file."""
        value = self.values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
            inside = self.label.strip("[]").split(" ")[0] + "." if self.label else ""
            self.complain(f"{quoted(key)} must be tables headed [[{inside}{key}]]", key)
            return ()
        line = self.lines.key(key, self.within) or 0
        return tuple(self._entry(key, index, entry, line) for index, entry in enumerate(value))

    def _entry(self, key: str, index: int, values: Mapping[str, object], inline: int) -> Table:
        within = self.lines.nested(key, index, self.within) if self.label else self.lines.table(key, index)
        identity = values.get("id")
        label = f"{key} {quoted(identity)}" if isinstance(identity, str) and identity else f"[[{key}]]"
        return Table(self.folder, self.file, self.lines, label, values, within.start or inline, within)

    def _is_known(self, key: str, noun: str, value: str, valid: Collection[str]) -> bool:
        if value and valid and value not in valid:
            self.complain(f"unknown {noun} {quoted(value)}{hint(value, valid)}", key, value)
            return False
        return bool(value)


def distinct(tables: Sequence[Table]) -> dict[str, Table]:
    """Return the tables by id, in the order of the file; a repeated id is a problem."""
    by_id: dict[str, Table] = {}
    for table in tables:
        identity = table.identity()
        if identity in by_id:
            table.complain(f"the id {quoted(identity)} is already taken on line {by_id[identity].line}", "id")
        elif identity:
            by_id[identity] = table
        elif "id" not in table.values:
            table.complain('the key "id" is missing')
    return by_id


def _in_words(value: object) -> str:
    if isinstance(value, str):
        return quoted(value) if value.strip() else "an empty one"
    return _KINDS.get(type(value), "a date or time")
