"""Disputed quotes before a guild's moderators: excluded from its answers, or kept; and what they decided before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.guild.cog.moderators import moderators_seat
from bot.review.cog import layout as review_layout
from bot.review.service.reviews import Reviews
from bot.wire.page.layout import Page, Style
from bot.wire.page.render import payload_of
from bot.wire.visit import visit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.guild.cog.moderators import Seat
    from bot.wire.page.controls import Control, Menu
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction


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
        reviews = await here.services.get(Reviews)
        match which:
            case "excluded":
                payload = await _excluded(reviews, seat)
            case "history":
                lines = review_layout.history_lines(reviews.pack, await reviews.acts(seat.guild), seat.words)
                payload = _payload(seat, lines)
            case _:
                payload = await _waiting(reviews, seat)
        await here.show(payload)


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
        reviews = await here.services.get(Reviews)
        done: tuple[str, ...] = ()
        if exclude is not None:
            settled = await reviews.decide(seat.guild, passage_id, seat.person, exclude=exclude)
            done = (_decided(seat, settled, exclude=exclude), "")
        await here.show(await _waiting(reviews, seat, done, behind=passage_id))


async def restore(interaction: Interaction, press: Press) -> None:
    """Show an excluded quote again, and list what is still excluded."""
    async with visit(interaction, changing=True) as here:
        seat = await moderators_seat(interaction)
        reviews = await here.services.get(Reviews)
        found = await reviews.restore(seat.guild, press.chosen or "", seat.person)
        words = seat.words
        back, gone = words("Done: this quote is shown here again."), words("This quote was not excluded any more.")
        await here.show(await _excluded(reviews, seat, (back if found else gone, ""), editing=True))


async def _waiting(
    reviews: Reviews, seat: Seat, before: tuple[str, ...] = (), *, behind: str | None = None
) -> dict[str, Any]:
    """Make the message of the first quote that waits, or of the one behind another."""
    waiting = await reviews.disputed(seat.guild)
    at = 0 if behind is None or not waiting else review_layout.after(waiting, behind)
    lines = (*before, *review_layout.waiting_lines(reviews.pack, waiting, at, seat.words))
    rows = review_layout.waiting_controls(waiting, at, seat.words)
    return _payload(seat, lines, rows, editing=behind is not None)


async def _excluded(
    reviews: Reviews, seat: Seat, before: tuple[str, ...] = (), *, editing: bool = False
) -> dict[str, Any]:
    """Make the message of the quotes that are excluded."""
    excluded = await reviews.excluded(seat.guild)
    lines = (*before, *review_layout.excluded_lines(reviews.pack, excluded, seat.words))
    return _payload(seat, lines, review_layout.excluded_menu(reviews.pack, excluded, seat.words), editing=editing)


def _payload(
    seat: Seat, lines: Iterable[str], rows: Iterable[tuple[Control, ...] | Menu] = (), *, editing: bool = False
) -> dict[str, Any]:
    page = Page("\n".join(lines), (), "")
    return payload_of(page, rows, seat.words, Style.PLAIN, editing=editing)


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
