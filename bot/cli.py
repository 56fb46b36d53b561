"""The program `dilemma`: its commands, its global options, and its handling of errors. Importing it is cheap."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.process.calm import collect_seldom, share_memory
from bot.screen.session import Opening, Session
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.process.feature import Commands


PROGRAM: Final = "dilemma"

WELL: Final = 0
FAILED: Final = 1
WRONG_USE: Final = 2
INTERRUPTED: Final = 130
"""What shells expect after Ctrl-C."""

_NO_PLUGINS: Final = "PYDANTIC_DISABLE_PLUGINS"
"""There are none, and looking for them takes 20 ms."""

_SIZES: Final = ("COLUMNS", "LINES")

_NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT)

QUICK: Final = frozenset({"ask", "rebut", "chat"})
"""The commands of `bot.answer.terminal.ask`: somebody waits, and the others need not be there."""

_WITH_VALUE: Final = frozenset({"--config", "--pack"})


def start(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="PATH", help="The settings, instead of those in this folder."),
    ] = None,
    pack: Annotated[
        Path | None,
        typer.Option(
            "--pack",
            metavar="FOLDER",
            help="The pack, by folder or id, instead of the settings'; may stand after the command.",
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Ask what each side of a controversy says: quoted word for word, and cited."""
    if version:
        typer.echo(f"{PROGRAM} {_version()}")
        raise typer.Exit
    context.obj = Session(config, os.environ, _opening, pack)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(WRONG_USE)


def program(arguments: Sequence[str] = ()) -> typer.Typer:
    """Return the program with all of its commands; where the arguments name a quick one, with those alone."""
    made = typer.Typer(
        name=PROGRAM,
        invoke_without_command=True,
        # Plain help reads well everywhere, and spares the import of rich.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        epilog='Example:  dilemma ask "Who is to blame?"',
    )
    made.callback()(start)
    for register in _commands(_named_in(arguments)):
        register(made)
    return made


def _commands(named: str | None) -> Commands:
    """Return what adds the commands, in the order in which people read them."""
    # Importing all of them takes as long as an answer.
    from bot.answer.terminal import ask  # noqa: PLC0415

    if named in QUICK:
        return (ask.register,)
    from bot.admin import doctor, index, log, pack, run, teach  # noqa: PLC0415
    from bot.features import ALL  # noqa: PLC0415
    from bot.lab.bench import command as bench  # noqa: PLC0415
    from bot.lab.evaluate import command as evaluate  # noqa: PLC0415
    from bot.lab.outside import command as outside  # noqa: PLC0415

    of_features = (register for feature in ALL for register in feature.commands())
    others = (pack, teach, index, evaluate, bench, outside, log, run, doctor)
    return (*of_features, *(command.register for command in others))


def _named_in(arguments: Sequence[str]) -> str | None:
    """Return the command that arguments name; None where they name none."""
    left = iter(arguments)
    for argument in left:
        if not argument.startswith("-"):
            return argument
        if argument in _WITH_VALUE:
            next(left, None)
    return None


def _opening() -> Opening:
    from bot import app  # noqa: PLC0415 - the settings, which `--help` needs none of

    return app


def _version() -> str:
    from knowledge.distribution import version  # noqa: PLC0415 - `--help` needs none

    return version() or "(not installed: it runs from its source)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code: 0 well, 1 failed, 2 wrong use, 130 interrupted."""
    share_memory()
    collect_seldom()
    os.environ.setdefault(_NO_PLUGINS, "__all__")
    for size in _SIZES:
        if not os.environ.get(size, "1").strip(" 0"):
            del os.environ[size]  # a terminal of no width would swallow every line
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Typed text that this terminal cannot show must not end the program.
            stream.reconfigure(errors="replace")
    try:
        Path.cwd()
    except FileNotFoundError:
        _complain("the current folder was deleted: change to another one (`cd`), and try again")
        return FAILED
    try:
        code = _run(arguments)
        if sys.stdout is not None:  # it is None when the caller closed it
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone, as with `| head`: it had what it wanted, so nothing failed, under `pipefail` either.
        _let_go_of_stdout()
        return WELL
    except OSError as error:
        if error.errno not in _NO_SPACE:
            return _broken(error)
        _let_go_of_stdout()
        _complain(f"the output could not be written to its end ({error.strerror}): make room, or write it elsewhere")
        return FAILED
    return code


def _let_go_of_stdout() -> None:
    """Point stdout at nothing, so that Python's last flush succeeds."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: Sequence[str] | None) -> int:
    """Run a command; an error becomes a line or two on stderr, and a code."""
    try:
        given = _pack_first(sys.argv[1:] if arguments is None else arguments)
        code = program(given)(given, prog_name=PROGRAM, standalone_mode=False)
    except typer.TyperException as error:
        context: typer.Context | None = getattr(error, "ctx", None)
        hint = f"\nsee `{context.command_path} --help`" if context is not None else ""
        _complain(error.format_message() + hint)
        return error.exit_code
    except SystemExit as exit_:
        # What the reader of a pipe that went away comes to in there, and nothing else.
        raise BrokenPipeError from exit_
    except typer.Abort:
        return INTERRUPTED
    except UserError as error:
        _complain(str(error))
        return FAILED
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - the last place where anything can be caught
        return _broken(error)
    return code if isinstance(code, int) else WELL


def _pack_first(arguments: Sequence[str]) -> list[str]:
    """Put `--pack FOLDER`, which belongs to every command, before the command; what stands behind "--" is text."""
    given = list(arguments)
    end = given.index("--") if "--" in given else len(given)
    for at, argument in enumerate(given[:end]):
        length = 2 if argument == "--pack" else 1 if argument.startswith("--pack=") else 0
        if length and at + length <= end:
            return [*given[at : at + length], *given[:at], *given[at + length :]]
    return given


def _complain(message: str) -> None:
    for number, line in enumerate(message.splitlines()):
        typer.echo(f"{'  ' if number else 'error: '}{line}", err=True)


def _broken(error: Exception) -> int:
    from bot.process.journal import log_fault  # noqa: PLC0415 - imports structlog, which nothing else may need

    identity = log_fault(error)
    _complain(
        f"something broke inside (id {identity}), and it is not your doing\n"
        "the program's own messages say more; DILEMMA_LOGGING__PATH=FILE keeps them in full"
    )
    return FAILED
