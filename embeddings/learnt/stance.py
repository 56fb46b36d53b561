"""Whose side a claim is on, and what the other sides hold against it, by what the example statements teach.

The kernel of `ranker.py` has one part more here: claims about the same thing are alike when both deny or neither does,
since a vector hardly tells a claim from its denial. The example questions say what a claim is about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - the codec reads the annotations at run time

from embeddings.hits import Hit, StanceFinding
from embeddings.learnt.calibration import Curve  # noqa: TC001 - the codec reads the annotations at run time
from embeddings.learnt.evidence import KnownWords, Taught, wording_table
from embeddings.learnt.ranker import Ranker, likeness

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from embeddings.encoders.reference import Vectors
    from embeddings.hits import Findings
    from embeddings.learnt.ranker import Layout
    from knowledge.model import Pack, Wording


_PIECE: Final = re.compile(r"[\w']+|[.,;:!?]")
_REACH: Final = 3
"""Words after a denial that it turns around."""

_ENDINGS: Final = ("", "s", "ed", "d", "ing", "es", "er", "ers")
_STEM: Final = 4
"""Letters from which on a beginning stands for every word that begins so; a shorter one only for its forms."""


@dataclass(frozen=True)
class _Words:
    """A list of words by their beginnings."""

    stems: tuple[str, ...]
    forms: frozenset[str]

    @classmethod
    def of(cls, beginnings: Sequence[str]) -> _Words:
        """Return the list of words with these beginnings."""
        short = [beginning for beginning in beginnings if len(beginning) < _STEM]
        return cls(
            tuple(beginning for beginning in beginnings if len(beginning) >= _STEM),
            frozenset(beginning + ending for beginning in short for ending in _ENDINGS),
        )

    def __contains__(self, word: str) -> bool:
        return word in self.forms or word.startswith(self.stems)


_DENIAL: Final = re.compile(
    r"no|not|never|nobody|none|nothing|neither|nor|without|hardly|barely|cannot|zero|nope|false|untrue|myth|legend|"
    r"fable|nonsense|wrong|rubbish|baseless|absurd|rejected|tale|few|less|"
    r"(?:ai|are|ca|could|did|do|does|had|has|have|is|should|was|were|wo|would)n'?t"
)


def denied(text: str) -> str:
    """Mark the next words after a denial, in the same clause, with "_"; texts are as read for a search."""
    marked, left = [], 0
    for piece in _PIECE.findall(text):
        if _DENIAL.fullmatch(piece):
            left = _REACH
            marked.append(piece)
        elif not _is_word(piece):
            left = 0
        else:
            marked.append(f"_{piece}" if left else piece)
            left = max(left - 1, 0)
    return " ".join(marked)


def sign_of(text: str) -> float:
    """Return -1 for a claim with a word of denial in it, 1 for any other."""
    return -1.0 if any(_DENIAL.fullmatch(piece) for piece in _PIECE.findall(text)) else 1.0


@dataclass(frozen=True)
class Opinions:
    """The words by which a pack's controversy accuses and praises."""

    accusing: _Words
    praising: _Words

    @classmethod
    def of(cls, wording: Wording) -> Opinions:
        """Return those of a pack."""
        return cls(_Words.of(wording.accusing), _Words.of(wording.praising))

    def tone_of(self, text: str) -> float:
        """Return how a claim sounds, from -1 (accusing) to 1 (praising); what is denied counts the other way."""
        tone, left = 0, 0
        for piece in _PIECE.findall(text):
            if _DENIAL.fullmatch(piece):
                left = _REACH
            else:
                value = (piece in self.praising) - (piece in self.accusing)
                tone += -value if left else value
                left = max(left - 1, 0) if _is_word(piece) else 0
        return math.tanh(tone)


def _is_word(piece: str) -> bool:
    return piece[0].isalnum() or piece[0] in "_'"


_BLOCK: Final = 256
"""Claims that are compared with all examples at a time."""

REBUTTALS: Final = 6
"""Passages of a voice that are judged as a reply to one claim: the best ones by score."""


