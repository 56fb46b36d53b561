"""Judging retrieval by examples that it has not seen, questions and statements, and by what it never saw at all.

Everything that learns is left in the dark about what it is judged by: the ranker, the calibration and the thresholds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from embeddings.hits import Findings
from embeddings.index.index import passage_vectors, shipped_gate
from embeddings.judging import baselines
from embeddings.judging.answer_key import DEPTH, AnswerKey, Ranking, SystemSheet
from embeddings.judging.baselines import PlainScores, convex
from embeddings.judging.metrics import Evaluation
from embeddings.learnt.calibration import calibrate
from embeddings.learnt.evidence import lexical_table
from embeddings.learnt.expansion import Expansions
from embeddings.learnt.gate import Gatekeeper
from embeddings.learnt.ranker import WEIGHTS, KernelWeights, Layout, Regression
from embeddings.learnt.sparring import SparringModel, argued_in, train_replies
from embeddings.learnt.spelling import Spelling
from embeddings.learnt.stance import ClaimReader
from embeddings.learnt.stance_training import Lesson
from embeddings.learnt.trust import FOLDS, Examples, calibrations_of, folds_of, group_folds
from embeddings.learnt.untaught import DENSE_WEIGHT, UNTAUGHT_SILENCE, UNTAUGHT_THRESHOLD, untaught_confidence
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from embeddings.encoders.reference import Vectors
    from embeddings.hits import StanceFinding
    from embeddings.index.index import Index
    from embeddings.index.lexical import LexicalIndex
    from embeddings.learnt.calibration import Calibration
    from embeddings.learnt.gate import Judged
    from embeddings.learnt.trust import Fit, Scorer, Unseen
    from embeddings.retriever import Retriever
    from knowledge.model import Pack, Question, Statement


@dataclass(frozen=True)
class Scheme:
    """Which questions are judged together, without one another: shape (questions,) each.

    Every number in `groups` is left out at a time. `parts` are unions of groups; what judges a question (calibration
    and thresholds) is fitted without its whole part.
    """

    name: str
    groups: NDArray[np.int64]
    parts: NDArray[np.int64]


def schemes(pack: Pack) -> tuple[Scheme, ...]:
    """Return the three schemes: five folds, one intent left out at a time, one topic left out at a time.

    The topic of a question is the first one of the first of its best passages; questions that nobody answers have none
    and stay with their intent.
    """
    folds = folds_of(pack.questions)
    intents = group_folds([question.intent for question in pack.questions])
    topics = group_folds([_topic(pack, question) for question in pack.questions])
    return (
        Scheme("folds", folds, folds),
        Scheme("intents", intents, dealt(intents)),
        Scheme("topics", topics, dealt(topics)),
    )


def _topic(pack: Pack, question: Question) -> str:
    if not question.gold:
        return f"intent {question.intent}"
    best = max(question.gold.values())
    first = next(passage_id for passage_id, grade in question.gold.items() if grade == best)
    return f"topic {pack.passage(first).topics[0]}"


def dealt(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Deal whole groups into five parts of like size: the largest first, each to the part that has least."""
    sizes = np.bincount(groups)
    loads = np.zeros(FOLDS, dtype=np.int64)
    part_of = np.zeros(len(sizes), dtype=np.int64)
    for group in np.argsort(-sizes, kind="stable"):
        part_of[group] = loads.argmin()
        loads[part_of[group]] += sizes[group]
    return part_of[groups]


