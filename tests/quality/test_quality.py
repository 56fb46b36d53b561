"""The real model on the real pack: what the project is judged by, at floors well below what it reaches.

Exact figures are printed by `dilemma evaluate`; here only a fall is caught.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.quote.rules.composition import compose, first_side
from bot.quote.rules.verification import verify
from embeddings.index.index import shipped_gate
from embeddings.learnt.gate import Gatekeeper
from embeddings.learnt.ranker import Layout
from knowledge.model import Question

if TYPE_CHECKING:
    from bot.quote.rules.quote import Answer
    from embeddings.retriever import Retriever
    from knowledge.model import Pack

HELD_OUT: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "heldout.toml").read_text(encoding="utf-8"))[
    "question"
]


@pytest.fixture(scope="module")
def answers(shipped_pack: Pack, shipped_retriever: Retriever) -> list[Answer]:
    """Answer every held-out question, each on its own."""
    texts = [question["text"] for question in HELD_OUT]
    return [
        compose(shipped_pack, findings, question=text, first=first_side(shipped_pack, text, None))
        for text, findings in zip(texts, shipped_retriever.find_many(texts), strict=True)
    ]


def test_every_quote_is_verbatim_and_under_its_own_side(shipped_pack: Pack, answers: list[Answer]) -> None:
    """Rate 1 and rate 0, over all of them."""
    quotes = 0
    for answer in answers:
        assert verify(shipped_pack, answer)[1] == ()
        for block in answer.blocks:
            for quote in block.quotes:
                text = shipped_pack.article(quote.citation.article_id).text
                assert text[quote.citation.start : quote.citation.end] == quote.text
                assert shipped_pack.passage(quote.passage_id).voice == block.side
                quotes += 1
    assert quotes > 300


def test_held_out_questions_get_the_right_quotes_and_the_right_silence(
    shipped_pack: Pack, answers: list[Answer]
) -> None:
    """The both-sides score of questions that were never trained on stays above 0.82; silence alone earns 0.51."""
    points, silent = [], []
    for question, answer in zip(HELD_OUT, answers, strict=True):
        gold = {*question["best"], *question["acceptable"]}
        for block in answer.blocks:
            own = {passage_id for passage_id in gold if shipped_pack.passage(passage_id).voice == block.side}
            shown = block.quotes[0].passage_id if block.quotes else None
            points.append(shown in own if own else shown is None)
            silent.append(not own)
    assert sum(points) / len(points) > 0.82
    assert sum(silent) / len(silent) < 0.55


def test_without_any_example_the_gate_still_tells_answers_from_silence(
    shipped_pack: Pack, shipped_retriever: Retriever
) -> None:
    """The same questions, of a pack that has no examples: more than 0.66, where silence alone earns 0.51."""
    bare = replace(shipped_pack, questions=())
    views = shipped_retriever._index.views
    assert views is not None
    keeper = Gatekeeper(bare, Layout.of(bare), views, shipped_gate())
    encoded = shipped_retriever.encoded([question["text"] for question in HELD_OUT])
    gold = [dict.fromkeys([*question["best"], *question["acceptable"]], 1) for question in HELD_OUT]
    asked = [Question(text, text, "plain", own) for text, own in zip(encoded.questions, gold, strict=True)]
    assert keeper.points(asked, encoded.texts, encoded.vectors).mean() > 0.66


def test_held_out_questions_are_not_among_the_examples(shipped_pack: Pack) -> None:
    """But for a few of one to four words, which anybody would type."""
    taught = {" ".join(question.text.casefold().split()) for question in shipped_pack.questions}
    same = [question["text"] for question in HELD_OUT if " ".join(question["text"].casefold().split()) in taught]
    assert len(same) <= len(HELD_OUT) * 0.06


def test_the_question_of_the_readme_gets_both_sides(shipped_pack: Pack, shipped_retriever: Retriever) -> None:
    """What a newcomer sees first."""
    text = "Does Facebook sell my data?"
    answer = compose(shipped_pack, shipped_retriever.find(text), question=text, first="film")
    assert [block.quotes[0].passage_id for block in answer.blocks] == ["awful-picture", "no-selling-information"]


@pytest.mark.parametrize(
    "text",
    ["who won the 2018 world cup", "how do I cook rice", "what does Tristan Harris earn", "is tiktok owned by china"],
)
def test_what_nobody_answers_is_not_answered(shipped_pack: Pack, shipped_retriever: Retriever, text: str) -> None:
    """Both sides silent, and three topics offered."""
    answer = compose(shipped_pack, shipped_retriever.find(text), question=text, first="film")
    assert answer.quotes == ()
    assert len(answer.suggestions) == 3
