"""Asking with the command on Discord's wire: answers, offers, limits, and many at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.process.limits import Rate
from tests.discord.answering_bot import Bot, answering
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.loopback import Channel, Guild, Loopback, User
from tests.discord.answers.steps import EVERYTHING_TRACKED, asked


async def test_a_question_is_answered_with_a_card(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """Deferred at once; both sides, each in its frame; buttons below."""
    sent = await loopback.slash(anna, general, "ask", question="is my data sold")
    assert await loopback.acknowledged(sent) < 2.5
    card = (await loopback.answer(sent)).message
    assert card.is_card
    assert not card.is_ephemeral
    assert card.text.startswith("**Question:** is my data sold\n### ")
    assert f"“{EVERYTHING_TRACKED}”" in card.text
    assert [button["label"] for button in card.buttons] == [
        *("Context", "More", "Follow up"),
        *("Only Facebook", "Only the film"),
        *("Helpful", "Not helpful", "Dispute"),
    ]


async def test_a_question_can_call_nobody(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """What it holds is shown, and nothing of it works."""
    card = await asked(
        loopback, anna, general, "@everyone is my data sold to <@1234567890123456789> https://evil.example"
    )
    assert "@everyone" not in card.text
    assert "<@1" not in card.text
    assert "https://" not in card.text
    assert not card.mention_everyone
    assert not card.mentions


async def test_a_question_of_4000_characters_is_cut_with_a_note(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """It is answered for all that."""
    card = await asked(loopback, anna, general, "data " * 800)
    assert "Note: The question was longer than 500 characters; the rest was not read." in card.text
    assert f"“{EVERYTHING_TRACKED}”" in card.text


async def test_questions_are_offered_while_one_is_typed(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """Those of the topics first; at most 25 of at most 100 characters."""
    everything = await loopback.answer(await loopback.complete(anna, general, "ask", "question", question=""))
    offered = [choice["value"] for choice in everything.choices]
    assert offered[:17] == [topic.question for topic in pack().topics]
    assert len(offered) == 25
    some = await loopback.answer(await loopback.complete(anna, general, "ask", "question", question="SELL dat"))
    assert "Does Facebook sell my data?" in [choice["value"] for choice in some.choices]


async def test_nothing_is_offered_while_the_model_loads_and_the_question_waits(
    pointed: Loopback, guild: Guild, general: Channel, anna: User, tmp_path: Path
) -> None:
    """It is acknowledged at once, and answered as soon as that can be."""
    async with answering(pointed, tmp_path, held=True) as bot:
        offered = await pointed.answer(await pointed.complete(anna, general, "ask", "question", question="data"))
        assert offered.choices == ()
        sent = await pointed.slash(anna, general, "ask", question="is my data sold")
        assert await pointed.acknowledged(sent) < 2.5
        assert sent.answer is None
        bot.serving.gate.set()
        assert EVERYTHING_TRACKED in (await pointed.answer(sent)).text


async def test_an_empty_question_is_refused_to_the_person_alone(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """With an example of one."""
    refused = await asked(loopback, anna, general, "\u200b")
    assert refused.is_ephemeral
    assert refused.text.startswith("There is no question: type one")


async def test_whoever_asks_too_fast_is_told_when_to_come_again(
    pointed: Loopback, guild: Guild, general: Channel, anna: User, bert: User, tmp_path: Path
) -> None:
    """Alone, and others are not held up."""
    async with answering(pointed, tmp_path, person=Rate(burst=1, every_s=60)):
        assert not (await asked(pointed, anna, general)).is_ephemeral
        busy = await asked(pointed, anna, general)
        assert busy.is_ephemeral
        assert busy.text.startswith("You're asking quickly – please wait ")
        assert not (await asked(pointed, bert, general)).is_ephemeral


async def test_twenty_questions_at_once_are_all_answered(
    bot: Bot, loopback: Loopback, guild: Guild, general: Channel
) -> None:
    """Each acknowledged in time, none lost, none doubled."""
    people = [loopback.world.member(guild, f"person{number}") for number in range(20)]
    sent = [await loopback.slash(person, general, "ask", question="is my data sold") for person in people]
    answers = await asyncio.gather(*(loopback.answer(each) for each in sent))
    assert all(EVERYTHING_TRACKED in answer.text for answer in answers)
    assert max([await loopback.acknowledged(each) for each in sent]) < 2.5
    assert len(loopback.world.from_bot(general)) == 20
