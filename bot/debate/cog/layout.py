"""Pages and buttons of a debate: the panel for everyone, the ballot for one person, and the moderators' page.

Everyone sees how many voted; only the voter sees their choice.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.debate.rules.state import PERMISSIONS, queue
from bot.quote.cog.layout import headline, small
from bot.quote.rules import phrases as wording
from bot.values.ballot import Round
from bot.values.moments import SECOND_MS
from bot.values.text import harmless
from bot.wire.page.controls import Control
from bot.wire.page.escaping import echoed
from bot.wire.page.layout import ROOM, Group, Page, Part, Style
from bot.wire.press import id_of
from knowledge.formats import Allowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.debate.rules.state import Debate
    from bot.values.ballot import Choice
    from bot.wire.page.language import Words

    Rows = tuple[tuple[Control, ...], ...]

FEATURE: Final = "debate"

NAME: Final = 40
"""Characters of a name in a line; a longer one is cut."""

_QUEUE: Final = 6
"""Hands shown by name, one a line."""
_LABEL: Final = 34
"""Visible characters of a button."""


class Deed(Enum):
    """What a moderator's button does."""

    NEXT = "next"
    """Leave the phase that the moderator saw; its place ends the id."""
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    FLOW = "flow"
    """Let phases begin by themselves."""
    HOLD = "hold"
    """Do not let them any more."""
    PREPARE = "prepare"
    """Let a side, whose place ends the id, take preparation time."""
    READY = "ready"
    """End a side's preparation time."""
    CALL = "call"
    CLOSE = "close"
    """End the debate."""


def debate_id(verb: str | Deed, debate: str, *arguments: object) -> str:
    """Return the id of a button or form."""
    return id_of(FEATURE, verb.value if isinstance(verb, Deed) else verb, debate, *arguments)


def panel_page(state: Debate, words: Words, style: Style) -> Page:
    """Return the panel, which everyone sees."""
    head = headline(echoed(state.motion, ROOM[style].echo), style)
    if state.ended:
        heading = words("This debate is over.")
        lines = [words("Ended {ago}", ago=moment(state.at_ms, "R")), *_counts(state, words)]
        foot = words("Moderators get the transcript with `/debate export`.")
    else:
        heading = phase_line(state, words)
        lines = _going_on(state, words)
        foot = words("Everyone can take part. Votes are secret: only their number is shown.")
    frame = Group((Part("\n".join(lines)),), f"**{heading}**")
    return Page(head, (frame,), small(foot, style))


def panel_rows(debate: str, state: Debate, words: Words) -> Rows:
    """Return the panel's buttons; none when the debate is over."""
    if state.ended:
        return ()
    joining = [
        Control(label_of(words("Join {side}", side=wording.inside(side.name))), debate_id("join", debate, place))
        for place, side in enumerate(state.sides)
    ]
    preparing = []
    if state.preparing is not None:
        preparing = [Control(words("End preparation"), debate_id("prepared", debate))]
    elif state.format.preparation:
        may = any(map(state.may_prepare, state.side_ids)) and not state.paused
        preparing = [Control(words("Preparation"), debate_id("preparing", debate), enabled=may)]
    return (
        (*joining, Control(words("Watch"), debate_id("join", debate))),
        tuple(control for control, _ in _speaking(debate, state, words)),
        (
            Control(words("Vote"), debate_id("vote", debate), enabled=open_ballot(state) is not None),
            *preparing,
            Control(words("Moderator"), debate_id("lead", debate)),
        ),
    )


def phase_rows(debate: str, state: Debate, words: Words) -> Rows:
    """Return the buttons below the message that begins a phase: those of use in it."""
    row = [control for control, useful in _speaking(debate, state, words) if useful]
    if open_ballot(state) is not None:
        row.append(Control(words("Vote"), debate_id("vote", debate)))
    return (tuple(row),) if row else ()


def _speaking(debate: str, state: Debate, words: Words) -> Iterator[tuple[Control, bool]]:
    floor = state.allows(Allowed.FLOOR)
    useful = {
        "point": (words("Make a point"), floor or state.allows(Allowed.POINTS)),
        "raise": (words("Raise hand"), floor),
        "lower": (words("Lower hand"), floor),
        "evidence": (words("Evidence"), state.allows(Allowed.EVIDENCE)),
    }
    for verb, (label, now) in useful.items():
        yield Control(label, debate_id(verb, debate), enabled=now), now


