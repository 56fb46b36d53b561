"""Sparring: one side's quotes alone, none twice, and an honest word where it has none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.answer.rules.sparring import (
    AGREED,
    ANOTHER,
    GRANTED,
    NO_POINT_LEFT,
    NOTED,
    NOTHING,
    NOTHING_BETTER,
    NOTHING_QUOTED,
    STOPPED,
    Move,
    Opponent,
    Sparring,
    begun,
)
from bot.quote.rules.contract import answer_object, faults_in, restored
from bot.quote.rules.verification import verify
from embeddings.hits import Findings
from knowledge.errors import UserError
from tests.quote.rules.findings import found, pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.quote.rules.quote import Answer

MOVES = {
    "no answer": "challenge",
    "source?": "source",
    "fair": "concede",
    "your turn": "change",
    "swap": "swap",
    "bye": "stop",
    "lol": "smalltalk",
}


@dataclass
class Reads:
    """Reads moves by a list, and finds for a claim what is scripted for it."""

    against: dict[str, dict[str, float]] = field(default_factory=dict)
    owned: dict[str, float] = field(default_factory=dict)
    taught: bool = True
    leaning: float = 0.9

    def rejoinders(self, findings: Findings) -> Findings:
        return found(findings.question, **self.against.get(findings.question, {})) if self.taught else found_nothing()

    def move(self, findings: Findings) -> Mapping[str, float]:
        return {MOVES.get(findings.question, "claim"): self.leaning}

    def sides_of(self, findings: Findings) -> Mapping[str, float]:
        return self.owned


def found_nothing() -> Findings:
    return Findings("", {}, {})


def said(reads: Reads, *turns: str, held: str = "facebook", excluded: tuple[str, ...] = ()) -> list[Answer]:
    """Hold a sparring, and return the replies, each of them proven."""
    opponent, sparring, answers = Opponent(pack(), reads, excluded), Sparring(held), []
    for text in turns:
        answer, sparring = opponent.reply(sparring, text, [found(each) for each in (text, *sparring.questions)])
        assert verify(pack(), answer) == (answer, ())
        written = answer_object(answer, None, 1, 1.0)
        assert faults_in(pack(), written) == ()
        kept = restored(pack(), written, None)
        assert kept is not None
        assert (kept.act, kept.conceded) == (answer.act, answer.conceded)
        assert [*map(str, kept.say)] == [*map(str, answer.say)]
        answers.append(answer)
    return answers


def shown(answer: Answer) -> list[str]:
    return [quote.passage_id for quote in answer.quotes]


SELLING = {
    "no_selling_information": 0.9,
    "reports_to_advertisers": 0.7,
    "ad_preferences": 0.4,
    "everything_tracked": 0.99,
}


def test_a_claim_is_met_by_the_side_held_with_its_next_best_quote() -> None:
    """The other side's quotes never stand there, however well they fit; a quote comes once."""
    first, second, third = said(Reads({"you sell me": SELLING}), "you sell me", "you sell me", "you sell me")
    assert [*map(shown, (first, second))] == [["no-selling-information"], ["reports-to-advertisers"]]
    assert [block.side for block in first.blocks] == ["facebook", "film"]
    assert (first.act.value, first.words, first.conceded) == ("spar", (), False)
    assert (third.words, third.conceded) == ((NOTHING, ANOTHER), True)


def test_where_nothing_meets_a_claim_that_is_said_and_a_point_not_yet_raised_follows() -> None:
    """Each on a topic that was not touched, until the side has none left."""
    replies = said(Reads(), *["my cat is ill"] * 22)
    assert [answer.conceded for answer in replies] == [True] * 22
    # Never twice in a row.
    assert all(not answer.quotes for answer in replies[1::2])
    quoted = [shown(answer)[0] for answer in replies if answer.quotes]
    assert quoted[0] == "ads-keep-it-free"
    assert len(set(quoted)) == len(quoted) < 11
    topics = [set(pack().passage(id_).topics) for id_ in quoted]
    assert sum(map(len, topics)) == len(set().union(*topics))
    assert replies[-1].words == (NOTHING,)
    written = answer_object(replies[0], "p", 1, 1.0)
    assert (written["conceded"], written["say"]) == (True, [str(NOTHING), str(ANOTHER)])


def test_the_same_statement_of_the_other_article_is_no_new_quote() -> None:
    hooked = {"product_team_not_driven": 0.9, "news_feed_not_incentivized": 0.8}
    first, second = said(Reads({"we are hooked": hooked}), "we are hooked", "no answer")
    assert (shown(first), shown(second), second.words) == (["product-team-not-driven"], [], (NOTHING_BETTER,))
    assert second.conceded


