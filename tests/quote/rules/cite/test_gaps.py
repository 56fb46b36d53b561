"""Marks of change inside a quotation, as style guides have them."""

from __future__ import annotations

import pytest

from bot.quote.rules.cite.gaps import Gap, Sort, parts_of, stretches

HAVE = ("we", "don't", "lend", "the", "names", "of", "our", "users", "to", "shops", "or", "lend", "names")


@pytest.mark.parametrize(
    "mark", ["[…]", "[...]", "[. . .]", "(…)", "(...)", "…", "...", "....", ". . .", "<...>", "[---]", "[snip]"]
)
def test_every_mark_of_an_omission_is_one(mark: str) -> None:
    """Whatever the guide."""
    parts = parts_of(f"We don't lend {mark} to shops")
    assert parts.words == (("we", "don't", "lend"), ("to", "shops"))
    assert parts.gaps == (Gap(Sort.OMITTED),)
    assert list(stretches(HAVE, parts)) == [((0, 3), (8, 10))]


def test_marks_at_the_ends_part_nothing() -> None:
    """Nor are they marks of change."""
    parts = parts_of("… lend the names …")
    assert (parts.words, parts.gaps, parts.marked) == ((("lend", "the", "names"),), (), False)


def test_a_slip_that_is_marked_stands_in_the_text() -> None:
    """Right before the mark, with nothing between."""
    parts = parts_of("we don't [sic] lend (sic!) the")
    assert parts.sic
    assert list(stretches(HAVE, parts)) == [((0, 2), (2, 3), (3, 4))]
    assert list(stretches(HAVE, parts_of("we [sic] lend the"))) == []


def test_words_put_in_may_stand_for_a_few() -> None:
    """For more than six an omission has to be marked."""
    parts = parts_of("we don't lend [them] to shops")
    assert (parts.put_in, parts.gaps) == (("them",), (Gap(Sort.PUT_IN, "them"),))
    assert list(stretches(HAVE, parts)) == [((0, 3), (8, 10))]
    assert list(stretches(HAVE, parts_of("we don't [x] shops or"))) == []


@pytest.mark.parametrize(
    ("typed", "loose"),
    [
        ("[W]e don't", False),
        ("lend the name[s]", False),
        ("[H]e don't", True),
        ("lend the name[d]", True),
        ("user[] to", True),
    ],
)
def test_letters_in_brackets_are_the_quoter_s(typed: str, *, loose: bool) -> None:
    """As they stand; else they stand for others."""
    assert parts_of(typed).letters
    found = {way: list(stretches(HAVE, parts_of(typed, loose=way))) for way in (False, True)}
    assert bool(found[loose])
    assert loose is not bool(found[False])


def test_the_nearest_parts_are_taken() -> None:
    """From each place of the first part."""
    assert list(stretches(HAVE, parts_of("lend … names"))) == [((2, 3), (4, 5)), ((11, 12), (12, 13))]
