"""What formats.toml may say, and the exact complaint about everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from knowledge.errors import Problem
from knowledge.formats import BALLOTS, Allowed, Format, Phase, Speaks
from knowledge.reading.formats import formats_in, joined
from knowledge.reading.tables import Folder

if TYPE_CHECKING:
    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

FILE: Final = "formats.toml"
PROGRAMS: Final = ["oxford", "quick", "class", "lincoln-douglas", "round-table"]

FORMATS: Final = """\
[[format]]
id = "short"
name = "Short debate"
[[format.phase]]
id = "vote"
name = "Vote"
speaks = "none"
minutes = 2
allows = ["ballot_before"]
[[format.phase]]
id = "talk"
name = "Talk"
speaks = "both"
minutes = 5
allows = ["points", "floor"]
[[format.phase]]
id = "revote"
name = "Vote again"
speaks = "none"
minutes = 3
allows = ["ballot_after"]
"""


@pytest.fixture
def debating(tiny: TinyPack) -> TinyPack:
    tiny.write(FILE, FORMATS)
    return tiny


def test_each_table_becomes_a_format(debating: TinyPack) -> None:
    form = debating.load().formats[-1]
    assert form == Format(
        "short",
        "Short debate",
        (
            Phase("vote", "Vote", Speaks.NONE, 2, (Allowed.BALLOT_BEFORE,)),
            Phase("talk", "Talk", Speaks.BOTH, 5, (Allowed.POINTS, Allowed.FLOOR)),
            Phase("revote", "Vote again", Speaks.NONE, 3, (Allowed.BALLOT_AFTER,)),
        ),
    )
    assert form.minutes == 10


def test_times_are_read_to_the_second_with_what_a_format_may_have_besides(debating: TinyPack) -> None:
    debating.edit(FILE, 'name = "Short debate"', 'name = "S"\npreparation = "2m30s"\nby_itself = true\nseats = 2')
    debating.edit(FILE, "minutes = 5", 'minutes = "90 s"')
    debating.edit(FILE, "minutes = 2", "minutes = 0.5")
    form = debating.load().formats[-1]
    assert [phase.minutes for phase in form.phases] == [0.5, 1.5, 3]
    assert (form.preparation, form.by_itself, form.seats, form.minutes) == (2.5, True, 2, 5)


def test_a_pack_has_the_programs_formats_and_no_answer_depends_on_any(tiny: TinyPack) -> None:
    before = tiny.load()
    tiny.write(FILE, FORMATS)
    after = tiny.load()
    assert [form.id for form in before.formats] == PROGRAMS
    assert [form.id for form in after.formats] == [*PROGRAMS, "short"]
    assert before.sha256 == after.sha256


def test_a_packs_format_takes_the_place_of_the_programs(tiny: TinyPack) -> None:
    tiny.write(FILE, FORMATS.replace('"short"', '"quick"'))
    formats = {form.id: form.name for form in tiny.load().formats}
    assert (list(formats), formats["quick"]) == (PROGRAMS, "Short debate")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('"both"', '"bot"', 13, 'phase "talk": unknown speaks "bot"; did you mean "both"?'),
        ('"floor"', '"flor"', 15, 'phase "talk": unknown permission "flor"; did you mean "floor"?'),
        ("minutes = 5", "minutes = 0", 14, 'phase "talk": "minutes" must be more than 0, and 180 or less, not 0'),
        ("minutes = 5", "minutes = 181", 14, 'phase "talk": "minutes" must be more than 0, and 180 or less, not 181'),
        (
            "minutes = 5",
            'minutes = "five"',
            14,
            'phase "talk": "minutes" must be minutes, such as 3, 1.5 or "1:30", or "90 s", not "five"',
        ),
        (
            "minutes = 5",
            "minutes = nan",
            14,
            'phase "talk": "minutes" must be minutes, such as 3, 1.5 or "1:30", or "90 s", not nan',
        ),
        ('name = "Short debate"', 'name = "S"\nseats = 0', 4, 'format "short": "seats" must be 1 or more, not 0'),
        (
            'name = "Short debate"',
            'name = "S"\nby_itself = 1',
            4,
            'format "short": "by_itself" must be true or false, not a number',
        ),
        (
            'name = "Short debate"',
            'name = "S"\nsides = 5',
            4,
            'format "short": "sides" must be a number from 2 to 4, or a list of such as [2, 3], not 5',
        ),
        (
            'name = "Short debate"',
            'name = "S"\nsides = [2, 3]',
            14,
            'phase "talk": "both" is said of two sides: say "all"',
        ),
        ('"both"', '"third"', 13, 'phase "talk": the format takes 2 sides, so there is no "third" one'),
        ("minutes = 5", "minuts = 5", 14, 'phase "talk": unknown key "minuts"; did you mean "minutes"?'),
        ('id = "talk"', 'id = "vote"', 11, 'phase "vote": the id "vote" is already taken on line 4'),
        (
            '"both"',
            '"none"',
            15,
            'phase "talk": no side speaks, so nobody could make "points"; the floor has its own',
        ),
        (
            '["ballot_after"]',
            "[]",
            1,
            'format "short": no phase has "ballot_after": only two ballots can be compared',
        ),
        (
            '["ballot_after"]',
            '["ballot_after", "ballot_before"]',
            1,
            'format "short": "ballot_before" would open again after it closed; its phases must be neighbours',
        ),
        (
            '"ballot_before"]',
            '"ballot_before", "ballot_after"]',
            1,
            'format "short": "ballot_before" must be closed before "ballot_after" opens',
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(debating: TinyPack, old: str, new: str, line: int, message: str) -> None:
    """And with the nearest valid value."""
    debating.edit(FILE, old, new)
    assert Problem(FILE, line, message) in debating.problems()


def test_formats_are_read_from_any_table(tiny: TinyPack) -> None:
    tiny.write("own.toml", FORMATS + "[discord]\n")
    folder = Folder(tiny.path)
    root = folder.toml("own.toml")
    assert root is not None
    assert [form.id for form in formats_in(root)] == ["short"]
    assert folder.problems == ()


def test_formats_of_ones_own_stand_after_the_packs_or_in_their_place() -> None:
    talk = (Phase("talk", "Talk", Speaks.BOTH, 5, (Allowed.POINTS,)),)
    first, second, other = Format("a", "A", talk), Format("b", "B", talk), Format("a", "Another", talk)
    third = Format("c", "C", talk)
    assert joined((first, second), (third, other)) == (other, second, third)
    assert joined((first, second), ()) == (first, second)


def test_the_shipped_formats_can_be_held(shipped: Pack) -> None:
    assert [form.id for form in shipped.formats] == PROGRAMS
    assert {form.id: form.minutes for form in shipped.formats} | {"quick": 20, "lincoln-douglas": 38} == {
        form.id: form.minutes for form in shipped.formats
    }
    assert [(form.preparation, form.seats) for form in shipped.formats] == [(0, 3), (0, 2), (0, None), (4, 1), (0, 2)]
    assert [form.sides for form in shipped.formats] == [(2,), (2,), (2,), (2,), (2, 3, 4)]
    for form in shipped.formats:
        for ballot in BALLOTS:
            assert sum(ballot in phase.allows for phase in form.phases) == 1
        for number in form.sides:
            phases = form.among(number).phases
            alone = [speaks for speaks in Speaks if speaks.alone][:number]
            spoken = [sum(phase.minutes for phase in phases if phase.speaks is speaks) for speaks in alone]
            assert spoken == [spoken[0]] * number
            assert {phase.speaks for phase in phases if phase.speaks.alone} == set(alone)


def test_a_format_of_several_numbers_leaves_out_the_phases_of_sides_that_are_not_there(shipped: Pack) -> None:
    """Whoever speaks first closes last, whatever their number."""
    table = shipped.formats[-1]
    spoken = {number: [p.speaks.value for p in table.among(number).phases if p.speaks.alone] for number in table.sides}
    assert spoken == {
        2: ["first", "second", "second", "first"],
        3: ["first", "second", "third", "third", "second", "first"],
        4: ["first", "second", "third", "fourth", "fourth", "third", "second", "first"],
    }
    assert (table.among(3).sides, Speaks.ALL.among("abc"), Speaks.THIRD.among("abc")) == ((3,), (*"abc",), ("c",))
    assert (Speaks.FOURTH.among("abc"), Speaks.NONE.among("abc"), Speaks.BOTH.among("ab")) == ((), (), ("a", "b"))
