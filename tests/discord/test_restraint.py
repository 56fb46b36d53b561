"""What the bot leaves undone: in channels that are closed to it, for those who press on, and behind a deletion."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

import bot.answer.cog.turn as answering_module
import bot.wire.client as client_module
from bot.guild.rules.permissions import Changes, Rights
from bot.privacy.cog import commands as privacy
from bot.privacy.service.retention import Retention
from bot.process.limits import PRESS, Rate
from tests.discord.answering_bot import Bot, answering
from tests.discord.loopback.endpoints import MY_GUILDS, TYPING
from tests.log.samples import ages
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.discord.loopback import Channel, Guild, Interaction, Loopback, Message, User

QUESTION = "is my data sold"
QUOTE = pack().passage("everything-tracked").text


@pytest_asyncio.fixture
async def bot(pointed: Loopback, general: Channel, tmp_path: Path) -> AsyncIterator[Bot]:
    """Give the bot, connected."""
    async with answering(pointed, tmp_path) as running:
        yield running


async def allow_only(bot: Bot, guild: Guild, channel: Channel) -> None:
    """Let the moderators name the one channel in which questions are answered."""
    await bot.settings.change(str(guild.id), "a moderator", Changes(allow_channel=channel.id), Rights(manages=True))


async def both_sides(loopback: Loopback, user: User, channel: Channel) -> Message:
    """Look a message up, which only this person sees."""
    claim = await loopback.say(user, channel, "they sell all our data")
    return (await loopback.answer(await loopback.menu(user, claim, "What each side says"))).message


async def refusal(loopback: Loopback, sent: Interaction) -> Message:
    """Wait for what takes the place of an answer that was announced to everybody."""
    told = await loopback.followup(sent)
    assert told.is_ephemeral
    return told


async def test_a_quotation_is_checked_only_where_questions_are_answered(
    bot: Bot, loopback: Loopback, chief: User, guild: Guild, general: Channel
) -> None:
    """Elsewhere the person alone is told where."""
    await allow_only(bot, guild, general)
    other = loopback.world.channel(guild, "other")
    await loopback.announce(other, is_new=True)
    told = await refusal(loopback, await loopback.slash(chief, other, "cite", text=QUOTE))
    assert general.mention in told.text
    assert loopback.world.from_bot(other) == []
    assert QUOTE in (await loopback.answer(await loopback.slash(chief, general, "cite", text=QUOTE))).text


async def test_an_answer_is_not_shared_where_moderators_closed_the_channel_meanwhile(
    bot: Bot, loopback: Loopback, chief: User, guild: Guild, general: Channel
) -> None:
    """The button is still there."""
    private = await both_sides(loopback, chief, general)
    other = loopback.world.channel(guild, "other")
    await allow_only(bot, guild, other)
    told = await refusal(loopback, await loopback.press(chief, private, "Share to channel"))
    assert other.mention in told.text
    assert loopback.world.from_bot(general) == []


async def test_sharing_counts_as_asking(pointed: Loopback, chief: User, general: Channel, tmp_path: Path) -> None:
    """A button that writes for everybody cannot be pressed without end."""
    async with answering(pointed, tmp_path, person=Rate(burst=2, every_s=60)):
        private = await both_sides(pointed, chief, general)
        assert not (await pointed.answer(await pointed.press(chief, private, "Share to channel"))).message.is_ephemeral
        busy = (await pointed.answer(await pointed.press(chief, private, "Share to channel"))).message
    assert busy.is_ephemeral
    assert busy.text.startswith("You're asking quickly – please wait ")
    assert len(pointed.world.from_bot(general)) == 1


async def test_buttons_cannot_be_pressed_without_end(
    bot: Bot, loopback: Loopback, chief: User, guild: Guild, general: Channel
) -> None:
    """Pages, votes, settings and what else asks nothing; the person alone is told."""
    card = (await loopback.answer(await loopback.slash(chief, general, "ask", question=QUESTION))).message
    services = bot.client.services
    for _ in range(PRESS.burst):
        with services.limits.pressing(services.asker(guild.id, chief.id, general.id).person):
            pass
    busy = [
        await loopback.press(chief, card, "Helpful"),
        await loopback.press(chief, card, "Context"),
        await loopback.slash(chief, general, "settings show"),
        await loopback.slash(chief, general, "topics"),
    ]
    for sent in busy:
        told = (await loopback.answer(sent)).message
        assert told.is_ephemeral
        assert told.text == "That was quick – please wait 1 second."


async def test_who_mentions_too_often_is_told_once(
    pointed: Loopback, chief: User, general: Channel, tmp_path: Path
) -> None:
    """Answering each time would flood the channel with what nobody can read."""
    async with answering(pointed, tmp_path, person=Rate(burst=1, every_s=60)) as bot:
        await pointed.reply_to(await pointed.mention(chief, general, QUESTION))
        told = await pointed.reply_to(await pointed.mention(chief, general, QUESTION))
        assert told.text.startswith("You're asking quickly – please wait ")
        for _ in range(5):
            await pointed.mention(chief, general, QUESTION)
        # Outside the server the same person is another one, and is answered behind those five.
        await pointed.reply_to(await pointed.say(chief, pointed.world.dm(chief), QUESTION))
        assert bot.client.services.limits.under_way == 0
    assert len(pointed.world.from_bot(general)) == 2


async def test_a_line_that_breaks_while_typing_is_shown_costs_no_answer(
    pointed: Loopback, chief: User, general: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it is being written is a courtesy."""
    monkeypatch.setattr(answering_module, "TYPING_AFTER_S", 0.01)
    pointed.faults.drop(TYPING)
    async with answering(pointed, tmp_path, held=True) as bot:
        message = await pointed.mention(chief, general, QUESTION)
        await pointed.until(lambda: pointed.journal.to(TYPING), "typing")
        bot.serving.gate.set()
        assert QUOTE in (await pointed.reply_to(message)).text


