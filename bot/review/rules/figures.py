"""A guild's figures, without people: what was asked, what stayed unanswered, and what people thought of the answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.answer.rules.activity import Activity
    from knowledge.model import Pack, Topic


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in `days` days.

    `asked` counts questions, `unanswered` those on which no side was quoted. `topics` are those of the passage that
    was quoted first, with the number of questions, most asked first; a question may be about several, or about none.
    `helpful` and `unhelpful` are votes, one a person an answer.
    """

    days: int
    asked: int
    unanswered: int
    topics: tuple[tuple[Topic, int], ...]
    helpful: int
    unhelpful: int

    @property
    def answered(self) -> int:
        """Questions on which at least one side was quoted."""
        return self.asked - self.unanswered

    @property
    def votes(self) -> int:
        """All votes."""
        return self.helpful + self.unhelpful


def figures_of(packs: Iterable[Pack], activity: Activity, days: int) -> Figures:
    """Count by topic; passages that no pack has (any more) count for none."""
    known = {pack.id: pack for pack in packs}
    counts: Counter[tuple[str, str]] = Counter()
    for ref, questions in activity.first_quotes.items():
        if ref.pack in known and ref.passage in known[ref.pack].passage_ids:
            topics = known[ref.pack].passage(ref.passage).topics
            counts.update(dict.fromkeys(((ref.pack, topic) for topic in topics), questions))
    order = [(pack.id, topic.id) for pack in known.values() for topic in pack.topics]
    ranked = sorted(counts, key=lambda topic: (-counts[topic], order.index(topic)))
    return Figures(
        days,
        activity.asked,
        activity.unanswered,
        tuple((known[pack].topic(topic), counts[pack, topic]) for pack, topic in ranked),
        activity.helpful,
        activity.unhelpful,
    )
