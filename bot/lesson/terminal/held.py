"""A lesson in front of one screen: how it guides teacher and class, what it notes, and its summary."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.hands import Shift, hands_in
from bot.lesson.rules.lesson import CHOICES
from bot.lesson.rules.prompt import HEADINGS, DiscussionPrompt
from bot.lesson.terminal.quiz_play import (
    BOLD,
    BY_HANDS,
    HEADING,
    INDENT,
    MOST_MISSED,
    named,
    play,
    quote_lines,
    result_lines,
    said,
)
from bot.process.journal import log_fault
from bot.quote.rules import phrases as wording
from bot.quote.rules.composition import named_sides
from bot.quote.rules.quote import Act
from bot.quote.terminal.layout import AnswerLayout
from bot.screen.lines import Line, wrapped
from bot.screen.tables import TextTable
from bot.values.text import is_blank
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.answer.terminal.talk import Talk
    from bot.lesson.rules.quiz import QuizItem, QuizResult
    from bot.screen.replies import Replies
    from bot.screen.screen import Screen
    from knowledge.model import Pack

    OpenTalk = Callable[[], AbstractContextManager[tuple[Pack, Talk]]]

_EXAMPLE: Final = "12 9 7"


class _OverError(Exception):
    """No more will be typed: only the summary is left."""


class LessonAtScreen:
    """One lesson: its prompts in order, then its quiz, if any, then the class's questions.

    `open_talk` opens the bot, at the first question.
    """

    def __init__(
        self,
        pack: Pack,
        prompts: Sequence[DiscussionPrompt],
        quiz: Sequence[QuizItem],
        screen: Screen,
        replies: Replies,
        open_talk: OpenTalk,
    ) -> None:
        self._pack = pack
        self._prompts = prompts
        self._quiz = quiz
        self._screen = screen
        self._replies = replies
        self._open_talk = open_talk
        self._notes = Notes()

    def hold(self) -> Notes:
        """Guide through the lesson until it ends or no more is typed, and return the notes."""
        try:
            for prompt in self._prompts:
                self._discuss(prompt)
            if self._quiz:
                self._hold_quiz()
            self._take_questions()
        except _OverError:
            pass
        return self._notes

    def _ask(self, what: str) -> str:
        text = self._replies.ask(what)
        if text is None:
            raise _OverError
        return text

    def _pause(self) -> None:
        if not self._replies.pause("Enter goes on: "):
            raise _OverError

    def _show(self, lines: Iterable[Line]) -> None:
        self._screen.show((Line(""), *lines))

    def _write(self, text: str, style: str = "") -> None:
        self._show(said(text, self._screen.width, style=style))

    def _discuss(self, prompt: DiscussionPrompt) -> None:
        """Ask a question, vote, see what each side says, discuss, vote again."""
        notes, at = self._notes.voted, len(self._notes.voted)
        notes.append(Voted(prompt.question))
        self._write(f"Question: {self._pack.topic(prompt.topic).name}", HEADING)
        self._write(prompt.question, BOLD)
        before = self._hands("What do you think now? Hands up")
        notes[at] = replace(notes[at], before=before)
        self._reveal(prompt)
        self._write("Discuss", HEADING)
        for follow_up in prompt.follow_ups:
            self._show(said(HEADINGS[follow_up.kind], self._screen.width, style=BOLD))
            self._screen.write(follow_up.text)
        self._pause()
        if before is None:
            return
        self._write(prompt.question, BOLD)
        after = self._hands("And now? Hands up again")
        if after is not None:
            shift = Shift(CHOICES, before, after)
            notes[at] = replace(notes[at], shift=shift)
            self._show(shift_lines(shift, self._screen.width))
            self._pause()

    def _hands(self, heading: str) -> tuple[int, ...] | None:
        """Have hands raised and counted; None if that is skipped."""
        self._write(f"{heading}: {', '.join(CHOICES)}?")
        while text := self._ask(f"Hands for each, as in {_EXAMPLE} (Enter skips it): "):
            hands = hands_in(text, len(CHOICES))
            if hands is not None:
                return hands
            self._screen.say(f'type a number for each of {", ".join(CHOICES)}, as in "{_EXAMPLE}"')
        return None

    def _reveal(self, prompt: DiscussionPrompt) -> None:
        """Show what each side says, in the order asked for; Enter shows the rest."""
        self._write("What each side says", HEADING)
        left = list(prompt.quotes)
        while left:
            names = wording.any_of([wording.inside(self._pack.side(side).short_name) for side in left])
            text = self._ask(f"Show {names} (Enter shows {'all' if len(left) > 1 else 'it'}): ")
            wanted = [side for side in (named_sides(self._pack, text) if text else left) if side in left]
            if not wanted:
                self._screen.say(f"type {names}, or press Enter")
            for side in wanted:
                left.remove(side)
                self._show(said(named(self._pack, side), self._screen.width, style=BOLD))
                self._screen.show(quote_lines(prompt.quotes[side], self._screen.width))
        self._pause()

    def _hold_quiz(self) -> None:
        self._write("Quiz", HEADING)
        self._screen.say(BY_HANDS)
        self._notes.quiz = play(self._pack, self._quiz, (), self._screen, self._replies)
        self._show(result_lines(self._pack, self._notes.quiz, self._screen.width))
        self._pause()

    def _take_questions(self) -> None:
        self._write("Your questions to the articles", HEADING)
        with ExitStack() as stack:
            talk: Talk | None = None
            while text := self._ask("A question (Enter ends the lesson): "):
                if is_blank(text):
                    continue
                try:
                    if talk is None:
                        _, talk = stack.enter_context(self._open_talk())
                    self._answer(talk, text)
                except KeyboardInterrupt:
                    if not self._replies.at_terminal:
                        raise
                    self._screen.say("cancelled; the lesson goes on")
                except UserError as error:
                    self._fail(text, str(error))
                except Exception as error:  # noqa: BLE001 - a fault in one answer must not cost the lesson
                    self._fail(text, f"something broke inside (id {log_fault(error)}); the lesson goes on")

    def _fail(self, question: str, why: str) -> None:
        """Say why a question has no answer, and note the question."""
        self._screen.say(why)
        self._notes.asked.append(ClassQuestion(question, None))

    def _answer(self, talk: Talk, text: str) -> None:
        reply = talk.ask(text)
        answer = reply.answer
        if answer.act is Act.ANSWER:
            silent = tuple(block.side for block in answer.blocks if not block.quotes)
            understood = "" if answer.asked_as == answer.question else f" (asked as: {answer.asked_as})"
            self._notes.asked.append(ClassQuestion(answer.question + understood, silent))
        elif answer.act is Act.CLARIFY:
            self._notes.asked.append(ClassQuestion(answer.question, (), asked_back=True))
        asked = None if self._replies.at_terminal else "You asked"
        self._show(AnswerLayout(self._pack, self._screen.width).answer(answer, asked, reply.notices))


@dataclass(frozen=True, slots=True)
class Voted:
    """A question, and the hands raised on it in the order of CHOICES; None where that was skipped."""

    question: str
    before: tuple[int, ...] | None = None
    shift: Shift | None = None


@dataclass(frozen=True, slots=True)
class ClassQuestion:
    """A question to the bot; `silent` are the ids of the sides not quoted on it, None if the bot could not answer.

    `asked_back`: the bot did not understand it, and asked a question back.
    """

    question: str
    silent: tuple[str, ...] | None
    asked_back: bool = False


@dataclass(slots=True)
class Notes:
    """What happened so far in a lesson, which may end at any moment."""

    voted: list[Voted] = field(default_factory=list)
    quiz: QuizResult | None = None
    asked: list[ClassQuestion] = field(default_factory=list)


def summary_lines(pack: Pack, notes: Notes, width: int | None) -> Iterator[Line]:
    """Return the summary: the shifts, what was missed in the quiz, and what was asked, answered or not."""
    yield from said(f"Summary of the lesson: {pack.title}", width, style=HEADING)
    for voted in notes.voted:
        yield Line("")
        yield from said(voted.question, width, style=BOLD)
        yield from _vote_lines(voted, width)
    yield Line("")
    yield from _quiz_lines(pack, notes.quiz, width)
    yield Line("")
    yield from _asked_lines(pack, notes.asked, width)


def shift_lines(shift: Shift, width: int | None) -> Iterator[Line]:
    """Return two shows of hands side by side, and how to read their shares."""
    rows = tuple(
        (
            choice,
            _count(shift.before[at], _at(shift.shares_before, at)),
            _count(shift.after[at], _at(shift.shares_after, at)),
            "" if (points := _at(shift.points, at)) is None else f"{points:+.0f}",
        )
        for at, choice in enumerate(shift.choices)
    )
    yield from TextTable("Hands, and the shift in points", ("", "before", "after", "shift"), rows).lines(width)
    if sum(shift.before) != sum(shift.after):
        count = f"{sum(shift.before)} hands before and {sum(shift.after)} after"
        yield from said(f"{count}: shares are of the hands raised each time.", width)


def _vote_lines(voted: Voted, width: int | None) -> Iterator[Line]:
    if voted.shift is not None:
        yield from shift_lines(voted.shift, width)
    elif voted.before is not None:
        counts = ", ".join(f"{choice} {hands}" for choice, hands in zip(CHOICES, voted.before, strict=True))
        yield from said(f"One show of hands: {counts}. There was no second one, so there is no shift.", width)
    else:
        yield from said("No hands were raised.", width)


def _quiz_lines(pack: Pack, quiz: QuizResult | None, width: int | None) -> Iterator[Line]:
    yield from said("Who said it?", width, style=BOLD)
    if quiz is None or quiz.share is None:
        yield from said("There was no quiz.", width)
        return
    answered = sum(one.answered for one in quiz.items)
    yield from said(f"{quiz.share:.0f} % of {answered} answers were right.", width)
    for one in quiz.missed[:MOST_MISSED]:
        missed = f"Missed by {one.answered - one.right} of {one.answered}; it is {named(pack, one.item.answer)}:"
        yield from said(missed, width)
        yield from (Line(line) for line in wrapped(f"“{one.item.quote.text}”", width, INDENT, INDENT))


def _asked_lines(pack: Pack, asked: Sequence[ClassQuestion], width: int | None) -> Iterator[Line]:
    yield from said("Questions of the class", width, style=BOLD)
    if not asked:
        yield from said("Nothing was asked.", width)
    for one in asked:
        yield from said(one.question, width, first="- ", rest="  ")
        if one.asked_back:
            notes = ["Not answered: I asked back what was meant."]
        elif one.silent is None:
            notes = ["This could not be answered."]
        elif len(one.silent) == len(pack.sides):
            notes = ["No side was quoted on this."]
        else:
            notes = [f"Not quoted on this: {pack.side(side).short_name}." for side in one.silent]
        for note in notes:
            yield from said(note, width, first="  ", rest="  ")


def _at(figures: Sequence[float] | None, place: int) -> float | None:
    return None if figures is None else figures[place]


def _count(hands: int, share: float | None) -> str:
    return str(hands) if share is None else f"{hands} ({share:.0f} %)"
