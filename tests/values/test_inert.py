"""Text in spreadsheets and on pages does nothing."""

from __future__ import annotations

import pytest

from bot.values.inert import inert, plain


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
