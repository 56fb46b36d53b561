"""How hard texts are said to be, against published figures and a pronouncing dictionary's counts."""

from __future__ import annotations

import pytest

from bot.lesson.rules.handout import reading_level, syllables_in
from tests.quote.rules.findings import pack


@pytest.mark.parametrize(
    ("text", "ease"),
    [
        # Wikipedia, "Flesch–Kincaid readability tests", with the same counts of words and syllables.
        ("The cat sat on the mat.", 116.145),
        ("This sentence, taken as a reading passage unto itself, is being used to prove a point.", 68.98),
        ("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.", 37.455),
    ],
)
def test_published_reading_eases_are_met(text: str, ease: float) -> None:
    level = reading_level([text])
    assert level is not None
    assert level.ease == pytest.approx(ease, abs=0.01)


def test_the_grade_is_kincaids() -> None:
    """Six words of one syllable: 0.39 * 6 + 11.8 * 1 - 15.59."""
    level = reading_level(["The cat sat on the mat."])
    assert level is not None
    assert (level.words, level.sentences, level.syllables) == (6, 1, 6)
    assert level.grade == pytest.approx(-1.45)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One here. Two here! Is it three?", 3),
        ("It said “so.” Then it went.", 2),
        ("It came on Sept. 9 and went.", 1),
        ("No stop at its end", 1),
        ("One … and on", 1),
    ],
)
def test_sentences_end_where_the_next_begins_with_a_capital(text: str, sentences: int) -> None:
    level = reading_level([text])
    assert level is not None
    assert level.sentences == sentences


def test_texts_are_measured_as_one_and_each_is_a_sentence_at_least() -> None:
    """Those without a word count for nothing, and numbers for none."""
    level = reading_level(["a cat", "22 %", "a dog 7"])
    assert level is not None
    assert (level.words, level.sentences) == (4, 2)
    assert reading_level(["22 %", ""]) is None


@pytest.mark.parametrize(
    ("ease", "band"),
    [("The cat sat on the mat.", "very easy"), ("Unintended consequences of populism polarize.", "very difficult")],
)
def test_the_ease_has_fleschs_words(ease: str, band: str) -> None:
    level = reading_level([ease])
    assert level is not None
    assert level.band == band


SPOKEN = {
    1: ("used", "we", "they've", "works", "rules", "see", "the", "eye", "learns", "don't", "changed", "likes"),
    2: ("users'", "being", "people", "million", "Facebook", "someone", "couldn't", "social", "business", "giants"),
    3: ("various", "media", "another", "anyone", "everything", "opinion", "created", "audience’s", "audience's"),
    4: ("algorithm", "information", "political", "reality", "populism", "advertisers", "intervention", "society"),
    5: ("organisation", "documentary", "misinformation"),
}


@pytest.mark.parametrize(("number", "word"), [(number, word) for number, words in SPOKEN.items() for word in words])
def test_syllables_are_those_of_the_spoken_word(number: int, word: str) -> None:
    assert syllables_in(word) == number


def test_every_word_has_a_syllable() -> None:
    assert {syllables_in(word) for word in ("tv", "hmm", "x")} == {1}


def test_every_topic_of_the_pack_can_be_measured() -> None:
    for topic in pack().topics:
        level = reading_level([passage.text for passage in pack().passages if topic.id in passage.topics])
        assert level is not None
        assert -20 < level.ease < 100
        assert 5 < level.grade < 30
