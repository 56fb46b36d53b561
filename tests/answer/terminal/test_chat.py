"""The conversation at the terminal: what is typed, what becomes of it, and what interrupts do."""

from __future__ import annotations

import io
import stat
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.answer.terminal.talk import COMMANDS, Conversing
from bot.quote.rules.phrases import names_of
from bot.screen.replies import history_in, lines_of_pipe, prompted
from bot.screen.screen import Screen
from knowledge.errors import Fault, Message, UserError
from tests.quote.rules.findings import pack
from tests.screen.fakes import ScriptedAsking, press_ctrl_c, talk_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

CTRL_C = "\x03"
CTRL_D = "\x04"

Written = tuple[list[str], list[str]]


@pytest.fixture
def hold(capsys: pytest.CaptureFixture[str]) -> Callable[..., Written]:
    """Give a way to hold a conversation, which tells what stdout and stderr got, as lines."""

    def converse(typed: Iterable[str], asking: ScriptedAsking | None = None, *, at_terminal: bool = True) -> Written:
        with talk_to(asking or ScriptedAsking()) as talk:
            Conversing(pack(), talk, Screen(), at_terminal=at_terminal).hold(typed)
        written = capsys.readouterr()
        return written.out.splitlines(), written.err.splitlines()

    return converse


def typed_at_prompt(keys: str) -> tuple[list[str], list[str]]:
    """Press keys at a prompt; give the lines that came of it, and what was said meanwhile."""
    said: list[str] = []
    with create_pipe_input() as pipe:
        pipe.send_text(keys)
        session: PromptSession[str] = PromptSession(input=pipe, output=DummyOutput(), history=InMemoryHistory())
        return list(prompted(said.append, session)), said


def test_questions_are_answered_in_one_conversation(hold: Callable[..., Written]) -> None:
    """Each line is a turn; the question, which stands on the screen, is not repeated."""
    asking = ScriptedAsking()
    out, err = hold(["does fb sell my data", "more?"], asking)
    assert asking.heard == ["does fb sell my data", "more?"]
    assert out.count("🎬 The film (The Social Dilemma)") == 2
    assert not [line for line in out if line.startswith("You asked")]
    assert err == [
        f"{pack().title} · {names_of(pack())}, quoted and cited",
        "Ask a question. /help lists what else there is; Ctrl-D ends the conversation.",
    ]


def test_piped_conversation_shows_its_questions(hold: Callable[..., Written]) -> None:
    """Without a terminal nobody sees what was typed, so it is written; and nothing else is."""
    out, err = hold(["why\n"], at_terminal=False)
    assert out[0] == "You asked: why"
    assert out[-1] == ""
    assert err == []


def test_empty_lines_ask_nothing(hold: Callable[..., Written]) -> None:
    asking = ScriptedAsking()
    out, err = hold(["", "  \n", "\u200b"], asking, at_terminal=False)
    assert (asking.heard, out, err) == ([], [], [])


def test_help_lists_every_command(hold: Callable[..., Written]) -> None:
    out, _ = hold(["/help"])
    assert out == ["", *(f"- {name}: {what}" for name, what in COMMANDS.items()), ""]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_is_listed_exists(hold: Callable[..., Written], command: str) -> None:
    """And is known in capitals too, with words behind it."""
    _, err = hold([f"  {command.upper()} please "])
    assert not [line for line in err if line.startswith("there is no command")]


def test_unknown_command_gets_the_nearest_one(hold: Callable[..., Written]) -> None:
    """It is not taken for a question."""
    asking = ScriptedAsking()
    _, err = hold(["/halp", "/xyzzy"], asking)
    assert err[2] == 'there is no command "/halp"; did you mean "/help"?'
    assert err[3] == 'there is no command "/xyzzy"; valid: ' + ", ".join(f'"{name}"' for name in COMMANDS)
    assert asking.heard == []


def test_topics_are_listed_as_questions(hold: Callable[..., Written]) -> None:
    """Each can be asked as it stands."""
    out, _ = hold(["/topics"])
    assert out == ["", *(f"- {topic.question}" for topic in pack().topics), ""]


def test_sources_are_listed_with_what_they_say_of_themselves(hold: Callable[..., Written]) -> None:
    """What an article does not name is left out."""
    out, _ = hold(["/sources"])
    nameless, named = pack().articles
    assert out == [
        "",
        f"- {nameless.title}",
        f"- {named.title} by {named.author} ({named.publisher}, {named.published})",
        "",
    ]


def test_new_forgets_the_conversation(hold: Callable[..., Written]) -> None:
    """The next question is a first one."""
    asking = ScriptedAsking()
    hold(["one", "/new", "two"], asking)
    assert asking.heard == ["one", "forget", "two"]
    assert asking.turn == 1


