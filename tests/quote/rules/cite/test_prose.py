"""Text with quotations in it, each checked for itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.quote.rules.cite.prose import check_quoted, check_text, quoted_in
from bot.quote.rules.cite.verdict import Verdict
from knowledge.errors import UserError
from tests.quote.rules.findings import pack

SOLD = pack().passage("no-selling-information").text
TRACKED = pack().passage("everything-tracked").text
DEMONIZES = pack().passage("demonizes").text.strip("“”")


def outcomes(text: str, side: str | None = None) -> list[tuple[str, str | None, str | None]]:
    """Check a text: the verdict, whom it is put down to, and the passage of each quotation."""
    found = check_text(pack(), text, side)
    return [(each.verdict.value, each.attributed_to, each.passage_id) for each in found]


@pytest.mark.parametrize(
    "marks",
    ["“”", "„“", "„”", "””", "«»", "»«", "‹›", "「」", "『』", "《》", '""', "＂＂", "‘’", "‚‘", "''"],
)
def test_words_in_marks_of_any_language_are_found(marks: str) -> None:
    """Apostrophes inside of single ones are none of them."""
    text = f"They say: {marks[0]}We don't lend it at all{marks[1]}, and that's that."
    assert [each.text for each in quoted_in(text)] == ["We don't lend it at all"]


def test_marks_around_a_word_or_two_quote_nobody() -> None:
    """They are held at a distance, which is no quotation."""
    assert quoted_in("They call it a “free service” and it's 'mad'") == ()


def test_a_quotation_in_a_sentence_of_one_s_own_is_checked_alone() -> None:
    """With the side that the sentence names."""
    text = f"Facebook denies it: “{SOLD}” I think that this is too vague to be true."
    assert outcomes(text) == [("verbatim", "facebook", "no-selling-information")]


def test_two_in_one_sentence_have_a_side_each() -> None:
    """By the words next to them, before or behind, or a reference."""
    both = [("verbatim", "facebook", "no-selling-information"), ("verbatim", "film", "everything-tracked")]
    for text in (
        f"Facebook says “{SOLD}” while the film claims “{TRACKED}”.",
        f"“{SOLD}”, says Facebook, but “{TRACKED}”, says the film.",
        f"“{SOLD}” (Facebook, 2020) and “{TRACKED}” (The Social Dilemma)",
        f"‘{SOLD}’ - Facebook\n‘{TRACKED}’ - the film",
    ):
        assert outcomes(text) == both, text


def test_a_side_that_is_given_counts_for_all() -> None:
    """As in a sheet that has a column for it."""
    assert outcomes(f"“{SOLD}” and “{TRACKED}”", "film") == [
        ("other-side", "film", "no-selling-information"),
        ("verbatim", "film", "everything-tracked"),
    ]


@pytest.mark.parametrize("between", ["\n\n", "\n", " ; ", " / ", " ", "\n- "])
def test_several_without_marks_are_told_apart(between: str) -> None:
    """By lines, by signs, by sentences: each stands somewhere else."""
    assert outcomes(f"{SOLD}{between}{DEMONIZES}") == [
        ("verbatim", None, "no-selling-information"),
        ("verbatim", None, "demonizes"),
    ]


def test_several_that_were_altered_are_told_apart_too() -> None:
    """Where each has a line."""
    altered = [SOLD.replace("information", "info"), DEMONIZES.replace("demonizes", "demonises")]
    assert [each[0] for each in outcomes("\n".join(altered))] == ["altered", "altered"]


def test_sentences_that_stand_together_are_one_quotation() -> None:
    """Also where one was put in between."""
    follows = pack().passage("ad-preferences").text
    assert outcomes(f"{SOLD} {follows}") == [("verbatim", None, "ad-preferences")]
    (put_in,) = check_text(pack(), f"{SOLD} We only lend it. {follows}")
    assert (put_in.verdict, [c.quoted for c in put_in.changes if not c.kept]) == (Verdict.ALTERED, ["We only lend it."])


def test_marks_inside_a_quotation_are_its_own() -> None:
    """Word for word, or nearly, the whole is one."""
    text = pack().passage("relevant-and-useful").text
    assert outcomes(text) == [("verbatim", None, "relevant-and-useful")]
    assert [each[0] for each in outcomes(text.replace("dating", "date"))] == ["altered"]


def test_a_text_of_one_s_own_quotes_nobody() -> None:
    """Then there is nothing to say of it."""
    assert check_quoted(pack(), f"I think that {SOLD}") == ()
    assert [each.verdict for each in check_quoted(pack(), f"I read “{SOLD}” there.")] == [Verdict.VERBATIM]


def test_what_is_too_short_is_refused() -> None:
    """As a single quotation is."""
    with pytest.raises(UserError, match="give 3 words or more"):
        check_text(pack(), "so what")


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=120))
def test_any_text_can_be_looked_through(text: str) -> None:
    """Whatever it is."""
    try:
        assert check_text(pack(), text)
    except UserError:
        assert len(text.split()) < 60
    check_quoted(pack(), text)
