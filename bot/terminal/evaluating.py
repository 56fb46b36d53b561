"""`evaluate`: how good the quotes and the silence are, on questions that nothing has learnt from."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path  # noqa: TC003 - typer reads the annotations at run time
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal.ask import WrongUseError
from bot.terminal.session import session_of
from knowledge.errors import UserError

# What evaluates is imported only when it is to; see the package.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from bot.terminal.screen import Screen
    from bot.terminal.session import Session
    from bot.terminal.tables import TextTable
    from embeddings.evaluation import Material
    from embeddings.retriever import Retriever
    from embeddings.verdicts import Verdicts
    from knowledge.model import Pack, Question


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma evaluate --misses 20")(evaluate)


def evaluate(
    context: typer.Context,
    heldout: Annotated[
        Path | None,
        typer.Option("--heldout", metavar="PATH", help="Judge the questions of this file, by the index as it is."),
    ] = None,
    misses: Annotated[
        int, typer.Option("--misses", metavar="N", min=0, help="List the N mistakes that it was surest of.")
    ] = 0,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="PATH", help="Draw how far its confidence holds, as a PNG.")
    ] = None,
    ablate: Annotated[bool, typer.Option("--ablate", help="Show what each part is worth.")] = False,  # noqa: FBT002 - a flag
    markdown: Annotated[bool, typer.Option("--markdown", help="Write the tables as Markdown.")] = False,  # noqa: FBT002 - a flag
    as_json: Annotated[bool, typer.Option("--json", help="Write all figures as one JSON object on one line.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Judge the answers by the pack's own questions, none of which has a part in how it is judged itself.

    Each question is judged three times: without a fifth of all questions, without its own intent, and without its whole
    topic. Takes some minutes; --ablate takes ten times as long, and --heldout some seconds.
    """
    if markdown and as_json:
        raise WrongUseError("--markdown and --json are two forms: leave one out")
    if ablate and (heldout or plot or misses):
        raise WrongUseError("--ablate gives one table: leave out --heldout, --plot and --misses")
    session = session_of(context)
    if plot is not None:
        from bot.terminal.plotting import check_plot

        check_plot(plot)
    if ablate:
        _ablate(session, markdown=markdown, as_json=as_json)
        return
    verdicts = _judge(session, heldout, misses)
    if as_json:
        from bot.terminal.quality_json import verdicts_object

        _write(verdicts_object(verdicts))
    else:
        _show(session.screen, verdicts, markdown=markdown)
    if plot is not None:
        _plot(session.screen, plot, verdicts, aloud=not as_json)


@contextmanager
def _material(session: Session, pack: Pack) -> Iterator[tuple[Material, Retriever]]:
    """Open the index of a pack, and what it was made of."""
    from bot.app import load_encoder
    from embeddings.evaluation import Material
    from embeddings.index import open_index, vector_cache
    from embeddings.retriever import Retriever

    screen, config = session.screen, session.config
    if not pack.questions:
        raise UserError(f"the pack {pack.id} has no questions to judge by: write some into its questions.toml")
    try:
        with screen.busy("loading the model"):
            encoder = load_encoder(config)
        index = open_index(pack, encoder, config.index.folder, say=screen.say, report=screen.report)
        cache = vector_cache(pack, encoder, config.index.folder)
        passages = cache.encode([passage.text for passage in pack.passages], screen.report)
        try:
            material = Material(pack, passages, index.words, lambda texts: cache.encode(texts, screen.report))
            yield material, Retriever(pack, encoder, index)
        finally:
            index.close()
    finally:
        screen.close()


