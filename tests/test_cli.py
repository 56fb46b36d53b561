"""The program as a whole: help, wrong use, and what becomes of each kind of error."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from bot.cli import QUICK, program
from bot.screen.session import Session, session_of
from knowledge.errors import Fault, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Program

ROOT = Path(__file__).parent.parent
HEAVY = {"torch", "sentence_transformers", "faiss", "sklearn", "numpy", "prompt_toolkit", "sqlite_utils", "pydantic"}
"""Packages whose import takes long, or leads to such."""

PROGRAM = program()


def commands(group: typer.Typer = PROGRAM, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give every command with its epilog, the program's own first."""
    if not path:
        yield (), str(group.info.epilog)
    for command in group.registered_commands:
        assert command.callback is not None
        yield (*path, command.name or command.callback.__name__), str(command.epilog)
    for sub in group.registered_groups:
        assert sub.typer_instance is not None
        yield from commands(sub.typer_instance, (*path, str(sub.name)))


def test_a_quick_command_comes_with_those_of_its_module_alone() -> None:
    """The same as in the whole program, wherever options stand; what only looks like one is none."""
    for arguments in (["ask", "why?"], ["--pack", "phones", "chat"], ["--config=ask.toml", "rebut", "--help"]):
        alone = program(arguments)
        assert {name for path, _ in commands(alone) for name in path} == QUICK
        assert not set(commands(alone)) - set(commands())
    for arguments in ([], ["--help"], ["topics", "ask"], ["--pack", "ask", "topics"]):
        assert list(commands(program(arguments))) == list(commands())


def failing(error: BaseException) -> Callable[[Session], None]:
    """Stand in for the loading of the pack, and fail."""

    def pack(session: Session) -> None:
        raise error

    return pack


def outside(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Call the program as a process of its own."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, *arguments], cwd=ROOT, text=True, capture_output=True, check=False, **options
    )


# Help


@pytest.mark.parametrize(("path", "epilog"), tuple(commands()))
def test_every_command_has_help_with_an_example_that_fits_80_columns(
    dilemma: Program, path: tuple[str, ...], epilog: str
) -> None:
    """The example calls the command itself."""
    outcome = dilemma(*path, "--help")
    assert outcome.code == 0
    assert epilog.startswith("Example:  dilemma " + " ".join(path))
    assert "Example:  dilemma" in outcome.out
    assert max(len(line) for line in outcome.out.splitlines()) <= 80


def test_help_imports_nothing_heavy() -> None:
    """So that it is there at once."""
    imported = outside("-X", "importtime", "-m", "bot", "--help")
    assert imported.returncode == 0
    modules = {line.rpartition("|")[2].strip().partition(".")[0] for line in imported.stderr.splitlines()}
    assert "typer" in modules
    assert modules & HEAVY == set()


def test_start_is_not_held_up_by_what_nobody_needs() -> None:
    """The garbage collector hardly runs, and nobody looks for pydantic's plugins in every installed package."""
    started = outside(
        "-c",
        "import gc, sys\n"
        "from importlib import metadata\n"
        "from bot.cli import main\n"
        "metadata.distributions = None\n"
        "before = gc.get_stats()\n"
        "code = main(['topics'])\n"
        "print([now['collections'] - then['collections'] for now, then in zip(gc.get_stats(), before)])\n"
        "sys.exit(code)\n",
    )
    assert (started.returncode, started.stderr) == (0, "")
    young, middle, full = json.loads(started.stdout.splitlines()[-1])
    assert young <= 25
    assert (middle, full) <= (1, 0)


def test_called_without_a_command_it_shows_its_help(dilemma: Program) -> None:
    """As wrong use: a script that does this has a mistake."""
    outcome = dilemma()
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("Usage: dilemma [OPTIONS] COMMAND")


def test_version_is_that_of_the_project(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the installed package says."""
    with (ROOT / "pyproject.toml").open("rb") as stream:
        version = tomllib.load(stream)["project"]["version"]
    monkeypatch.setattr(metadata, "version", {"dilemma-bot": version}.__getitem__)
    assert dilemma("--version").out == f"dilemma {version}\n"


def test_version_says_when_nothing_is_installed(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m bot` works without that."""

    def version(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    assert dilemma("--version").out == "dilemma (not installed: it runs from its source)\n"


# Wrong use


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["topic"], ["error: No such command 'topic'. Did you mean 'topics'?", "  see `dilemma --help`"]),
        (["topics", "--all"], ["error: No such option: --all", "  see `dilemma topics --help`"]),
        (["pack"], ["error: Missing command.", "  see `dilemma pack --help`"]),
        (["log", "search"], ["error: Missing argument 'text'.", "  see `dilemma log search --help`"]),
    ],
)
def test_wrong_use_is_two_lines_and_exit_code_2(dilemma: Program, arguments: list[str], lines: list[str]) -> None:
    """What is wrong, and where to look."""
    outcome = dilemma(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.splitlines() == lines


def test_config_file_that_is_missing_is_one_line_and_exit_code_1(dilemma: Program) -> None:
    """The global option reaches every command."""
    outcome = dilemma("--config", "nowhere.toml", "topics")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "error: there is no config file nowhere.toml: correct --config or DILEMMA_CONFIG, or use neither\n"
    )


