"""Who is quoted in an article of which nothing else is known; articles and names were made up for these tests."""

from __future__ import annotations

import pytest

from bot.authoring.marking.quotations import quotations_of

STRIKE = """\
Strike goes on as 'final' talks fail

HARLOW BAY — "We did not want this," said Daniel Ortega, president of the Harbor Union. "But we will finish it."

The Port Authority said the vote was "disappointing". "Nobody wins," spokeswoman Lisa Cheng said in a statement.

Ortega dismissed that. "It's a pay cut," he told reporters, "and they know it."

Gov. Paul Renner was patient. "Sit down,” the governor said. "Talk.\"""".replace("”", '"')


def said_in(text: str) -> list[tuple[str, str]]:
    """List what is quoted, without its marks, and who says it; a paragraph a line."""
    places, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            places.append((at, at + len(line)))
        at += len(line) + 1
    return [(text[one.start : one.end].strip("\"“”'‘’"), one.speaker) for one in quotations_of(text, places)]


def test_an_article_is_read_from_name_to_surname_role_and_pronoun() -> None:
    assert said_in(STRIKE) == [
        ("We did not want this,", "Daniel Ortega"),
        ("But we will finish it.", "Daniel Ortega"),
        ("disappointing", "Port Authority"),
        ("Nobody wins,", "Lisa Cheng"),
        ("It's a pay cut,", "Daniel Ortega"),
        ("and they know it.", "Daniel Ortega"),
        ("Sit down,", "Paul Renner"),
        ("Talk.", "Paul Renner"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("“It is late,” wrote Judge Ana Romero.", [("It is late,", "Ana Romero")]),
        ("According to Ola Berg, it was “a mess”.", [("a mess", "Ola Berg")]),
        ("It was “a mess”, according to Ola Berg.", [("a mess", "Ola Berg")]),
        ("Pete Sallis, now a pundit, called it “madness”.", [("madness", "Pete Sallis")]),
        ("Eva Lind said that Tom Ruiz had “lost the plot”.", [("lost the plot", "Eva Lind")]),
        ("Sheep farmers call it “a gift to wolves”.", [("a gift to wolves", "Sheep farmers")]),
        ("A spokesman for Lumora Homes said: “No comment.”", [("No comment.", "A spokesman for Lumora Homes")]),
        ("The so-called “ghost fleet” was seen. Signs reading “No More” hung there.", []),
        ("Vance's spokesman declined to comment. “No,” he said", [("No,", "Vance's spokesman")]),
        ("According to the clerk, all came. “We ran out,” she said.", [("We ran out,", "the clerk")]),
        ("She named them “Odin” and “Freya” last week.", []),
    ],
)
def test_a_quotation_is_whoevers_its_sentence_names(text: str, said: list[tuple[str, str]]) -> None:
    assert said_in(text) == said


def test_speech_goes_on_over_sentences_and_paragraphs() -> None:
    text = (
        "“I was there,” said Ann Lee. “All night.\n“Nobody came.”\n"
        "Her boss, Bo Karlsson, was sorry. “We were late,” he says."
    )
    assert said_in(text) == [
        ("I was there,", "Ann Lee"),
        ("All night.", "Ann Lee"),
        ("Nobody came.", "Ann Lee"),
        ("We were late,", "Bo Karlsson"),
    ]


def test_companies_go_by_their_name_and_pronouns_by_what_fits() -> None:
    text = (
        "Regulators fined Lumora on Monday.\n“We disagree,” the company said.\n"
        "Ms. Ann Lee met Mr. Bo Dahl.\n“Odd,” she said."
    )
    assert [speaker for _, speaker in said_in(text)] == ["Lumora", "Ann Lee"]


def test_part_of_a_name_is_enough_once_the_whole_was_said() -> None:
    """A first name of somebody who spoke and shares it with nobody, and a body by its noun."""
    text = (
        "“No,” said Ida Holm. “Never,” Ida added.\nThe book club met the chess club. “Come,” the club said.\n"
        "Ida Berg came. “I did,” Ida said."
    )
    assert said_in(text) == [
        ("No,", "Ida Holm"),
        ("Never,", "Ida Holm"),
        ("Come,", "the chess club"),
        ("I did,", "Ida"),
    ]
