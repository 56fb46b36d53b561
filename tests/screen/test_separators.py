from __future__ import annotations

import pytest
import typer

from bot.screen.separators import separators_of
from bot.values.separated import Separators


@pytest.mark.parametrize(
    ("environ", "options", "separators"),
    [
        ({}, {}, Separators()),
        ({"LANG": "de_DE.UTF-8"}, {}, Separators(";", ",")),
        ({"LANG": "de_DE.UTF-8", "LC_NUMERIC": "en_US.UTF-8"}, {}, Separators()),
        ({"LANG": "en_US", "LC_NUMERIC": "en_US", "LC_ALL": "fr_FR"}, {}, Separators(";", ",")),
        ({"LANG": "de_DE.UTF-8"}, {"separator": "comma", "decimal": "point"}, Separators()),
        ({}, {"separator": "tab"}, Separators("\t", ".")),
        ({}, {"separator": ";", "decimal": ","}, Separators(";", ",")),
    ],
)
def test_options_go_before_the_locale(environ: dict[str, str], options: dict[str, str], separators: Separators) -> None:
    """By word or by sign."""
    assert separators_of(environ, **options) == separators


def test_an_unknown_sign_is_wrong_use() -> None:
    """With the nearest one."""
    with pytest.raises(typer.BadParameter, match='there is no sign "semicolons"; did you mean "semicolon"'):
        separators_of({}, "semicolons")
    with pytest.raises(typer.BadParameter, match='valid: "comma", "point"'):
        separators_of({}, decimal="x")
