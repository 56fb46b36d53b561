"""The quotes beside a point are the side's own and the other's reply."""

from __future__ import annotations

from dataclasses import replace

from bot.debate.rules.evidence import beside_point, evidence_on
from embeddings.hits import StanceFinding
from tests.quote.rules.findings import found, pack

SIDES = ("film", "facebook")


def stance(side: str | None) -> StanceFinding:
    """Find both sides on something, and Facebook's reply to it."""
    findings = found(audience_pawn=0.9, product_team_not_driven=0.8)
    replies = {voice: findings.hits[voice] for voice in SIDES}
    replies["facebook"] = found(no_selling_information=0.7).hits["facebook"]
    return StanceFinding(findings, side, {}, replies, dict.fromkeys(SIDES, 0.5))


def passages(side: str | None, leaning: str | None) -> list[tuple[str, str | None]]:
    """List the sides and passages beside a point."""
    evidence = beside_point(pack(), stance(leaning), SIDES, side)
    return [(part.side, part.quote.passage if part.quote else None) for part in evidence]


def test_own_side_first_then_the_reply() -> None:
    """Whatever the point sounds like."""
    expected = [("film", "audience-pawn"), ("facebook", "no-selling-information")]
    assert passages("film", "facebook") == expected
    assert passages(None, "film") == expected


def test_unclear_point_of_a_watcher_has_both_sides_on_it() -> None:
    """In the order of the debate."""
    assert passages(None, None) == [("film", "audience-pawn"), ("facebook", "product-team-not-driven")]


def test_of_three_sides_each_has_one_quote_beginning_with_ones_own() -> None:
    """The others follow in their order, whoever begins."""
    three = ("film", "facebook", "context")
    for at, side in enumerate(three):
        evidence = beside_point(pack(), stance(None), three, side)
        assert [part.side for part in evidence] == [*three[at:], *three[:at]]
    assert [part.side for part in beside_point(pack(), stance(None), three, None)] == [*three]


def test_without_taught_replies_each_side_has_its_quote_on_the_point() -> None:
    """A pack without statements holds debates too."""
    untaught = StanceFinding(found(audience_pawn=0.9, product_team_not_driven=0.8), None, {}, {}, {})
    evidence = beside_point(pack(), untaught, SIDES, "facebook")
    shown = [(part.side, part.quote and part.quote.passage) for part in evidence]
    assert shown == [("facebook", "product-team-not-driven"), ("film", "audience-pawn")]


def test_silence_is_told() -> None:
    """The film has no reply here."""
    assert passages("facebook", None) == [("facebook", "product-team-not-driven"), ("film", "audience-pawn")]
    assert evidence_on(pack(), found(), "film").quote is None


def test_quote_equals_its_article() -> None:
    """To the character, and one that does not is left out."""
    quote = evidence_on(pack(), found(audience_pawn=0.9), "film").quote
    assert quote is not None
    assert pack().article(quote.article).text[quote.start : quote.end] == quote.text
    passage = pack().passage("audience-pawn")
    others = tuple(other for other in pack().passages if other is not passage)
    altered = replace(pack(), passages=(*others, replace(passage, text=f"{passage.text}!")))
    assert evidence_on(altered, found(audience_pawn=0.9), "film").quote is None
