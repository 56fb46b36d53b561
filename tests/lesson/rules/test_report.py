from __future__ import annotations

import csv
import io
from dataclasses import replace

from bot.lesson.rules.lesson import Lesson, LessonSummary, Participant, Posting, Tally, shift_of
from bot.lesson.rules.prompt import draw_prompts
from bot.lesson.rules.quiz import Score, draw_quiz
from bot.lesson.rules.quiz_run import HeldItem, HeldQuiz, QuizCounts
from bot.lesson.rules.report import PARTICIPATION, participation_csv, question_of, report
from tests.quote.rules.findings import pack

(PROMPT,) = draw_prompts(pack(), topic=None, count=1, seed=1)
(ITEM,) = draw_quiz(pack(), topics=(), count=1, seed=1)
LESSON = Lesson(
    id="l",
    guild="1",
    channel=2,
    teacher="t",
    title="Data & us",
    logged=True,
    names=True,
    started_utc="2026-01-01T09:00:00+00:00",
    ended_utc="2026-01-01T09:45:00+00:00",
)
POSTING = Posting(
    id="p",
    guild="1",
    channel=2,
    message=3,
    prompt=PROMPT.id,
    lesson="l",
    names=True,
    revealed=("film",),
    posted_utc=LESSON.started_utc,
    due_utc=None,
    closed_utc=LESSON.ended_utc,
    voters=3,
    answers=0,
    result=shift_of({"a": "agree", "b": "agree", "c": "unsure"}, {"a": "disagree"}, 1),
)
QUIZ = HeldQuiz(
    id="q",
    guild="1",
    channel=2,
    lesson="l",
    items=(HeldItem(ITEM.passage, ITEM.options, ITEM.answer),),
    seconds=None,
    step=2,
    told=2,
    message=4,
    deadline_ms=None,
    started_utc=LESSON.started_utc,
    ended_utc=LESSON.ended_utc,
    counts=QuizCounts(
        ({option: 3 if option == ITEM.answer else 1 for option in ITEM.options},), (Score(1, 1), Score(0, 1))
    ),
)
SUMMARY = LessonSummary(
    lesson=LESSON,
    tally=Tally(people=3, asked=2, silent=1, voters=3, answers=1, cited=1),
    topics=((pack().topic("privacy"), 2),),
    questions=(("is my data sold", 2),),
    unanswered=("what about <zebras>",),
    asked_back=("hm <b>",),
    postings=(POSTING,),
    quizzes=(QUIZ,),
    participants=(
        Participant("KD7", None, 1, 2, 3, 4, Score(5, 6)),
        Participant("AB2", "=cmd()", 0, 0, 0, 0, Score(0, 0)),
    ),
)


def test_a_report_has_everything_that_happened() -> None:
    text = report(pack(), SUMMARY)
    for line in (
        "# Lesson: Data \\& us",
        "From 2026-01-01T09:00 to 2026-01-01T09:45 (UTC).",
        "- People who took part: 3",
        "- Questions to the bot: 2; no side was quoted on 1 of them",
        "- Written answers: 1; quoting the articles word for word: 1",
        "- is my data sold (2)",
        "- what about \\<zebras\\>",
        "## Not understood, and asked back",
        "- hm \\<b\\>",
        "- 1 quote: 60 % of all answers were right",
        "| KD7 |  | 1 | 2 | 3 | 4 | 5 | 6 |",
    ):
        assert line in text.splitlines()
    assert "before the quotes 2 / 0 / 1, after them 0 / 1 / 0" in text
    assert "3 of 5 right" in text


def test_of_a_lesson_whose_people_are_deleted_the_counts_are_left() -> None:
    text = report(pack(), replace(SUMMARY, participants=(), topics=(), questions=(), unanswered=(), quizzes=()))
    assert "- Votes: 3" in text
    assert "Participation" not in text
    assert "Quizzes" not in text


def test_participation_is_a_table_in_which_nothing_can_be_calculated() -> None:
    rows = list(csv.reader(io.StringIO(participation_csv(SUMMARY), newline="")))
    assert rows == [
        list(PARTICIPATION),
        ["KD7", "", "1", "2", "3", "4", "5", "6"],
        ["AB2", "'=cmd()", "0", "0", "0", "0", "0", "0"],
    ]


def test_a_prompt_that_the_pack_no_longer_has_is_named_by_its_id() -> None:
    assert question_of(pack(), PROMPT.id) == PROMPT.question
    assert question_of(pack(), "gone.abc") == "gone.abc"
    assert "gone\\.abc before the quotes 2 / 0 / 1" in report(
        pack(), replace(SUMMARY, postings=(replace(POSTING, prompt="gone.abc"),))
    )
