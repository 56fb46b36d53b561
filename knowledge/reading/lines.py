"""Finding the line of a table, a key or a text in a TOML file, for messages that an editor can jump to."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_HEADER: Final = re.compile(r"""\s*\[\[\s*["']?([\w-]+)["']?\s*]]\s*(?:\#.*)?$""")


class Lines:
    """The lines of one file, counted from 1.

    tomllib tells no positions, so they are found by the look of the lines: a table by counting its headers, a key by
    its name at the start of a line, a text of a list by its quoted form. A text over several lines that looks like
    TOML itself can mislead this; the line is then off, the message is not.
    """

    def __init__(self, source: str) -> None:
        """Note where the tables of each name begin and end."""
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
