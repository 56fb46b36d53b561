from __future__ import annotations

import pytest

from bot.quote.rules import phrases as wording
from knowledge.model import Mode
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
    assert str(wording.provenance(passage.voice, passage.mode, passage.speaker, author)) == words


def test_author_who_speaks_is_named_alone() -> None:
    """What others say in the article is told with both names."""
    assert str(wording.provenance("ban", Mode.DIRECT, "Ann Lee", "Ann Lee")) == "Ann Lee"
    assert (
        str(wording.provenance("ban", Mode.DIRECT, "Ola Berg", "Ann Lee")) == "Ola Berg's own words, quoted by Ann Lee"
    )


def test_all_sides_are_named_in_one_phrase() -> None:
    assert str(wording.names_of(pack())) == "The film and Facebook"
