"""The messages that announce an event in a debate's thread: plain text, as phones show nothing of an unopened card.

The same event always has the same text, apart from how late it is: that is how a sent message is found after a crash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.debate.cog.layout import (
    clock,
    deadline_ms,
    left,
    moment,
    open_ballot,
    phase_line,
    phase_rows,
    side_name,
    speaking_sides,
    who,
)
from bot.debate.rules import events
from bot.quote.rules import phrases as wording
from bot.values.ballot import LOW_START, SMALL_N, Round, net_swing, shares, too_few
from bot.values.moments import MINUTE_MS, SECOND_MS
from bot.values.text import harmless
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.layout import ROOM, Group, Page, Part, Style, paged
from bot.wire.page.render import content_of
from knowledge.durations import in_minutes
from knowledge.formats import LEAST_SIDES, Allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bot.debate.cog.layout import Rows
    from bot.debate.rules.state import Debate
    from bot.debate.service.chronicle import Untold
    from bot.values.ballot import Outcome
    from bot.wire.page.language import Words

LATE_MS: Final = 2 * SECOND_MS
"""A bell this late says so."""

_PIECE: Final = 800
"""Characters of a point that stay together: escaping may double them, and a message takes 2000."""
_HOUR_MIN: Final = 60

_LINE: Final = 34
"""Characters in a table's line on a phone 390 points wide: longer names are cut."""

_SHORTEST: Final = 6
"""Characters kept of a name at least."""

_GAP: Final = "  "

_LETTERS: Final = "ABCDE"
"""Column headings, where the names of the choices do not fit."""


@dataclass(frozen=True, slots=True)
class News:
    """One message: its text, what is added when it is late, its buttons, and the result to draw (None: no picture)."""

    text: str
    late: str = ""
    rows: Rows = ()
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Sourced:
    """Where a quote is from: one line below it, and the title of the article that the line gives by its number."""

    line: str
    title: str


def news_of(
    untold: Untold,
    words: Words,
    now_ms: int,
    source: Callable[[events.Cited], Sourced | None],
    checked: Callable[[str], tuple[str, ...]],
) -> tuple[News, ...]:
    """Return the messages for an event, mostly none or one.

    `source` proves a quote, and says where it is from; `checked` says of the quotations in a point what they are.
    """
    event, before, after = untold.event, untold.before, untold.after
    told: list[News] = []
    result: list[News] = []
    if after.outcome is not None and (before is None or before.outcome is None):
        drawn = after.outcome if after.outcome.compared else None
        result.append(News("\n".join(result_lines(after, after.outcome, words)), outcome=drawn))
    match event:
        case events.PhaseBegun():
            told.append(News("\n".join(_phase(before, after, words)), rows=phase_rows(untold.debate, after, words)))
        case events.BellRung() | events.PreparationOver(person=""):
            told.append(News(_rung(event, after, words), _lateness(event, now_ms, words)))
        case events.PreparationBegun() | events.PreparationOver():
            told.append(News(_prepared(event, after, words)))
        case events.PointMade() | events.EvidenceShown():
            head = _said(event, after, words)
            if isinstance(event, events.PointMade):
                head = (*head, *map(Part, checked(event.text)))
            told += [News(text) for text in _pages((*head, *_quoted(event, after, words, source)), words)]
        case events.Paused() | events.Resumed() | events.Extended() | events.Called() | events.GoingOn():
            told.append(News(_led(event, after, words)))
        case events.Ended():
            over = News(f"**{words('This debate is over.')}** {words('Thank you for taking part.')}")
            return (*result, over)
    return (*told, *result)


def opening_line(state: Debate, words: Words) -> str:
    """Return the message in the channel that begins the thread."""
    held = state.format
    name, minutes = echoed(words(held.name), 80), in_minutes(held.minutes)
    form = words("{format}, {minutes} min", format=name, minutes=minutes)
    motion = words("Debate: {motion}", motion=echoed(state.motion, 800))
    return f"**{motion}**\n{form}\n{words('Take part in the thread below.')}"


def _phase(before: Debate | None, after: Debate, words: Words) -> Iterator[str]:
    """Return the ballot that closed, the phase that begins, and what people can do in it."""
    if before is not None:
        was, now = open_ballot(before), open_ballot(after)
        if was is not None and was is not now:
            yield _closed(was, len(before.voted[was]), words)
    until = words(
        "{minutes} min, until {time}", minutes=in_minutes(after.phase.minutes), time=moment(deadline_ms(after), "t")
    )
    yield f"**{phase_line(after, words)}** · {until}"
    if open_ballot(after) is not None:
        yield words("The ballot is open: press “Vote”. Votes are secret, and can be changed until it closes.")
    sides = speaking_sides(after)
    if Allowed.POINTS in after.phase.allows and sides:
        yield words("Points may be made by: {sides}", sides=" · ".join(sides))
    if Allowed.FLOOR in after.phase.allows:
        yield words("The floor is open: raise your hand, and a moderator will call on you in turn.")
    if Allowed.EVIDENCE in after.phase.allows:
        yield words("“Evidence” shows everyone a side's best quote on a topic.")


