"""Whether a passage answers, for packs whose examples are few or none: one gate, trained on several packs, for all.

A question is compared with each passage in several ways; what the few examples say is added. The gate has learnt from
other packs how these numbers look where a passage answers, and where a voice is silent.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.index.lexical import content_words
from embeddings.learnt.calibration import CANDIDATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors
    from embeddings.learnt.calibration import Calibration
    from embeddings.learnt.expansion import Views
    from embeddings.learnt.ranker import Layout
    from knowledge.model import Pack, Question

HEADED: Final = 0.4
"""Share of the cosine with a passage under its topics in its score."""

ASKED: Final = 0.4
"""Share of the cosine with the likest of its questions."""

TOPIC: Final = 0.1
"""Share of the cosine with the question of its first topic, beyond the others."""

CORE: Final = 0.03
"""What is added for a passage that carries its topic."""

COVERED: Final = 0.2
"""Share of the question's words, by their rarity, that stand in it."""

TAUGHT: Final = 0.6
"""Weight of what the ranker adds to a passage's score for the examples."""

DOUBT: Final = 50
"""Examples at which half of that counts."""

TOPIC_SHARE: Final = 0.5
"""How far a word that stands only in the name of a passage's topic counts as standing in it."""

AGREED: Final = 3
"""Passages beside a voice's best that may stand under the same topic: then it is no chance hit."""

FEATURES: Final = (
    "score",  # of the passage
    "gap",  # between it and the voice's next best, or best
    "standing",  # of its score among all of the pack's passages, in standard deviations
    "asked",  # the cosine with its likest question
    "covered",  # the share of the question's words that stand in it
    "unknown",  # the share that stand in no passage
    "length",  # of the question, the logarithm of one more than its words
    "figure",  # whether a figure is asked for and it has none
    "agreed",  # how many of the voice's next AGREED stand under the first topic of its best
    "taught",  # what the ranker says of the passage for the examples, above what it says of it for any question
    "silence",  # of the voice's silence
    "voice",  # of the voice's passages, the sum of what is above
)
"""A candidate's features."""

_STEM: Final = 5
"""Letters of a word, without an "s" at its end, that are compared: "addicted" stands where "addiction" does."""

_FIGURE: Final = re.compile(r"\d")
_ASKS_FIGURE: Final = re.compile(
    r"\b(?:how (?:many|much|often|long|big|large|old)|number|percent|figure|amount|when|year)\b|%"
)


def _stems(text: str) -> set[str]:
    return {(word.removesuffix("s") or word)[:_STEM] for word in content_words(text)}


@dataclass(frozen=True, slots=True)
class Judged:
    """One voice's candidates for several questions, best first: shape (questions, candidates) each.

    `rows` are their places in the pack, `confidence` the probability that they answer; `silent` (questions,) tells
    where the voice nearly certainly has no answer.
    """

    rows: NDArray[np.int64]
    confidence: NDArray[np.float64]
    silent: NDArray[np.bool_]


