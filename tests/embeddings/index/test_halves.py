import numpy as np
import pytest

from embeddings.encoders.precision import EXAMPLE_BITS, rounded
from embeddings.index.halves import HalfVectors

VECTORS = np.random.default_rng(0).normal(size=(300, 24)).astype(np.float32)
VECTORS = rounded(VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True), EXAMPLE_BITS)


@pytest.fixture(scope="module")
def halves() -> HalfVectors:
    return HalfVectors.of(VECTORS)


def test_vectors_of_examples_are_kept_to_the_last_of_their_bits(halves: HalfVectors) -> None:
    assert len(halves) == len(VECTORS)
    assert np.allclose(halves.whole(), VECTORS, rtol=0, atol=2**-25)  # below 2^-14, half precision has fewer bits
    assert halves.stored.nbytes < 0.7 * VECTORS.nbytes


@pytest.mark.parametrize("questions", [1, 5, 64, 65])
def test_cosines_stand_in_the_order_of_the_vectors(halves: HalfVectors, questions: int) -> None:
    assert np.allclose(halves.cosines(VECTORS[:questions]), VECTORS[:questions] @ VECTORS.T, atol=1e-6)


def test_what_comes_of_a_question_does_not_depend_on_others(halves: HalfVectors) -> None:
    alone = np.concatenate([halves.cosines(VECTORS[row : row + 1]) for row in range(20)])
    assert np.array_equal(halves.cosines(VECTORS[:20]), alone)


def test_no_vectors_compare_to_nothing() -> None:
    none = HalfVectors.of(np.zeros((0, 24), np.float32))
    assert none.cosines(VECTORS[:3]).shape == (3, 0)


def test_vectors_are_compared_where_they_lie(halves: HalfVectors) -> None:
    """Neither opening nor comparing copies what is mapped."""
    mapped = halves.stored.copy()
    there = HalfVectors(mapped)
    before = there.cosines(VECTORS[:1])
    mapped[:] = HalfVectors.of(-VECTORS).stored
    assert np.array_equal(there.cosines(VECTORS[:1]), -before)
