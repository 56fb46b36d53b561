from __future__ import annotations

from bot.quote.rules.cite.align import Stretch, nearest_stretch

HAVE = ["so", "we", "don't", "lend", "any", "names", "to", "shops", "unless", "you", "let", "us"]


def test_a_word_left_out_is_inside_the_stretch() -> None:
    """Rather than a word put in before it."""
    assert nearest_stretch(HAVE, ["we", "lend", "any", "names"]) == Stretch(1, 6, 4, 0)


def test_words_put_in_and_exchanged_do_not_part_it() -> None:
    """Six of eight are the same."""
    assert nearest_stretch(HAVE, ["we", "don't", "really", "lend", "your", "names", "to", "shops"]) == Stretch(
        1, 8, 6, 0
    )


def test_what_is_marked_as_left_out_costs_nothing() -> None:
    """However long it is; it is counted."""
    assert nearest_stretch(HAVE, ["so", "we", None, "you", "let", "us"]) == Stretch(0, 12, 5, 7)


def test_nothing_in_common_has_no_stretch() -> None:
    """Nor has a text without words."""
    assert nearest_stretch(HAVE, ["cats"]) is None
    assert nearest_stretch([], ["cats"]) is None
