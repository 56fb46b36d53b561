"""Students' answers as a file: CSV or Markdown, in which nothing that people wrote can do anything.

People are codes, drawn anew for each file.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.lesson import codes_of
from bot.lesson.rules.prompt import prompt_of
from bot.values.text import inert, plain
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from bot.lesson.rules.lesson import StudentAnswer
    from knowledge.model import Pack

CSV_COLUMNS: Final = ("student", "name", "question", "answer", "answered_utc")


def as_csv(pack: Pack, answers: Sequence[StudentAnswer], random: Random, *, named: bool) -> str:
    """Write a line of headings and one for each answer (RFC 4180: comma, CRLF, every cell quoted).

    No cell can be calculated. Names are there only when `named`.
    """
    codes = codes_of((answer.person for answer in answers), random)
    questions = _questions(pack, answers)
    written = io.StringIO()
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    table.writerow(CSV_COLUMNS)
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


def as_markdown(pack: Pack, answers: Sequence[StudentAnswer], random: Random, *, named: bool) -> str:
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
