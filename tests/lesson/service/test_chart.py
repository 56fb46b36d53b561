from __future__ import annotations

import itertools
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest

from bot.lesson.rules.lesson import AGREE, UNSURE, Gathered, Lesson, Posting, shift_of, summary_of
from bot.lesson.rules.prompt import draw_prompts
from bot.lesson.service.chart import DRAWN, FILLS, Votes, shift_alt_text, shift_png, votes_in
from bot.wire.page.language import drawn_in, words_for
from tests.contrast import LACKING, contrast, linear, seen_without
from tests.quote.rules.findings import pack

NOON = "2026-01-01T12:00:00+00:00"
LESSON = Lesson("a" * 32, "1", 5, "teacher", None, logged=True, names=True, started_utc=NOON, ended_utc=None)
VOTES = Votes("Is it so?", (12, 9, 7), (16, 10, 1))
HOSTILE = Votes("Is $x^2$ {before} \u202eof all\n<b>हिन्दी</b>?" * 9, (0, 0, 0), (1, 99, 0))


def size(picture: bytes) -> tuple[int, int]:
    """Read width and height from a PNG's header (PNG, section 11.2.2)."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def closed(prompt_id: str, before: dict[str, str], after: dict[str, str], least: int = 1) -> Posting:
    posting = Posting("b" * 32, "1", 5, prompt_id, NOON)
    voters = len(before.keys() | after.keys())
    return replace(posting, closed_utc=NOON, voters=voters, result=shift_of(before, after, least))


def test_the_picture_is_as_wide_as_a_phone() -> None:
    assert size(shift_png([VOTES]))[0] == size(shift_png([HOSTILE] * 9))[0] == 800
    assert size(shift_png([VOTES] * DRAWN))[1] < 1400


def test_the_same_votes_give_the_same_bytes_in_any_thread() -> None:
    with ThreadPoolExecutor(4) as pool:
        pictures = set(pool.map(lambda _: shift_png([VOTES, HOSTILE]), range(4)))
    assert len(pictures) == 1


def test_numbers_can_be_read_on_what_they_stand_on() -> None:
    assert all(contrast(linear(fill), linear(ink if ink != "white" else "#fff")) >= 4.5 for fill, _, ink in FILLS)


@pytest.mark.parametrize("cones", LACKING)
def test_parts_differ_in_lightness_for_eyes_that_do_not_tell_colours_apart(cones: str) -> None:
    """Each from its neighbour and from the page; one of them has a pattern besides."""
    seen = [seen_without(cones, linear(fill)) for fill, _, _ in FILLS]
    assert all(contrast(one, other) >= 1.3 for one, other in itertools.combinations(seen, 2))
    assert all(contrast(one, linear("#fff")) >= 1.3 for one in seen)
    assert len({pattern for _, pattern, _ in FILLS}) == 2


def test_there_is_nothing_to_draw_without_votes() -> None:
    with pytest.raises(ValueError, match="there are no votes to draw"):
        shift_png([])


def test_the_description_says_what_the_picture_shows() -> None:
    """Also where nobody voted, and that there are more than are shown."""
    assert shift_alt_text([VOTES, Votes("And this?", (0, 0, 0), (0, 1, 0))]) == (
        "Chart of the votes. “Is it so?” Before: 12 agree, 9 disagree, 7 unsure. After: 16 agree, 10 disagree, "
        "1 unsure. “And this?” Before: nobody voted. After: 0 agree, 1 disagree, 0 unsure."
    )
    assert shift_alt_text([VOTES] * 7).endswith("Prompts not shown: 2.")


def test_the_description_fits_where_it_is_put() -> None:
    """Discord takes 1024 characters; braces in a question are no fields."""
    described = shift_alt_text([replace(HOSTILE, before=(300, 300, 300))] * 9)
    assert len(described) <= 1024
    assert "{before}" in described
    assert "\u202e" not in described


@pytest.mark.parametrize("language", ["de", "es", "hi"])
def test_words_of_another_language_stand_in_both(language: str) -> None:
    """But for letters that the picture lacks; none of those is a warning."""
    words = words_for(language)
    described = shift_alt_text([VOTES], words)
    assert all(part in described for part in (VOTES.question, "12", "9", "7"))
    assert described != shift_alt_text([VOTES])
    assert (shift_png([VOTES], drawn_in(words)) == shift_png([VOTES])) == (language == "hi")


def test_only_closed_prompts_that_somebody_voted_on_have_votes() -> None:
    """An open one is secret; one that the pack has no longer has no question."""
    (prompt,) = draw_prompts(pack(), topic=None, count=1, seed=1)
    counted = closed(prompt.id, {"ann": AGREE, "ben": UNSURE}, {"ann": UNSURE})
    postings = (
        counted,
        closed("gone.prompt", {"ann": AGREE}, {}),
        closed(prompt.id, {}, {}),
        replace(Posting("c" * 32, "1", 5, prompt.id, NOON), voters=3),
    )
    gathered = Gathered(LESSON, postings, (), (), (), {}, {})
    summary = summary_of(pack(), gathered, Random(1))  # noqa: S311 - to be repeated
    assert votes_in(pack(), summary) == (Votes(prompt.question, (1, 0, 1), (0, 0, 1)),)
