"""What people do with the bot that runs as a process, with the real model: every command, and every place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.discord.loopback.endpoints import PUT_COMMANDS
from tests.discord.stage import QUESTION, SOON_S, quoted_in
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.discord.loopback.payloads import Given
    from tests.discord.stage import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUOTE = pack().passage("everything-tracked").text

NO_DEBATE = "There is no debate here: a moderator starts one with `/debate start`."
NO_LESSON = "No lesson is running in this channel"

COMMANDS: dict[str, tuple[str, dict[str, Given], str]] = {
    "ask": ("anna", {"question": QUESTION}, f"**Question:** {QUESTION}"),
    "rebut": ("anna", {"statement": "Facebook sells everybody's data"}, "**Claim:** Facebook sells everybody's data"),
    "cite": ("anna", {"text": QUOTE}, "Verbatim, word for word"),
    "topics": ("anna", {}, "17 topics"),
    "sources": ("anna", {}, "Sajjad Hussain"),
    "help": ("anna", {}, "What I will not do"),
    "style": ("anna", {"look": "plain"}, "Noted: this is how answers to you look"),
    "settings show": ("chief", {}, "**Kept for:**"),
    "settings set": ("chief", {"retention_days": 30}, "**Kept for:** 30 days"),
    "review": ("chief", {}, "No quotes are waiting for a decision."),
    "stats": ("anna", {}, "Questions: 0"),
    "privacy show": ("anna", {}, "Nothing is kept about you"),
    "privacy export": ("anna", {}, "Everything that I keep about you:"),
    "privacy policy": ("anna", {}, "HMAC-SHA256"),
    "privacy delete": ("anna", {}, "This cannot be undone."),
    "debate start": ("chief", {"motion": "Social media harms us", "format": "quick"}, "The debate has started: <#"),
    "debate plan": (
        "chief",
        {"motion": "It harms us", "format": "quick", "day": "31.12.", "time": "23:59", "zone": "UTC"},
        "The debate is planned for <t:",
    ),
    "debate plans": ("chief", {}, "lanned"),
    "debate next": ("chief", {}, NO_DEBATE),
    "debate pause": ("chief", {}, NO_DEBATE),
    "debate resume": ("chief", {}, NO_DEBATE),
    "debate extend": ("chief", {"time": "2"}, NO_DEBATE),
    "debate status": ("chief", {}, NO_DEBATE),
    "debate end": ("chief", {}, NO_DEBATE),
    "debate export": ("chief", {"form": "md"}, NO_DEBATE),
    "evidence": ("anna", {"side": "film", "query": "elections"}, NO_DEBATE),
    "spar": ("anna", {"side": "facebook"}, "I hold Facebook, with its quotes alone."),
    "sparrings": ("chief", {}, "Nobody was sparring here in the last 12 hours."),
    "prompt": ("anna", {"topic": "elections", "seed": 7}, "Vote first"),
    "quiz": ("anna", {"count": 2, "seed": 7}, "The quiz begins: 2 quotes."),
    "handout": ("anna", {"topics": "elections", "format": "html"}, "Every quote is word for word"),
    "lesson start": ("chief", {"title": "Who owns our data?"}, "What you can do now"),
    "lesson status": ("chief", {}, NO_LESSON),
    "lesson answers": ("chief", {}, NO_LESSON),
    "lesson stop": ("chief", {}, NO_LESSON),
    "daily set": ("chief", {"time": "08:30", "zone": "Europe/Berlin"}, "every day at 08:30 (Europe/Berlin)"),
    "daily show": ("chief", {}, "No prompts are scheduled here."),
    "daily off": ("chief", {}, "No prompts were scheduled there."),
}
"""Every command: who uses it, with what, and words of what comes."""


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_is_answered(command: str, scene: Scene) -> None:
    """Acknowledged in time, and within all of Discord's rules."""
    who, options, words = COMMANDS[command]
    user = scene.chief if who == "chief" else scene.anna
    assert words in (await scene.used(user, scene.general, command, **options)).text


async def test_no_command_is_left_out_above(scene: Scene) -> None:
    """Those that Discord was told, each with its sub-commands; they were told once."""
    told = [
        f"{command['name']} {part['name']}".strip()
        for command in scene.loopback.world.commands[None]
        if command["type"] == 1
        for part in [each for each in command.get("options", []) if each["type"] == 1] or [{"name": ""}]
    ]
    assert sorted(told) == sorted(COMMANDS)
    assert len(scene.loopback.journal.to(PUT_COMMANDS)) == 1


async def test_questions_are_offered_while_one_is_typed(scene: Scene) -> None:
    """Topics and frequent questions that have the words so far."""
    typing = await scene.loopback.complete(scene.anna, scene.general, "ask", "question", question="sell my d")
    assert await scene.loopback.acknowledged(typing) < SOON_S
    assert QUESTION in [choice["value"] for choice in (await scene.loopback.answer(typing)).choices]


