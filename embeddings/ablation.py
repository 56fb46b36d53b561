"""What earns its place: the system with one thing taken away, or with another put in, on the same questions and folds.

It must not know how a figure is printed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from embeddings.baselines import convex
from embeddings.calibration import FEATURES
from embeddings.evaluation import Scheme, cross_validated
from embeddings.lexical import words
from embeddings.metrics import AnswerKey, Sheet
from embeddings.phrasing import spelt_out
from embeddings.ranker import WEIGHTS, KernelWeights
from embeddings.retriever import DENSE_WEIGHT
from embeddings.training import FOLDS, question_folds
from embeddings.verdicts import score_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from embeddings.encoder import Vectors
    from embeddings.evaluation import Material
    from embeddings.examples import Examples
    from embeddings.resampling import Figure, Resampling
    from embeddings.training import Scorer
    from knowledge.model import Pack

_PLAIN: Final = frozenset({"score", "rival", "dense", "lexical", "best dense"})
_NEAR: Final = frozenset({"near with", "near without", "near unanswerable"})
_WORDING: Final = frozenset({"words", "unknown words", "asks number"})

_INVERSE_PENALTY: Final = 10.0
"""The softmax head's C: ten times the default of scikit-learn, which is meant for features longer than unit vectors."""

_REPAIRED_FROM: Final = 5
"""Letters from which on a word is repaired: shorter ones have too many neighbours."""

_NEAR_ENOUGH: Final = 0.8
"""Least share of letters that a repair leaves as they are: one slip in five letters, two in ten."""

_CAREFUL_KINDS: Final = frozenset({"plain", "keyword", "indirect", "leading", "yesno", "long", "numeric", "statement"})
"""Kinds of questions whose words count as spelt rightly."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The system with something else about it: other weights, features left out, other reading, another head."""

    name: str
    weights: KernelWeights = WEIGHTS
    unused: frozenset[str] = frozenset()
    reading: Literal["spelt out", "as typed", "repaired"] = "spelt out"
    head: Literal["ridge", "softmax", "none"] = "ridge"


VARIANTS: Final = (
    Variant("the full system"),
    Variant("no likeness of meaning", replace(WEIGHTS, meaning=0.0)),
    Variant("no likeness of letters", replace(WEIGHTS, letters=0.0)),
    Variant("no likeness of words", replace(WEIGHTS, words=0.0)),
    Variant("no likeness of either", replace(WEIGHTS, letters=0.0, words=0.0)),
    Variant("no examples: dense and lexical", unused=frozenset(FEATURES) - _PLAIN, head="none"),
    Variant("no nearest examples", unused=_NEAR),
    Variant("no dense and lexical scores", unused=frozenset({"dense", "lexical", "best dense"})),
    Variant("no counts of the wording", unused=_WORDING),
    Variant("no spelling out", reading="as typed"),
    Variant("with repair of typing errors", reading="repaired"),
    Variant("softmax instead of kernel ridge", head="softmax"),
)


ABLATION_TICKS: Final = len({(variant.reading, variant.weights) for variant in VARIANTS}) + len(VARIANTS) * FOLDS
"""Ticks of `ablated` over all variants: the trainings, and five folds a variant."""


def ablated(
    material: Material, tick: Callable[[], None] = lambda: None, variants: tuple[Variant, ...] = VARIANTS
) -> Iterator[tuple[Variant, Sheet]]:
    """Judge each variant by five folds, giving it as soon as it is ready; `tick` is called once a training and fold.

    Variants that read and weigh alike follow each other, so that they share one training.
    """
    readings = {"spelt out": spelt_out, "as typed": str.lower, "repaired": repairing(material.pack)}
    # All at once, so that the encoding is done before anything is judged.
    material.encode([read(question.text) for read in readings.values() for question in material.pack.questions])
    folds = question_folds(material.pack)
    scheme = Scheme("folds", folds, folds)
    key = AnswerKey.of(material.pack, material.pack.questions)
    for reading, read in readings.items():
        alike = [variant for variant in variants if variant.reading == reading]
        if not alike:
            continue
        examples, vectors = material.examples(read)
        for weights in dict.fromkeys(variant.weights for variant in alike):
            regression = material.trained(vectors, weights, read)
            tick()
            heads = {
                "ridge": regression.without,
                "softmax": softmax(examples, vectors, regression.targets),
                "none": untrained(examples),
            }
            for variant in alike:
                if variant.weights == weights:
                    limited = replace(examples, unused=variant.unused)
                    yield variant, cross_validated(limited, key, heads[variant.head], scheme, folds, tick)


