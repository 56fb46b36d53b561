from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoders.remembered import Recall, RememberingEncoder
from tests.embeddings.encoders.fakes import WordEncoder


def test_a_text_that_comes_again_is_not_encoded_again() -> None:
    encoder = WordEncoder()
    remembering = RememberingEncoder(encoder)
    remembering.encode(["tea", "coffee", "tea"])
    again = remembering.encode(["coffee", "bread"])
    assert encoder.encoded == ["tea", "coffee", "bread"]
    assert remembering.recall == Recall(hits=2, misses=3, kept=3)
    np.testing.assert_array_equal(again, WordEncoder().encode(["coffee", "bread"]))


def test_what_was_not_wanted_longest_is_forgotten_first() -> None:
    encoder = WordEncoder()
    remembering = RememberingEncoder(encoder, kept=2)
    for text in ("tea", "coffee", "tea", "bread", "tea", "coffee"):
        remembering.encode([text])
    assert encoder.encoded == ["tea", "coffee", "bread", "coffee"]
    assert remembering.recall.kept == 2


def test_a_very_long_text_is_not_remembered() -> None:
    """It would fill the memory."""
    remembering = RememberingEncoder(WordEncoder())
    remembering.encode(["tea " * 1000])
    assert remembering.recall == Recall(hits=0, misses=1, kept=0)


def test_a_kept_vector_does_not_hold_its_batch() -> None:
    """It is a copy, so that the rest of the batch can go."""
    remembering = RememberingEncoder(WordEncoder())
    remembering.encode(["tea", "coffee"])
    assert all(vector.base is None for vector in remembering._kept.values())


def test_it_stands_for_its_encoder() -> None:
    assert RememberingEncoder(WordEncoder("a")).fingerprint == WordEncoder("a").fingerprint


@given(st.lists(st.lists(st.sampled_from(["tea", "coffee", "bread", "milk", ""]), max_size=6), max_size=8))
def test_vectors_are_those_of_the_encoder(calls: list[list[str]]) -> None:
    remembering, bare = RememberingEncoder(WordEncoder(), kept=2), WordEncoder()
    for texts in calls:
        np.testing.assert_array_equal(remembering.encode(texts), bare.encode(texts))
