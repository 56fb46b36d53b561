from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.answer.store.turns import rows_of
from bot.app import tables
from bot.log.log import ConversationLog
from bot.log.recorder import RecordOutcome
from bot.privacy.cog.commands import holdings, nothing_kept
from bot.privacy.service.personal import Personal
from bot.values.asker import pseudonym
from bot.wire.page.language import words_for
from tests.log.samples import NOW, an_entry, limit_pages, on_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server

ENGLISH = words_for(None)
SECRET = b"a secret of the tests"


@pytest.fixture
def log(place: Path | Server) -> Iterator[ConversationLog]:
    """Open a log in which user 7 asked in two guilds and in direct messages, and user 8 in one guild."""
    opened = ConversationLog.open(place, tables, holder="test", now=NOW)
    for number, (guild, user) in enumerate((("1", "7"), ("2", "7"), ("dm", "7"), ("1", "8"))):
        person = pseudonym(SECRET, guild, user)
        entry = an_entry(conversation_id=f"c{number}", person=person, place=f"{guild}/9", question=f"{guild} {user}")
        opened.record(rows_of(entry)).result(10)
    yield opened
    opened.close()


async def test_a_person_has_a_name_in_each_guild_and_outside(log: ConversationLog) -> None:
    names = await Personal(log).names_of(SECRET, "7")
    assert names == {guild: pseudonym(SECRET, guild, "7") for guild in ("dm", "1", "2")}
    assert len(set(names.values())) == 3


async def test_everything_about_a_person_is_counted_together(log: ConversationLog) -> None:
    names = await Personal(log).names_of(SECRET, "7")
    counts = {holding.table: holding.rows for holding in await Personal(log).shown(names.values())}
    assert (counts["conversation"], counts["turn"], counts["citation"], counts["audit"]) == (3, 3, 6, 0)


async def test_everything_about_a_person_is_exported_by_guild(log: ConversationLog) -> None:
    """Guilds that hold nothing are left out, and others' rows too."""
    exported = await Personal(log).exported(await Personal(log).names_of(SECRET, "8"))
    assert list(exported) == ["1"]
    assert [turn["question"] for turn in exported["1"]["turn"]] == ["1 8"]


async def test_everything_about_a_person_is_deleted(log: ConversationLog) -> None:
    names = await Personal(log).names_of(SECRET, "7")
    assert (await Personal(log).deleted(names.values())).rows["turn"] == 3
    assert [turn.question for turn in log.recent(9)] == ["1 8"]


async def test_what_waits_for_the_log_is_kept_about_a_person_too(log: ConversationLog) -> None:
    """In a guild that the log does not know yet; and so is what nobody can look into."""
    limit_pages(log, 1)
    waiting = an_entry(
        conversation_id="w", person=pseudonym(SECRET, "3", "9"), place="3/9", question="and so on " * 2_000
    )
    assert log.record(rows_of(waiting)).result(10) is RecordOutcome.WAITING
    personal = Personal(log)
    names = await personal.names_of(SECRET, "9")
    assert {holding.table: holding.rows for holding in await personal.shown(names.values()) if holding.rows} == {
        "turn": 1
    }
    exported = await personal.exported(names)
    assert list(exported) == ["3"]
    (turn,) = exported["3"]["turn"]
    assert (turn["question"], turn["answer"]["turn"]) == ("and so on " * 2_000, 1)
    assert not await personal.damaged()
    log.path.with_name(f"{log.path.name}.damaged-x").touch()
    assert await personal.damaged() is not on_server(log)
    assert (await personal.deleted(names.values())).unwritten == 1
    assert "\n".join(holdings((), ENGLISH, damaged=True)).endswith("has to look through it by hand.")
    assert [nothing_kept(Personal(None, older=older), ENGLISH) for older in (True, False)] == [
        "Nothing is logged now, but an older log is still there, which I do not open: ask whoever runs me.",
        "Nothing is logged here, so nothing is kept about you.",
    ]
