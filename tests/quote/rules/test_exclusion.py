from __future__ import annotations

from bot.quote.rules.composition import compose
from bot.quote.rules.verification import answer_without, findings_without, stance_without
from embeddings.hits import StanceFinding
from tests.quote.rules.findings import found, pack
from tests.screen.answers import answer


def test_the_next_best_hit_comes_first() -> None:
    """In its voice; the others keep theirs."""
    findings = found(everything_tracked=0.9, audience_pawn=0.8, no_selling_information=0.7)
    left = findings_without(findings, {"everything-tracked"})
    assert [hit.passage_id for hit in left.answers("film")] == ["audience-pawn"]
    assert left.hits["facebook"] == findings.hits["facebook"]


def test_nothing_excluded_changes_nothing() -> None:
    findings = found(everything_tracked=0.9)
    assert findings_without(findings, ()) is findings


def test_a_claim_is_not_answered_with_an_excluded_quote() -> None:
    findings = found(no_selling_information=0.9)
    stance = StanceFinding(findings, "film", {"film": 1.0}, findings.hits, findings.thresholds)
    assert stance_without(stance, {"no-selling-information"}).against("facebook") == ()
    assert stance_without(stance, ()) is stance


def test_of_a_side_that_loses_its_last_quote_it_is_unsure() -> None:
    """And the article is no source any more."""
    left = answer_without(pack(), answer("audience-pawn", "mistakes-2016"), {"mistakes-2016"})
    assert [quote.passage_id for quote in left.quotes] == ["audience-pawn"]
    assert {block.side: str(block.gap) for block in left.blocks} == {
        "film": "None",
        "facebook": "Facebook: I found nothing that clearly answers this.",
    }
    near = compose(pack(), found(mistakes_2016=0.2), question="q", first="film")
    assert "mistakes-2016" in [quote.passage_id for quote in near.near]
    assert "mistakes-2016" not in [q.passage_id for q in answer_without(pack(), near, {"mistakes-2016"}).near]