async def test_a_question_under_way_does_not_come_into_the_log_behind_a_deletion(
    bot: Bot, loopback: Loopback, chief: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for, and deleted with the rest."""
    let, busy = threading.Event(), threading.Event()
    find = bot.retriever.found

    def slowly(encoded: list[str]) -> object:
        busy.set()
        assert let.wait(30)
        return find(encoded)

    await loopback.answer(await loopback.slash(chief, general, "ask", question=QUESTION))
    asks = (await loopback.answer(await loopback.slash(chief, general, "privacy delete"))).message
    monkeypatch.setattr(bot.retriever, "found", slowly)
    asked = await loopback.slash(chief, general, "ask", question=QUESTION)
    await loopback.until(busy.is_set, "the question to be under way")
    pressed = await loopback.press(chief, asks, "Delete everything")
    await loopback.acknowledged(pressed)
    let.set()
    await loopback.answer(asked)
    assert (await loopback.answer(pressed)).text.startswith("Deleted: ")
    assert bot.log.recent(9) == ()


async def test_no_id_of_anybody_who_is_mentioned_is_kept(
    bot: Bot, loopback: Loopback, chief: User, general: Channel
) -> None:
    """Neither of a question, nor of a message that is looked up, nor of a reason, nor of a claim."""
    other = loopback.world.user("other")
    asked = await loopback.reply_to(await loopback.mention(chief, general, f"{QUESTION}, {other.mention}"))
    assert "@…" in asked.text
    await loopback.answer(await loopback.slash(chief, general, "ask", question=f"{QUESTION} by {other.mention}"))
    await loopback.answer(await loopback.slash(chief, general, "rebut", statement=f"{other.mention} sells my data"))
    claim = await loopback.say(chief, general, f"{other.mention} sells all our data")
    await loopback.answer(await loopback.menu(chief, claim, "What each side says"))
    form = await loopback.press(chief, asked, "Dispute")
    await loopback.acknowledged(form)
    await loopback.answer(await loopback.submit(form, {"quote": "1", "text": f"ask {other.mention}"}))
    assert len(bot.log.recent(9)) == 4
    kept = [file for file in bot.log.path.parent.iterdir() if str(other.id).encode() in file.read_bytes()]
    assert kept == []


async def test_an_event_that_breaks_is_written_down(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what it was about: the library would say it to a logger that nobody reads."""
    faults: list[BaseException] = []
    monkeypatch.setattr(client_module, "log_fault", faults.append)
    broken = KeyError(QUESTION)

    async def on_shard_resumed(_shard: int) -> None:
        raise broken

    monkeypatch.setattr(bot.client, "on_shard_resumed", on_shard_resumed)
    bot.client.dispatch("shard_resumed", 0)
    await asyncio.sleep(0.01)
    assert faults == [broken]


def left(bot: Bot, guild: Guild) -> bool:
    """Tell whether the clock of a guild's deletion runs."""
    (age,) = [age for age in ages(bot.log) if age.guild == str(guild.id)]
    return age.left_utc is not None


async def test_a_server_that_went_while_a_session_was_lost_is_noticed_before_the_next_start(
    bot: Bot, loopback: Loopback, guild: Guild
) -> None:
    """The library still names it; where Discord does not answer, that has to do."""
    await privacy.on_ready(bot.client)
    guild.with_bot = False
    loopback.faults.server_error(MY_GUILDS, 503)
    await privacy.on_ready(bot.client)
    assert bot.client.get_guild(guild.id) is not None
    assert not left(bot, guild)
    await privacy.on_ready(bot.client)
    assert left(bot, guild)


async def test_a_round_of_deleting_that_breaks_is_not_the_last(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written down."""
    faults: list[BaseException] = []
    swept = asyncio.Event()
    monkeypatch.setattr(privacy, "log_fault", faults.append)
    monkeypatch.setattr(privacy, "SWEEP_EVERY_S", 0.001)

    async def sweep(_retention: Retention) -> None:
        if not faults:
            raise ZeroDivisionError
        swept.set()

    monkeypatch.setattr(Retention, "sweep", sweep)
    working = asyncio.create_task(privacy.work(bot.client))
    await asyncio.wait_for(swept.wait(), 20)
    working.cancel()
    assert [type(fault) for fault in faults] == [ZeroDivisionError]


@pytest.fixture
def chief(loopback: Loopback, guild: Guild) -> User:
    """Make a member whose app speaks English."""
    return loopback.world.member(guild, "chief")


@pytest.fixture
def guild(loopback: Loopback) -> Guild:
    """Make a server that speaks English."""
    return loopback.world.guild("Debating club")