def _ticking(screen: Screen, total: int) -> Callable[[], None]:
    """Give something to call after each of so many steps; from the first one on there is a progress bar."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        screen.report(done, total, "judging")

    return tick


def _judge(session: Session, heldout: Path | None, worst: int) -> Verdicts:
    from embeddings.evaluation import EVALUATION_TICKS, evaluated, held_out
    from embeddings.verdicts import verdicts_of

    pack = session.pack()
    questions = None if heldout is None else _unknown(session.screen, pack, heldout)
    with _material(session, pack) as (material, retriever):
        if questions is None:
            evaluation = evaluated(material, _ticking(session.screen, EVALUATION_TICKS))
        else:
            evaluation = held_out(material, retriever, questions)
    return verdicts_of(pack, evaluation, worst)


def _unknown(screen: Screen, pack: Pack, heldout: Path) -> tuple[Question, ...]:
    """Read the held-out questions, without those that the pack holds too: the system has learnt from them."""
    from knowledge.heldout import read_heldout
    from knowledge.questions import as_compared

    asked = read_heldout(heldout, pack)
    known = {as_compared(question.text) for question in pack.questions}
    unknown = tuple(question for question in asked if as_compared(question.text) not in known)
    if len(unknown) < len(asked):
        screen.say(f"left out: {len(asked) - len(unknown)} of {len(asked)}, which the pack holds word for word")
    if not unknown:
        raise UserError(f"{heldout} holds no question that the pack does not hold too: write others")
    return unknown


def _ablate(session: Session, *, markdown: bool, as_json: bool) -> None:
    from bot.terminal.quality_json import ablation_object
    from bot.terminal.quality_tables import ablation_table, heading
    from embeddings.ablation import ABLATION_TICKS, ablated, worths
    from embeddings.metrics import AnswerKey
    from embeddings.verdicts import resampling_of

    screen, pack = session.screen, session.pack()
    with _material(session, pack) as (material, _):
        sheets = dict(ablated(material, _ticking(screen, ABLATION_TICKS)))
    key = AnswerKey.of(pack, pack.questions)
    resampling = resampling_of(key)
    found = worths(key, sheets, resampling)
    if as_json:
        _write(ablation_object(pack, resampling.clusters, found))
        return
    for sentence in heading(pack, len(pack.questions), resampling.clusters, "folds"):
        screen.write(sentence)
    _show_tables(screen, [ablation_table(found)], markdown=markdown)


def _show(screen: Screen, verdicts: Verdicts, *, markdown: bool) -> None:
    from bot.terminal.quality_tables import described, heading, shares, tables

    for sentence in heading(verdicts.pack, len(verdicts.key.questions), verdicts.intents, verdicts.main):
        screen.write(sentence)
    _show_tables(screen, tables(verdicts), markdown=markdown)
    screen.write("")
    screen.write(shares(verdicts))
    for number, miss in enumerate(verdicts.misses, start=1):
        screen.write("")
        screen.write(described(verdicts.pack, miss), first=f"{number}. ", rest="   ")
        asked = f"{miss.question.text} ({miss.question.kind}, {miss.question.intent})"
        screen.write(asked, first="   ", rest="   ")


def _show_tables(screen: Screen, tables: Iterable[TextTable], *, markdown: bool) -> None:
    for table in tables:
        screen.write("")
        screen.show(table.markdown() if markdown else table.lines())


def _plot(screen: Screen, path: Path, verdicts: Verdicts, *, aloud: bool) -> None:
    """Draw the plot, and describe it unless stdout holds an object."""
    from bot.terminal.plotting import draw, in_words
    from bot.terminal.quality_tables import SCHEMES

    title = f"Calibration of {verdicts.pack.id}, {SCHEMES[verdicts.main]}"
    reliability = verdicts.reports[verdicts.main].reliability
    bins = {side.short_name: reliability[side.id] for side in verdicts.pack.sides}
    draw(path, title, bins)
    screen.say(f"drawn: {path}")
    if aloud:
        screen.write("")
        screen.write(in_words(title, bins))


def _write(written: dict[str, Any]) -> None:
    from bot.terminal.jsonl import json_line

    sys.stdout.buffer.write(json_line(written))
    sys.stdout.buffer.flush()
