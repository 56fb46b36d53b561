"""Passages ranked for queries, and matched with claims, by `embeddings.index.collection`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.index.collection import Collection, bare, matched, ranked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.authoring.corpus import Ids
    from embeddings.encoders.reference import Encoder
    from knowledge.model import Pack

BEST: Final = 50
"""Passages that are named for a query."""

BEST_OF_A_SIDE: Final = 10

_TOGETHER: Final = 128
"""Queries that are looked at together."""


def ranked_for(
    pack: Pack, ids: Ids, collection: Collection, encoder: Encoder, asked: Sequence[tuple[object, str]]
) -> Iterator[Mapping[str, object]]:
    """Yield a line for each query, given as its id and its text, in order."""
    named = [ids.passages[passage.id] for passage in pack.passages]
    voices = np.array([passage.voice for passage in pack.passages])
    rows = {side: np.flatnonzero(voices == side) for side in pack.side_ids}
    for start in range(0, len(asked), _TOGETHER):
        some = asked[start : start + _TOGETHER]
        texts = [bare(text) for _, text in some]
        for (identity, _), scores in zip(some, collection.scores(texts, encoder.encode(texts)), strict=True):
            best = [named[place] for place in ranked(scores, BEST)]
            sides = {
                ids.sides[side]: [named[own[place]] for place in ranked(scores[own], BEST_OF_A_SIDE)]
                for side, own in rows.items()
            }
            yield {"id": identity, "ids": best, "sides": sides}


def scores_of(encoder: Encoder, paired: Sequence[tuple[object, str, str]]) -> Iterator[Mapping[str, object]]:
    """Yield a line for each pair, given as its id, its passage and its claim, in order."""
    passages = {text: place for place, text in enumerate(dict.fromkeys(passage for _, passage, _ in paired))}
    claims = {text: place for place, text in enumerate(dict.fromkeys(claim for _, _, claim in paired))}
    collection = Collection.of(list(passages), [""] * len(passages), encoder.encode)
    texts = [bare(claim) for claim in claims]
    rows = np.array([claims[claim] for *_, claim in paired])
    columns = np.array([passages[passage] for _, passage, _ in paired])
    scores = np.empty(len(paired))
    for start in range(0, len(texts), _TOGETHER):
        some = texts[start : start + _TOGETHER]
        here = np.flatnonzero((start <= rows) & (rows < start + len(some)))
        scores[here] = collection.scores(some, encoder.encode(some))[rows[here] - start, columns[here]]
    found = matched(scores, columns)
    for (identity, *_), share in zip(paired, found.tolist(), strict=True):
        yield {"id": identity, "score": round(share, 6)}
