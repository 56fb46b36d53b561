"""The guide of docs/teachers.md, followed word by word, gives a lesson on Discord."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from bot.lesson.cog import daily
from bot.lesson.cog import lesson as lessons
from bot.lesson.cog.quiz import SECONDS
from tests.discord.stage import quoted_in
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.discord.loopback import Message
    from tests.discord.stage import Scene

PAGE: Final = (Path(__file__).parents[2] / "docs" / "teachers.md").read_text(encoding="utf-8")
GUIDE: Final = PAGE.split("\n## Forty minutes, on Discord\n")[1].split("\n## ")[0]


def step(number: int) -> str:
    """Give one of the numbered steps, on one line."""
    found = re.search(rf"^{number}\. (.*?)(?=^\d\. |^\S)", GUIDE, flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    return " ".join(found[1].split())


def bold(number: int) -> list[str]:
    """Give what stands in bold in a step, in its order: options of commands, and labels of buttons."""
    return re.findall(r"\*\*(.+?)\*\*", step(number))


def command(number: int) -> str:
    """Give the first command of a step."""
    found = re.search(r"`/([a-z ]+)`", step(number))
    assert found is not None
    return found[1]


async def told(scene: Scene, text: str) -> Message:
    """Wait until the channel has a message with a text, and give the last one."""

    def look() -> Message | None:
        there = [each for each in scene.loopback.world.from_bot(scene.general) if text in each.text]
        return there[-1] if there else None

    return await scene.loopback.until(look, f"a message with {text!r}")


async def begun(scene: Scene) -> None:
    """Follow step 1."""
    names, log, *_ = bold(1)
    chosen = {names: "hidden", log: "on"}
    led = await scene.used(scene.chief, scene.general, command(1), **chosen)
    assert led.is_ephemeral
    assert "**without your name**" in (await told(scene, "The lesson begins")).text


async def discussed(scene: Scene) -> None:
    """Follow steps 2 to 5."""
    topic, agree, disagree, unsure = bold(2)
    (name,) = re.findall(r"\*\*topic\*\* \*([^*]+)\*", step(2))
    put = await scene.used(scene.chief, scene.general, command(2), **{topic: name})
    for student, choice in ((scene.anna, agree), (scene.bert, unsure)):
        assert (await scene.pressed(student, put, choice)).is_ephemeral
    await scene.loopback.until(lambda: "2 have voted" in put.text, "how many have voted")
    first, second, both = bold(3)
    assert {first, second, both, disagree} <= {button["label"] for button in put.buttons}
    await scene.pressed(scene.chief, put, first)
    await scene.pressed(scene.chief, put, second)
    voices = {pack().passage(passage).voice for passage in quoted_in(put)}
    assert voices == set(pack().side_ids)
    sheet = await scene.used(scene.chief, scene.general, "handout", topics=name)
    assert sheet.attachments[0].filename.endswith(".html")
    answer, *_ = bold(4)
    quotation = pack().passage(quoted_in(put)[0]).text
    checked = await scene.used(scene.bert, scene.general, "cite", text=quotation)
    assert quotation in checked.text
    await scene.filled(scene.anna, put, answer, {"text": f"I think so: “{quotation}”"})
    assert "Anna" not in (await told(scene, "I think so")).text
    (close,) = bold(5)
    await scene.pressed(scene.anna, put, disagree)
    await scene.pressed(scene.bert, put, disagree)
    await scene.pressed(scene.chief, put, close)
    # Only two voted, of whom no sums are told.
    assert "The result is kept back, as so few took part." in put.text
    assert "agree **" not in put.text


async def quizzed(scene: Scene) -> None:
    """Follow step 6."""
    count, seconds, on, score = bold(6)
    (number,) = re.findall(r"\*\*count\*\* (\d+)", step(6))
    assert f"after {SECONDS} seconds (**{seconds}**)" in step(6)
    await scene.used(scene.chief, scene.general, command(6), **{count: int(number)})
    for at in range(1, int(number) + 1):
        question = await told(scene, f"Quote {at} of {number}: who says this?")
        assert (await scene.pressed(scene.anna, question, question.buttons[0]["label"])).is_ephemeral
        await scene.loopback.press(scene.chief, question, on)
    end = await told(scene, "The quiz is over")
    mine = await scene.pressed(scene.anna, end, score)
    assert mine.is_ephemeral
    assert mine.text.startswith("You had ")


async def summed_up(scene: Scene) -> None:
    """Follow steps 7 and 8."""
    (names,) = bold(7)
    listed = await scene.used(scene.chief, scene.general, command(7), **{names: True})
    assert "- **Anna:** I think so" in listed.text
    assert "Anna" in listed.attachment("answers.csv").content.decode()
    summary = await scene.used(scene.chief, scene.general, command(8))
    assert "Written answers: 1; quoting the articles word for word: 1" in summary.text
    assert {each.filename for each in summary.attachments} == {"votes.png", "lesson.md", "participation.csv"}
    later = await scene.used(scene.chief, scene.general, "lesson status")
    assert later.text.splitlines()[:2] == summary.text.splitlines()[:2]


@pytest.mark.asyncio(loop_scope="module")
async def test_guide_followed_word_by_word_gives_a_lesson(scene: Scene) -> None:
    """With two students and a teacher, from the beginning to the summary; nobody is mentioned."""
    for followed in (begun, discussed, quizzed, summed_up):
        await followed(scene)
    said = scene.loopback.world.from_bot(scene.general)
    assert not [message for message in said if message.mentions or message.mention_everyone]


def test_every_command_for_a_class_is_explained() -> None:
    """Those under /lesson and /daily, and the others."""
    columns = [line.split("|")[1] for line in GUIDE.splitlines() if line.startswith("| `/")]
    for group in (lessons.group, daily.group):
        named = " ".join(column for column in columns if f"`/{group.name} " in column)
        assert set(re.findall(r"`(?:/\w+ )?(\w+)`", named)) == {each.name for each in group.commands}
    for name in ("prompt", "quiz", "handout"):
        assert any(f"`/{name}`" in column for column in columns)
