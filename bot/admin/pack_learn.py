"""`pack questions` and `pack learn`: example questions and claims by way of an assistant, each one checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.admin.readiness import readiness
from bot.screen.session import session_of
from knowledge.errors import UserError

# Imported when the command is called: `--help` needs none.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.authoring.example_answers import Example, Written
    from bot.screen.session import Session
    from knowledge.model import Pack

Folder = Annotated[Path, typer.Argument(help="The pack's folder.")]
Answers = Annotated[Path, typer.Argument(help="The text that the assistant answered.")]
Prompt = Annotated[bool, typer.Option("--prompt", help="Print what to paste into an assistant for more of them.")]
Claims = Annotated[bool, typer.Option("--claims", help="Claims and replies to them in place of questions.")]
Endpoint = Annotated[
    str | None, typer.Option("--endpoint", metavar="URL", help="Ask a server, as in http://localhost:11434/v1.")
]
Model = Annotated[str | None, typer.Option("--model", help="The server's model; else the first that it lists.")]
Yes = Annotated[bool, typer.Option("--yes", help="Take what can be taken without asking.")]

_SAMPLE: Final = 8
"""Questions that are shown before they are taken."""


def questions(
    context: typer.Context,
    folder: Folder,
    *,
    prompt: Prompt = False,
    claims: Claims = False,
    endpoint: Endpoint = None,
    model: Model = None,
    yes: Yes = False,
) -> None:
    """Count a pack's example questions, or claims; with --prompt, print a text that makes any assistant write more.

    Save what it answers, and give it to `dilemma pack learn`. With --endpoint, a server that speaks as OpenAI's does
    (Ollama, llama.cpp, vLLM) is asked at once, and its answers are taken as `pack learn` takes them. A key stands in
    the environment, as DILEMMA_ASSISTANT_KEY.
    """
    from bot.authoring.example_prompt import prompt_of
    from bot.authoring.folder import check_own
    from knowledge.pack import load_pack

    pack = load_pack(folder)
    if claims and not pack.sides:
        raise UserError(f"the pack {pack.id} has no sides, so nobody claims anything in it: leave out --claims")
    if endpoint is not None:
        check_own(folder)
        session = session_of(context)
        answers = _asked(session, pack, endpoint, model, claims=claims)
        _learn(session, folder, pack, endpoint, answers, yes=yes)
        return
    if prompt:
        for line in prompt_of(pack, claims=claims):
            # Unwrapped even on a terminal, so that it can be copied.
            typer.echo(line)
        return
    screen = session_of(context).screen
    examples, noun = (pack.statements, "claims") if claims else (pack.questions, "questions")
    asked = {passage for example in examples for passage in example.gold}
    without = [passage.id for passage in pack.passages if passage.id not in asked]
    screen.write(f"{pack.id}: example {noun}: {len(examples)}; passages that answer none: {len(without)}")
    for passage in without:
        screen.write(passage, first="  ", rest="    ")


def learn(context: typer.Context, folder: Folder, answers: Answers, *, yes: Yes = False) -> None:
    """Take example questions and claims from what an assistant answered to `dilemma pack questions FOLDER --prompt`.

    Each is checked. What can be taken goes into questions.toml or statements.toml once you say so, the rest into
    drafts.jsonl, each with its reason.
    """
    from bot.authoring.example_answers import read_answers
    from bot.authoring.folder import check_own
    from knowledge.pack import load_pack

    check_own(folder)
    pack = load_pack(folder)
    _learn(session_of(context), folder, pack, str(answers), read_answers(answers), yes=yes)


def _asked(session: Session, pack: Pack, endpoint: str, model: str | None, *, claims: bool) -> list[Written]:
    """Ask a server for examples; if it fails after some answers, go on with those, and say so (UserError)."""
    from bot.authoring.assistant import KEY, PASSAGES, Assistant
    from bot.authoring.example_answers import answers_in

    assistant = Assistant.at(endpoint, session.environ.get(KEY, "").strip(), model)
    texts: list[str] = []
    screen, count = session.screen, -(-len(pack.passages) // PASSAGES)
    screen.say(f"asking {assistant.model} at {assistant.endpoint}; {count} requests with the passages go there")
    try:
        for answer in assistant.answers(pack, claims=claims):
            texts.append(answer)
            screen.report(len(texts), count, "asking")
    except UserError as error:
        if not texts:
            raise
        screen.say(f"{error}; {len(texts)} of {count} answers came before")
    finally:
        screen.close()
    return answers_in("\n".join(texts))


def _learn(session: Session, folder: Path, pack: Pack, source: str, answers: list[Written], *, yes: bool) -> None:
    """Check answers, show a sample of what can be taken, and take it."""
    from bot.admin.pack_review import keys
    from bot.authoring import learning
    from bot.authoring.example_answers import checked
    from knowledge.pack import load_pack

    screen = session.screen
    examples, refused = checked(answers, pack, session.config.answer.max_question_chars)
    for each in refused:
        screen.write(f"line {each.answer.line}: {each.reason}", rest="  ")
    silent = sum(not example.passages for example in examples)
    screen.write(
        f"{source}: {len(examples) + len(refused)} read, {len(examples)} can be taken "
        f"({silent} that no passage answers), {len(refused)} refused"
    )
    if examples and not yes:
        for line in _sample(examples):
            screen.write(line, first="  ", rest="    ")
        screen.write("[Enter] take them  [q] end, nothing written", style="dim")
        if keys()() not in {"\r", "\n", "", "y"}:
            screen.write("nothing was written")
            return
    learning.learn(folder, pack, examples, refused)
    if refused:
        screen.write(f"what was refused is in {folder / learning.DRAFTS}, with the reasons")
    if not examples:
        raise typer.Exit(1)
    pack = load_pack(folder)
    screen.write(f"{pack.id} is sound, with example questions: {len(pack.questions)}, claims: {len(pack.statements)}")
    for line in readiness(pack, folder):
        screen.write(line)


def _sample(examples: Sequence[Example]) -> Iterator[str]:
    """Yield questions from all over the list, each with what answers it."""
    for example in examples[:: -(-len(examples) // _SAMPLE)]:
        yield f"{example.text} → {', '.join(example.passages) or 'no passage'}"
