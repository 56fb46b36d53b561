"""The commands `ask`, `rebut` and `chat`, from the words on the command line to what is written."""

from __future__ import annotations

import io
import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot import app as app_module
from bot.answer.service.ask import Asking
from bot.screen.replies import prompted
from bot.values.asker import Asker, pseudonym
from knowledge.errors import Message, UserError
from tests.screen.fakes import ScriptedAsking, parts_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config.sections import Config
    from tests.conftest import Program


SECRET = "correct horse battery staple"  # noqa: S105 - a made-up one


@dataclass
class Opened:
    """The service that the program gets, and how it was opened."""

    asking: ScriptedAsking = field(default_factory=ScriptedAsking)
    configs: list[Config] = field(default_factory=list)

    @contextmanager
    def __call__(self, config: Config, **_: object) -> Iterator[object]:
        self.configs.append(config)
        yield parts_with()


@pytest.fixture
def opened(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Give the program a service that answers from a script."""
    service = Opened()
    monkeypatch.setattr(app_module, "open_app", service)
    monkeypatch.setattr(Asking, "of", lambda _parts: service.asking)
    return service


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let stdin be a pipe with this in it."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize("words", [["does fb sell my data"], ["does", "fb", "sell", "my", "data"]])
def test_question_is_answered_with_or_without_quotation_marks(
    dilemma: Program, opened: Opened, words: list[str]
) -> None:
    """Words are joined; the answer is headed by the question, the first of a new conversation."""
    outcome = dilemma("ask", *words)
    assert (outcome.code, outcome.err) == (0, "")
    assert opened.asking.heard == ["forget", "does fb sell my data"]
    assert outcome.out.splitlines()[:3] == ["You asked: does fb sell my data", "", "🎬 The film (The Social Dilemma)"]


def test_claim_is_rebutted(dilemma: Program, opened: Opened) -> None:
    """The same for `rebut`."""
    outcome = dilemma("rebut", "it", "is", "addictive")
    assert opened.asking.heard == ["forget", "rebut it is addictive"]
    assert outcome.out.splitlines()[0] == "You claimed: it is addictive"


@pytest.mark.parametrize("command", ["ask", "rebut"])
def test_json_is_one_object_on_one_line(dilemma: Program, opened: Opened, command: str) -> None:
    """With the id null, for nobody gave one; notices go to stderr."""
    opened.asking.notices = (Message("not logged"),)
    outcome = dilemma(command, "--json", "why")
    assert outcome.out.count("\n") == 1
    assert outcome.out.endswith("}\n")
    found = json.loads(outcome.out)
    assert (found["id"], found["turn"], found["question"]) == (None, 1, "why")
    assert outcome.err == "not logged\n"


def test_question_is_read_from_a_pipe(dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are no UTF-8 are replaced."""
    pipe(monkeypatch, b"  does fb\xff sell?\n")
    assert dilemma("ask").code == 0
    assert opened.asking.heard == ["forget", "does fb\ufffd sell?"]


def test_question_on_the_command_line_goes_before_the_pipe(
    dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, b"other")
    dilemma("ask", "why")
    assert opened.asking.heard == ["forget", "why"]


@pytest.mark.parametrize("words", [[""], [" ", "\t"], ["\u200b"]])
def test_empty_question_is_wrong_use(dilemma: Program, opened: Opened, words: list[str]) -> None:
    """One sentence says so, and how to do it; nothing is loaded for it."""
    outcome = dilemma("ask", *words)
    assert outcome.code == 2
    assert outcome.err == ('error: the question is empty: ask one, as in: dilemma ask "Who is to blame?"\n')
    assert opened.configs == []


def test_empty_pipe_is_wrong_use(dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for the command line."""
    pipe(monkeypatch, b" \n")
    outcome = dilemma("rebut")
    assert outcome.code == 2
    assert outcome.err == (
        'error: the statement is empty: make one, as in: dilemma rebut "Social media is just a tool."\n'
    )


def test_no_question_and_no_pipe_is_wrong_use(
    dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    outcome = dilemma("ask")
    assert outcome.code == 2
    assert outcome.err == ('error: there is no question: ask one, as in: dilemma ask "Who is to blame?"\n')


@pytest.mark.parametrize("more", [["--json"], ["why"]])
def test_jsonl_beside_another_way_to_ask_is_wrong_use(dilemma: Program, opened: Opened, more: list[str]) -> None:
    outcome = dilemma("ask", "--jsonl", *more)
    assert outcome.code == 2
    assert outcome.err == "error: --jsonl reads the questions from stdin: leave out --json and the question\n"


def test_jsonl_answers_line_by_line(dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b'{"id": 1, "question": "a"}\n{"id": 2, "statement": "b"}')
    outcome = dilemma("ask", "--jsonl")
    assert outcome.code == 0
    assert [json.loads(line)["id"] for line in outcome.out.splitlines()] == [1, 2]


def test_jsonl_with_a_broken_line_exits_with_1(
    dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, b'{"id": 1, "question": "a"}\noops\n{"id": 2, "question": "b"}\n')
    outcome = dilemma("ask", "--jsonl")
    assert outcome.code == 1
    found: list[dict[str, Any]] = [json.loads(line) for line in outcome.out.splitlines()]
    assert [(each["id"], "error" in each) for each in found] == [(1, False), (None, True), (2, False)]


def test_jsonl_without_stdin_has_nothing_to_do(
    dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    outcome = dilemma("ask", "--jsonl")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


@pytest.mark.parametrize("command", [("ask", "why"), ("rebut", "so")])
def test_asking_is_logged_unless_told_otherwise(dilemma: Program, opened: Opened, command: tuple[str, ...]) -> None:
    """--no-log turns the log off for one call."""
    dilemma(*command)
    dilemma(*command, "--no-log")
    assert [config.log.enabled for config in opened.configs] == [True, False]


def test_chat_keeps_nothing_if_told_so(dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a log nor, at a terminal, what was typed."""
    pipe(monkeypatch, b"one\n")
    assert dilemma("chat", "--no-log").code == 0
    assert [config.log.enabled for config in opened.configs] == [False]
    monkeypatch.setattr("bot.screen.replies.history_in", lambda *_: pytest.fail("a history file was opened"))
    with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
        typed.send_text("two\r\x04")
        assert list(prompted(pytest.fail, kept=False)) == ["two"]


def test_chat_logs_to_the_file_that_is_named(dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation may have a log of its own; piped lines are its turns."""
    pipe(monkeypatch, b"one\n/quit\ntwo\n")
    outcome = dilemma("chat", "--log", "club.sqlite3")
    assert outcome.code == 0
    assert str(opened.configs[0].log.path) == "club.sqlite3"
    assert opened.asking.heard == ["forget", "one"]
    assert outcome.out.splitlines()[0] == "You asked: one"


def test_person_is_the_account(dilemma: Program, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """One person per account, so that the log can show people theirs; under one secret always the same."""
    monkeypatch.setenv("DILEMMA_SECRET", SECRET)
    monkeypatch.setenv("USER", "ada")
    dilemma("ask", "why")
    monkeypatch.delenv("USER")
    monkeypatch.delenv("USERNAME", raising=False)
    dilemma("ask", "why")
    names = [pseudonym(SECRET.encode(), "terminal", user) for user in ("ada", "somebody")]
    assert opened.asking.askers == [Asker(name, "terminal") for name in names]


def test_pseudonyms_change_from_run_to_run_without_a_secret(dilemma: Program, opened: Opened) -> None:
    for _ in range(2):
        dilemma("ask", "why")
    assert len({asker.person for asker in opened.asking.askers}) == 2


def test_what_cannot_be_answered_is_said_in_one_line(dilemma: Program, opened: Opened) -> None:
    """The service's own words, and exit code 1."""
    opened.asking.errors = {"why": UserError("the model is missing")}
    outcome = dilemma("ask", "why")
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "error: the model is missing\n")


@pytest.mark.parametrize(
    "typed", ["\udcff\udcfe", "a\u0000b", "\u202eabc", "🤷", "数据", "x" * 100_000, "é\u0301" * 500]
)
def test_whatever_is_typed_is_answered(dilemma: Program, opened: Opened, typed: str) -> None:
    """Bytes that are no text, marks of direction, NUL, any script, any length: an answer, in both forms."""
    assert dilemma("ask", typed).code == 0
    outcome = dilemma("ask", "--json", typed)
    assert outcome.code == 0
    outcome.out.encode()
