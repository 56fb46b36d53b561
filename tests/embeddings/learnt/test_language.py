from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.answer.rules.reply import foreign
from bot.answer.rules.talk.history import Conversation
from bot.quote.rules.quote import Act
from embeddings.learnt.language import learn_languages, other_language
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from embeddings.retriever import Retriever
    from knowledge.model import Pack


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Verkauft Facebook meine Daten?"),
        ("de", "Kinder und Handy"),
        ("fr", "pourquoi facebook est addictif"),
        ("es", "¿Facebook vende mis datos?"),
        ("pt", "o facebook manipula eleições"),
        ("it", "i bambini e i social"),
        ("nl", "is de film eerlijk over facebook"),
        ("pl", "Co film mówi o algorytmach?"),
        ("tr", "Facebook verilerimi satıyor mu, hesabımı nasıl silerim"),  # noqa: RUF001 - Turkish has this letter
        ("ru", "почему инстаграм вызывает зависимость"),
        ("hi", "क्या फेसबुक मेरा डेटा बेचता है?"),
        ("ar", "لماذا يسبب انستغرام الإدمان"),
        ("zh", "为什么社交媒体让人上瘾"),
    ],
)
def test_other_languages_are_told_in_their_own_words(
    shipped_pack: Pack, shipped_retriever: Retriever, language: str, text: str
) -> None:
    """As a question back with three examples, never as a silence of the articles."""
    assert shipped_retriever.language(text) == language
    answer = foreign(shipped_pack, Conversation("c"), text, language)
    assert (answer.act, answer.quotes, len(answer.suggestions)) == (Act.CLARIFY, (), 3)
    assert [block.gap for block in answer.blocks] == [None, None]
    assert str(answer.message) != text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "😂😂😂",
        "lmaooo",
        "okie dokie",
        "blah blah blah",
        "skibidi ohio rizz gyatt",
        "sochal dilema sumary",
        "cambrdge anlaytica datta 87 milion",
        "wat is karma in hinduisim",
        "tim kendall",
        "fb ad libary n transparensy?",
        "merci",
    ],
)
def test_slang_slips_and_names_are_english(shipped_retriever: Retriever, text: str) -> None:
    """A single foreign word is small talk at most."""
    assert shipped_retriever.language(text) is None


def test_spanish_is_told_by_its_signs() -> None:
    """However many of its words are known as English."""
    assert other_language("¿Facebook sell data?", {"facebook", "sell", "data"}, learn_languages) == "es"
    assert other_language("¡no!", {"no"}, learn_languages) == "es"
    assert other_language("Facebook sell data ¿?", {"facebook", "sell", "data"}, learn_languages) is None


def test_what_is_kept_of_the_model_tells_the_same_as_the_whole() -> None:
    """To the last digit, whatever the text."""
    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    kept = learn_languages()
    whole.set_languages(list(kept.names))
    for text in (
        "Verkauft Facebook meine Daten?",
        "PORQUE",
        "क्या फेसबुक मेरा डेटा",
        "为什么社交媒体让人",
        "e\u0301t\u00e9 \ud800",
    ):
        assert kept.scores(text) == dict(whole.rank(text))


def test_the_language_of_the_pack_is_its_own() -> None:
    """What is not in it is told, English too; letters of its own script are none of another language's."""
    german = {"handys", "im", "unterricht", "verboten"}
    assert other_language("Warum sind Handys im Unterricht verboten?", german, learn_languages, "de") is None
    assert other_language("Why should children hand in their phones at all?", german, learn_languages, "de") == "en"
    assert other_language("почему инстаграм вызывает зависимость", set(), learn_languages, "ru") is None
    assert other_language("¿Por qué los niños?", set(), learn_languages, "es") is None
    assert other_language("Warum sind Handys verboten?", set(), learn_languages, "is") is None


def test_a_question_in_another_language_than_the_packs_is_answered_in_words_of_none() -> None:
    answer = foreign(replace(pack(), language="de"), Conversation("c"), "Why?", "en")
    assert str(answer.message) == "The articles here are in another language: please ask as these questions do."
    assert answer.suggestions
