"""Answers to claims, put together from stances made by hand."""

from __future__ import annotations

from dataclasses import replace

from bot.answer.rules.reply import rebut
from bot.answer.rules.talk.history import Conversation
from bot.quote.rules import phrases as wording
from bot.quote.rules.contract import answer_object
from bot.quote.rules.quote import Act, Answer
from bot.quote.rules.verification import verify
from embeddings.hits import StanceFinding
from tests.quote.rules.findings import found, pack


def stance(side: str | None, **confidences: float) -> StanceFinding:
    """Make a finding in which passages (named with _ for -) are replies with the confidences given."""
    findings = found("a claim", **confidences)
    replies = {voice: findings.hits[voice] for voice in pack().side_ids}
    return StanceFinding(findings, side, {"film": 0.5, "facebook": 0.4}, replies, dict.fromkeys(replies, 0.5))


def answered(finding: StanceFinding, statement: str = "a claim") -> Answer:
    """Answer a claim at the beginning of a conversation."""
    return rebut(pack(), finding, statement, Conversation("c"))


def shown(answer: Answer) -> dict[str, list[str]]:
    """List the passages quoted in each block, in the order of the blocks."""
    return {block.side: [quote.passage_id for quote in block.quotes] for block in answer.blocks}


def test_only_the_opposing_side_is_quoted_best_first() -> None:
    """A claim of the film's is answered by Facebook, though the film's own words are found too."""
    answer = answered(stance("film", no_selling_information=0.9, reports_to_advertisers=0.95, everything_tracked=0.99))
    assert shown(answer) == {"facebook": ["reports-to-advertisers", "no-selling-information"], "film": []}
    assert (answer.stance, answer.act, answer.message) == ("film", Act.REBUT, None)
    assert answer.sources == ("simultaneous-utopia",)


def test_no_more_than_two_quotes_stand_against_a_claim() -> None:
    answer = answered(
        stance("film", no_selling_information=0.9, reports_to_advertisers=0.8, advertisers_dont_know_you=0.7)
    )
    assert shown(answer)["facebook"] == ["no-selling-information", "reports-to-advertisers"]


def test_same_statement_of_both_articles_is_quoted_once() -> None:
    """The other article is cited beside it."""
    answer = answered(stance("film", product_team_not_driven=0.9, news_feed_not_incentivized=0.8))
    assert shown(answer)["facebook"] == ["product-team-not-driven"]
    assert [citation.article_id for citation in answer.quotes[0].also_in] == ["simultaneous-utopia"]


def test_lack_of_anything_against_a_claim_is_said_of_the_opposing_side_alone() -> None:
    """The claim's own side is not silent, it agrees."""
    answer = answered(stance("facebook", everything_tracked=0.49))
    assert shown(answer) == {"film": [], "facebook": []}
    assert [block.gap for block in answer.blocks] == [wording.nothing_against(pack().side("film")), None]


def test_unknown_stance_quotes_nobody_and_offers_questions() -> None:
    answer = answered(stance(None, no_selling_information=0.9, everything_tracked=0.9))
    assert answer.quotes == ()
    assert answer.stance is None
    assert {block.gap for block in answer.blocks} == {wording.nothing_against(side) for side in pack().sides}
    assert answer.message == wording.NO_STANCE
    assert pack().topic("privacy").question in answer.suggestions


def test_rebuttal_passes_verification_and_keeps_the_contract() -> None:
    """Every quote is sound, and stands under the opposing side in the JSON."""
    answer = answered(stance("facebook", addiction_by_design=0.9))
    assert verify(pack(), answer) == (answer, ())
    written = answer_object(answer, "s1", 1, 1.0)
    assert written["stance"] == "facebook"
    assert [quote["passage"] for quote in written["sides"]["film"]] == ["addiction-by-design"]
    assert (written["sides"]["facebook"], written["gaps"]) == ([], {})


def test_finding_against_its_own_side_is_empty() -> None:
    """Also where no voice has learnt any reply."""
    finding = stance("film", no_selling_information=0.9)
    assert finding.against("film") == ()
    assert replace(finding, replies={}).against("facebook") == ()
    assert replace(finding, stance=None).against("facebook") == ()
    assert [hit.passage_id for hit in finding.against("facebook")] == ["no-selling-information"]
