from __future__ import annotations

import pytest

from bot.quote.rules import phrases as wording
from knowledge.model import Mode
from knowledge.pack import SHIPPED, load_pack
from tests.quote.rules.findings import pack


@pytest.mark.parametrize(
    ("passage_id", "words"),
    [
        ("admitted-2016", "Facebook's own words, quoted by Sajjad Hussain"),
        ("no-selling-information", "Facebook's own words, quoted by the article's unnamed writer"),
        ("mix-of-perspectives", "The film, as reported by Sajjad Hussain"),
        ("everything-tracked", "The film's interviewees, as reported by the article's unnamed writer"),
        ("fifty-million-hours", "About Facebook, as told by Sajjad Hussain"),
        ("viewers-deleting", "Sajjad Hussain's own statement"),
        ("hot-potato", "The unnamed writer's own statement"),
    ],
)
def test_provenance_says_whose_words_they_are_and_who_passed_them_on(passage_id: str, words: str) -> None:
    """One phrase for each way by which words reach an article."""
    passage = pack().passage(passage_id)
    author = pack().article(passage.span.article_id).author
    assert str(wording.provenance(passage.mode, passage.speaker, author)) == words


def test_author_who_speaks_is_named_alone() -> None:
    """What others say in the article is told with both names."""
    assert str(wording.provenance(Mode.DIRECT, "Ann Lee", "Ann Lee")) == "Ann Lee"
    assert str(wording.provenance(Mode.DIRECT, "Ola Berg", "Ann Lee")) == "Ola Berg's own words, quoted by Ann Lee"


def test_whoever_speaks_on_no_side_is_named() -> None:
    """An expert's words in the shipped report are the expert's, quoted or reported by its writer."""
    phones = load_pack(SHIPPED.parent / "phones")
    told = {
        name: str(wording.provenance(passage.mode, passage.speaker, phones.article(passage.span.article_id).author))
        for name in ("anybody-tells-science-settled", "county-lawyer-simon-adeyemi")
        if (passage := phones.passage(name)).voice == "context"
    }
    assert told == {
        "anybody-tells-science-settled": "Dr Ines Varga's own words, quoted by Dennis Whitlow",
        "county-lawyer-simon-adeyemi": "Simon Adeyemi, as reported by Dennis Whitlow",
    }


def test_all_sides_are_named_in_one_phrase() -> None:
    assert str(wording.names_of(pack())) == "The film and Facebook"
