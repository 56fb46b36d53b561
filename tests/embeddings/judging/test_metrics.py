from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.judging.answer_key import AnswerKey, Ranking, SystemSheet
from embeddings.judging.metrics import ndcg, points, ratios, reliability
from embeddings.judging.resampling import NOTHING, Figure, Ratio, Resampling
from knowledge.model import CONTEXT, Pack, Question
from tests.embeddings.packs import drinks

# The passages of the drinks, by their places: tea-warms, tea-calm, coffee-wakes, coffee-price, cups-sold.
QUESTIONS = (
    Question("what is tea for", "tea", "plain", {"tea-warms": 2, "tea-calm": 1}),
    Question("calm or awake", "both", "short", {"tea-calm": 2, "coffee-wakes": 2}),
    Question("how many cups", "sold", "plain", {"cups-sold": 2}),
    Question("who plays football", "none", "short", {}),
)
TEA = [[0.9, 0.2], [0.8, 0.6], [0.1, 0.3], [0.6, 0.1]]
COFFEE = [[0.2, 0.1], [0.7, 0.1], [0.1, 0.05], [0.1, 0.2]]
WRITER = [[0.1], [0.2], [0.9], [0.1]]


def key_of(pack: Pack | None = None) -> AnswerKey:
    """Give what is right."""
    return AnswerKey.of(pack or drinks(), QUESTIONS)


def sheet(*, calibrated: bool = True) -> SystemSheet:
    """Give the choices of a system that shows whatever has 0.5 or more."""
    rankings = {
        voice: Ranking.of(np.array(scores), np.array(places), 0.5)
        for voice, scores, places in (("tea", TEA, [0, 1]), ("coffee", COFFEE, [2, 3]), (CONTEXT, WRITER, [4]))
    }
    return SystemSheet(rankings, np.array([0.9, 0.7, 0.85, 0.1]), calibrated=calibrated)


def values(section: str, given: SystemSheet | None = None, key: AnswerKey | None = None) -> dict[str, float | None]:
    """Give the values of a section of figures."""
    resampling = Resampling([question.intent for question in QUESTIONS], 1)
    named = ratios(key or key_of(), given or sheet())[section]
    return {name: resampling.figure(ratio).value for name, ratio in named.items()}


def test_passages_are_ranked_best_first() -> None:
    """Places, scores and what is shown go together; the row is filled up with nothing."""
    ranking = sheet().rankings["tea"]
    assert ranking.places[2].tolist() == [1, 0, -1, -1, -1]
    assert ranking.confidence[1].tolist() == [0.8, 0.6, 0, 0, 0]
    assert ranking.shown[1].tolist() == [True, True, False, False, False]


def test_equals_are_ranked_by_the_second_score_and_then_by_place() -> None:
    """Nothing is left to chance."""
    scores, second = np.array([[0.5, 0.5, 0.5]]), np.array([[0.1, 0.3, 0.1]])
    assert Ranking.of(scores, np.array([4, 5, 6]), 0.0, second).places[0].tolist() == [5, 4, 6, -1, -1]


def test_a_passage_without_a_score_is_not_ranked() -> None:
    """Not even with a threshold that everything reaches."""
    ranking = Ranking.of(np.array([[-np.inf, 0.2]]), np.array([0, 1]), -np.inf)
    assert ranking.places[0].tolist() == [1, -1, -1, -1, -1]
    assert ranking.shown[0].tolist() == [True, False, False, False, False]


def test_a_threshold_may_differ_by_question() -> None:
    """Each question has its own."""
    ranking = Ranking.of(np.array([[0.4], [0.4]]), np.array([0]), np.array([0.3, 0.5]))
    assert ranking.shown[:, 0].tolist() == [True, False]


def test_rankings_are_joined_in_order() -> None:
    """The pieces hold the questions 1 and 0."""
    one = Ranking.of(np.array([[0.1]]), np.array([0]), 0.5)
    other = Ranking.of(np.array([[0.9]]), np.array([1]), 0.5)
    joined = Ranking.joined([one, other], np.array([1, 0]))
    assert joined.places[:, 0].tolist() == [1, 0]
    assert joined.shown[:, 0].tolist() == [True, False]


def test_a_side_earns_its_point_by_the_right_quote_or_the_right_silence() -> None:
    """Tea: right, wrong, silent, shown in vain."""
    assert points(key_of(), sheet(), "tea").tolist() == [True, False, True, False]
    assert points(key_of(), sheet(), "coffee").tolist() == [True, True, True, True]


