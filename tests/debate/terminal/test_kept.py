"""Debates in the log, from the command line."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from bot.debate.rules.commands import End, Next
from bot.debate.rules.saved import record_of
from bot.log.opening import APPLICATION_ID
from bot.log.steps.released import migrations
from tests.debate.service.held_debates import ANN, GUILD, MIA, debates_over, open_log, rung
from tests.debate.service.held_debates import joined as join
from tests.process.clocks import MovedClock
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from bot.debate.rules.events import Event
    from tests.conftest import Program

HOSTILE = "=1+1 <script>alert(1)</script> @everyone"


async def hold(program: Program) -> tuple[tuple[str, ...], tuple[Event, ...]]:
    """Keep two debates: one that goes on, and before it one that ended; give their ids, and the events of the first."""
    program.log.parent.mkdir(parents=True)
    log = open_log(program.log)
    clock = MovedClock()
    debates = debates_over(log, clock)
    first = await debates.start(MIA, GUILD, 1, "Cats make better pets", debates.format("short"))
    await debates.act(first.id, MIA, lambda person: Next(person, 0))
    await join(debates, first, ANN)
    await debates.point(first.id, ANN, HOSTILE)
    await rung(debates, 3)
    await debates.act(first.id, MIA, End)
    second = await debates.start(MIA, "12", 1, "Dogs are\nloud", debates.format("quick"))
    events = await debates.events(first.id, GUILD)
    log.close()
    return (first.id, second.id), events


@pytest.fixture
def held(dilemma: Program) -> tuple[tuple[str, ...], tuple[Event, ...]]:
    """Give the ids of the two, and the events of the first."""
    return asyncio.run(hold(dilemma))


def test_debates_in_the_log_are_listed(dilemma: Program, held: tuple[tuple[str, ...], tuple[Event, ...]]) -> None:
    """The last at the end, each with the beginning of its id."""
    (first, second), _ = held
    outcome = dilemma("debate", "list")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        f"{first[:8]} · 2026-01-01 12:00 UTC · ended 2026-01-01 12:04 UTC",
        "  Cats make better pets",
        f"{second[:8]} · 2026-01-01 12:04 UTC · running",
        "  Dogs are loud",
    ]
    assert dilemma("debate", "list", "--limit", "1").out.startswith(second[:8])


def test_a_debate_of_the_log_is_replayed_and_exported_as_one_of_a_file(
    dilemma: Program, held: tuple[tuple[str, ...], tuple[Event, ...]]
) -> None:
    """The transcript comes from the log alone, and twice the same."""
    (first, _), events = held
    (dilemma.folder / "kept.json").write_text(json.dumps(record_of(events)), encoding="utf-8")
    replayed = dilemma("debate", "replay", first[:8])
    assert (replayed.code, replayed.err) == (0, "")
    assert replayed.out == dilemma("debate", "replay", "kept.json").out
    assert f"1. Ann, {pack().side('film').short_name}: {HOSTILE}" in replayed.out
    for form in ("md", "html", "csv", "json"):
        exported = dilemma("debate", "export", first.upper(), "--to", form)
        assert (exported.code, exported.err) == (0, "")
        assert exported.out == dilemma("debate", "export", "kept.json", "--to", form).out
    assert "Ann" not in dilemma("debate", "export", first[:8], "--anonymous").out


def test_a_debate_that_is_not_there_is_told_in_a_line(
    dilemma: Program, held: tuple[tuple[str, ...], tuple[Event, ...]]
) -> None:
    """So is one that could be several."""
    outcome = dilemma("debate", "replay", "0" * 32)
    assert outcome.code == 1
    assert outcome.err == (
        f"error: there is no file {'0' * 32}, and no such debate in {dilemma.log}: see `dilemma debate list`\n"
    )
    (first, second), _ = held
    with Database(dilemma.log) as db:
        db.execute("UPDATE debate SET id = ? WHERE id = ?", ("abcd" + first[4:], second))
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("UPDATE debate SET id = ? WHERE id = ?", ("abcd" + second[4:], first))
        db.conn.commit()
    outcome = dilemma("debate", "replay", "abcd")
    assert outcome.err.startswith("error: several debates begin with abcd: abcd")
    assert outcome.err.endswith("; give more digits\n")


def test_an_event_that_the_disk_has_spoilt_is_left_out_and_named(
    dilemma: Program, held: tuple[tuple[str, ...], tuple[Event, ...]]
) -> None:
    """The rest is shown."""
    (first, _), _ = held
    with Database(dilemma.log) as db:
        db.execute("UPDATE debate_event SET event = '{' WHERE debate = ? AND number = 5", (first,))
        db.conn.commit()
    outcome = dilemma("debate", "replay", first)
    assert outcome.err == "the log is damaged: events 5 of the debate are left out\n"
    assert outcome.code == 0


def test_a_log_without_debates_has_nothing_to_list(dilemma: Program) -> None:
    """Also one that was written before there were any."""
    dilemma.log.parent.mkdir(parents=True)
    with Database(dilemma.log) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(db, stop_before="m006_debates")
    outcome = dilemma("debate", "list")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "the log holds no debates yet\n")
    open_log(dilemma.log).close()
    assert dilemma("debate", "list").err == "the log holds no debates yet\n"
    assert "no such debate" in dilemma("debate", "replay", "abcd").err


def test_without_a_log_it_is_said_what_makes_one(dilemma: Program) -> None:
    """No file is made by looking."""
    outcome = dilemma("debate", "list")
    assert (outcome.code, outcome.out) == (1, "")
    assert f"there is no log at {dilemma.log}" in outcome.err
    assert not dilemma.log.exists()
