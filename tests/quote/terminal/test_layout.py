"""Answers as lines of text."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.quote.rules import phrases as wording
from bot.quote.rules.quote import Act, Answer
from bot.quote.terminal.layout import AnswerLayout
from bot.screen.lines import Line
from knowledge.errors import Message
from tests.quote.rules.findings import pack
from tests.screen.answers import FACEBOOK, FILM, answer, every_quote, gap_of, nearly, rebuttal, silence


def shown(
    given: Answer, width: int | None = None, asked: str | None = "You asked", notices: tuple[Message, ...] = ()
) -> str:
    """Lay an answer out as one text."""
    return "\n".join(line.text for line in AnswerLayout(pack(), width).answer(given, asked, notices))


def test_answer_in_a_pipe_is_laid_out_side_by_side_below_each_other() -> None:
    """The whole of an answer, as it reads: what was asked, each side's quotes with their sources, the writer last."""
    quoted = answer("audience-pawn", "product-team-not-driven", "privacy-controversy")
    film, facebook, writer = quoted.quotes
    assert shown(quoted) == "\n".join(
        (
            "You asked: does fb sell my data",
            "",
            "🎬 The film (The Social Dilemma)",
            f"1. “{film.text}”",
            f"   {film.provenance}",
            f"   {film.citation}",
            "",
            "📘 Facebook",
            f"2. “{facebook.text}”",
            f"   {facebook.provenance}",
            f"   {facebook.citation}",
            f"   Also in: {facebook.also_in[0]}",
            "",
            "The writer (on no side)",
            f"3. “{writer.text}”",
            f"   {writer.provenance}",
            f"   {writer.citation}",
        )
    )


def test_silent_side_is_stated_in_words_beside_its_emoji() -> None:
    """A gap stands where the quotes would stand."""
    lines = shown(answer("audience-pawn")).split("\n")
    assert lines[-1] == f"📘 {gap_of(FACEBOOK)}"


def test_difference_between_the_articles_is_flagged() -> None:
    """A quote whose other version says something else is shown with that."""
    quoted = answer("mistakes-2016")
    (quote,) = quoted.quotes
    assert quote.difference is not None
    assert f"   {wording.differ(quote.difference)}" in shown(quoted).split("\n")


def test_what_is_near_stands_apart_without_a_number() -> None:
    """Below its own line, after what is said of its side."""
    near = nearly()
    film, facebook = near.blocks
    (quote,) = film.near
    parts = shown(near, asked=None).split("\n\n")
    assert parts[0] == "🎬 The film: I found nothing that clearly answers this."
    assert parts[1].startswith(
        f"What comes nearest, though it may not answer:\n· “{quote.text}”\n   {quote.provenance}"
    )
    assert f"\n1. “{facebook.quotes[0].text}”" in parts[2]


def test_silence_of_all_is_said_once_and_other_questions_are_offered() -> None:
    """The message stands for all gaps, and the suggestions follow it."""
    assert shown(silence()) == "\n".join(
        (
            "You asked: is tiktok evil",
            "",
            str(wording.ALL_SILENT),
            "",
            "You could ask:",
            f"- {pack().topics[0].question}",
            f"- {pack().topics[1].question}",
        )
    )


def test_resolved_follow_up_is_shown_as_it_was_understood() -> None:
    """What was searched for is said when it is not what was typed."""
    resolved = replace(answer("audience-pawn", question="and ads?"), asked_as="are ads bad?")
    assert shown(resolved).split("\n")[:2] == ["You asked: and ads?", "Asked as: are ads bad?"]


def test_question_on_the_screen_is_not_repeated() -> None:
    """In a conversation the answer begins with its first side."""
    assert shown(answer("audience-pawn"), asked=None).split("\n")[0] == "🎬 The film (The Social Dilemma)"


