"""Reading formats.toml, a pack's own or the program's: the phases of a debate, their minutes and what they allow.

A format says how many sides it takes. It may give each side preparation time, go on by itself, and limit the seats of
a side.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from knowledge.durations import minutes_in
from knowledge.formats import BALLOTS, LEAST_SIDES, MOST_SIDES, Allowed, Format, Phase, Speaks
from knowledge.reading.nearest import quoted
from knowledge.reading.tables import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from knowledge.reading.tables import Folder, Table

FILE: Final = "formats.toml"

LONGEST_MIN: Final = 180
"""Minutes that a phase may have."""


def read_pack_formats(folder: Folder) -> tuple[Format, ...]:
    """Return the program's formats and a pack's own. Both files stay out of the folder's hash."""
    roots = (folder.default(FILE, hashed=False), folder.toml(FILE, optional=True, hashed=False))
    formats: tuple[Format, ...] = ()
    for root in filter(None, roots):
        root.expect(("format",))
        formats = joined(formats, formats_in(root))
    return formats


def formats_in(root: Table) -> tuple[Format, ...]:
    """Read the [[format]] tables inside a table, of whatever file it is."""
    return tuple(_read_format(identity, table) for identity, table in distinct(root.tables("format")).items())


def joined(formats: Iterable[Format], own: Iterable[Format]) -> tuple[Format, ...]:
    """Return the formats with the own ones after them; one with the id of another takes its place."""
    return tuple({form.id: form for form in (*formats, *own)}.values())


def _read_format(identity: str, table: Table) -> Format:
    table.expect(("name", "phase"), ("id", "preparation", "by_itself", "seats", "sides"))
    sides = _read_sides(table)
    tables = table.tables("phase")
    phases = tuple(_read_phase(identity, phase, sides) for identity, phase in distinct(tables).items())
    _check_ballots(table, phases)
    return Format(
        identity,
        table.text("name"),
        phases,
        preparation=_minutes(table, "preparation") if "preparation" in table.values else 0,
        by_itself=table.flag("by_itself"),
        seats=table.number("seats"),
        sides=sides,
    )


def _read_sides(table: Table) -> tuple[int, ...]:
    """Read how many sides a format takes: one number, or a list of several; two where nothing is said."""
    value = table.values.get("sides", LEAST_SIDES)
    numbers = value if isinstance(value, list) else [value]
    if numbers and all(type(each) is int and LEAST_SIDES <= each <= MOST_SIDES for each in numbers):
        return tuple(sorted(set(numbers)))
    table.complain(
        f'"sides" must be a number from {LEAST_SIDES} to {MOST_SIDES}, or a list of such as [2, 3], not {value}',
        "sides",
    )
    return (LEAST_SIDES,)


def _read_phase(identity: str, table: Table, sides: tuple[int, ...]) -> Phase:
    table.expect(("name", "speaks", "minutes", "allows"), ("id",))
    speaks = table.choice("speaks", [speaks.value for speaks in Speaks])
    allows = table.choices("allows", "permission", [allowed.value for allowed in Allowed])
    if speaks == Speaks.NONE.value and Allowed.POINTS.value in allows:
        table.complain('no side speaks, so nobody could make "points"; the floor has its own', "allows", "points")
    if speaks == Speaks.BOTH.value and sides != (LEAST_SIDES,):
        table.complain('"both" is said of two sides: say "all"', "speaks")
    if speaks and Speaks(speaks).alone and not Speaks(speaks).among(range(max(sides))):
        table.complain(f"the format takes {max(sides)} sides, so there is no {quoted(speaks)} one", "speaks")
    ballots = [ballot.value for ballot in BALLOTS if ballot.value in allows]
    if speaks and ballots and Speaks(speaks).alone and not Speaks(speaks).among(range(min(sides))):
        table.complain(
            f"{quoted(ballots[0])} would be missing where there are {min(sides)} sides", "allows", ballots[0]
        )
    return Phase(
        id=identity,
        name=table.text("name"),
        speaks=Speaks(speaks or Speaks.NONE.value),
        minutes=_minutes(table, "minutes"),
        allows=tuple(Allowed(allowed) for allowed in dict.fromkeys(allows)),
    )


def _minutes(table: Table, key: str) -> float:
    """Read a length of time in minutes: a number, or a text such as "1:30" or "90 s"."""
    value = table.values.get(key)
    written = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    minutes = minutes_in(written) if isinstance(written, str) else None
    if minutes is None:
        if value is not None:
            said = quoted(value) if isinstance(value, str) else value
            table.complain(f'{quoted(key)} must be minutes, such as 3, 1.5 or "1:30", or "90 s", not {said}', key)
        return 1
    if not 0 < minutes <= LONGEST_MIN:
        table.complain(f"{quoted(key)} must be more than 0, and {LONGEST_MIN} or less, not {value}", key)
    return minutes


def _check_ballots(table: Table, phases: Sequence[Phase]) -> None:
    """Complain of a ballot that would open twice, and of two that cannot be compared."""
    held = {ballot: [at for at, phase in enumerate(phases) if ballot in phase.allows] for ballot in BALLOTS}
    for ballot, places in held.items():
        if any(later - earlier > 1 for earlier, later in pairwise(places)):
            table.complain(f"{quoted(ballot.value)} would open again after it closed; its phases must be neighbours")
    before, after = (held[ballot] for ballot in BALLOTS)
    if bool(before) != bool(after):
        missing = BALLOTS[1] if before else BALLOTS[0]
        table.complain(f"no phase has {quoted(missing.value)}: only two ballots can be compared")
    elif before and before[-1] >= after[0]:
        table.complain('"ballot_before" must be closed before "ballot_after" opens')
