"""Planned debates on Discord: made, signed up for, reminded of, opened and cancelled."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.debate.cog.announcements import announcements_of
from bot.debate.cog.commands import (
    PATIENCE_S,
    TERMS_DESCRIPTIONS,
    TERMS_NAMES,
    Length,
    check_permissions,
    formats_offered,
    group,
    motions_offered,
)
from bot.debate.cog.plan_layout import (
    FEATURE,
    LISTED,
    cancelling_rows,
    card_page,
    card_rows,
    link_of,
    list_page,
    list_rows,
    over_page,
    reminder_rows,
    reminder_text,
)
from bot.debate.rules.commands import Person
from bot.debate.rules.decide import LONGEST_TEXT  # noqa: TC001 - read at run time
from bot.debate.rules.plan import LATE_REMINDER, End, Plan, Step
from bot.debate.rules.terms import length_of, on_terms
from bot.debate.service.debates import Debates
from bot.debate.service.plans import Plans
from bot.guild.cog.dates import days_ahead_offered, zones_offered
from bot.guild.cog.manners import manners_of_guild, manners_to
from bot.guild.cog.moderators import moderators_seat, seat_of
from bot.guild.cog.packs import PackName, pack_meant, packs_offered
from bot.process.journal import logger
from bot.values.text import harmless, heard
from bot.wire.announcer import Announcer
from bot.wire.channel import change, nonce_of, post
from bot.wire.page.layout import Page, Style
from bot.wire.page.render import payload_of
from bot.wire.reply import persistently
from bot.wire.visit import visit
from embeddings.library import AwayError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.debate.rules.events import DebateSide
    from bot.guild.cog.manners import Manners
    from bot.wire.client import DilemmaClient
    from bot.wire.page.language import Words
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction

REMINDER: Final = "15"
"""Minutes before the debate that it is reminded of, unless a moderator says otherwise."""

_EVENT_NAME: Final = 100
_EXTERNAL: Final = 3
_GUILD_ONLY: Final = 2


@group.command(name=locale_str("plan"), description=locale_str("For moderators: plan a debate, and let people sign up"))
@app_commands.rename(
    **TERMS_NAMES,
    day=locale_str("day"),
    time=locale_str("time"),
    zone=locale_str("zone"),
    reminder=locale_str("reminder"),
)
@app_commands.describe(
    **TERMS_DESCRIPTIONS,
    day=locale_str("Day, such as 2026-12-31"),
    time=locale_str("Local time of day, such as 07:45"),
    zone=locale_str("Time zone, such as Europe/Berlin; daylight saving time is taken care of"),
    reminder=locale_str("How long before the debate to remind the channel, such as 15 min"),
)
async def plan_(  # noqa: PLR0913, PLR0917 - the options of the command
    interaction: Interaction,
    motion: app_commands.Range[str, 1, LONGEST_TEXT],
    form: str,
    day: app_commands.Range[str, 1, 20],
    time: app_commands.Range[str, 1, 20],
    zone: app_commands.Range[str, 1, 60],
    reminder: Length = REMINDER,
    speech: Length | None = None,
    preparation: Length | None = None,
    by_itself: bool | None = None,  # noqa: FBT001 - an option of the command
    pack: PackName | None = None,
) -> None:
    """Plan a debate in the channel, and say when it is."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        plans = await here.services.get(Plans)
        check_permissions(interaction)
        debates, mine = await here.services.get(Debates), interaction.app_permissions
        meant = (await pack_meant(here.services, await manners_to(interaction), pack)).id
        plan = await plans.make(
            Person(seat.person, seat.name),
            seat.guild,
            interaction.channel_id or 0,
            heard(motion),
            on_terms(debates.format(form, meant), speech, preparation, by_itself=by_itself),
            when=(day, time, zone),
            reminder=length_of(reminder),
            event=mine.create_events or mine.manage_events,
            pack=meant,
        )
        when = f"<t:{int(plan.starts_utc.timestamp())}:F>"
        await here.say(seat.words("The debate is planned for {when}. People sign up in this channel.", when=when))