class Gatekeeper:
    """The gate before a pack's passages. It changes nothing, so several threads may use it at once."""

    def __init__(self, pack: Pack, layout: Layout, views: Views, gate: Calibration) -> None:
        self._pack = pack
        self._layout = layout
        self._views = views
        self._gate = gate
        voices = np.array([passage.voice for passage in pack.passages])
        self._rows = {voice: np.flatnonzero(voices == voice) for voice in layout.voices}
        self._topics = np.array([passage.topics[0] for passage in pack.passages])
        self._core = np.array([passage.core for passage in pack.passages], dtype=np.float64)
        self._has_figure = np.array([bool(_FIGURE.search(passage.text)) for passage in pack.passages])

    @property
    def threshold(self) -> float:
        """The probability below which nothing is quoted."""
        return self._gate.threshold

    def judged(
        self, texts: Sequence[str], vectors: Vectors, above: NDArray[np.floating] | None = None
    ) -> dict[str, Judged]:
        """Judge the candidates of every voice that has a passage; `texts` as they are read, `vectors` theirs.

        `above` (questions, width) are the ranker's scores above those of any question; None without examples.
        """
        return {
            voice: Judged(rows, *self._gate.judged(table))
            for voice, (rows, table) in self.features(texts, vectors, above).items()
        }

    def features(
        self, texts: Sequence[str], vectors: Vectors, above: NDArray[np.floating] | None = None
    ) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """Return the rows of every voice's candidates (questions, candidates), and their FEATURES on a third axis."""
        headed, asked, topic = self._views.cosines(vectors, self._pack)
        covered, wording = self._wording(texts)
        taught, silence = self._taught(len(texts), above)
        scores = HEADED * headed + ASKED * asked + TOPIC * topic + COVERED * covered + CORE * self._core
        scores = scores + TAUGHT * taught
        of_passages = np.stack([scores, asked, covered, taught], axis=2)
        middle, spread = scores.mean(axis=1)[:, None], scores.std(axis=1)[:, None] + 1e-6
        found = {}
        for voice, own in self._rows.items():
            if not len(own):
                continue
            order = own[np.argsort(-scores[:, own], axis=1, kind="stable")[:, :CANDIDATES]]
            picked = of_passages[np.arange(len(texts))[:, None], order]
            chosen = picked[..., 0]
            table = np.empty((*order.shape, len(FEATURES)))
            table[..., 0] = chosen
            table[..., 1] = chosen - chosen[:, :1]
            table[:, 0, 1] = chosen[:, 0] - chosen[:, 1] if chosen.shape[1] > 1 else 0.0
            table[..., 2] = (chosen - middle) / spread
            table[..., 3:5] = picked[..., 1:3]
            table[..., 5:7] = wording[:, None, :2]
            table[..., 7] = wording[:, 2:] * ~self._has_figure[order]
            topics = self._topics[order[:, : AGREED + 1]]
            table[..., 8] = (topics[:, 1:] == topics[:, :1]).sum(axis=1)[:, None]
            table[..., 9] = picked[..., 3]
            table[..., 10] = silence[voice][:, None]
            table[..., 11] = np.maximum(taught[:, own], 0).sum(axis=1)[:, None]
            found[voice] = order, table
        return found

    def points(
        self,
        questions: Sequence[Question],
        texts: Sequence[str],
        vectors: Vectors,
        above: NDArray[np.floating] | None = None,
    ) -> NDArray[np.bool_]:
        """Return the points that each side earns by questions; shape (questions, sides).

        A point is for a first quote that is gold, and for silence where the side has no gold.
        """
        judged = self.judged(texts, vectors, above)
        points = np.ones((len(questions), len(self._pack.side_ids)), dtype=bool)
        for column, side in enumerate(self._pack.side_ids):
            if side not in judged:
                continue
            own = frozenset(self._pack.passages[row].id for row in self._rows[side].tolist())
            firsts = zip(judged[side].rows[:, 0].tolist(), judged[side].confidence[:, 0].tolist(), strict=True)
            for place, (question, (row, confidence)) in enumerate(zip(questions, firsts, strict=True)):
                gold = own & question.gold.keys()
                points[place, column] = (
                    self._pack.passages[row].id in gold if confidence >= self.threshold else not gold
                )
        return points

    def _taught(
        self, count: int, above: NDArray[np.floating] | None
    ) -> tuple[NDArray[np.float64], Mapping[str, NDArray[np.float64]]]:
        """Return what the examples say of every passage (questions, passages), and of every voice's silence."""
        taught = np.zeros((count, len(self._pack.passages)))
        silence: dict[str, NDArray[np.float64]] = dict.fromkeys(self._layout.voices, np.zeros(count))
        if above is not None:
            examples = len(self._pack.questions)
            certain = above.astype(np.float64) * (examples / (examples + DOUBT))
            for voice, columns in self._layout.columns.items():
                taught[:, self._places[voice]] = certain[:, columns][:, :-1]
                silence[voice] = certain[:, columns.stop - 1]
        return taught, silence

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        place_of = {passage.id: place for place, passage in enumerate(self._pack.passages)}
        return {voice: [place_of[id_] for id_ in ids] for voice, ids in self._layout.passages.items()}

    def _wording(self, texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the covered shares (questions, passages), and three numbers a question.

        They are the share of unknown words, the length, and whether a figure is asked for.
        """
        count = len(self._pack.passages)
        covered, wording = np.zeros((len(texts), count)), np.zeros((len(texts), 3))
        for row, text in enumerate(texts):
            stems = _stems(text)
            total = unknown = 0.0
            for stem in sorted(stems):
                rows, shares = self._holding.get(stem, _NOWHERE)
                rarity = math.log((count + 1) / (len(rows) + 0.5))
                total += rarity
                covered[row, rows] += rarity * shares
                unknown += 0 if len(rows) else rarity
            if total:
                covered[row] /= total
                unknown /= total
            wording[row] = unknown, math.log1p(len(stems)), bool(_ASKS_FIGURE.search(text))
        return covered, wording

    @cached_property
    def _holding(self) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """The passages that each stem stands in, and how far it counts there."""
        places: defaultdict[str, dict[int, float]] = defaultdict(dict)
        for row, passage in enumerate(self._pack.passages):
            for topic in passage.topics:
                for stem in _stems(self._pack.topic(topic).name):
                    places[stem][row] = TOPIC_SHARE
            for stem in _stems(passage.text):
                places[stem][row] = 1.0
        return {
            stem: (np.array(list(shares), dtype=np.int64), np.array(list(shares.values())))
            for stem, shares in places.items()
        }


_NOWHERE: Final = (np.zeros(0, dtype=np.int64), np.zeros(0))