def _closed(held: Round, number: int, words: Words) -> str:
    if held is Round.BEFORE:
        return words.count(
            "The ballot before the debate is closed: {number} person voted.",
            "The ballot before the debate is closed: {number} people voted.",
            number,
        )
    return words.count(
        "The ballot after the debate is closed: {number} person voted.",
        "The ballot after the debate is closed: {number} people voted.",
        number,
    )


def _rung(event: events.BellRung | events.PreparationOver, state: Debate, words: Words) -> str:
    if isinstance(event, events.PreparationOver):
        return words("🔔 The preparation time of {side} is used up.", side=_inside(state, event.side))
    phase = echoed(words(state.phase.name), 80)
    match event.bell:
        case events.Bell.HALF:
            return words("🔔 Half time: {phase}", phase=phase)
        case events.Bell.MINUTE:
            return words("🔔 One minute left: {phase}", phase=phase)
        case events.Bell.TIME if state.by_itself and not state.waits:
            return words("🔔 Time: {phase}.", phase=phase)
        case events.Bell.TIME:
            return words("🔔 Time: {phase}. A moderator moves on with “Next”.", phase=phase)


def _lateness(event: events.BellRung | events.PreparationOver, now_ms: int, words: Words) -> str:
    """Return how late a bell is told, where it is late."""
    late_ms = max(event.late_ms, now_ms - (event.at_ms - event.late_ms))
    return f" {_late(late_ms, words)}" if late_ms >= LATE_MS else ""


def _prepared(event: events.PreparationBegun | events.PreparationOver, state: Debate, words: Words) -> str:
    """Return that a side prepares, or does not any more, and what it has left."""
    side, left_ms = _inside(state, event.side), state.left_to_prepare(event.side)
    if isinstance(event, events.PreparationOver):
        return words("⏳ The preparation of {side} is over, with {left} left.", side=side, left=clock(left_ms))
    return words(
        "⏳ Preparation time for {side}, started by {person}: {left} left, until {time}.",
        side=side,
        person=who(state, event.person, words),
        left=clock(left_ms),
        time=moment(state.at_ms + left_ms, "T"),
    )


def _inside(state: Debate, side: str) -> str:
    """Return a side's name inside a sentence."""
    return wording.inside(side_name(state, side) or "")


