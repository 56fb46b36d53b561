"""Handouts as pages: quotes uncut, inert, readable in black and white, and the same bytes every time."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from bot.lesson.rules.handout import Handout, HandoutOptions, Paper, handout_of
from bot.lesson.rules.handout_files import about, as_html, as_slides, slides_of, whose
from bot.lesson.rules.prompt import draw_prompts
from tests.contrast import contrast, linear
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[[Handout, HandoutOptions], str]

OPTIONS = tuple(HandoutOptions(large, dyslexia) for large in (False, True) for dyslexia in (False, True))
WRITERS = (as_html, as_slides)
EVERYTHING = handout_of(pack(), [topic.id for topic in pack().topics])
HOSTILE = "<script>alert(1)</script> & \"</style>' {{ 7 * 7 }}"


class Blockquotes(HTMLParser):
    """Collects the texts of a page's blockquotes, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.quotes: list[str] = []
        self.tags: set[str] = set()
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "blockquote":
            self._inside = True
            self.quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "blockquote"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.quotes[-1] += data


@pytest.mark.parametrize("options", OPTIONS)
def test_no_quotation_is_cut(options: HandoutOptions) -> None:
    """On paper in the order of their numbers, on the wall with the sides taking turns: character for character."""
    quotes = [entry.quote.text for sheet in EVERYTHING.sheets for column in sheet.spoken for entry in column.entries]
    assert Blockquotes(as_html(EVERYTHING, options)).quotes == quotes
    assert sorted(Blockquotes(as_slides(EVERYTHING, options)).quotes) == sorted(quotes)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("options", OPTIONS)
def test_the_same_handout_gives_the_same_bytes(write: Write, options: HandoutOptions) -> None:
    assert write(EVERYTHING, options) == write(handout_of(pack(), [each.topic for each in EVERYTHING.sheets]), options)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("options", OPTIONS)
