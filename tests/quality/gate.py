"""Train the gate that comes with the program on all packs of the repository, and judge it on each left out.

    python -m tests.quality.gate           # how much it is worth on a pack that it has not learnt from
    python -m tests.quality.gate --write   # and put the gate of all packs in its place

The shipped pack is asked its own questions, the others those of `packs/`. Some of them, or none, are its examples,
drawn anew each time; the rest is asked.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

import embeddings.learnt
from bot.config.sections import Config
from bot.opening import load_encoder
from embeddings.index.index import GATE, vector_cache
from embeddings.index.learnt_files import write_learnt
from embeddings.learnt.calibration import Calibration, Curve
from embeddings.learnt.expansion import Expansions
from embeddings.learnt.gate import Gatekeeper
from embeddings.learnt.ranker import Layout, Regression
from embeddings.learnt.spelling import Spelling
from knowledge.pack import SHIPPED, load_pack
from knowledge.reading.heldout import read_heldout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors
    from embeddings.learnt.expansion import Views
    from knowledge.model import Pack, Question

    Encode = Callable[[Sequence[str]], Vectors]

ASKED: Final = Path(__file__).parent / "packs"
"""The questions of the packs that have none of their own, as NAME.toml."""

EXAMPLES: Final = (0, 10, 30, 100, 300, 600, 1000)
"""How many examples a pack is given, as far as it has enough questions."""

DRAWS: Final = 2
"""How often examples are drawn for each of these numbers."""

LEAST_ASKED: Final = 100
MOST_ASKED: Final = 2500
"""Questions that are asked of a pack with some examples."""

SHARE: Final = 0.2
"""What a pack counts beside the shipped one, which has fifty times as many questions."""

THRESHOLD: Final = 0.45
"""The probability from which a passage is quoted."""

FALSE_SILENCE: Final = 0.05
"""Share of the voices said to be silent for nearly certain that may have an answer."""

_STRENGTH: Final = 0.05
"""The inverse of the regularisation."""

_CONSTANT: Final = 1e-5


@dataclass(frozen=True)
class Seen:
    """What the gate sees of some questions in one voice, and what is right.

    `table` (questions, candidates, features), `answers` (questions, candidates), `speaks` (questions,).
    """

    table: NDArray[np.float64]
    answers: NDArray[np.bool_]
    speaks: NDArray[np.bool_]

    def points(self, gate: Calibration) -> NDArray[np.bool_]:
        """Return whether a gate quotes a right passage first, or is rightly silent; shape (questions,)."""
        shown = gate.confidence(self.table)[:, 0] >= gate.threshold
        points: NDArray[np.bool_] = np.where(shown, self.answers[:, 0], ~self.speaks)
        return points


@dataclass(frozen=True)
class Course:
    """A pack with its questions, and an encoder."""

    pack: Pack
    questions: tuple[Question, ...]
    encode: Encode

    def sittings(self, rng: np.random.Generator) -> Iterator[tuple[int, list[Seen]]]:
        """Yield, for each number of examples and each draw, what the gate sees of the others, side by side."""
        for count in EXAMPLES:
            if count > len(self.questions) - LEAST_ASKED:
                return
            for _ in range(DRAWS if count else 1):
                examples, others = self._drawn(count, rng)
                yield count, self._seen(examples, others)

    def _drawn(self, count: int, rng: np.random.Generator) -> tuple[list[Question], list[Question]]:
        """Draw examples, one of each intent before any second one, and the questions that are asked."""
        rounds: dict[str, int] = {}
        order: list[tuple[int, int, int]] = []
        for row in rng.permutation(len(self.questions)).tolist():
            intent = self.questions[row].intent
            rounds[intent] = rounds.get(intent, -1) + 1
            order.append((rounds[intent], len(order), row))
        rows = [row for _, _, row in sorted(order)]
        others = rng.permutation(rows[count:])[:MOST_ASKED].tolist()
        return [self.questions[row] for row in rows[:count]], [self.questions[row] for row in others]

    def _seen(self, examples: Sequence[Question], asked: Sequence[Question]) -> list[Seen]:
        taught = replace(self.pack, questions=tuple(examples), statements=())
        read, layout = Spelling.of(taught).read, Layout.of(taught)
        # What the gate makes of the features is nothing to this.
        keeper = Gatekeeper(taught, layout, self._views, _NO_GATE)
        texts = [read(question.text) for question in asked]
        vectors, above = self.encode(texts), None
        if examples:
            own = [read(question.text) for question in examples]
            ranker = Regression.fit(own, layout.targets(taught), self.encode(own)).ranker
            above = ranker.scores_of(texts, ranker.examples.cosines(vectors)) - ranker.base
        ids = [one.id for one in self.pack.passages]
        gold = np.array([[id_ in question.gold for id_ in ids] for question in asked], dtype=bool)
        found = keeper.features(texts, vectors, above)
        return [
            Seen(table, np.take_along_axis(gold, rows, axis=1), np.any(gold[:, self._own[side]], axis=1))
            for side, (rows, table) in found.items()
            if side in self.pack.side_ids
        ]

    @cached_property
    def _views(self) -> Views:
        expansions = Expansions.of(self.pack)
        views = expansions.views(self.encode(expansions.texts))
        if views is None:
            raise ValueError(f"{self.pack.id} has too many passages for the gate")
        return views

    @cached_property
    def _own(self) -> Mapping[str, NDArray[np.bool_]]:
        voices = np.array([passage.voice for passage in self.pack.passages])
        return {side: voices == side for side in self.pack.side_ids}


def fitted(packs: Mapping[str, Sequence[Seen]]) -> Calibration:
    """Fit a gate to what it sees of several packs, by their names."""
    firsts, further, speaks = [], [], []
    for name, seen in packs.items():
        weight = (1.0 if name == SHIPPED.name else SHARE) / sum(len(one.table) for one in seen)
        for one in seen:
            count, features = len(one.table), one.table.shape[-1]
            firsts.append((one.table[:, 0], one.answers[:, 0], np.full(count, weight)))
            others = one.answers[:, 1:].ravel()
            further.append((one.table[:, 1:].reshape(-1, features), others, np.full(len(others), weight)))
            speaks.append((one.table[:, 0], one.speaks, np.full(count, weight)))
    presence = _curve(*map(np.concatenate, zip(*speaks, strict=True)))
    line = _silence_line(presence, *map(np.concatenate, zip(*speaks, strict=True)))
    return Calibration(
        replace(_curve(*map(np.concatenate, zip(*firsts, strict=True))), threshold=THRESHOLD),
        _curve(*map(np.concatenate, zip(*further, strict=True))),
        replace(presence, threshold=line),
    )


def _curve(table: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]) -> Curve:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - seconds to import

    weights = weights * len(weights) / weights.sum()
    mean = np.average(table, axis=0, weights=weights)
    scale = np.sqrt(np.average((table - mean) ** 2, axis=0, weights=weights))
    scale[scale < _CONSTANT] = 1.0
    model = LogisticRegression(C=_STRENGTH, max_iter=2000).fit((table - mean) / scale, right, sample_weight=weights)
    return Curve(mean, scale, model.coef_[0], float(model.intercept_[0]), 0.5)


def _silence_line(
    curve: Curve, table: NDArray[np.float64], speaks: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    """Return the highest probability of an answer below which few enough voices have one; 0 without any."""
    confidence = curve.confidence(table)
    order = np.argsort(confidence, kind="stable")
    false = np.cumsum((speaks * weights)[order]) / np.cumsum(weights[order])
    below = np.flatnonzero(false <= FALSE_SILENCE)
    return float(confidence[order[below[-1]]]) if len(below) else 0.0


_NO_GATE: Final = Calibration(*[Curve(np.zeros(0), np.ones(0), np.zeros(0), 0.0, 0.5)] * 3)


def courses() -> Iterator[Course]:
    """Yield the packs of the repository that there are questions for."""
    encoder = load_encoder(Config())
    for folder in sorted(path.parent for path in SHIPPED.parent.glob("*/pack.toml")):
        pack, asked = load_pack(folder), ASKED / f"{folder.name}.toml"
        questions = read_heldout(asked, pack).questions if asked.exists() else pack.questions
        if questions:
            yield Course(replace(pack, questions=()), questions, vector_cache(pack, encoder).encode)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and judge, and print how much each gate is worth."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.gate", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the gate of all packs in place of the shipped one")
    writes = parser.parse_args(arguments).write
    seen: dict[str, list[tuple[int, list[Seen]]]] = {}
    for course in courses():
        sys.stderr.write(f"{course.pack.id}: {len(course.questions)} questions\n")
        seen[course.pack.id] = [*course.sittings(np.random.default_rng(7))]
    learnt = {name: [one for _, sides in sittings for one in sides] for name, sittings in seen.items()}
    for name, sittings in seen.items():
        others = {other: sides for other, sides in learnt.items() if other != name}
        if not others:
            continue
        gate = fitted(others)
        for count in sorted({count for count, _ in sittings}):
            own = [one for number, sides in sittings for one in sides if number == count]
            score = np.mean([one.points(gate).mean() for one in own])
            silence = np.mean([1 - one.speaks.mean() for one in own])
            sys.stdout.write(f"{name}, {count} examples: {score:.3f}, silence alone {silence:.3f}\n")
    if writes:
        write_learnt(Path(embeddings.learnt.__path__[0]), GATE, fitted(learnt))


if __name__ == "__main__":
    main()
