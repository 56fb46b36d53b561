"""A quiz as it is held before a class: which item is open, until when, and what has been announced of it.

A quiz of n items takes steps 1 to n + 1: step k closes item k - 1 and opens item k, the last one ends the quiz. A step
is taken, announced, and noted as told; only then does its time begin. So no item is lost or announced twice when the
program dies in between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.quiz import ItemResult, QuizResult, Score, most_missed_first, quiz_item
from bot.values.moments import SECOND_MS
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from knowledge.model import Pack

SHORTEST_S: Final = 5
LONGEST_S: Final = 3600
"""Seconds that an item may be open."""


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item: a passage's id, what can be chosen, and which of that is right."""

    passage: str
    options: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class QuizCounts:
    """What a quiz came to, without anybody in it: all that stays of one in a lesson that is not logged.

    `chosen` says of each item how often each option was chosen; `scores` are those of all who answered, best first.
    """

    chosen: tuple[Mapping[str, int], ...]
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class HeldQuiz:
    """Where a quiz stands.

    `step` was taken last, `told` was announced last, in the message `message`. `seconds` is how long an item is open,
    None where somebody says when to go on. `deadline_ms` (UTC, since 1970) is when the open item is closed; None before
    it is announced, and where nothing but a person ends it. `counts` is None until the quiz has ended.
    """

    id: str
    guild: str
    channel: int
    lesson: str | None
    items: tuple[HeldItem, ...]
    seconds: int | None
    step: int
    told: int
    message: int | None
    deadline_ms: int | None
    started_utc: str
    ended_utc: str | None = None
    counts: QuizCounts | None = None

    @property
    def ended(self) -> bool:
        """Whether no item will be open any more."""
        return self.ended_utc is not None

    @property
    def open_item(self) -> int | None:
        """The number of the item that can be answered; None when there is none."""
        return None if self.ended else self.step

    @property
    def untold(self) -> tuple[QuizStep, ...]:
        """The steps that are still to be announced, in order."""
        return tuple(
            QuizStep(
                self,
                number,
                explains=number - 1 if number > 1 else None,
                opens=None if self.ended or number < self.step else number,
                ends=self.ended and number == self.step,
            )
            for number in range(self.told + 1, self.step + 1)
        )

    def is_over(self, now_ms: int) -> bool:
        """Return whether the time of the open item has run out."""
        return not self.ended and self.deadline_ms is not None and now_ms >= self.deadline_ms


@dataclass(frozen=True, slots=True)
class QuizStep:
    """What is to be announced of a quiz as one message: the item that is explained, the one that is opened, the end.

    Items are named by their numbers, from 1.
    """

    quiz: HeldQuiz
    number: int
    explains: int | None
    opens: int | None
    ends: bool


def stepped(quiz: HeldQuiz, now_utc: str) -> HeldQuiz:
    """Take the next step: the next item, whose time has not begun, or the end. Raises ValueError after the end."""
    if quiz.ended:
        raise ValueError(f"the quiz {quiz.id} has ended")
    if quiz.step == len(quiz.items):
        return broken_off(quiz, now_utc)
    return replace(quiz, step=quiz.step + 1, deadline_ms=None)


def broken_off(quiz: HeldQuiz, now_utc: str) -> HeldQuiz:
    """Take the last step now, whichever item is open; after the end nothing changes."""
    return quiz if quiz.ended else replace(quiz, step=quiz.step + 1, deadline_ms=None, ended_utc=now_utc)


def announced(quiz: HeldQuiz, step: int, message: int | None, now_ms: int) -> HeldQuiz:
    """Note that a step is announced; the time of an item begins. What is noted already stays as it is."""
    if step <= quiz.told:
        return quiz
    quiz = replace(quiz, told=step, message=message)
    if quiz.seconds is None or step != quiz.open_item:
        return quiz
    return replace(quiz, deadline_ms=now_ms + quiz.seconds * SECOND_MS)


def check_seconds(seconds: int | None) -> None:
    """Refuse a time that is too short or too long (UserError)."""
    if seconds is not None and not SHORTEST_S <= seconds <= LONGEST_S:
        raise UserError(
            "A question can be open for {least} to {most} seconds, not {seconds}.",
            least=SHORTEST_S,
            most=LONGEST_S,
            seconds=seconds,
        )


def score_of(quiz: HeldQuiz, chosen: Mapping[int, str]) -> Score:
    """Count how many items a person answered, and how many rightly, of what they chose by the numbers of items."""
    return Score(sum(quiz.items[number - 1].answer == choice for number, choice in chosen.items()), len(chosen))


def counts_of(quiz: HeldQuiz, chosen: Iterable[Mapping[int, str]]) -> QuizCounts:
    """Count what people chose, each by the numbers of items."""
    everybody = tuple(chosen)
    return QuizCounts(
        tuple(
            {option: sum(choices.get(number) == option for choices in everybody) for option in item.options}
            for number, item in enumerate(quiz.items, start=1)
        ),
        tuple(
            sorted((score_of(quiz, choices) for choices in everybody), key=lambda score: (-score.right, score.answered))
        ),
    )


def result_of_counts(pack: Pack, quiz: HeldQuiz) -> QuizResult | None:
    """Return what a class made of a quiz, people's scores under their ranks; None before its end.

    Items whose passages the pack no longer has are left out.
    """
    if quiz.counts is None:
        return None
    known = {passage.id for passage in pack.passages}
    results = (
        ItemResult(quiz_item(pack, item.passage, number), chosen)
        for number, (item, chosen) in enumerate(zip(quiz.items, quiz.counts.chosen, strict=True), start=1)
        if item.passage in known
    )
    scores = {str(rank): score for rank, score in enumerate(quiz.counts.scores, start=1)}
    return QuizResult(most_missed_first(results), scores)
