from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.lesson.rules.days import Days
from bot.lesson.rules.lesson import AGREE, UNSURE, Lesson, Posting, Tally
from bot.lesson.rules.quiz_run import HeldItem, HeldQuiz
from bot.lesson.rules.schedule import rule_of
from bot.lesson.store import lessons, postings, quizzes, schedules
from bot.lesson.store.schedules import Schedule
from bot.values.ballot import Round
from tests.log.samples import counted as rows_in
from tests.log.samples import exported, on_server, shown, traces

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config.sections import Server
    from bot.log.connection import Connection
    from bot.log.log import ConversationLog

OLD, NEW = "2026-01-01T00:00:00+00:00", "2026-03-01T00:00:00+00:00"
BETWEEN = "2026-02-01T00:00:00+00:00"
EARLY, LATER = "2025-01-01T00:00:00+00:00", "2026-03-20T00:00:00+00:00"
"""A time that keeps everything else, and one at which a lesson of 1 March is not a month old."""
PERSONAL = ("lesson", "prompt_vote", "student_answer", "quiz_choice", "participation")


def a_lesson(number: int, when: str, *, guild: str = "1", logged: bool = True) -> Lesson:
    """Make a lesson, in a channel of its own."""
    return Lesson(
        f"lesson{number}", guild, number, "teacher", "zyxwv 7b", logged, names=True, started_utc=when, ended_utc=None
    )


def a_posting(number: int, when: str, *, guild: str = "1", due_utc: str | None = None) -> Posting:
    return Posting(f"posting{number}", guild, number, "some.prompt", when, due_utc)


def a_quiz(number: int, when: str, *, guild: str = "1") -> HeldQuiz:
    items = (HeldItem("cats-10", ("cats", "dogs"), "cats"),)
    return HeldQuiz(f"quiz{number}", guild, number, items, 20, when)


def fill(log: ConversationLog, *, guild: str = "1", first: int = 1) -> None:
    """Hold a lesson long ago and one lately, each with a prompt, a vote, an answer, a quiz and a choice."""
    for number, when in ((first, OLD), (first + 1, NEW)):

        def job(db: Connection, number: int = number, when: str = when) -> None:
            assert lessons.begin(db, a_lesson(number, when, guild=guild))
            posting = postings.post(db, a_posting(number, when, guild=guild))
            assert posting.lesson == f"lesson{number}"
            postings.vote(db, posting.id, "student", AGREE)
            postings.answer(db, posting.id, "student", "zyxwv name", f"zyxwv written {when[:7]}", when)
            quiz = quizzes.begin(db, a_quiz(number, when, guild=guild))
            assert quiz is not None
            quizzes.choose(db, quiz.id, 1, "student", "dogs", 0)

        log.write(job).result(10)


def counted(log: ConversationLog) -> dict[str, int]:
    counts = log.read(lambda db: rows_in(db, *PERSONAL, "posting", "quiz", "schedule"))
    return {table: count for table, count in counts.items() if count}


def test_lessons_that_are_too_old_are_deleted_with_all_that_is_in_them(
    place: Path | Server, log: ConversationLog
) -> None:
    """By a time of their own; no byte of them stays."""
    fill(log)
    fill(log, guild="2", first=3)
    forgotten = log.expire({"1": EARLY}, [], now=LATER).result(10)
    assert {table: rows for table, rows in forgotten.rows.items() if rows} == {
        "participation": 1,
        "quiz_choice": 1,
        "student_answer": 1,
        "prompt_vote": 1,
        "quiz": 1,
        "posting": 1,
        "lesson": 1,
    }
    assert forgotten.wiped is not on_server(log)
    assert counted(log) == dict.fromkeys((*PERSONAL, "posting", "quiz"), 3)
    assert traces(place, "zyxwv written 2026-01") == 1
    assert log.expire({"1": EARLY}, [], now=LATER).result(10).rows.total() == 0


def test_a_guild_that_keeps_turns_for_less_keeps_lessons_for_less(log: ConversationLog) -> None:
    fill(log)
    assert log.expire({"1": BETWEEN}, [], now=OLD).result(10).rows["lesson"] == 1


def test_a_guild_takes_its_lessons_and_schedules_along(log: ConversationLog) -> None:
    """Those of others stay; a guild is known by any of them."""
    fill(log)
    fill(log, guild="2", first=3)
    rule = rule_of("07:45", "UTC", Days((0,)))
    log.write(lambda db: schedules.save(db, Schedule("3", 5, rule, None, NEW), "boss", "x", NEW)).result(10)
    log.write(lambda db: postings.post(db, a_posting(9, NEW, guild="4"))).result(10)
    log.write(lambda db: quizzes.begin(db, a_quiz(9, NEW, guild="5"))).result(10)
    assert log.read(log.registry.guilds) == ("1", "2", "3", "4", "5")
    log.expire({}, ["1", "3", "4", "5"], now=NEW).result(10)
    assert log.read(log.registry.guilds) == ("2",)
    assert counted(log) == dict.fromkeys((*PERSONAL, "posting", "quiz"), 2)


