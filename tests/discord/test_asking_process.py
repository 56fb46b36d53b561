"""`dilemma run` as a process, asked while it loads, killed, and started again."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from knowledge.pack import load_pack
from tests.discord.program import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.loopback import Loopback

QUESTION = "Does Facebook sell my data?"
BEGUN = "session has begun"
PATIENCE_S = 120.0


async def test_questions_while_it_loads_are_answered_and_old_buttons_after_a_kill(
    loopback: Loopback, tmp_path: Path
) -> None:
    """Acknowledged in time, none lost; after `kill -9` in mid-answer the answers of before still have their buttons."""
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
        last = await loopback.slash(people[0], general, "ask", question="and the other side?")
        await loopback.acknowledged(last)
        program.process.send_signal(signal.SIGKILL)
        await program.ends()
    assert QUESTION not in program.output
    async with running(loopback, tmp_path) as program:
        await program.says(BEGUN, times=1)
        await loopback.ready()
        pressed = await loopback.press(people[1], cards[0], "Context")
        context = await loopback.until(lambda: pressed.answer, "the context of an old answer", PATIENCE_S)
        more, follow = await asyncio.gather(
            loopback.press(people[0], cards[0], "More"), loopback.press(people[2], cards[0], "Follow up")
        )
        assert "More on:" in (await loopback.answer(more)).text
        await loopback.answer(follow)
        source = await loopback.answer(await loopback.submit(follow, {"text": "source?"}))
        await program.stop()
    quoted = [passage.text for passage in load_pack().passages if f"“{passage.text}”" in cards[0].text]
    assert quoted
    assert any(f"**“{text}”**" in context.text for text in quoted)
    assert all(f"“{text}”" in source.text for text in quoted)
