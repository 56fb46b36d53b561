"""`ask` and `rebut`, one question or many answered on the spot, and `chat`, a whole conversation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.process.calm import uncollected
from bot.screen.session import check_sided, session_of
from bot.values.text import is_blank

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.answer.service.ask import Reply
    from bot.answer.terminal.talk import Talk

MOST_PIPED_BYTES: Final = 1_000_000
"""How much of a pipe is read as one question; far more than a question may have."""

Words = Annotated[list[str] | None, typer.Argument(help="The words, with or without quotation marks around them.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write the answer as one JSON object on one line.")]
AsJsonl = Annotated[
    bool, typer.Option("--jsonl", help="Read JSON objects from stdin, one a line, and write one answer a line.")
]
NoLog = Annotated[bool, typer.Option("--no-log", help="Do not log what is asked.")]


class WrongUseError(typer.TyperException):
    """The command was not used as it can be; the text says how."""

    exit_code = 2


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(epilog='Example:  dilemma ask "Who is to blame?"')(ask)
    app.command(epilog='Example:  dilemma rebut "Social media is just a tool."')(rebut)
    app.command(epilog="Example:  dilemma chat --log debate-club.sqlite3")(chat)


def ask(
    context: typer.Context,
    question: Words = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
    jsonl: AsJsonl = False,  # noqa: FBT002 - a flag
    no_log: NoLog = False,  # noqa: FBT002 - a flag
) -> None:
    """Answer a question with what each side says, quoted and cited. Without a question, read it from a pipe.

    With --jsonl each line is {"id", "question"}, {"id", "turns": [{"turn", "user"}, …]} or {"id", "statement"}. A line
    that is none of these, such as an empty one, gives {"id", "error", "line"}; the others are answered all the same,
    and the exit code is 1.
    """
    if jsonl:
        if as_json or question:
            raise WrongUseError("--jsonl reads the questions from stdin: leave out --json and the question")
        _answer_stdin(context, log=not no_log)
        return
    text = typed_words(question, 'ask one, as in: dilemma ask "Who is to blame?"', "question")
    _answer(context, lambda talk: talk.ask(text), as_json=as_json, log=not no_log, asked="You asked")


def rebut(
    context: typer.Context,
    statement: Words = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
    no_log: NoLog = False,  # noqa: FBT002 - a flag
) -> None:
    """Put a claim, and read what stands against it, quoted and cited."""
    text = typed_words(statement, 'make one, as in: dilemma rebut "Social media is just a tool."', "statement")
    _answer(context, lambda talk: talk.rebut(text), as_json=as_json, log=not no_log, asked="You claimed")


def chat(
    context: typer.Context,
    log: Annotated[
        Path | None, typer.Option("--log", metavar="PATH", help="Log to this file, instead of the settings' own.")
    ] = None,
    no_log: NoLog = False,  # noqa: FBT002 - a flag
) -> None:
    """Hold a conversation: ask, ask back, ask for more. /help lists what else there is, Ctrl-D ends it.

    Each line of a pipe is one question.
    """
    # These are imported only when a conversation begins; see the package.
    from bot.answer.terminal.talk import Conversing, talking  # noqa: PLC0415
    from bot.screen.replies import lines_of_pipe, prompted  # noqa: PLC0415

    session = session_of(context)
    screen = session.screen
    interactive = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    with talking(session, context.command_path, log=not no_log, log_path=log) as (pack, talk):
        check_sided(pack)
        typed = prompted(screen.say, kept=not no_log) if interactive else lines_of_pipe(sys.stdin)
        Conversing(pack, talk, screen, at_terminal=interactive).hold(typed)


def typed_words(words: list[str] | None, how: str, what: str) -> str:
    """Take the text from the command line, else from a pipe; one with nothing in it is refused, saying how to do it."""
    if words is not None:
        text = " ".join(words)
    elif sys.stdin is None or sys.stdin.isatty():
        raise WrongUseError(f"there is no {what}: {how}")
    else:
        text = sys.stdin.buffer.read(MOST_PIPED_BYTES).decode("utf-8-sig", "replace").strip()
    if is_blank(text):
        raise WrongUseError(f"the {what} is empty: {how}")
    return text


@uncollected()
def _answer(context: typer.Context, pose: Callable[[Talk], Reply], *, asked: str, as_json: bool, log: bool) -> None:
    """Have one answer and write it, headed by what was typed, as `asked` calls it."""
    # All of these are imported only when an answer is wanted; see the package.
    from bot.answer.terminal.talk import talking  # noqa: PLC0415
    from bot.quote.terminal.layout import AnswerLayout  # noqa: PLC0415

    session = session_of(context)
    screen = session.screen
    with talking(session, context.command_path, log=log) as (pack, talk):
        reply = pose(talk)
        if as_json:
            from bot.answer.terminal.jsonl import reply_line  # noqa: PLC0415 - as above

            _write(reply_line(reply, None, reply.turn))
            for notice in reply.notices:
                screen.say(str(notice))
        else:
            screen.show(AnswerLayout(pack, screen.width).answer(reply.answer, asked, reply.notices))


def _answer_stdin(context: typer.Context, *, log: bool) -> None:
    from bot.answer.terminal.jsonl import answer_lines  # noqa: PLC0415 - as above
    from bot.answer.terminal.talk import talking  # noqa: PLC0415 - as above
    from bot.screen.reading import lines_of  # noqa: PLC0415 - as above

    session = session_of(context)
    lines = lines_of(sys.stdin.buffer) if sys.stdin is not None else ()
    with talking(session, f"{context.command_path} --jsonl", log=log) as (_, talk):
        failures = answer_lines(lines, talk, write=_write, note=session.screen.say)
    if failures:
        raise typer.Exit(1)


def _write(line: bytes) -> None:
    """Write a line of UTF-8, whatever the terminal's own encoding is, and let the reader have it at once."""
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
