from __future__ import annotations

import gettext
from typing import TYPE_CHECKING

import pytest

from bot.answer.service.ask import NOT_LOGGED, Asking
from bot.quote.rules import phrases as wording
from bot.quote.rules.quote import Block
from bot.wire.page import rewording
from bot.wire.page.language import Words, words_for
from knowledge.citation import Citation
from tests.screen.answers import every_quote, pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.model import Side

EN = words_for("en")


class Marking(gettext.NullTranslations):
    """Translates every sentence into itself, with a sign before it."""

    def gettext(self, message: str) -> str:
        """Mark a sentence."""
        return f"§{message}"


XX = Words("xx", Marking())
FILM, FACEBOOK = pack().sides

SENTENCES = [
    *(wording.BOTH_SILENT, wording.ONLY_WRITER, wording.NO_STANCE, wording.NOTHING_FURTHER, wording.NOTHING_SHOWN),
    *(wording.ASKING_BACK, wording.WELCOME, wording.GOODBYE, wording.ALL_RIGHT, wording.COMPARE_YOURSELF),
    *(wording.UNMARKED, wording.SEVERAL_VOICES, wording.greeting(pack()), wording.of_oneself(pack())),
    *(wording.misattributed(FILM, FACEBOOK), wording.misattributed(FACEBOOK, None)),
    *(wording.typographic(["dashes", "case"]), wording.no_such_point(FACEBOOK, 7), NOT_LOGGED),
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_of_the_core_is_translated(sentence: str) -> None:
    """In English it stays as it is, letter by letter."""
    assert rewording.said(pack(), sentence, EN) == sentence
    assert rewording.said(pack(), sentence, XX).startswith("§")


def test_a_sentence_that_nobody_knows_stays_english() -> None:
    """Rather than being lost."""
    assert rewording.said(pack(), "Something new.", XX) == "Something new."


@pytest.mark.parametrize("word", [wording.gap, wording.nothing_against, wording.nothing_further])
def test_every_silence_is_translated(word: Callable[[Side], str]) -> None:
    """With the side's name as the pack has it."""
    block = Block("film", (), word(FILM))
    assert rewording.gap_of(pack(), block, EN) == word(FILM)
    translated = rewording.gap_of(pack(), block, XX)
    assert translated is not None
    assert translated.startswith("§The film: ")


def test_how_each_quote_reached_us_is_translated() -> None:
    """The speaker's and the writer's names stay."""
    for quote in every_quote().quotes:
        assert rewording.provenance_of(quote, EN) == quote.provenance
        translated = rewording.provenance_of(quote, XX)
        assert translated.startswith("§")
        if quote.citation.author:
            assert quote.citation.author in translated


def test_a_place_reads_as_the_core_writes_it() -> None:
    """With an author and without; to the character when that was asked."""
    for author in ("A. Writer", None):
        citation = Citation("a", "A title", author, 3, 10, 20)
        assert rewording.pointer_to(citation, EN) == str(citation)
        assert rewording.pointer_to(citation, EN, precise=True) == citation.precise
        assert rewording.pointer_to(citation, XX).startswith("§")


def test_a_difference_between_articles_reads_as_the_core_writes_it() -> None:
    """The difference itself is the pack's."""
    assert rewording.differ("only one has it", EN) == wording.differ("only one has it")


def test_the_note_about_a_question_that_was_cut_is_the_service_s() -> None:
    """Or else it would not be known again."""
    service = Asking.__new__(Asking)
    service._longest_question = 80
    _, (notice,) = service._within_limits("x" * 81)
    assert rewording.said(pack(), notice, XX).startswith("§The question was longer than 80 characters")
