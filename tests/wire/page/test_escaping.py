from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.values.text import harmless
from bot.wire.page.escaping import echoed, escaped, size

UNSEEN = "\u200b"


def seen(text: str) -> str:
    """Give what Discord shows of escaped text: a backslash before a sign is not seen, nor is the space of no width."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", text.replace(f"@{UNSEEN}", "@"))


@given(st.text(alphabet=st.one_of(st.sampled_from("ab1*_~`|<@#>[]()\\:/-+.\n "), st.characters(codec="utf-8"))))
def test_what_is_seen_is_what_was_written(text: str) -> None:
    """Character by character."""
    assert seen(escaped(text.replace(UNSEEN, ""))) == text.replace(UNSEEN, "")


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("**bold** _it_", r"\*\*bold\*\* \_it\_"),
        ("@everyone and @here", "@\u200beveryone and @\u200bhere"),
        ("<@123456789012345678>", "\\<@\u200b123456789012345678\\>"),
        ("<@&1> <#2>", "\\<@\u200b&1\\> \\<\\#2\\>"),
        ("https://example.com/a", r"https\://example\.com/a"),
        ("discord.gg/abc", r"discord\.gg/abc"),
        ("[x](https://e.com)", r"\[x\](https\://e.com)"),
        ("# big", r"\# big"),
        ("-# small", r"\-\# small"),
        ("1. one\n- two", "1\\. one\n\\- two"),
        ("> quote", r"\> quote"),
        (":smile: 10:30", r"\:smile: 10:30"),
        ("||hidden|| `code` ~~gone~~", r"\|\|hidden\|\| \`code\` \~\~gone\~\~"),
        ("a@b.org says it's 5.5 % (or so)", "a@b.org says it's 5.5 % (or so)"),
    ],
)
def test_nothing_is_laid_out_linked_or_called(text: str, inert: str) -> None:
    """Each sign of Discord's is disarmed, ordinary text is left alone."""
    assert escaped(text) == inert


@given(st.text(), st.integers(1, 200))
def test_an_echo_keeps_its_length(text: str, limit: int) -> None:
    """Whole where it fits, else cut between two characters with an ellipsis."""
    shown = echoed(text, limit)
    assert size(shown) <= limit
    if shown != escaped(harmless(text)):
        assert shown.endswith("…")
        assert harmless(text).startswith(seen(shown)[:-1])


def test_a_line_is_one_line_and_cannot_turn_around() -> None:
    """Line ends and marks of direction are gone from what people said."""
    assert echoed("a\nb\u202ec", 50) == "a bc"
