"""The quiz: what is drawn, and what people's choices come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lesson.rules.quiz import MOST_ITEMS, QuizItem, Score, draw_quiz, quiz_item, quiz_topics, result_of, says_enough
from bot.quote.rules.verification import fault_of
from knowledge.errors import Fault, UserError
from knowledge.model import CONTEXT, Mode
from tests.quote.rules.findings import pack

SEEDS = st.integers(-(2**63), 2**63)
COUNTS = st.integers(1, MOST_ITEMS)
OPTIONS = (*pack().side_ids, CONTEXT)
EXPECTED = ["audience-created-monster", "fact-checkers-and-removals", "viewers-deleting"]


def three() -> tuple[QuizItem, ...]:
    """Make a quiz of one item a voice: what the film says, what Facebook says, what a writer says."""
    asked = ("audience-pawn", "ads-keep-it-free", "user-numbers")
    return tuple(quiz_item(pack(), passage, number) for number, passage in enumerate(asked, start=1))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(seed=SEEDS, count=COUNTS)
def test_quiz_is_sound_and_fair_whatever_is_drawn(seed: int, count: int) -> None:
    """Exact quotes, every voice as often as the others, no statement twice, numbers from 1."""
    items = draw_quiz(pack(), count=count, seed=seed)
    assert [item.number for item in items] == list(range(1, count + 1))
    for item in items:
        assert item == quiz_item(pack(), item.passage, item.number)
        assert fault_of(pack(), item.quote, item.answer) is None
        assert item.options == OPTIONS
        assert says_enough(pack(), pack().passage(item.passage))
    voices = Counter(item.answer for item in items)
    assert max(voices[voice] for voice in OPTIONS) - min(voices[voice] for voice in OPTIONS) <= 1
    passages = [item.passage for item in items]
    same = {other.id for passage in passages for other, _ in pack().parallels_of(passage)}
    assert len(set(passages)) == count
    assert same.isdisjoint(passages)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(seed=SEEDS, topic=st.sampled_from(quiz_topics(pack())), count=COUNTS)
def test_quiz_keeps_to_its_topics(seed: int, topic: str, count: int) -> None:
    """It has as many items as there are, up to the count."""
    items = draw_quiz(pack(), topics=[topic], count=count, seed=seed)
    assert 2 <= len(items) <= count if count > 1 else len(items) == 1
    assert all(topic in pack().passage(item.passage).topics for item in items)
    if count >= 2:
        assert len({item.answer for item in items}) >= 2


def test_same_seed_gives_the_same_quiz_on_every_machine() -> None:
    """Another seed gives another; the passages written here hold for as long as the pack does."""
    assert [item.passage for item in draw_quiz(pack(), count=3, seed=7)] == EXPECTED
    assert [item.passage for item in draw_quiz(pack(), count=3, seed=8)] != EXPECTED


def test_order_of_the_voices_tells_nothing() -> None:
    """Over many quizzes of three each voice is first, and the same one does not always come after it."""
    orders = {tuple(item.answer for item in draw_quiz(pack(), count=3, seed=seed)) for seed in range(100)}
    assert len(orders) == 6


def test_all_of_the_pack_is_asked_sooner_or_later() -> None:
    """Nothing that can be asked is left out by the way of drawing."""
    asked = {item.passage for seed in range(400) for item in draw_quiz(pack(), count=MOST_ITEMS, seed=seed)}
    sides_said = {
        passage.id
        for passage in pack().passages
        if says_enough(pack(), passage) and (passage.voice == CONTEXT or passage.mode is not Mode.NARRATED)
    }
    assert sides_said - asked == set()


def test_what_is_only_told_of_a_side_comes_last() -> None:
    """A class may well say that those are the writer's words."""
    for seed in range(50):
        items = draw_quiz(pack(), count=9, seed=seed)
        modes = [pack().passage(item.passage).mode for item in items if item.answer != CONTEXT]
        assert Mode.NARRATED not in modes


def test_topics_take_turns() -> None:
    for seed in range(50):
        items = draw_quiz(pack(), count=9, seed=seed)
        assert len({topic for item in items for topic in pack().passage(item.passage).topics}) >= 6


