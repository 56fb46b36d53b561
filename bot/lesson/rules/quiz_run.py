"""A running quiz: which item is open, until when, and what has been announced.

A quiz of n items has steps 1 to n + 1: step k closes item k - 1 and opens item k, and the last one ends the quiz. A
step is taken, announced, and noted as told; only then does its time begin. So a crash in between neither loses an item
nor announces it twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.quiz import ItemResult, QuizResult, Score, most_missed_first, quiz_item
from bot.values.ballot import LEAST, may_be_told
from bot.values.moments import SECOND_MS
from bot.values.passage import FIRST_PACK
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.model import Pack

SHORTEST_S: Final = 5
LONGEST_S: Final = 3600
"""Limits of how long an item may be open, in seconds."""


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An item: a passage's id, the options, and the right one."""

    passage: str
    options: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class QuizCounts:
    """A quiz in numbers, without people: all that is kept of one in a lesson that is not logged.

    `chosen` says for each item how often each option was chosen, or nothing where that is kept back; `scores` are best
    first, and none where few took part.
    """

    chosen: tuple[Mapping[str, int], ...]
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class HeldQuiz:
    """The state of a quiz.

    `step` is the last step taken, `told` the last one announced, in message `message`. `seconds` is how long an item is
    open, None if a person moves on by hand. `deadline_ms` (UTC, since 1970) is when the open item closes, None before
    it is announced, and if a person closes it. `counts` is None until the quiz has ended.
    """

    id: str
    guild: str
    channel: int
    items: tuple[HeldItem, ...]
    seconds: int | None
    started_utc: str
    lesson: str | None = None
    step: int = 1
    told: int = 0
    message: int | None = None
    deadline_ms: int | None = None
    ended_utc: str | None = None
    counts: QuizCounts | None = None
    pack: str = FIRST_PACK

    @property
    def ended(self) -> bool:
        """Whether the quiz is over."""
        return self.ended_utc is not None

    @property
    def open_item(self) -> int | None:
        """The number of the item that can be answered; None after the end."""
        return None if self.ended else self.step

    @property
    def untold(self) -> tuple[QuizStep, ...]:
        """The steps still to announce, in order."""
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
        """Return whether the time for the open item is up."""
        return not self.ended and self.deadline_ms is not None and now_ms >= self.deadline_ms


@dataclass(frozen=True, slots=True)
class QuizStep:
    """One announcement of a quiz: the number of the item it explains, of the one it opens, and whether it is last."""

    quiz: HeldQuiz
    number: int
    explains: int | None
    opens: int | None
    ends: bool


def stepped(quiz: HeldQuiz, now_utc: str) -> HeldQuiz:
    """Take the next step: the next item, its time not begun yet, or the end. Raises ValueError after the end."""
    if quiz.ended:
        raise ValueError(f"the quiz {quiz.id} has ended")
    if quiz.step == len(quiz.items):
        return broken_off(quiz, now_utc)
    return replace(quiz, step=quiz.step + 1, deadline_ms=None)


def broken_off(quiz: HeldQuiz, now_utc: str) -> HeldQuiz:
    """End the quiz now; after the end nothing changes."""
    return quiz if quiz.ended else replace(quiz, step=quiz.step + 1, deadline_ms=None, ended_utc=now_utc)


def announced(quiz: HeldQuiz, step: int, message: int | None, now_ms: int) -> HeldQuiz:
    """Note that a step is announced, which starts its item's clock; a second time nothing changes."""
    if step <= quiz.told:
        return quiz
    quiz = replace(quiz, told=step, message=message)
    if quiz.seconds is None or step != quiz.open_item:
        return quiz
    return replace(quiz, deadline_ms=now_ms + quiz.seconds * SECOND_MS)


def check_seconds(seconds: int | None) -> None:
    """Raise UserError for a time that is too short or too long."""
    if seconds is not None and not SHORTEST_S <= seconds <= LONGEST_S:
        raise UserError(
            "A question can be open for {least} to {most} seconds, not {seconds}.",
            least=SHORTEST_S,
            most=LONGEST_S,
            seconds=seconds,
        )


def score_of(quiz: HeldQuiz, chosen: Mapping[int, str]) -> Score:
    """Return a person's score; `chosen` maps the numbers of items to options."""
    return Score(sum(quiz.items[number - 1].answer == choice for number, choice in chosen.items()), len(chosen))


def counts_of(quiz: HeldQuiz, chosen: Iterable[Mapping[int, str]], least: int = LEAST) -> QuizCounts:
    """Count the choices of everybody, each a mapping from the numbers of items to options.

    Sums of fewer than `least` people are left out.
    """
    everybody = tuple(chosen)
    scores = sorted(
        (score_of(quiz, choices) for choices in everybody), key=lambda score: (-score.right, score.answered)
    )
    sums = [
        {option: sum(choices.get(number) == option for choices in everybody) for option in item.options}
        for number, item in enumerate(quiz.items, start=1)
    ]
    told = (own if may_be_told(sum(own.values()), least) else {} for own in sums)
    return QuizCounts(tuple(told), tuple(scores) if may_be_told(len(scores), least) else ())


def result_of_counts(pack: Pack, quiz: HeldQuiz) -> QuizResult | None:
    """Return a quiz's result, its scores by rank and without items whose passages are gone; None before the end."""
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