def test_quit_ends_the_conversation(hold: Callable[..., Written]) -> None:
    """What stands behind it is not read."""
    asking = ScriptedAsking()
    hold(["one", "/quit", "two"], asking)
    assert asking.heard == ["one"]


def test_interrupt_while_answering_cancels_that_answer_only(hold: Callable[..., Written]) -> None:
    asking = ScriptedAsking(on_slow=press_ctrl_c)
    out, err = hold(["one", "slow", "two"], asking)
    assert err[2:] == ["cancelled; the conversation goes on"]
    assert out.count("🎬 The film (The Social Dilemma)") == 2
    assert asking.turn == 2


def test_interrupt_of_a_piped_conversation_ends_it(hold: Callable[..., Written]) -> None:
    with pytest.raises(KeyboardInterrupt):
        hold(["slow", "two"], ScriptedAsking(on_slow=press_ctrl_c), at_terminal=False)


@pytest.mark.usefixtures("dilemma")
def test_errors_do_not_end_the_conversation(hold: Callable[..., Written]) -> None:
    """A mistake is told in its words, a fault by its id; the next question is answered."""
    asking = ScriptedAsking(errors={"bad": UserError("that was too long"), "worse": Fault("broken index")})
    out, err = hold(["bad", "worse", "good"], asking)
    assert err[2] == "that was too long"
    assert "broken index" not in err[-1]
    assert err[-1].startswith("something broke inside (id ")
    assert out.count("📘 Facebook") == 1


def test_notices_are_shown_with_the_answer(hold: Callable[..., Written]) -> None:
    """Such as that it is not logged."""
    out, _ = hold(["one"], ScriptedAsking(notices=(Message("not logged: the disk is full"),)))
    assert out[-2] == "Note: not logged: the disk is full"


def test_lines_are_edited_at_the_prompt() -> None:
    """The cursor moves and what is typed lands there; Ctrl-D on an empty line ends it."""
    left = "\x1b[D"
    assert typed_at_prompt(f"helo{left}l\rwhy\r{CTRL_D}") == (["hello", "why"], [])


def test_line_typed_ahead_of_the_prompt_is_not_lost() -> None:
    """A line that ends as terminals end them before a prompt is there counts as entered."""
    assert typed_at_prompt(f"early\nlate\r{CTRL_D}") == (["early", "late"], [])


def test_interrupt_at_the_prompt_clears_the_line() -> None:
    """The half line is gone, the next one is taken."""
    assert typed_at_prompt(f"half a li{CTRL_C}whole\r{CTRL_D}") == (["whole"], [])


def test_interrupt_of_an_empty_line_says_how_to_leave() -> None:
    assert typed_at_prompt(f"{CTRL_C}{CTRL_D}") == ([], ["Ctrl-D or /quit ends the conversation"])


def test_pipe_gives_its_lines_whatever_their_bytes_are() -> None:
    """Bytes that are no UTF-8 are replaced, the last line needs no end, a byte order mark is passed over."""
    stream = io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfone\r\nt\xffo\nthree"))
    assert list(lines_of_pipe(stream)) == ["one\r\n", "t\ufffdo\n", "three"]


def test_closed_stdin_gives_no_lines() -> None:
    """A program may be started without one."""
    assert list(lines_of_pipe(None)) == []


def test_history_outlives_the_conversation_and_is_private(tmp_path: Path) -> None:
    """The next conversation has it; nobody else can read it."""
    folder = tmp_path / "state" / "dilemma"
    history_in(folder, pytest.fail).append_string("what was asked \udcff")
    assert stat.S_IMODE((folder / "chat_history").stat().st_mode) == 0o600
    assert list(history_in(folder, pytest.fail).load_history_strings()) == ["what was asked ?"]


def test_history_that_cannot_be_kept_is_said_once(tmp_path: Path) -> None:
    """The conversation has its own history all the same."""
    (tmp_path / "chat_history").mkdir()
    said: list[str] = []
    history = history_in(tmp_path, said.append)
    history.append_string("one")
    assert said == [f"no history is kept: {tmp_path / 'chat_history'} cannot be written (Is a directory)"]
    assert history.get_strings() == ["one"]


def test_history_survives_a_disk_that_fills_up(tmp_path: Path) -> None:
    """What cannot be written any more is remembered until the end."""
    history = history_in(tmp_path, pytest.fail)
    (tmp_path / "chat_history").unlink()
    (tmp_path / "chat_history").mkdir()
    history.append_string("one")
    assert history.get_strings() == ["one"]
