"""The guide of docs/moderators.md, followed word by word, runs a whole debate."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from bot.debate.cog.commands import group
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.discord.loopback import Channel, Message, User
    from tests.discord.stage import Scene

FIRST, SECOND = pack().sides
STATEMENT: Final = next(each.text for each in pack().statements if each.stance == FIRST.id)

PAGE: Final = (Path(__file__).parents[2] / "docs" / "moderators.md").read_text(encoding="utf-8")
GUIDE: Final = PAGE.split("\n## Lead a debate\n")[1].split("\n## ")[0]


def step(number: int) -> str:
    """Give one of the numbered steps, on one line."""
    found = re.search(rf"^{number}\. (.*?)(?=^\d\. |^\S)", GUIDE, flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    return " ".join(found[1].split())


def bold(number: int) -> list[str]:
    """Give what stands in bold in a step, in its order: the labels of what is chosen and pressed."""
    return re.findall(r"\*\*(.+?)\*\*", step(number))


class Evening:
    """The debate while the guide is followed; it knows of Discord what the guide says."""

    def __init__(self, scene: Scene, thread: Channel) -> None:
        """Enter the thread."""
        self._scene = scene
        self.thread = thread
        self._lead: Message | None = None
        self._phase: Message | None = None

    @property
    def panel(self) -> Message:
        """The first message of the thread."""
        return self._scene.loopback.world.from_bot(self.thread)[0]

    async def told(self, *texts: str) -> Message:
        """Wait until the thread has a message with all of the texts, and give it."""
        world = self._scene.loopback.world

        def look() -> Message | None:
            there = [each for each in world.from_bot(self.thread) if all(text in each.text for text in texts)]
            return there[-1] if there else None

        return await self._scene.loopback.until(look, f"a message with {texts} in the thread")

    async def begins(self, number: int, name: str) -> None:
        """Wait for the announcement of a phase, below which are the buttons that are of use in it."""
        self._phase = await self.told(f"Phase {number} of 6: {name}")

    @property
    def phase(self) -> Message:
        """The announcement of the phase."""
        assert self._phase is not None
        return self._phase

    async def pressed(self, user: User, button: str) -> Message:
        """Press a button of the panel."""
        return await self._scene.pressed(user, self.panel, button)

    async def voted(self, user: User, choice: str) -> None:
        """Press the button to vote, choose, and see the own choice alone."""
        ballot = await self._scene.pressed(user, self.phase, "Vote")
        assert ballot.is_ephemeral
        cast = await self._scene.pressed(user, ballot, choice)
        assert f"Your vote: **{choice}**".casefold() in cast.text.casefold()

    async def lead(self) -> Message:
        """Press **Moderator** once, and keep what appears."""
        self._lead = await self.pressed(self._scene.chief, "Moderator")
        assert self._lead.is_ephemeral
        return self._lead

    async def led(self, button: str) -> Message:
        """Press a button of the moderator's."""
        assert self._lead is not None
        return await self._scene.pressed(self._scene.chief, self._lead, button)

    async def pointed(self, user: User, text: str) -> None:
        """Make a point."""
        said = await self._scene.filled(user, self.phase, "Make a point", {"text": text})
        assert said.is_ephemeral


async def begun(scene: Scene) -> Evening:
    """Follow the first step."""
    assert "type `/debate start`" in step(1)
    motion_option, format_option, form = bold(1)
    typing = await scene.loopback.complete(scene.chief, scene.general, "debate start", motion_option)
    offered = (await scene.loopback.answer(typing)).choices
    assert pack().motion in [choice["value"] for choice in offered]
    typing = await scene.loopback.complete(scene.chief, scene.general, "debate start", format_option)
    formats = {choice["name"]: choice["value"] for choice in (await scene.loopback.answer(typing)).choices}
    chosen = {motion_option: pack().motion, format_option: formats[form]}
    told = await scene.used(scene.chief, scene.general, "debate start", **chosen)
    assert told.is_ephemeral
    assert told.text.startswith("The debate has started: <#")
    (number,) = re.findall(r"<#(\d+)>", told.text)
    thread = scene.loopback.world.require_channel(number)
    assert thread.is_thread
    assert thread.name == pack().motion[:100]
    assert pack().motion in scene.loopback.world.from_bot(scene.general)[-1].text
    return Evening(scene, thread)