def test_who_insists_gets_the_next_best_on_the_claim_before() -> None:
    """What they say now counts, too; the more, the less sure it is that they insist. Without a claim they are asked."""
    script = {"you sell me": SELLING, "no answer": {"ad_preferences": 0.8, "ad_library": 0.7}}
    assert shown(said(Reads(script), "you sell me", "no answer")[1]) == ["ad-preferences"]
    assert shown(said(Reads({"you sell me": SELLING}), "you sell me", "no answer")[1]) == []
    assert said(Reads(), "no answer")[0].words[0].template == "What do you say against {side}?"
    assert said(Reads(leaning=0.6), "no answer")[0].words[0] == NOTHING


def test_the_other_moves() -> None:
    """A source is told without the quote; granting, small talk and stopping quote nothing; sides are swapped."""
    reads = Reads({"you sell me": SELLING, "it is free": {"audience_pawn": 0.9}})
    source, fair, first, where, granted, talk, swapped, met, end = said(
        reads, "source?", "fair", "you sell me", "source?", "fair", "lol", "swap", "it is free", "bye"
    )
    assert (source.words, fair.words) == ((NOTHING_QUOTED,), (NOTED,))
    assert str(where.words[0]) == (
        "Netflix ‘The Social Dilemma’ – Simultaneous Utopia & Dystopia, paragraph 5 "
        "(Facebook's own words, quoted by the article's unnamed writer)."
    )
    assert (where.quotes, where.sources) == ((), first.sources)
    assert granted.words == (GRANTED,)
    assert str(talk.words[0]) == "What do you say against Facebook?"
    assert str(swapped.words[0]) == "Swapped: now I hold the film. What do you say against it?"
    assert (shown(met), met.blocks[0].side) == (["audience-pawn"], "film")
    assert (end.words, end.quotes) == ((STOPPED,), ())


def test_who_asks_for_another_point_gets_one_until_there_is_none() -> None:
    """Where the words name something that the side has a quote on, that one comes."""
    replies = said(Reads(), *["your turn"] * 9)
    assert replies[0].words == (ANOTHER,)
    assert (replies[-1].words, replies[-1].quotes, replies[-1].conceded) == ((NO_POINT_LEFT,), (), False)
    assert shown(said(Reads({"your turn": SELLING}), "your turn")[0]) == ["no-selling-information"]


def test_what_speaks_for_the_side_held_is_taken_as_granted() -> None:
    reads = Reads(owned={"facebook": 0.96})
    (agreed,) = said(reads, "they did a lot against lies")
    assert (agreed.words, agreed.conceded, agreed.quotes) == ((AGREED,), False, ())


def test_excluded_passages_are_neither_quoted_nor_raised_nor_named_as_a_source() -> None:
    reads = Reads({"you sell me": SELLING})
    excluded = ("no-selling-information", "ads-keep-it-free", "hate-speech-removed")
    met, nothing = said(reads, "you sell me", "my cat is ill", excluded=excluded)
    assert shown(met) == ["reports-to-advertisers"]
    assert not set(excluded) & set(shown(nothing))


def test_without_taught_replies_what_a_plain_search_finds_is_quoted() -> None:
    opponent = Opponent(pack(), Reads(taught=False))
    answer, sparring = opponent.reply(Sparring("facebook"), "you sell me", [found("you sell me", **SELLING)])
    assert shown(answer) == ["no-selling-information"]
    assert sparring.turns[0].supported == ()
    assert (sparring.turns[0].move, sparring.turns[0].met, sparring.claimed) == (Move.CLAIM, True, "you sell me")


def test_a_quote_of_the_persons_side_is_kept_where_the_claim_is_surely_its_own() -> None:
    for share, supported in ((0.4, ()), (0.6, ("everything-tracked",))):
        opponent = Opponent(pack(), Reads(owned={"film": share}))
        _, sparring = opponent.reply(Sparring("facebook"), "you sell me", [found("you sell me", **SELLING)])
        assert sparring.turns[0].supported == supported


def test_a_sparring_begins_by_any_name_of_a_side() -> None:
    assert [begun(pack(), name).held for name in ("facebook", "FB", " The film ")] == ["facebook", "facebook", "film"]
    with pytest.raises(UserError, match="There is no side “tiktok”: name one of film or facebook"):
        begun(pack(), "tiktok")