def test_a_person_sees_and_takes_along_their_part_in_lessons(log: ConversationLog) -> None:
    fill(log)
    held = {holding.table: holding.rows for holding in shown(log, "student") if holding.rows}
    assert held == dict.fromkeys(PERSONAL[1:], 2)
    assert {holding.table: holding.rows for holding in shown(log, "teacher") if holding.rows} == {"lesson": 2}
    assert [row["text"] for row in exported(log, "student")["student_answer"]] == [
        "zyxwv written 2026-01",
        "zyxwv written 2026-03",
    ]


def test_a_person_who_is_forgotten_leaves_no_trace_in_lessons(place: Path | Server, log: ConversationLog) -> None:
    """The lessons stay, for the others, without who led them and how that person called them."""
    fill(log)
    rows = log.forget_people(["student", "teacher"]).result(10).rows
    assert {table: number for table, number in rows.items() if number} == dict.fromkeys(PERSONAL, 2)
    assert counted(log) == {"lesson": 2, "posting": 2, "quiz": 2}
    assert traces(place, "zyxwv") == 0
    running, _, _ = log.read(lessons.held)
    assert [(lesson.teacher, lesson.title) for lesson in running] == [(None, None)] * 2


def test_a_prompt_stays_counted_when_its_voters_have_gone(log: ConversationLog) -> None:
    fill(log)
    closed = log.write(lambda db: postings.close(db, "posting1", NEW, 5)).result(10)
    assert closed is not None
    log.forget_people(["student"]).result(10)
    assert log.read(lambda db: postings.posting(db, "posting1")) == closed
    assert (closed.voters, closed.answers) == (1, 1)
    still_open = log.read(lambda db: postings.posting(db, "posting2"))
    assert still_open is not None
    assert (still_open.voters, still_open.answers) == (0, 0)


def test_a_vote_of_before_the_reveal_stays_beside_that_of_after(log: ConversationLog) -> None:
    fill(log)

    def job(db: Connection) -> list[tuple[str, str]]:
        postings.reveal(db, "posting1", "cats")
        postings.vote(db, "posting1", "student", UNSURE)
        return [(row["round"], row["choice"]) for row in log.registry.export(db, "student")["prompt_vote"][:2]]

    assert log.write(job).result(10) == [(Round.BEFORE.value, AGREE), (Round.AFTER.value, UNSURE)]
    found = log.read(lambda db: postings.posting(db, "posting1"))
    assert found is not None
    assert (found.voters, found.revealed) == (1, ("cats",))


def test_only_what_a_schedule_wanted_counts_as_never_shown(log: ConversationLog) -> None:
    """What a person asked for and what was lost on its way is theirs to ask for again."""
    log.write(lambda db: postings.post(db, a_posting(1, NEW))).result(10)
    wanted = log.write(lambda db: postings.post(db, a_posting(2, NEW, due_utc=NEW))).result(10)
    assert log.read(postings.never_shown) == (wanted,)
    for number in (1, 2):
        log.write(partial(postings.withdraw, posting_id=f"posting{number}")).result(10)
    assert log.read(postings.never_shown) == ()
    assert log.read(lambda db: postings.posting(db, "posting1")) is not None


def test_deleting_what_a_lesson_gathered_keeps_the_counts_that_were_kept_first(log: ConversationLog) -> None:
    """Two who do it at once do not count what the first has deleted."""
    fill(log)
    lesson = a_lesson(1, OLD, logged=False)
    log.delete(lambda db: lessons.delete_gathered(db, lesson, Tally(people=1)), lambda _: False).result(10)
    log.delete(lambda db: lessons.delete_gathered(db, lesson, Tally()), lambda _: False).result(10)
    assert log.read(lambda db: lessons.tally(db, "lesson1")) == Tally(people=1)
    assert counted(log) == {**dict.fromkeys(PERSONAL, 1), "lesson": 2, "posting": 2, "quiz": 2}


def test_a_schedule_is_kept_as_it_was_set(log: ConversationLog) -> None:
    """What came already is not forgotten when another time is set."""
    first = Schedule("1", 5, rule_of("07:45", "Europe/Berlin", Days((0,), 4)), "data", NEW)
    after = Schedule("1", 5, first.rule, "data", "2026-03-08T00:00:00+00:00", ("some.prompt",))
    log.write(lambda db: schedules.save(db, first, "boss", "x", NEW)).result(10)
    assert log.read(schedules.every) == (first,)
    assert log.write(lambda db: schedules.take(db, first, after, a_posting(1, NEW))).result(10)[0]
    assert log.write(lambda db: schedules.take(db, first, after, a_posting(2, NEW))).result(10) == (False, None)
    assert log.read(schedules.every) == (after,)
    again = Schedule("1", 5, rule_of("09:00", "UTC"), None, NEW)
    log.write(lambda db: schedules.save(db, again, "boss", "x", NEW)).result(10)
    assert log.read(schedules.every) == (Schedule("1", 5, again.rule, None, NEW, ("some.prompt",)),)
    assert counted(log) == {"posting": 1, "schedule": 1}
