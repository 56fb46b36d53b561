"""`dilemma run` as a process, asked while it loads, killed, and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from tests.discord.loopback import ALWAYS
from tests.discord.loopback.endpoints import EDIT_ORIGINAL
from tests.discord.program import running
from tests.quote.rules.findings import pack as shipped_pack

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.loopback import Loopback

QUESTION = "Does Facebook sell my data?"
BEGUN = "session has begun"
PATIENCE_S = 120.0


async def test_questions_while_it_loads_are_answered_and_old_buttons_after_a_kill(
    loopback: Loopback, tmp_path: Path
) -> None:
    """Acknowledged in time, none lost; after `kill -9` in mid-answer the answers of before still have their buttons.

    Those who were left waiting hear of it, and get back what they typed.
    """
    loopback.world.guild("Debating club")
    (guild,) = loopback.world.bot_guilds()
    general = loopback.world.channel(guild, "general")
    people = [loopback.world.member(guild, f"person{number}") for number in range(5)]
    async with running(loopback, tmp_path) as program:
        await program.says("commands announced")
        await program.says(BEGUN)
        await loopback.ready()
        sent = [await loopback.slash(person, general, "ask", question=QUESTION) for person in people]
        for each in sent:
            assert await loopback.acknowledged(each) < 2.5
        await loopback.until(lambda: all(each.answer for each in sent), "five answers", PATIENCE_S)
        cards = loopback.world.from_bot(general)
        assert len(cards) == len(people)
        follow = await loopback.press(people[1], cards[1], "Follow up")
        await loopback.answer(follow)
        # The answers are ready, but do not arrive any more.
        lost = loopback.faults.server_error(EDIT_ORIGINAL, 503, ALWAYS)
        cut_short = {
            "and the other side?": await loopback.slash(people[0], general, "ask", question="and the other side?"),
            "and the children?": await loopback.submit(follow, {"text": "and the children?"}),
        }
        await loopback.until(lambda: lost.met >= len(cut_short), "two answers on their way")
        program.process.send_signal(signal.SIGKILL)
        await program.ends()
        loopback.faults.clear()
    tokens = {each.token for each in cut_short.values()}
    assert QUESTION not in program.output
    async with running(loopback, tmp_path) as program:
        await program.says(BEGUN, times=1)
        await loopback.ready()
        for typed, each in cut_short.items():
            told = await loopback.until(partial(getattr, each, "answer"), "word of the restart", PATIENCE_S)
            assert told.text.splitlines() == ["I was restarted: please ask again.", "You wrote:", "```", typed, "```"]
        pressed = await loopback.press(people[1], cards[0], "Context")
        context = await loopback.until(lambda: pressed.answer, "the context of an old answer", PATIENCE_S)
        more, follow = await asyncio.gather(
            loopback.press(people[0], cards[0], "More"), loopback.press(people[2], cards[0], "Follow up")
        )
        assert "More on:" in (await loopback.answer(more)).text
        await loopback.answer(follow)
        source = await loopback.answer(await loopback.submit(follow, {"text": "source?"}))
        await program.stop()
    with closing(sqlite3.connect(tmp_path / "log.sqlite3")) as log:
        assert log.execute("SELECT * FROM pending_answer").fetchall() == []
    assert not [token for token in tokens if token in program.output]
    quoted = [passage.text for passage in shipped_pack().passages if f"“{passage.text}”" in cards[0].text]
    assert quoted
    assert any(f"**“{text}”**" in context.text for text in quoted)
    assert all(f"“{text}”" in source.text for text in quoted)


async def test_who_asked_while_it_loaded_hears_of_a_kill(loopback: Loopback, tmp_path: Path) -> None:
    """Before what answers was ever open, as long as there was a log."""
    loopback.world.guild("Debating club")
    (guild,) = loopback.world.bot_guilds()
    general, anna = loopback.world.channel(guild, "general"), loopback.world.member(guild, "anna")
    (tmp_path / "pack").mkdir()
    os.mkfifo(tmp_path / "pack" / "pack.toml")  # whoever opens it waits for ever
    async with running(loopback, tmp_path, DILEMMA_PACK__FOLDER=str(tmp_path / "pack")) as program:
        await program.says(BEGUN)
        await loopback.ready()
        asked = await loopback.slash(anna, general, "ask", question=QUESTION)
        await loopback.acknowledged(asked)
        kept = partial(tmp_path.glob, "log.sqlite3*")
        await loopback.until(lambda: any(QUESTION.encode() in file.read_bytes() for file in kept()), "the note")
        program.process.send_signal(signal.SIGKILL)
        await program.ends()
    with closing(sqlite3.connect(tmp_path / "log.sqlite3")) as log:
        assert log.execute("SELECT typed FROM pending_answer").fetchall() == [(QUESTION,)]
    async with running(loopback, tmp_path) as program:
        told = await loopback.until(lambda: asked.answer, "word of the restart", PATIENCE_S)
        assert told.text.splitlines()[0] == "I was restarted: please ask again."
        assert QUESTION in told.text
        await program.stop()
