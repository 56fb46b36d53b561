from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.answer.rules.suggestions import Offering, words_of
from tests.quote.rules.findings import pack

OFFERING = Offering.of(pack())


def test_topics_come_first_and_nothing_comes_twice() -> None:
    topics = tuple(topic.question for topic in pack().topics)
    assert OFFERING.matching("", 17, 100) == topics
    assert len({words_of(question) for question in OFFERING.questions}) == len(OFFERING.questions)


def test_each_meaning_that_has_an_answer_is_offered_once_and_whole() -> None:
    assert len(OFFERING.questions) > len(pack().topics)
    assert all(question[0].isupper() or not question[0].isalpha() for question in OFFERING.questions)


def test_words_may_be_typed_in_any_order_and_in_part() -> None:
    assert "Does Facebook sell my data?" in OFFERING.matching("DATA sel", 25, 100)


@given(st.text(max_size=30), st.integers(1, 25), st.integers(5, 100))
def test_offers_keep_their_bounds(typed: str, limit: int, longest: int) -> None:
    """Their number, their length, and every word that was typed."""
    offered = OFFERING.matching(typed, limit, longest)
    assert len(offered) <= limit
    assert all(len(question) <= longest for question in offered)
    for question in offered:
        assert all(any(word.startswith(part) for word in words_of(question)) for part in words_of(typed))
