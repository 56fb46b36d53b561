from __future__ import annotations

import pytest

from bot.debate.cog.chart_words import drawn_words, result_words
from bot.debate.service.chart import ENGLISH, result_alt_text, result_png
from bot.wire.page.language import LANGUAGES, words_for
from tests.debate.service.test_chart import EVENING, NAMES


def test_english_words_are_those_of_the_picture() -> None:
    """Letter by letter, fields too."""
    assert result_words(words_for("en")) == drawn_words(words_for("en")) == ENGLISH


@pytest.mark.parametrize("language", LANGUAGES)
def test_result_can_be_drawn_and_described_in_every_language(language: str) -> None:
    """No field is lost, and no letter is missing in the picture, which would be a warning."""
    words = words_for(language)
    assert result_png(EVENING, NAMES, drawn_words(words)).startswith(b"\x89PNG")
    described = result_alt_text(EVENING, NAMES, result_words(words))
    assert "The film" in described
    assert "159" in described
    assert "+18.2" in described
    assert len(described) <= 1024


def test_letters_that_cannot_be_drawn_are_replaced_by_english() -> None:
    """Hindi's."""
    assert drawn_words(words_for("hi")) == ENGLISH
