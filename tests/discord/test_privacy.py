"""What is kept about a person, on Discord's wire: shown, exported, deleted; and servers that put the bot out."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.answer.store.turns import rows_of
from bot.app import tables
from bot.log.log import ConversationLog
from tests.discord.answering_bot import Bot, answering
from tests.log.samples import ages, an_entry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.discord.loopback import Channel, Guild, Loopback, Message, User

NOTHING = "Nothing is kept about you, in no server and in no direct message."


@pytest.fixture
def guild(pointed: Loopback) -> Guild:
    """Give a server with the bot in it."""
    return pointed.world.guild("Debating club")


@pytest.fixture
def general(pointed: Loopback, guild: Guild) -> Channel:
    """Give its channel."""
    return pointed.world.channel(guild, "general")


@pytest.fixture
def anna(pointed: Loopback, guild: Guild) -> User:
    """Give a member."""
    return pointed.world.member(guild, "anna")


@pytest.fixture
def bert(pointed: Loopback, guild: Guild) -> User:
    """Give another."""
    return pointed.world.member(guild, "bert")


@pytest_asyncio.fixture
async def bot(pointed: Loopback, guild: Guild, general: Channel, tmp_path: Path) -> AsyncIterator[Bot]:
    """Run the bot."""
    async with answering(pointed, tmp_path) as running:
        yield running


async def used(loopback: Loopback, user: User, channel: Channel, command: str, /, **options: str) -> Message:
    """Use a command, and give the message that comes."""
    return (await loopback.answer(await loopback.slash(user, channel, command, **options))).message


async def talk(loopback: Loopback, user: User, general: Channel) -> None:
    """Ask in the server and in direct messages."""
    card = await used(loopback, user, general, "ask", question=f"is my data sold, says {user.name}")
    await loopback.answer(await loopback.press(user, card, "Helpful"))
    await used(loopback, user, loopback.world.dm(user), "ask", question=f"secretly, {user.name} asks about data")


def traces(folder: Path) -> list[str]:
    """Name the files in whose raw bytes Anna's words stand, beside copies of the log, which live for a day."""
    files = [file for file in folder.iterdir() if ".copy-" not in file.name]
    return [file.name for file in files if b"anna" in file.read_bytes()]


async def test_a_person_is_shown_what_is_kept_about_them_everywhere(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """In a server and in direct messages the same: all of it, and to them alone."""
    await talk(loopback, anna, general)
    await talk(loopback, bert, general)
    for channel in (general, loopback.world.dm(anna)):
        shown = await used(loopback, anna, channel, "privacy show")
        assert shown.is_ephemeral
        assert "- 2 × what you asked, when, and the answer you were given" in shown.text
        assert "- 1 × an answer that you found helpful, or not" in shown.text
    stranger = loopback.world.user("stranger")
    assert (await used(loopback, stranger, loopback.world.dm(stranger), "privacy show")).text == NOTHING


async def test_a_person_takes_everything_along_as_a_file(
    bot: Bot, loopback: Loopback, anna: User, bert: User, guild: Guild, general: Channel
) -> None:
    """JSON, by server, with nothing of anybody else; no id of the person is in it, for none is kept."""
    await talk(loopback, anna, general)
    await talk(loopback, bert, general)
    given = await used(loopback, anna, general, "privacy export")
    assert given.is_ephemeral
    (file,) = given.attachments
    assert file.filename == "dilemma.json"
    exported = json.loads(file.content)
    assert exported["servers"].keys() == {"dm", str(guild.id)}
    (turn,) = exported["servers"]["dm"]["turn"]
    assert turn["question"] == "secretly, anna asks about data"
    assert turn["answer"]["sides"]["film"]
    assert b"bert" not in file.content
    assert str(anna.id).encode() not in file.content


async def test_everything_is_deleted_once_that_is_confirmed(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel, tmp_path: Path
) -> None:
    """In the server and in direct messages, in the log and in memory; not a byte stays. Others keep theirs."""
    await talk(loopback, anna, general)
    await talk(loopback, bert, general)
    asks = await used(loopback, anna, loopback.world.dm(anna), "privacy delete")
    assert "This cannot be undone." in asks.text
    assert len(bot.log.recent(9)) == 4
    done = await loopback.answer(await loopback.press(anna, asks, "Delete everything"))
    assert done.text.startswith("Deleted: ")
    assert done.message.buttons == []
    assert {turn.question for turn in bot.log.recent(9)} == {
        "is my data sold, says bert",
        "secretly, bert asks about data",
    }
    assert traces(tmp_path) == []
    assert (await used(loopback, anna, general, "privacy show")).text == NOTHING
    again = await used(loopback, anna, general, "ask", question="more")
    assert "anna" not in again.text


async def test_the_policy_can_be_read_anywhere(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """What is kept, how long, and what can be done."""
    for channel in (general, loopback.world.dm(anna)):
        policy = await used(loopback, anna, channel, "privacy policy")
        assert policy.is_ephemeral
        for part in ("365 days", "`/privacy export`", "HMAC-SHA256", "13 and older"):
            assert part in policy.text


async def test_a_server_that_puts_the_bot_out_has_a_month_to_think_again(
    bot: Bot, loopback: Loopback, guild: Guild
) -> None:
    """The clock starts when it leaves, and stops when it is back; an outage of Discord's starts none."""
    await loopback.outage(guild)
    await loopback.kick_bot(guild)
    await _until_left(bot, guild, left=True)
    await loopback.invite_bot(guild)
    await _until_left(bot, guild, left=False)


async def test_servers_that_went_while_nobody_listened_are_noticed(
    pointed: Loopback, guild: Guild, general: Channel, anna: User, tmp_path: Path
) -> None:
    """At the next start."""
    async with answering(pointed, tmp_path):
        await used(pointed, anna, general, "ask", question="is my data sold")
    guild.with_bot = False
    async with answering(pointed, tmp_path) as bot:
        await _until_left(bot, guild, left=True)


async def test_what_is_too_old_is_deleted_after_the_start(
    pointed: Loopback, guild: Guild, general: Channel, tmp_path: Path
) -> None:
    """Without being asked, and without a trace."""
    log = ConversationLog.open(tmp_path / "log.sqlite3", tables, holder="test", now="2020-01-01T00:00:00+00:00")
    entry = an_entry(place=f"{guild.id}/{general.id}", question="anna asked this long ago")
    log.record(rows_of(replace(entry, asked_utc="2020-01-01T00:00:00+00:00"))).result(10)
    log.close()
    assert traces(tmp_path)
    async with answering(pointed, tmp_path), asyncio.timeout(20):
        while traces(tmp_path):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.05)


async def _until_left(bot: Bot, guild: Guild, *, left: bool) -> None:
    """Wait until the log says that the bot is out of a guild, or in it."""

    def found() -> list[bool]:
        return [age.left_utc is not None for age in ages(bot.log) if age.guild == str(guild.id)]

    async with asyncio.timeout(20):
        while found() != [left]:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.02)
