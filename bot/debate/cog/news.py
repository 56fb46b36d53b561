"""What a debate's thread is told of an event: ordinary text, for phones show none of a card before it is opened.

The same event is always told in the same words, but for how late it is told: by that a message that was sent is
recognised after a crash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.debate.cog.layout import (
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
from bot.debate.cog.result import result_lines
from bot.debate.rules.events import (
    Bell,
    BellRung,
    Called,
    Ended,
    EvidenceShown,
    Extended,
    Paused,
    PhaseBegun,
    PointMade,
    Resumed,
)
from bot.values.ballot import Round
from bot.values.moments import MINUTE_MS, SECOND_MS
from bot.values.text import harmless
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.layout import ROOM, Group, Page, Part, Style, paged
from bot.wire.page.render import content_of
from knowledge.citation import Citation
from knowledge.model import Allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.debate.cog.layout import Rows
    from bot.debate.rules.events import Cited, Event, Evidence
    from bot.debate.rules.state import Debate
    from bot.values.ballot import Outcome
    from bot.wire.page.language import Words
    from knowledge.errors import Message

LATE_MS: Final = 2 * SECOND_MS
"""From here on a bell is late, and says so."""

_PIECE: Final = 800
"""Characters of a point that stay together: escaped they may be twice as many, and a message takes 2000."""
_HOUR_MIN: Final = 60


@dataclass(frozen=True, slots=True)
class Transition:
    """An event, with the debate right before it (None: there was none) and after it."""

    debate: str
    event: Event
    before: Debate | None
    after: Debate


@dataclass(frozen=True, slots=True)
class News:
    """One message: its text, what is added to it when it comes late, and the buttons below it.

    `outcome` is what a picture is to be drawn of, None for none.
    """

    text: str
    late: str = ""
    rows: Rows = ()
    outcome: Outcome | None = None


def news_of(
    change: Transition, words: Words, now_ms: int, source: Callable[[Cited], Message | None]
) -> tuple[News, ...]:
    """Return the messages that an event comes to, mostly none or one; `source` proves a quote, and says whose it is."""
    event, before, after = change.event, change.before, change.after
    told: list[News] = []
    match event:
        case PhaseBegun():
            told.append(News("\n".join(_phase(before, after, words)), rows=phase_rows(change.debate, after, words)))
        case BellRung():
            late_ms = max(event.late_ms, now_ms - (event.at_ms - event.late_ms))
            late = f" {_late(late_ms, words)}" if late_ms >= LATE_MS else ""
            told.append(News(_bell(event.bell, after, words), late))
        case PointMade() | EvidenceShown():
            head = _said(event, after, words)
            told += [News(text) for text in _pages((*head, *_quoted(event, after, words, source)), words)]
        case Paused() | Resumed() | Extended() | Called():
            told.append(News(_led(event, after, words)))
        case Ended():
            told.append(News(f"**{words('This debate is over.')}** {words('Thank you for taking part.')}"))
    if after.outcome is not None and (before is None or before.outcome is None):
        drawn = after.outcome if after.outcome.paired else None
        told.append(News("\n".join(result_lines(after, after.outcome, words)), outcome=drawn))
    return tuple(told)


def opening_line(state: Debate, words: Words) -> str:
    """Tell the channel that a debate begins; below it hangs the thread."""
    form = words("{format}, {minutes} min", format=echoed(state.format.name, 80), minutes=state.format.minutes)
    motion = words("Debate: {motion}", motion=echoed(state.motion, 800))
    return f"**{motion}**\n{form}\n{words('Take part in the thread below.')}"


def _phase(before: Debate | None, after: Debate, words: Words) -> Iterator[str]:
    """Return which phase begins, which ballot closed with it, and what can be done now."""
    if before is not None:
        was, now = open_ballot(before), open_ballot(after)
        if was is not None and was is not now:
            yield _closed(was, len(before.ballots[was]), words)
    until = words("{minutes} min, until {time}", minutes=after.phase.minutes, time=moment(deadline_ms(after), "t"))
    yield f"**{phase_line(after, words)}** · {until}"
    if open_ballot(after) is not None:
        yield words("The ballot is open: press “Vote”. Votes are secret, and can be changed until it closes.")
    sides = speaking_sides(after, after.phase)
    if Allowed.POINTS in after.phase.allows and sides:
        yield words("Points are made by: {sides}", sides=" · ".join(sides))
    if Allowed.FLOOR in after.phase.allows:
        yield words("The floor is open: raise your hand, and a moderator calls one after the other.")
    if Allowed.EVIDENCE in after.phase.allows:
        yield words("“Evidence” shows all what a side says on something.")


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


def _bell(bell: Bell, state: Debate, words: Words) -> str:
    phase = echoed(state.phase.name, 80)
    match bell:
        case Bell.HALF:
            return words("🔔 Half time: {phase}", phase=phase)
        case Bell.MINUTE:
            return words("🔔 One minute left: {phase}", phase=phase)
        case Bell.TIME:
            return words("🔔 Time: {phase}. A moderator goes on with “Next”.", phase=phase)


def _late(late_ms: int, words: Words) -> str:
    """Return how late something is told."""
    minutes, seconds = divmod(late_ms // SECOND_MS, 60)
    if not minutes:
        return words("({seconds} s late: I was away)", seconds=seconds)
    if minutes < 2 * _HOUR_MIN:
        return words("({minutes} min late: I was away)", minutes=late_ms // MINUTE_MS)
    return words("({hours} h late: I was away)", hours=minutes // _HOUR_MIN)


def _led(event: Paused | Resumed | Extended | Called, state: Debate, words: Words) -> str:
    """Return what a moderator did."""
    match event:
        case Paused():
            return words("⏸️ Paused, with {left} left.", left=left(state))
        case Resumed():
            return words("▶️ It goes on, until {time}.", time=moment(deadline_ms(state), "t"))
        case Extended() if state.paused:
            return words("⏱️ {minutes} min more.", minutes=event.minutes)
        case Extended():
            time = moment(deadline_ms(state), "t")
            return words("⏱️ {minutes} min more, until {time}.", minutes=event.minutes, time=time)
        case Called():
            return words("🎤 {person} has the floor.", person=f"**{who(state, event.person, words)}**")


def _said(event: PointMade | EvidenceShown, state: Debate, words: Words) -> tuple[Part, ...]:
    """Return who made a point, and which; or who asked for evidence, and on what."""
    if isinstance(event, EvidenceShown):
        person = who(state, event.person, words)
        return (Part(f"**{words('Evidence, asked for by {person}', person=person)}**"), *_pieces(event.query))
    # The side is the one of that moment: the person may be on another since.
    side = side_name(state, event.side)
    name = echoed(state.names.get(event.person, ""), 40) or words("somebody")
    by = name if side is None else f"{name} ({side})"
    return (Part(f"**{words('Point {number}: {person}', number=event.number, person=by)}**"), *_pieces(event.text))


def _pieces(text: str) -> tuple[Part, ...]:
    """Write what somebody wrote, whole, in parts that each fit into a message."""
    plain = harmless(text)
    return tuple(Part(f"> {escaped(plain[at : at + _PIECE])}") for at in range(0, len(plain), _PIECE))


def _quoted(
    event: PointMade | EvidenceShown, state: Debate, words: Words, source: Callable[[Cited], Message | None]
) -> Iterator[Part]:
    """Lay out the quotes: the best that supports a point, then the best that opposes it, or that there is none."""
    if isinstance(event, EvidenceShown):
        yield _quote("", event.evidence, state, words, source)
        return
    labels = (words("For it"), words("Against it"))
    if event.side is None:
        labels = ("", "")
    for label, evidence in zip(labels, event.evidence, strict=False):
        yield _quote(label, evidence, state, words, source)


def _quote(
    label: str, evidence: Evidence, state: Debate, words: Words, source: Callable[[Cited], Message | None]
) -> Part:
    side = side_name(state, evidence.side) or echoed(evidence.side, 40)
    heading = f"**{label} · {side}**" if label else f"**{side}**"
    cited = evidence.quote
    if cited is None:
        return Part(f"{heading}: {words('the articles have no quote on this.')}")
    whose = source(cited)
    if whose is None:
        return Part(f"{heading}: {words('the quote is not shown here: it was excluded, or the articles changed.')}")
    citation = Citation(cited.article, cited.title, cited.author, cited.paragraph, cited.start, cited.end)
    below = "\n".join(echoed(words(each), ROOM[Style.PLAIN].line) for each in (whose, citation.place))
    too_long = words("This quote is too long for a message here ({count} characters).", count=len(cited.text))
    return Part(f"{heading}: “{escaped(cited.text)}”\n{below}", f"{heading}: {too_long}\n{below}")


def _pages(parts: tuple[Part, ...], words: Words) -> tuple[str, ...]:
    """Share parts out to as many messages as they need."""
    pages = paged(Page("", (Group(parts),), ""), words, ROOM[Style.PLAIN])
    return tuple(content_of(page, words) for page in pages)
