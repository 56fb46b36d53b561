from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.hits import Findings
from embeddings.index.index import Index, open_index
from embeddings.judging.answer_key import AnswerKey, SystemSheet
from embeddings.judging.evaluation import (
    EVALUATION_TICKS,
    REBUTTAL_TICKS,
    Material,
    Scheme,
    claim_types,
    cross_validated,
    dealt,
    evaluated,
    held_out,
    schemes,
    sheet_of,
    unseen_rebuttals,
)
from embeddings.judging.metrics import misses, resampling_of, verdicts_of
from embeddings.learnt.spelling import Spelling
from embeddings.learnt.stance_training import Lesson
from embeddings.learnt.trust import folds_of, group_folds
from embeddings.retriever import Retriever
from knowledge.model import Pack, Question, Statement
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.learnt.test_stance import CLAIMS, opinionated, read
from tests.embeddings.packs import drinks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from embeddings.hits import StanceFinding


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Index the drinks."""
    opened = open_index(drinks(), WordEncoder(), tmp_path_factory.mktemp("index"))
    yield opened
    opened.close()


def material_of(index: Index, pack: Pack | None = None) -> Material:
    """Give what a run over the drinks, or a pack with the same passages, starts from."""
    pack, encoder = pack or drinks(), WordEncoder()
    return Material(pack, encoder.encode([passage.text for passage in pack.passages]), index.words, encoder.encode)


def judged(index: Index, pack: Pack, scheme: Scheme) -> SystemSheet:
    """Judge the questions of a pack by a scheme."""
    material = material_of(index, pack)
    examples, vectors = material.examples()
    key = AnswerKey.of(pack, pack.questions)
    return cross_validated(examples, key, material.trained(vectors).without, scheme, folds_of(pack.questions))


# The schemes


def test_whole_groups_are_dealt_into_parts_of_like_size() -> None:
    """Sizes 4, 2, 1, 1, 1, 1: the largest first, then each to the part that has least."""
    groups = np.array([0, 0, 0, 0, 1, 1, 2, 3, 4, 5])
    assert dealt(groups).tolist() == [0, 0, 0, 0, 1, 1, 2, 3, 4, 2]


def test_schemes_leave_out_folds_intents_and_topics() -> None:
    """The drinks have one topic; the questions that nobody answers are one intent."""
    pack = drinks()
    folds, intents, topics = schemes(pack)
    assert folds.groups.tolist() == folds.parts.tolist() == folds_of(pack.questions).tolist()
    assert intents.groups.tolist() == group_folds([question.intent for question in pack.questions]).tolist()
    assert topics.groups.tolist() == [0] * 12 + [1] * 3


def test_the_topic_is_the_first_one_of_the_first_best_passage() -> None:
    """Not that of a passage that is merely acceptable."""
    pack = drinks()
    warm, calm, *others = pack.passages
    warm, calm = replace(warm, topics=("heat", "mood")), replace(calm, topics=("mood",))
    questions = (
        Question("one", "a", "plain", {"tea-calm": 1, "tea-warms": 2}),
        Question("two", "b", "plain", {"tea-warms": 2, "tea-calm": 2}),
        Question("three", "c", "plain", {"tea-calm": 1}),
    )
    topics = schemes(replace(pack, passages=(warm, calm, *others), questions=questions))[2]
    assert topics.groups.tolist() == [0, 0, 1]


# Judging by what was never seen


@pytest.mark.parametrize("number", [0, 1, 2])
def test_no_question_has_a_part_in_how_it_is_judged(index: Index, number: int) -> None:
    """Whatever is called the answer to the questions of a group, what is found for them stays the same."""
    pack = drinks()
    scheme = schemes(pack)[number]
    before = judged(index, pack, scheme)
    for group in np.unique(scheme.groups):
        rows = np.flatnonzero(scheme.groups == group)
        falsified = tuple(
            replace(question, gold={"coffee-price": 2, "tea-warms": 1} if row in rows else question.gold)
            for row, question in enumerate(pack.questions)
        )
        after = judged(index, replace(pack, questions=falsified), scheme)
        for voice, ranking in before.rankings.items():
            assert after.rankings[voice].places[rows].tolist() == ranking.places[rows].tolist()
            assert after.rankings[voice].confidence[rows] == pytest.approx(ranking.confidence[rows], abs=1e-5)
            assert after.rankings[voice].shown[rows].tolist() == ranking.shown[rows].tolist()


def test_the_nearest_example_is_one_of_another_group(index: Index) -> None:
    """Not the question itself, though it is an example too."""
    pack = drinks()
    vectors = WordEncoder().encode([Spelling.of(pack).read(question.text) for question in pack.questions])
    cosines = vectors @ vectors.T
    intents = schemes(pack)[1].groups
    expected = [cosines[row][intents != intents[row]].max() for row in range(len(intents))]
    assert judged(index, pack, schemes(pack)[1]).nearest == pytest.approx(expected, abs=1e-5)


def test_a_passage_that_only_the_left_out_taught_is_judged_by_its_own_words(index: Index) -> None:
    """Without the intent that asks for the price, the passage about the price still competes."""
    pack = drinks()
    sheet = judged(index, pack, schemes(pack)[1])
    price = [row for row, question in enumerate(pack.questions) if question.intent == "price"]
    places = sheet.rankings["coffee"].places[price]
    assert {3} <= set(places[:, :2].ravel().tolist())


def test_every_step_is_ticked(index: Index) -> None:
    """As many as announced, when every part has questions."""
    ticks: list[None] = []
    evaluated(material_of(index), lambda: ticks.append(None))
    empty = 5 - len(np.unique(folds_of(drinks().questions)))
    assert len(ticks) == EVALUATION_TICKS - empty - (5 - len(np.unique(schemes(drinks())[2].parts)))


# What comes out


def test_an_evaluation_holds_every_scheme_and_every_plain_system(index: Index) -> None:
    """The plainest scheme first."""
    evaluation = evaluated(material_of(index))
    assert list(evaluation.sheets) == ["folds", "intents", "topics"]
    assert set(evaluation.plain) == {"silence", "dense", "bm25", "hybrid", "rank_fusion", "hybrid_tuned"}
    assert len(evaluation.shares) == len(np.unique(folds_of(drinks().questions)))
    again = evaluated(material_of(index))
    for name, sheet in evaluation.sheets.items():
        for voice, ranking in sheet.rankings.items():
            assert np.array_equal(ranking.confidence, again.sheets[name].rankings[voice].confidence)


def test_findings_are_read_off_as_they_are_shown(index: Index) -> None:
    """What the retriever would answer with is what is shown, in its order."""
    pack = drinks()
    texts = ["does tea warm hands", "who won the football game"]
    findings = Retriever(pack, WordEncoder(), index).find_many(texts)
    sheet = sheet_of(pack, findings, np.zeros(2))
    for voice, ranking in sheet.rankings.items():
        for row, found in enumerate(findings):
            shown = [pack.passages[place].id for place in ranking.places[row][ranking.shown[row]]]
            assert shown == [hit.passage_id for hit in found.answers(voice)]
            assert ranking.confidence[row, 0] == found.hits[voice][0].confidence


def test_held_out_questions_are_judged_by_the_shipped_index(index: Index) -> None:
    """One sheet, and the plain systems tuned on the examples."""
    pack = drinks()
    asked = (
        Question("can warm tea help cold hands", "warm", "plain", {"tea-warms": 2}),
        Question("which team won", "none", "plain", {}),
    )
    evaluation = held_out(material_of(index), Retriever(pack, WordEncoder(), index), asked)
    assert list(evaluation.sheets) == ["heldout"]
    assert evaluation.key.questions == asked
    assert evaluation.sheets["heldout"].rankings["tea"].places[0, 0] == 0
    assert len(evaluation.shares) == 1
    assert verdicts_of(pack, evaluation, 0).main == "heldout"


# Verdicts


def test_differences_are_those_of_the_both_sides_scores(index: Index) -> None:
    """A plain system's less the system's."""
    verdicts = verdicts_of(drinks(), evaluated(material_of(index)), 0)
    score = verdicts.reports["folds"].figures["overall"]["both_sides"].value
    silence = verdicts.reports["silence"].figures["overall"]["both_sides"].value
    assert score is not None
    assert silence is not None
    assert verdicts.differences["silence"].value == pytest.approx(silence - score)
    # Tea is silent on 9 of 15 questions, coffee too.
    assert silence == pytest.approx(9 / 15)
    assert verdicts.intents == 7


def test_only_what_is_a_probability_has_its_reliability_shown(index: Index) -> None:
    """The plain systems' scores are none."""
    verdicts = verdicts_of(drinks(), evaluated(material_of(index)), 0)
    assert set(verdicts.reports["folds"].reliability) == {"sides", "tea", "coffee", "context"}
    assert verdicts.reports["dense"].reliability == {}


