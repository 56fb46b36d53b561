"""A model, a disk and a start that take their time: nobody is kept waiting for an acknowledgement."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.answer.service import ask as asking
from tests.discord.answering_bot import Bot, answering
from tests.discord.loopback.endpoints import TYPING
from tests.discord.stage import SOON_S
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from embeddings.hits import Findings
    from tests.discord.loopback import Channel, Guild, Loopback, User

QUOTE = pack().passage("everything-tracked").text
QUESTION = "is my data sold"


@pytest.fixture
def anna(loopback: Loopback, guild: Guild) -> User:
    """Make a member who reads English."""
    return loopback.world.member(guild, "anna")


@pytest_asyncio.fixture
async def bot(pointed: Loopback, general: Channel, tmp_path: Path) -> AsyncIterator[Bot]:
    """Run the bot."""
    async with answering(pointed, tmp_path) as running:
        yield running


@pytest.fixture
def thinking(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Have the model think until the test lets it be done."""
    done = threading.Event()
    quick = bot.retriever.found

    def found(encoded: Sequence[str]) -> list[Findings]:
        assert done.wait(20)
        return quick(encoded)

    monkeypatch.setattr(bot.retriever, "found", found)
    return done


async def test_while_the_model_thinks_everybody_is_acknowledged_and_lookups_are_answered(
    bot: Bot, loopback: Loopback, anna: User, guild: Guild, general: Channel, thinking: threading.Event
) -> None:
    """The answers come when it is done, each once."""
    people = [anna, *(loopback.world.member(guild, name) for name in ("bert", "carl"))]
    sent = [await loopback.slash(person, general, "ask", question=QUESTION) for person in people]
    for each in sent:
        assert await loopback.acknowledged(each) < SOON_S
    for command in ("sources", "help", "topics", "privacy policy"):
        assert (await loopback.answer(await loopback.slash(anna, general, command))).text
    assert [each.answer for each in sent] == [None] * len(sent)
    thinking.set()
    for each in sent:
        assert QUOTE in (await loopback.answer(each)).text
    assert len(loopback.world.from_bot(general)) == len(sent)


async def test_whoever_mentions_a_bot_that_thinks_sees_it_typing(
    bot: Bot, loopback: Loopback, anna: User, general: Channel, thinking: threading.Event
) -> None:
    """Then comes the answer."""
    message = await loopback.mention(anna, general, QUESTION)
    await loopback.until(lambda: loopback.journal.to(TYPING), "typing")
    thinking.set()
    assert QUOTE in (await loopback.reply_to(message)).text


async def test_a_log_that_takes_too_long_holds_no_answer_back(
    bot: Bot, loopback: Loopback, anna: User, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer says that it is not logged yet; it is as soon as the disk is there again, and then it has buttons."""
    monkeypatch.setattr(asking, "LOG_PATIENCE_S", 0.05)
    blocked, entered = threading.Event(), threading.Event()

    def block(_db: object) -> None:
        entered.set()
        assert blocked.wait(20)

    held = bot.log.write(block)
    assert await asyncio.to_thread(entered.wait, 20)
    sent = await loopback.slash(anna, general, "ask", question=QUESTION)
    assert await loopback.acknowledged(sent) < SOON_S
    card = (await loopback.answer(sent)).message
    assert QUOTE in card.text
    assert str(asking.NOT_KEPT) in card.text
    blocked.set()
    await asyncio.wrap_future(held)
    # The writer takes one after the other: when this is done, the turn is on disk.
    await asyncio.wrap_future(bot.log.write(lambda _db: None))
    context = await loopback.answer(await loopback.press(anna, card, "Context"))
    assert "**“" in context.text
