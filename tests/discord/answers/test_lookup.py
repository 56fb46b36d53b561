"""Looking up beside asking: claims, quotations, topics, and what a message says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.discord.answering_bot import Bot
    from tests.discord.loopback import Channel, Loopback, User
from tests.discord.answers.steps import EVERYTHING_TRACKED, asked, pressed, quoted_in


async def test_both_sides_of_a_message_are_shown_to_one_person_who_can_share_them(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """The menu of messages."""
    claim = await loopback.say(bert, general, "they sell all our data")
    private = (await loopback.answer(await loopback.menu(anna, claim, "What each side says"))).message
    assert private.is_ephemeral
    assert EVERYTHING_TRACKED in private.text
    shared = await pressed(loopback, anna, private, "Share to channel")
    assert not shared.is_ephemeral
    assert shared.text == private.text
    assert "Share to channel" not in [button["label"] for button in shared.buttons]


async def test_a_claim_is_rebutted(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """With the other side's quotes alone."""
    answer = await loopback.answer(await loopback.slash(anna, general, "rebut", statement="they sell all our data"))
    assert "**Claim:** they sell all our data\nClosest to this: The film" in answer.text
    assert quoted_in(answer.message) == ["no-selling-information"]


async def test_a_quotation_is_checked(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """Word for word, put down to the wrong side, too short, and not there."""

    async def checked(text: str) -> str:
        return (await loopback.answer(await loopback.slash(anna, general, "cite", text=text))).text

    assert "Verbatim, word for word" in await checked(EVERYTHING_TRACKED)
    assert "Wrong speaker: the film said this, not Facebook." in await checked(f"Facebook says: {EVERYTHING_TRACKED}")
    assert "Not in the sources." in await checked("the moon is made of green cheese and @everyone knows")
    assert "There is too little to check" in await checked("two words")


async def test_a_checked_quotation_has_a_reference_to_copy(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """To whoever presses the button alone; a place that is not in the articles any more is told."""
    asked = await loopback.slash(anna, general, "cite", text=EVERYTHING_TRACKED)
    checked = (await loopback.answer(asked)).message
    (button,) = [each for each in checked.buttons if each["label"] == "Reference"]
    given = await pressed(loopback, anna, checked, "Reference")
    assert given.is_ephemeral
    assert "**MLA**\n```\n“Netflix ‘The Social Dilemma’ – Simultaneous Utopia & Dystopia.”" in given.text
    assert button["custom_id"].startswith("lookup:reference:simultaneous-utopia:")


async def test_topics_are_listed_and_opened(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """A topic, one of the numbered points, a charge: each is answered to the person alone."""
    listed = (await loopback.answer(await loopback.slash(anna, general, "topics"))).message
    assert listed.is_ephemeral
    assert [menu["custom_id"] for menu in listed.selects] == [
        "lookup:topic:social-dilemma",
        "lookup:charge:film:social-dilemma",
        "lookup:point:facebook:social-dilemma",
    ]
    assert len(listed.selects[2]["options"]) == 7
    topic = await loopback.answer(
        await loopback.choose(anna, listed, "privacy", custom_id="lookup:topic:social-dilemma")
    )
    assert topic.message.is_ephemeral
    assert EVERYTHING_TRACKED in topic.text
    point = await loopback.answer(
        await loopback.choose(anna, listed, "3", custom_id="lookup:point:facebook:social-dilemma")
    )
    third = [passage.id for passage in pack().of_voice("facebook") if passage.point == 3]
    assert set(quoted_in(point.message)) <= set(third)
    assert quoted_in(point.message)


@pytest.mark.parametrize(
    ("command", "words"), [("sources", "Sajjad Hussain"), ("help", "What I will not do"), ("topics", "17 topics")]
)
async def test_lookups_are_shown_to_one_person(
    command: str, words: str, bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """They need no model."""
    shown = (await loopback.answer(await loopback.slash(anna, general, command))).message
    assert shown.is_ephemeral
    assert words in shown.text


async def test_a_message_without_text_has_nothing_to_look_up(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """As a picture has none."""
    picture = await loopback.say(anna, general, "")
    refused = await loopback.answer(await loopback.menu(anna, picture, "What each side says"))
    assert refused.message.is_ephemeral
    assert refused.text == "This message has no text that I could look up."


async def test_both_sides_of_a_message_are_looked_up_without_what_the_person_asked_before(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """It is somebody else's message."""
    await asked(loopback, anna, general)
    message = await loopback.say(bert, general, "source?")
    shown = (await loopback.answer(await loopback.menu(anna, message, "What each side says"))).message
    assert quoted_in(shown) == []
