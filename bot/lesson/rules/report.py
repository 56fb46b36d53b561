"""Files for a lesson's teacher: a report, the participation as a table, and the students' answers.

People appear as random codes, and under their names only on request. Text that people wrote is inert in every file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.lesson.rules.lesson import LessonSummary, Participant, StudentAnswer, codes_of
from bot.lesson.rules.prompt import prompt_of
from bot.lesson.rules.quiz_run import result_of_counts
from bot.quote.rules.cite.prose import check_quoted
from bot.quote.rules.cite.verdict import verdict_on
from bot.values.ballot import KEPT_BACK
from bot.values.separated import PLAIN, table
from bot.values.text import plain
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from bot.values.ballot import Counts
    from bot.values.separated import Separators
    from knowledge.model import Pack

PARTICIPATION: Final = ("student", "name", "asked", "voted", "answered", "cited", "quiz_right", "quiz_answered")
SPARRINGS: Final = ("student", "against", "turns", "claims", "met by a quote", "granted")
ANSWERS: Final = ("student", "name", "question", "answer", "quotations", "answered_utc")


def participation_csv(summary: LessonSummary, separators: Separators = PLAIN) -> str:
    """Return one row for each student, as CSV."""
    return table((PARTICIPATION, *map(_cells, summary.participants)), separators)


def report(pack: Pack, summary: LessonSummary) -> str:
    """Return the whole summary as Markdown."""
    return "\n".join(_lines(pack, summary)) + "\n"


def answers_csv(
    pack: Pack, answers: Sequence[StudentAnswer], random: Random, separators: Separators = PLAIN, *, named: bool
) -> str:
    """Return one row for each answer, as CSV, with names only when `named`."""
    codes = codes_of((answer.person for answer in answers), random)
    questions = {prompt: question_of(pack, prompt) for prompt in {answer.prompt for answer in answers}}
    rows = (
        (
            codes[answer.person],
            answer.name if named else "",
            questions[answer.prompt],
            answer.text,
            "\n".join(_checked(pack, answer.text)),
            answer.answered_utc,
        )
        for answer in answers
    )
    return table((ANSWERS, *rows), separators)


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
            parts += [f"    - {plain(line)}" for line in _checked(pack, answer.text)]
        parts.append("")
    return "\n".join(parts)


def _checked(pack: Pack, text: str) -> list[str]:
    """Return for each quotation in an answer what it is, and what turns its meaning."""
    return [
        " ".join((f"“{checked.text}”:", str(verdict_on(pack, checked)), *map(str, checked.careful)))
        for checked in check_quoted(pack, text)
    ]


def question_of(pack: Pack, prompt_id: str) -> str:
    """Return the question of a prompt, or the prompt's id when the pack no longer has it."""
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
    yield f"- Questions to the bot: {tally.asked}; no side was quoted on {tally.silent} of them"
    yield f"- Votes: {tally.voters}"
    yield f"- Written answers: {tally.answers}; quoting the articles word for word: {tally.cited}"
    yield from _listed("Topics asked about most", [f"{plain(topic.name)}: {count}" for topic, count in summary.topics])
    yield from _listed("Asked most", [f"{plain(question)} ({count})" for question, count in summary.questions])
    yield from _listed("No side was quoted on", [plain(question) for question in summary.unanswered])
    yield from _listed("Not understood, and asked back", [plain(question) for question in summary.asked_back])
    yield from _listed("Votes (agree / disagree / unsure)", list(_votes(pack, summary)))
    yield from _listed("Quizzes", list(_quizzes(pack, summary)))
    if summary.sparred:
        yield from ("", "## Sparrings", "", f"| {' | '.join(SPARRINGS)} |", f"|{' --- |' * len(SPARRINGS)}")
        for code, one in summary.sparred:
            cells = (code, one.side(pack), one.turns, one.claims, one.met, one.granted)
            yield f"| {' | '.join(plain(str(cell)) for cell in cells)} |"
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
            before, after = posting.result.told
            counts = f"before the quotes {_slashed(before)}, after them {_slashed(after)}"
            yield f"{plain(question_of(pack, posting.prompt))} {counts}"


def _slashed(counts: Counts | None) -> str:
    return str(KEPT_BACK) if counts is None else " / ".join(map(str, counts))


def _quizzes(pack: Pack, summary: LessonSummary) -> Iterator[str]:
    for quiz in summary.quizzes:
        result = result_of_counts(pack, quiz)
        quotes = "1 quote" if len(quiz.items) == 1 else f"{len(quiz.items)} quotes"
        if result is not None and result.is_kept_back:
            yield f"{quotes}: {KEPT_BACK}"
        if result is None or result.share is None:
            continue
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
