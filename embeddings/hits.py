"""What a search finds: ranked hits, each with its scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


class Hit(NamedTuple):
    """One passage as an answer to one question.

    `dense` is the cosine of question and passage (-1..1). `lexical` is the passage's BM25 score s as s / (s + 5)
    (0..1, 0 when they share no word). `score` is the convex mix of the two. `confidence` is the calibrated
    probability (0..1) that the passage answers the question; hits are ranked by it.
    """

    passage_id: str
    voice: str
    dense: float
    lexical: float
    score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything found for one question: for each voice its hits, best first, and the voice's threshold.

    A hit whose confidence lies below the threshold of its voice is not an answer. `silent` are the voices that nearly
    certainly have none; of any other without one it is unsure.
    `vector` is the question's, None where nothing was encoded.
    """

    question: str
    hits: Mapping[str, tuple[Hit, ...]]
    thresholds: Mapping[str, float]
    silent: frozenset[str] = frozenset()
    vector: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)

    def answers(self, voice: str) -> tuple[Hit, ...]:
        """Return the hits of a voice that are good enough to be quoted, best first."""
        threshold = self.thresholds[voice]
        return tuple(hit for hit in self.hits[voice] if hit.confidence >= threshold)


@dataclass(frozen=True, slots=True)
class StanceFinding:
    """Everything found for one claim: whose side it is on, and what each side could say to it.

    `stance` is a side's id, None when the claim is no side's or when that is unsure. `probabilities` (0..1) has the
    chance that the claim is each side's; the rest to 1 is the chance that it is nobody's. `replies` are a side's hits
    against the claim of another side, best first; one below the side's threshold is no reply. `findings` are those of
    a plain search for the same words.
    """

    findings: Findings
    stance: str | None
    probabilities: Mapping[str, float]
    replies: Mapping[str, tuple[Hit, ...]]
    thresholds: Mapping[str, float]

    def against(self, side: str) -> tuple[Hit, ...]:
        """Return the hits of a side that can be held against the claim, best first; the claim's own side has none."""
        if self.stance in {None, side} or side not in self.replies:
            return ()
        return tuple(hit for hit in self.replies[side] if hit.confidence >= self.thresholds[side])
