"""What the ballots of a debate came to, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.debate.cog.layout import side_name
from bot.values.ballot import LOW_START, SMALL_N, net_swing, shares
from bot.values.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.debate.rules.state import Debate
    from bot.values.ballot import Outcome
    from bot.wire.page.language import Words

_LINE: Final = 34
"""Characters that fit into a line of a table on a phone 390 points wide: names that would make it longer are cut."""

_SHORTEST: Final = 6
"""Characters that a name has at least."""

_GAP: Final = "  "

_LETTERS: Final = "ABC"
"""Stand for the choices above the columns, where their names have no room."""


def result_lines(state: Debate, outcome: Outcome, words: Words) -> Iterator[str]:
    """Return who moved the room, by how much, who switched, and why to take it with care."""
    yield f"**{words('Result')}**"
    if not outcome.paired:
        yield words("Nobody voted both times, so there is no swing to compare.")
        if outcome.voted_once:
            yield _once(outcome, words)
        return
    yield _winner(state, outcome, words)
    both = words.count("{number} person voted both times.", "{number} people voted both times.", outcome.paired)
    yield f"{both} {_once(outcome, words)}" if outcome.voted_once else both
    names = [*(side.name for side in state.sides), words("Undecided")]
    yield words("Shares in per cent, and how many points they changed:")
    before, after = shares(outcome.before), shares(outcome.after)
    rows = [
        (name, f"{was:.1f}", f"{now:.1f}", f"{now - was:+.1f}")
        for name, was, now in zip(names, before, after, strict=True)
    ]
    yield _table(("", words("before"), words("after"), words("swing")), rows)
    yield words("Who switched (lines: before, columns: after):")
    switched = [
        (f"{letter} {name}", *map(str, row)) for letter, name, row in zip(_LETTERS, names, outcome.matrix, strict=True)
    ]
    yield _table(("", *_LETTERS), switched)
    yield from _warnings(state, outcome, words)


def _winner(state: Debate, outcome: Outcome, words: Words) -> str:
    if outcome.winner is None:
        return words("A draw: both sides changed by the same.")
    points = f"{net_swing(outcome, outcome.winner):+.1f}"
    return words(
        "**{side}** moved the room further: {points} points.", side=side_name(state, outcome.winner), points=points
    )


def _once(outcome: Outcome, words: Words) -> str:
    return words.count(
        "{number} person voted only once, and does not count.",
        "{number} people voted only once, and do not count.",
        outcome.voted_once,
    )


def _warnings(state: Debate, outcome: Outcome, words: Words) -> Iterator[str]:
    """Return why the swing is to be taken with care; see `ballot.warnings`, which says it in English only."""
    if outcome.paired < SMALL_N:
        yield "⚠️ " + words(
            "With so few votes a single mind changed moves a share by {points} points.",
            points=f"{100 / outcome.paired:.1f}",
        )
    for side, share in zip(outcome.sides, shares(outcome.before), strict=False):
        if share < LOW_START:
            yield "⚠️ " + words(
                "{side} started at {share} %, under {limit} %: swing favours it, for it had more to win.",
                side=side_name(state, side),
                share=f"{share:.1f}",
                limit=f"{LOW_START:.0f}",
            )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    names, *columns = zip(head, *rows, strict=True)
    widths = [max(map(len, column)) for column in columns]
    room = max(_SHORTEST, _LINE - sum(width + len(_GAP) for width in widths))
    firsts = [_cell(name, room) for name in names]
    lines = []
    for first, cells in zip(firsts, zip(*columns, strict=True), strict=True):
        aligned = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]
        lines.append(_GAP.join((f"{first:<{max(map(len, firsts))}}", *aligned)))
    return "\n".join(("```", *lines, "```"))


def _cell(text: str, room: int) -> str:
    """Cut a name to its cell, without what would end the block that the table stands in."""
    plain = harmless(text).replace("`", "'")
    return plain if len(plain) <= room else f"{plain[: room - 1]}…"