def untrained(examples: Examples) -> Scorer:
    """Score passages by the fixed mix of dense and lexical scores; silence always scores 0."""
    table = np.zeros((len(examples.texts), examples.layout.width))
    for voice, places in examples.places.items():
        mixed = convex(examples.dense[:, places], examples.lexical[:, places], DENSE_WEIGHT)
        table[:, examples.layout.columns[voice]][:, :-1] = mixed
    return lambda rows: table[rows]


def softmax(examples: Examples, vectors: Vectors, targets: NDArray[np.float64]) -> Scorer:
    """Score by a multinomial logistic regression over the vectors, one a voice: a head in the manner of SetFit.

    An example with several best passages counts as one of each, by their shares in `targets`.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - seconds to import, needed here alone

    def scores(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        found = np.zeros((len(rows), targets.shape[1]))
        kept = np.delete(np.arange(len(targets)), rows)
        for columns in examples.layout.columns.values():
            example, label = np.nonzero(targets[kept, columns])
            part = found[:, columns]
            if len(set(label.tolist())) == 1:
                part[:, label[0]] = 1
                continue
            shares = targets[kept, columns][example, label]
            model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=300)
            model.fit(vectors[kept][example], label, sample_weight=shares)
            part[:, model.classes_] = model.predict_proba(vectors[rows])
        return found

    return scores


def repairing(pack: Pack) -> Callable[[str], str]:
    """Give a reading that mends typing errors, and then spells out.

    A word of small letters that stands neither in the pack nor in carefully written questions of two intents becomes
    the nearest word of the pack's passages and names, when that is near enough. Of two, so that no question vouches for
    its own words alone.
    """
    texts = [passage.text for passage in pack.passages]
    names = [alias for side in pack.sides for alias in side.aliases] + [topic.name for topic in pack.topics]
    vocabulary = sorted({word for text in texts + names for word in words(text) if len(word) >= _REPAIRED_FROM})
    intents: defaultdict[str, set[str]] = defaultdict(set)
    for question in pack.questions:
        if question.kind in _CAREFUL_KINDS:
            for word in words(question.text):
                intents[word].add(question.intent)
    right = {word for word, among in intents.items() if len(among) > 1}.union(vocabulary)
    mended: dict[str, str] = {}

    def mend(match: re.Match[str]) -> str:
        word = match[0]
        if word in right:
            return word
        if word not in mended:
            near = process.extractOne(word, vocabulary, scorer=OSA.normalized_similarity, score_cutoff=_NEAR_ENOUGH)
            mended[word] = near[0] if near else word
        return mended[word]

    small = re.compile(rf"(?<!\w)[^\W\d_]{{{_REPAIRED_FROM},}}(?!\w)")
    return lambda text: spelt_out(small.sub(lambda match: mend(match) if match[0].islower() else match[0], text))


@dataclass(frozen=True, slots=True)
class Worth:
    """A variant's both-sides score, and that less the score of the first variant, on the same questions."""

    variant: Variant
    both_sides: Figure
    difference: Figure


def worths(key: AnswerKey, judged: Mapping[Variant, Sheet], resampling: Resampling) -> tuple[Worth, ...]:
    """Compare the variants with the first one of VARIANTS, in their order."""
    scores = {variant: score_of(key, judged[variant]) for variant in VARIANTS if variant in judged}
    first = next(iter(scores.values()))
    return tuple(
        Worth(variant, resampling.figure(score), resampling.difference(score, first))
        for variant, score in scores.items()
    )
