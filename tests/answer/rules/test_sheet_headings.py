"""What headings say, in the words of platforms, forms and teachers."""

from __future__ import annotations

import pytest

from bot.answer.rules.sheet_headings import (
    CHECKED_COLUMNS,
    Level,
    checked_blocks,
    column_letter,
    column_named,
    heading_row,
    level_of,
    side_of_heading,
    side_places,
    student_places,
)
from bot.answer.rules.sheet_table import Row
from tests.quote.rules.findings import pack


@pytest.mark.parametrize(
    ("heading", "level"),
    [
        ("quotation", Level.SURE),
        ("Quote", Level.SURE),
        ("CLAIMED  QUOTE", Level.SURE),
        ("Copy your quote here, word for word", Level.SURE),
        ("1234567: Copy one quote of Facebook", Level.SURE),
        ("Sentence you copied", Level.SURE),
        ("Zitat", Level.SURE),
        ("Cita textual", Level.SURE),
        ("उद्धरण", Level.SURE),
        ("Response 1", Level.LIKELY),
        ("Answer", Level.LIKELY),
        ("Antwort", Level.LIKELY),
        ("Evidence", Level.LIKELY),
        ("Right answer 1", Level.UNLIKELY),
        ("Explain your answer in your own words", Level.UNLIKELY),
        ("Why did you choose this quote?", Level.UNLIKELY),
        ("Points - Quote", Level.UNLIKELY),
        ("Context", Level.UNKNOWN),
        ("Question 1", Level.UNKNOWN),
        ("Texture", Level.UNKNOWN),
        ("Email address", Level.UNKNOWN),
    ],
)
def test_whole_words_decide(heading: str, level: Level) -> None:
    """Never letters inside of others."""
    assert level_of(heading) is level


def rows(*texts: str) -> list[Row]:
    """Make rows of cells that commas part."""
    return [Row(line, tuple(text.split(","))) for line, text in enumerate(texts, start=1)]


@pytest.mark.parametrize(
    ("texts", "at"),
    [
        (("student,quotation", "Ann,a b c"), 0),
        (("Quotes of class 9b,,", ",,", "student,side,quotation", "Ann,film,a b c"), 2),
        (("Class 9b,,", "exported on Monday,by Ms. Doe,", "student,side,quotation", "Ann,film,a"), 2),
        (("a,b", "1,the answer is a quote"), 0),
        (("student,quotation,", "Ann,a b c,x"), 0),
        (("Class 9b", "quotation", "a b c"), 1),
        (("what they wrote", "an answer of many words in a row"), 0),
    ],
)
def test_the_row_of_headings_is_searched_for(texts: tuple[str, ...], at: int) -> None:
    """Titles stand above it, in fewer cells."""
    assert heading_row(rows(*texts), ()) == at


def test_a_named_column_tells_the_row() -> None:
    """Whatever stands above."""
    assert heading_row(rows("a,b,c", "d,e,f", "x,Words,z"), ["words"]) == 2


def test_columns_are_named_by_heading_or_letter() -> None:
    """Equal headings are all meant; a heading goes before a letter."""
    header = ("Name", "Quote", " quote", "B")
    assert column_named(header, "QUOTE") == (1, 2)
    assert column_named(header, "b") == (3,)
    assert column_named(header, "A") == (0,)
    assert column_named(header, "x") == ()
    assert [column_letter(place) for place in (0, 25, 26, 52, 701, 702)] == ["A", "Z", "AA", "BA", "ZZ", "AAA"]


def test_each_column_of_quotations_has_the_sides_next_to_it() -> None:
    """A single one of sides counts for all."""
    assert side_places(("quotation", "side", "quotation", "side"), (0, 2)) == {0: 1, 2: 3}
    assert side_places(("side", "quotation", "side", "quotation"), (1, 3)) == {1: 0, 3: 2}
    assert side_places(("quotation", "quotation", "side", "quotation", "side"), (0, 1, 3)) == {1: 2, 3: 4}
    assert side_places(("side", "quotation", "quotation"), (1, 2)) == {1: 0, 2: 0}
    assert side_places(("quotation",), (0,)) == {}


@pytest.mark.parametrize(
    ("header", "places"),
    [
        (("Timestamp", "Your name", "quote"), (1,)),
        (("Last name", "First name", "Response 1"), (1, 0)),
        (("Nachname", "Vorname", "Zitat"), (1, 0)),
        (("name", "id", "quote"), (0,)),
        (("Username", "quote"), (0,)),
        (("Email Address", "quote"), (0,)),
        (("Filename", "quote"), ()),
    ],
)
def test_students_are_found(header: tuple[str, ...], places: tuple[int, ...]) -> None:
    """First name first."""
    assert student_places(header, ()) == places


@pytest.mark.parametrize(
    ("heading", "side"),
    [
        ("Quote from Facebook", "facebook"),
        ("Quote from the film", "film"),
        ("Facebook's quote", "facebook"),
        ("Quote (The Social Dilemma)", "film"),
        ("Copy one sentence in which Facebook speaks about data", "facebook"),
        ("Quote about Facebook", ""),
        ("Quote against the film", ""),
        ("Quote", ""),
    ],
)
def test_a_heading_may_say_whose_the_quotations_are(heading: str, side: str) -> None:
    """What they are about says nothing."""
    assert side_of_heading(heading, pack().sides) == side


def test_columns_of_an_earlier_check_are_known_by_their_neighbours() -> None:
    """A teacher's own "notes" is none of them."""
    several = [f"{name}: Quote {number}" for number in "12" for name in CHECKED_COLUMNS]
    assert checked_blocks(("student", "notes", "quotation", *CHECKED_COLUMNS, "grade")) == frozenset(range(3, 11))
    assert checked_blocks(("a", *several)) == frozenset(range(1, 17))
    assert checked_blocks(("verdict", "notes", "where", "reference")) == frozenset()
