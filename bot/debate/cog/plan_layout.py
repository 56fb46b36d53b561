"""Pages and buttons of planned debates: the card for everyone, the reminder, and the moderators' list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.debate.cog.layout import NAME, label_of, moment
from bot.quote.cog.layout import headline, small
from bot.values.moments import SECOND_MS
from bot.wire.page.controls import Control
from bot.wire.page.escaping import echoed
from bot.wire.page.layout import ROOM, Group, Page, Part, Style
from bot.wire.press import id_of
from knowledge.durations import in_minutes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.debate.cog.layout import Rows
    from bot.debate.rules.events import DebateSide
    from bot.debate.rules.plan import Plan
    from bot.wire.page.language import Words

FEATURE: Final = "plan"

LISTED: Final = 4
"""Plans in a list: each has a row of buttons."""

_NAMED: Final = 6
"""People of a side who are named; the others are counted."""
_MOTION: Final = 300
_MOTION_LISTED: Final = 100


def card_page(plan: Plan, sides: Sequence[DebateSide], words: Words, style: Style) -> Page:
    """Return the card on which people sign up."""
    planned = plan.format
    name, minutes = echoed(words(planned.name), 80), in_minutes(planned.minutes)
    form = words("{format}, {minutes} min", format=name, minutes=minutes)
    lines = [form, _begins(plan, words), *seats_lines(plan, sides, words)]
    head = headline(words("Debate: {motion}", motion=echoed(plan.motion, ROOM[style].echo)), style)
    foot = small(
        words("Sign up for a side: your name stands here until you leave. If you only watch, you need not sign up."),
        style,
    )
    return Page(head, (Group((Part("\n".join(lines)),)),), foot)


def card_rows(plan: Plan, sides: Sequence[DebateSide], words: Words) -> Rows:
    """Return the card's buttons."""
    joining = (
        Control(
            label_of(words("Sign up: {side}", side=side.name)),
            id_of(FEATURE, "seat", plan.id, place),
            enabled=plan.format.seats is None or len(plan.on(side.id)) < plan.format.seats,
        )
        for place, side in enumerate(sides)
    )
    return (
        (*joining, Control(words("Leave"), id_of(FEATURE, "leave", plan.id))),
        (_opening(plan, words), _ending(plan, words)),
    )


def over_page(plan: Plan, line: str, words: Words, style: Style) -> Page:
    """Return the card of a plan that is over; `line` says what became of it."""
    head = headline(words("Debate: {motion}", motion=echoed(plan.motion, ROOM[style].echo)), style)
    return Page(head, (Group((Part(line),)),), "")


def reminder_text(plan: Plan, sides: Sequence[DebateSide], words: Words) -> str:
    """Return the reminder."""
    head = words("⏰ The debate begins {soon}: {motion}", soon=_moment(plan, "R"), motion=echoed(plan.motion, _MOTION))
    card = words("Sign up or leave here: {link}", link=link_of(plan))
    return "\n".join((f"**{head}**", *seats_lines(plan, sides, words), card))


def reminder_rows(plan: Plan, words: Words) -> Rows:
    """Return the moderator's button below the reminder."""
    return ((_opening(plan, words),),)


def list_page(plans: Sequence[Plan], words: Words) -> Page:
    """Return a server's plans, the soonest first."""
    if not plans:
        return Page(words("No debates are planned here. Use `/debate plan` to plan one."), (), "")
    lines = [words("Planned debates:")]
    for number, plan in enumerate(plans[:LISTED], start=1):
        motion = echoed(plan.motion, _MOTION_LISTED)
        people = words.count("{number} has signed up", "{number} have signed up", len(plan.seats))
        lines.append(f"{number}. {_moment(plan, 'F')} · {motion} · {people} · {link_of(plan)}")
    if len(plans) > LISTED:
        lines.append(words("… and {number} more", number=len(plans) - LISTED))
    return Page("\n".join(lines), (), "")


def list_rows(plans: Sequence[Plan], words: Words) -> Rows:
    """Return for each plan the buttons that open and cancel it."""
    return tuple(
        (
            Control(words("Open {number}", number=number), id_of(FEATURE, "open", plan.id)),
            Control(words("Cancel {number}", number=number), id_of(FEATURE, "cancel", plan.id)),
        )
        for number, plan in enumerate(plans[:LISTED], start=1)
    )


def cancelling_rows(plan: Plan, words: Words) -> Rows:
    """Return the button that confirms that a plan is cancelled."""
    return ((Control(words("Cancel the plan"), id_of(FEATURE, "drop", plan.id)),),)


def seats_lines(plan: Plan, sides: Sequence[DebateSide], words: Words) -> list[str]:
    """Return who signed up for each side, and how many can."""
    lines = []
    for side in sides:
        seats = plan.on(side.id)
        named = ", ".join(echoed(seat.name, NAME) or words("somebody") for seat in seats[:_NAMED])
        more = f" +{len(seats) - _NAMED}" if len(seats) > _NAMED else ""
        count = str(len(seats)) if plan.format.seats is None else f"{len(seats)}/{plan.format.seats}"
        lines.append(f"**{echoed(side.name, NAME)}** ({count}): {named or '–'}{more}")
    return lines


def link_of(plan: Plan) -> str:
    """Return the address of a plan's card, or of its channel until it is shown."""
    place = f"https://discord.com/channels/{plan.guild}/{plan.channel}"
    return place if plan.message is None else f"{place}/{plan.message}"


def _begins(plan: Plan, words: Words) -> str:
    return words("Begins {time} ({soon})", time=_moment(plan, "F"), soon=_moment(plan, "R"))


def _moment(plan: Plan, form: str) -> str:
    return moment(int(plan.starts_utc.timestamp()) * SECOND_MS, form)


def _opening(plan: Plan, words: Words) -> Control:
    return Control(words("Open the debate"), id_of(FEATURE, "open", plan.id))


def _ending(plan: Plan, words: Words) -> Control:
    return Control(words("Cancel"), id_of(FEATURE, "cancel", plan.id))
