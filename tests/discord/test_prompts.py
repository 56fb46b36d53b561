"""Prompts on Discord's wire: put, voted on in secret, answered, revealed and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from bot.lesson.rules.prompt import coverage
from bot.log.access import write
from bot.wire import announcer as refreshing
from tests.discord.classes import AGREE, DISAGREE, SEED, UNSURE, School, drawn, school
from tests.discord.loopback import Permission
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from tests.discord.loopback import Loopback, Message

PROMPT = drawn()
QUOTES = [f"“{quote.text}”" for quote in PROMPT.quotes.values()]


@pytest_asyncio.fixture(name="school")
async def _school(pointed: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[School]:
    """Give the server; its messages follow at once."""
    monkeypatch.setattr(refreshing, "PAUSE_S", 0.0)
    async with school(pointed, tmp_path) as running:
        yield running


def labels(message: Message) -> list[str]:
    """List what is written on a message's buttons."""
    return [button["label"] for button in message.buttons]


async def test_a_prompt_from_its_vote_to_its_end(school: School) -> None:
    """Votes are secret until it is closed; when a moderator has revealed the quotes, people vote again."""
    anna, bert, carl = school.students
    put = await school.used(anna, "prompt", seed=SEED)
    assert not put.is_ephemeral
    assert PROMPT.question in put.text
    assert all(follow_up.text in put.text for follow_up in PROMPT.follow_ups)
    assert not any(quote in put.text for quote in QUOTES)
    assert labels(put)[:3] == [AGREE, DISAGREE, UNSURE]
    for student, choice in ((anna, AGREE), (bert, DISAGREE), (bert, AGREE), (carl, UNSURE)):
        noted = await school.pressed(student, put, choice)
        assert noted.is_ephemeral
        assert noted.text.startswith(f"Your vote: **{choice}**. Only you see this.")
    await school.shows(put, "3 have voted")
    assert "agree **" not in put.text
    revealed = await school.pressed(school.teacher, put, "Reveal all")
    assert revealed is put
    assert all(quote in put.text for quote in QUOTES)
    assert labels(put) == [AGREE, DISAGREE, UNSURE, "Answer", "Close"]
    await school.pressed(anna, put, DISAGREE)
    await school.pressed(bert, put, AGREE)
    await school.pressed(carl, put, AGREE)
    await school.pressed(school.teacher, put, "Close")
    assert "Before the quotes: agree **2** · disagree **0** · unsure **1**" in put.text
    assert "After the quotes: agree **2** · disagree **1** · unsure **0**" in put.text
    assert "Of 3 people who voted twice, 2 changed their minds." in put.text
    assert labels(put) == []


async def test_one_side_can_be_revealed_before_the_other(school: School) -> None:
    """Each has a button, in the order of the prompt; what is revealed has none."""
    put = await school.used(school.teacher, "prompt", seed=SEED)
    first, second = (pack().side(side).short_name for side in PROMPT.quotes)
    assert labels(put)[3:6] == [f"Reveal: {first}", f"Reveal: {second}", "Reveal all"]
    await school.pressed(school.teacher, put, f"Reveal: {second}")
    assert QUOTES[1] in put.text
    assert QUOTES[0] not in put.text
    assert labels(put)[3:4] == [f"Reveal: {first}"]


async def test_others_see_the_quotes_alone_and_close_nothing(school: School) -> None:
    """Outside a lesson; the message that all see stays as it is."""
    anna, *_ = school.students
    put = await school.used(anna, "prompt", seed=SEED)
    before = put.text
    alone = await school.told(anna, put, "Reveal all")
    assert all(quote in alone.text for quote in QUOTES)
    assert "Only you see this." in alone.text
    refused = await school.told(anna, put, "Close")
    assert refused.text.startswith("Only moderators of this server may do that")
    assert put.text == before


async def test_an_answer_is_shown_under_the_name_and_does_nothing(school: School) -> None:
    """The form says who will read it; neither markup nor mentions come through."""
    anna, *_ = school.students
    put = await school.used(anna, "prompt", seed=SEED)
    form = await school.loopback.press(anna, put, "Answer")
    modal = (await school.loopback.answer(form)).modal
    assert modal is not None
    assert modal["components"][0]["content"].startswith(
        "Everybody in this channel will see your answer **with your name**. I keep it for 30 days."
    )
    await school.wrote(anna, put, "They are **right**\n# because @everyone")
    shown = await school.post("They are")
    assert shown.text.startswith(f"**Student 1** → {PROMPT.question}")
    assert "> They are \\*\\*right\\*\\*\n> \\# because @\u200beveryone" in shown.text
    await school.shows(put, "1 written answer")


async def test_what_an_answer_quotes_is_said_below_it(school: School) -> None:
    """To all, with the whole sentence where words were cut out of it."""
    anna, *_ = school.students
    put = await school.used(anna, "prompt", seed=SEED)
    await school.wrote(anna, put, "They “sell your information to anyone”, I read.")
    shown = await school.post("They “sell")
    assert "“sell your information to anyone”: Verbatim, but cut out of its sentence" in shown.text
    assert "The whole sentence: “We don't sell your information to anyone.”" in shown.text


async def test_the_longest_answer_fits_into_a_message(school: School) -> None:
    """Also where every character must be escaped."""
    anna, *_ = school.students
    put = await school.used(anna, "prompt", seed=SEED)
    assert (await school.wrote(anna, put, "*" * 900)).text == "Handed in. Thank you!"
    assert len((await school.post("\\*\\*")).text) <= 2000