def test_figures_over_all_voices_are_those_worked_out_by_hand() -> None:
    """The scores of the questions are 1, 1/2, 1 and 1/2."""
    found = values("overall")
    assert found == pytest.approx(
        {
            "both_sides": 0.75,
            # Tea: halves of 1/2 and 1/2; coffee: all of both. The mean of 1/2 and 1.
            "both_sides_balanced": 0.75,
            "unlike_examples": 0.5,  # the second and the fourth
            "two_sided": 0.5,
            "one_sided": 1.0,
            "writer_only": 1.0,
            "unanswerable": 0.5,
            "both_hit_at_1": 0.0,  # tea's first quote is wrong
            "both_hit_at_1_strict": 0.0,
            "wrong_side": 0.0,
            "verbatim": 1.0,
        }
    )


def test_balance_weighs_both_sorts_of_questions_alike() -> None:
    """Tea silent throughout: 0 of its two questions, 2 of 2 others; coffee: 0 of 1, 3 of 3. A half of each."""
    silent = {voice: replace(ranking, shown=ranking.shown & False) for voice, ranking in sheet().rankings.items()}
    found = values("overall", replace(sheet(), rankings=silent))
    assert found["both_sides"] == pytest.approx((1 / 2 + 0 + 1 + 1) / 4)
    assert found["both_sides_balanced"] == pytest.approx(0.5)


def test_figures_of_a_voice_are_those_worked_out_by_hand() -> None:
    """Tea speaks on the first two questions, and is shown on all but the third."""
    assert values("tea") == pytest.approx(
        {
            "hit_at_1": 1 / 2,
            "hit_at_3": 1.0,
            "mrr_at_5": (1 + 1 / 2) / 2,
            "ndcg_at_5": (1 + 1 / np.log2(3)) / 2,
            "quoted_at_1": 1 / 2,
            "abstention_precision": 1.0,
            "abstention_recall": 1 / 2,
            "abstention_f1": 2 / 3,
            "points": 1 / 2,
            "false_silence": None,  # no silence is certain
            "silence_said": 0.0,
            "near_right": None,  # where tea speaks it is quoted
            "brier": (0.1**2 + 0.8**2 + 0.3**2 + 0.6**2) / 4,
        }
    )


def test_a_silence_that_is_nearly_certain_may_be_false() -> None:
    """Coffee speaks on the second question alone, and here it is quoted on none."""
    rankings = sheet().rankings
    mute = replace(rankings["coffee"], shown=np.zeros_like(rankings["coffee"].shown))
    found = []
    for silent in ([True, True, False, False], [True, False, False, False]):
        coffee = replace(mute, silent=np.array(silent))
        judged = values("coffee", replace(sheet(), rankings={**rankings, "coffee": coffee}))
        found.append((judged["false_silence"], judged["silence_said"], judged["near_right"]))
    assert found == [(1 / 2, 1 / 3, None), (0.0, 1 / 3, 1.0)]


def test_a_score_that_is_no_probability_has_no_brier_score() -> None:
    """A cosine is not wrong by being 0.7."""
    assert "brier" not in ratios(key_of(), sheet(calibrated=False))["tea"]


def test_kinds_are_told_apart() -> None:
    """Plain questions score 1 and 1, short ones 1/2 and 1/2."""
    assert values("kinds") == {"plain": 1.0, "short": 0.5}


def test_a_quote_in_another_voice_is_counted() -> None:
    """The writer's passage, smuggled under tea: one of the three quotes shown."""
    tea = sheet().rankings["tea"]
    smuggled = replace(tea, places=np.where(tea.places == 0, 4, tea.places))
    rankings = {**sheet().rankings, "tea": replace(smuggled, shown=tea.shown & (np.arange(4) == 0)[:, None])}
    found = values("overall", replace(sheet(), rankings=rankings))
    assert found["wrong_side"] == pytest.approx(1 / 3)


def test_a_quote_that_is_not_in_its_article_is_counted() -> None:
    """The altered passage is shown to three questions, of six quotes in all."""
    pack = drinks()
    altered = replace(pack.passages[0], text="Tea warms the heart.")
    key = key_of(replace(pack, passages=(altered, *pack.passages[1:])))
    assert key.exact.tolist() == [False, True, True, True, True]
    assert values("overall", key=key)["verbatim"] == pytest.approx(3 / 6)


