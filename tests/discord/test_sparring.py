"""Sparring on Discord's wire: in a thread and in direct messages, over a restart, with buttons and in words."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answer.rules.sparring import NOTHING, NOTHING_QUOTED
from bot.log.access import read
from bot.spar.service.sparrings import Sparrings
from bot.spar.store import sparrings
from tests.discord.answering_bot import answering
from tests.discord.debating import a_hall, seen
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from bot.log.connection import Connection
    from bot.spar.rules.held import Held
    from tests.discord.loopback import Loopback, Message

SOLD = pack().passage("no-selling-information").text


async def test_a_sparring_goes_on_in_its_thread_over_a_restart(pointed: Loopback, tmp_path: Path) -> None:
    """Buttons, a form, a reply: each gets one; nobody else's turn counts; at the end stands what came of it."""
    hall = a_hall(pointed)
    anna, bert, *_ = hall.people
    async with answering(pointed, tmp_path):
        await seen(pointed, await pointed.slash(hall.chief, hall.general, "lesson start"))
        begun = await seen(pointed, await pointed.slash(anna, hall.general, "spar", side="facebook"))
        assert begun.text.startswith("I hold Facebook, with its quotes alone.")
        thread = await pointed.until(lambda: pointed.world.channels.get(begun.id), "a thread")
        inner = await pointed.until(lambda: next(iter(pointed.world.from_bot(thread)), None), "the first message there")
        assert [button["label"] for button in inner.buttons] == ["Say", "Source", "Concede", "Swap", "Stop"]
        source = await seen(pointed, await pointed.press(anna, inner, "Source"))
        assert str(NOTHING_QUOTED) in source.text
        form = await pointed.press(anna, source, "Say")
        await pointed.acknowledged(form)
        met = await seen(pointed, await pointed.submit(form, {"Your argument": "you sell my data"}))
        assert SOLD in met.text
        refused = await pointed.answer(await pointed.press(bert, met, "Stop"))
        assert refused.message.text == "Somebody else is sparring here: begin your own with `/spar`."
    async with answering(pointed, tmp_path) as bot:
        await bot.client.wait_until_ready()
        said = await pointed.say(anna, thread, "my cat is ill", reply_to=inner)
        nothing = await pointed.reply_to(said)
        assert str(NOTHING) in nothing.text
        asked = await pointed.reply_to(await pointed.say(bert, thread, "who sells my data?", reply_to=nothing))
        assert asked.text.startswith("**Question:** who sells my data?")
        insisted = await pointed.reply_to(await pointed.say(anna, thread, "no answer", reply_to=nothing))
        assert SOLD not in insisted.text
        swapped = await seen(pointed, await pointed.press(anna, insisted, "Swap"))
        assert "Swapped: now I hold the film." in swapped.text
        ended = await seen(pointed, await pointed.press(anna, swapped, "Stop"))
        assert "What you argued" in ended.text
        assert [button["label"] for button in ended.buttons] == ["File"]
        file = await seen(pointed, await pointed.press(anna, ended, "File"))
        assert file.is_ephemeral
        assert SOLD in file.attachment("sparring.md").content.decode()
        over = await pointed.answer(await pointed.press(anna, swapped, "Stop"))
        assert over.message.text == "This sparring is over: begin another with `/spar`."
        assert bot.parts.get(Sparrings).of("anybody", thread.id) is None
        assert await read(bot.log, kept) == 1
        listed = await seen(pointed, await pointed.slash(hall.chief, hall.general, "sparrings"))
        assert listed.text == f"- <#{thread.id}> against the film: turns 6, claims 2, answered by a quote 1, granted 0"
        assert listed.is_ephemeral
        summed_up = await seen(pointed, await pointed.slash(hall.chief, hall.general, "lesson stop"))
        assert "**Sparrings:**\n- " in summed_up.text
        assert " against the film: turns 6, claims 2, answered by a quote 1, granted 0" in summed_up.text
        (row,) = re.findall(r"\| (\w+) \| The film \| 6 \| 2 \| 1 \| 0 \|", written(summed_up, "lesson.md"))
        assert f'\n"{row}",' in written(summed_up, "participation.csv")
        only = await pointed.answer(await pointed.slash(bert, hall.general, "sparrings"))
        assert only.message.text.startswith("Only moderators of this server may do that")


@dataclass
class Troubled:
    """Reads what runs, once it failed as often as it has to."""

    failures: int = 0
    reading: Callable[[Connection], tuple[Held, ...]] = sparrings.running

    def __call__(self, db: Connection) -> tuple[Held, ...]:
        """Fail, or read."""
        self.failures -= 1
        if self.failures >= 0:
            raise sqlite3.OperationalError("disk I/O error")
        return self.reading(db)


async def test_in_direct_messages_it_needs_no_mention(
    pointed: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One at a time; once it is over, words are questions again; what is kept can be deleted.

    A turn is no question only because the disk does not tell at once that it is a turn.
    """
    anna = a_hall(pointed).people[0]
    direct = pointed.world.dm(anna)
    async with answering(pointed, tmp_path) as bot:
        await bot.client.wait_until_ready()
        await seen(pointed, await pointed.slash(anna, direct, "spar", side="film"))
        bot.parts.get(Sparrings)._loaded = False
        monkeypatch.setattr(sparrings, "running", Troubled(failures=2))
        unread = await told(pointed, await pointed.say(anna, direct, "my data"))
        assert unread.text == "The log cannot be read just now: try again in a minute."
        monkeypatch.setattr(sparrings, "running", Troubled(failures=1))
        assert "What I hold" not in (await told(pointed, direct_say := await pointed.say(anna, direct, "my data"))).text
        assert direct_say.content == "my data"
        again = await pointed.answer(await pointed.slash(anna, direct, "spar", side="film"))
        assert again.message.text == "You are sparring here already: stop that first."
        ended = await told(pointed, await pointed.say(anna, direct, "stop"))
        assert "That was the sparring." in ended.text
        answered = await told(pointed, await pointed.say(anna, direct, "who sells my data?"))
        assert answered.text.startswith("**Question:**")
        shown = await seen(pointed, await pointed.slash(anna, direct, "privacy show"))
        assert "a sparring: what you said in it" in shown.text
        assert await read(bot.log, kept) == 1


def written(message: Message, name: str) -> str:
    """Read a file of a message."""
    return message.attachment(name).content.decode()


async def told(loopback: Loopback, said: Message) -> Message:
    """Wait for the reply to a message."""
    return await loopback.reply_to(said)


def kept(db: Connection) -> int:
    """Count the sparrings that are kept."""
    return int(db.query("SELECT count(*) AS n FROM sparring")[0]["n"])
