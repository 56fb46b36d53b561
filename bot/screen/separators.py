"""The options of commands that write tables: which signs part cells and decimals, by default those of the locale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.values.separated import SIGNS, Separators, separators_for
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

Separator = Annotated[
    str,
    typer.Option("--separator", metavar="SIGN", help="For tables: comma, semicolon, tab or bar; else your locale's."),
]
Decimal = Annotated[
    str, typer.Option("--decimal", metavar="SIGN", help="For tables: comma or point in numbers; else your locale's.")
]

_DECIMALS: Final = {"comma": ",", "point": "."}


def separators_of(environ: Mapping[str, str], separator: str = "", decimal: str = "") -> Separators:
    """Tell the signs for a table: those of the options, else those of the locale that the environment names."""
    named = next((environ[name] for name in ("LC_ALL", "LC_NUMERIC", "LANG") if environ.get(name)), "")
    own = separators_for(named)
    return Separators(
        sign_of(separator, SIGNS, "--separator") if separator else own.cells,
        sign_of(decimal, _DECIMALS, "--decimal") if decimal else own.decimal,
    )


def sign_of(named: str, signs: Mapping[str, str], option: str) -> str:
    """Read a sign off an option: the sign itself, or the word for it."""
    if named in signs.values():
        return named
    if named.casefold() not in signs:
        raise typer.BadParameter(f"there is no sign {quoted(named)}{hint(named, signs)}", param_hint=option)
    return signs[named.casefold()]
