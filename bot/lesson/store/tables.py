"""The tables of lessons, prompts and quizzes, and how long what a class does is kept."""

from __future__ import annotations

from typing import Final

from bot.lesson.rules.lesson import LESSONS_KEPT
from bot.log.privacy import PersonalTable, Table
from knowledge.errors import Message

_OF_OLD_POSTINGS: Final = "posting IN (SELECT id FROM posting WHERE guild = :guild AND posted_utc < :before)"

TABLES: Final = (
    PersonalTable(
        "lesson",
        expires="guild = :guild AND started_utc < :before",
        longest=LESSONS_KEPT,
        what=Message("a lesson that you led, and what you called it"),
        becomes={"person": "NULL", "title": "NULL"},
    ),
    Table("posting", expires="guild = :guild AND posted_utc < :before", longest=LESSONS_KEPT),
    PersonalTable(
        "prompt_vote",
        expires=_OF_OLD_POSTINGS,
        longest=LESSONS_KEPT,
        what=Message("your vote on a prompt, before or after the quotes were revealed"),
    ),
    PersonalTable(
        "student_answer",
        expires=_OF_OLD_POSTINGS,
        longest=LESSONS_KEPT,
        what=Message("an answer that you wrote on a prompt, with the name you had there"),
    ),
    Table("quiz", expires="guild = :guild AND started_utc < :before", longest=LESSONS_KEPT),
    PersonalTable(
        "quiz_choice",
        expires="quiz IN (SELECT id FROM quiz WHERE guild = :guild AND started_utc < :before)",
        longest=LESSONS_KEPT,
        what=Message("what you chose in a quiz"),
    ),
    Table("schedule"),
)
