"""`topics`, `sources` and `pack check`: a pack's contents, and whether it is sound."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.admin.pack_add import add
from bot.admin.pack_edit import edit
from bot.admin.pack_import import import_
from bot.admin.pack_learn import learn, questions
from bot.admin.pack_new import new
from bot.admin.pack_review import review
from bot.admin.pack_try import try_
from bot.admin.readiness import readiness
from bot.screen.session import session_of
from knowledge.model import CONTEXT, Article, Pack, Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WRITER: Final = "the writer"


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(epilog="Example:  dilemma topics")(topics)
    app.command(epilog="Example:  dilemma sources")(sources)
    group = typer.Typer(help="Make and look after a pack of knowledge.", rich_markup_mode=None)
    group.command(epilog='Example:  dilemma pack new phones --side "For a ban=ban.txt" --side "Against=no-ban.pdf"')(
        new
    )
    group.command("try", epilog="Example:  dilemma pack try phones")(try_)
    group.command("import", epilog="Example:  dilemma pack import corpus --jsonl corpus.jsonl")(import_)
    group.command(epilog="Example:  dilemma pack review phones")(review)
    group.command(epilog='Example:  dilemma pack add --pack phones letter.pdf --side "For a ban"')(add)
    group.command(epilog="Example:  dilemma pack edit --pack phones")(edit)
    group.command(epilog="Example:  dilemma pack questions phones --prompt > prompt.txt")(questions)
    group.command(epilog="Example:  dilemma pack learn phones answers.txt")(learn)
    group.command(epilog="Example:  dilemma pack check my-pack")(check)
    app.add_typer(group, name="pack")


def topics(context: typer.Context) -> None:
    """List what can be asked about, with a question for each topic."""
    session = session_of(context)
    pack = session.pack()
    screen = session.screen
    screen.write(f"{pack.title}: {len(pack.topics)} topics")
    for topic in pack.topics:
        screen.write("")
        screen.write(topic.name, style="bold")
        screen.write(f"ask: {topic.question}", first="  ", rest="       ")
        passages = [passage for passage in pack.passages if topic.id in passage.topics]
        screen.write(f"passages: {_by_voice(pack, passages)}", first="  ", rest="       ")


def sources(context: typer.Context) -> None:
    """List the articles that are quoted.

    Each with who wrote it, as far as it says so, whether it is unchanged, and how much of it is quoted.
    """
    session = session_of(context)
    pack = session.pack()
    screen = session.screen
    for number, article in enumerate(pack.articles):
        if number:
            screen.write("")
        screen.write(article.title, style="bold")
        for line in _about(pack, article):
            screen.write(line, first="  ", rest="    ")


def check(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="The pack's folder; else the one that is used.")] = None,
) -> None:
    """Prove a pack, and list everything that is wrong with it, each with its file and line."""
    from knowledge.pack import SHIPPED, check_pack, load_pack  # noqa: PLC0415 - see the package

    session = session_of(context)
    place = folder or session.config.pack.folder or SHIPPED
    problems = check_pack(place)
    for problem in problems:
        # Whole and unwrapped even on a terminal, so that it can be clicked on.
        typer.echo(str(replace(problem, file=str(place / problem.file))))
    if problems:
        typer.echo(f"{_count(len(problems), 'problem')} in {place}")
        raise typer.Exit(1)
    pack = load_pack(place)
    contents = ", ".join(
        _count(len(things), noun)
        for things, noun in (
            (pack.sides, "side"),
            (pack.topics, "topic"),
            (pack.articles, "article"),
            (pack.passages, "passage"),
            (pack.questions, "question"),
            (pack.statements, "statement"),
            (pack.dialogues, "dialogue"),
            (pack.turns, "turn"),
            (pack.formats, "format"),
            (pack.prompts, "discussion prompt"),
            (pack.glossary, "explained word"),
        )
    )
    session.screen.write(f"{pack.id} is sound: {contents}")
    for line in readiness(pack, place):
        session.screen.write(line)


def _about(pack: Pack, article: Article) -> Iterator[str]:
    facts = [f"by {article.author}"] if article.author else []
    facts += [fact for fact in (article.published, article.publisher) if fact]
    unknown = [
        name
        for name, fact in (("author", article.author), ("date", article.published), ("publisher", article.publisher))
        if not fact
    ]
    if unknown:
        facts.append(f"not named: {', '.join(unknown)}")
    yield " · ".join(facts)
    yield f"id: {article.id}"
    quoted = [passage for passage in pack.passages if passage.span.article_id == article.id]
    counts = _count(len(article.paragraphs), "paragraph"), _count(len(quoted), "passage")
    yield f"{', '.join(counts)} ({_by_voice(pack, quoted)})"
    # Loading the pack has compared it.
    yield "unchanged, for its sha256 is the recorded one:"
    yield article.sha256


def _by_voice(pack: Pack, passages: Iterable[Passage]) -> str:
    """Count passages by who speaks in them, as in "Cats 3, Dogs 2"."""
    counts = Counter(passage.voice for passage in passages)
    names = {side.id: side.short_name for side in pack.sides} | {CONTEXT: _WRITER}
    return ", ".join(f"{name} {counts[voice]}" for voice, name in names.items() if counts[voice]) or "none"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