def test_rebuttal_names_the_side_that_the_claim_comes_closest_to() -> None:
    """Only what stands against it is quoted, and that is said."""
    lines = shown(rebuttal(), asked="You claimed").split("\n")
    assert lines[:4] == [
        "You claimed: it is addictive",
        "Closest to this: The film (The Social Dilemma). What stands against it:",
        "",
        "📘 Facebook",
    ]
    assert gap_of(FILM) not in "\n".join(lines)


def test_source_is_given_to_the_character() -> None:
    """Asked where the quotes stand, the answer says so with article, paragraph and characters, twice where it does."""
    located = replace(answer("product-team-not-driven"), act=Act.SOURCE)
    (quote,) = located.quotes
    text = shown(located)
    assert (
        f"   {quote.citation.title} by {quote.citation.author}, paragraph {quote.citation.paragraph}, characters "
        in text
    )
    assert f"characters {quote.citation.start} to {quote.citation.end}\n" in text
    assert f"   Also in: {quote.also_in[0].precise}" in text.split("\n")


def test_notices_come_last() -> None:
    """What went wrong beside the answer is said below it."""
    assert shown(answer("audience-pawn"), notices=(Message("not logged: the disk is full"),)).endswith(
        "\n\nNote: not logged: the disk is full"
    )


def test_message_alone_is_shown_alone() -> None:
    hello = Answer("hi", "hi", Act.SMALLTALK, (), message=Message("Hello."))
    assert shown(hello) == "You asked: hi\n\nHello."


def test_markup_and_controls_in_a_question_do_nothing() -> None:
    """What somebody typed is shown as it was typed, without its power over the screen."""
    line = shown(answer("audience-pawn", question="[red]\x1b[31mfb\u202e\r\n[/red]\ud800")).split("\n")[0]
    assert line == "You asked: [red][31mfb [/red]\ufffd"


def test_every_quote_keeps_its_exact_characters_in_a_pipe() -> None:
    """Each quote of the pack stands on one line, character for character."""
    lines = shown(every_quote()).split("\n")
    for number, quote in enumerate(every_quote().quotes, start=1):
        assert f"{number}. “{quote.text}”" in lines


@pytest.mark.parametrize("width", [40, 80, 100])
def test_every_quote_keeps_its_exact_characters_when_wrapped(width: int) -> None:
    """Put together again at the breaks, the lines of each quote are the quote."""
    text = shown(every_quote(), width)
    for number, quote in enumerate(every_quote().quotes, start=1):
        words = (re.escape(word) for word in f"{number}. “{quote.text}”".split(" "))
        assert re.search(r"(?:\n   | )".join(words), text)


@pytest.mark.parametrize("width", [20, 40, 80, 100])
def test_lines_fit_the_terminal(width: int) -> None:
    """No line of any quote, heading or citation is wider than the terminal."""
    assert max(cell_len(line) for line in shown(every_quote(), width).split("\n")) <= width


def test_lines_stay_readable_on_a_wide_terminal() -> None:
    """Prose is not stretched over 300 columns."""
    assert max(cell_len(line) for line in shown(every_quote(), 300).split("\n")) <= 100


def test_lines_end_without_spaces() -> None:
    for width in (None, 80):
        assert not [line for line in shown(every_quote(), width).split("\n") if line != line.rstrip()]


def test_styles_only_add_to_the_words() -> None:
    """Each line holds the same text with and without its style, and rich changes none of it."""
    lines = AnswerLayout(pack(), 80).answer(every_quote(), "You asked")
    stream = io.StringIO()
    console = Console(file=stream, width=80, color_system=None, soft_wrap=True, highlight=False, emoji=False)
    for line in lines:
        console.print(Text(line.text, line.style))
    assert stream.getvalue() == "".join(f"{line.text}\n" for line in lines)


def test_list_has_an_item_a_line() -> None:
    """Items are wrapped below their own words."""
    assert AnswerLayout(pack(), 20).items(["one two three four five"]) == [Line("- one two three four"), Line("  five")]
