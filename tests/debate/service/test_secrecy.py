"""Whoever has the file of a debate, but not the secret, cannot tell who voted what: attempts, and a proof.

The proof: where some voted what others did before, the files are the same, byte for byte.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import random
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest

from bot.debate.rules.commands import CastBallot, Person
from bot.debate.rules.state import PERMISSIONS
from bot.debate.service import chronicle
from bot.values.ballot import Round, outcome_of
from bot.values.seal import Seal
from tests.debate.service.held_debates import SECRET, debates_over, joined, next_phase, open_log, started
from tests.process.clocks import MovedClock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.values.ballot import Choice

    Votes = Sequence[tuple[Choice, Choice]]

SIDES: Final = ("film", "facebook")
PEOPLE: Final = [Person(hashlib.sha256(bytes([number])).hexdigest(), f"Name {number}") for number in range(9)]
VOTES: Final[Votes] = [("film", "facebook")] * 2 + [("facebook", "facebook")] * 3 + [(None, "film")] * 4
OTHERWISE: Final[Votes] = random.Random(3).sample(VOTES, len(VOTES))  # noqa: S311 - any other order
DEBATE: Final = UUID(int=7).hex
VOTERS: Final = [Seal(SECRET).voter(DEBATE, person.id) for person in PEOPLE]
MARK: Final = re.compile(rb"(salt[0-9]{12})[0-9a-f]{32}")
WAL_HEAD, FRAME_HEAD, PAGE = 32, 24, 4096


@dataclass(frozen=True)
class Found:
    """What lies on the disk: the file, the pages of its WAL in order, and the rows by table."""

    file: bytes
    wal: bytes
    rows: dict[str, list[dict[str, Any]]]


async def hold(path: Path, votes: Votes, *, whole: bool) -> Found:
    """Hold a debate up to its end, or until all have voted in the last ballot, drawing the same ids each time."""
    codes, salts = itertools.count(1), itertools.count(1)
    clock = MovedClock()
    log = open_log(path)
    debates = debates_over(log, clock, least=5)
    with pytest.MonkeyPatch.context() as chance:
        chance.setattr(chronicle, "uuid4", lambda: UUID(int=7))
        chance.setattr(
            "bot.values.seal.secrets.token_hex",
            lambda size: f"salt{next(salts):012}" if size == 8 else f"{next(codes):08x}",
        )
        held = await started(debates)
        for number, person in enumerate(PEOPLE[:4]):
            await joined(debates, held, person, SIDES[number % 2])
        for place, ballot in enumerate(Round):
            while not held.state.allows(PERMISSIONS[ballot]):
                held = await next_phase(debates, held)
            for person, both in zip(PEOPLE, votes, strict=True):
                clock.now_s += 1.234
                # Everybody changes their mind once.
                for choice in ("film", both[place]):
                    await debates.act(held.id, person, partial(CastBallot, round=ballot, choice=choice))
        if whole:
            await next_phase(debates, held)
    wal = path.with_name(f"{path.name}-wal").read_bytes()[WAL_HEAD:]
    assert len(wal) % (FRAME_HEAD + PAGE) == 0
    assert wal
    pages = b"".join(wal[at + FRAME_HEAD : at + FRAME_HEAD + PAGE] for at in range(0, len(wal), FRAME_HEAD + PAGE))
    log.close()
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        tables = ("debate", "debate_person", "debate_event", "debate_vote", "outbox", "audit")
        rows = {table: [dict(row) for row in db.execute(f"SELECT * FROM {table}")] for table in tables}  # noqa: S608
    return Found(await asyncio.to_thread(path.read_bytes), pages, rows)


def held_twice(folder: Path, *, whole: bool) -> tuple[Found, Found]:
    """Hold two debates, with the votes given to different people, in files that were alike before."""
    one, other = folder / "one.sqlite3", folder / "other.sqlite3"
    open_log(one).close()
    shutil.copy(one, other)
    return asyncio.run(hold(one, VOTES, whole=whole)), asyncio.run(hold(other, OTHERWISE, whole=whole))


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory) -> tuple[Found, Found]:
    """Give two debates that are over."""
    return held_twice(tmp_path_factory.mktemp("over"), whole=True)


@pytest.fixture(scope="module")
def going_on(tmp_path_factory: pytest.TempPathFactory) -> tuple[Found, Found]:
    """Give the same while everybody's votes are still there."""
    return held_twice(tmp_path_factory.mktemp("going_on"), whole=False)


