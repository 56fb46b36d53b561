"""What carries a quotation: each kind is taken away, and named, and nothing of the words goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quote.rules.cite import wording
from bot.quote.rules.cite.carriers import carried, mended, unwrapped
from bot.quote.rules.cite.written import LOST, words_of

if TYPE_CHECKING:
    from knowledge.errors import Message

WORDS = frozenset({"we", "don't", "lend", "names", "to", "shops", "ads", "supported", "businesses", "users"})
SOURCES = frozenset({"the firm", "Ann Lee", "A Long Title"})
LEND = "We don't lend names to shops."


@pytest.mark.parametrize(
    ("typed", "carrier"),
    [
        (f"> {LEND}", wording.MARKDOWN),
        (f"**{LEND}**", wording.MARKDOWN),
        (f"_{LEND}_", wording.MARKDOWN),
        (f"~~{LEND}~~", wording.MARKDOWN),
        (f"`{LEND}`", wording.MARKDOWN),
        (f"```\n{LEND}\n```", wording.MARKDOWN),
        (f"## {LEND}", wording.MARKDOWN),
        (f"- {LEND}", wording.MARKDOWN),
        (f"2. {LEND}", wording.MARKDOWN),
        (f"[{LEND}](https://example.org/a)", wording.MARKDOWN),
        (f"||{LEND}||", wording.DISCORD),
        (f"-# {LEND}", wording.DISCORD),
        (f">>> {LEND}", wording.DISCORD),
        (f"<:quote:123456> {LEND}", wording.DISCORD),
        (f"<p><b>{LEND}</b></p>", wording.HTML),
        (f"<div style='x'>{LEND}<br></div><script>alert(1)</script>", wording.HTML),
        ("We don&#39;t lend names to shops.", wording.HTML),
        ("We don&amp;#x27;t lend&nbsp;names to shops.", wording.HTML),
        (f"&ldquo;{LEND}&rdquo;", wording.HTML),
        ("We don\\'t lend names to shops.", wording.BACKSLASHES),
        ("We don\\u0027t lend names\\nto shops.", wording.BACKSLASHES),
        ("We don't lend na-\nmes to shops.", wording.LINE_HYPHENS),
        ("We don't lend na\u2010\r\nmes to shops.", wording.LINE_HYPHENS),
        ("We don't lend na\u00ad\nmes to shops.", wording.LINE_HYPHENS),
        ("We don't lend na- mes to shops.", wording.LINE_HYPHENS),
        (f"• {LEND}", wording.LISTS),
        (f"a) {LEND}", wording.LISTS),
        (f"(3) {LEND}", wording.LISTS),
        (f"| {LEND} |", wording.LISTS),
        (f"Quote: {LEND}", wording.LABELS),
        (f"My quotation 2 - {LEND}", wording.LABELS),
        (f"Zitat: {LEND}", wording.LABELS),
        (f"Evidence\n{LEND}", wording.LABELS),
        (f"{LEND} (The firm, 2020)", wording.REFERENCES),
        (f"{LEND} (Lee, n.d., para. 4)", wording.REFERENCES),
        (f"{LEND} (the firm)", wording.REFERENCES),
        (f"{LEND} — The firm", wording.REFERENCES),
        (f"{LEND} – Jane Q. Doe", wording.REFERENCES),
        (f"{LEND}\n\nSource: somewhere on the web", wording.REFERENCES),
        (f"“{LEND}” - Ann Lee, A Long Title", wording.REFERENCES),
        (f"{LEND} https://example.org/a?b=c", wording.REFERENCES),
        (f"{LEND}[3]", wording.FOOTNOTES),
        (f"{LEND}[^1]", wording.FOOTNOTES),
        (f"{LEND}¹²", wording.FOOTNOTES),
        (f"{LEND}†", wording.FOOTNOTES),
        (f"{LEND}12", wording.FOOTNOTES),
        ("We donâ€™t lend names to shops.", wording.DAMAGED),
    ],
)
def test_each_kind_of_carrier_is_taken_away_and_named(typed: str, carrier: Message) -> None:
    """Alone, and nothing else is named with it."""
    found = carried(typed, WORDS, SOURCES)
    assert " ".join(found.text.split()).replace("’", "'") == LEND
    assert found.carriers == (carrier,)


def test_several_are_taken_away_together() -> None:
    """And references are kept, for they say who is quoted."""
    found = carried(f"1. Quote: “{LEND}” (The firm, 2020) [3]", WORDS, SOURCES)
    assert (found.text, found.references) == (LEND, ("The firm, 2020",))
    assert set(found.carriers) == {wording.MARKDOWN, wording.LABELS, wording.REFERENCES, wording.FOOTNOTES}


@pytest.mark.parametrize(
    "text",
    [
        LEND,
        "He (the writer) didn't lend them",
        "5 * 3 * 2 stars",
        "x < y and y > z",
        "names & shops",
        "well-known shops",
        "[w]e don't lend […] names [sic]",
        "we said: it is so",
        "They lend it – the shops say nothing",
        "They lend it – Shops say nothing",
        "They lend it - Never",
        "Is it so? It is",
    ],
)
def test_what_is_a_text_s_own_stays(text: str) -> None:
    """Brackets, signs and dashes that carry nothing."""
    assert (carried(text, WORDS, SOURCES).text, carried(text, WORDS, SOURCES).carriers) == (text, ())


def test_a_hyphen_of_its_own_stays_at_the_end_of_a_line() -> None:
    """The words of the articles tell it from one that only parts a word."""
    assert carried("ads-\nsupported", WORDS, SOURCES).text == "ads-supported"
    assert carried("busi-\nnesses", WORDS, SOURCES).text == "businesses"


def test_blocks_stay_apart() -> None:
    """So that several quotations can be told."""
    assert carried("<p>One two three</p><p>Four five six</p>", WORDS, SOURCES).text == "One two three\n\nFour five six"
    assert carried("- One two\n- Three four", WORDS, SOURCES).text == "One two\n\nThree four"


@pytest.mark.parametrize("broken", ["don?t", "don\ufffdt", "donÕt", "donít", "donâ€t", "don¡¯t"])
def test_a_lost_letter_becomes_a_hole_where_a_word_fits(broken: str) -> None:
    """Never where none does: a question mark may be one."""
    assert mended(f"we {broken} lend", WORDS) == f"we don{LOST}t lend"
    assert mended("who?what", WORDS) == "who?what"


@pytest.mark.parametrize(
    "marks", ["“”", "„“", "„”", "””", "«»", "»«", "‹›", "「」", "『』", "《》", '""', "''", "‘’", "＂＂"]
)
def test_quotation_marks_of_any_language_are_taken_off(marks: str) -> None:
    """With the full stop behind them."""
    assert unwrapped(f" {marks[0]}{LEND}{marks[1]}. ") == LEND


@pytest.mark.parametrize("marks", [(",,", "“"), ("<<", ">>"), ("“‘", "’”"), ("“", ""), ("", "”")])
def test_marks_of_several_signs_and_lone_ones_are_taken_off(marks: tuple[str, str]) -> None:
    """An apostrophe at the end is no mark."""
    assert unwrapped(f"{marks[0]}{LEND}{marks[1]}") == LEND
    assert unwrapped("the names of users'") == "the names of users'"


@given(st.text(max_size=80))
def test_any_text_can_be_freed(text: str) -> None:
    """Whatever it is; the words that are left were in it, or hidden by markup."""
    found = carried(text, WORDS, SOURCES)
    assert len(words_of(found.text)) <= len(words_of(text)) or found.carriers != ()