async def test_twenty_questions_at_once_are_acknowledged_in_time_and_none_is_lost(scene: Scene) -> None:
    """From twenty people in one channel; each gets one answer, to the own question."""
    world, loopback = scene.loopback.world, scene.loopback
    topics = [topic.question for topic in pack().topics]
    people = [world.member(scene.guild, f"person{number}") for number in range(20)]
    questions = [topics[number % len(topics)] for number in range(20)]
    sent = await asyncio.gather(
        *(
            loopback.slash(person, scene.general, "ask", question=question)
            for person, question in zip(people, questions, strict=True)
        )
    )
    messages = await asyncio.gather(*(scene.seen(each) for each in sent))
    assert [message.text.splitlines()[0] for message in messages] == [f"**Question:** {each}" for each in questions]
    assert all(quoted_in(message) for message in messages)
    assert len(world.from_bot(scene.general)) == 20


async def test_two_people_who_interleave_keep_their_own_thread(scene: Scene) -> None:
    """In one channel, each goes on from their own question."""
    first = await scene.asked(scene.anna)
    other = await scene.asked(scene.bert, "Does Facebook affect elections?")
    assert set(quoted_in(first)) != set(quoted_in(other))
    sources = await asyncio.gather(scene.asked(scene.anna, "source?"), scene.asked(scene.bert, "source?"))
    assert set(quoted_in(sources[0])) == set(quoted_in(first))
    assert set(quoted_in(sources[1])) == set(quoted_in(other))


async def test_a_question_cannot_call_anybody(scene: Scene) -> None:
    """What is echoed of it is shown and does nothing; no message of the bot's may ping."""
    asked = f"@everyone @here <@{scene.bert.id}> <@&{scene.guild.id}> https://evil.example # {QUESTION}"
    card = await scene.asked(scene.anna, asked)
    said = await scene.loopback.reply_to(await scene.loopback.mention(scene.anna, scene.general, asked))
    for message in (card, said):
        assert quoted_in(message)
        assert not any(
            alive in message.text for alive in ("@everyone", "@here", f"<@{scene.bert.id}", "<@&", "https://evil")
        )
        assert message.sent["allowed_mentions"]["parse"] == []
        assert message.mentions == []


async def test_a_question_of_4000_characters_is_cut_with_a_note(scene: Scene) -> None:
    """As a command, and as a direct message."""
    long = (QUESTION + " ") * 142
    note = "The question was longer than 500 characters; the rest was not read."
    card = await scene.asked(scene.anna, long[:4000])
    assert note in card.text
    assert quoted_in(card)
    direct = await scene.loopback.say(scene.bert, scene.loopback.world.dm(scene.bert), long[:4000])
    assert note in (await scene.loopback.reply_to(direct)).text


async def test_mentions_in_a_thread_and_direct_messages_are_conversations(scene: Scene) -> None:
    """Each on its own."""
    world, loopback = scene.loopback.world, scene.loopback
    thread = world.thread(scene.general, "data", scene.anna)
    await loopback.announce(thread, is_new=True)
    card = await loopback.reply_to(await loopback.mention(scene.anna, thread, QUESTION))
    direct = await loopback.reply_to(await loopback.say(scene.anna, world.dm(scene.anna), "What about elections?"))
    source = await loopback.reply_to(await loopback.mention(scene.anna, thread, "source?"))
    assert set(quoted_in(source)) == set(quoted_in(card))
    source = await loopback.reply_to(await loopback.say(scene.anna, world.dm(scene.anna), "source?"))
    assert set(quoted_in(source)) == set(quoted_in(direct))


async def test_a_person_brings_it_along_to_where_it_is_not_installed(scene: Scene) -> None:
    """To a strange server, a group, and the messages of two people."""
    world = scene.loopback.world
    strange = world.guild("Elsewhere", with_bot=False)
    world.join(strange, scene.anna)
    for place in (
        world.channel(strange),
        world.group(scene.anna, scene.bert),
        world.dm_between(scene.anna, scene.bert),
    ):
        card = await scene.used(scene.anna, place, "ask", question=QUESTION)
        assert quoted_in(card)
        assert "Dispute" not in [button["label"] for button in card.buttons]


async def test_whoever_asks_too_fast_is_told_when_to_come_again(scene: Scene) -> None:
    """After five questions at once; others are let in."""
    sent = [await scene.loopback.slash(scene.anna, scene.general, "ask", question=QUESTION) for _ in range(7)]
    messages = [await scene.seen(each) for each in sent]
    assert [message.is_ephemeral for message in messages] == [False] * 5 + [True] * 2
    assert all("You're asking quickly – please wait " in message.text for message in messages[5:])
    assert quoted_in(await scene.asked(scene.bert))
