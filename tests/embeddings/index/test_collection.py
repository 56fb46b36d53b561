"""Texts ranked without examples, by vectors that are worked out by hand and by their words."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.index.collection import Collection, bare, matched, ranked, sentences_in, stem
from tests.embeddings.encoders.fakes import WordEncoder

TEXTS = (
    "Banning phones ends bullying. It also makes breaks louder, say the caretakers.",
    "Children reach their parents by phone.",
    "The river floods the meadow in spring.",
    "Pupils who are bullied need help.",
)


def test_texts_that_share_words_and_parts_of_words_come_first() -> None:
    encoder = WordEncoder(dimensions=512)
    collection = Collection.of(TEXTS, ["", "", "Dams", ""], encoder.encode)
    questions = ["banning phones, bullying", "what do dams do", "a flooded meadow"]
    scores = collection.scores(questions, encoder.encode(questions))
    assert scores.shape == (3, 4)
    assert [int(ranked(row, 1)[0]) for row in scores] == [0, 2, 2]
    alone = collection.scores(questions[:1], encoder.encode(questions[:1]))
    assert alone == pytest.approx(scores[:1])


def test_equal_scores_keep_their_order() -> None:
    assert ranked(np.array([0.1, 0.50001, 0.5, 0.7]), 3).tolist() == [3, 1, 2]


def test_what_a_text_has_with_another_claim_speaks_against_one() -> None:
    shares = matched(np.array([3.0, 1.0, 2.5, 2.0]), np.array([0, 0, 1, 0]))
    assert shares == pytest.approx(1 / (1 + np.exp((2.5 - np.array([3.0 - 0.6, 1.0 - 0.9, 2.5, 2.0 - 0.9])) / 2)))
    assert matched(np.array([2.5]), np.array([0])) == pytest.approx([0.5])


@pytest.mark.parametrize(
    ("motion", "matter"),
    [
        ("This house would ban phones", "ban phones"),
        ("This House believes that zoos are cruel", "zoos are cruel"),
        ("Resolved: that zoos are cruel", "zoos are cruel"),
        ("This house is on fire", "This house is on fire"),
    ],
)
def test_how_debaters_begin_is_no_matter(motion: str, matter: str) -> None:
    assert bare(motion) == matter


def test_words_lose_endings_and_texts_fall_into_sentences() -> None:
    assert [stem(word) for word in ("bans", "banning", "parties", "bus", "ban")] == [
        "ban",
        "bann",
        "party",
        "bus",
        "ban",
    ]
    assert sentences_in("He said so to all. Why? “Nobody had asked him,” he said.") == [
        "He said so to all.",
        "“Nobody had asked him,” he said.",
    ]
    assert sentences_in("Too short.") == ["Too short."]
