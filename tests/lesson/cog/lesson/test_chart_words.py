from __future__ import annotations

import pytest

from bot.lesson.cog.lesson.chart_words import drawn_words, shift_words
from bot.lesson.service.chart import ENGLISH, Votes, shift_alt_text, shift_png
from bot.wire.page.language import LANGUAGES, words_for

VOTES = (Votes("Is it fair?", (14, 9, 7), (20, 10, 0)),)


def test_english_words_are_those_of_the_picture() -> None:
    """Letter by letter, fields too."""
    assert shift_words(words_for("en")) == drawn_words(words_for("en")) == ENGLISH


@pytest.mark.parametrize("language", LANGUAGES)
def test_votes_can_be_drawn_and_described_in_every_language(language: str) -> None:
    """No field is lost, and no letter is missing in the picture, which would be a warning."""
    words = words_for(language)
    assert shift_png(VOTES, drawn_words(words)).startswith(b"\x89PNG")
    described = shift_alt_text(VOTES, shift_words(words))
    assert all(part in described for part in ("Is it fair?", "14", "20"))


def test_letters_that_cannot_be_drawn_are_replaced_by_english() -> None:
    """Hindi's."""
    assert drawn_words(words_for("hi")) == ENGLISH
