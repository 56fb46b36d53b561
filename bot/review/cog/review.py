"""Disputed quotes before a guild's moderators: excluded from its answers, or kept; and what they decided before."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from discord import app_commands
from discord.app_commands import locale_str

from bot.answer.store import opinions
from bot.debate.service.audit import Done, parts_of
from bot.debate.store import debates
from bot.guild.cog.moderators import moderators_seat
from bot.lesson.store import schedules
from bot.review.service.reviews import Reviews
from bot.values.passage import PassageRef
from bot.wire.page.controls import Choice, Control, Menu
from bot.wire.page.escaping import ELLIPSIS, echoed, escaped
from bot.wire.page.language import to_say
from bot.wire.page.layout import Page
from bot.wire.page.limits import LONGEST_LINE, MOST_CHOICES
from bot.wire.press import id_of
from bot.wire.visit import visit
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.answer.store.opinions import Disputed
    from bot.guild.cog.moderators import Seat
    from bot.log.audit import ModeratorAct
    from bot.wire.page.language import Words
    from bot.wire.press import Handlers, Press
    from bot.wire.visit import Interaction, Visit
    from embeddings.library import Library
    from knowledge.model import Pack, Passage


FEATURE: Final = "review"

_REASON: Final = 240
_QUESTION: Final = 120
_OPENING: Final = 60
"""Characters that a line may take, so that everything fits into one message."""

_DONE: Final = 60
_IN_DEBATES: Final = {
    Done.PLANNED: to_say("planned it for {what}"),
    Done.CANCELLED: to_say("cancelled the plan"),
    Done.STARTED: to_say("started as {what}"),
    Done.BEGAN: to_say("began {what}"),
    Done.PAUSED: to_say("paused"),
    Done.RESUMED: to_say("resumed"),
    Done.EXTENDED: to_say("extended by {what} min"),
    Done.BY_ITSELF: to_say("let it go on by itself"),
    Done.BY_HAND: to_say("stopped it from going on by itself"),
    Done.CALLED: to_say("called the next speaker"),
    Done.ENDED: to_say("ended"),
    Done.LOOKED: to_say("looked at where it stands"),
    Done.TOOK_NAMES: to_say("took the transcript as {what}, with names"),
    Done.TOOK_CODES: to_say("took the transcript as {what}, with codes"),
}
"""What moderators do in debates; `what` is a format, a phase, minutes or the kind of a file."""

_WHO: Final = 6
"""Digits of a pseudonym that tell one moderator from another."""


def waiting_lines(library: Library, waiting: Sequence[Disputed], at: int, words: Words) -> list[str]:
    """Show one disputed quote, with why it is disputed and what it was quoted for."""
    if not waiting:
        return [words("No quotes are waiting for a decision.")]
    one = waiting[at]
    lines = [
        words("Disputed quote {number} of {of}", number=at + 1, of=len(waiting)),
        *_quoted(library, one.passage, words),
        words.count("Disputed by {number} person", "Disputed by {number} people", one.count),
    ]
    lines += [f"- {echoed(reason, _REASON)}" for reason in one.reasons]
    if one.questions:
        lines.append(words("Quoted for:"))
        lines += [f"- {echoed(question, _QUESTION)}" for question in one.questions]
    return lines


def waiting_controls(waiting: Sequence[Disputed], at: int, words: Words) -> tuple[tuple[Control, ...], ...]:
    """Return the buttons below a disputed quote."""
    if not waiting:
        return ()
    ref = waiting[at].passage
    row = [
        Control(words("Exclude here"), id_of(FEATURE, "exclude", ref)),
        Control(words("Keep"), id_of(FEATURE, "keep", ref)),
    ]
    if len(waiting) > 1:
        row.append(Control(words("Next quote"), id_of(FEATURE, "next", ref)))
    return (tuple(row),)


def after(waiting: Sequence[Disputed], ref: PassageRef | None) -> int:
    """Return the place of the quote that comes after another, the first after the last, or after one that is gone."""
    refs = [one.passage for one in waiting]
    return 0 if ref is None or ref not in refs else (refs.index(ref) + 1) % len(refs)


def excluded_lines(library: Library, excluded: Collection[PassageRef], words: Words) -> list[str]:
    """List the quotes that are not shown in a guild."""
    if not excluded:
        return [words("No quote is excluded here.")]
    lines = [
        words.count(
            "{number} quote is not shown in this server:",
            "{number} quotes are not shown in this server:",
            len(excluded),
        )
    ]
    shown = sorted(excluded)[:MOST_CHOICES]
    return lines + [f"- {escaped(opening(library, ref))}" for ref in shown]


def excluded_menu(library: Library, excluded: Collection[PassageRef], words: Words) -> tuple[Menu, ...]:
    """Return the menu from which an excluded quote is shown again."""
    if not excluded:
        return ()
    choices = tuple(Choice(opening(library, ref), str(ref)) for ref in sorted(excluded)[:MOST_CHOICES])
    return (Menu(id_of(FEATURE, "restore"), words("Show one of them again"), choices),)


def history_lines(library: Library, acts: Sequence[ModeratorAct], words: Words) -> list[str]:
    """List what moderators did, each named by the beginning of a pseudonym."""
    if not acts:
        return [words("No moderator has done anything yet.")]
    told = {
        opinions.EXCLUDE: words("excluded"),
        opinions.KEEP: words("kept"),
        opinions.RESTORE: words("shows again"),
        "set": words("set"),
        schedules.SCHEDULE: words("daily prompt"),
        debates.ACTION: words("debate"),
    }
    return [
        f"- <t:{int(datetime.fromisoformat(act.acted_utc).timestamp())}:f> · {_who(act, words)} · "
        f"{told.get(act.action, act.action)}: {_subject(library, act, words)}"
        for act in acts
    ]


def opening(library: Library, ref: PassageRef) -> str:
    """Name a passage by its first words; one that no pack has is named by its ids."""
    _, passage = _found(library, ref)
    text, limit = (str(ref), LONGEST_LINE) if passage is None else (f"“{passage.text}”", _OPENING)
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}{ELLIPSIS}"


def _subject(library: Library, act: ModeratorAct, words: Words) -> str:
    if act.action in {opinions.EXCLUDE, opinions.KEEP, opinions.RESTORE}:
        return escaped(opening(library, PassageRef.of(act.subject)))
    if act.action != debates.ACTION:
        return echoed(act.subject, LONGEST_LINE)
    motion, done, what = parts_of(act.subject)
    said = what if done is None else words(_IN_DEBATES[done], what=what)
    return f"“{echoed(motion, _OPENING)}” {echoed(said, _DONE)}"


def _quoted(library: Library, ref: PassageRef, words: Words) -> list[str]:
    pack, passage = _found(library, ref)
    if pack is None or passage is None:
        return [words("The articles no longer contain this quote: {passage}", passage=escaped(str(ref)))]
    voice = words("The writer (on no side)") if passage.voice == CONTEXT else pack.side(passage.voice).short_name
    title = pack.article(passage.span.article_id).title
    where = words("{title}, paragraph {paragraph}", title=escaped(title), paragraph=passage.paragraph)
    return [f"> “{escaped(passage.text)}”", f"{escaped(voice)} · {where}"]


def _found(library: Library, ref: PassageRef) -> tuple[Pack | None, Passage | None]:
    pack = library.find(ref.pack)
    return pack, None if pack is None or ref.passage not in pack.passage_ids else pack.passage(ref.passage)


def _who(act: ModeratorAct, words: Words) -> str:
    return words("somebody") if act.person is None else words("moderator {code}", code=act.person[:_WHO])


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
        app_commands.Choice(name=locale_str("quotes that wait for a decision"), value=WAITING),
        app_commands.Choice(name=locale_str("quotes that are not shown here"), value=EXCLUDED),
        app_commands.Choice(name=locale_str("what moderators did last"), value=HISTORY),
    ]
)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
async def review(interaction: Interaction, which: str = WAITING) -> None:
    """Show this moderator what is to be decided, or what was."""
    async with visit(interaction) as here:
        seat = await moderators_seat(interaction)
        match which:
            case "excluded":
                await _show_excluded(here, seat)
            case "history":
                reviews = await here.services.get(Reviews)
                lines = history_lines(reviews.library, await reviews.acts(seat.guild), seat.words)
                await here.say("\n".join(lines))
            case _:
                await _show_waiting(here, seat)


async def decide(interaction: Interaction, press: Press, *, exclude: bool | None) -> None:
    """Exclude a quote or keep it (None: neither), and show the next that waits."""
    ref = PassageRef.of(press.arguments[0])
    async with visit(interaction, changing=True) as here:
        seat = await moderators_seat(interaction)
        done: tuple[str, ...] = ()
        if exclude is not None:
            reviews = await here.services.get(Reviews)
            settled = await reviews.decide(seat.guild, ref, seat.person, exclude=exclude)
            done = (_decided(seat, settled, exclude=exclude), "")
        await _show_waiting(here, seat, done, behind=ref)


async def restore(interaction: Interaction, press: Press) -> None:
    """Show an excluded quote again, and list what is still excluded."""
    async with visit(interaction, changing=True) as here:
        seat = await moderators_seat(interaction)
        reviews = await here.services.get(Reviews)
        found = await reviews.restore(seat.guild, PassageRef.of(press.chosen or ""), seat.person)
        words = seat.words
        back, gone = words("Done: this quote is shown here again."), words("This quote was no longer excluded.")
        await _show_excluded(here, seat, (back if found else gone, ""))


async def _show_waiting(
    here: Visit, seat: Seat, before: tuple[str, ...] = (), *, behind: PassageRef | None = None
) -> None:
    """Show the first quote that waits, or the one behind another."""
    reviews = await here.services.get(Reviews)
    waiting = await reviews.disputed(seat.guild)
    at = after(waiting, behind)
    lines = (*before, *waiting_lines(reviews.library, waiting, at, seat.words))
    rows = waiting_controls(waiting, at, seat.words)
    await here.put(Page("\n".join(lines), (), ""), rows, seat.words)


async def _show_excluded(here: Visit, seat: Seat, before: tuple[str, ...] = ()) -> None:
    reviews = await here.services.get(Reviews)
    excluded = await reviews.excluded(seat.guild)
    lines = (*before, *excluded_lines(reviews.library, excluded, seat.words))
    rows = excluded_menu(reviews.library, excluded, seat.words)
    await here.put(Page("\n".join(lines), (), ""), rows, seat.words)


def _decided(seat: Seat, settled: int, *, exclude: bool) -> str:
    if not settled:
        return seat.words("Another moderator has decided about this quote already.")
    if exclude:
        return seat.words("Done: this quote is no longer shown in this server.")
    return seat.words("Done: this quote is kept.")


PRESSES: Final[Handlers] = {
    (FEATURE, "exclude"): partial(decide, exclude=True),
    (FEATURE, "keep"): partial(decide, exclude=False),
    (FEATURE, "next"): partial(decide, exclude=None),
    (FEATURE, "restore"): restore,
}
