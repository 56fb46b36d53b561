"""From a question to ranked hits, voice by voice.

Dense and lexical scores are fused by a convex weight; where the pack has examples, what they teach ranks the passages
and says how far to trust them. It must not know how an answer is put together.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.evidence import Taught, known_words, voice_evidence, wording_table
from embeddings.hits import Findings, Hit, StanceFinding
from embeddings.index import passage_vectors
from embeddings.phrasing import spelt_out
from embeddings.stance import ClaimReader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from embeddings.encoder import Encoder
    from embeddings.index import Index
    from knowledge.model import Pack

DENSE_WEIGHT: Final = 0.6
"""Share of the dense score in the fused one; the lexical score has the rest."""

REACH: Final = 64
"""Passages of a voice that are looked at by vector, and as many by words."""

# For passages that no example teaches: the fused score at which the odds are even, and how steeply they turn.
_EVEN_SCORE: Final = 0.42
_STEEPNESS: Final = 14.0
UNTAUGHT_THRESHOLD: Final = 0.5


def fused(dense: float, lexical: float) -> float:
    """Mix the two scores: a convex combination, 0 at worst for a cosine of 0 and no shared word, 1 at best."""
    return DENSE_WEIGHT * dense + (1 - DENSE_WEIGHT) * lexical


def untaught_confidence(score: float) -> float:
    """Give the probability that a passage answers, from its fused score alone."""
    return float(1 / (1 + np.exp(-_STEEPNESS * (score - _EVEN_SCORE))))


class Retriever:
    """Finds hits for questions. It changes nothing, so several threads may use it at once."""

    def __init__(self, pack: Pack, encoder: Encoder, index: Index) -> None:
        """Join a pack, the encoder of its index, and the index."""
        self._pack = pack
        self._encoder = encoder
        self._index = index
        self._taught = Taught.by(pack, index.layout)

    def find(self, question: str) -> Findings:
        """Find what each voice says to a question. The same question always gives the same findings."""
        return self.find_many([question])[0]

    def find_many(self, questions: Sequence[str]) -> list[Findings]:
        """Find for several questions at once, in order: one pass of the encoder serves them all."""
        if not questions:
            return []
        texts = [spelt_out(question) for question in questions]
        vectors = self._encoder.encode(texts)
        return [
            self._findings(question, text, vector)
            for question, text, vector in zip(questions, texts, vectors, strict=True)
        ]

    def stance(self, claim: str) -> StanceFinding:
        """Find whose side a claim is on, and what the other sides hold against it; one pass of the encoder.

        The stance is None when it is nobody's, when that is unsure, and always for a pack without statements.
        """
        text = spelt_out(claim)
        vectors = self._encoder.encode([text])
        findings = self._findings(claim, text, vectors[0])
        if self._index.stance is None:
            return StanceFinding(findings, None, dict.fromkeys(self._pack.side_ids, 0.0), {}, {})
        return self._index.stance.judge(self._claims.read([text], vectors), findings)

    @cached_property
    def _claims(self) -> ClaimReader:
        own = {side: passage_vectors(self._index, side) for side in self._pack.side_ids}
        return ClaimReader(self._index.layout, self._index.ranker, self._taught, own)

    @cached_property
    def _known_words(self) -> frozenset[str]:
        return known_words(self._index.ranker.words) if self._index.ranker else frozenset()

    def _findings(self, question: str, text: str, vector: NDArray[np.float32]) -> Findings:
        lexical = self._index.words.scores(text)
        cosines = scores = None
        if self._index.ranker is not None:
            cosines = self._index.ranker.examples @ vector
            scores = self._index.ranker.scores(text, cosines)
        hits, thresholds = {}, {}
        for voice in self._index.layout.voices:
            dense = self._dense(voice, vector, lexical)
            confidence = self._taught_confidence(voice, text, dense, lexical, cosines, scores)
            found = []
            for row, cosine in dense.items():
                passage = self._pack.passages[row]
                score = fused(cosine, lexical.get(row, 0.0))
                trust = confidence.get(passage.id)
                if trust is None:
                    trust = 0.0 if passage.id in self._taught_ids else untaught_confidence(score)
                found.append(Hit(passage.id, voice, cosine, lexical.get(row, 0.0), score, trust))
            found.sort(key=lambda hit: (-hit.confidence, -hit.score, hit.passage_id))
            hits[voice] = tuple(found)
            curve = self._index.curves.get(voice)
            thresholds[voice] = curve.threshold if curve else UNTAUGHT_THRESHOLD
        return Findings(question, hits, thresholds)

    @cached_property
    def _taught_ids(self) -> frozenset[str]:
        return frozenset(id_ for ids in self._index.layout.passages.values() for id_ in ids)

    def _dense(self, voice: str, vector: NDArray[np.float32], lexical: dict[int, float]) -> dict[int, float]:
        """Give the cosines of a voice's candidates: the nearest by vector, those that share words, and the taught."""
        rows = self._index.rows[voice]
        if not rows:
            return {}
        flat = self._index.dense[voice]
        cosines, places = flat.search(vector[None, :], min(len(rows), REACH))
        found = {rows[place]: float(cosine) for place, cosine in zip(places[0], cosines[0], strict=True)}
        if len(found) < len(rows):
            place_of = self._places[voice]
            best_words = sorted((row for row in lexical if row in place_of), key=lambda row: -lexical[row])[:REACH]
            for row in {*best_words, *self._taught_rows[voice]} - found.keys():
                found[row] = float(flat.reconstruct(place_of[row]) @ vector)
        return found

    @cached_property
    def _places(self) -> dict[str, dict[int, int]]:
        return {voice: {row: place for place, row in enumerate(rows)} for voice, rows in self._index.rows.items()}

    @cached_property
    def _taught_rows(self) -> dict[str, list[int]]:
        row_of = {passage.id: row for row, passage in enumerate(self._pack.passages)}
        return {voice: [row_of[id_] for id_ in ids] for voice, ids in self._index.layout.passages.items()}

    def _taught_confidence(
        self,
        voice: str,
        text: str,
        dense: dict[int, float],
        lexical: dict[int, float],
        cosines: NDArray[np.float32] | None,
        scores: NDArray[np.float32] | None,
    ) -> dict[str, float]:
        """Give the calibrated probability of the voice's best taught passages, by passage id."""
        curve = self._index.curves.get(voice)
        if curve is None or cosines is None or scores is None:
            return {}
        rows = self._taught_rows[voice]
        columns, table = voice_evidence(
            self._index.layout,
            voice,
            scores[None, :],
            np.array([[dense[row] for row in rows]]),
            np.array([[lexical.get(row, 0.0) for row in rows]]),
            self._taught.near(cosines[None, :], voice),
            wording_table([text], self._known_words),
        )
        ids = self._index.layout.passages[voice]
        return {ids[column]: float(trust) for column, trust in zip(columns[0], curve.confidence(table[0]), strict=True)}
