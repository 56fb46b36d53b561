from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lesson.rules.quiz import Score, draw_quiz
from bot.lesson.rules.quiz_run import (
    LONGEST_S,
    SHORTEST_S,
    HeldItem,
    HeldQuiz,
    QuizCounts,
    announced,
    broken_off,
    check_seconds,
    counts_of,
    result_of_counts,
    score_of,
    stepped,
)
from knowledge.errors import UserError
from tests.quote.rules.findings import pack

NOON = "2026-01-01T12:00:00+00:00"
NOW_MS = 1_767_268_800_000


def held(items: int = 3, seconds: int | None = 20) -> HeldQuiz:
    """Begin a quiz on the first passages of the pack."""
    drawn = draw_quiz(pack(), count=items, seed=4)
    return HeldQuiz(
        id="a" * 32,
        guild="1",
        channel=5,
        lesson=None,
        items=tuple(HeldItem(item.passage, item.options, item.answer) for item in drawn),
        seconds=seconds,
        step=1,
        told=0,
        message=None,
        deadline_ms=None,
        started_utc=NOON,
    )


def test_the_time_of_an_item_begins_when_it_is_announced() -> None:
    """Not before: a program that is down between the two must not take it away from people."""
    quiz = held()
    assert not quiz.is_over(NOW_MS + 10**9)
    quiz = announced(quiz, 1, 77, NOW_MS)
    assert (quiz.told, quiz.message, quiz.deadline_ms) == (1, 77, NOW_MS + 20_000)
    assert not quiz.is_over(NOW_MS + 19_999)
    assert quiz.is_over(NOW_MS + 20_000)


def test_noting_an_announcement_again_gives_no_more_time() -> None:
    """A step may be announced twice when the program died in between."""
    quiz = announced(held(), 1, 77, NOW_MS)
    assert announced(quiz, 1, 78, NOW_MS + 5000) == quiz


def test_without_seconds_an_item_is_open_until_somebody_goes_on() -> None:
    """A teacher on a projector has all the time."""
    quiz = announced(held(seconds=None), 1, None, NOW_MS)
    assert quiz.deadline_ms is None
    assert not quiz.is_over(NOW_MS + 10**12)


def test_each_step_explains_one_item_and_opens_the_next() -> None:
    quiz, steps = held(), []
    while True:
        (step,) = quiz.untold
        steps.append((step.number, step.explains, step.opens, step.ends))
        quiz = announced(quiz, step.number, None, NOW_MS)
        if quiz.ended:
            break
        quiz = stepped(quiz, NOON)
    assert steps == [(1, None, 1, False), (2, 1, 2, False), (3, 2, 3, False), (4, 3, None, True)]
    assert (quiz.untold, quiz.open_item, quiz.deadline_ms) == ((), None, None)
    with pytest.raises(ValueError, match="has ended"):
        stepped(quiz, NOON)


def test_a_quiz_that_is_broken_off_explains_the_open_item_and_ends() -> None:
    quiz = broken_off(announced(held(), 1, None, NOW_MS), NOON)
    assert [(step.explains, step.opens, step.ends) for step in quiz.untold] == [(1, None, True)]
    assert broken_off(quiz, "later") == quiz


def test_an_item_that_was_closed_before_it_was_announced_is_explained_and_not_opened() -> None:
    """Somebody pressed "next" twice while the first message was on its way."""
    quiz = stepped(held(), NOON)
    assert [(step.explains, step.opens) for step in quiz.untold] == [(None, None), (1, 2)]
    assert announced(quiz, 1, None, NOW_MS).deadline_ms is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["step", "tell", "break"]), max_size=12))
def test_whatever_happens_every_step_is_announced_once_and_in_order(acts: list[str]) -> None:
    quiz, told = held(), []

    def tell() -> None:
        nonlocal quiz
        for step in quiz.untold:
            told.append(step)
            quiz = announced(quiz, step.number, None, NOW_MS)

    for act in acts:
        if act == "tell":
            tell()
        elif act == "break":
            quiz = broken_off(quiz, NOON)
        elif not quiz.ended:
            quiz = stepped(quiz, NOON)
    tell()
    assert [step.number for step in told] == list(range(1, quiz.step + 1))
    assert [step.ends for step in told].count(True) == quiz.ended
    assert not told or told[-1].ends == quiz.ended


def test_choices_are_counted_without_people() -> None:
    """The best score first; an item that nobody answered has its zeros. Sums of too few are left out."""
    quiz = held()
    right = [item.answer for item in quiz.items]
    wrong = next(option for option in quiz.items[0].options if option != right[0])
    chosen = [{1: wrong, 2: right[1]}, {1: right[0], 2: right[1]}, {1: right[0]}]
    few = counts_of(quiz, chosen, 3)
    assert (len(few.scores), [bool(sums) for sums in few.chosen]) == (3, [True, False, True])
    assert counts_of(quiz, chosen) == QuizCounts(({}, {}, few.chosen[2]), ())
    counts = counts_of(quiz, chosen, 2)
    assert counts.scores == (Score(2, 2), Score(1, 1), Score(1, 2))
    assert counts.chosen[0][right[0]] == 2
    assert counts.chosen[0][wrong] == 1
    assert sum(counts.chosen[2].values()) == 0
    assert score_of(quiz, {1: wrong, 3: right[2]}) == Score(1, 2)


def test_a_quiz_that_has_ended_has_a_result_most_missed_first() -> None:
    """Passages that the pack has no longer are left out; before the end there is none."""
    quiz = held(2)
    assert result_of_counts(pack(), quiz) is None
    right = [item.answer for item in quiz.items]
    chosen = tuple({option: int(option == answer) for option in quiz.items[0].options} for answer in right)
    missed = {**chosen[1], right[1]: 0, next(option for option in chosen[1] if option != right[1]): 3}
    ended = replace(broken_off(quiz, NOON), counts=QuizCounts((chosen[0], missed), (Score(1, 2),)))
    result = result_of_counts(pack(), ended)
    assert result is not None
    assert [one.item.number for one in result.items] == [2, 1]
    assert dict(result.scores) == {"1": Score(1, 2)}
    gone = replace(ended, items=(replace(quiz.items[0], passage="gone"), quiz.items[1]))
    left = result_of_counts(pack(), gone)
    assert left is not None
    assert [one.item.passage for one in left.items] == [quiz.items[1].passage]


@pytest.mark.parametrize("seconds", [SHORTEST_S - 1, 0, -1, LONGEST_S + 1])
def test_a_time_that_no_class_can_keep_is_refused(seconds: int) -> None:
    with pytest.raises(UserError, match=f"A question can be open for 5 to 3600 seconds, not {seconds}"):
        check_seconds(seconds)
    for kept in (None, SHORTEST_S, LONGEST_S):
        check_seconds(kept)
