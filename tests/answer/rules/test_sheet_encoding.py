"""Encodings of sheets, also where a program mixed them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.rules.sheet_encoding import decoded
from knowledge.errors import UserError

WESTERN = "student,quotation\nJörg,“We don’t lend names”\nZoë,They don’t know\n"


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (WESTERN, "utf-8", "UTF-8"),
        (WESTERN, "utf-8-sig", "UTF-8"),
        (WESTERN, "utf-16", "UTF-16"),
        (WESTERN, "utf-16-le", "UTF-16"),
        (WESTERN, "utf-16-be", "UTF-16"),
        (WESTERN, "utf-32", "UTF-32"),
        (WESTERN, "cp1252", "Windows-1252"),
        (WESTERN, "mac_roman", "Mac Roman"),
        ("student,quotation\nJörg,We lend names\n", "mac_roman", "Mac Roman"),
        ("student,quotation\nAnn,We don’t lend names\n", "mac_roman", "Mac Roman"),
        ("student,quotation\nAnn,We don’t lend names\n", "cp1252", "Windows-1252"),
        ("alumno,cita\nÍñigo Muñoz,los demás no saben quién\n", "cp1252", "Windows-1252"),
        ("uczeń,cytat\nŁukasz Żółć,„We don’t lend names”\nŚwiętosława,nie wiedzą\n", "cp1250", "Windows-1250"),
        ("ученики,цитаты\nИлья,«We don’t lend names»\nЮлия,мы этим не живём\n", "cp1251", "Windows-1251"),
        ("生徒,引用\n田中さん,「We lend」\n山田花子,日本語の文章\n", "shift_jis", "Shift JIS"),
    ],
)
def test_every_usual_encoding_is_told(text: str, encoding: str, name: str) -> None:
    """By its mark, by its form, by its words; nothing of the text is lost."""
    found = decoded(text.encode(encoding))
    assert (found.text.removeprefix("\ufeff"), found.name, found.notes) == (text, name, ())


def test_bytes_that_are_no_utf_8_do_not_spoil_the_rest() -> None:
    """They are read as what they most likely are, and it is said where."""
    content = "student,quotation\r\nZoë,“so”\r\n".encode() + b"Bj\xf8rn,don\x92t\r\n"
    found = decoded(content)
    assert found.text == "student,quotation\r\nZoë,“so”\r\nBjørn,don’t\r\n"
    assert (found.name, found.notes) == ("UTF-8", ("2 bytes are no UTF-8 and read as Windows-1252 (line 3)",))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a\x00b" + b"c" * 100, "this is no CSV file, for it holds zero bytes"),
        (b"\xff\xfea", "the sheet begins as UTF-16 does and is not whole"),
        (b"\xef\xbb\xbf\xff\xff", "the sheet begins as UTF-8 does and is not whole"),
    ],
)
def test_what_is_no_text_is_said(content: bytes, sentence: str) -> None:
    """In a sentence."""
    with pytest.raises(UserError, match=sentence):
        decoded(content)


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_a_text_or_a_sentence(content: bytes) -> None:
    """And never a traceback."""
    with contextlib.suppress(UserError):
        assert decoded(content).text.encode("utf-8", "surrogatepass")