def open_ballot(state: Debate) -> Round | None:
    """Return which ballot is open."""
    return next((held for held, permission in PERMISSIONS.items() if state.allows(permission)), None)


def ballot_page(state: Debate, held: Round, votes: Mapping[Round, Choice], words: Words) -> Page:
    """Return the ballot with this person's vote so far."""
    asked = {
        Round.BEFORE: words("Vote before the debate: which side are you on?"),
        Round.AFTER: words("Vote after the debate: which side are you on now?"),
    }[held]
    if held not in votes:
        mine = words("You have not voted yet.")
    else:
        mine = words("Your vote: **{choice}**", choice=side_name(state, votes[held]) or words("undecided"))
    kept = words("Only you see this. You can change your vote until the ballot closes.")
    return Page("\n".join((f"**{asked}**", echoed(state.motion, 300), mine)), (), kept)


def ballot_rows(debate: str, state: Debate, held: Round, words: Words) -> Rows:
    """Return the ballot's buttons."""
    row = [
        Control(label_of(side.name), debate_id("ballot", debate, held.value, place))
        for place, side in enumerate(state.sides)
    ]
    return ((*row, Control(words("Undecided"), debate_id("ballot", debate, held.value))),)


def lead_page(state: Debate, words: Words, done: str = "", troubles: tuple[str, ...] = ()) -> Page:
    """Return a moderator's page: what was just done, what is in the way, and the debate's status."""
    lines = [done] if done else []
    lines += [*troubles, echoed(state.motion, 300)]
    if state.ended:
        lines.append(words("This debate is over."))
        return Page("\n".join(lines), (), "")
    lines += [f"**{phase_line(state, words)}**", *_going_on(state, words)]
    phases = state.format.phases
    if state.place + 1 < len(phases):
        following = phases[state.place + 1]
        lines.append(words("Next phase: {phase}", phase=echoed(words(following.name), NAME)))
    else:
        lines.append(words("This is the last phase: “Next” ends the debate."))
    return Page("\n".join(lines), (), "")


def lead_rows(debate: str, state: Debate, words: Words) -> Rows:
    """Return a moderator's buttons."""
    if state.ended:
        return ()
    going = (words("Resume"), Deed.RESUME) if state.paused else (words("Pause"), Deed.PAUSE)
    return (
        (
            Control(words("Next"), debate_id(Deed.NEXT, debate, state.place)),
            Control(going[0], debate_id(going[1], debate)),
            Control(words("Extend 2 min"), debate_id(Deed.EXTEND, debate)),
        ),
        (
            # Enabled even with no hand raised: this message does not change by itself when one is.
            Control(words("Call next"), debate_id(Deed.CALL, debate), enabled=state.allows(Allowed.FLOOR)),
            Control(words("End"), debate_id("end", debate)),
            Control(words("Wait for me"), debate_id(Deed.HOLD, debate))
            if state.by_itself
            else Control(words("Go on by itself"), debate_id(Deed.FLOW, debate)),
        ),
        *_preparations(debate, state, words),
    )


def _preparations(debate: str, state: Debate, words: Words) -> Rows:
    """Return a moderator's buttons for the sides' preparation time, where the debate has any."""
    if state.preparing is not None:
        place = state.side_ids.index(state.preparing)
        return ((Control(words("End preparation"), debate_id(Deed.READY, debate, place)),),)
    if not state.format.preparation:
        return ()
    return (
        tuple(
            Control(
                label_of(words("Preparation: {side}", side=side.name)),
                debate_id(Deed.PREPARE, debate, place),
                enabled=state.left_to_prepare(side.id) > 0,
            )
            for place, side in enumerate(state.sides)
        ),
    )


def ending_rows(debate: str, words: Words) -> Rows:
    """Return the buttons that confirm the end of a debate."""
    return (
        (
            Control(words("End the debate"), debate_id(Deed.CLOSE, debate)),
            Control(words("Back"), debate_id("lead", debate, "back")),
        ),
    )


def phase_line(state: Debate, words: Words) -> str:
    """Return the phase with its number."""
    phase = echoed(words(state.phase.name), 2 * NAME)
    return words("Phase {number} of {of}: {phase}", number=state.place + 1, of=len(state.format.phases), phase=phase)


def moment(at_ms: int, form: str) -> str:
    """Return a moment that each reader sees in their own time zone: "R" as time until or ago, "t" as a time."""
    return f"<t:{at_ms // SECOND_MS}:{form}>"


