from __future__ import annotations

import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.debate.service.chart import result_alt_text, result_png
from bot.values.ballot import Matrix, Outcome
from bot.wire.page.language import drawn_in, words_for

SIDES = ("film", "facebook")
NAMES = {"film": "The film", "facebook": "Facebook"}
NOBODY = ((0, 0, 0), (0, 0, 0), (0, 0, 0))


def an_outcome(matrix: Matrix | None, before: int = 0, after: int = 0, paired: int | None = None) -> Outcome:
    """Make a result in which some more voted only once."""
    both = sum(map(sum, matrix or ())) if paired is None else paired
    return Outcome(SIDES, 5, (both + before, both + after, both), None, None, matrix)


EVENING = an_outcome(((40, 6, 4), (9, 31, 3), (30, 14, 22)), 9, 3)
FEW = an_outcome(None, 1, 0, 4)
HOSTILE = {"film": "The $x^2$ {side} of \u202eall of those who are for it", "facebook": "=cmd\n🎬 हिन्दी <script>"}


def size(picture: bytes) -> tuple[int, int]:
    """Read width and height from a PNG's header (PNG, section 11.2.2)."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@pytest.mark.parametrize(
    ("outcome", "height"),
    [
        (EVENING, 1000),
        (an_outcome(((0, 1, 0), (0, 0, 0), (0, 0, 0))), 1000),
        (an_outcome(NOBODY, 9, 3), 504),
        (FEW, 264),
    ],
)
def test_picture_is_as_wide_as_a_phone(outcome: Outcome, height: int) -> None:
    """Also where nobody voted twice: then it has neither shares nor swing."""
    assert size(result_png(outcome, NAMES)) == (800, height)


def test_same_result_gives_the_same_bytes_in_any_thread() -> None:
    """Nothing of the moment is in the picture."""
    with ThreadPoolExecutor(4) as pool:
        pictures = set(pool.map(lambda _: result_png(EVENING, NAMES), range(4)))
    assert len(pictures) == 1


def test_hostile_names_are_drawn_as_they_are_written() -> None:
    """No formula, no missing letter's warning, no direction turned."""
    assert size(result_png(EVENING, HOSTILE)) == (800, 1000)
    assert "The $x^2$ {side} of a…: 31.4 per cent before" in result_alt_text(EVENING, HOSTILE)
    assert "=cmd 🎬 हिन्दी <script>: 27.0 per cent before" in result_alt_text(EVENING, HOSTILE)


def test_alt_text_says_what_the_picture_shows() -> None:
    """By hand: before 50, 43 and 66 of 159, after 79, 51 and 29; swings 29/159 and 8/159."""
    assert result_alt_text(EVENING, NAMES) == (
        "Chart of the ballots. The film won by net swing. 159 voted both times, 12 only once. "
        "The film: 31.4 per cent before, 49.7 per cent after. Facebook: 27.0 per cent before, 32.1 per cent after. "
        "Undecided: 41.5 per cent before, 18.2 per cent after. "
        "Net swing of The film: +18.2 points. Net swing of Facebook: +5.0 points. "
        "From The film to Facebook: 6. From The film to Undecided: 4. From Facebook to The film: 9. "
        "From Facebook to Undecided: 3. From Undecided to The film: 30. From Undecided to Facebook: 14."
    )


def test_draw_and_no_pairs_are_said() -> None:
    """Neither has a winner; of a few nothing is said."""
    level = an_outcome(((1, 0, 0), (0, 1, 0), (1, 1, 0)))
    assert "A draw by net swing. 4 voted both times, 0 only once." in result_alt_text(level, NAMES)
    nobody = an_outcome(NOBODY, 1)
    assert result_alt_text(nobody, NAMES) == (
        "Chart of the ballots. Nobody voted both times. 0 voted both times, 1 only once."
    )
    assert result_alt_text(FEW, NAMES) == (
        "Chart of the ballots. Fewer than 5 people voted both times: the result is kept back, so that votes stay "
        "secret. 4 voted both times, 1 only once."
    )


@pytest.mark.parametrize("language", ["de", "es", "hi"])
def test_words_of_another_language_stand_in_both(language: str) -> None:
    """But for letters that the picture lacks; none of those is a warning."""
    words = words_for(language)
    described = result_alt_text(EVENING, NAMES, words)
    assert all(part in described for part in ("The film", "159", "+18.2"))
    assert described != result_alt_text(EVENING, NAMES)
    assert len(described) <= 1024
    assert (result_png(EVENING, NAMES, drawn_in(words)) == result_png(EVENING, NAMES)) == (language == "hi")


FOUR = ("bus", "car", "bike", "foot")


def of_four(crowd: tuple[int, ...]) -> Outcome:
    """Make a result of four sides."""
    return replace(an_outcome((crowd,) * 5), sides=FOUR)


def test_four_sides_have_higher_panels_and_a_text_of_the_greatest_switches() -> None:
    """By hand: each had 150 of 750 before; after, 10, 20, 30, 40 and 50 of each 150."""
    outcome = of_four((10, 20, 30, 40, 50))
    assert size(result_png(outcome, {side: side.title() for side in FOUR})) == (800, 1000 + 2 * (40 + 72 + 96))
    text = result_alt_text(outcome, {side: f"Those who go by {side}" for side in FOUR})
    assert "Those who go by foot: 20.0 per cent before, 26.7 per cent after." in text
    assert "Those who go by foot won by net swing." in text
    assert ("by bus to Undecided: 50." in text, "by car to Those who go by bus: 10." in text) == (True, False)


@pytest.mark.parametrize("name", ["x" * 99, "x " * 99, "\U0001f600" * 99])
@pytest.mark.parametrize("sides", [SIDES, FOUR])
def test_alt_text_fits_discord(name: str, sides: tuple[str, ...]) -> None:
    """Whatever the sides are called, and however many vote; 1024 characters, those outside the BMP counted twice."""
    crowd = (90_000, 50_000, 70_000, 80_000, 60_000)[: len(sides) + 1]
    outcome = replace(an_outcome((crowd,) * len(crowd), 210_000, 210_000), sides=sides)
    text = result_alt_text(outcome, dict.fromkeys(sides, name))
    assert "x…" in text or "\U0001f600…" in text
    assert len(text.encode("utf-16-le")) // 2 <= 1024
