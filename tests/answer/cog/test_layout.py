from __future__ import annotations

import re
import textwrap
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answer.cog.layout import pages_of, rows_of
from bot.quote.rules import phrases as wording
from bot.quote.rules.quote import Act, Answer
from bot.values.asker import TurnRef
from bot.wire.page.escaping import escaped
from bot.wire.page.language import LANGUAGES, words_for
from bot.wire.page.layout import Style
from bot.wire.page.render import payload_of
from knowledge.errors import Message
from tests.quote.rules.findings import pack
from tests.screen.answers import answer, every_quote, gap_of, nearly, rebuttal, silence
from tests.wire.payloads import answers, check

EN = words_for("en")
REF = TurnRef("0" * 32, 1)
ARTICLES = (
    "-# Article 1: Netflix ‘The Social Dilemma’ – Simultaneous Utopia & Dystopia\n"
    "-# Article 2: Netflix’s popular documentary “Social Dilemma” (Sajjad Hussain)"
)
STYLES = st.sampled_from(Style)


def shown(given_answer: Answer, style: Style = Style.CARD, notices: tuple[Message, ...] = ()) -> list[str]:
    """Show an answer, and give the texts of all its messages."""
    texts = []
    for page in pages_of(pack(), given_answer, EN, style, notices):
        texts += check(payload_of(page, rows_of(pack(), given_answer, page, REF, EN, shareable=True), EN, style))
    return texts


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(answers(), STYLES, st.sampled_from(sorted(LANGUAGES)), st.booleans())
def test_discord_takes_every_answer(wild: Answer, style: Style, language: str, shareable: bool) -> None:  # noqa: FBT001
    """Whatever it holds, in every language and style: the limits are kept, and no quote is cut."""
    words = words_for(language)
    texts = []
    for page in pages_of(pack(), wild, words, style, (Message("a note"),)):
        texts += check(payload_of(page, rows_of(pack(), wild, page, REF, words, shareable=shareable), words, style))
    whole = "\n".join(texts)
    for number, quote in enumerate(wild.quotes, start=1):
        # The whole quote between its marks, or none of it and where it stands.
        assert f"**{number}.** “{escaped(quote.text)}”\n" in whole or f"({len(quote.text)} " in whole


@pytest.mark.parametrize("style", Style)
def test_all_quotes_of_the_pack_are_shown_in_order_over_pages(style: Style) -> None:
    """None is lost, none is shown twice, and each stands whole."""
    every = every_quote()
    texts = "\n".join(shown(every, style))
    places = [texts.index(f"**{number}.** “{escaped(quote.text)}”") for number, quote in enumerate(every.quotes, 1)]
    assert places == sorted(places)
    assert texts.count("”\n") == len(every.quotes)
    assert "Page 2 of " in texts


