"""Each button, menu and form once, below answers of the bot that runs as a process, with the real model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.discord.loopback import Kind
from tests.discord.stage import QUESTION, SOON_S, quoted_in
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.discord.loopback import Message
    from tests.discord.stage import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLENTY = "Good morning! How is it with private sphere, what think the film and what think Facebook?"
"""Its answer is one of the longest."""


def labels(message: Message) -> list[str]:
    """List what is written on a message's buttons."""
    return [button["label"] for button in message.buttons]


async def test_every_button_below_an_answer_answers(scene: Scene) -> None:
    """To anybody; those that look, judge or report, to them alone."""
    card = await scene.asked(scene.anna)
    sides = ["Only Facebook", "Only the film"]
    assert labels(card) == ["Context", "More", "Follow up", *sides, "Helpful", "Not helpful", "Dispute"]
    first, second = (pack().passage(name).text for name in quoted_in(card)[:2])
    context = await scene.pressed(scene.bert, card, "Context")
    assert context.is_ephemeral
    assert f"**“{first}”**" in context.text
    other = await scene.loopback.choose(scene.bert, context, context.selects[0]["options"][1]["value"])
    assert await scene.loopback.acknowledged(other) < SOON_S
    changed = await scene.loopback.answer(other)
    assert changed.kind is Kind.CHANGE
    assert f"**“{second}”**" in changed.text
    more = await scene.pressed(scene.anna, card, "More")
    assert more.text.startswith(f"**More on:** {QUESTION}")
    assert not set(quoted_in(more)) & set(quoted_in(card))
    followed = await scene.filled(scene.bert, card, "Follow up", {"Your question": "who says so?"})
    assert set(quoted_in(followed)) == set(quoted_in(card))
    only = await scene.pressed(scene.bert, card, sides[0])
    assert {pack().passage(name).voice for name in quoted_in(only)} == {"facebook"}
    for button, noted in (("Helpful", "was helpful"), ("Not helpful", "was not helpful")):
        vote = await scene.pressed(scene.bert, card, button)
        assert vote.is_ephemeral
        assert noted in vote.text


async def test_a_disputed_quote_is_decided_about_and_shown_again(scene: Scene) -> None:
    """From Dispute over Next quote, Keep and Exclude here to the menu that takes it back."""
    card = await scene.asked(scene.anna)
    kept, excluded = quoted_in(card)[:2]
    for number in ("1", "2"):
        thanks = await scene.filled(
            scene.anna, card, "Dispute", {"Which quote?": [number], "What is wrong with it?": "all of it"}
        )
        assert thanks.text == f"Thank you. The moderators of this server will review quote {number}."
    review = await scene.used(scene.chief, scene.general, "review")
    assert review.is_ephemeral
    shown = quoted_in(review)
    turned = await scene.pressed(scene.chief, review, "Next quote")
    assert sorted(shown + quoted_in(turned)) == sorted([kept, excluded])
    if quoted_in(turned) != [kept]:
        turned = await scene.pressed(scene.chief, turned, "Next quote")
    left = await scene.pressed(scene.chief, turned, "Keep")
    assert quoted_in(left) == [excluded]
    assert "No quotes are waiting" in (await scene.pressed(scene.chief, left, "Exclude here")).text
    assert excluded not in quoted_in(await scene.asked(scene.bert))
    listed = await scene.used(scene.chief, scene.general, "review", list="excluded")
    restored = await scene.seen(await scene.loopback.choose(scene.chief, listed, f"{pack().id}/{excluded}"))
    assert restored.text.startswith("Done: this quote is shown here again.")
    assert excluded in quoted_in(await scene.asked(scene.bert))


async def test_both_sides_of_a_message_are_shown_to_one_and_shared_with_all(scene: Scene) -> None:
    """The menu of messages, and its button."""
    claim = await scene.loopback.say(scene.bert, scene.general, "they sell all our data, everybody knows that")
    private = await scene.seen(await scene.loopback.menu(scene.anna, claim, "What each side says"))
    assert private.is_ephemeral
    assert quoted_in(private)
    shared = await scene.pressed(scene.anna, private, "Share to channel")
    assert not shared.is_ephemeral
    assert shared.text == private.text
    assert "Share to channel" not in labels(shared)


async def test_ordinary_text_says_what_a_card_says(scene: Scene) -> None:
    """The style that moderators set; a long answer fits one message, too."""
    card = await scene.asked(scene.anna, PLENTY)
    assert card.is_card
    await scene.used(scene.chief, scene.general, "settings set", style="plain")
    plain = await scene.asked(scene.bert, PLENTY)
    assert not plain.is_card
    assert labels(plain) == labels(card)
    assert sorted(quoted_in(plain)) == sorted(quoted_in(card))
    assert not (await scene.pressed(scene.bert, plain, "Context")).is_card


async def test_a_person_s_own_style_goes_before_the_server_s(scene: Scene) -> None:
    """For them alone."""
    await scene.used(scene.anna, scene.general, "style", look="plain")
    assert not (await scene.asked(scene.anna)).is_card
    assert (await scene.asked(scene.bert)).is_card


async def test_topics_points_and_charges_are_opened(scene: Scene) -> None:
    """One of each menu; the answer is for the person alone."""
    listed = await scene.used(scene.anna, scene.general, "topics")
    assert len(listed.selects) == 3
    for menu in listed.selects:
        value = menu["options"][0]["value"]
        opened = await scene.loopback.choose(scene.anna, listed, value, custom_id=menu["custom_id"])
        answer = await scene.seen(opened)
        assert answer.is_ephemeral
        assert quoted_in(answer)
        assert "Share to channel" in labels(answer)


async def test_everything_is_deleted_and_old_buttons_say_so(scene: Scene) -> None:
    """After the confirmation; not a byte of the person's words is left in any file."""
    words = "zanzibar marmalade"
    card = await scene.asked(scene.anna, f"{QUESTION} says {words}")
    shown = await scene.used(scene.anna, scene.general, "privacy show")
    assert "1 × what you asked" in shown.text
    exported = await scene.used(scene.anna, scene.general, "privacy export")
    assert words.encode() in exported.attachment("dilemma.json").content
    asks = await scene.used(scene.anna, scene.general, "privacy delete")
    assert (await scene.pressed(scene.anna, asks, "Delete everything")).text.startswith("Deleted: ")
    files = [file for file in scene.stage.folder.iterdir() if words.encode() in file.read_bytes()]
    assert files == []
    for button in ("Context", "More", "Helpful"):
        gone = await scene.pressed(scene.bert, card, button)
        assert "This answer is no longer in the log" in gone.text


async def test_figures_come_as_text_and_as_a_picture_with_the_same(scene: Scene) -> None:
    """The picture is described for those who cannot see it."""
    card = await scene.asked(scene.anna)
    await scene.pressed(scene.bert, card, "Helpful")
    stats = await scene.used(scene.chief, scene.general, "stats")
    assert "Questions: 1; answered: 1" in stats.text
    described = stats.attachment("stats.png").description
    assert described is not None
    assert set(re.findall(r"\d+", described)) <= set(re.findall(r"\d+", stats.text))
