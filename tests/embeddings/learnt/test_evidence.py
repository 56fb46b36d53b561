from __future__ import annotations

from embeddings.learnt.evidence import wording_features


def test_wording_is_counted() -> None:
    """Content words, unknown ones, and whether a figure is asked for."""
    assert wording_features("how many coins does tea cost", frozenset({"tea", "coins"})) == (4.0, 2.0, 1.0)
    assert wording_features("is tea good", frozenset({"tea", "good"})) == (2.0, 0.0, 0.0)
