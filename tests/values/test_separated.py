from __future__ import annotations

import csv
import io

import discord
import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from bot.values.separated import _DECIMAL_COMMA, _DECIMAL_POINT, PLAIN, SIGNS, Separators, separators_for, table


@pytest.mark.parametrize(
    ("locale", "separators"),
    [
        ("", PLAIN),
        ("C.UTF-8", PLAIN),
        ("POSIX", PLAIN),
        ("en_US.UTF-8", PLAIN),
        ("en-GB", PLAIN),
        ("hi", PLAIN),
        ("de", Separators(";", ",")),
        ("de_DE.UTF-8", Separators(";", ",")),
        ("de_CH.UTF-8", PLAIN),
        ("es-ES", Separators(";", ",")),
        ("es-419", PLAIN),
        ("es_MX", PLAIN),
        ("pt-BR", Separators(";", ",")),
        ("sr_Latn_RS@euro", Separators(";", ",")),
        ("zh-CN", PLAIN),
        ("eng", PLAIN),
    ],
)
def test_a_locale_tells_what_its_spreadsheets_expect(locale: str, separators: Separators) -> None:
    """As an environment names it, and as Discord does."""
    assert separators_for(locale) == separators


def test_the_languages_are_those_of_the_unicode_s_data() -> None:
    """Each that writes decimal commas, and each country that does not."""
    assert {lang for lang in _DECIMAL_COMMA if Locale.parse(lang).number_symbols["latn"]["decimal"] != ","} == set()
    assert {name for name in _DECIMAL_POINT if Locale.parse(name).number_symbols["latn"]["decimal"] != "."} == set()


@pytest.mark.parametrize("locale", [locale.value for locale in discord.Locale])
def test_every_locale_of_discord_is_known(locale: str) -> None:
    """By the same data."""
    decimal = Locale.parse(locale, sep="-").number_symbols["latn"]["decimal"]
    assert separators_for(locale).decimal == decimal


@given(st.lists(st.lists(st.text(max_size=10), min_size=1, max_size=4), max_size=4), st.sampled_from([*SIGNS.values()]))
def test_what_is_written_can_be_read_and_not_calculated(rows: list[list[str]], sign: str) -> None:
    """With any separator."""
    text = table(rows, Separators(sign))
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    assert [len(row) for row in read] == [len(row) for row in rows]
    assert not [cell for row in read for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_numbers_have_the_decimal_sign_of_the_table() -> None:
    """They stay numbers, below zero as well; nothing is an empty cell."""
    assert table([("a", 1.5, -2, None, -0.25)], Separators(";", ",")) == '"a";"1,5";"-2";"";"-0,25"\r\n'