def test_gain_is_discounted_by_rank_and_measured_by_the_best_possible() -> None:
    """Grades 1 and 2 in the wrong order: (1 + 2 / log2 3) / (2 + 1 / log2 3); without gold there is nothing to gain."""
    grades = np.array([[1, 2, 0, 0, 0], [0, 0, 0, 0, 0]], dtype=np.int8)
    gold = np.array([[2, 1], [0, 0]], dtype=np.int8)
    best = 2 + 1 / np.log2(3)
    assert ndcg(grades, gold) == pytest.approx([(1 + 2 / np.log2(3)) / best, 0])


def test_reliability_compares_confidence_with_what_is_gold() -> None:
    """Tea's first passages: 0.9 right, 0.8 wrong, 0.3 wrong, 0.6 wrong; a certainty of 1 falls into the last bin."""
    found = reliability(key_of(), sheet(), ("tea",))
    assert [(bin_.low, bin_.high, bin_.count, bin_.right) for bin_ in found] == [
        (0.3, 0.4, 1, 0.0),
        (0.6, 0.7, 1, 0.0),
        (0.8, 0.9, 1, 0.0),
        (0.9, 1.0, 1, 1.0),
    ]
    assert [bin_.confidence for bin_ in found] == pytest.approx([0.3, 0.6, 0.8, 0.9])
    certain = Ranking.of(np.ones((4, 1)), np.array([4]), 0.5)
    (last,) = reliability(key_of(), replace(sheet(), rankings={CONTEXT: certain}), (CONTEXT,))
    assert (last.low, last.high, last.count, last.right) == (0.9, 1.0, 4, 1 / 4)


def test_a_part_of_the_questions_has_a_part_of_the_key() -> None:
    """Questions and grades stay together."""
    part = key_of().among(np.array([False, True, False, False]))
    assert [question.intent for question in part.questions] == ["both"]
    assert part.grades.tolist() == [[0, 2, 2, 0, 0]]


ALL = np.ones(4, dtype=bool)
HITS = Ratio.mean(np.array([1, 1, 0, 0]), ALL)


def test_a_mean_is_taken_among_some() -> None:
    """The others count neither above nor below."""
    ratio = Ratio.mean(np.array([1, 0, 1, 1]), np.array([True, True, False, False]))
    assert Resampling(["a", "b", "c", "d"], 1).figure(ratio).value == 0.5
    assert Resampling(["a", "b", "c", "d"], 1).figure(ratio).count == 2


def test_questions_of_one_intent_are_drawn_together() -> None:
    """When all of them are one intent, every draw is the same."""
    assert Resampling(["a"] * 4, 1).figure(HITS) == Figure(0.5, 0.5, 0.5, 4)


def test_two_intents_give_the_interval_of_two_draws() -> None:
    """One all right, one all wrong: a quarter of the draws has the one twice, a quarter the other."""
    assert Resampling(["a", "a", "b", "b"], 1).figure(HITS) == Figure(0.5, 0.0, 1.0, 4)


def test_the_interval_of_independent_questions_is_that_of_a_binomial() -> None:
    """100 questions, half right: 0.5 with a standard error of 0.05."""
    ratio = Ratio.mean(np.arange(100) % 2, np.ones(100, dtype=bool))
    figure = Resampling([str(number) for number in range(100)], 1).figure(ratio)
    assert figure.low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.015)
    assert figure.high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.015)


def test_a_figure_over_nothing_has_no_value() -> None:
    """And no interval."""
    assert Resampling(["a"] * 4, 1).figure(Ratio.mean(ALL, ~ALL)) == NOTHING


def test_a_seed_gives_the_same_interval_again() -> None:
    """Another one may not."""
    clusters = ["a", "b", "c", "d"]
    assert Resampling(clusters, 7).figure(HITS) == Resampling(clusters, 7).figure(HITS)


def test_a_difference_is_paired() -> None:
    """A system compared with itself differs by nothing, whatever is drawn."""
    assert Resampling(["a", "b", "c", "d"], 1).difference(HITS, HITS) == Figure(0.0, 0.0, 0.0, 4)


def test_a_difference_with_nothing_is_nothing() -> None:
    """It cannot be known."""
    assert Resampling(["a"] * 4, 1).difference(HITS, Ratio.mean(ALL, ~ALL)) == NOTHING


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 5))
def test_the_interval_of_a_share_is_one_of_shares(hits: list[bool], intents: int) -> None:
    """Between 0 and 1, and in order."""
    clusters = [str(number % intents) for number in range(len(hits))]
    figure = Resampling(clusters, 3).figure(Ratio.mean(np.array(hits), np.ones(len(hits), dtype=bool)))
    assert figure.low is not None
    assert figure.high is not None
    assert 0 <= figure.low <= figure.high <= 1
