"""The process ends in mid-answer, by SIGTERM or `kill -9`, and another one goes on."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from tests.discord.loopback.endpoints import CALLBACK, EDIT_ORIGINAL
from tests.discord.program import FIRST_TIME_S, READY, running
from tests.discord.stage import BEGUN, QUESTION, SOON_S, Stage, a_scene, quoted_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.loopback import Loopback
    from tests.discord.program import Program

ENDS_WITHIN_S = 5.0


async def ready(loopback: Loopback, program: Program) -> None:
    """Wait until the bot answers."""
    await program.says(BEGUN)
    await program.says(READY, patience_s=FIRST_TIME_S)
    await loopback.ready()


def turns_in(folder: Path) -> list[str]:
    """Read what was asked, oldest first, from a log that nobody has open any more; it must be whole."""
    with closing(sqlite3.connect(folder / "log.sqlite3")) as log:
        assert log.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [question for (question,) in log.execute("SELECT question FROM turn ORDER BY id")]


async def test_sigterm_lets_answers_under_way_go_out_and_turns_others_away(loopback: Loopback, tmp_path: Path) -> None:
    """All of it in less than five seconds."""
    async with running(loopback, tmp_path) as program:
        await ready(loopback, program)
        scene = await a_scene(Stage(loopback, program, tmp_path))
        held = loopback.faults.hold(EDIT_ORIGINAL)
        people = scene.anna, scene.bert
        sent = [await loopback.slash(user, scene.general, "ask", question=QUESTION) for user in people]
        await loopback.until(lambda: held.met == len(sent), "two answers on their way")
        ending = asyncio.create_task(program.stop())
        await program.says("stopping")
        late = await scene.asked(scene.chief)
        held.release()
        code, seconds = await ending
    assert code == 0
    assert seconds < ENDS_WITHIN_S
    assert late.is_ephemeral
    assert late.text.startswith("I am being restarted – please try again in ")
    for each in sent:
        assert each.answer is not None
        assert quoted_in(each.answer.message)
    assert turns_in(tmp_path) == [QUESTION] * 2


async def test_killed_in_mid_answer_it_goes_on_where_it_was(loopback: Loopback, tmp_path: Path) -> None:
    """By SIGTERM while Discord takes no answer, then by `kill -9`.

    What was asked is in the log, its conversation goes on, and buttons and forms of before still work.
    """
    async with running(loopback, tmp_path) as program:
        await ready(loopback, program)
        scene = await a_scene(Stage(loopback, program, tmp_path))
        card = await scene.asked(scene.anna)
        form = await loopback.press(scene.bert, card, "Follow up")
        await loopback.answer(form)
        held = loopback.faults.hold(EDIT_ORIGINAL)
        await loopback.slash(scene.bert, scene.general, "ask", question=QUESTION)
        await held.arrived.wait()
        code, seconds = await program.stop()
        assert code == 0
        assert seconds < ENDS_WITHIN_S
        await program.says("stopped before every answer was ready")
        loopback.faults.clear()
    assert turns_in(tmp_path) == [QUESTION] * 2
    async with running(loopback, tmp_path) as program:
        await ready(loopback, program)
        held = loopback.faults.hold(EDIT_ORIGINAL)
        await loopback.press(scene.chief, card, "More")
        await held.arrived.wait()
        program.process.send_signal(signal.SIGKILL)
        await program.ends()
        loopback.faults.clear()
    async with running(loopback, tmp_path) as program:
        await loopback.until(lambda: len(loopback.gateway.identifies) == 3 or None, "a third session")
        await loopback.ready()
        # None of it waits for the model to be loaded before it is acknowledged.
        pressed = [
            await loopback.press(user, card, button)
            for user, button in ((scene.anna, "Context"), (scene.chief, "More"), (scene.bert, "Helpful"))
        ]
        pressed.append(await loopback.submit(form, {"Your question": "source?"}))
        assert all([await loopback.acknowledged(each) < SOON_S for each in pressed])
        await loopback.until(lambda: all(each.answer for each in pressed), "all answers", FIRST_TIME_S)
        context, more, vote, followed = [(await loopback.answer(each)).message for each in pressed]
        source = await scene.asked(scene.bert, "source?")
        await program.stop()
    assert "**“" in context.text
    assert "was helpful" in vote.text
    assert f"More on:** {QUESTION}" in more.text
    assert set(quoted_in(followed)) == set(quoted_in(source)) == set(quoted_in(card))
    assert len(turns_in(tmp_path)) == 6


async def test_kill_before_the_acknowledgement_leaves_nothing_half_done(loopback: Loopback, tmp_path: Path) -> None:
    """The next process begins as if nobody had asked."""
    async with running(loopback, tmp_path) as program:
        await ready(loopback, program)
        scene = await a_scene(Stage(loopback, program, tmp_path))
        held = loopback.faults.hold(CALLBACK)
        await loopback.slash(scene.anna, scene.general, "ask", question=QUESTION)
        await held.arrived.wait()
        program.process.send_signal(signal.SIGKILL)
        await program.ends()
        loopback.faults.clear()
    assert turns_in(tmp_path) == []
