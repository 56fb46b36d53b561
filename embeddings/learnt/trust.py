"""Training the ranker, and learning how far to trust it from examples that it had not seen when it scored them.

Runs when an index is built, and fold by fold when retrieval is evaluated.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.learnt.calibration import Calibration, calibrate
from embeddings.learnt.evidence import Taught, lengths_of, lexical_table, voice_evidence
from embeddings.learnt.ranker import Layout, Ranker, Regression
from embeddings.learnt.untaught import ENOUGH, compared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors
    from embeddings.index.lexical import LexicalIndex
    from embeddings.learnt.gate import Gatekeeper, Judged
    from embeddings.learnt.spelling import Spelling
    from knowledge.model import Pack, Question, Statement
    from knowledge.sparring import Argued

    Scorer = Callable[[NDArray[np.int64]], NDArray[np.float64]]
    """Scores examples, by number, as if none of them had been trained on; shape (examples, width)."""

    Fit = Callable[[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]], Calibration]
    """Fits a voice's calibration to features, answers, whether it speaks, and who asks, as `calibrate` does."""

FOLDS: Final = 5

_CALIBRATED_BY: Final = 4000
"""Examples by which it is learnt how far to trust the ranker, where there are more: judging them unseen takes long."""


def folds_of(examples: Iterable[Question | Statement | Argued]) -> NDArray[np.int64]:
    """Deal examples into five folds by a hash of their text, so that a new one moves no other."""
    digests = [hashlib.sha256(example.text.encode()).digest() for example in examples]
    return np.array([int.from_bytes(digest[:4], "big") % FOLDS for digest in digests], dtype=np.int64)