@dataclass(frozen=True)
class Claims:
    """What is known of claims, as `spelt_out`, before any statement is looked at, one a row.

    `topics` (n, width) is what each is about, of length 1 or nothing; `signs` (n,) whether it denies; `asides`
    (n, features) what speaks for a side.
    """

    texts: tuple[str, ...]
    vectors: Vectors
    topics: NDArray[np.float32]
    signs: NDArray[np.float32]
    tones: NDArray[np.float32]
    asides: NDArray[np.float64]

    def among(self, rows: NDArray[np.int64]) -> Claims:
        """Return some of the claims."""
        texts = tuple(self.texts[row] for row in rows)
        return Claims(
            texts, self.vectors[rows], self.topics[rows], self.signs[rows], self.tones[rows], self.asides[rows]
        )

    @classmethod
    def joined(cls, parts: Sequence[Claims]) -> Claims:
        """Return the claims of several parts as one."""
        return cls(
            tuple(chain.from_iterable(part.texts for part in parts)),
            np.concatenate([part.vectors for part in parts]),
            np.concatenate([part.topics for part in parts]),
            np.concatenate([part.signs for part in parts]),
            np.concatenate([part.tones for part in parts]),
            np.concatenate([part.asides for part in parts]),
        )


@dataclass(frozen=True)
class ClaimReader:
    """Reads claims by what the example questions taught (`ranker` is None without any), and each side's vectors."""

    layout: Layout
    ranker: Ranker | None
    taught: Taught
    opinions: Opinions
    passages: Mapping[str, Vectors]

    @classmethod
    def of(cls, pack: Pack, layout: Layout, ranker: Ranker | None, passages: Mapping[str, Vectors]) -> ClaimReader:
        """Return the one of a pack."""
        return cls(layout, ranker, Taught.by(pack, layout), Opinions.of(pack.wording), passages)

    @cached_property
    def _known(self) -> Container[str]:
        return frozenset() if self.ranker is None else KnownWords(self.ranker.words)

    def read(self, texts: Sequence[str], vectors: Vectors) -> Claims:
        """Read claims, given as `spelt_out`, with their vectors in order; block by block, for examples may be many."""
        starts = range(0, max(len(texts), 1), _BLOCK)
        read = [self._read(texts[start : start + _BLOCK], vectors[start : start + _BLOCK]) for start in starts]
        return read[0] if len(read) == 1 else Claims.joined(read)

    def _read(self, texts: Sequence[str], vectors: Vectors) -> Claims:
        dense = [(vectors @ own.T).max(axis=1, initial=-1.0) for own in self.passages.values()]
        if self.ranker is None:
            topics = np.zeros((len(texts), 0), dtype=np.float32)
            silences = [np.zeros(len(texts), dtype=np.float32) for _ in self.passages]
            unanswerable = np.full(len(texts), -1.0)
        else:
            cosines = self.ranker.examples.cosines(vectors)
            scores = self.ranker.scores_of(texts, cosines)
            silences = [scores[:, self.layout.columns[side].stop - 1] for side in self.passages]
            topics = np.clip(scores, 0, None)
            topics /= np.linalg.norm(topics, axis=1, keepdims=True) + 1e-9
            unanswerable = self.taught.nearest_unanswerable(cosines)
        signs = np.array([sign_of(text) for text in texts], dtype=np.float32)
        tones = np.array([self.opinions.tone_of(text) for text in texts], dtype=np.float32)
        asides = np.column_stack([*silences, *dense, unanswerable, wording_table(texts, self._known), signs, tones])
        return Claims(tuple(denied(text) for text in texts), vectors, topics, signs, tones, asides)


def turned_kernel(
    cosines: NDArray[np.floating],
    topics: NDArray[np.floating],
    signs: NDArray[np.floating],
    tones: NDArray[np.floating],
) -> NDArray[np.floating]:
    """Compare claims by meaning, topic, denial and tone, given as products of two claims, of one shape."""
    compared: NDArray[np.floating] = topics * cosines * (1 + signs + tones) + likeness(cosines) * signs
    return compared


@dataclass(frozen=True)
class ClaimRanker:
    """A trained regression over statements: `ranker` has the kernel's common parts, `dual` (n, width) the rest."""

    ranker: Ranker
    dual: NDArray[np.float32]
    topics: NDArray[np.float32]
    signs: NDArray[np.float32]
    tones: NDArray[np.float32]

    def scores(self, claims: Claims) -> NDArray[np.float64]:
        """Score claims; shape (claims, width)."""
        cosines = self.ranker.examples.cosines(claims.vectors)
        turned = turned_kernel(
            cosines,
            claims.topics @ self.topics.T,
            np.outer(claims.signs, self.signs),
            np.outer(claims.tones, self.tones),
        )
        scores: NDArray[np.float64] = (
            self.ranker.scores_of(claims.texts, cosines).astype(np.float64) + turned @ self.dual
        )
        return scores


@dataclass(frozen=True)
class StanceCurve:
    """The calibration of stances: a multinomial logistic regression over standardised features.

    Its classes are the sides and, last, none: `weights` has shape (features, classes). A side below `threshold` is not
    named.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    threshold: float

    def probabilities(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of each class; `table` (claims, features), the result (claims, classes)."""
        logits = ((table - self.mean) / self.scale) @ self.weights + self.bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return shares


