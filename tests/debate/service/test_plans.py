"""Plans of debates over crashes and deletions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.debate.rules.plan import End, Step, begins
from bot.debate.service.plans import Plans
from knowledge.errors import UserError
from tests.debate.service.held_debates import ANN, BOB, CHANNEL, GUILD, MIA, MOTION, debates_over
from tests.process.clocks import MovedClock

if TYPE_CHECKING:
    from bot.debate.rules.plan import Plan
    from bot.debate.service.debates import Debates
    from bot.log.log import ConversationLog


async def planned(debates: Debates, log: ConversationLog, clock: MovedClock) -> tuple[Plans, Plan]:
    """Plan a debate for tomorrow, with Ann and Bob."""
    plans = Plans(log, debates, clock=clock)
    await plans.ready()
    day = f"{clock.now_utc() + timedelta(days=1):%Y-%m-%d}"
    form = debates.format("short")
    plan = await plans.make(MIA, GUILD, CHANNEL, MOTION, form, when=(day, "19:00", "UTC"), reminder=15, event=False)
    await plans.sign_up(plan.id, GUILD, ANN, 0)
    return plans, await plans.sign_up(plan.id, GUILD, BOB, 1)


async def test_a_plan_that_was_just_opened_when_the_program_died_is_opened_once(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """Whoever signed up is seated by the next run, and a second press opens nothing."""
    _, plan = await planned(debates, log, clock)
    await debates.start(MIA, GUILD, CHANNEL, plan.motion, plan.format, identity=plan.id)
    again = debates_over(log, clock)
    plans = Plans(log, again, clock=clock)
    await plans.ready()
    assert plans.step(await plans.untold()) == (plans.get(plan.id, GUILD), Step.SEATS)
    held = await plans.open(plan.id, GUILD, MIA)
    assert held.id == plan.id
    assert {held.codes[who.id]: side for who, side in ((ANN, "film"), (BOB, "facebook"))} == held.state.seats
    assert plans.step(plan.id) is not None
    with pytest.raises(UserError, match="This plan is over"):
        await plans.open(plan.id, GUILD, MIA)
    await plans.drop(plan.id)
    assert [one.id for one in again.live()] == [plan.id]
    later = Plans(log, again, clock=clock)
    await later.ready()
    assert later.live() == ()


async def test_who_is_deleted_is_not_signed_up_and_takes_no_seat(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """What the log says about them stands in what they are shown, and is gone then."""
    plans, plan = await planned(debates, log, clock)
    assert [seat.name for seat in plan.seats] == ["Ann", "Bob"]
    (held,) = [one for one in log.read(lambda db: log.registry.show(db, [ANN.id])) if one.table == "plan_seat"]
    assert (held.rows, str(held.what)) == (
        1,
        "that you signed up for a side of a planned debate, and the name that stands there",
    )
    log.forget_people([ANN.id]).result(10)
    await plans.reread()
    assert [seat.name for seat in plans.get(plan.id, GUILD).seats] == ["Bob"]
    with pytest.raises(UserError, match="This plan is over"):
        plans.get(plan.id, "another guild")
    log.expire({}, [GUILD], now="2099-03-01T00:00:00+00:00").result(10)
    await plans.reread()
    assert plans.live() == ()


async def test_a_plan_that_is_cancelled_or_forgotten_is_over(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """A reminder is due once; a day after its time nothing can be opened."""
    plans, plan = await planned(debates, log, clock)
    await plans.note(plan.id, message=7)
    assert plans.step(plan.id) is None
    clock.now_s += (plan.reminder_utc - clock.now_utc()).total_seconds()
    assert plans.step(plan.id) == (plans.get(plan.id, GUILD), Step.REMINDER)
    await plans.note(plan.id, reminded=True)
    assert plans.step(plan.id) is None
    other, _ = await planned(debates, log, clock)
    cancelled = await other.cancel(other.in_guild(GUILD)[-1].id, GUILD, MIA)
    assert (cancelled.end, other.step(cancelled.id)) == (End.CANCELLED, (cancelled, Step.OVER))
    clock.now_s += 25 * 3600
    assert plans.step(plan.id) == (plans.get(plan.id, GUILD), Step.LAPSE)


def test_days_are_read_and_their_moments_are_those_of_the_place() -> None:
    """Berlin puts its clocks forward on 28 March 2027: 02:30 falls on 03:00 there."""
    now = MovedClock().now_utc().replace(year=2027, month=1, day=15)
    assert begins("2027-03-28", "02:30", "Europe/Berlin", now).isoformat() == "2027-03-28T01:00:00+00:00"
    assert begins("10.1.", "19:00", "Europe/Berlin", now).isoformat() == "2028-01-10T18:00:00+00:00"
    assert begins("1.7.2027", "19:00", "Europe/Berlin", now).isoformat() == "2027-07-01T17:00:00+00:00"
    for wrong in ("31.2.", "2027-13-01", "tomorrow"):
        with pytest.raises(UserError, match="There is no day"):
            begins(wrong, "19:00", "UTC", now)
