from __future__ import annotations

from embeddings.learnt.evidence import wording_table


def test_wording_is_counted() -> None:
    texts = ["how many coins does tea cost", "is tea good", ""]
    assert wording_table(texts, frozenset({"tea", "coins", "good"})).tolist() == [[4, 2], [2, 0], [0, 0]]
    assert wording_table([], frozenset()).shape == (0, 2)
