"""How a class voted on its prompts before and after the quotes were revealed, as a picture and as text.

The picture suits phones and projectors, and shows every number, for readers who cannot tell the colours apart. It needs
matplotlib, from the extra "plots".
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.prompt import prompt_of
from bot.process.drawing import (
    BLUE,
    DOTS_PER_INCH,
    DRAWING,
    GREY,
    HATCH,
    INK,
    ORANGE,
    WIDTH_INCHES,
    as_written,
    draw_part,
    drawable,
    png_of,
    undress,
)
from bot.values.ballot import KEPT_BACK
from bot.values.text import harmless
from knowledge.errors import Message, Say, UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from bot.lesson.rules.lesson import LessonSummary
    from bot.values.ballot import Counts
    from knowledge.model import Pack

DRAWN: Final = 5
"""Prompts drawn, the first of a lesson; more would be too small to read."""

FILLS: Final = ((BLUE, "", "white"), (ORANGE, HATCH, INK), (GREY, "", INK))
"""Those of people who agree, disagree, and are unsure."""
_DRAWN_ORDER: Final = (0, 2, 1)
"""The order of `Counts` from left to right: unsure between the other two."""
_NARROW: Final = 0.06
"""Share below which a part of a bar is too narrow for its number, which then goes above it."""
_QUESTION_CHARACTERS: Final = 52
_QUESTION_LINES: Final = 4
_SPOKEN_CHARACTERS: Final = 110
"""Characters of a question in the description, so that all of it fits into Discord's 1024."""
_LINE_INCHES: Final = 0.22
_BARS_INCHES: Final = 1.05
_LEGEND_INCHES: Final = 0.35
_TITLE_INCHES: Final = 0.35

_NOBODY: Final = Message("nobody voted")


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes on one prompt, in the order of the choices: agree, disagree, unsure; None where they are kept back."""

    question: str
    before: Counts | None
    after: Counts | None


def votes_in(pack: Pack, summary: LessonSummary) -> tuple[Votes, ...]:
    """Return the votes on a lesson's closed prompts, without prompts nobody voted on or the pack no longer has."""
    found = []
    for posting in summary.postings:
        if posting.result is None or not posting.voters:
            continue
        try:
            question = prompt_of(pack, posting.prompt).question
        except UserError:
            continue
        found.append(Votes(question, *posting.result.told))
    return tuple(found)


def shift_png(votes: Sequence[Votes], say: Say = str) -> bytes:
    """Return votes drawn as a PNG, 800 pixels wide; the same bytes for the same votes. Raises ValueError for none.

    This takes half a second or more: call it in a thread.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, and is optional

    if not votes:
        raise ValueError("there are no votes to draw")
    with DRAWING:
        questions = [_in_lines(one.question) for one in votes[:DRAWN]]
        heights = [_BARS_INCHES + _LINE_INCHES * (question.count("\n") + 1) for question in questions]
        more = say(_more(votes)) if len(votes) > DRAWN else ""
        heights.append(_LEGEND_INCHES + _LINE_INCHES * bool(more))
        figure = Figure(figsize=(WIDTH_INCHES, sum(heights) + _TITLE_INCHES), dpi=DOTS_PER_INCH, layout="constrained")
        title = drawable(harmless(say(Message("How the class voted"))))
        figure.suptitle(title, fontsize=14, fontweight="bold", color=INK, parse_math=False)
        *parts, last = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False).flat
        for part, question, one in zip(parts, questions, votes, strict=False):
            part.suptitle(question, x=0.01, ha="left", fontsize=11, fontweight="bold", color=INK, parse_math=False)
            _draw_prompt(part.subplots(), one, say)
        _draw_legend(last, drawable(more), say)
        return png_of(figure)


def shift_alt_text(votes: Sequence[Votes], say: Say = str) -> str:
    """Return everything the picture shows as text; long questions are cut."""
    parts = [say(Message("Chart of the votes."))]
    for one in votes[:DRAWN]:
        question = textwrap.shorten(harmless(one.question), _SPOKEN_CHARACTERS, placeholder="…")
        before, after = _counted(one.before), _counted(one.after)
        told = Message("“{question}” Before: {before}. After: {after}.", question=question, before=before, after=after)
        parts.append(say(told))
    if len(votes) > DRAWN:
        parts.append(say(_more(votes)))
    return " ".join(parts)


def _counted(counts: Counts | None) -> Message:
    if counts is None:
        return KEPT_BACK
    agree, disagree, unsure = counts
    if not sum(counts):
        return _NOBODY
    return Message("{agree} agree, {disagree} disagree, {unsure} unsure", agree=agree, disagree=disagree, unsure=unsure)


def _more(votes: Sequence[Votes]) -> Message:
    return Message("Prompts not shown: {number}.", number=len(votes) - DRAWN)


def _in_lines(question: str) -> str:
    lines = textwrap.wrap(harmless(question), _QUESTION_CHARACTERS, max_lines=_QUESTION_LINES, placeholder="…")
    return drawable("\n".join(lines))


def _draw_prompt(axes: Axes, votes: Votes, say: Say) -> None:
    """Draw a bar for the votes before and one for those after, both of one length, divided by choice."""
    for row, told in enumerate((votes.before, votes.after)):
        counts = told or (0, 0, 0)
        left = 0.0
        for place in _DRAWN_ORDER:
            share = counts[place] / sum(counts) if any(counts) else 0.0
            number = str(counts[place]) if counts[place] else ""
            narrow = share < _NARROW
            draw_part(axes, row, left, share, FILLS[place], "" if narrow else number, height=0.6)
            if narrow and number:
                axes.text(left + share / 2, row - 0.32, number, ha="center", va="bottom", fontsize=9, color=INK)
            left += share
        if not any(counts):
            axes.text(
                0.01,
                row,
                drawable(say(KEPT_BACK if told is None else _NOBODY)),
                ha="left",
                va="center",
                fontsize=11,
                color=INK,
            )
    axes.set_xlim(0, 1)
    axes.set_ylim(1.6, -0.6)
    before, after = ("…" if told is None else sum(told) for told in (votes.before, votes.after))
    labels = (Message("Before ({number})", number=before), Message("After ({number})", number=after))
    axes.set_yticks((0, 1), labels=[drawable(say(label)) for label in labels], fontsize=11, color=INK)
    as_written(axes.get_yticklabels())
    undress(axes, "")


def _draw_legend(figure: SubFigure, more: str, say: Say) -> None:
    """Draw what the colours and patterns mean, in the order of the bars, and the line about what is not drawn."""
    from matplotlib.patches import Patch  # noqa: PLC0415 - as above

    names = [say(name) for name in (Message("Agree"), Message("Disagree"), Message("Unsure"))]
    patches = [
        Patch(facecolor=FILLS[place][0], hatch=FILLS[place][1], edgecolor="white", label=drawable(names[place]))
        for place in _DRAWN_ORDER
    ]
    legend = figure.legend(
        handles=patches, loc="upper center", ncols=len(patches), frameon=False, fontsize=11, handlelength=1.2
    )
    as_written(legend.get_texts())
    figure.text(0.5, 0.1, more, ha="center", va="bottom", fontsize=10, color=INK, parse_math=False)
