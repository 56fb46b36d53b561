"""The summary of a lesson: what was noted, laid out line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from bot.lesson.rules.hands import Shift
from bot.lesson.rules.lesson import CHOICES
from bot.lesson.rules.quiz import QuizResult, quiz_item, result_of
from bot.lesson.terminal.held import ClassQuestion, Notes, Voted, shift_lines, summary_lines
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.screen.lines import Line

FILM, FACEBOOK = pack().side_ids
ITEMS = tuple(
    quiz_item(pack(), passage, number) for number, passage in enumerate(("audience-pawn", "ads-keep-it-free"), start=1)
)


def texts(lines: Iterator[Line]) -> list[str]:
    return [line.text for line in lines]


def noted() -> Notes:
    """Make the notes of a lesson in which both quotes of the quiz were missed."""
    quiz: QuizResult = result_of(ITEMS, {"room": {1: FACEBOOK, 2: FILM}})
    shift = Shift(CHOICES, (12, 9, 7), (14, 6, 5))
    return Notes([Voted("Q?", shift.before, shift)], quiz, [ClassQuestion("why", ())])


def test_summary_tells_the_shift_the_quiz_and_the_questions() -> None:
    """The shift worked out by hand: 12 of 28 are 43 %, 14 of 25 are 56 %."""
    notes = noted()
    notes.asked += [
        ClassQuestion("is it so", (FACEBOOK,)),
        ClassQuestion("is tiktok evil", (FILM, FACEBOOK)),
        ClassQuestion("hm", None),
        ClassQuestion("ads?", (), asked_back=True),
    ]
    lines = texts(summary_lines(pack(), notes, None))
    assert lines[1:4] == ["", "Q?", "Hands, and the shift in points"]
    assert lines[4].split() == ["before", "after", "shift"]
    assert ["agree", "12", "(43", "%)", "14", "(56", "%)", "+13"] in [line.split() for line in lines]
    assert "28 hands before and 25 after: shares are of the hands raised each time." in lines
    at = lines.index("Who said it?")
    assert lines[at:] == [
        "Who said it?",
        "0 % of 2 answers were right.",
        "Missed by 1 of 1; it is 🎬 The film (The Social Dilemma):",
        f"   “{ITEMS[0].quote.text}”",
        "Missed by 1 of 1; it is 📘 Facebook:",
        f"   “{ITEMS[1].quote.text}”",
        "",
        "Questions of the class",
        "- why",
        "- is it so",
        "  Not quoted on this: Facebook.",
        "- is tiktok evil",
        "  No side was quoted on this.",
        "- hm",
        "  This could not be answered.",
        "- ads?",
        "  Not answered: I asked back what was meant.",
    ]
    assert max(len(line) for line in texts(summary_lines(pack(), notes, 50))) <= 50


def test_summary_of_nothing_says_so() -> None:
    assert texts(summary_lines(pack(), Notes([Voted("Q?"), Voted("R?", (1, 2, 3))]), None)) == [
        "Summary of the lesson: The Social Dilemma",
        "",
        "Q?",
        "No hands were raised.",
        "",
        "R?",
        "One show of hands: agree 1, disagree 2, unsure 3. There was no second one, so there is no shift.",
        "",
        "Who said it?",
        "There was no quiz.",
        "",
        "Questions of the class",
        "Nothing was asked.",
    ]


def test_shift_of_no_hands_is_none() -> None:
    lines = texts(shift_lines(Shift(CHOICES, (0, 0, 0), (3, 0, 0)), None))
    assert ["agree", "0", "3", "(100", "%)"] in [line.split() for line in lines]


@pytest.mark.parametrize("width", [40, 80])
def test_summary_fits_the_terminal(width: int) -> None:
    notes = noted()
    notes.asked.append(ClassQuestion("why " * 60, (FILM, FACEBOOK)))
    assert max(map(cell_len, texts(summary_lines(pack(), notes, width)))) <= width
