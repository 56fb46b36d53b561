"""A lesson with `dilemma run` as a process, killed in the middle of it, and started again: nothing is lost."""

from __future__ import annotations

import csv
import io
import signal
from typing import TYPE_CHECKING

from tests.discord.classes import AGREE, DISAGREE, GO_ON, SEED, SOON_S, UNSURE, drawn
from tests.discord.debating import seen
from tests.discord.loopback import Permission, endpoints
from tests.discord.program import running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.loopback import Channel, Loopback, Message, User

BEGUN = "session has begun"
PROMPT = drawn()
STUDENTS = 30


async def _used(loopback: Loopback, user: User, room: Channel, command: str, **options: str | int) -> Message:
    """Use a command, and give the message that comes."""
    return await seen(loopback, await loopback.slash(user, room, command, **options))


async def _press_all(loopback: Loopback, message: Message, pressing: list[tuple[User, str]]) -> None:
    """Let many press at once; everybody is acknowledged in time and hears of it alone."""
    sent = [await loopback.press(user, message, button) for user, button in pressing]
    for press in sent:
        assert await loopback.acknowledged(press) < SOON_S
    for press in sent:
        assert (await loopback.answer(press)).message.is_ephemeral


async def _write_all(loopback: Loopback, message: Message, students: list[User]) -> None:
    """Let many answer at once."""
    forms = [await loopback.press(student, message, "Answer") for student in students]
    for form in forms:
        await loopback.answer(form)
    sent = [await loopback.submit(form, {"text": f"{form.user.name} thinks so"}) for form in forms]
    for each in sent:
        assert (await loopback.answer(each)).text.startswith("Handed in.")


async def _post(loopback: Loopback, room: Channel, text: str, times: int = 1) -> Message:
    """Wait until the bot has said something to everybody so many times, and give the last of them."""
    found = await loopback.until(
        lambda: [each for each in loopback.world.from_bot(room) if text in each.text][times - 1 : times],
        f"{text!r} in the room",
    )
    return found[0]


async def _until_the_kill(loopback: Loopback, room: Channel, teacher: User, students: list[User]) -> Message:
    """Begin the lesson, and come to where the second question of the quiz is on its way to Discord; give the prompt."""
    begun = await loopback.slash(teacher, room, "lesson start", title="Algorithms", names="hidden")
    assert "`/lesson stop`" in (await loopback.until(lambda: begun.answer, "the lesson", 120.0)).text
    put = await _used(loopback, teacher, room, "prompt", seed=SEED)
    votes = [AGREE] * 14 + [DISAGREE] * 9 + [UNSURE] * 7
    await _press_all(loopback, put, list(zip(students, votes, strict=True)))
    await seen(loopback, await loopback.press(teacher, put, "Reveal all"))
    await _press_all(loopback, put, [(student, DISAGREE) for student in students[:10]])
    await _write_all(loopback, put, students[:15])
    await _post(loopback, room, "thinks so", times=15)
    await _used(loopback, teacher, room, "quiz", count=2, seconds=0, seed=3)
    first = await _post(loopback, room, "Quote 1 of 2: who says this?")
    await _press_all(loopback, first, [(student, "The writer") for student in students[:20]])
    sending = loopback.faults.hold(endpoints.SEND)
    await loopback.press(teacher, first, GO_ON)
    await sending.arrived.wait()
    return put


async def _after_the_kill(
    loopback: Loopback, room: Channel, teacher: User, students: list[User], put: Message
) -> Message:
    """Go on with the quiz and with the prompt, whose buttons are those of before, and give the summary."""
    second = (
        await loopback.until(
            lambda: [each for each in loopback.world.from_bot(room) if "Quote 2 of 2: who says this?" in each.text],
            "the second question",
            120.0,
        )
    )[0]
    assert "of 20 right." in second.text
    await _press_all(loopback, second, [(student, "The writer") for student in students])
    await loopback.until(lambda: "30 have voted" in put.text and "15 written answers" in put.text, "what was before")
    await _press_all(loopback, put, [(student, AGREE) for student in students[10:]])
    await _write_all(loopback, put, students[15:])
    await loopback.press(teacher, second, GO_ON)
    assert "30 people took part." in (await _post(loopback, room, "The quiz is over")).text
    await seen(loopback, await loopback.press(teacher, put, "Close"))
    assert "Before the quotes: agree **14** · disagree **9** · unsure **7**" in put.text
    assert "After the quotes: agree **20** · disagree **10** · unsure **0**" in put.text
    listed = await _used(loopback, teacher, room, "lesson answers", names=True)
    table = io.StringIO(listed.attachment("answers.csv").content.decode("utf-8-sig"), newline="")
    names = [row["name"] for row in csv.DictReader(table)]
    assert sorted(names) == [f"Student {number:02}" for number in range(STUDENTS)]
    return await _used(loopback, teacher, room, "lesson stop")


async def test_a_lesson_of_thirty_goes_on_after_a_kill(loopback: Loopback, tmp_path: Path) -> None:
    """Votes, answers, the quiz with its choices, the buttons and the summary: as if nothing had been."""
    guild = loopback.world.guild("School")
    room = loopback.world.channel(guild, "class-9b")
    teacher = loopback.world.member(guild, "teacher", loopback.world.role(guild, "teachers", Permission.MODERATOR))
    students = [loopback.world.member(guild, f"student {number:02}") for number in range(STUDENTS)]
    async with running(loopback, tmp_path) as program:
        await program.says(BEGUN)
        await loopback.ready()
        put = await _until_the_kill(loopback, room, teacher, students)
        program.process.send_signal(signal.SIGKILL)
        await program.ends()
    loopback.faults.clear()
    async with running(loopback, tmp_path) as program:
        await program.says(BEGUN)
        await loopback.ready()
        summary = await _after_the_kill(loopback, room, teacher, students, put)
        await program.stop()
    assert "Traceback" not in program.output
    assert "thinks so" not in program.output
    texts = [message.text for message in loopback.world.from_bot(room)]
    assert sum("who says this?" in text for text in texts) == 2
    assert sum("thinks so" in text for text in texts) == STUDENTS
    for line in ("People who took part: 30", "Votes: 30", "Written answers: 30", "14 / 9 / 7 → 20 / 10 / 0"):
        assert line in summary.text
