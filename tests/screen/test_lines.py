"""Lines that fit a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.screen.lines import wrapped

WORDS = st.text(alphabet=st.characters(exclude_characters="\n", exclude_categories=("Cc", "Cs")), max_size=300)


@given(WORDS, st.integers(1, 120))
def test_wrapped_lines_fit_and_keep_every_character(text: str, width: int) -> None:
    """Only spaces give way to breaks, and no line is wider than it may be."""
    lines = list(wrapped(text, width))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= max(20, width) or len(line) == 1 for line in lines)


def test_no_break_space_does_not_break() -> None:
    """A line ends at an ordinary space only."""
    assert list(wrapped("aaaaaaaaaaaaa bbbbb\u00a0ccc", 20)) == ["aaaaaaaaaaaaa", "bbbbb\u00a0ccc"]


def test_word_wider_than_the_line_is_cut() -> None:
    """A question of one endless word is shown whole, in pieces."""
    assert list(wrapped("x" * 50, 20, "Q: ", "  ")) == ["Q: " + "x" * 17, "  " + "x" * 17, "  " + "x" * 16]