def group_folds(labels: list[str]) -> NDArray[np.int64]:
    """Return a fold for each distinct label, numbered in order of appearance."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], dtype=np.int64)


@dataclass(frozen=True)
class Unseen:
    """One voice's candidates for some examples, judged without other examples.

    `columns` (examples, candidates) are places in `layout.passages[voice]`; `table` their features; `answers` whether
    they are gold; `speaks` (examples,) whether the voice has any gold; `outside` (examples,) as for `calibrate`.
    """

    columns: NDArray[np.int64]
    table: NDArray[np.float64]
    answers: NDArray[np.bool_]
    speaks: NDArray[np.bool_]
    outside: NDArray[np.bool_]

    @classmethod
    def joined(cls, pieces: Sequence[Unseen]) -> Unseen:
        """Return the evidence on several sets of examples as one; each must have as many candidates."""
        return cls(
            np.concatenate([piece.columns for piece in pieces]),
            np.concatenate([piece.table for piece in pieces]),
            np.concatenate([piece.answers for piece in pieces]),
            np.concatenate([piece.speaks for piece in pieces]),
            np.concatenate([piece.outside for piece in pieces]),
        )


@dataclass(frozen=True)
class Examples:
    """The example questions with everything that their evidence is made of, one a row.

    `grades`, `dense` and `lexical` have shape (examples, passages), in the pack's order; `cosines` (examples,
    examples). `places` are those of a voice's taught passages in the pack, `targets` those of the ranker. `keeper` is
    None for a pack without a gate.
    """

    layout: Layout
    texts: tuple[str, ...]
    vectors: Vectors
    keeper: Gatekeeper | None
    targets: NDArray[np.float64]
    taught: Taught
    grades: NDArray[np.int8]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float64]
    cosines: NDArray[np.float32]
    places: Mapping[str, NDArray[np.int64]]

    @classmethod
    def of(
        cls,
        pack: Pack,
        texts: Sequence[str],
        vectors: Vectors,
        passages: Vectors,
        index: LexicalIndex,
        keeper: Gatekeeper | None,
    ) -> Examples:
        """Return those of a pack; `texts` are as read, `vectors` and `passages` unit vectors in order."""
        layout = Layout.of(pack)
        place_of = {passage.id: place for place, passage in enumerate(pack.passages)}
        grades = np.zeros((len(texts), len(place_of)), dtype=np.int8)
        for row, question in zip(grades, pack.questions, strict=True):
            for passage_id, grade in question.gold.items():
                row[place_of[passage_id]] = grade
        return cls(
            layout=layout,
            texts=tuple(texts),
            vectors=vectors,
            keeper=keeper,
            targets=layout.targets(pack),
            taught=Taught.by(pack, layout),
            grades=grades,
            dense=vectors @ passages.T,
            lexical=lexical_table(index, texts, len(place_of)),
            cosines=vectors @ vectors.T,
            places={
                voice: np.array([place_of[id_] for id_ in layout.passages[voice]], dtype=np.int64)
                for voice in layout.voices
            },
        )

    def gated(
        self, rows: NDArray[np.int64], scores: NDArray[np.float64], trained: NDArray[np.bool_]
    ) -> dict[str, Judged]:
        """Return what the gate makes of some examples, voice by voice, after a ranker `trained` on others.

        `scores` are (len(rows), width).
        """
        if self.keeper is None:
            return {}
        above = scores - self.targets[trained].mean(axis=0) if trained.any() else None
        return self.keeper.judged([self.texts[row] for row in rows], self.vectors[rows], above)

    def taught_by(self, trained: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
        """Return each voice's columns of passages that answer at least one example `trained` on."""
        answered = self.grades[trained].sum(axis=0, dtype=np.int64) > 0
        return {voice: np.flatnonzero(answered[places]) for voice, places in self.places.items()}

    def nearest(self, rows: NDArray[np.int64], trained: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return the cosine of the nearest example `trained` on, -1 where there is none; shape (len(rows),)."""
        nearest: NDArray[np.float32] = self.cosines[np.ix_(rows, np.flatnonzero(trained))].max(axis=1, initial=-1.0)
        return nearest

    def evidence(
        self,
        rows: NDArray[np.int64],
        scores: NDArray[np.float64],
        columns: Mapping[str, NDArray[np.int64]],
    ) -> dict[str, Unseen]:
        """Return the evidence on examples by voice, among its `columns`; `scores` are (len(rows), width)."""
        found = {}
        lengths = lengths_of([self.texts[row] for row in rows.tolist()])
        for voice, own in columns.items():
            if not len(own):
                continue
            order, table = voice_evidence(self.layout, voice, scores, lengths, own)
            places = self.places[voice][own[order]]
            answers = self.grades[rows[:, None], places] > 0
            found[voice] = Unseen(
                own[order], table, answers, self.taught.speaks[voice][rows], self.taught.outside[rows]
            )
        return found


def calibrations_of(
    examples: Examples,
    without: Scorer,
    folds: NDArray[np.int64],
    trained: NDArray[np.bool_],
    fit: Fit = calibrate,
) -> dict[str, Calibration]:
    """Fit the calibration of every taught voice, judging each example `trained` on without its whole fold."""
    columns = examples.taught_by(trained)
    found: dict[str, list[Unseen]] = {}
    for fold in np.unique(folds[trained]):
        missing = np.flatnonzero(~trained | (folds == fold))
        judged = trained[missing]
        pieces = examples.evidence(missing[judged], without(missing)[judged], columns)
        for voice, piece in pieces.items():
            found.setdefault(voice, []).append(piece)
    joined = {voice: Unseen.joined(pieces) for voice, pieces in found.items()}
    return {voice: fit(unseen.table, unseen.answers, unseen.speaks, unseen.outside) for voice, unseen in joined.items()}


def judged_of(folds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which examples are judged unseen, whole folds of them, so that there are enough for a calibration."""
    enough = -(-FOLDS * _CALIBRATED_BY // max(len(folds), 1))
    return folds < enough


def train_calibrations(
    pack: Pack, texts: Sequence[str], scores: NDArray[np.float64], rows: NDArray[np.int64]
) -> tuple[dict[str, Calibration], NDArray[np.bool_]]:
    """Fit the calibration of every taught voice to the `scores` (rows, width) of the examples `rows`, left out.

    `texts` are these as they are read.
    Beside it stand the points (rows, sides) that each example then earns: for a first quote that is gold, or for
    silence where the side has no gold.
    """
    layout = Layout.of(pack)
    taught = Taught.by(pack, layout)
    points = {voice: ~speaks[rows] for voice, speaks in taught.speaks.items()}
    questions = [pack.questions[row] for row in rows.tolist()]
    found, lengths = {}, lengths_of(texts)
    for voice, ids in layout.passages.items():
        if not ids:
            continue
        grades = np.array([[question.gold.get(id_, 0) for id_ in ids] for question in questions])
        order, table = voice_evidence(layout, voice, scores, lengths)
        answers = np.take_along_axis(grades > 0, order, axis=1)
        found[voice] = calibrate(table, answers, taught.speaks[voice][rows], taught.outside[rows])
        shown = found[voice].confidence(table)[:, 0] >= found[voice].threshold
        points[voice] = np.where(shown, answers[:, 0], points[voice])
    return found, np.stack([points[side] for side in pack.side_ids], axis=1)


def taught_by_questions(
    pack: Pack, spelling: Spelling, vectors: Vectors, asked: Sequence[str], keeper: Gatekeeper | None
) -> tuple[Ranker | None, dict[str, Calibration]]:
    """Return what the example questions teach; `asked` are their texts as they are read, with their vectors."""
    if not pack.questions:
        return None, {}
    folds = folds_of(pack.questions)
    judged = judged_of(folds)
    regression = Regression.train(pack, vectors, read=spelling.read, judged=judged)
    return regression.ranker, _worth_having(pack, regression, folds, vectors, asked, keeper)


def _worth_having(
    pack: Pack,
    regression: Regression,
    folds: NDArray[np.int64],
    vectors: Vectors,
    asked: Sequence[str],
    keeper: Gatekeeper | None,
) -> dict[str, Calibration]:
    """Return how far to trust the ranker alone; nothing where the gate answers its examples, unseen, better.

    `asked` are the examples as they are read, `vectors` theirs.
    """
    if len(pack.questions) < ENOUGH:
        return {}
    rows, scores = regression.judged, regression.left_out(folds)
    calibrations, taught = train_calibrations(pack, [asked[row] for row in rows], scores, rows)
    if keeper is None:
        return calibrations
    some = compared(rows)
    chosen = rows[some].tolist()
    questions, texts = [pack.questions[row] for row in chosen], [asked[row] for row in chosen]
    gated = keeper.points(questions, texts, vectors[chosen], scores[some] - regression.ranker.base)
    return calibrations if taught[some].mean() > gated.mean() else {}