def test_a_card_reads_from_the_question_to_what_the_bot_is() -> None:
    """One text after the other, as a screen reader comes upon them."""
    quoted = answer("audience-pawn", "product-team-not-driven")
    film, facebook = (block.quotes[0] for block in quoted.blocks)
    assert shown(quoted) == [
        "**Question:** does fb sell my data",
        "### 🎬 The film (The Social Dilemma)",
        f"**1.** “{escaped(film.text)}”\n-# interviewees, reported · article 1 ¶2",
        "### 📘 Facebook",
        f"**2.** “{escaped(facebook.text)}”\n-# reported · article 2 ¶12 · also article 1 ¶10",
        ARTICLES + "\n-# Word-for-word quotes from 2 articles. No opinion of my own.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_usual_answer_fits_a_phone(language: str) -> None:
    """Two quotes a side in 25 lines of 40 characters, each with its source in one of them."""
    words = words_for(language)
    usual = answer("everything-tracked", "audience-pawn", "no-selling-information", "ads-keep-it-free")
    (page,) = pages_of(pack(), usual, words, Style.CARD)
    texts = "\n".join(check(payload_of(page, rows_of(pack(), usual, page, REF, words), words, Style.CARD)))
    plain = [re.sub(r"^(-# |### )|\*\*", "", line) for line in texts.splitlines()]
    lines = [row for line in plain for row in textwrap.wrap(line, 40)]
    assert len(lines) <= 25, "\n".join(lines)
    assert sum(line in lines for line in plain if "¶" in line) == 4


def test_what_the_bot_is_is_said_by_the_first_answer_alone() -> None:
    """Also where its pages are turned, in whatever language it was."""
    usual = answer("audience-pawn")
    first, later = (pages_of(pack(), usual, words_for("de"), Style.CARD, first=first)[0] for first in (True, False))
    assert first.foot == f"{later.foot}\n-# Zitate Wort für Wort aus 2 Artikeln. Keine eigene Meinung."


def test_what_was_joined_can_be_asked_alone_and_one_side_be_heard_further() -> None:
    """Where it was joined, and where both sides spoke."""
    usual = replace(answer("audience-pawn", "no-selling-information"), asked_as="is data sold")
    (page,) = pages_of(pack(), usual, EN, Style.CARD)
    rows = [[control.label for control in row] for row in rows_of(pack(), usual, page, REF, EN)]
    assert rows[:2] == [["Context", "More", "Follow up", "Ask it alone"], ["Only the film", "Only Facebook"]]
    one_sided = answer("audience-pawn")
    (page,) = pages_of(pack(), one_sided, EN, Style.CARD)
    rows = [[control.label for control in row] for row in rows_of(pack(), one_sided, page, REF, EN)]
    assert rows == [["Context", "More", "Follow up"], ["Helpful", "Not helpful", "Dispute"]]


def test_an_article_that_the_pack_no_longer_has_is_named() -> None:
    """By its title, for it has no number."""
    kept = answer("audience-pawn")
    (quote,) = kept.quotes
    gone = replace(quote, citation=replace(quote.citation, article_id="gone", title="An old one"))
    texts = shown(replace(kept, blocks=(replace(kept.blocks[0], quotes=(gone,)),)))
    assert "-# interviewees, reported · An old one, paragraph 2" in "\n".join(texts)


def test_plain_text_says_the_same_in_the_same_order() -> None:
    """With nothing that needs a frame or smaller letters."""
    quoted = answer("audience-pawn", "product-team-not-driven")
    (text,) = shown(quoted, Style.PLAIN)
    assert text.replace("**🎬", "### 🎬").startswith("**Question:** does fb sell my data\n\n### 🎬 The film")
    assert "-#" not in text
    assert "”\ninterviewees, reported · article 1 ¶2" in text


def test_a_resolved_question_says_what_was_asked() -> None:
    resolved = replace(answer("audience-pawn", question="and them?"), asked_as="does facebook sell data")
    assert shown(resolved)[0] == "**Question:** and them?\n**Asked as:** does facebook sell data"


def test_further_quotes_name_the_question_that_they_are_on() -> None:
    """The word that asked for more says nothing to others."""
    more = replace(answer("audience-pawn", question="more"), asked_as="is data sold", act=Act.MORE)
    assert shown(more)[0] == "**More on:** is data sold"


def test_a_silent_side_is_stated_in_its_own_frame() -> None:
    texts = shown(answer("audience-pawn"))
    assert texts[texts.index("### 📘 Facebook") + 1] == gap_of("facebook")


def test_what_is_near_stands_apart_without_a_number() -> None:
    """Below its own line; the quotes are numbered without it."""
    texts = shown(nearly())
    gap = texts.index("The film: I found nothing that clearly answers this.")
    assert texts[gap + 1] == "*What comes nearest, though it may not answer:*"
    assert texts[gap + 2].startswith("· “")
    assert sum(text.startswith("**1.** “") for text in texts) == 1


def test_silence_of_all_is_said_once_with_what_to_ask_instead() -> None:
    """No frame of a side stands empty."""
    quiet = silence()
    texts = shown(quiet)
    assert texts[1] == str(wording.ALL_SILENT)
    assert texts[2] == "You could ask:\n" + "\n".join(f"- {question}" for question in quiet.suggestions)
    assert not any(text.startswith("###") for text in texts)


def test_a_claim_names_its_side_before_what_stands_against_it() -> None:
    """And its own side has no frame."""
    texts = shown(rebuttal())
    assert texts[0] == (
        "**Claim:** it is addictive\nClosest to this: The film (The Social Dilemma). What stands against it:"
    )
    assert texts[1] == "### 📘 Facebook"


def test_articles_that_differ_are_flagged() -> None:
    """With the other article's place and the difference."""
    (mistakes,) = (text for text in shown(answer("mistakes-2016")) if text.startswith("**1.**"))
    assert " · also article " in mistakes
    assert "⚠️ The articles differ: " in mistakes


def test_a_source_is_given_to_the_character() -> None:
    asked = replace(answer("audience-pawn"), act=Act.SOURCE)
    place = asked.quotes[0].citation
    assert f" · article 1 ¶2, characters {place.start} to {place.end}" in shown(asked)[2]


def test_notes_stand_after_the_quotes() -> None:
    """Each on a line of its own."""
    assert shown(answer("audience-pawn"), notices=(Message("it was cut"),))[-2] == "Note: it was cut"


def test_a_question_cannot_call_or_format() -> None:
    """What a person typed is shown as typed."""
    texts = shown(answer("audience-pawn", question="@everyone **look** https://example.com"))
    assert texts[0] == "**Question:** @\u200beveryone \\*\\*look\\*\\* https\\://example.com"


def test_where_each_quote_comes_from_is_said_below_it() -> None:
    """How the words reached their article, and where they stand."""
    texts = "\n".join(shown(every_quote()))
    numbers = {article.id: number for number, article in enumerate(pack().articles, start=1)}
    for quote in every_quote().quotes:
        where = f"article {numbers[quote.citation.article_id]} ¶{quote.citation.paragraph}"
        assert re.search(rf"{re.escape(escaped(quote.text))}”\n-# [^\n]+ · {where}( ·|\n)", texts + "\n")
