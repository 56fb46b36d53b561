from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

import pytest

from bot.lesson.cog import daily as daily_layout
from bot.lesson.cog import lesson as lesson_layout
from bot.lesson.cog import prompt_layout, quiz_layout
from bot.lesson.cog.prompt import answer_form
from bot.lesson.cog.prompt_layout import CHOICES, readers_line
from bot.lesson.rules.days import Days
from bot.lesson.rules.lesson import Lesson, LessonSummary, Participant, Posting, StudentAnswer, Tally, shift_of
from bot.lesson.rules.prompt import draw_prompts
from bot.lesson.rules.quiz import ItemResult, QuizItem, Score, draw_quiz, quiz_item, result_of
from bot.lesson.rules.schedule import Missed, Rule
from bot.lesson.store.schedules import Schedule
from bot.wire.page.escaping import escaped, size
from bot.wire.page.language import LANGUAGES, words_for
from bot.wire.page.layout import Style
from bot.wire.page.render import payload_of
from tests.quote.rules.findings import pack
from tests.wire.payloads import check

if TYPE_CHECKING:
    from bot.values.ballot import Outcome

EN = words_for("en")
WORST = "*" * 5_000
ID = "f" * 32
PROMPTS = draw_prompts(pack(), topic=None, count=len(pack().prompts), seed=1)
QUESTIONS = [quiz_item(pack(), passage.id, 20) for passage in pack().passages]
LESSON = Lesson(
    id=ID,
    guild="1",
    channel=10**18,
    teacher="p",
    title=WORST[:100],
    logged=True,
    names=True,
    started_utc="2026-01-01T09:00:00+00:00",
    ended_utc=None,
)
EVERY_WAY = pytest.mark.parametrize(("language", "style"), [(name, style) for name in LANGUAGES for style in Style])


def posting(**changes: object) -> Posting:
    fresh = Posting(ID, "1", 10**18, PROMPTS[0].id, "2026-01-01T09:00:00+00:00", None)
    return replace(fresh, **changes)  # type: ignore[arg-type] # whatever fields are changed


def votes() -> Outcome:
    before = {str(number): "agree" if number < 14 else "unsure" for number in range(30)}
    return shift_of(before, {**before, "1": "disagree"})


@EVERY_WAY
def test_every_prompt_fits_into_a_message_as_it_stands_and_whole(language: str, style: Style) -> None:
    """Nothing of a quote is cut; what is not revealed is not there."""
    words = words_for(language)
    for prompt in PROMPTS:
        for revealed in ((), tuple(prompt.quotes)[:1], tuple(prompt.quotes)):
            for result in (None, votes()):
                closed = None if result is None else "2026-01-01T10:00:00+00:00"
                stands = posting(revealed=revealed, voters=30, answers=30, result=result, closed_utc=closed)
                page = prompt_layout.prompt_page(pack(), prompt, stands, words, style)
                rows = prompt_layout.prompt_rows(pack(), prompt, stands, words)
                text = "\n".join(check(payload_of(page, rows, words, style)))
                for side, quote in prompt.quotes.items():
                    assert (f"“{escaped(quote.text)}”" in text) == (side in revealed or closed is not None)
        alone = check(payload_of(prompt_layout.whole_page(pack(), prompt, words, style), (), words, style))
        assert all(escaped(quote.text) in "\n".join(alone) for quote in prompt.quotes.values())


@EVERY_WAY
def test_every_step_of_a_quiz_fits_into_a_message(language: str, style: Style) -> None:
    """The explanation of any quote with any other as the next; the quotes whole."""
    words = words_for(language)
    longest = max(QUESTIONS, key=lambda item: len(item.quote.text))
    for item in QUESTIONS:
        for explained, opened in ((item, longest), (longest, item)):
            result = ItemResult(explained, dict.fromkeys(explained.options, 9999))
            step = quiz_layout.Step(20, result, opened, ends_s=2**33, answered=9999)
            page = quiz_layout.step_page(pack(), step, words, style)
            text = "\n".join(check(payload_of(page, quiz_layout.step_rows(ID, pack(), opened, words), words, style)))
            assert f"“{escaped(explained.quote.text)}”" in text
            assert f"“{escaped(opened.masked)}”" in text


@EVERY_WAY
def test_the_end_of_a_quiz_fits_into_a_message_with_as_much_as_there_is_room_for(language: str, style: Style) -> None:
    """The last quote, the result, and at least one of those that were missed."""
    words = words_for(language)
    items = tuple(replace(item, number=at) for at, item in enumerate(_longest(4), start=1))
    everybody = {str(person): {item.number: _wrong(item) for item in items} for person in range(30)}
    result = result_of(items, everybody)
    step = quiz_layout.Step(4, result.items[0], None)
    page = quiz_layout.end_page(pack(), step, result, words, style)
    text = "\n".join(check(payload_of(page, quiz_layout.end_rows(ID, words), words, style)))
    missed = [one.item.quote.text for one in result.items[1:]]
    assert sum(escaped(quote) in text for quote in missed) >= 1
    assert escaped(result.items[0].item.quote.text) in text


