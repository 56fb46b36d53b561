"""`verify`: whether the quotes of answers that were kept or sent are what the articles say, word for word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.screen.session import session_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.model import Pack

MOST_BYTES: Final = 20_000_000


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma verify answer.json")(verify)


def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="What `ask --json` or `--jsonl` wrote: an answer, or one a line.")],
) -> None:
    """Prove answers: each quote's words, place, voice and source against the articles and their hashes.

    Nothing is asked of any other machine, and nothing that is kept is believed but the pack's own files. What is found
    wrong is listed, and the exit code is 1. The question, suggestions and times are not proven.
    """
    from bot.quote.rules.contract import faults_in  # noqa: PLC0415 - more than `--help` needs

    session = session_of(context)
    answers = list(_answers_in(file))
    packs: dict[str | None, Pack] = {}
    unproven = 0
    for where, answer in answers:
        # An exported log names the pack of each answer.
        named = answer.get("pack") if isinstance(answer, dict) else None
        identity = named if isinstance(named, str) else None
        if identity not in packs:
            packs[identity] = session.pack(identity=identity)
        faults = faults_in(packs[identity], answer)
        unproven += bool(faults)
        for fault in faults:
            session.screen.write(f"{where}{fault}", rest="  ")
    if unproven:
        session.screen.write(f"{unproven} of {len(answers)} answers cannot be proven")
        raise typer.Exit(1)
    session.screen.write(f"proven: {len(answers)} of {len(answers)} answers quote these articles word for word")
    for article in (
        article for pack in {each.id: each for each in packs.values()}.values() for article in pack.articles
    ):
        session.screen.write(f"{article.id}, sha256 {article.sha256}", first="  ", rest="    ")


def _answers_in(file: Path) -> Iterator[tuple[str, object]]:
    """Yield each answer of a file, with the line on which it stands ("" where there is only one); UserError."""
    from bot.screen.reading import beginning_of  # noqa: PLC0415 - as above

    try:
        content = beginning_of(file, MOST_BYTES)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}): name what `ask --json` wrote") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not UTF-8: name what `ask --json` wrote") from error
    if len(content) > MOST_BYTES:
        raise UserError(f"{file} has more than {MOST_BYTES:,} bytes: give fewer lines at a time")
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    try:
        yield "", json.loads(text)
    except RecursionError:
        raise UserError(f"{file} is nested too deeply for an answer: name what `ask --json` wrote") from None
    except ValueError as error:
        if len(lines) < 2:  # noqa: PLR2004 - several lines may each be an answer
            raise UserError(f"{file} is not JSON ({error}): name what `ask --json` wrote") from None
    else:
        return
    for number, line in lines:
        try:
            yield f"line {number}: ", json.loads(line)
        except (ValueError, RecursionError):
            raise UserError(f"{file}, line {number}: it is not JSON: name what `ask --jsonl` wrote") from None