def test_a_page_is_allowed_its_own_style_and_nothing_else(write: Write, options: HandoutOptions) -> None:
    """The policy names the style's hash; nothing is fetched, and nothing runs."""
    page = write(EVERYTHING, options)
    style = re.search("<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'" in page
    assert not re.search(r"https?:|url\(|@import|<script|<img|<link", page)
    assert " style=" not in page


@pytest.mark.parametrize("write", WRITERS)
def test_what_a_pack_says_is_shown_and_does_nothing(write: Write) -> None:
    """Titles, questions and explanations come from files of whoever made the pack."""
    (sheet,) = handout_of(pack(), ["privacy"]).sheets
    terms = tuple(replace(term, means=HOSTILE) for term in sheet.words)
    page = write(Handout(HOSTILE, (replace(sheet, name=HOSTILE, question=HOSTILE, words=terms),)), HandoutOptions())
    assert "<script" not in page
    assert "{{ 7 * 7 }}" in page
    assert HOSTILE in unescape(page)
    assert "script" not in Blockquotes(page).tags


def test_a_sheet_has_its_parts_in_order() -> None:
    page = as_html(handout_of(pack(), ["elections"]), HandoutOptions())
    headings = re.findall("<h[12][^>]*>([^<]+)<", page)
    sides = [unescape(heading) for heading in headings[1:3]]
    assert sorted(sides) == sorted(side.name for side in pack().sides)
    assert headings[3:] == [
        "Who says what",
        "To talk about",
        "Words used here",
        "Sources",
        "For the teacher",
        "Elections",
    ]
    assert page.count('</b>agree</span> <span><b class="box"></b>disagree</span> <span><b class="box"></b>unsure') == 2


def test_the_sheet_asks_what_the_lesson_asked() -> None:
    """With the same seed: its question, its follow-up questions, and each side's quote on the screen first."""
    for topics in ([], ["privacy"], ["elections", "privacy"]):
        made = handout_of(pack(), topics, seed=7, questions=3)
        asked = [
            prompt
            for topic in topics or (None,)
            for prompt in draw_prompts(pack(), topic=topic, count=1 if topics else 3, seed=7)
        ]
        assert [sheet.question for sheet in made.sheets] == [prompt.question for prompt in asked]
        assert [sheet.follow_ups for sheet in made.sheets] == [prompt.follow_ups for prompt in asked]
        for sheet, prompt in zip(made.sheets, asked, strict=True):
            first = {column.voice: column.entries[0].quote for column in sheet.columns}
            assert first == prompt.quotes


def test_paper_and_notes_are_chosen() -> None:
    """Three slides stand on a page with lines beside them, each slide once."""
    handout = handout_of(pack(), ["privacy"])
    assert "size: A4;" in as_html(handout, HandoutOptions())
    assert "size: letter;" in as_html(handout, HandoutOptions(paper=Paper.LETTER))
    page = as_slides(handout, HandoutOptions(paper=Paper.LETTER, notes=True))
    number = len(slides_of(handout))
    assert "size: letter;" in page
    assert page.count('<section class="slide"') == page.count('<div class="lines"') == number
    assert page.count('<div class="page">') == -(-number // 3)


def test_the_table_says_who_how_and_where() -> None:
    """For each number of the sheet, with room for one's own words."""
    (sheet,) = (handout := handout_of(pack(), ["privacy"])).sheets
    rows = re.findall('<tr><th scope="row">(.*?)</tr>', as_html(handout, HandoutOptions()))
    entries = [(column, entry) for column in sheet.spoken for entry in column.entries]
    assert len(rows) == len(entries)
    for row, (column, entry) in zip(rows, entries, strict=True):
        cells = [unescape(re.sub("<[^>]+>", "", cell)) for cell in re.split("</t[hd]>", row)]
        citation = entry.quote.citation
        place = f"{sheet.letter_of(citation.article_id)}, paragraph {citation.paragraph}"
        assert (cells[0], cells[1], cells[3], cells[4]) == (
            str(entry.number), whose(column, entry.quote), place, ""
        )  # fmt: skip


def test_whose_words_they_are_is_said_once() -> None:
    """A speaker who bears the side's name is named alone, another one behind it, and without one the voice speaks."""
    column = handout_of(pack(), ["privacy"]).sheets[0].columns[0]
    quote = column.entries[0].quote
    named = replace(column, short_name="Cats")
    assert whose(named, replace(quote, speaker="the cats' club")) == "The cats' club"
    assert whose(named, replace(quote, speaker="A. Tabby")) == "Cats: A. Tabby"
    assert whose(named, replace(quote, speaker=None)) == "Cats"


def test_a_source_says_what_is_known_and_what_is_not() -> None:
    first, second = pack().articles
    assert about(first) == f"{first.title}, no author named"
    assert about(second) == f"{second.title}, by {second.author}, {second.publisher}, {second.published}"


def test_the_reading_level_names_its_formulas_on_the_teachers_page() -> None:
    """Students need not read how hard their text is; where each quote stands to the letter is there as well."""
    (sheet,) = (handout := handout_of(pack(), ["privacy"])).sheets
    assert sheet.level is not None
    said = f"Flesch reading ease {sheet.level.ease:.0f} ({sheet.level.band}), Flesch–Kincaid US school grade"
    students, teachers = as_html(handout, HandoutOptions()).split("Not to be handed out")
    assert said in teachers
    citation = sheet.columns[0].entries[0].quote.citation
    place = f"paragraph {citation.paragraph}, characters {citation.start} to {citation.end}"
    assert place in teachers
    assert "reading ease" not in students
    assert str(citation.end) not in students
    assert "reading ease" not in as_slides(handout, HandoutOptions())


def test_a_silent_side_is_stated_on_paper_and_on_the_wall() -> None:
    handout = handout_of(pack(), ["usage"])
    gaps = [column.gap for column in handout.sheets[0].columns]
    assert all(gap is not None for gap in gaps)
    for write in WRITERS:
        page = unescape(write(handout, HandoutOptions()))
        assert all(f"<p>{gap}</p>" in page or f'<p class="big">{gap}</p>' in page for gap in gaps)


def test_the_sides_take_turns_on_the_wall() -> None:
    """After the question, and before the writer; the question comes once more at the end."""
    slides = slides_of(handout_of(pack(), ["privacy"]))
    assert [slide.kind for slide in slides[:2]] == ["question", "quote"]
    voices = [slide.style for slide in slides if slide.kind == "quote"]
    assert voices[:4] == ["0", "1", "0", "1"]
    assert voices[-1] == "writer"
    assert [slide.kind for slide in slides[-5:]] == ["follow-up", "follow-up", "follow-up", "again", "sources"]
    assert all(len(slide.words) <= 4 for slide in slides)


def test_large_print_is_eighteen_points_and_letters_stand_apart_on_demand() -> None:
    plain, large, apart = (
        as_html(EVERYTHING, options)
        for options in (HandoutOptions(), HandoutOptions(large_print=True), HandoutOptions(dyslexia=True))
    )
    assert ("18pt" in plain, "18pt" in large) == (False, True)
    assert ("letter-spacing" in plain, "letter-spacing" in apart) == (False, True)
    assert not any("italic" in page for page in (plain, large, apart))


def test_large_rows_stand_below_each_other_with_room_for_own_words() -> None:
    """Beside four columns in large letters there is none: each row is a box of its own, as on a phone."""
    plain, large = (as_html(EVERYTHING, HandoutOptions(large_print=each)) for each in (False, True))
    room = '.wide td.own::before { content: "In my own words:"; }'
    assert (plain.count(room), large.count(room)) == (1, 2)
    everywhere = large.split("@media print")[1].split("\n}", maxsplit=1)[1]
    assert room in everywhere


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("options", OPTIONS)
def test_every_text_has_the_contrast_of_wcag_aa_and_no_colour_carries_meaning(
    write: Write, options: HandoutOptions
) -> None:
    """4.5 to 1 at least, on white and on cream; all inks are greys, so a printer without colours loses nothing."""
    style = re.findall("<style>(.*)</style>", write(EVERYTHING, options), re.DOTALL)[0]
    inks = set(re.findall(r"(?<![-\w])color: (#[0-9a-f]+)", style))
    grounds = set(re.findall(r"background: (#[0-9a-f]+)", style))
    assert inks
    assert "#fff" in grounds
    for ink in inks:
        assert len(set(re.findall("..", ink[1:] if len(ink) == 7 else "".join(2 * digit for digit in ink[1:])))) == 1
        for ground in grounds:
            assert contrast(linear(ink), linear(ground)) >= 4.5