def _longest(count: int) -> list[QuizItem]:
    return sorted(QUESTIONS, key=lambda item: -len(item.quote.text))[:count]


def _wrong(item: QuizItem) -> str:
    return next(option for option in item.options if option != item.answer)


def test_a_quiz_in_which_nobody_answered_says_so() -> None:
    items = draw_quiz(pack(), topics=(), count=2, seed=1)
    page = quiz_layout.end_page(pack(), quiz_layout.Step(2, None, None), result_of(items, {}), EN, Style.CARD)
    assert [part.text for group in page.groups for part in group.parts] == ["### The quiz is over", "Nobody answered."]


def test_a_choice_is_said_to_change_until_time_is_up_only_where_a_clock_runs() -> None:
    """Else it is whoever leads who ends it."""
    said = [quiz_layout.chosen_line(pack(), "film", EN, timed=timed) for timed in (True, False)]
    assert said[0].endswith("You can change it until time is up.")
    assert said[1].endswith("You can change it until it is shown who it was.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_of_a_lesson_fits_into_a_message(language: str) -> None:
    words = words_for(language)
    topics = tuple((topic, 10**6) for topic in pack().topics[:5])
    postings = tuple(posting(prompt=prompt.id, result=votes(), voters=30) for prompt in PROMPTS)
    people = tuple(Participant("KD7", WORST, 1, 1, 1, 1, Score(1, 1)) for _ in range(30))
    tally = Tally(10**6, 10**6, 10**6, 10**6, 10**6, 10**6)
    summary = LessonSummary(
        LESSON, tally, topics, ((WORST, 9),) * 5, (WORST,) * 30, (WORST,) * 30, postings, (), people
    )
    written = StudentAnswer(1, ID, PROMPTS[0].id, "p", WORST, named=True, text=WORST, answered_utc="")
    answers = [written] * 30
    rule = Rule(time(7, 45), "America/Argentina/ComodRivadavia", Days((1, 2, 3, 4, 5, 6)), Missed.SKIP)
    schedules = [Schedule("1", 10**18, rule, "criticism-of-film", "2026-01-01T09:00:00+00:00")] * 20
    for lines in (
        lesson_layout.begun_lines(LESSON, 30, words),
        lesson_layout.begun_lines(replace(LESSON, names=False, logged=False), 30, words),
        lesson_layout.led_lines(words),
        [lesson_layout.ended_line(summary, words)],
        lesson_layout.summary_lines(pack(), summary, words),
        lesson_layout.answers_lines(answers, words),
        daily_layout.schedule_lines(schedules, words),
        [daily_layout.setting_line(schedules, words)],
        [prompt_layout.answer_line(pack(), PROMPTS[0], written, words)],
        [prompt_layout.answer_line(pack(), PROMPTS[0], replace(written, text="\n" * 900), words)],
    ):
        assert size("\n".join(lines)) <= 2000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_for_an_answer_is_one_that_discord_takes(language: str) -> None:
    words = words_for(language)
    for names in (True, False):
        for lesson in (None, LESSON, replace(LESSON, logged=False)):
            readers = readers_line(posting(names=names), lesson, 3650, words)
            form = answer_form(ID, readers, words).to_dict()
            assert 1 <= len(form["title"]) <= 45
            text, label = form["components"]
            assert text["content"] == readers
            assert 1 <= len(label["label"]) <= 45
            assert 1 <= len(label["description"]) <= 100


def test_the_form_says_exactly_who_reads_an_answer() -> None:
    """With a name or without, and for how long; an unlogged lesson's is deleted at its end."""
    assert readers_line(posting(names=True), None, 30, EN) == (
        "Everybody in this channel will see your answer **with your name**. I keep it for 30 days."
    )
    assert readers_line(posting(names=False), replace(LESSON, logged=False), 30, EN) == (
        "Your class will see your answer **without your name**. The lesson's leader and the moderators here can "
        "look up who wrote it. I delete my copy when the lesson ends; the message here stays."
    )


def test_votes_are_counted_on_the_message_only_when_it_is_closed() -> None:
    for revealed in ((), ("film",)):
        page = prompt_layout.prompt_page(pack(), PROMPTS[0], posting(voters=7, revealed=revealed), EN, Style.CARD)
        text = "\n".join(part.text for group in page.groups for part in group.parts)
        assert "Votes are secret. 7 have voted." in text
        assert not any(f"{choice} **" in text for choice in CHOICES)
