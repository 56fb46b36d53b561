"""The program's own messages: where they go, what they look like, and what never stands in them."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
import structlog

from bot.process import journal as logs
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ASKED = "does facebook sell my data"


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    """Take the set-up away after each test."""
    yield
    logs.tear_down()
    structlog.reset_defaults()


def answer() -> None:
    """Fail, as a consequence of another failure, in words that hold what somebody asked."""
    nothing: dict[str, str] = {}
    try:
        nothing[ASKED]
    except KeyError as error:
        raise ValueError(f"cannot answer {ASKED}") from error


def broken() -> BaseException:
    """Give an error as it is caught."""
    with pytest.raises(ValueError, match="cannot answer") as caught:
        answer()
    return caught.value


def test_only_warnings_and_worse_are_written_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    """A person at a terminal reads nothing else."""
    logs.set_up()
    logs.logger("bot.x").info("opened")
    logs.logger("bot.x").warning("slow", place="p1")
    written = capsys.readouterr()
    assert written.out == ""
    (line,) = written.err.splitlines()
    assert "[warning  ] slow" in line
    assert "place=p1" in line


def test_standard_loggers_go_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Lower floors and other people's packages use them."""
    logs.set_up(form="json")
    logging.getLogger("bot.log.recorder").warning("the log cannot be written, %d turns wait", 3)
    message = json.loads(capsys.readouterr().err)
    assert message["event"] == "the log cannot be written, 3 turns wait"
    assert (message["level"], message["logger"]) == ("warning", "bot.log.recorder")
    assert message["timestamp"].endswith("Z")


def test_other_peoples_loggers_never_write_at_debug(capsys: pytest.CaptureFixture[str]) -> None:
    """Some write out what they are given."""
    logs.set_up("debug")
    logging.getLogger("somebody.else").debug("payload %s", ASKED)
    logging.getLogger("somebody.else").info("connected")
    logging.getLogger("bot.app").debug("ready")
    assert [line.split("] ")[1].split()[0] for line in capsys.readouterr().err.splitlines()] == ["connected", "ready"]


def test_python_warnings_become_messages(capsys: pytest.CaptureFixture[str]) -> None:
    """Not lines of their own form among the answers."""
    logs.set_up()
    logging.getLogger("py.warnings").warning("old")
    assert "[warning  ] old" in capsys.readouterr().err


def test_messages_are_added_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a folder that is made when it is missing; nothing goes to the terminal."""
    path = tmp_path / "new" / "messages.jsonl"
    for number in (1, 2):
        logs.set_up("info", form="json", path=path)
        logs.logger("bot.x").info("opened", number=number)
        logs.tear_down()
    assert [json.loads(line)["number"] for line in path.read_text(encoding="utf-8").splitlines()] == [1, 2]
    assert capsys.readouterr().err == ""


def test_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With the setting that names it."""
    with pytest.raises(UserError) as caught:
        logs.set_up(path=tmp_path)
    assert str(caught.value) == (
        f"no messages can be written to {tmp_path} (Is a directory): correct `path` under [logging]"
    )


def test_fault_on_a_terminal_is_one_line_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """Its kind, its place and its id."""
    logs.set_up()
    identity = logs.log_fault(broken())
    (line,) = capsys.readouterr().err.splitlines()
    assert f"id={identity}" in line
    assert "error=ValueError" in line
    assert "test_journal.py:" in line


@pytest.mark.parametrize("form", ["console", "json"])
def test_fault_in_a_file_has_its_tracebacks(tmp_path: Path, form: str) -> None:
    """Both, the first cause first, without the errors' own words, which may hold what somebody asked."""
    path = tmp_path / "messages"
    logs.set_up(form=form, path=path)
    identity = logs.log_fault(broken())
    written = path.read_text(encoding="utf-8")
    assert identity in written
    assert written.index("KeyError") < written.index("which led to:") < written.index("ValueError")
    assert "in answer" in written
    assert "sell" not in written.replace("cannot answer {ASKED}", "")


def test_own_and_system_errors_keep_their_words(tmp_path: Path) -> None:
    """They are written for this, and cannot hold a question."""
    path = tmp_path / "messages"
    logs.set_up(path=path)
    logs.log_fault(Fault("turn 3 of conversation c1 was refused"))
    logs.log_fault(PermissionError(13, "Permission denied", "/somewhere"))
    logs.log_fault("quote p1 in block film: its text is not a1[3:9]")
    written = path.read_text(encoding="utf-8")
    assert "Fault: turn 3 of conversation c1 was refused" in written
    assert "PermissionError: Permission denied" in written
    assert "detail='quote p1 in block film: its text is not a1[3:9]'" in written


def test_error_logged_the_standard_way_is_written_the_same(tmp_path: Path) -> None:
    """`logger.exception` inside an except clause, of either kind of logger."""
    path = tmp_path / "messages"
    logs.set_up(path=path)
    for logger in (logging.getLogger("bot.x"), logs.logger("bot.x")):
        try:
            answer()
        except ValueError:
            logger.exception("failed")
    written = path.read_text(encoding="utf-8")
    assert written.count("ValueError\n") == 2
    assert "ValueError: cannot" not in written


def test_fault_before_any_set_up_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing may be mixed into the results on stdout."""
    identity = logs.log_fault("too early")
    written = capsys.readouterr()
    assert written.out == ""
    assert identity in written.err


def test_ids_of_faults_differ() -> None:
    """Eight hexadecimal digits each."""
    identities = {logs.log_fault("x") for _ in range(20)}
    assert len(identities) == 20
    assert all(len(identity) == 8 and int(identity, 16) >= 0 for identity in identities)
