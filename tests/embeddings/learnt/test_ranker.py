from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from embeddings.encoders.precision import EXAMPLE_BITS, rounded
from embeddings.learnt.ranker import WEIGHTS, Layout, Regression, likeness
from embeddings.learnt.spelling import COMMON, Phrasing
from embeddings.learnt.trust import folds_of, group_folds
from embeddings.learnt.wordforms import WordForms, letter_runs, words_and_pairs
from tests.embeddings.encoders.fakes import WordEncoder
from tests.embeddings.packs import drinks


def test_letter_runs_know_where_words_begin_and_end() -> None:
    assert letter_runs("tea") == [" t", "te", "ea", "a ", " te", "tea", "ea ", " tea", "tea ", " tea "]


def test_words_come_alone_and_in_pairs() -> None:
    assert words_and_pairs("tea is good") == ["tea", "is", "good", "tea is", "is good"]


def test_only_what_connects_texts_is_learnt() -> None:
    forms, rows = WordForms.learn("words", ["tea cup", "tea pot", "milk"])
    assert rows.toarray().tolist() == [[1], [1], [0]]
    assert forms.forms.tolist() == [b"tea"]
    assert forms.idf[0] == pytest.approx(np.log(4 / 3) + 1)


def test_weights_have_length_one() -> None:
    texts = ["warm tea", "warm milk tea", "Tee", "warm tea, tea"]
    forms, rows = WordForms.learn("letters", texts)
    for text, row in zip(texts, rows.toarray(), strict=True):
        where, values = forms.weigh(text)
        assert row[where] == pytest.approx(values)
        assert np.linalg.norm(row) == pytest.approx(np.linalg.norm(values))
    where, values = forms.weigh("warm tea please")
    assert len(where) == len(set(where.tolist()))
    assert np.linalg.norm(values) == pytest.approx(1.0)


def test_unknown_text_weighs_nothing() -> None:
    where, values = WordForms.learn("words", ["tea", "tea"])[0].weigh("coffee")
    assert (len(where), len(values)) == (0, 0)


def test_likeness_is_one_at_equality_and_falls() -> None:
    assert likeness(np.array([1.0, 0.7])) == pytest.approx([1.0, np.exp(-1)])


def test_targets_share_a_voice_among_its_gold() -> None:
    """Grades 2 and 1 make a row of length 1."""
    pack = drinks()
    graded = replace(pack.questions[0], gold={"tea-warms": 2, "tea-calm": 1})
    pack = replace(pack, questions=(graded, *pack.questions[1:]))
    layout = Layout.of(pack)
    row = layout.targets(pack)[0]
    assert row[layout.columns["tea"]].tolist() == pytest.approx([2 / 5**0.5, 1 / 5**0.5, 0])
    assert row[layout.columns["coffee"]].tolist() == [0, 0, 1]
    assert row[layout.columns["context"]].tolist() == [0, 1]


@pytest.fixture(scope="module")
def trained() -> Regression:
    return _trained()


def _trained() -> Regression:
    pack = drinks()
    vectors = WordEncoder().encode([COMMON.spelt_out(question.text) for question in pack.questions])
    return Regression.train(pack, rounded(vectors, EXAMPLE_BITS), read=COMMON.spelt_out)


def test_examples_lead_to_their_passages(trained: Regression) -> None:
    pack, layout = drinks(), Layout.of(drinks())
    text = "my hands want warm tea"
    vector = WordEncoder().encode([text])[0]
    (scores,) = trained.ranker.scores_of([text], trained.ranker.examples.cosines(vector[None]))
    assert layout.passages["tea"][int(np.argmax(scores[layout.columns["tea"]][:-1]))] == "tea-warms"
    assert int(np.argmax(scores[layout.columns["coffee"]])) == len(pack.of_voice("coffee"))


def test_left_out_scores_equal_those_of_a_training_without_the_fold(trained: Regression) -> None:
    folds = folds_of(drinks().questions)
    ours = trained.left_out(folds)
    ranker = trained.ranker
    texts = [COMMON.spelt_out(question.text) for question in drinks().questions]
    kernel = WEIGHTS.meaning * likeness(ranker.examples.cosines(ranker.examples.whole()).astype(float))
    for forms, weight in ((ranker.letters, WEIGHTS.letters), (ranker.words, WEIGHTS.words)):
        learnt, rows = WordForms.learn(forms.unit, texts)
        assert np.array_equal(learnt.forms, forms.forms)
        kernel += weight * (rows @ rows.T).toarray()
    for fold in np.unique(folds):
        inside, outside = folds == fold, folds != fold
        base = trained.targets[outside].mean(axis=0)
        regularised = kernel[np.ix_(outside, outside)] + 0.3 * np.eye(int(outside.sum()))
        dual = np.linalg.solve(regularised, trained.targets[outside] - base)
        assert ours[inside] == pytest.approx(base + kernel[np.ix_(inside, outside)] @ dual, abs=1e-6)


def test_training_twice_gives_the_same(trained: Regression) -> None:
    again = _trained()
    assert np.array_equal(again.ranker.by_words, trained.ranker.by_words)
    assert np.array_equal(again.ranker.by_meaning, trained.ranker.by_meaning)


def test_folds_do_not_move_when_a_question_is_added() -> None:
    pack = drinks()
    shorter = replace(pack, questions=pack.questions[1:])
    assert folds_of(pack.questions)[1:].tolist() == folds_of(shorter.questions).tolist()


def test_each_group_is_a_fold() -> None:
    assert group_folds(["b", "a", "b"]).tolist() == [0, 1, 0]


def test_short_forms_are_spelt_out() -> None:
    assert COMMON.spelt_out("Does FB sell ur info? Yourself") == "does fb sell your information? yourself"


def test_a_pack_has_short_forms_of_its_own() -> None:
    phrasing = Phrasing({"fb": "facebook", "face book": "facebook", "info": "facts"})
    assert phrasing.spelt_out("Face Book sells ur info? fbi") == "facebook sells your facts? fbi"
