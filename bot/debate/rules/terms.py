"""On which terms people debate: by a format that fits the number of sides, and how they differ from it.

That is the time of each speech, preparation time, and whether it goes on by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.debate.rules.evidence import sides_of
from bot.quote.rules.phrases import any_of
from knowledge.durations import minutes_in
from knowledge.errors import UserError
from knowledge.reading.formats import LONGEST_MIN, joined
from knowledge.reading.nearest import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.debate.rules.events import DebateSide
    from knowledge.formats import Format
    from knowledge.model import Pack


@dataclass(frozen=True, slots=True)
class Matter:
    """What can be debated on a pack, and how: motions are suggested, and `formats` are those `known` that fit it."""

    pack: Pack
    sides: tuple[DebateSide, ...]
    motions: tuple[str, ...]
    known: Mapping[str, Format]
    formats: tuple[Format, ...]


def matter_of(pack: Pack, own: Iterable[Format]) -> Matter:
    """Return what a pack gives to debate, with a moderator's own formats beside the pack's."""
    known = {form.id: form for form in joined(pack.formats, own)}
    claims = (prompt.claim for prompt in pack.prompts if prompt.claim)
    motions = tuple(dict.fromkeys((pack.motion, *claims)))
    return Matter(pack, sides_of(pack), motions, known, fitting(known.values(), len(pack.sides)))


def fitting(formats: Iterable[Format], number: int) -> tuple[Format, ...]:
    """Return the formats that take so many sides, as these debate by them."""
    return tuple(form.among(number) for form in formats if number in form.sides)


def check_fits(form: Format, number: int, formats: Iterable[Format]) -> None:
    """Raise UserError for a format that does not take so many sides, naming those that do."""
    if number in form.sides:
        return
    fit = [each.id for each in fitting(formats, number)]
    if not fit:
        raise UserError("No format takes {number} sides: add one to formats.toml.", number=number)
    raise UserError(
        "The format {format} takes {takes} sides, and this controversy has {number}: choose {formats}.",
        format=quoted(form.id),
        takes=any_of(list(map(str, form.sides))),
        number=number,
        formats=any_of(fit),
    )


def on_terms(
    form: Format, speech: str | None = None, preparation: str | None = None, *, by_itself: bool | None = None
) -> Format:
    """Return a format with what a moderator typed: how long one side speaks, and prepares; None leaves it as it is.

    Raises UserError for what is not a length of time.
    """
    phases = form.phases
    if speech is not None:
        minutes = length_of(speech)
        phases = tuple(replace(phase, minutes=minutes) if phase.speaks.alone else phase for phase in phases)
    return replace(
        form,
        phases=phases,
        preparation=form.preparation if preparation is None else length_of(preparation, none=True),
        by_itself=form.by_itself if by_itself is None else by_itself,
    )


def length_of(text: str, *, none: bool = False) -> float:
    """Return the minutes of a length of time that somebody typed, 0 only where it may be `none`. Raises UserError."""
    minutes = minutes_in(text)
    if minutes is None or (not minutes and not none):
        raise UserError("{text} is not a length of time: type it such as 3, 1:30 or 90 s.", text=quoted(text))
    if minutes > LONGEST_MIN:
        raise UserError("{text} is too long: {most} minutes at most.", text=quoted(text), most=LONGEST_MIN)
    return minutes