@dataclass(frozen=True)
class Material:
    """What every run starts from: a pack, the unit vectors of its passages in order, its words, and an encoder.

    `taught` tells whether the pack is answered by what its examples teach.
    """

    pack: Pack
    passages: Vectors
    words: LexicalIndex
    encode: Callable[[Sequence[str]], Vectors]
    taught: bool = True

    @cached_property
    def read(self) -> Callable[[str], str]:
        """How the system reads questions."""
        return Spelling.of(self.pack).read

    def examples(self, read: Callable[[str], str] | None = None) -> tuple[Examples, Vectors]:
        """Encode the example questions as they are `read` (None: as ever), and gather what evidence is made of."""
        texts = [(read or self.read)(question.text) for question in self.pack.questions]
        vectors = self.encode(texts)
        expansions = Expansions.of(self.pack)
        views = expansions.views(self.encode(expansions.texts))
        keeper = Gatekeeper(self.pack, Layout.of(self.pack), views, shipped_gate()) if views else None
        return Examples.of(self.pack, texts, vectors, self.passages, self.words, keeper), vectors

    def trained(
        self, vectors: Vectors, weights: KernelWeights = WEIGHTS, read: Callable[[str], str] | None = None
    ) -> Regression:
        """Train the ranker on the example questions; `vectors` are theirs, as they are `read` (None: as ever)."""
        return Regression.train(self.pack, vectors, weights=weights, read=read or self.read)


def cross_validated(
    examples: Examples,
    key: AnswerKey,
    without: Scorer,
    scheme: Scheme,
    folds: NDArray[np.int64],
    tick: Callable[[], None] = lambda: None,
    fit: Fit | None = calibrate,
) -> SystemSheet:
    """Judge every example question without its group; nested: nothing that judges a question has learnt from it.

    Only which forms of words are counted, and their weights, come from all questions; no answer stands in them.
    `without` scores examples as if they had not been trained on; `folds` are those by which the shipped index learns
    how far to trust the ranker, and `fit` does that (None: not at all, and every passage counts as one that no example
    teaches). `tick` is called once a part.
    """
    remembered = _remembering(without)
    nearest = np.zeros(len(folds), dtype=np.float32)
    pieces: dict[str, list[Ranking]] = {voice: [] for voice in key.places}
    judged: list[NDArray[np.int64]] = []
    for part in np.unique(scheme.parts):
        inside = scheme.parts == part
        calibrations = calibrations_of(examples, remembered, folds, ~inside, fit) if fit else {}
        for group in np.unique(scheme.groups[inside]):
            trained = scheme.groups != group
            rows = np.flatnonzero(~trained)
            columns = examples.taught_by(trained)
            scores = remembered(rows)
            unseen = examples.evidence(rows, scores, columns) if fit else {}
            gated = examples.gated(rows, scores, trained)
            nearest[rows] = examples.nearest(rows, trained)
            judged.append(rows)
            for voice, places in key.places.items():
                judge = calibrations.get(voice)
                new = ~np.isin(places, examples.places[voice][columns[voice]] if judge else ())
                judged_by = (unseen[voice], judge) if judge and voice in unseen else None
                pieces[voice].append(_ranked(examples, rows, voice, places, new, judged_by, gated.get(voice)))
        tick()
    back = np.argsort(np.concatenate(judged))
    return SystemSheet(
        {voice: Ranking.joined(found, back) for voice, found in pieces.items()}, nearest, calibrated=True
    )


def _ranked(
    examples: Examples,
    rows: NDArray[np.int64],
    voice: str,
    places: NDArray[np.int64],
    new: NDArray[np.bool_],
    taught: tuple[Unseen, Calibration] | None,
    gated: Judged | None,
) -> Ranking:
    """Rank a voice's passages as the retriever does; `new` are those that no example teaches any more."""
    block = np.ix_(rows, places)
    mixed = convex(examples.dense[block], examples.lexical[block], DENSE_WEIGHT)
    confidence = np.zeros(mixed.shape)
    if gated is None:
        confidence[:, new] = np.vectorize(untaught_confidence, otypes=[float])(mixed[:, new])
        silent = confidence.max(axis=1, initial=0.0) < UNTAUGHT_SILENCE
    else:
        np.put_along_axis(confidence, np.searchsorted(places, gated.rows), gated.confidence, axis=1)
        confidence[:, ~new] = 0.0
        silent = gated.silent | ~new.any()
    threshold = examples.keeper.threshold if examples.keeper else UNTAUGHT_THRESHOLD
    if taught is not None:
        unseen, calibration = taught
        threshold = calibration.threshold
        trust, none = calibration.judged(unseen.table)
        silent &= none
        where = np.searchsorted(places, examples.places[voice][unseen.columns])
        np.put_along_axis(confidence, where, trust, axis=1)
    return Ranking.of(confidence, places, threshold, mixed, silent)