@group.command(name=locale_str("plans"), description=locale_str("For moderators: list the planned debates"))
async def plans_(interaction: Interaction) -> None:
    """List the plans of this server, with buttons to open and cancel them."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        found = (await here.services.get(Plans)).in_guild(seat.guild)
        await here.put(list_page(found, seat.words), list_rows(found[:LISTED], seat.words), seat.words)


plan_.autocomplete("motion")(motions_offered)
plan_.autocomplete("form")(formats_offered)
plan_.autocomplete("day")(days_ahead_offered)
plan_.autocomplete("zone")(zones_offered)
plan_.autocomplete("pack")(packs_offered)


async def sign_up(interaction: Interaction, press: Press) -> None:
    """Sign up for a side, or with no side leave."""
    plan_id, *place = press.arguments
    async with visit(interaction) as here:
        seat = await seat_of(interaction)
        plans = await here.services.get(Plans)
        at = int(place[0]) if place else None
        plan = await plans.sign_up(plan_id, seat.guild, Person(seat.person, seat.name), at)
        _refresh(interaction.client, plans, plan)
        if at is None:
            await here.say(seat.words("You are not signed up any more."))
        else:
            side = (await here.services.get(Debates)).about(plan.pack).sides[at].name
            await here.say(seat.words("You are signed up: {side}.", side=harmless(side)))


async def open_(interaction: Interaction, press: Press) -> None:
    """Open the debate, and say where."""
    (plan_id,) = press.arguments
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        plans = await here.services.get(Plans)
        plan = plans.get(plan_id, seat.guild)
        held = await plans.open(plan_id, seat.guild, Person(seat.person, seat.name))
        announcements = announcements_of(interaction.client)
        shown = None if announcements is None else await announcements.shown(held.id, PATIENCE_S)
        place = f"<#{plan.channel if shown is None else shown.venue.thread}>"
        await here.say(seat.words("The debate has started: {place}", place=place))


async def ask_whether_to_cancel(interaction: Interaction, press: Press) -> None:
    """Ask a moderator whether to cancel a plan."""
    (plan_id,) = press.arguments
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        plan = (await here.services.get(Plans)).get(plan_id, seat.guild)
        asked = seat.words("Cancel this plan? Those who signed up are not told one by one: {link}", link=link_of(plan))
        await here.put(Page(asked, (), ""), cancelling_rows(plan, seat.words), seat.words)


async def cancel(interaction: Interaction, press: Press) -> None:
    """Cancel a plan."""
    (plan_id,) = press.arguments
    async with visit(interaction, changing=True) as here:
        seat = await moderators_seat(interaction)
        await (await here.services.get(Plans)).cancel(plan_id, seat.guild, Person(seat.person, seat.name))
        await here.put(Page(seat.words("Done: the plan is cancelled."), (), ""), (), seat.words)


PRESSES: Final[Handlers] = {
    (FEATURE, "seat"): sign_up,
    (FEATURE, "leave"): sign_up,
    (FEATURE, "open"): open_,
    (FEATURE, "cancel"): ask_whether_to_cancel,
    (FEATURE, "drop"): cancel,
}


async def work(client: DilemmaClient) -> None:
    """Show and remind of plans, until cancelled."""
    plans = await client.services.get(Plans)
    await client.wait_until_ready()
    tell = partial(_follow, client, plans)
    await Announcer(plans.untold, tell, str, guild=plans.guild_of, charge=client.charge).run()


async def on_forgotten(client: DilemmaClient) -> None:
    """Update the panels of debates and the cards of plans after a deletion."""
    if (announcements := announcements_of(client)) is not None:
        announcements.show_again()
    if (plans := client.services.current(Plans)) is not None:
        for plan in plans.live():
            _refresh(client, plans, plan)


async def _follow(client: DilemmaClient, plans: Plans, plan_id: str) -> None:
    """Do what is due about a plan, one step after the other."""
    while (due := plans.step(plan_id)) is not None:
        plan, step = due
        try:
            await _STEPS[step](client, plans, plan)
        except AwayError as away:
            logger(__name__).info("a step of a plan is given up", step=step.value, reason=str(away))
            await _give_up(plans, plan, step)
        except discord.HTTPException as refused:
            gone = isinstance(refused, discord.NotFound | discord.Forbidden)
            # An event is an extra, and what is over is over: they hold up nothing.
            extra = step in {Step.EVENT, Step.OVER} and refused.status < HTTPStatus.INTERNAL_SERVER_ERROR
            if not gone and not extra:
                raise
            logger(__name__).info("a step of a plan is given up", step=step.value, code=refused.code)
            await _give_up(plans, plan, step)


async def _give_up(plans: Plans, plan: Plan, step: Step) -> None:
    """Go on where Discord has no place for something: a plan that cannot be shown is none."""
    match step:
        case Step.EVENT:
            await plans.note(plan.id, event=None)
        case Step.REMINDER:
            await plans.note(plan.id, reminded=True)
        case Step.OVER:
            await plans.drop(plan.id)
        case _:
            await plans.note(plan.id, end=End.LAPSED)


async def _show(client: DilemmaClient, plans: Plans, plan: Plan) -> None:
    manners = await manners_of_guild(client, plan.guild)
    sides = (await client.services.get(Debates)).about(plan.pack).sides
    payload = _laid_out(plan, sides, manners.words, manners.style)
    await plans.note(plan.id, message=await post(client, plan.channel, payload, nonce_of("plan", plan.id)))


async def _make_event(client: DilemmaClient, plans: Plans, plan: Plan) -> None:
    """Make an event of the server, unless one was made right before a crash."""
    me, begins = client.user, plan.starts_utc.isoformat()
    name = harmless(plan.motion)[:_EVENT_NAME]
    found: list[Any] = []

    async def make() -> None:
        there: Any = await client.http.get_scheduled_events(int(plan.guild), with_user_count=False)
        mine = [each for each in there if me is not None and str(each.get("creator_id")) == str(me.id)]
        location = link_of(plan)
        found.extend(each for each in mine if each["entity_metadata"] == {"location": location})
        if not found:
            ends = plan.starts_utc + timedelta(minutes=plan.format.minutes)
            found.append(
                await client.http.create_guild_scheduled_event(
                    int(plan.guild),
                    name=name,
                    scheduled_start_time=begins,
                    scheduled_end_time=ends.isoformat(),
                    privacy_level=_GUILD_ONLY,
                    entity_type=_EXTERNAL,
                    entity_metadata={"location": location},
                )
            )

    await persistently(make)
    await plans.note(plan.id, event=int(found[0]["id"]))


async def _remind(client: DilemmaClient, plans: Plans, plan: Plan) -> None:
    if plans.now_utc() < plan.starts_utc + LATE_REMINDER:
        manners = await manners_of_guild(client, plan.guild)
        sides = (await client.services.get(Debates)).about(plan.pack).sides
        page = Page(reminder_text(plan, sides, manners.words), (), "")
        payload = payload_of(page, reminder_rows(plan, manners.words), manners.words, Style.PLAIN)
        await post(client, plan.channel, payload, nonce_of("reminder", plan.id))
    await plans.note(plan.id, reminded=True)


async def _seat(_client: DilemmaClient, plans: Plans, plan: Plan) -> None:
    await plans.seat(plan.id)


async def _lapse(_client: DilemmaClient, plans: Plans, plan: Plan) -> None:
    await plans.note(plan.id, end=End.LAPSED)


async def _end(client: DilemmaClient, plans: Plans, plan: Plan) -> None:
    """Show that a plan is over, and drop it; an event of a debate that is not held goes."""
    if plan.message is not None:
        manners = await manners_of_guild(client, plan.guild)
        line = await _outcome(client, plan, manners)

        def made(style: Style) -> dict[str, Any]:
            return payload_of(over_page(plan, line, manners.words, style), (), manners.words, style, editing=True)

        await change(client, plan.channel, plan.message, made, manners.style)
    if plan.event and plan.end is End.CANCELLED:
        await client.http.delete_scheduled_event(int(plan.guild), plan.event)
    await plans.drop(plan.id)


async def _outcome(client: DilemmaClient, plan: Plan, manners: Manners) -> str:
    words = manners.words
    if plan.end is End.CANCELLED:
        return words("This debate is cancelled.")
    if plan.end is End.LAPSED:
        return words("This debate was not opened.")
    announcements = announcements_of(client)
    shown = None if announcements is None else await announcements.shown(plan.id, PATIENCE_S)
    place = plan.channel if shown is None else shown.venue.thread
    return words("The debate has started: {place}", place=f"<#{place}>")


_STEPS: Final[dict[Step, Callable[[DilemmaClient, Plans, Plan], Awaitable[None]]]] = {
    Step.CARD: _show,
    Step.EVENT: _make_event,
    Step.REMINDER: _remind,
    Step.SEATS: _seat,
    Step.LAPSE: _lapse,
    Step.OVER: _end,
}


def _refresh(client: DilemmaClient, plans: Plans, plan: Plan) -> None:
    """Have a card show soon who has signed up."""
    client.refresher.soon(f"plan {plan.id}", partial(_refreshed, client, plans, plan.id))


async def _refreshed(client: DilemmaClient, plans: Plans, plan_id: str) -> None:
    plan = next((plan for plan in plans.live() if plan.id == plan_id), None)
    if plan is None or plan.message is None:
        return
    manners = await manners_of_guild(client, plan.guild)
    try:
        sides = (await client.services.get(Debates)).about(plan.pack).sides
    except AwayError:
        return

    def made(style: Style) -> dict[str, Any]:
        return _laid_out(plan, sides, manners.words, style, editing=True)

    await change(client, plan.channel, plan.message, made, manners.style)


def _laid_out(
    plan: Plan, sides: tuple[DebateSide, ...], words: Words, style: Style, *, editing: bool = False
) -> dict[str, Any]:
    rows = card_rows(plan, sides, words)
    return payload_of(card_page(plan, sides, words, style), rows, words, style, editing=editing)
