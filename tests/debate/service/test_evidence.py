"""What stands beside points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.debate.rules.events import EvidenceShown, PointMade
from knowledge.errors import UserError
from tests.debate.service.held_debates import ANN, GUILD, debates_over, joined, started
from tests.quote.rules.findings import found

if TYPE_CHECKING:
    from bot.debate.service.debates import Debates
    from bot.log.log import ConversationLog
    from embeddings.hits import Findings
    from tests.process.clocks import MovedClock


async def test_a_point_stands_between_its_quotes(debates: Debates) -> None:
    """Found off the loop; first its own side's."""
    held = await started(debates, "talk")
    await joined(debates, held, ANN)
    held = await debates.point(held.id, ANN, "They keep us there")
    event = (await debates.events(held.id, GUILD))[-1]
    assert isinstance(event, PointMade)
    assert (event.number, event.text, event.side) == (1, "They keep us there", "film")
    assert [(one.side, one.quote and one.quote.passage) for one in event.evidence] == [
        ("film", "audience-pawn"),
        ("facebook", "product-team-not-driven"),
    ]


async def test_evidence_is_shown_on_demand(debates: Debates) -> None:
    """Or that there is none."""
    held = await started(debates, "talk")
    await debates.evidence(held.id, ANN, "film", "anything")
    event = (await debates.events(held.id, GUILD))[-1]
    assert isinstance(event, EvidenceShown)
    assert (event.query, event.evidence.side, event.evidence.quote) == ("anything", "film", None)
    with pytest.raises(UserError, match=r'This debate has no side "fil"; did you mean "film"\?'):
        await debates.evidence(held.id, ANN, "fil", "anything")


async def test_excluded_passages_are_no_evidence(log: ConversationLog, clock: MovedClock) -> None:
    """The guild's moderators took them out of all answers."""

    def search(question: str) -> Findings:
        return found(question, audience_pawn=0.9, everything_tracked=0.8)

    debates = debates_over(log, clock, found_for=search)
    log.write(
        lambda db: db.execute(
            "INSERT INTO exclusion VALUES (?, 'social-dilemma', 'audience-pawn', '2026-01-01')", (GUILD,)
        )
    ).result(10)
    held = await started(debates, "talk")
    await debates.evidence(held.id, ANN, "film", "anything")
    await joined(debates, held, ANN)
    await debates.point(held.id, ANN, "They keep us there")
    events = await debates.events(held.id, GUILD)
    quoted = [event.evidence for event in events if isinstance(event, EvidenceShown)]
    assert [one.quote and one.quote.passage for one in quoted] == ["everything-tracked"]
    (made,) = (event for event in events if isinstance(event, PointMade))
    assert [one.quote and one.quote.passage for one in made.evidence] == [None, "product-team-not-driven"]


async def test_a_point_that_is_refused_is_not_searched_for(log: ConversationLog, clock: MovedClock) -> None:
    """The reason comes at once."""
    debates = debates_over(log, clock, found_for=lambda _: pytest.fail("it was searched for"))
    held = await started(debates)
    with pytest.raises(UserError, match="points cannot be made now"):
        await debates.point(held.id, ANN, "They keep us there")
    with pytest.raises(UserError, match="evidence cannot be shown now"):
        await debates.evidence(held.id, ANN, "film", "anything")