async def test_an_answer_that_cannot_be_shown_is_kept_and_that_is_said(school: School) -> None:
    """Where the bot may not write."""
    anna, *_ = school.students
    put = await school.used(anna, "prompt", seed=SEED)
    school.room.denied[school.loopback.world.bot.id] = Permission.SEND_MESSAGES
    told = await school.wrote(anna, put, "because")
    assert told.text == "Handed in. Thank you! I could not post it here, but the lesson's leader can read it."
    (posting,) = {
        answer.posting for answer in await school.lessons.prompts.answers(str(school.guild.id), posting_id=_of(put))
    }
    assert posting == _of(put)


def _of(put: Message) -> str:
    """Read the id of a prompt off its buttons."""
    return str(put.buttons[0]["custom_id"]).split(":")[2]


async def test_an_answer_that_comes_too_late_is_given_back(school: School) -> None:
    """Nobody has to write it twice."""
    anna, *_ = school.students
    put = await school.used(anna, "prompt", seed=SEED)
    form = await school.loopback.press(anna, put, "Answer")
    await school.loopback.answer(form)
    await school.pressed(school.teacher, put, "Close")
    late = await school.loopback.answer(await school.loopback.submit(form, {"text": "I was\nthinking"}))
    assert late.message.is_ephemeral
    assert late.text.splitlines() == [
        "This prompt is closed: it takes no more votes or answers.",
        "You wrote:",
        "```",
        "I was",
        "thinking",
        "```",
    ]


async def test_several_prompts_are_put_and_the_same_number_gives_the_same(school: School) -> None:
    """All on the topic that was asked for."""
    topic = next(covered.topic for covered in coverage(pack()) if covered.frames > 2)
    await school.used(school.teacher, "prompt", topic=topic, count=3, seed=5)
    await school.loopback.until(lambda: len(school.posted) == 3, "three prompts")
    await school.used(school.teacher, "prompt", topic=topic, count=1, seed=5)
    questions = [message.text.splitlines()[0] for message in school.posted]
    assert len(set(questions)) == 3
    assert questions[3] == questions[0]
    assert questions[0].removeprefix("### ") == drawn(5, topic).question


async def test_a_topic_that_cannot_be_discussed_is_refused(school: School) -> None:
    """To the person alone: unknown ones, and those on which only one side speaks."""
    anna, *_ = school.students
    assert 'There is no topic "privcy"; did you mean "privacy"?' in await school.refused(anna, "prompt", topic="privcy")
    several = await school.refused(anna, "prompt", topic="privacy, elections")
    assert several == "A prompt is about one topic: name one, or none."
    silent = next((covered.topic for covered in coverage(pack()) if not covered.frames), None)
    if silent is not None:
        assert "There is nothing to discuss on" in await school.refused(anna, "prompt", topic=silent)
    assert school.posted == []


async def test_topics_are_offered_by_any_part_of_their_name(school: School) -> None:
    """Only those that have prompts."""
    offered = await school.loopback.complete(school.teacher, school.room, "prompt", "topic", topic="priv")
    values = [choice["value"] for choice in (await school.loopback.answer(offered)).choices]
    assert "privacy" in values


async def test_no_prompt_quotes_what_the_moderators_excluded(school: School) -> None:
    """Another one is drawn; one that was put before hides the quote."""
    put = await school.used(school.teacher, "prompt", seed=SEED)
    excluded = next(iter(PROMPT.quotes.values()))
    await school.exclude(excluded.passage_id)
    other = await school.used(school.teacher, "prompt", seed=SEED)
    assert excluded.text not in (await school.pressed(school.teacher, other, "Reveal all")).text
    await school.pressed(school.teacher, put, "Reveal all")
    assert excluded.text not in put.text
    assert "The moderators of this server have excluded this quote." in put.text


async def test_in_a_direct_message_everything_is_shown_at_once(school: School) -> None:
    """There is nobody to vote with."""
    shown = await school.used(school.teacher, "prompt", at=school.loopback.world.dm(school.teacher), seed=SEED)
    assert all(quote in shown.text for quote in QUOTES)
    assert labels(shown) == []


async def test_a_prompt_as_ordinary_text_is_changed_as_such(school: School) -> None:
    """Also when the moderators choose frames later on."""
    await school.used(school.teacher, "settings set", style="plain")
    put = await school.used(school.teacher, "prompt", seed=SEED)
    assert not put.is_card
    await school.used(school.teacher, "settings set", style="card")
    await school.pressed(school.students[0], put, AGREE)
    await school.shows(put, "1 has voted")
    await school.pressed(school.teacher, put, "Reveal all")
    assert all(quote in put.text for quote in QUOTES)
    await school.pressed(school.teacher, put, "Close")
    assert "kept back, as so few took part" in put.text
    assert "agree **" not in put.text


async def test_the_buttons_of_a_prompt_that_is_gone_say_so(school: School) -> None:
    """What was kept of it has been deleted."""
    put = await school.used(school.teacher, "prompt", seed=SEED)
    await write(school.bot.log, lambda db: db.execute("DELETE FROM posting"))
    voted = await school.pressed(school.students[0], put, AGREE)
    assert voted.text == "This prompt is no longer kept: ask for a new one."
    assert (await school.told(school.teacher, put, "Close")).text.startswith("This prompt is no longer kept")
    form = await school.loopback.press(school.students[0], put, "Answer")
    assert (await school.loopback.answer(form)).text.startswith("This prompt is no longer kept")
