"""The days of schedules, said and read in every language."""

from __future__ import annotations

import pytest

from bot.lesson.cog.days import days_line, days_typed
from bot.lesson.rules.days import Days, days_in
from bot.wire.page.language import LANGUAGES, words_for

SAID = {
    "daily": ("every day", "jeden Tag", "cada día"),
    "weekdays": ("Monday to Friday", "montags bis freitags", "de lunes a viernes"),
    "mon,wed": ("every Monday, Wednesday", "jeden Montag, Mittwoch", "cada lunes, miércoles"),
    "15": ("on day 15 of every month", "am 15. jedes Monats", "el día 15 de cada mes"),
    "30": (
        "on day 30 of every month, or its last",
        "am 30. jedes Monats oder an dessen letztem Tag",
        "el día 30 de cada mes, o el último",
    ),
    "last day": ("on the last day of every month", "am letzten Tag jedes Monats", "el último día de cada mes"),
    "first mon": (
        "on the first Monday of every month",
        "am ersten Montag jedes Monats",
        "el primer lunes de cada mes",
    ),
}


@pytest.mark.parametrize("typed", SAID)
def test_days_are_said_in_the_readers_language(typed: str) -> None:
    lines = tuple(days_line(days_in(typed), words_for(language)) for language in ("en", "de", "es"))
    assert lines == SAID[typed]
    assert days_line(days_in(typed), words_for("hi")) not in lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_usual_days_is_read_again(language: str) -> None:
    words = words_for(language)
    for typed in ("daily", "weekdays", "tue", "15", "last day", "last mon"):
        assert days_typed(days_line(days_in(typed), words), words) == days_in(typed)
    assert days_typed("Di und Do", words_for("de")) == Days((1, 3))
