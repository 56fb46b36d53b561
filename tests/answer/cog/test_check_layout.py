from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.cog import check_layout
from bot.quote.rules.cite.check import check
from bot.quote.rules.cite.prose import check_text
from bot.quote.rules.cite.verdict import CiteCheck
from bot.wire.page.language import LANGUAGES, words_for
from bot.wire.page.layout import Style
from bot.wire.page.render import payload_of
from bot.wire.press import mark_of
from knowledge.model import Span
from tests.quote.rules.findings import pack
from tests.wire import payloads

EN = words_for("en")
TRACKED = pack().passage("everything-tracked").text
SOLD = pack().passage("no-selling-information").text


def checked(text: str) -> str:
    """Check a text, and give what is shown."""
    found = check_text(pack(), text)
    page = check_layout.check_page(pack(), found, EN, Style.CARD)
    return "\n".join(payloads.check(payload_of(page, check_layout.check_rows(pack(), found, EN), EN, Style.CARD)))


def test_a_verbatim_quotation_is_shown_with_its_place_to_the_character() -> None:
    """Below what was quoted."""
    shown = checked(TRACKED)
    passage = pack().passage("everything-tracked")
    assert f"**You quoted:** {TRACKED}\n**Verbatim, word for word as an article has it.**" in shown
    assert f"characters {passage.span.start} to {passage.span.end - 1}" in shown


def test_changed_words_are_named_in_words() -> None:
    """A screen reader does not say that something is struck through."""
    assert "being (~~watched,~~ left out) (**seen,** put in) tracked" in checked(TRACKED.replace("watched", "seen"))


def test_words_put_down_to_the_wrong_side_are_said_to_be_the_other_s() -> None:
    """In the verdict, with both sides named."""
    shown = checked(f"Facebook says: {TRACKED}")
    assert "**You quoted, put down to Facebook:**" in shown
    assert "**Wrong speaker: the film said this, not Facebook.**" in shown


def test_words_cut_out_are_shown_in_their_sentence_with_a_warning() -> None:
    """Above the original."""
    shown = checked("sell your information to anyone")
    assert "⚠️ Careful: “don't” is cut off in front, which denies it." in shown
    assert f"The whole sentence: “{SOLD}”" in shown


def test_several_quotations_are_shown_one_by_one() -> None:
    """Each with its verdict."""
    shown = checked(f"“{SOLD}”, says the film, and “{TRACKED}”, says Facebook.")
    assert "**Quotation 1 of 2**" in shown
    assert "**Wrong speaker: Facebook said this, not the film.**" in shown
    assert "**Quotation 2 of 2**" in shown


def test_a_quotation_that_was_cut_is_noted() -> None:
    """With the limit."""
    page = check_layout.check_page(pack(), [check(pack(), TRACKED)], EN, Style.CARD, cut_at=500)
    shown = payloads.check(payload_of(page, (), EN, Style.CARD))
    assert shown[-2] == "Note: the quotation was longer than 500 characters; the rest was not read."


def test_what_is_verified_has_a_button_for_its_references() -> None:
    """Which says where it stands; what is altered has none."""
    found = check_text(pack(), f"“{SOLD}” and “{SOLD.replace('sell', 'lend')}” and “{TRACKED}”")
    ((first, third),) = check_layout.check_rows(pack(), found, EN)
    assert (first.label, third.label) == ("Reference 1", "Reference 3")
    mark = mark_of(first.custom_id)
    assert mark is not None
    assert mark.arguments == ("simultaneous-utopia", "1920", "1960", "social-dilemma")
    ((alone,),) = check_layout.check_rows(pack(), found[:1], EN)
    assert alone.label == "Reference"
    assert check_layout.check_rows(pack(), found[1:2], EN) == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", Style)
def test_references_are_given_in_blocks_to_copy(language: str, style: Style) -> None:
    """In all four styles."""
    words = words_for(language)
    page = check_layout.references_page(pack(), Span("popular-documentary", 1226, 1326), words)
    shown = "\n".join(payloads.check(payload_of(page, (), words, style)))
    assert "**BibTeX**\n```\n@misc{popular-documentary," in shown
    assert "```\nHussain, S. (n.d.). " in shown


@given(st.text(min_size=10, max_size=600), st.sampled_from(Style), st.integers(1, 7))
def test_any_quotation_can_be_shown(text: str, style: Style, count: int) -> None:
    """Found or not, alone or with others."""
    found = [CiteCheck(text, check(pack(), TRACKED).verdict, None)] * count
    payloads.check(payload_of(check_layout.check_page(pack(), found, EN, style), (), EN, style))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", Style)
def test_every_passage_that_was_changed_can_be_shown(style: Style, language: str) -> None:
    """With all that can be said of it."""
    words = words_for(language)
    for passage in pack().passages:
        typed = " ".join(passage.text.split()[1:-1])
        found = replace(check(pack(), f"> {typed}"), attributed_to=pack().side_ids[0])
        page = check_layout.check_page(pack(), [found] * 2, words, style, cut_at=500)
        payloads.check(payload_of(page, check_layout.check_rows(pack(), [found] * 2, words), words, style))
