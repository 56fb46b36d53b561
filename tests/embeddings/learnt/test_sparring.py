"""What is learnt from claims and moves."""

from __future__ import annotations

from dataclasses import replace

from bot.answer.rules.sparring import SURE_SWAP
from embeddings.learnt.sparring import argued_in, moves_of, train_moves
from knowledge.pack import SHIPPED, load_pack
from knowledge.sparring import Argued, Claim, Sparring, SparringTurn
from tests.quote.rules.findings import pack

CLAIMED = SparringTurn("they lie", "claim", ("audience-pawn",), concession=False)
SWAPPED = SparringTurn("swap", "swap", (), concession=False)


def test_every_claim_of_a_pack_is_learnt_from() -> None:
    """A statement is against all sides but its own, one of nobody's against all; a sparring's against the side held."""
    few = replace(
        pack(),
        statements=(pack().statements[0], replace(pack().statements[0], stance=None, gold={})),
        claims=(Claim("x", "film", ("audience-pawn",)),),
        sparrings=(Sparring("a", "facebook", (SWAPPED, CLAIMED)),),
    )
    first, nobody, claim, turn = argued_in(few)
    assert first.against == frozenset(few.side_ids) - {few.statements[0].stance}
    assert nobody.against == frozenset(few.side_ids)
    assert claim == Argued("x", frozenset({"film"}), {"audience-pawn": 1})
    assert turn == Argued("they lie", frozenset({"film"}), {"audience-pawn": 1}, "a")


def test_moves_are_told_apart_by_words_that_no_example_has() -> None:
    """The examples of the program and the pack hold none of these."""
    reader = train_moves(pack())
    assert reader is not None
    typed = {
        "where does this quote come from": "source",
        "you still have not answered what I said": "challenge",
        "okay that is a fair point": "concede",
        "let us swap the sides now": "swap",
        "okay I have to go, bye": "stop",
        "they track everything I do and sell it": "claim",
        "give me another point please": "change",
    }
    assert typed.keys().isdisjoint(text for text, _ in moves_of(pack()))
    read = {text: reader.lean(text) for text in typed}
    assert {text: max(leaning, key=leaning.__getitem__) for text, leaning in read.items()} == typed
    assert train_moves(replace(pack(), moves=(), claims=())) is None


def test_a_pack_without_examples_of_its_own_tells_moves_apart() -> None:
    """The program's own do, with what its passages assert: all that the opening of a sparring offers."""
    phones = load_pack(SHIPPED.parent / "phones")
    assert not phones.claims
    reader = train_moves(phones)
    assert reader is not None
    typed = {
        "where is that from?": "source",
        "ok, you have a point": "concede",
        "another one": "change",
        "swap the sides": "swap",
        "that's not an argument": "challenge",
        "stop": "stop",
        "phones make kids anxious and that is that": "claim",
        "a ban does nothing against bullying on the way home": "claim",
    }
    read = {text: reader.lean(text) for text in typed}
    assert {text: max(leaning, key=leaning.__getitem__) for text, leaning in read.items()} == typed
    assert min(read[text][move] for text, move in typed.items() if move != "claim") > SURE_SWAP
