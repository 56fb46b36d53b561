"""The quiz at the terminal: what is shown, what may be typed, and what is made of it."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from bot.lesson.rules.quiz import ItemResult, Score, draw_quiz, quiz_item, result_of
from bot.lesson.terminal.quiz_play import answer_lines, item_lines, play, quote_lines, result_lines
from bot.quote.rules.contract import quote_object
from bot.screen.replies import piped
from bot.screen.screen import Screen
from knowledge.model import CONTEXT
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.lesson.rules.quiz import QuizItem, QuizResult
    from bot.screen.lines import Line
    from tests.conftest import Program

FILM, FACEBOOK = pack().side_ids
WRITER = "The writer (on no side)"
THREE = tuple(
    quiz_item(pack(), passage, number)
    for number, passage in enumerate(("audience-pawn", "ads-keep-it-free", "user-numbers"), start=1)
)


def texts(lines: Iterator[Line]) -> list[str]:
    return [line.text for line in lines]


def played(*typed: str, players: tuple[str, ...] = (), items: tuple[QuizItem, ...] = THREE) -> QuizResult:
    """Play with what is typed, until there is no more."""
    return play(pack(), items, players, Screen(), piped(typed))


def typing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_item_shows_what_is_hidden_and_its_options() -> None:
    assert texts(item_lines(pack(), THREE[0], 3, None)) == [
        "Quote 1 of 3: who said it?",
        "",
        f"   “{THREE[0].masked}”",
        "",
        "1. 🎬 The film (The Social Dilemma)",
        "2. 📘 Facebook",
        f"3. {WRITER}",
    ]


def test_answer_is_explained_by_the_quote_and_where_it_stands() -> None:
    """The whole quote, how it reached us, the article and its paragraph."""
    quote = THREE[0].quote
    explained = [f"   “{quote.text}”", f"   {quote.provenance}", f"   {quote.citation}"]
    right = ItemResult(THREE[0], {FILM: 1, FACEBOOK: 0, CONTEXT: 0})
    wrong = ItemResult(THREE[0], {FILM: 0, FACEBOOK: 1, CONTEXT: 0})
    nobody = ItemResult(THREE[0], {FILM: 0, FACEBOOK: 0, CONTEXT: 0})
    room = ItemResult(THREE[0], {FILM: 12, FACEBOOK: 5, CONTEXT: 3})
    film = "🎬 The film (The Social Dilemma)"
    assert texts(answer_lines(pack(), right, None)) == [f"Right: {film}", *explained]
    assert texts(answer_lines(pack(), wrong, None)) == [f"Wrong: it is {film}", *explained]
    assert texts(answer_lines(pack(), nobody, None)) == [f"It is {film}", *explained]
    assert texts(answer_lines(pack(), room, None)) == [f"It is {film}", "12 of 20 (60 %) were right.", *explained]


def test_other_articles_with_the_statement_are_cited_beside_it() -> None:
    lines = texts(quote_lines(quiz_item(pack(), "mistakes-2016", 1).quote, None))
    also = pack().passage("admitted-2016")
    assert lines[3].startswith(f"   Also in: {pack().article(also.span.article_id).title}")
    assert lines[4].startswith("   The articles differ: only one article connects it")


@pytest.mark.parametrize("width", [40, 80])
def test_quiz_fits_the_terminal(width: int) -> None:
    items = draw_quiz(pack(), count=20, seed=1)
    lines = texts(result_lines(pack(), result_of(items, {"Ann": dict.fromkeys(range(1, 21), FILM)}), width))
    for item in items:
        lines += texts(item_lines(pack(), item, 20, width))
        lines += texts(answer_lines(pack(), ItemResult(item, dict.fromkeys(item.options, 1)), width))
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize(
    ("typed", "option"),
    [
        ("1", FILM),
        ("2", FACEBOOK),
        ("3", CONTEXT),
        ("film", FILM),
        ("The Documentary", FILM),
        ("fb", FACEBOOK),
        ("the writer", CONTEXT),
        ("Neither", CONTEXT),
    ],
)
def test_option_is_typed_as_its_number_or_by_a_name(typed: str, option: str) -> None:
    """The names are those of the pack, and words for a writer."""
    first, *_ = sorted(played(typed).items, key=lambda one: one.item.number)
    assert dict(first.chosen) == {other: int(other == option) for other in THREE[0].options}


@pytest.mark.parametrize("typed", ["4", "0", "film or facebook", "who?", "12 5", "-1", "9" * 5000, "²"])
def test_what_is_no_option_is_asked_again(capsys: pytest.CaptureFixture[str], typed: str) -> None:
    assert played(typed, "1").items[0].chosen[FILM] == 1
    assert capsys.readouterr().err == (
        'type 1 to 3, or the hands for each as in "12 5 3"; Enter alone shows who it is\n'
    )


def test_room_raises_hands() -> None:
    """Their numbers are typed in the order of the options; the most missed quote comes first."""
    result = played("12 5 3", "4, 16, 0", "10 5 5")
    assert [(one.item.number, one.right, one.answered) for one in result.items] == [
        (3, 5, 20),
        (1, 12, 20),
        (2, 16, 20),
    ]
    assert result.share == pytest.approx(55)
    assert dict(result.scores) == {}


def test_players_take_turns() -> None:
    result = played("1", "1", "2", players=("Ann", "Ben"))
    assert dict(result.scores) == {"Ann": Score(1, 2), "Ben": Score(0, 1)}
    with_hands = played("12 5 3", "1", players=("Ann", "Ben"))
    assert dict(with_hands.scores) == {"Ann": Score(1, 1), "Ben": Score(0, 0)}


def test_enter_alone_shows_the_answer_and_counts_for_nobody() -> None:
    result = played("", "2")
    assert [(one.item.number, one.answered) for one in result.items] == [(2, 1), (1, 0), (3, 0)]
    assert dict(played("", players=("Ann",)).scores) == {"Ann": Score(0, 0)}


def test_result_tells_scores_and_what_was_missed_most() -> None:
    """Quoted whole, with whose it was; what everybody knew is not gone over."""
    quote = THREE[1].quote
    lines = texts(result_lines(pack(), played("1", "1", "3", players=("Ann", "Ben")), None))
    assert lines[:2] == ["Quiz result", "2 of 3 answers were right (67 %)"]
    assert lines[4].split() == ["right", "answered"]
    assert ["Ann", "2", "2"] in [line.split() for line in lines]
    assert ["Ben", "0", "1"] in [line.split() for line in lines]
    at = lines.index("Missed most")
    assert lines[at:] == [
        "Missed most",
        "",
        "📘 Facebook; 0 of 1 (0 %) were right",
        f"   “{quote.text}”",
        f"   {quote.provenance}",
        f"   {quote.citation}",
    ]


def test_result_of_nothing_says_so() -> None:
    assert texts(result_lines(pack(), played(), None)) == ["Quiz result", "Nobody answered anything."]


def test_quiz_is_played_from_a_pipe(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a model; the seed is told, so that it can be played again."""
    typing(monkeypatch, "1\n2\n3\n")
    outcome = dilemma("quiz", "--count", "3", "--seed", "7")
    assert outcome.code == 0
    assert outcome.err.splitlines()[0] == "The Social Dilemma: 3 quotes; the same again with --seed 7"
    assert outcome.out.count("who said it?") == 3
    assert "Quiz result" in outcome.out
    items = draw_quiz(pack(), count=3, seed=7)
    assert [line for line in outcome.out.splitlines() if line.startswith("   “")][: 2 * 3] == [
        text for item in items for text in (f"   “{item.masked}”", f"   “{item.quote.text}”")
    ]


