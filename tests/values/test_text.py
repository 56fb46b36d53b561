"""Text as people type it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.values.text import harmless, heard, inert, is_blank, plain, sound

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_sound_text_has_a_utf8_form(typed: str) -> None:
    """Whatever was typed can be encoded afterwards, and is not changed a second time."""
    sounded = sound(typed)
    assert sounded.encode().decode() == sounded == sound(sounded)


@given(st.text())
def test_text_with_a_utf8_form_is_left_as_it_is(typed: str) -> None:
    """Only surrogates are touched."""
    assert sound(typed) == typed


def test_surrogates_that_belong_together_are_joined() -> None:
    """A pair is one character; a half is the replacement character."""
    assert sound("\ud83d\ude00 \ude00") == "😀 \ufffd"


@pytest.mark.parametrize(
    "typed", ["", " ", "\t\n\r", "\u00a0\u3000", "\u200b\u200d\ufeff", "\x00", "\u202e", "\u0301", "\u2800"]
)
def test_text_with_nothing_to_be_seen_is_blank(typed: str) -> None:
    """Spaces of every kind, marks without a letter and letters without ink are no question."""
    assert is_blank(typed)


@pytest.mark.parametrize("typed", ["?", "a", "🤷", " \u200ffb", "数据", "e\u0301"])
def test_text_with_something_to_be_seen_is_not_blank(typed: str) -> None:
    """One visible character is enough."""
    assert not is_blank(typed)


@given(ANY_TEXT)
def test_harmless_text_steers_no_screen(typed: str) -> None:
    """No control, no line break and no mark of direction is left."""
    shown = harmless(typed)
    assert not any(unicodedata.category(mark) in {"Cc", "Cs", "Zl", "Zp"} for mark in shown)
    assert not any(
        unicodedata.bidirectional(mark) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        for mark in shown
    )


def test_harmless_text_stays_readable() -> None:
    """Escape sequences lose their force, line breaks become spaces, markup stays as it was typed."""
    assert harmless("\x1b[31m[red]does\r\nfb\u202e sell?") == "[31m[red]does fb sell?"


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("does <@1234567890123456789> like it?", "does @… like it?"),
        ("<@!12><@34>", "@…@…"),
        ("see <#12>, <@&34>, <:wave:56> and 7 < 8 @ 9>", "see <#12>, <@&34>, <:wave:56> and 7 < 8 @ 9>"),
        ("half a \ud83d sign", "half a \ufffd sign"),
    ],
)
def test_people_are_named_by_nobody_s_id(typed: str, taken: str) -> None:
    """Channels, roles and emoji are no people."""
    assert heard(typed) == taken


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\rx"),
        ("\tx", "'\tx"),
        ("\nx", "'\nx"),
        ("  =1", "'  =1"),
        ('"=1', "'\"=1"),
        ("'=1", "''=1"),
        ("＝1", "'＝1"),  # noqa: RUF001 - Excel knows both widths
        ("a;=1", "a;'=1"),
        ("a\n =1", "a\n' =1"),
        ("does 1+1 = 2 - or @ all?", "does 1+1 = 2 - or @ all?"),
        ("", ""),
        ("plain", "plain"),
    ],
)
def test_a_cell_that_could_be_calculated_gets_an_apostrophe(cell: str, expected: str) -> None:
    """Others stay as they are."""
    assert inert(cell) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@everyone", "\\@\u200beveryone"),
        ("<@123> <#4>", "\\<\\@\u200b123\\> \\<\\#\u200b4\\>"),
        ("fixes #12", "fixes \\#\u200b12"),
        ("https://example.org", "https\\:\u200b//example\\.org"),
        ("WWW.example.org", "WWW\u200b\\.example\\.org"),
        ("a@b.c", "a\\@\u200bb\\.c"),
        ("a\n# b\r\n\u2028c ", "a \\# b c"),
        ("||secret|| ~~no~~ $x$", "\\|\\|secret\\|\\| \\~\\~no\\~\\~ \\$x\\$"),
    ],
)
def test_mentions_and_bare_addresses_are_broken(text: str, expected: str) -> None:
    """Some programs look for them after the escapes are resolved."""
    assert plain(text) == expected


def test_a_heap_of_signs_on_a_letter_is_cut_and_every_written_language_is_left_whole() -> None:
    """Heaps cover the lines above and below; four signs on a letter occur in no text that is meant to be read."""
    heaped = "h" + "\u0336" * 30 + "i" + "\u0489" * 9
    for made in (heard, harmless):
        assert made(heaped) == "h" + "\u0336" * 4 + "i" + "\u0489" * 4
        assert made("a" + "\u0336\u200d" * 9) == "a" + "\u0336\u200d" * 4 + "\u200d" * 5
        for text in (
            "plain",
            "क्\u200dष और ❤\ufe0f\u200d🔥",
            "ཧཱུྃ",
            "Tiê\u0301ng Viê\u0323t",
            "बच्चों की स्थिति",
            "שָׁל֣וֹם",
            "ที่นี่",
        ):
            assert made(text) == text