async def sides_taken(evening: Evening, scene: Scene) -> None:
    """Follow steps 2 and 3."""
    panel, join_first, join_second, watch = bold(2)
    assert panel == "panel"
    await evening.pressed(scene.anna, join_first)
    await evening.pressed(scene.bert, join_second)
    await evening.pressed(scene.chief, watch)
    await evening.begins(1, *re.findall(r'The first phase is "(.+?)"', step(3)))
    assert "below the announcement of the phase or on the panel" in step(3)
    assert bold(3) == ["Vote"]
    await evening.voted(scene.anna, "Undecided")
    await evening.voted(scene.bert, SECOND.short_name)


async def points_made(evening: Evening, scene: Scene) -> None:
    """Follow steps 4 and 5."""
    opener, *leading, next_ = bold(4)[:8]
    assert (opener, next_) == ("Moderator", "Next")
    lead = await evening.lead()
    assert [button["label"] for button in lead.buttons] == leading
    await evening.led(next_)
    await evening.begins(2, *re.findall(r'Press \*\*Next\*\* there: "(.+?)" begins', step(4)))
    assert bold(5) == ["Make a point", "Next", "Next"]
    await evening.pointed(scene.anna, STATEMENT)
    await evening.told(f"Point 1: Anna ({FIRST.short_name})", "For it", "Against it")
    await evening.led("Next")
    await evening.begins(3, "Statement, second side")
    await evening.pointed(scene.bert, "Facebook protects its users.")
    await evening.told(f"Point 2: Bert ({SECOND.short_name})")
    await evening.led("Next")


async def floor_held(evening: Evening, scene: Scene) -> None:
    """Follow step 6: who has not spoken comes before who has."""
    await evening.begins(4, *re.findall(r'^"(.+?)"', step(6)))
    raise_, call, evidence = bold(6)
    for person in (scene.bert, scene.anna, scene.chief):
        await scene.pressed(person, evening.phase, raise_)
    await evening.lead()
    await evening.led(call)
    await evening.told("🎤", "Chief")
    await evening.pointed(scene.chief, "Who pays for it?")
    await evening.told("Point 3: Chief")
    assert "(or `/evidence`)" in step(6)
    await scene.filled(scene.anna, evening.phase, evidence, {"side": "0", "text": "data"})
    await evening.told("Evidence, asked for by Anna", "data", FIRST.short_name)
    await scene.used(scene.anna, evening.thread, "evidence", side=SECOND.id, query="privacy")
    await evening.told("Evidence, asked for by Anna", "privacy", SECOND.short_name)


async def result_shown(evening: Evening, scene: Scene) -> None:
    """Follow steps 7 and 8: only two voted, of whom no sums are told."""
    assert bold(7) == ["Next", "Vote"]
    await evening.led("Next")
    await evening.begins(5, *re.findall(r'"(.+?)"', step(7)))
    await evening.voted(scene.anna, FIRST.short_name)
    await evening.voted(scene.bert, SECOND.short_name)
    assert bold(8) == ["Next"]
    await evening.led("Next")
    assert "as text and as a picture" in step(8)
    result = await evening.told("people voted both times: the result is kept back, so that votes stay secret.")
    assert f"From Undecided to {FIRST.short_name}" not in result.text
    assert all("From Undecided" not in str(picture.description) for picture in result.attachments)


async def transcript_given(evening: Evening, scene: Scene) -> None:
    """Follow step 9."""
    next_, form, anonymous = bold(9)
    await evening.led(next_)
    await evening.told("This debate is over.")
    assert "`/debate export` gives you the transcript" in step(9)
    chosen: dict[str, str | bool] = {form: "html", anonymous: True}
    exported = await scene.used(scene.chief, evening.thread, "debate export", **chosen)
    assert exported.is_ephemeral
    (page,) = exported.attachments
    assert page.filename.endswith(".html")
    assert html.escape(STATEMENT) in page.content.decode()
    assert "Anna" not in page.content.decode()


@pytest.mark.asyncio(loop_scope="module")
async def test_guide_followed_word_by_word_runs_a_debate(scene: Scene) -> None:
    """With two people and a moderator, from the first vote to the transcript; nobody is mentioned."""
    evening = await begun(scene)
    for followed in (sides_taken, points_made, floor_held, result_shown, transcript_given):
        await followed(evening, scene)
    told = scene.loopback.world.from_bot(evening.thread)
    assert not [message for message in told if message.mentions or message.mention_everyone]


def test_every_command_of_the_guide_is_there_and_explained() -> None:
    """Those under /debate, and what moderators press."""
    rows = "\n".join(line for line in GUIDE.splitlines() if line.startswith("| `/"))
    named = set(re.findall(r"`/debate (\w+)`", rows))
    assert named == {command.name for command in group.commands}
    assert "`/evidence`" in rows