def test_quiz_that_nobody_seeded_can_be_played_again(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda limit: limit - 1)
    typing(monkeypatch, "")
    first = dilemma("quiz")
    assert "--seed 999999" in first.err
    typing(monkeypatch, "")
    assert dilemma("quiz", "--seed", "999999").out == first.out


def test_json_is_the_quiz_with_its_answers(dilemma: Program) -> None:
    outcome = dilemma("quiz", "--topic", "privacy", "--count", "2", "--seed", "7", "--json")
    items = draw_quiz(pack(), topics=["privacy"], count=2, seed=7)
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {
        "seed": 7,
        "items": [
            {
                "number": item.number,
                "masked": item.masked,
                "options": [FILM, FACEBOOK, CONTEXT],
                "answer": item.answer,
                "quote": quote_object(item.quote),
            }
            for item in items
        ],
    }


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (("--topic", "privcy"), 1, 'there is no topic "privcy"; did you mean "privacy"?'),
        (("--count", "0"), 1, "a quiz has 1 to 20 quotes, not 0"),
        (("--player", "Ann", "--player", "Ann"), 2, "two players have the same name: change one of them"),
    ],
)
def test_wrong_use_is_told_in_a_line(dilemma: Program, arguments: tuple[str, ...], code: int, complaint: str) -> None:
    outcome = dilemma("quiz", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert complaint in outcome.err
