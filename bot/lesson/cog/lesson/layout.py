"""What is read of a lesson: by the class when it begins and ends, and by whoever leads it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.lesson import totals
from bot.lesson.rules.quiz_run import result_of_counts
from bot.lesson.rules.report import question_of
from bot.wire.page.escaping import echoed, escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.lesson.rules.lesson import Lesson, LessonSummary, Posting, StudentAnswer
    from bot.wire.page.language import Words
    from knowledge.model import Pack

_TITLE: Final = 100
_LINE: Final = 90
_ANSWER: Final = 150
"""Characters that a line may take, so that everything fits into one message."""

_LISTED: Final = 3
_PROMPTS: Final = 4
_ANSWERS: Final = 8
"""Lines that are shown of what the files have in full."""


def begun_lines(lesson: Lesson, days: int, words: Words) -> list[str]:
    """Tell a class that a lesson begins, and what is kept of it (for so many days)."""
    lines = []
    if lesson.names:
        lines.append(words("Your written answers are shown here **with your name**."))
    else:
        lines.append(
            words(
                "Your written answers are shown here **without your name**; whoever leads can look up who wrote what."
            )
        )
    lines.append(words("Votes and what you choose in a quiz are secret."))
    if lesson.logged:
        lines.append(
            words.count(
                "What you do here is kept for {number} day; `/privacy` lets you see and delete what is yours.",
                "What you do here is kept for {number} days; `/privacy` lets you see and delete what is yours.",
                days,
            )
        )
    else:
        lines.append(words("When the lesson ends I delete what was asked, voted and written; only counts are kept."))
    head = f"**{words('The lesson begins: {title}', title=_titled(lesson, words))}**"
    return [head, *(f"- {line}" for line in lines)]


def ended_line(summary: LessonSummary, words: Words) -> str:
    """Tell a class that a lesson is over."""
    said = f"**{words('The lesson is over. Thank you!')}**"
    if not summary.tally.people:
        return said
    took_part = words.count("{number} person took part.", "{number} people took part.", summary.tally.people)
    return f"{said} {took_part}"


def led_lines(words: Words) -> list[str]:
    """Tell whoever begins a lesson what they can do now."""
    return [
        words("What you can do now, in this channel:"),
        words("- `/prompt` puts a question: let them vote, reveal the quotes, let them vote again, then close it."),
        words("- `/quiz` asks who said it. `/handout` gives you something to print."),
        words("- `/lesson answers` shows you who wrote what, `/lesson status` how it goes."),
        words("- `/lesson stop` ends it, and gives you the summary."),
    ]


def summary_lines(pack: Pack, summary: LessonSummary, words: Words) -> list[str]:
    """Sum a lesson up for whoever led it; the files that go with it have everything."""
    lesson, tally = summary.lesson, summary.tally
    began = int(datetime.fromisoformat(lesson.started_utc).timestamp())
    lines = [
        f"**{_titled(lesson, words)}** · <t:{began}:f>",
        words("People who took part: {people}", people=tally.people),
        words("Questions: {asked}; neither side is quoted on {silent} of them", asked=tally.asked, silent=tally.silent),
        words("Votes: {voters}", voters=tally.voters),
        words(
            "Written answers: {answers}; with words from the articles, word for word: {cited}",
            answers=tally.answers,
            cited=tally.cited,
        ),
    ]
    topics = ", ".join(f"{escaped(topic.name)} ({count})" for topic, count in summary.topics)
    if topics:
        lines.append(words("Asked about most: {topics}", topics=topics))
    unanswered = [f"- {echoed(question, _LINE)}" for question in summary.unanswered]
    lines += _under(words("The articles quote neither side on:"), unanswered, _LISTED, words)
    votes = [_vote(pack, posting, words) for posting in summary.postings]
    lines += _under(words("Votes as agree / disagree / unsure, before → after the quotes:"), votes, _PROMPTS, words)
    lines += _under(words("Quizzes:"), list(_quizzes(pack, summary, words)), _LISTED, words)
    return lines


def answers_lines(answers: Sequence[StudentAnswer], words: Words) -> list[str]:
    """List the last answers with who wrote them; all of them stand in the file."""
    if not answers:
        return [words("Nobody has written an answer yet.")]
    lines = [
        words.count(
            "{number} written answer. Only you see who wrote it:",
            "{number} written answers. Only you see who wrote them:",
            len(answers),
        )
    ]
    last = answers[-_ANSWERS:]
    lines += [f"- **{echoed(answer.name, _TITLE // 2)}:** {echoed(answer.text, _ANSWER)}" for answer in last]
    if len(answers) > len(last):
        lines.insert(1, words("These are the last {number}; all of them are in the file.", number=len(last)))
    return lines


def _titled(lesson: Lesson, words: Words) -> str:
    return echoed(lesson.title, _TITLE) if lesson.title else words("a lesson")


def _vote(pack: Pack, posting: Posting, words: Words) -> str:
    """Say of a prompt what its vote came to, or how many have voted."""
    question = echoed(question_of(pack, posting.prompt), _LINE)
    if posting.result is None:
        told = words.count("open, {number} vote", "open, {number} votes", posting.voters)
    else:
        told = " → ".join(" / ".join(map(str, counts)) for counts in totals(posting.result) if sum(counts))
    return f"- {question} **{told or words('no votes')}**"


def _quizzes(pack: Pack, summary: LessonSummary, words: Words) -> Iterator[str]:
    for quiz in summary.quizzes:
        result = result_of_counts(pack, quiz)
        if result is not None and result.share is not None:
            share = round(result.share)
            yield words("- {of} quotes, {share} % of the answers right", of=len(quiz.items), share=share)


def _under(heading: str, lines: list[str], most: int, words: Words) -> list[str]:
    """Return the first lines under a heading, and say how many more there are; nothing for none."""
    if not lines:
        return []
    shown = [f"**{heading}**", *lines[:most]]
    if len(lines) > most:
        shown.append(words("… and {number} more in the file", number=len(lines) - most))
    return shown
