"""What a rebuttal is worth, worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.lab.evaluate.statements import StatementMiss, StatementVerdicts, judged_statements
from embeddings.hits import Hit, StanceFinding
from knowledge.model import Statement
from tests.quote.rules.findings import found, pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embeddings.judging.resampling import Figure

SELLS = Statement("they sell my data", "film", {"no-selling-information": 2, "reports-to-advertisers": 1})
TRACKS = Statement("they see it all", "film", {"ad-preferences": 1})
WASHES = Statement("facebook is open about it", "facebook", {})
RAINS = Statement("it will rain", None, {})
STATEMENTS = (SELLS, TRACKS, WASHES, RAINS)


def finding(statement: Statement, stance: str | None, sure: float, **replies: float) -> StanceFinding:
    """Find a stance with a probability, and Facebook's replies with theirs; 0.5 is the line."""
    probabilities = {side: sure if side == stance else (1 - sure) / 2 for side in pack().side_ids}
    ids = {name.replace("_", "-"): confidence for name, confidence in replies.items()}
    hits = tuple(Hit(id_, "facebook", 0.0, 0.0, 0.0, confidence) for id_, confidence in ids.items())
    return StanceFinding(found(statement.text), stance, probabilities, {"facebook": hits}, {"facebook": 0.5})


def judged(worst: int = 9) -> StatementVerdicts:
    """Judge four claims: one right, one with a wrong reply, two with a wrong stance."""
    found_by = [
        finding(SELLS, "film", 0.9, reports_to_advertisers=0.8),
        finding(TRACKS, "film", 0.9, no_selling_information=0.7, ad_preferences=0.6),
        finding(WASHES, None, 0.6, demonizes=0.9),
        finding(RAINS, "film", 0.95, demonizes=0.1),
    ]
    return judged_statements(pack(), STATEMENTS, {"folds": found_by}, worst)


def values(figures: Mapping[str, Figure]) -> dict[str, tuple[float | None, int]]:
    """Give each figure's value and count."""
    return {name: (figure.value, figure.count) for name, figure in figures.items()}


def test_a_rebuttal_is_right_when_stance_and_reply_are() -> None:
    """Two stances and three replies are right, both at once for one; of the first two claims one is opposed rightly."""
    verdicts = judged()
    assert values(verdicts.schemes["folds"].figures) == {
        "rebuttal": (0.25, 4),
        "stance": (0.5, 4),
        "reply": (0.75, 4),
        "opposed": (0.5, 2),
        "unopposed": (0.0, 1),
        "nobody": (0.0, 1),
    }
    assert values(verdicts.schemes["folds"].stances) == {"film": (1.0, 2), "facebook": (0.0, 1), "nobody": (0.0, 1)}
    assert (verdicts.statements, verdicts.types) == (4, 4)


def test_misses_begin_with_those_that_it_was_surest_of() -> None:
    """A wrong stance by its probability, a silent one by what is left to 1, a wrong quote by its confidence."""
    rain, wash, track = judged().misses
    assert rain == StatementMiss(RAINS.text, "film", None, (), (), 0.95)
    assert (wash.statement, wash.stance, wash.shown) == (WASHES.text, None, ())
    assert wash.certainty == pytest.approx(0.8)
    assert track == StatementMiss(TRACKS.text, "film", "film", ("no-selling-information",), ("ad-preferences",), 0.7)
    assert judged(1).misses == (rain,)


def test_silence_where_a_reply_is_gold_is_a_miss_as_sure_as_the_silence() -> None:
    """The best reply had 0.3."""
    verdicts = judged_statements(
        pack(), [SELLS], {"heldout": [finding(SELLS, "film", 0.9, no_selling_information=0.3)]}, 1
    )
    (miss,) = verdicts.misses
    assert (miss.stance, miss.shown) == ("film", ())
    assert miss.gold == ("no-selling-information", "reports-to-advertisers")
    assert miss.certainty == pytest.approx(0.7)


def test_a_quote_of_the_claims_own_side_is_never_right() -> None:
    """A claim of Facebook's, taken for the film's, is answered with Facebook's own words."""
    wrong = finding(WASHES, "film", 0.9, demonizes=0.9)
    verdicts = judged_statements(pack(), [WASHES], {"heldout": [wrong]}, 0)
    assert values(verdicts.schemes["heldout"].figures)["reply"] == (0.0, 1)
    assert verdicts.misses == ()
