"""`bench`: how fast the program is, part by part, beside what nothing can outdo and beside what one does at first."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.screen.session import session_of

# What is measured is imported only when its turn comes; see the package.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.lab.bench.figures import MeasuredPart, RunFigures
    from bot.lab.bench.ground import Ground, Scope
    from bot.screen.session import Session


class PartName(Enum):
    """What can be measured, in the order in which it is."""

    START = "start"
    LOG = "log"
    ANSWERS = "answers"
    NEIGHBOUR = "neighbour"
    LOAD = "load"
    INDEX = "index"


USUAL: Final = (PartName.START, PartName.LOG, PartName.ANSWERS, PartName.NEIGHBOUR, PartName.LOAD)
"""What is measured unless parts are named."""

Parts = Annotated[
    list[PartName] | None,
    typer.Argument(metavar="[PART]...", help="start, log, answers, neighbour, load, index. [default: all but index]"),
]
Questions = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Ask N of the pack's questions, 200 or more. [default: 200]"),
]
Quick = Annotated[bool, typer.Option("--quick", help="Only see whether it works: few questions, everything once.")]
Scale = Annotated[
    bool, typer.Option("--scale", help="Try the index up to a million passages: one to five minutes more.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write the figures as one JSON object on one line.")]
Plot = Annotated[
    Path | None, typer.Option("--plot", metavar="PATH", help="Draw the figures as a PNG too (needs the extra plots).")
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma bench answers load --plot speed.png")(bench)


def bench(
    context: typer.Context,
    parts: Parts = None,
    questions: Questions = None,
    quick: Quick = False,  # noqa: FBT002 - a flag
    scale: Scale = False,  # noqa: FBT002 - a flag
    as_json: AsJson = False,  # noqa: FBT002 - a flag
    plot: Plot = None,
) -> None:
    """Measure how fast answers, starts and the log are, side by side with the model alone.

    It takes two to three minutes on two cores, and longer while other programs use them; the part "index" takes half a
    minute more. Your log is left alone.
    """
    import json

    from bot.lab.bench.figures import figures_object, panels, remarks, tables
    from bot.lab.bench.ground import Scope
    from bot.screen.plotting import check_plot, draw_bars
    from embeddings.encoders.reference import check_library

    session = session_of(context)
    screen = session.screen
    if plot is not None:
        check_plot(plot)
    check_library()
    wanted = tuple(part for part in PartName if part in (parts or USUAL) or (scale and part is PartName.INDEX))
    figures = _measure(session, Scope.wanted(questions, quick=quick, scale=scale), wanted)
    heading = f"{figures.questions} questions of {figures.pack}, on {figures.machine}"
    if plot is not None:
        draw_bars(plot, heading, panels(figures))
    if as_json:
        typer.echo(json.dumps(figures_object(figures)))
        return
    screen.write(heading)
    for table in tables(figures):
        screen.write("")
        screen.show(table.lines(screen.width))
    for remark in remarks(figures):
        screen.write("")
        screen.write(remark)


def _measure(session: Session, plan: Scope, wanted: Sequence[PartName]) -> RunFigures:
    """Measure the parts in their order."""
    from bot.lab.bench.figures import Machine, RunFigures, load_now
    from bot.lab.bench.ground import Ground
    from embeddings.encoders.reference import forward_threads

    load = load_now()
    with Ground.prepared(session, plan) as ground:
        count = len(ground.questions)
        parts, taken_s = [], {}
        for part in wanted:
            started_s = ground.clock.monotonic_s()
            parts.append(_measure_of(part)(ground))
            taken_s[part.value] = ground.clock.monotonic_s() - started_s
        return RunFigures(
            pack=ground.pack.id,
            questions=count,
            quick=plan.quick,
            machine=Machine.here(forward_threads(), load),
            load_after=load_now(),
            parts=tuple(parts),
            taken_s=taken_s,
            log_folder=str(ground.folder.parent),
        )


def _measure_of(part: PartName) -> Callable[[Ground], MeasuredPart]:
    """Return what measures a part; the others are not imported."""
    match part:
        case PartName.START:
            from bot.lab.bench.start import measure_start

            return measure_start
        case PartName.LOG:
            from bot.lab.bench.growth import measure_log

            return measure_log
        case PartName.ANSWERS:
            from bot.lab.bench.answers import measure_answers

            return measure_answers
        case PartName.NEIGHBOUR:
            from bot.lab.bench.answers import measure_neighbour

            return measure_neighbour
        case PartName.LOAD:
            from bot.lab.bench.load import measure_load

            return measure_load
        case PartName.INDEX:
            from bot.lab.bench.growth import measure_index

            return measure_index
