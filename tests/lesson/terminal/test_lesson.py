"""The lesson at the terminal: what a teacher types, what a class sees, and what is summed up."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from bot.answer.service.ask import Reply
from bot.lesson.rules.hands import Shift
from bot.lesson.rules.lesson import CHOICES
from bot.lesson.rules.prompt import HEADINGS, draw_prompts
from bot.lesson.rules.quiz import draw_quiz, quiz_item
from bot.lesson.terminal.held import ClassQuestion, LessonAtScreen, Notes, Voted, summary_lines
from bot.screen.replies import Replies, piped
from bot.screen.screen import Screen
from knowledge.errors import Fault, UserError
from tests.quote.rules.findings import pack
from tests.screen.answers import answer, silence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.answer.terminal.talk import Talk
    from bot.lesson.rules.prompt import DiscussionPrompt
    from bot.lesson.rules.quiz import QuizItem
    from bot.quote.rules.quote import Answer
    from bot.screen.lines import Line
    from knowledge.model import Pack
    from tests.conftest import Program

    Plan = tuple[tuple[DiscussionPrompt, ...], tuple[QuizItem, ...]]

FILM, FACEBOOK = pack().side_ids
PROMPT = draw_prompts(pack(), topic="privacy", count=1, seed=3)[0]
ITEMS = tuple(
    quiz_item(pack(), passage, number) for number, passage in enumerate(("audience-pawn", "ads-keep-it-free"), start=1)
)
WHOLE = ((PROMPT,), ITEMS)
QUESTION_ONLY = ((PROMPT,), ())


class ScriptedTalk:
    """A bot that answers by a script, an error in it being raised; everything else has one quote a side."""

    def __init__(self, **script: Answer | BaseException) -> None:
        self.script = script
        self.heard: list[str] = []
        self.opened = 0

    def ask(self, text: str) -> Reply:
        self.heard.append(text)
        scripted = self.script.get(text, answer("audience-pawn", "product-team-not-driven", question=text))
        if isinstance(scripted, BaseException):
            raise scripted
        return Reply(scripted, pack(), len(self.heard), 1.0, ())

    @contextmanager
    def opening(self) -> Iterator[tuple[Pack, Talk]]:
        self.opened += 1
        yield pack(), cast("Talk", self)


def texts(lines: Iterator[Line]) -> list[str]:
    return [line.text for line in lines]


def held(plan: Plan, *typed: str, talk: ScriptedTalk | None = None, at_terminal: bool = False) -> Notes:
    """Hold a lesson with what is typed, until there is no more."""
    replies = Replies(piped(typed).ask, at_terminal=at_terminal)
    return LessonAtScreen(pack(), *plan, Screen(), replies, (talk or ScriptedTalk()).opening).hold()


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    """Return a way to read what stands on the screen, line by line."""

    def read() -> list[str]:
        return capsys.readouterr().out.splitlines()

    return read


def test_lesson_leads_from_a_question_to_a_summary(shown: Callable[[], list[str]]) -> None:
    """Hands, both sides, hands again, the quiz, a question; all of it is noted."""
    talk = ScriptedTalk()
    notes = held(WHOLE, "12 9 7", "facebook", "", "14 6 5", "film", "5 14 1", "who sells data", "", talk=talk)
    assert notes.voted == [Voted(PROMPT.question, (12, 9, 7), Shift(CHOICES, (12, 9, 7), (14, 6, 5)))]
    assert notes.quiz is not None
    assert [(one.item.number, one.right, one.answered) for one in notes.quiz.items] == [(2, 14, 20), (1, 1, 1)]
    assert notes.asked == [ClassQuestion("who sells data", ())]
    lines = shown()
    headings = [line for line in lines if line.startswith(("Question:", "What each side", "Discuss", "Quiz", "Your q"))]
    assert headings == [
        "Question: Privacy and personal data",
        "What each side says",
        "Discuss",
        "Quiz",
        "Quiz result",
        "Your questions to the articles",
    ]
    assert lines.count(PROMPT.question) == 2


def test_sides_are_shown_in_the_order_that_is_asked_for(shown: Callable[[], list[str]]) -> None:
    """Each quoted word for word with where it stands; Enter shows whatever is left."""
    held(QUESTION_ONLY, "", "fb", "")
    lines = shown()
    places = {side: lines.index(f"   “{quote.text}”") for side, quote in PROMPT.quotes.items()}
    assert places[FACEBOOK] < places[FILM]
    for side, quote in PROMPT.quotes.items():
        assert lines[places[side] + 1 : places[side] + 3] == [f"   {quote.provenance}", f"   {quote.citation}"]


@pytest.mark.parametrize("typed", [("film and facebook",), ("",)])
def test_both_sides_can_be_shown_at_once(shown: Callable[[], list[str]], typed: tuple[str, ...]) -> None:
    held(QUESTION_ONLY, "", *typed)
    lines = shown()
    assert [lines.count(f"   “{quote.text}”") for quote in PROMPT.quotes.values()] == [1, 1]
    assert "Discuss" in lines


def test_no_side_is_shown_before_hands_were_raised(shown: Callable[[], list[str]]) -> None:
    held(QUESTION_ONLY)
    assert "What each side says" not in shown()
    held(QUESTION_ONLY, "1 1 1", "film", "tiktok")
    lines = shown()
    assert f"   “{PROMPT.quotes[FILM].text}”" in lines
    assert f"   “{PROMPT.quotes[FACEBOOK].text}”" not in lines


def test_follow_ups_of_every_kind_are_put_to_the_class(shown: Callable[[], list[str]]) -> None:
    held(QUESTION_ONLY, "", "")
    lines = shown()
    at = [lines.index(heading) for heading in HEADINGS.values()]
    assert [lines[place + 1] for place in at] == [follow_up.text for follow_up in PROMPT.follow_ups]


def test_what_is_no_count_is_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    notes = held(QUESTION_ONLY, "many", "12 9 7")
    assert notes.voted[0].before == (12, 9, 7)
    assert capsys.readouterr().err == 'type a number for each of agree, disagree, unsure, as in "12 9 7"\n'


def test_side_that_is_none_is_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    held(QUESTION_ONLY, "", "tiktok")
    first, second = (pack().side(side).short_name for side in PROMPT.quotes)
    assert capsys.readouterr().err.casefold() == f"type {first} or {second}, or press enter\n".casefold()


def test_room_that_did_not_vote_is_not_asked_to_vote_again(shown: Callable[[], list[str]]) -> None:
    """There would be nothing to compare."""
    notes = held(QUESTION_ONLY, "", "", "a question")
    assert notes.voted == [Voted(PROMPT.question)]
    assert [asked.question for asked in notes.asked] == ["a question"]
    assert shown().count(PROMPT.question) == 1


@pytest.mark.parametrize("typed", [(), ("12 9 7",), ("12 9 7", ""), ("12 9 7", "", "14 6 5", "1")])
def test_lesson_that_breaks_off_keeps_what_there_was(typed: tuple[str, ...]) -> None:
    notes = held(WHOLE, *typed)
    assert notes.voted[0].before == ((12, 9, 7) if typed else None)
    assert (notes.voted[0].shift is not None) == (len(typed) > 2)
    assert (notes.quiz is not None and notes.quiz.items[0].answered == 1) == (len(typed) > 3)
    assert texts(summary_lines(pack(), notes, None))[0] == "Summary of the lesson: The Social Dilemma"


def test_terminal_waits_for_enter_between_the_parts() -> None:
    """After both sides, after the discussion, after the shift, between two quotes and after the quiz."""
    typed = ("12 9 7", "", "", "", "14 6 5", "", "1", "", "2", "", "a question", "")
    talk = ScriptedTalk()
    notes = held(WHOLE, *typed, talk=talk, at_terminal=True)
    assert notes.quiz is not None
    assert sum(one.answered for one in notes.quiz.items) == 2
    assert talk.heard == ["a question"]


def test_bot_is_opened_at_the_first_question_only() -> None:
    talk = ScriptedTalk()
    held(((), ()), "", talk=talk)
    assert talk.opened == 0
    held(((), ()), "one", "\u200b", "two", "", talk=talk)
    assert (talk.opened, talk.heard) == (1, ["one", "two"])


def test_silence_of_the_articles_is_noted() -> None:
    """Of both sides, of one, and nothing of small talk; what a follow-up was understood as stands beside it."""
    half = answer("audience-pawn", question="half")
    talk = ScriptedTalk(none=replace(silence(), question="none"), half=replace(half, asked_as="the other half"))
    notes = held(((), ()), "none", "half", "full", talk=talk)
    assert notes.asked == [
        ClassQuestion(f"none (asked as: {silence().asked_as})", (FILM, FACEBOOK)),
        ClassQuestion("half (asked as: the other half)", (FACEBOOK,)),
        ClassQuestion("full", ()),
    ]


@pytest.mark.usefixtures("dilemma")
def test_errors_do_not_end_the_lesson(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake is told in its words, a fault by its id; both questions are noted, and the next one is answered."""
    talk = ScriptedTalk(bad=UserError("that was too long"), worse=Fault("broken index"), stop=KeyboardInterrupt())
    notes = held(((), ()), "bad", "worse", "stop", "good", talk=talk, at_terminal=True)
    err = capsys.readouterr().err.splitlines()
    assert err[0] == "that was too long"
    assert [line for line in err if line.startswith("something broke inside (id ")]
    assert err[-1] == "cancelled; the lesson goes on"
    assert notes.asked == [ClassQuestion("bad", None), ClassQuestion("worse", None), ClassQuestion("good", ())]


