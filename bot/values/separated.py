"""Tables as CSV files, in the signs that a person's spreadsheet expects."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.values.text import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIGNS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
"""Signs that part cells, by the words for them."""

_DECIMAL_COMMA: Final = frozenset({
    *("af", "az", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fo", "fr", "gl", "hr", "hu"),
    *("hy", "id", "is", "it", "ka", "kk", "ky", "lb", "lt", "lv", "mk", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru"),
    *("sk", "sl", "sq", "sr", "sv", "tr", "uk", "uz", "vi"),
})  # fmt: skip
"""Languages that write 7,05, so that their spreadsheets part cells by semicolons. Source: Unicode CLDR."""
_DECIMAL_POINT: Final = frozenset({
    *("de_CH", "de_LI", "it_CH", "es_419", "es_BZ", "es_CU", "es_DO", "es_GT", "es_HN", "es_MX", "es_NI", "es_PA"),
    *("es_PE", "es_PR", "es_SV", "es_US"),
})  # fmt: skip
"""Countries where these languages write 7.05 all the same."""
_LOCALE: Final = re.compile(r"([a-z]{2,3})(?:[_-](?:[A-Za-z]{4}[_-])?([A-Za-z]{2}|\d{3}))?(?![a-z])")


@dataclass(frozen=True, slots=True)
class Separators:
    """What parts the cells of a table, and what a number's whole from its fraction."""

    cells: str = ","
    decimal: str = "."


PLAIN: Final = Separators()
"""As programs read them."""


def separators_for(locale: str) -> Separators:
    """Tell what spreadsheets expect where somebody lives: "de", "es-419" (as Discord says it), "de_CH.UTF-8"."""
    found = _LOCALE.match(locale)
    if found is None or found[1] not in _DECIMAL_COMMA or f"{found[1]}_{(found[2] or '').upper()}" in _DECIMAL_POINT:
        return Separators()
    return Separators(";", ",")


def table_line(cells: Iterable[str | float | None], separators: Separators) -> str:
    """Write one line of a table (RFC 4180: CRLF, every cell in quotation marks); no cell can be calculated."""
    line = io.StringIO()
    written = [_cell(cell, separators) for cell in cells]
    csv.writer(line, delimiter=separators.cells, quoting=csv.QUOTE_ALL).writerow(written)
    return line.getvalue()


def table(rows: Iterable[Sequence[str | float | None]], separators: Separators) -> str:
    """Write a whole table."""
    return "".join(table_line(row, separators) for row in rows)


def _cell(cell: str | float | None, separators: Separators) -> str:
    """Write a cell: what somebody wrote made inert; a number stays one, for no one wrote it."""
    if cell is None:
        return ""
    return inert(cell) if isinstance(cell, str) else str(cell).replace(".", separators.decimal)
