"""What earns its place: the system with one thing taken away or replaced, on the same questions and folds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from embeddings.judging.answer_key import AnswerKey, SystemSheet
from embeddings.judging.baselines import convex
from embeddings.judging.evaluation import Scheme, cross_validated
from embeddings.judging.metrics import score_of
from embeddings.learnt.calibration import Calibration, best_threshold, calibrate, fit_curve, presence
from embeddings.learnt.ranker import WEIGHTS, KernelWeights
from embeddings.learnt.spelling import Phrasing
from embeddings.learnt.trust import FOLDS, folds_of
from embeddings.learnt.untaught import DENSE_WEIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors
    from embeddings.judging.evaluation import Material
    from embeddings.judging.resampling import Figure, Resampling
    from embeddings.learnt.trust import Examples, Scorer

_INVERSE_PENALTY: Final = 10.0
"""The softmax head's C: ten times the default of scikit-learn, which is meant for features longer than unit vectors."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The system with something else about it.

    Other `weights`; another reading; another head in place of the ridge; calibrated on the best candidate and on the
    others, or on all of them as one.
    """

    name: str
    weights: KernelWeights = WEIGHTS
    reading: Literal["mended", "spelt out", "as typed"] = "mended"
    head: Literal["ridge", "softmax", "none"] = "ridge"
    calibrated: Literal["by rank", "as one"] = "by rank"


VARIANTS: Final = (
    Variant("the full system"),
    Variant("no likeness of meaning", replace(WEIGHTS, meaning=0.0)),
    Variant("no likeness of words", replace(WEIGHTS, words=0.0)),
    Variant("no likeness of either", replace(WEIGHTS, letters=0.0, words=0.0)),
    Variant("no examples: dense and lexical", head="none"),
    Variant("softmax instead of kernel ridge", head="softmax"),
    Variant("one calibration for all candidates", calibrated="as one"),
    Variant("no mending of typing errors", reading="spelt out"),
    Variant("no spelling out either", reading="as typed"),
)


ABLATION_TICKS: Final = len({(variant.reading, variant.weights) for variant in VARIANTS}) + len(VARIANTS) * FOLDS
"""Ticks of `ablated` over all variants: the trainings, and five folds a variant."""


def ablated(
    material: Material, tick: Callable[[], None] = lambda: None, variants: tuple[Variant, ...] = VARIANTS
) -> Iterator[tuple[Variant, SystemSheet]]:
    """Judge each variant by five folds, giving it as soon as it is ready; `tick` is called once a training and fold.

    Variants that read and weigh alike follow each other, so that they share one training.
    """
    phrasing = Phrasing(material.pack.wording.short_forms)
    readings = {"mended": material.read, "spelt out": phrasing.spelt_out, "as typed": str.lower}
    # All at once, so that the encoding is done before anything is judged.
    material.encode([read(question.text) for read in readings.values() for question in material.pack.questions])
    folds = folds_of(material.pack.questions)
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
                    fit = calibrate if variant.calibrated == "by rank" else as_one
                    yield variant, cross_validated(examples, key, heads[variant.head], scheme, folds, tick, fit)


def as_one(
    table: NDArray[np.float64], answers: NDArray[np.bool_], speaks: NDArray[np.bool_], outside: NDArray[np.bool_]
) -> Calibration:
    """Calibrate by one curve for all candidates, which may also put another one first."""
    curve = fit_curve(table, answers)
    line = best_threshold(curve.confidence(table), answers, speaks, outside)
    return OneCurve(replace(curve, threshold=line), curve, presence(table, speaks, outside))


class OneCurve(Calibration):
    """A calibration that treats all candidates alike."""

    def confidence(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability that each candidate answers."""
        return self.first.confidence(table)


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


@dataclass(frozen=True, slots=True)
class Worth:
    """A variant's both-sides score, and that less the score of the first variant, on the same questions."""

    variant: Variant
    both_sides: Figure
    difference: Figure


def worths(key: AnswerKey, judged: Mapping[Variant, SystemSheet], resampling: Resampling) -> tuple[Worth, ...]:
    """Compare the variants with the first one of VARIANTS, in their order."""
    scores = {variant: score_of(key, judged[variant]) for variant in VARIANTS if variant in judged}
    first = next(iter(scores.values()))
    return tuple(
        Worth(variant, resampling.figure(score), resampling.difference(score, first))
        for variant, score in scores.items()
    )
