"""Files for a lesson's teacher: a report, the participation as a table, and the students' answers.

People appear as random codes, and under their names only on request. Text that people wrote is inert in every file.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.lesson import LessonSummary, Participant, StudentAnswer, codes_of, totals
from bot.lesson.rules.prompt import prompt_of
from bot.lesson.rules.quiz_run import result_of_counts
from bot.values.text import inert, plain
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

    from bot.values.ballot import Counts
    from knowledge.model import Pack

PARTICIPATION: Final = ("student", "name", "asked", "voted", "answered", "cited", "quiz_right", "quiz_answered")
ANSWERS: Final = ("student", "name", "question", "answer", "answered_utc")


def participation_csv(summary: LessonSummary) -> str:
    """Return one row for each student, as CSV (see `_csv`)."""
    return _csv(PARTICIPATION, map(_cells, summary.participants))


def report(pack: Pack, summary: LessonSummary) -> str:
    """Return the whole summary as Markdown."""
    return "\n".join(_lines(pack, summary)) + "\n"


def answers_csv(pack: Pack, answers: Sequence[StudentAnswer], random: Random, *, named: bool) -> str:
    """Return one row for each answer, as CSV (see `_csv`), with names only when `named`."""
    codes = codes_of((answer.person for answer in answers), random)
    questions = {prompt: question_of(pack, prompt) for prompt in {answer.prompt for answer in answers}}
    rows = (
        (codes[answer.person], answer.name if named else "", questions[answer.prompt], answer.text, answer.answered_utc)
        for answer in answers
    )
    return _csv(ANSWERS, rows)


def answers_markdown(pack: Pack, answers: Sequence[StudentAnswer], random: Random, *, named: bool) -> str:
    """Return the answers as Markdown, under a heading for each prompt, with names only when `named`."""
    codes = codes_of((answer.person for answer in answers), random)
    of_posting: dict[str, list[StudentAnswer]] = {}
    for answer in answers:
        of_posting.setdefault(answer.posting, []).append(answer)
    parts = ["# Answers", ""]
    for written in of_posting.values():
        parts += [f"## {plain(question_of(pack, written[0].prompt))}", ""]
        for answer in written:
            who = f"{codes[answer.person]} ({plain(answer.name)})" if named else codes[answer.person]
            parts.append(f"- **{who}:** {plain(answer.text)}")
        parts.append("")
    return "\n".join(parts)


def question_of(pack: Pack, prompt_id: str) -> str:
    """Return the question of a prompt, or the prompt's id when the pack no longer has it."""
    try:
        return prompt_of(pack, prompt_id).question
    except UserError:
        return prompt_id


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a header and rows as RFC 4180 asks: comma, CRLF, every cell quoted. No cell is run as a formula."""
    written = io.StringIO()
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    table.writerow(columns)
    table.writerows([inert(str(cell)) for cell in row] for row in rows)
    return written.getvalue()


def _lines(pack: Pack, summary: LessonSummary) -> Iterator[str]:
    lesson, tally = summary.lesson, summary.tally
    yield f"# Lesson: {plain(lesson.title or lesson.started_utc[:10])}"
    yield ""
    yield f"From {lesson.started_utc[:16]} to {(lesson.ended_utc or 'now')[:16]} (UTC)."
    yield ""
    yield f"- People who took part: {tally.people}"
    yield f"- Questions to the bot: {tally.asked}; neither side is quoted on {tally.silent} of them"
    yield f"- Votes: {tally.voters}"
    yield f"- Written answers: {tally.answers}; quoting the articles word for word: {tally.cited}"
    yield from _listed("Topics asked about most", [f"{plain(topic.name)}: {count}" for topic, count in summary.topics])
    yield from _listed("Asked most", [f"{plain(question)} ({count})" for question, count in summary.questions])
    yield from _listed("Neither side is quoted on", [plain(question) for question in summary.unanswered])
    yield from _listed("Votes (agree / disagree / unsure)", list(_votes(pack, summary)))
    yield from _listed("Quizzes", list(_quizzes(pack, summary)))
    if summary.participants:
        columns = f"| {' | '.join(PARTICIPATION)} |"
        yield from ("", "## Participation", "", columns, f"|{' --- |' * len(PARTICIPATION)}")
        for participant in summary.participants:
            yield f"| {' | '.join(plain(str(cell)) for cell in _cells(participant))} |"


def _listed(heading: str, items: list[str]) -> Iterator[str]:
    if items:
        yield from ("", f"## {heading}", "", *(f"- {item}" for item in items))


def _votes(pack: Pack, summary: LessonSummary) -> Iterator[str]:
    for posting in summary.postings:
        if posting.result is not None:
            before, after = totals(posting.result)
            counts = f"before the quotes {_slashed(before)}, after them {_slashed(after)}"
            yield f"{plain(question_of(pack, posting.prompt))} {counts}"


def _slashed(counts: Counts) -> str:
    return " / ".join(map(str, counts))


def _quizzes(pack: Pack, summary: LessonSummary) -> Iterator[str]:
    for quiz in summary.quizzes:
        result = result_of_counts(pack, quiz)
        if result is None or result.share is None:
            continue
        quotes = "1 quote" if len(quiz.items) == 1 else f"{len(quiz.items)} quotes"
        yield f"{quotes}: {result.share:.0f} % of all answers were right"
        for one in result.missed:
            yield f"“{plain(one.item.quote.text)}”: {one.right} of {one.answered} right"


def _cells(participant: Participant) -> tuple[str | int, ...]:
    return (
        participant.code,
        participant.name or "",
        participant.asked,
        participant.voted,
        participant.answered,
        participant.cited,
        participant.guessed.right,
        participant.guessed.answered,
    )
