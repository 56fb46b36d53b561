"""A guild's figures, without people: what was asked, what stayed unanswered, and what people thought of the answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def figures_of(pack: Pack, activity: Activity, days: int) -> Figures:
    """Count by topic; passages that the pack no longer has count for none."""
    known = {passage.id: passage for passage in pack.passages}
    counts: Counter[str] = Counter()
    for passage_id, questions in activity.first_quotes.items():
        if passage_id in known:
            counts.update(dict.fromkeys(known[passage_id].topics, questions))
    order = {topic.id: number for number, topic in enumerate(pack.topics)}
    topics = sorted(counts, key=lambda topic: (-counts[topic], order[topic]))
    return Figures(
        days,
        activity.asked,
        activity.unanswered,
        tuple((pack.topic(topic), counts[topic]) for topic in topics),
        activity.helpful,
        activity.unhelpful,
    )
