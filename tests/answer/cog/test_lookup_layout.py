from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answer.cog import lookup as lookup_layout
from bot.answer.cog.layout import answer_id, context_menu, context_page, pages_of, ref_of, rows_of
from bot.answer.service.answers import Around
from bot.quote.rules.composition import Surroundings, around
from bot.quote.rules.quote import Act, Answer, Block, Quote
from bot.values.asker import TurnRef
from bot.wire.page.escaping import escaped
from bot.wire.page.language import LANGUAGES, words_for
from bot.wire.page.layout import Style
from bot.wire.page.render import payload_of
from bot.wire.press import mark_of
from knowledge.errors import Message
from knowledge.model import Span
from tests.quote.rules.findings import pack
from tests.screen.answers import answer, every_quote
from tests.wire import payloads

EN = words_for("en")
REF = TurnRef("0" * 32, 1)
TRACKED = pack().passage("everything-tracked").text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", Style)
def test_discord_takes_every_page_that_is_looked_up(style: Style, language: str) -> None:
    """In every style and language; the menus list all there is."""
    words = words_for(language)
    menus = lookup_layout.topics_menus(pack(), words)
    for page, rows in (
        (lookup_layout.topics_page(pack(), words), menus),
        (lookup_layout.sources_page(pack(), words), ()),
        (lookup_layout.help_page(pack(), words, 500), ()),
    ):
        payloads.check(payload_of(page, rows, words, style))
    assert [len(menu.choices) for menu in menus] == [17, 11, 7]


def test_charges_are_listed_by_the_questions_that_they_answer() -> None:
    """No line of the menu is a quote that was cut."""
    charges = lookup_layout.topics_menus(pack(), EN)[1]
    assert [choice.value for choice in charges.choices] == [passage.id for passage in pack().of_voice("film")]
    texts = [passage.text for passage in pack().passages]
    assert not any(choice.label.rstrip("…") in text for choice in charges.choices for text in texts)


def arounds(*quotes: Quote) -> list[Around]:
    return [Around(number, quote, Surroundings("", quote.text, "")) for number, quote in enumerate(quotes, start=1)]


def shown_context(around_: Around, style: Style) -> list[str]:
    found = arounds(*answer("audience-pawn", "everything-tracked").quotes)
    page = context_page(pack(), around_, EN, style)
    return payloads.check(payload_of(page, context_menu(pack(), found, REF, EN), EN, style))


@pytest.mark.parametrize("style", Style)
def test_the_quote_is_marked_among_its_neighbours(style: Style) -> None:
    """Bold, between quotation marks, and the last line says so."""
    for quote in every_quote().quotes:
        citation = quote.citation
        article = pack().article(citation.article_id)
        found = around(article, Span(article.id, citation.start, citation.end))
        text = "\n".join(shown_context(Around(7, quote, found), style))
        assert text.startswith("**Context of quote 7**\n")
        assert "the bold part between quotation marks" in text
        assert text.index(escaped(found.before)) < text.index("**“") if found.before else True


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(payloads.quotes("film"), st.text(max_size=40), st.sampled_from([1, 100]), st.sampled_from(Style))
def test_any_context_can_be_shown(quote: Quote, text: str, times: int, style: Style) -> None:
    shown_context(Around(1, quote, Surroundings(text * times, quote.text, text * times)), style)


def test_a_menu_names_each_quote_by_its_number_and_side() -> None:
    """Never by words cut out of it; a single quote needs none."""
    quotes = answer("audience-pawn", "mistakes-2016").quotes
    (menu,) = context_menu(pack(), arounds(*quotes), REF, EN)
    assert [choice.label for choice in menu.choices] == ["Quote 1: The film", "Quote 2: Facebook"]
    assert context_menu(pack(), arounds(*quotes[:1]), REF, EN) == ()


def test_an_answer_that_nothing_can_find_again_has_no_buttons() -> None:
    silent = Answer("hi", "hi", Act.SMALLTALK, (Block("film", (), None),), message=Message("Hello!"))
    (page,) = pages_of(pack(), silent, EN, Style.CARD)
    assert rows_of(pack(), silent, page, None, EN) == ()
    assert [[control.label for control in row] for row in rows_of(pack(), silent, page, REF, EN)] == [["Follow up"]]


def test_an_answer_s_turn_is_read_back_from_its_ids() -> None:
    mark = mark_of(answer_id("page", REF, 2))
    assert mark is not None
    assert ref_of(mark.arguments) == REF
    for arguments in ((), ("facebook",), ("abc", "1"), ("0" * 32, "0"), ("0" * 32, "1" * 10), ("0" * 32, "x")):
        assert ref_of(arguments) is None
