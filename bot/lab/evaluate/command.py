"""`evaluate`: how good the quotes and the silence are, on questions, conversations and claims not learnt from."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.answer.terminal.ask import WrongUseError
from bot.screen.session import session_of
from knowledge.errors import UserError

# What evaluates is imported only when it is to; see the package.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from bot.lab.evaluate.judgement import Judged
    from bot.lab.evaluate.report import Chapter
    from bot.screen.screen import Screen
    from bot.screen.session import Session
    from embeddings.index.index import Index
    from embeddings.judging.evaluation import Material
    from embeddings.judging.metrics import Verdicts
    from embeddings.retriever import Retriever
    from knowledge.model import Pack
    from knowledge.reading.heldout import HeldOut


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma evaluate --misses 20")(evaluate)


def evaluate(
    context: typer.Context,
    heldout: Annotated[
        Path | None,
        typer.Option(
            "--heldout",
            metavar="PATH",
            help="Judge the questions, statements or dialogues of this file, by the index as it is.",
        ),
    ] = None,
    misses: Annotated[
        int,
        typer.Option(
            "--misses", metavar="N", min=0, help="List the N surest mistakes of each sort, and all wrong acts."
        ),
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
    topic. Claims are judged without a fifth of all, and without their type; conversations as they are. Takes some
    minutes; --ablate takes ten times as long, and --heldout some seconds.
    """
    if markdown and as_json:
        raise WrongUseError("--markdown and --json are two forms: leave one out")
    if ablate and (heldout or plot or misses):
        raise WrongUseError("--ablate gives one table: leave out --heldout, --plot and --misses")
    session = session_of(context)
    if plot is not None:
        from bot.screen.plotting import check_plot

        check_plot(plot)
    if ablate:
        _ablate(session, markdown=markdown, as_json=as_json)
        return
    from bot.lab.evaluate.report import chapters, judged_object

    pack = session.pack()
    asked = None if heldout is None else _unknown(session.screen, pack, heldout)
    if plot is not None and asked is not None and not asked.questions:
        raise UserError(f"the plot is about questions, and {heldout} holds none: leave out --plot")
    judged = _judge(session, pack, asked, misses)
    if as_json:
        _write(judged_object(judged))
    else:
        _show(session.screen, chapters(judged), markdown=markdown)
    if plot is not None and judged.questions is not None:
        _plot(session.screen, plot, judged.questions, aloud=not as_json)


@contextmanager
def _material(session: Session, pack: Pack) -> Iterator[tuple[Material, Index, Retriever]]:
    """Open the index of a pack, with what it was made of and what answers from it."""
    from bot.opening import load_encoder
    from embeddings.index.index import open_index, vector_cache
    from embeddings.judging.evaluation import Material
    from embeddings.retriever import Retriever

    screen, config = session.screen, session.config
    try:
        with screen.busy("loading the model"):
            encoder = load_encoder(config)
        index = open_index(pack, encoder, config.index.folder, say=screen.say, report=screen.report)
        cache = vector_cache(pack, encoder, config.index.folder)
        passages = cache.encode([passage.text for passage in pack.passages], screen.report)
        try:
            taught = bool(index.calibrations)
            material = Material(pack, passages, index.words, lambda texts: cache.encode(texts, screen.report), taught)
            yield material, index, Retriever(pack, encoder, index)
        finally:
            index.close()
    finally:
        screen.close()


def _ticking(screen: Screen, total: int) -> Callable[[], None]:
    """Return something to call after each of so many steps; from the first one on there is a progress bar."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        screen.report(done, total, "judging")

    return tick


def _judge(session: Session, pack: Pack, asked: HeldOut | None, worst: int) -> Judged:
    from bot.lab.evaluate.judgement import judged

    if asked is None:
        _check_questions(pack)
    with _material(session, pack) as (material, index, retriever):
        found = judged(material, index, retriever, asked, worst, partial(_ticking, session.screen))
        if asked is None and pack.statements and found.statements is None:
            session.screen.say("the statements are not judged: they are too few to leave any of them out")
        return found


def _check_questions(pack: Pack) -> None:
    if not pack.questions:
        raise UserError(f"the pack {pack.id} has no questions to judge by: write some into its questions.toml")


def _unknown(screen: Screen, pack: Pack, heldout: Path) -> HeldOut:
    """Read the held-out file, without what the pack holds too: the system has learnt from it."""
    from knowledge.reading.heldout import read_heldout, unknown

    asked = read_heldout(heldout, pack)
    kept = unknown(asked, pack)
    if len(kept) < len(asked):
        screen.say(f"left out: {len(asked) - len(kept)} of {len(asked)}, which the pack holds word for word")
    if not len(kept):
        raise UserError(f"{heldout} holds nothing that the pack does not hold too: write others")
    return kept


def _ablate(session: Session, *, markdown: bool, as_json: bool) -> None:
    from bot.lab.evaluate.report import ablation_chapter, ablation_object
    from embeddings.judging.ablation import ABLATION_TICKS, ablated, worths
    from embeddings.judging.answer_key import AnswerKey
    from embeddings.judging.metrics import resampling_of

    screen, pack = session.screen, session.pack()
    _check_questions(pack)
    with _material(session, pack) as (material, _, _):
        sheets = dict(ablated(material, _ticking(screen, ABLATION_TICKS)))
    key = AnswerKey.of(pack, pack.questions)
    resampling = resampling_of(key)
    found = worths(key, sheets, resampling)
    if as_json:
        _write(ablation_object(pack, resampling.clusters, found))
        return
    _show(screen, [ablation_chapter(pack, resampling.clusters, found)], markdown=markdown)


def _show(screen: Screen, chapters: Iterable[Chapter], *, markdown: bool) -> None:
    for number, chapter in enumerate(chapters):
        if number:
            screen.write("")
        for sentence in chapter.heading:
            screen.write(sentence)
        for table in chapter.tables:
            screen.write("")
            screen.show(table.markdown() if markdown else table.lines(screen.width))
        for sentence in chapter.notes:
            screen.write("")
            screen.write(sentence)
        for place, miss in enumerate(chapter.misses, start=1):
            screen.write("")
            for line, text in enumerate(miss):
                screen.write(text, first="   " if line else f"{place}. ", rest="   ")


def _plot(screen: Screen, path: Path, verdicts: Verdicts, *, aloud: bool) -> None:
    """Draw the plot, and describe it unless stdout holds an object."""
    from bot.lab.evaluate.report import SCHEMES
    from bot.screen.plotting import draw, in_words

    title = f"Calibration of {verdicts.pack.id}, {SCHEMES[verdicts.main]}"
    reliability = verdicts.reports[verdicts.main].reliability
    bins = {side.short_name: reliability[side.id] for side in verdicts.pack.sides}
    draw(path, title, bins)
    screen.say(f"drawn: {path}")
    if aloud:
        screen.write("")
        screen.write(in_words(title, bins))


def _write(written: dict[str, Any]) -> None:
    from bot.answer.terminal.jsonl import json_line

    sys.stdout.buffer.write(json_line(written))
    sys.stdout.buffer.flush()