def _remembering(without: Scorer) -> Scorer:
    """Score no set of examples twice: two folds are left out together in either order."""
    known: dict[bytes, NDArray[np.float64]] = {}

    def scores(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        name = rows.tobytes()
        if name not in known:
            known[name] = without(rows)
        return known[name]

    return scores


def sheet_of(pack: Pack, findings: Sequence[Findings], nearest: NDArray[np.floating]) -> SystemSheet:
    """Read off what the shipped index found; `nearest` are the cosines of each question's nearest example."""
    place_of = {passage.id: place for place, passage in enumerate(pack.passages)}
    rankings = {}
    for voice in (*pack.side_ids, CONTEXT):
        shape = (len(findings), DEPTH)
        silent = np.array([voice in found.silent for found in findings], dtype=bool)
        ranking = Ranking(np.full(shape, -1), np.zeros(shape), np.zeros(shape, dtype=bool), silent)
        for row, found in enumerate(findings):
            for rank, hit in enumerate(found.hits[voice][:DEPTH]):
                ranking.places[row, rank] = place_of[hit.passage_id]
                ranking.confidence[row, rank] = hit.confidence
                ranking.shown[row, rank] = hit.confidence >= found.thresholds[voice]
        silent &= ~ranking.shown[:, 0]
        rankings[voice] = ranking
    return SystemSheet(rankings, nearest, calibrated=True)


EVALUATION_TICKS: Final = 2 + 3 * FOLDS + 1
"""Ticks of `evaluated`: the examples, the training, the parts of three schemes, and the plain systems."""


def evaluated(material: Material, tick: Callable[[], None] = lambda: None) -> Evaluation:
    """Judge the pack's own example questions by every scheme, and the plain systems by the five folds."""
    examples, vectors = material.examples()
    key = AnswerKey.of(material.pack, material.pack.questions)
    tick()
    regression = material.trained(vectors)
    tick()
    folds = folds_of(material.pack.questions)
    fit = calibrate if material.taught else None
    sheets = {
        scheme.name: cross_validated(examples, key, regression.without, scheme, folds, tick, fit)
        for scheme in schemes(material.pack)
    }
    seen = PlainScores(key, examples.dense, examples.lexical, sheets["folds"].nearest)
    plain, shares = baselines.cross_validated(seen, folds)
    tick()
    return Evaluation(key, sheets, plain, shares)


def held_out(material: Material, retriever: Retriever, questions: Sequence[Question]) -> Evaluation:
    """Judge questions that are no examples by the pack's index.

    The plain systems are tuned on all examples; for a pack without any, on the other questions, by the five folds.
    """
    examples = material.pack.questions
    own = material.encode([material.read(question.text) for question in examples]) if examples else None
    asked = _plain(material, questions, own)
    if own is not None:
        plain, share = baselines.plain_systems(_plain(material, examples, own), asked)
        shares: tuple[float, ...] = (share,)
    else:
        plain, shares = baselines.cross_validated(asked, folds_of(questions))
    findings = retriever.find_many([question.text for question in questions])
    sheet = sheet_of(material.pack, findings, asked.nearest)
    return Evaluation(asked.key, {"heldout": sheet}, plain, shares)


def _plain(material: Material, questions: Sequence[Question], examples: Vectors | None) -> PlainScores:
    """Return the plain scores of questions; `examples` are the vectors of all examples, if any."""
    texts = [material.read(question.text) for question in questions]
    vectors = material.encode(texts)
    return PlainScores(
        AnswerKey.of(material.pack, questions),
        vectors @ material.passages.T,
        lexical_table(material.words, texts, len(material.pack.passages)),
        np.full(len(texts), -1.0) if examples is None else np.max(vectors @ examples.T, axis=1),
    )


REBUTTAL_TICKS: Final = 3
"""Ticks of `unseen_rebuttals`: learning, and the two schemes."""


def claim_types(statements: Sequence[Statement]) -> list[str]:
    """Name the type of each statement: those with one stance and one gold make the same claim.

    Those that nothing is held against cannot be told apart by it, so each has a type of its own.
    """
    return [
        f"{statement.stance}: {' '.join(sorted(statement.gold))}" if statement.gold else f"statement {number}"
        for number, statement in enumerate(statements)
    ]


def unseen_rebuttals(
    pack: Pack,
    index: Index,
    encode: Callable[[Sequence[str]], Vectors],
    tick: Callable[[], None] = lambda: None,
) -> dict[str, list[StanceFinding]]:
    """Judge the pack's statements by two schemes, each in order: five folds, and five parts of whole types of claims.

    Nested: neither what ranks nor what calibrates has seen the statement's fold or part. A scheme that would leave
    nothing to learn from is left out, as may happen with very few statements. The plain findings beside each stance are
    empty, for no stance and no reply depends on them.
    """
    texts = [index.spelling.read(statement.text) for statement in pack.statements]
    own = {side: passage_vectors(index, side) for side in pack.side_ids}
    reader = ClaimReader.of(pack, index.layout, index.ranker, own)
    lesson = Lesson.of(pack, reader.read(texts, encode(texts)))
    tick()
    voices = (*pack.side_ids, CONTEXT)
    findings = [
        Findings(statement.text, dict.fromkeys(voices, ()), dict.fromkeys(voices, 1.0)) for statement in pack.statements
    ]
    found = {}
    for name, folds in (
        ("folds", folds_of(pack.statements)),
        ("claims", dealt(group_folds(claim_types(pack.statements)))),
    ):
        dealt_anew = _dealt_anew(lesson, folds)
        if _has_others(dealt_anew):
            found[name] = dealt_anew.unseen(findings)
        tick()
    return found


def unseen_rejoinders(
    pack: Pack, index: Index, encode: Callable[[Sequence[str]], Vectors], tick: Callable[[], None] = lambda: None
) -> dict[str, SparringModel]:
    """Return, for each author of sparrings, what is learnt without theirs; moves are learnt from no sparring anyway."""
    argued = argued_in(pack)
    texts = [index.spelling.read(each.text) for each in argued]
    own = {side: passage_vectors(index, side) for side in pack.side_ids}
    claims = ClaimReader.of(pack, index.layout, index.ranker, own).read(texts, encode(texts))
    found = {}
    for author in dict.fromkeys(sparring.author for sparring in pack.sparrings):
        rows = np.array([row for row, each in enumerate(argued) if each.author != author], dtype=np.int64)
        replies = train_replies(pack, [argued[row] for row in rows.tolist()], claims.among(rows))
        found[author] = SparringModel(replies, index.sparring.moves)
        tick()
    return found


def _dealt_anew(lesson: Lesson, folds: NDArray[np.int64]) -> Lesson:
    """Return the lesson with its statements dealt into other folds; what it learnt from all of them stays."""
    return replace(
        lesson,
        stances=replace(lesson.stances, folds=folds),
        replies={
            voice: replace(part, taught=replace(part.taught, folds=folds[part.rows]))
            for voice, part in lesson.replies.items()
        },
    )


def _has_others(lesson: Lesson) -> bool:
    """Return whether there is something left to learn from, for stances and for each voice, without any one fold."""
    regressions = (lesson.stances, *(part.taught for part in lesson.replies.values()))
    return all(len(np.unique(regression.folds)) > 1 for regression in regressions)