def deadline_ms(state: Debate) -> int:
    """Return the moment when the phase ends if its clock keeps running, once a preparation is over."""
    preparing_ms = 0 if state.preparing is None else state.left_to_prepare(state.preparing)
    return state.at_ms + state.total_ms - state.elapsed_ms + preparing_ms


def left(state: Debate) -> str:
    """Return the time left in the phase, as minutes and seconds."""
    return clock(state.total_ms - state.elapsed_ms)


def clock(duration_ms: int) -> str:
    """Return a length of time as minutes and seconds."""
    seconds = max(0, duration_ms) // SECOND_MS
    return f"{seconds // 60}:{seconds % 60:02}"


def side_name(state: Debate, side: str | None) -> str | None:
    """Return a side's name as shown; None for none."""
    return next((echoed(known.name, NAME) for known in state.sides if known.id == side), None)


def who(state: Debate, person: str, words: Words) -> str:
    """Return a person's name and side."""
    name = echoed(state.names.get(person, ""), NAME) or words("somebody")
    side = side_name(state, state.seats.get(person))
    return name if side is None else f"{name} ({side})"


def speaking_sides(state: Debate) -> tuple[str, ...]:
    """Return the names of the sides that make points now."""
    return tuple(echoed(side.name, NAME) for side in state.speaking(state.phase))


def label_of(name: str) -> str:
    """Return what stands on a button, cut to what a phone shows."""
    # Nothing on a button is markup.
    plain = harmless(name).strip() or "?"
    return plain if len(plain) <= _LABEL else f"{plain[: _LABEL - 1]}…"


def _going_on(state: Debate, words: Words) -> list[str]:
    lines = [_time(state, words)]
    if state.by_itself:
        lines.append(words("Phases begin by themselves when time is up."))
    if state.format.preparation:
        banks = [f"{side_name(state, side.id)} {clock(state.left_to_prepare(side.id))}" for side in state.sides]
        lines.append(words("**Preparation time left:** {sides}", sides=" · ".join(banks)))
    if sides := speaking_sides(state):
        lines.append(words("**Speaking:** {sides}", sides=" · ".join(sides)))
    if state.speaker is not None:
        lines.append(words("**Has the floor:** {person}", person=who(state, state.speaker, words)))
    lines += _hands(state, words)
    return [*lines, *_counts(state, words)]


def _time(state: Debate, words: Words) -> str:
    over = state.elapsed_ms >= state.total_ms
    if state.paused:
        return words("Paused; time is up.") if over else words("Paused, with {left} left", left=left(state))
    ends = deadline_ms(state)
    if state.preparing is not None:
        until = state.at_ms + state.left_to_prepare(state.preparing)
        return words(
            "**Preparing:** {side}, until {time} at the latest. The phase's clock is stopped, with {left} left.",
            side=side_name(state, state.preparing),
            time=moment(until, "T"),
            left=left(state),
        )
    if over:
        return words("Time ran out {ago}. Waiting for a moderator.", ago=moment(ends, "R"))
    return words("Ends {soon}, at {time}", soon=moment(ends, "R"), time=moment(ends, "t"))


def _hands(state: Debate, words: Words) -> list[str]:
    """Return the hands in the order they will be called."""
    if not state.allows(Allowed.FLOOR):
        return []
    waiting = queue(state)
    if not waiting:
        return [words("No hands are raised.")]
    shown = [f"{at}. {who(state, person, words)}" for at, person in enumerate(waiting[:_QUEUE], start=1)]
    if len(waiting) > _QUEUE:
        shown.append(words("and {number} more", number=len(waiting) - _QUEUE))
    return [words("**Hands:** {queue}", queue="\n".join(("", *shown)))]


def _counts(state: Debate, words: Words) -> list[str]:
    """Return how many take part, points and votes, but never for what."""
    seats = list(state.seats.values())
    sides = [f"{side_name(state, side.id)} {seats.count(side.id)}" for side in state.sides]
    lines = [words("**Joined:** {sides} · watching {watching}", sides=" · ".join(sides), watching=seats.count(None))]
    if state.points:
        lines.append(words.count("{number} point was made", "{number} points were made", state.points))
    now = open_ballot(state)
    for held, voted in state.voted.items():
        if voted or held is now:
            lines.append(_votes(held, len(voted), words))
    return lines


def _votes(held: Round, number: int, words: Words) -> str:
    if held is Round.BEFORE:
        return words.count(
            "Before the debate, {number} person voted", "Before the debate, {number} people voted", number
        )
    return words.count("After the debate, {number} person voted", "After the debate, {number} people voted", number)
