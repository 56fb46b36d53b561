"""A guild's figures in words: as text, and as what is read to those who cannot see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.review.service.chart import title_of
from bot.wire.page.escaping import ELLIPSIS, cut, echoed, escaped, size
from bot.wire.page.limits import LONGEST_ALT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.review.rules.figures import Figures
    from bot.wire.page.language import Words

_TOPICS: Final = 12
_QUESTION: Final = 90


def lines_of(figures: Figures, words: Words) -> list[str]:
    """Say the figures, one a line."""
    lines = [f"**{words(title_of(figures))}**", *_counts(figures, words)]
    if figures.topics:
        lines.append(words("Asked about (a question can be about several things):"))
        lines += [f"- {escaped(topic.name)}: {count}" for topic, count in figures.topics[:_TOPICS]]
    return lines


def unanswered_lines(questions: Sequence[str], words: Words) -> list[str]:
    """List the questions on which both sides were silent."""
    if not questions:
        return []
    heading = words("Unanswered, most frequent first (only moderators see this, and not who asked):")
    return [heading, *(f"- {echoed(question, _QUESTION)}" for question in questions)]


def alt_text(figures: Figures, words: Words) -> str:
    """Describe the picture for those who cannot see it."""
    topics = "; ".join(f"{topic.name}: {count}" for topic, count in figures.topics[:_TOPICS])
    parts = [words("Bar chart."), f"{words(title_of(figures))}.", *_counts(figures, words)]
    if topics:
        parts.append(words("Asked about: {topics}.", topics=topics))
    text = " ".join(parts)
    return text if size(text) <= LONGEST_ALT else f"{cut(text, LONGEST_ALT - size(ELLIPSIS))}{ELLIPSIS}"


def _counts(figures: Figures, words: Words) -> list[str]:
    return [
        words(
            "Questions: {asked}; answered: {answered}; both sides silent: {unanswered}.",
            asked=figures.asked,
            answered=figures.answered,
            unanswered=figures.unanswered,
        ),
        words(
            "Votes: {votes}; helpful: {helpful}; not helpful: {unhelpful}.",
            votes=figures.votes,
            helpful=figures.helpful,
            unhelpful=figures.unhelpful,
        ),
    ]