@dataclass(frozen=True)
class Rebutter:
    """A voice's passages that statements name, and their columns in the topics of a claim (-1: untaught)."""

    passages: tuple[str, ...]
    places: NDArray[np.int64]
    claims: ClaimRanker
    curve: Curve

    def replies(self, claims: Claims) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """Return the passages that come nearest to a reply to the only row of `claims`, with their confidence."""
        scores = self.claims.scores(claims)
        (columns,), (table,) = reply_features(scores, shares_of(claims.topics, self.places))
        return tuple(self.passages[column] for column in columns), self.curve.confidence(table)


def stance_features(scores: NDArray[np.float64], claims: Claims) -> NDArray[np.float64]:
    """Return the features of stances: the regression's scores, then what was known before."""
    return np.hstack([scores, claims.asides])


def shares_of(topics: NDArray[np.floating], places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how far claims are about passages, (claims, passages); 0 for a passage whose place is -1."""
    padded = np.column_stack([topics, np.zeros(len(topics))])
    shares: NDArray[np.float64] = padded[:, places]
    return shares


def reply_features(
    scores: NDArray[np.float64], shares: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the columns of each claim's candidates (claims, candidates), best first, and their features.

    The last score is the voice's silence; `shares` are as from `shares_of`. Features (claims, candidates, 6): the
    score, the best other score, the share, the sum of positive scores, silence, and the largest share.
    """
    passages, silence = scores[:, :-1], scores[:, -1]
    order = np.argsort(-passages, axis=1, kind="stable")[:, :REBUTTALS]
    chosen = np.take_along_axis(passages, order, axis=1)
    rival = np.repeat(chosen[:, :1], chosen.shape[1], axis=1)
    rival[:, 0] = chosen[:, 1] if chosen.shape[1] > 1 else 0.0
    shared = np.column_stack([np.clip(passages, 0, None).sum(axis=1), silence, shares.max(axis=1)])
    own = np.stack([chosen, rival, np.take_along_axis(shares, order, axis=1)], axis=2)
    table = np.concatenate([own, np.repeat(shared[:, None, :], chosen.shape[1], axis=1)], axis=2)
    return order, table


@dataclass(frozen=True)
class StanceModel:
    """What the statements taught; `sides` are in the order of the classes."""

    sides: tuple[str, ...]
    stances: ClaimRanker
    curve: StanceCurve
    rebutters: Mapping[str, Rebutter]

    def judge(self, claims: Claims, findings: Findings) -> StanceFinding:
        """Judge the only row of `claims`, for which a plain search found `findings`."""
        (shares,) = self.curve.probabilities(stance_features(self.stances.scores(claims), claims))
        replies, thresholds = {}, {}
        for voice, rebutter in self.rebutters.items():
            replies[voice] = rebutter.replies(claims)
            thresholds[voice] = rebutter.curve.threshold
        return found_stance(self.sides, shares, self.curve.threshold, replies, thresholds, findings)


def found_stance(
    sides: tuple[str, ...],
    shares: NDArray[np.float64],
    threshold: float,
    replies: Mapping[str, tuple[tuple[str, ...], NDArray[np.float64]]],
    thresholds: Mapping[str, float],
    findings: Findings,
) -> StanceFinding:
    """Return the likeliest side, None when below the threshold, and the replies, best first.

    `shares` are the probabilities of the sides and of none; `replies` a voice's passages with their confidence.
    """
    likeliest = int(np.argmax(shares[:-1]))
    stance = sides[likeliest] if shares[likeliest] >= threshold else None
    hits = {voice: hits_of(voice, *found, findings) for voice, found in replies.items()}
    probabilities = {side: float(share) for side, share in zip(sides, shares, strict=False)}
    return StanceFinding(findings, stance, probabilities, hits, thresholds)


def hits_of(voice: str, ids: tuple[str, ...], confidence: NDArray[np.float64], findings: Findings) -> tuple[Hit, ...]:
    """Return a voice's passages as hits, the surest first, with the scores that a plain search gave them."""
    plain = {hit.passage_id: hit for hits in findings.hits.values() for hit in hits}
    order = np.argsort(-confidence, kind="stable")
    found = [plain.get(ids[place], Hit(ids[place], voice, 0.0, 0.0, 0.0, 0.0)) for place in order]
    return tuple(hit._replace(confidence=float(confidence[place])) for hit, place in zip(found, order, strict=True))