def without_marks(content: bytes) -> bytes:
    """Blot out what stands for choices, which only the secret makes."""
    return MARK.sub(rb"\1" + b"*" * 32, content)


def test_a_debate_that_is_over_is_the_same_file_whoever_voted_what(over: tuple[Found, Found]) -> None:
    """So no key, order, time, number or free page in it can tell; the sums are right, and in the event that closed."""
    one, other = over
    assert one.file == other.file
    assert one.rows["debate_vote"] == []
    results = [json.loads(row["event"]).get("result") for row in one.rows["debate_event"]]
    (result,) = filter(None, results)
    people = [str(number) for number in range(len(VOTES))]
    before, after = (dict(zip(people, (vote[place] for vote in VOTES), strict=True)) for place in (0, 1))
    expected = outcome_of(SIDES, before, after)
    assert expected.matrix is not None
    assert (result["matrix"], result["voters"]) == ([list(row) for row in expected.matrix], [9, 9, 9])


def test_no_byte_of_single_votes_stays(over: tuple[Found, Found], going_on: tuple[Found, Found]) -> None:
    """Neither of voters nor of choices, once the file is closed; while the ballot is open they are there."""
    assert all(voter.encode() in going_on[0].file for voter in VOTERS)
    assert MARK.search(going_on[0].file)
    for found in over:
        assert not any(voter.encode() in found.file for voter in VOTERS)
        assert not MARK.search(found.file)


def test_open_votes_differ_in_marks_that_only_the_secret_makes(
    going_on: tuple[Found, Found], over: tuple[Found, Found]
) -> None:
    """In the file, and in every page that the WAL holds of before: no place, order or length tells anything."""
    one, other = going_on
    assert one.file != other.file
    assert without_marks(one.file) == without_marks(other.file)
    assert one.wal
    assert without_marks(one.wal) == without_marks(other.wal)
    assert without_marks(over[0].wal) == without_marks(over[1].wal)


def test_rows_of_open_votes_lead_to_nobody(going_on: tuple[Found, Found]) -> None:
    """By no value that stands elsewhere too, by no order, and no two marks are alike."""
    found = going_on[0]
    votes = found.rows["debate_vote"]
    assert len(votes) == 2 * len(PEOPLE)
    assert len({vote["choice"] for vote in votes}) == len(votes)
    elsewhere = json.dumps({table: rows for table, rows in found.rows.items() if table != "debate_vote"})
    assert not any(vote["voter"] in elsewhere or vote["choice"] in elsewhere for vote in votes)
    in_order = [Seal(SECRET).voter(DEBATE, row["person"]) for row in found.rows["debate_person"]]
    listed = list(dict.fromkeys(vote["voter"] for vote in votes))
    assert listed == sorted(listed)
    assert listed != [voter for voter in in_order if voter in listed]


def test_nothing_in_the_file_is_the_key(going_on: tuple[Found, Found]) -> None:
    """Whoever takes any value of the file for the secret, or hashes it, finds nobody."""
    found = going_on[0]
    values = {str(value) for rows in found.rows.values() for row in rows for value in row.values()} | {""}
    voters = {vote["voter"] for vote in found.rows["debate_vote"]}
    people = [row["person"] for row in found.rows["debate_person"]]
    for value in values:
        guess = Seal(value.encode())
        assert voters.isdisjoint(guess.voter(DEBATE, person) for person in people)
        hashes = (hashlib.sha256(text.encode()).hexdigest()[:32] for text in (value, DEBATE + value, value + DEBATE))
        assert voters.isdisjoint(hashes)
    assert voters == {Seal(SECRET).voter(DEBATE, person.id) for person in PEOPLE}, "with the secret, it is easy"


def test_events_say_that_somebody_voted_and_neither_what_nor_when(going_on: tuple[Found, Found]) -> None:
    """Once for each ballot, at the moment of whatever happened before."""
    events = [json.loads(row["event"]) for row in going_on[0].rows["debate_event"]]
    voted = [event for event in events if event["event"] == "ballot-cast"]
    assert len(voted) == 2 * len(PEOPLE)
    assert {frozenset(event) for event in voted} == {frozenset({"event", "at_ms", "person", "round"})}
    moments = [event["at_ms"] for event in events if event["event"] not in {"ballot-cast", "met"}]
    assert {event["at_ms"] for event in voted} <= set(moments)
    assert len({event["at_ms"] for event in voted}) == 2
