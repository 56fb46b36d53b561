"""Disputed quotes before a guild's moderators: excluded from its answers, or kept; and what they decided before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.moderators import moderators_seat
from bot.review.cog import layout as review_layout
from bot.review.service.reviews import Reviews
from bot.wire.page.layout import Page
from bot.wire.visit import visit

if TYPE_CHECKING:
    from bot.guild.cog.moderators import Seat
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction, Visit


WAITING: Final = "waiting"
EXCLUDED: Final = "excluded"
HISTORY: Final = "history"


@app_commands.command(
    name=locale_str("review"), description=locale_str("For moderators: decide about quotes that people dispute")
)
@app_commands.rename(which=locale_str("list"))
@app_commands.describe(which=locale_str("What to show"))
@app_commands.choices(
    which=[
        Choice(name=locale_str("quotes that wait for a decision"), value=WAITING),
        Choice(name=locale_str("quotes that are not shown here"), value=EXCLUDED),
        Choice(name=locale_str("what moderators did last"), value=HISTORY),
    ]
)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
async def review(interaction: Interaction, which: str = WAITING) -> None:
    """Show what is to be decided, or what was, to this moderator."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        match which:
            case "excluded":
                await _show_excluded(here, seat)
            case "history":
                reviews = await here.services.get(Reviews)
                lines = review_layout.history_lines(reviews.pack, await reviews.acts(seat.guild), seat.words)
                await here.say("\n".join(lines))
            case _:
                await _show_waiting(here, seat)


async def exclude(interaction: Interaction, press: Press) -> None:
    """Exclude a quote, and show what waits then."""
    await _decide(interaction, press, exclude=True)


async def keep(interaction: Interaction, press: Press) -> None:
    """Keep a quote, and show what waits then."""
    await _decide(interaction, press, exclude=False)


async def skip(interaction: Interaction, press: Press) -> None:
    """Look at the next quote."""
    await _decide(interaction, press, exclude=None)


async def _decide(interaction: Interaction, press: Press, *, exclude: bool | None) -> None:
    (passage_id,) = press.arguments
    async with visit(interaction, changing=True) as here:
        seat = await moderators_seat(interaction)
        done: tuple[str, ...] = ()
        if exclude is not None:
            reviews = await here.services.get(Reviews)
            settled = await reviews.decide(seat.guild, passage_id, seat.person, exclude=exclude)
            done = (_decided(seat, settled, exclude=exclude), "")
        await _show_waiting(here, seat, done, behind=passage_id)


async def restore(interaction: Interaction, press: Press) -> None:
    """Show an excluded quote again, and list what is still excluded."""
    async with visit(interaction, changing=True) as here:
        seat = await moderators_seat(interaction)
        reviews = await here.services.get(Reviews)
        found = await reviews.restore(seat.guild, press.chosen or "", seat.person)
        words = seat.words
        back, gone = words("Done: this quote is shown here again."), words("This quote was not excluded any more.")
        await _show_excluded(here, seat, (back if found else gone, ""))


async def _show_waiting(here: Visit, seat: Seat, before: tuple[str, ...] = (), *, behind: str | None = None) -> None:
    """Show the first quote that waits, or the one behind another."""
    reviews = await here.services.get(Reviews)
    waiting = await reviews.disputed(seat.guild)
    at = 0 if behind is None or not waiting else review_layout.after(waiting, behind)
    lines = (*before, *review_layout.waiting_lines(reviews.pack, waiting, at, seat.words))
    rows = review_layout.waiting_controls(waiting, at, seat.words)
    await here.put(Page("\n".join(lines), (), ""), rows, seat.words)


async def _show_excluded(here: Visit, seat: Seat, before: tuple[str, ...] = ()) -> None:
    """Show the quotes that are excluded."""
    reviews = await here.services.get(Reviews)
    excluded = await reviews.excluded(seat.guild)
    lines = (*before, *review_layout.excluded_lines(reviews.pack, excluded, seat.words))
    rows = review_layout.excluded_menu(reviews.pack, excluded, seat.words)
    await here.put(Page("\n".join(lines), (), ""), rows, seat.words)


def _decided(seat: Seat, settled: int, *, exclude: bool) -> str:
    """Return what a decision came to."""
    if not settled:
        return seat.words("Another moderator has decided about this quote already.")
    if exclude:
        return seat.words("Done: this quote is not shown in this server any more.")
    return seat.words("Done: this quote is kept.")


PRESSES: Final[Handlers] = {
    (review_layout.FEATURE, "exclude"): exclude,
    (review_layout.FEATURE, "keep"): keep,
    (review_layout.FEATURE, "next"): skip,
    (review_layout.FEATURE, "restore"): restore,
}