def _late(late_ms: int, words: Words) -> str:
    minutes, seconds = divmod(late_ms // SECOND_MS, 60)
    if not minutes:
        return words("({seconds} s late: I was away)", seconds=seconds)
    if minutes < 2 * _HOUR_MIN:
        return words("({minutes} min late: I was away)", minutes=late_ms // MINUTE_MS)
    return words("({hours} h late: I was away)", hours=minutes // _HOUR_MIN)


def _led(
    event: events.Paused | events.Resumed | events.Extended | events.Called | events.GoingOn,
    state: Debate,
    words: Words,
) -> str:
    match event:
        case events.Paused():
            return words("⏸️ Paused, with {left} left.", left=left(state))
        case events.Resumed():
            return words("▶️ Resumed. Ends at {time}.", time=moment(deadline_ms(state), "t"))
        case events.Extended() if state.paused:
            return words("⏱️ {minutes} min more.", minutes=in_minutes(event.minutes))
        case events.Extended():
            time = moment(deadline_ms(state), "t")
            return words("⏱️ {minutes} min more, until {time}.", minutes=in_minutes(event.minutes), time=time)
        case events.GoingOn(by_itself=on):
            itself = words("▶️ From now on, phases begin by themselves when time is up.")
            return itself if on else words("▶️ From now on, a moderator begins each phase.")
        case events.Called():
            return words("🎤 {person} has the floor.", person=f"**{who(state, event.person, words)}**")


def _said(event: events.PointMade | events.EvidenceShown, state: Debate, words: Words) -> tuple[Part, ...]:
    """Return the heading and text of a point, or of a request for evidence."""
    if isinstance(event, events.EvidenceShown):
        person = who(state, event.person, words)
        return (Part(f"**{words('Evidence, asked for by {person}', person=person)}**"), *_pieces(event.query))
    # The side is the one at that moment: the person may have changed it since.
    side = side_name(state, event.side)
    name = echoed(state.names.get(event.person, ""), 40) or words("somebody")
    by = name if side is None else f"{name} ({side})"
    return (Part(f"**{words('Point {number}: {person}', number=event.number, person=by)}**"), *_pieces(event.text))


def _pieces(text: str) -> tuple[Part, ...]:
    """Return a text whole, in parts that each fit into a message."""
    plain = harmless(text)
    return tuple(Part(f"> {escaped(plain[at : at + _PIECE])}") for at in range(0, len(plain), _PIECE))


def _quoted(
    event: events.PointMade | events.EvidenceShown,
    state: Debate,
    words: Words,
    source: Callable[[events.Cited], Sourced | None],
) -> Iterator[Part]:
    """Lay out the quotes: the best that supports a point, then the best that others reply, or that there is none."""
    labels = [""] * len(state.sides)
    shown = (event.evidence,) if isinstance(event, events.EvidenceShown) else event.evidence
    if isinstance(event, events.PointMade) and event.side is not None:
        labels[0] = words("For it")
        # Of three sides, one need not be against what another says.
        labels[1] = words("Against it") if len(state.sides) == LEAST_SIDES else ""
    titles: dict[str, None] = {}
    for label, evidence in zip(labels, shown, strict=False):
        yield _quote(label, evidence, state, words, source)
        if evidence.quote is not None and (sourced := source(evidence.quote)) is not None:
            titles[sourced.title] = None
    yield Part("\n".join(titles))


def _quote(
    label: str, evidence: events.Evidence, state: Debate, words: Words, source: Callable[[events.Cited], Sourced | None]
) -> Part:
    side = side_name(state, evidence.side) or echoed(evidence.side, 40)
    heading = f"**{label} · {side}**" if label else f"**{side}**"
    cited = evidence.quote
    if cited is None:
        return Part(f"{heading}: {words('the articles have no quote on this.')}")
    whose = source(cited)
    if whose is None:
        return Part(f"{heading}: {words('this quote is not shown: it was excluded, or its article changed.')}")
    below = whose.line
    too_long = words("This quote is too long for a message here ({count} characters).", count=len(cited.text))
    return Part(f"{heading}: “{escaped(cited.text)}”\n{below}", f"{heading}: {too_long}\n{below}")


def _pages(parts: tuple[Part, ...], words: Words) -> tuple[str, ...]:
    """Return as many messages as the parts need."""
    pages = paged(Page("", (Group(parts),), ""), words, ROOM[Style.PLAIN])
    return tuple(content_of(page, words) for page in pages)


def result_lines(state: Debate, outcome: Outcome, words: Words) -> Iterator[str]:
    """Return who moved the room, by how much, who switched, and the warnings."""
    yield f"**{words('Result')}**"
    if not outcome.paired:
        yield words("Nobody voted both times, so there is no swing to compare.")
        if outcome.voted_once:
            yield _once(outcome, words)
        return
    if outcome.matrix is None:
        yield words(too_few(outcome))
        return
    yield _winner(state, outcome, words)
    both = words.count("{number} person voted both times.", "{number} people voted both times.", outcome.paired)
    yield f"{both} {_once(outcome, words)}" if outcome.voted_once else both
    names = [*(side.name for side in state.sides), words("Undecided")]
    yield words("Shares in percent, and their change in points:")
    before, after = shares(outcome.before), shares(outcome.after)
    rows = [
        (name, f"{was:.1f}", f"{now:.1f}", f"{now - was:+.1f}")
        for name, was, now in zip(names, before, after, strict=True)
    ]
    yield _table(("", words("before"), words("after"), words("swing")), rows)
    yield words("Who switched (rows: before, columns: after):")
    switched = [
        (f"{letter} {name}", *map(str, row)) for letter, name, row in zip(_LETTERS, names, outcome.matrix, strict=False)
    ]
    yield _table(("", *_LETTERS[: len(names)]), switched)
    yield from _warnings(state, outcome, words)


def _winner(state: Debate, outcome: Outcome, words: Words) -> str:
    if outcome.winner is None:
        return words("A draw: no side moved the room further than all others.")
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
    """Return the warnings about the swing; `ballot.warnings` is their English for transcripts."""
    if outcome.paired < SMALL_N:
        yield "⚠️ " + words(
            "With so few votes, one changed mind moves a share by {points} points.",
            points=f"{100 / outcome.paired:.1f}",
        )
    for side, share in zip(outcome.sides, shares(outcome.before), strict=False):
        if share < LOW_START:
            yield "⚠️ " + words(
                "{side} started at {share} %, under {limit} %: swing favours it, as it had more to gain.",
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
    """Cut a name to its cell, without backticks, which would end the table's block."""
    plain = harmless(text).replace("`", "'")
    return plain if len(plain) <= room else f"{plain[: room - 1]}…"