def test_interrupt_of_a_piped_lesson_ends_the_program() -> None:
    """Nobody is there to go on."""
    with pytest.raises(KeyboardInterrupt):
        held(((), ()), "stop", talk=ScriptedTalk(stop=KeyboardInterrupt()))


@pytest.fixture
def opened(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return the program a bot that finds the same for everything, and note whether it logs."""
    logs: list[bool] = []

    @contextmanager
    def talking(session: object, holder: str, *, log: bool = True) -> Iterator[tuple[Pack, object]]:
        logs.append(log)
        yield pack(), ScriptedTalk()

    monkeypatch.setattr("bot.answer.terminal.talk.talking", talking)
    return logs


def typing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_lesson_is_held_from_a_pipe_and_its_summary_kept(
    dilemma: Program, opened: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is logged; the file has what stood on the screen last."""
    typing(monkeypatch, "12 9 7\n\n14 6 5\n1\n2\n3\nwho sells data\n")
    outcome = dilemma("lesson", "--topic", "privacy", "--seed", "3", "--quiz", "3", "--out", "summary.txt")
    assert outcome.code == 0
    assert opened == [False]
    kept = (dilemma.folder / "summary.txt").read_text(encoding="utf-8")
    assert kept.startswith("Summary of the lesson: The Social Dilemma\n")
    assert outcome.out.endswith(f"\n\n{kept}")
    assert "- who sells data" in kept
    assert outcome.err.splitlines()[0] == ("Enter goes on, Ctrl-D goes to the summary. The same lesson again: --seed 3")
    assert outcome.err.splitlines()[-1] == "written to summary.txt"


def test_quiz_of_a_lesson_asks_nothing_that_was_shown(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor on another topic, where the lesson's own has two voices left."""
    for seed in range(20):
        prompts = draw_prompts(pack(), topic="privacy", count=2, seed=seed)
        seen = {quote.passage_id for prompt in prompts for quote in prompt.quotes.values()}
        items = draw_quiz(pack(), topics=["privacy"], count=5, seed=seed, excluding=seen)
        typing(monkeypatch, "\n\n" * 2 + "\n" * 5)
        out = dilemma("lesson", "--topic", "privacy", "--prompts", "2", "--seed", str(seed)).out
        assert [f"   “{item.masked}”" in out for item in items] == [True] * len(items)
        assert seen.isdisjoint(item.passage for item in items)


def test_lesson_on_a_topic_without_a_quiz_has_one_on_everything(
    dilemma: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some topics have prompts, and only two voices when the prompt's own quotes are counted."""
    typing(monkeypatch, "")
    for topic in dict.fromkeys(frame.topic for frame in pack().prompts):
        typing(monkeypatch, "\n\n" + "\n" * 5)
        outcome = dilemma("lesson", "--topic", topic, "--seed", "1")
        assert outcome.code == 0
        assert "Quote 1 of" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (("--topic", "privcy"), 1, 'there is no topic "privcy"; did you mean "privacy"?'),
        (("--out", "kept.txt"), 1, "kept.txt exists already: name another file, or remove it"),
        (("--out", "none/s.txt"), 1, "none/s.txt cannot be written: there is no folder none"),
        (("--quiz", "21"), 2, "--quiz"),
        (("--prompts", "0"), 2, "--prompts"),
    ],
)
def test_wrong_use_is_told_before_the_lesson(
    dilemma: Program, arguments: tuple[str, ...], code: int, complaint: str
) -> None:
    (dilemma.folder / "kept.txt").write_text("mine", encoding="utf-8")
    outcome = dilemma("lesson", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert complaint in outcome.err
    assert (dilemma.folder / "kept.txt").read_text(encoding="utf-8") == "mine"
