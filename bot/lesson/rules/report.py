"""What a lesson came to, as files for its teacher: a report, the participation as a table, and students' answers.

People are codes, with names beside them only where that is wanted. Nothing that people wrote can do anything in a file.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.lesson import codes_of, totals
from bot.lesson.rules.prompt import prompt_of
from bot.lesson.rules.quiz_run import result_of_counts
from bot.values.text import inert, plain
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from bot.lesson.rules.lesson import LessonSummary, Participant, StudentAnswer
    from bot.values.ballot import Counts
    from knowledge.model import Pack

COLUMNS: Final = ("student", "name", "asked", "voted", "answered", "cited", "quiz_right", "quiz_answered")


def participation_csv(summary: LessonSummary) -> str:
    """Write a line of headings and one for each student (RFC 4180: comma, CRLF, every cell quoted)."""
    written = io.StringIO()
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    table.writerow(COLUMNS)
    for participant in summary.participants:
        table.writerow([inert(str(cell)) for cell in _cells(participant)])
    return written.getvalue()


def report(pack: Pack, summary: LessonSummary) -> str:
    """Write the whole summary as Markdown."""
    return "\n".join(_lines(pack, summary)) + "\n"


def question_of(pack: Pack, prompt_id: str) -> str:
    """Return the question of a prompt, or its id where the pack no longer has it."""
    try:
        return prompt_of(pack, prompt_id).question
    except UserError:
        return prompt_id


def _lines(pack: Pack, summary: LessonSummary) -> Iterator[str]:
    lesson, tally = summary.lesson, summary.tally
    yield f"# Lesson: {plain(lesson.title or lesson.started_utc[:10])}"
    yield ""
    yield f"From {lesson.started_utc[:16]} to {(lesson.ended_utc or 'now')[:16]} (UTC)."
    yield ""
    yield f"- People who took part: {tally.people}"
    yield f"- Questions to the bot: {tally.asked}; neither side is quoted on {tally.silent} of them"
    yield f"- Votes: {tally.voters}"
    yield f"- Written answers: {tally.answers}; with words from the articles, word for word: {tally.cited}"
    yield from _listed("Asked about most", [f"{plain(topic.name)}: {count}" for topic, count in summary.topics])
    yield from _listed("Asked most", [f"{plain(question)} ({count})" for question, count in summary.questions])
    yield from _listed("Neither side is quoted on", [plain(question) for question in summary.unanswered])
    yield from _listed("Votes (agree / disagree / unsure)", list(_votes(pack, summary)))
    yield from _listed("Quizzes", list(_quizzes(pack, summary)))
    if summary.participants:
        yield from ("", "## Participation", "", f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}")
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
        yield f"{quotes}: of all answers {result.share:.0f} % were right"
        for one in result.items:
            if one.right < one.answered:
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


ANSWER_COLUMNS: Final = ("student", "name", "question", "answer", "answered_utc")


def answers_csv(pack: Pack, answers: Sequence[StudentAnswer], random: Random, *, named: bool) -> str:
    """Write a line of headings and one for each answer (RFC 4180: comma, CRLF, every cell quoted).

    No cell can be calculated. Names are there only when `named`.
    """
    codes = codes_of((answer.person for answer in answers), random)
    questions = _questions(pack, answers)
    written = io.StringIO()
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    table.writerow(ANSWER_COLUMNS)
    for answer in answers:
        cells = (
            codes[answer.person],
            answer.name if named else "",
            questions[answer.prompt],
            answer.text,
            answer.answered_utc,
        )
        table.writerow([inert(cell) for cell in cells])
    return written.getvalue()


def answers_markdown(pack: Pack, answers: Sequence[StudentAnswer], random: Random, *, named: bool) -> str:
    """Write a heading for each prompt with its answers below; what people wrote cannot make markup."""
    codes = codes_of((answer.person for answer in answers), random)
    questions = _questions(pack, answers)
    of_posting: dict[str, list[StudentAnswer]] = {}
    for answer in answers:
        of_posting.setdefault(answer.posting, []).append(answer)
    parts = ["# Answers", ""]
    for given in of_posting.values():
        parts += [f"## {plain(questions[given[0].prompt])}", ""]
        for answer in given:
            who = f"{codes[answer.person]} ({plain(answer.name)})" if named else codes[answer.person]
            parts.append(f"- **{who}:** {plain(answer.text)}")
        parts.append("")
    return "\n".join(parts)


def _questions(pack: Pack, answers: Sequence[StudentAnswer]) -> dict[str, str]:
    """Return the question of each prompt by the prompt's id; the id itself where the pack has it no longer."""
    questions = {}
    for prompt_id in dict.fromkeys(answer.prompt for answer in answers):
        try:
            questions[prompt_id] = prompt_of(pack, prompt_id).question
        except UserError:
            questions[prompt_id] = prompt_id
    return questions