def test_every_problem_of_a_config_file_is_shown(dilemma: Program) -> None:
    """One line each."""
    (dilemma.folder / "config.toml").write_text("[pack]\nfolders = 1\n[log]\nenabled = 2\n")
    outcome = dilemma("topics")
    assert outcome.code == 1
    assert outcome.err.splitlines() == [
        'error: config.toml:2: [pack] unknown key "folders"; did you mean "folder"?',
        '  config.toml:4: [log] "enabled" must be true or false, not 2',
    ]


# Errors


def test_users_mistake_is_shown_as_it_is(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a traceback, and without anything else."""
    monkeypatch.setattr(Session, "pack", failing(UserError("the pan is empty: fill it")))
    outcome = dilemma("topics")
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "error: the pan is empty: fill it\n")


@pytest.mark.parametrize("error", [Fault("the handle came off"), ZeroDivisionError("division by zero")])
def test_fault_is_shown_by_its_id_alone(dilemma: Program, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """The same id stands in the program's messages, here in a file, with the traceback."""
    messages = dilemma.folder / "messages.log"
    monkeypatch.setenv("DILEMMA_LOGGING__PATH", str(messages))
    monkeypatch.setattr(Session, "pack", lambda session: failing(error)(session.config))
    outcome = dilemma("topics")
    assert (outcome.code, outcome.out) == (1, "")
    first, second = outcome.err.splitlines()
    assert first.startswith("error: something broke inside (id ")
    assert second == "  the program's own messages say more; DILEMMA_LOGGING__PATH=FILE keeps them in full"
    identity = first.partition("(id ")[2][:8]
    written = messages.read_text(encoding="utf-8")
    assert f"id={identity}" in written
    assert type(error).__name__ in written
    assert "test_cli.py" in written


def test_interrupt_is_quiet_and_exit_code_130(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """As shells expect."""
    monkeypatch.setattr(Session, "pack", failing(KeyboardInterrupt()))
    outcome = dilemma("topics")
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "")


def test_command_without_a_session_is_a_mistake_in_the_program() -> None:
    """Commands are only ever started by the program."""
    with pytest.raises(TypeError, match="without its session"):
        session_of(typer.Context(typer.main.get_command(PROGRAM)))


# Streams


@pytest.mark.parametrize("command", ["topics", "--help", "pack check"])
def test_reader_that_goes_away_is_no_error(command: str) -> None:
    """As in `dilemma topics | head -1`: not a word on stderr."""
    outcome = outside(
        "-c",
        "import subprocess, sys\n"
        "from bot.cli import main\n"
        "reader = subprocess.Popen(['true'], stdin=subprocess.PIPE)\n"
        "reader.wait()\n"
        "import os; os.dup2(reader.stdin.fileno(), 1)\n"
        f"sys.exit(main({command.split()}))\n",
    )
    assert (outcome.returncode, outcome.stderr) == (0, "")


@pytest.mark.parametrize("columns", ["0", "00", " ", "1"])
def test_terminal_without_a_width_swallows_nothing(
    dilemma: Program, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """As some that run commands for others say of themselves."""
    whole = dilemma("sources").out
    monkeypatch.setenv("COLUMNS", columns)
    assert dilemma("sources").out == whole != ""


def test_deleted_current_folder_is_said(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = dilemma.folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    outcome = dilemma("topics")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "error: the current folder was deleted: change to another one (`cd`), and try again\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_full_disk_behind_stdout_is_one_line() -> None:
    """Nothing that was to be read is lost without a word."""
    with Path("/dev/full").open("w") as full:
        outcome = subprocess.run(
            [sys.executable, "-m", "bot", "topics"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert outcome.returncode == 1
    assert outcome.stderr == (
        "error: the output could not be written to its end (No space left on device): make room, or write it "
        "elsewhere\n"
    )


def test_what_a_terminal_cannot_show_is_replaced() -> None:
    """Rather than ending the program."""
    outcome = outside("-m", "bot", "sources", env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)})
    assert outcome.returncode == 0
    assert "?" in outcome.stdout


def test_closed_stdout_is_no_error() -> None:
    """As in `dilemma topics >&-`."""
    outcome = outside("-c", "import sys; sys.stdout = None; from bot.cli import main; sys.exit(main(['topics']))")
    assert (outcome.returncode, outcome.stderr) == (0, "")