def test_the_surest_misses_come_first(index: Index) -> None:
    """Each lost point is a miss; to be silent with a confidence of 0.1 is to be 0.9 sure."""
    pack = drinks()
    evaluation = evaluated(material_of(index))
    found = misses(pack, evaluation.key, evaluation.sheets["folds"], 100)
    certainties = [miss.certainty for miss in found]
    assert certainties == sorted(certainties, reverse=True)
    lost = sum(
        round((1 - (score.value or 0)) * score.count)
        for side in pack.side_ids
        for score in [verdicts_of(pack, evaluation, 0).reports["folds"].figures[side]["points"]]
    )
    assert len(found) == lost
    assert misses(pack, evaluation.key, evaluation.sheets["folds"], 1) == found[:1]
    gold = {question.text: question.gold for question in pack.questions}
    for miss in found:
        assert miss.shown is None or miss.shown not in miss.gold
        assert set(miss.gold) <= set(gold[miss.question])
        assert miss.certainty == (miss.confidence if miss.shown else 1 - miss.confidence)


def test_resamples_draw_intents(index: Index) -> None:
    """The drinks have seven."""
    assert resampling_of(AnswerKey.of(drinks(), drinks().questions)).clusters == 7


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the index of the opinionated pack."""
    return tmp_path_factory.mktemp("index")


def unseen(pack: Pack, folder: Path) -> dict[str, list[StanceFinding]]:
    """Judge the pack's statements."""
    return unseen_rebuttals(pack, open_index(pack, WordEncoder(), folder), WordEncoder().encode)