def test_what_says_the_same_as_an_excluded_passage_is_not_asked_either() -> None:
    """Who has just read the one knows the other; a topic without two voices left is none for a quiz."""
    for seed in range(30):
        items = draw_quiz(pack(), topics=["elections"], count=MOST_ITEMS, seed=seed, excluding=["admitted-2016"])
        assert {"admitted-2016", "mistakes-2016"}.isdisjoint(item.passage for item in items)
    assert "elections" in quiz_topics(pack(), ["admitted-2016"])
    assert "elections" not in quiz_topics(pack(), ["social-harms"])


def test_excluded_passages_are_not_asked() -> None:
    """Moderators took them out of the answers."""
    without = {passage.id for passage in pack().of_voice(CONTEXT)}
    items = draw_quiz(pack(), count=MOST_ITEMS, seed=1, excluding=without)
    assert without.isdisjoint(item.passage for item in items)


@pytest.mark.parametrize("count", [0, -1, MOST_ITEMS + 1])
def test_count_has_bounds(count: int) -> None:
    with pytest.raises(UserError, match=rf"^a quiz has 1 to {MOST_ITEMS} quotes, not {count}$"):
        draw_quiz(pack(), count=count, seed=1)


def test_unknown_topic_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r'^there is no topic "privcy"; did you mean "privacy"\?$'):
        draw_quiz(pack(), topics=["privacy", "privcy"], count=3, seed=1)


def test_topic_of_one_voice_is_no_quiz() -> None:
    """The message names topics that are, and with one of them it goes."""
    with pytest.raises(UserError) as caught:
        draw_quiz(pack(), topics=["usage"], count=3, seed=1)
    assert str(caught.value) == (
        'there are no quotes of two voices on "usage", so there is nothing to tell apart: '
        f"add one of {', '.join(quiz_topics(pack()))}"
    )
    assert len(draw_quiz(pack(), topics=["usage", "privacy"], count=3, seed=1)) == 3


def test_quote_that_is_not_its_article_is_never_asked() -> None:
    """As for every other quote, the last look is before it goes out."""
    article = replace(pack().articles[0], text=pack().articles[0].text.replace("a pawn", "a king"))
    tampered = replace(pack(), articles=(article, *pack().articles[1:]))
    with pytest.raises(Fault, match="is not the one whose hash the pack names"):
        quiz_item(tampered, "audience-pawn", 1)


def test_choices_are_counted_item_by_item_and_person_by_person() -> None:
    """Worked out by hand: two of three knew the first, one of three the second, one of one the third."""
    film, facebook = pack().side_ids
    result = result_of(
        three(),
        {"P2": {1: film, 2: CONTEXT}, "P1": {1: film, 2: facebook, 3: CONTEXT}, "P3": {1: facebook, 2: film}, "P4": {}},
    )
    assert list(result.scores.items()) == [
        ("P1", Score(3, 3)),
        ("P2", Score(1, 2)),
        ("P3", Score(0, 2)),
        ("P4", Score(0, 0)),
    ]
    assert [one.item.number for one in result.items] == [2, 1, 3]
    second, first, third = result.items
    assert dict(second.chosen) == {film: 1, facebook: 1, CONTEXT: 1}
    assert (second.right, second.answered) == (1, 3)
    assert second.share == pytest.approx(100 / 3)
    assert (first.right, first.answered) == (2, 3)
    assert first.share == pytest.approx(200 / 3)
    assert (third.right, third.answered, third.share) == (1, 1, 100.0)
    assert result.share == pytest.approx(100 * 4 / 7)


def test_items_missed_alike_stay_in_order_and_unanswered_ones_are_last() -> None:
    """Nobody missed what nobody answered."""
    film = pack().side_ids[0]
    result = result_of(three(), {"P1": {2: film, 3: film}})
    assert [one.item.number for one in result.items] == [2, 3, 1]
    assert result.items[-1].share is None


def test_quiz_that_nobody_answered_has_no_share() -> None:
    result = result_of(three(), {})
    assert (result.share, dict(result.scores)) == (None, {})


@pytest.mark.parametrize("answers", [{1: "nobody"}, {4: "film"}])
def test_choice_that_cannot_be_is_refused(answers: dict[int, str]) -> None:
    """It is a mistake of the program that asks."""
    with pytest.raises(ValueError, match="of the quiz cannot be answered with"):
        result_of(three(), {"P1": answers})