def test_claims_with_one_stance_and_one_gold_are_of_one_type() -> None:
    """Those without gold are each of their own."""
    statements = [
        Statement("a", "tea", {"x": 2, "y": 1}),
        Statement("b", "tea", {"y": 2, "x": 2}),
        Statement("c", "tea", {}),
        Statement("d", "tea", {}),
        Statement("e", "coffee", {"x": 2, "y": 1}),
    ]
    assert claim_types(statements) == [
        "tea: x y",
        "tea: x y",
        "statement 2",
        "statement 3",
        "coffee: x y",
    ]


def test_folds_are_those_of_the_lesson(place: Path) -> None:
    """The same stances, with the same probabilities."""
    pack = opinionated()
    judged = Lesson.of(pack, read(pack, place)).unseen([Findings("", {}, {})] * len(CLAIMS))
    found = unseen(pack, place)["folds"]
    assert [finding.stance for finding in found] == [finding.stance for finding in judged]
    assert [finding.probabilities for finding in found] == [
        pytest.approx(finding.probabilities, abs=1e-6) for finding in judged
    ]
    assert [finding.findings.question for finding in found] == [text for text, _, _ in CLAIMS]


def test_a_reply_that_one_type_alone_teaches_is_lost_with_that_type(place: Path) -> None:
    """Without a fifth of the claims the others of the type still teach it."""
    found = unseen(opinionated(), place)
    calm = [row for row, (_, _, gold) in enumerate(CLAIMS) if "coffee-wakes" in gold]
    assert any(found["folds"][row].against("coffee") for row in calm)
    assert not any(found["claims"][row].against("coffee") for row in calm)


def test_too_few_statements_are_not_judged(tmp_path: Path) -> None:
    """Without the only one there is nothing to learn from."""
    ticks: list[None] = []
    pack = opinionated(claims=CLAIMS[:1])
    index = open_index(pack, WordEncoder(), tmp_path)
    assert unseen_rebuttals(pack, index, WordEncoder().encode, lambda: ticks.append(None)) == {}
    assert len(ticks) == REBUTTAL_TICKS
