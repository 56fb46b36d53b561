"""Asking in every place, and what goes wrong there: mentions, direct messages, threads, lost answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.answer.cog import turn as answering_module
from bot.guild.rules.permissions import Changes
from tests.discord.answering_bot import Bot, answering
from tests.discord.loopback.endpoints import CALLBACK, EDIT_ORIGINAL, SEND, TYPING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.loopback import Channel, Guild, Loopback, User

from tests.discord.answers.steps import CHIEF, EVERYTHING_TRACKED, asked, pressed, quoted_in


async def test_a_mention_is_answered_with_a_reply_and_goes_on(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """In a thread as in a channel; others' messages are left alone."""
    thread = loopback.world.thread(general, "data", anna)
    await loopback.announce(thread, is_new=True)
    for place in (general, thread):
        await loopback.say(anna, place, "is my data sold")
        card = await loopback.reply_to(await loopback.mention(anna, place, "is my data sold"))
        assert card.is_card
        assert EVERYTHING_TRACKED in card.text
        source = await loopback.reply_to(await loopback.mention(anna, place, "source?"))
        assert set(quoted_in(source)) == set(quoted_in(card))
        assert len(loopback.world.from_bot(place)) == 2


async def test_a_mention_alone_says_what_can_be_asked(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """With examples."""
    said = await loopback.reply_to(await loopback.mention(anna, general, ""))
    assert "Ask me what the film and Facebook say" in said.text
    assert "You could ask:" in said.text


async def test_a_reply_to_an_answer_goes_on_from_that_answer(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """Whosever it is."""
    card = await loopback.reply_to(await loopback.mention(anna, general, "is my data sold"))
    followed = await loopback.reply_to(await loopback.say(bert, general, "source?", reply_to=card))
    assert set(quoted_in(followed)) == set(quoted_in(card))


async def test_direct_messages_are_a_conversation(bot: Bot, loopback: Loopback, anna: User) -> None:
    """Without a mention, and apart from what was said elsewhere."""
    direct = loopback.world.dm(anna)
    card = await loopback.reply_to(await loopback.say(anna, direct, "is my data sold"))
    source = await loopback.reply_to(await loopback.say(anna, direct, "source?"))
    assert set(quoted_in(source)) == set(quoted_in(card))


async def test_it_works_where_a_person_brings_it_along(bot: Bot, loopback: Loopback, anna: User, bert: User) -> None:
    """In a group, and between two people."""
    group = loopback.world.group(anna, bert)
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, group)).text


async def test_a_channel_where_it_may_not_write_is_no_trouble(
    bot: Bot, loopback: Loopback, anna: User, guild: Guild, general: Channel
) -> None:
    """A mention there is let go, and the next question elsewhere is answered."""
    loopback.faults.refuse(SEND, 50013)
    await loopback.mention(anna, general, "is my data sold")
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, general)).text
    assert EVERYTHING_TRACKED in (await loopback.reply_to(await loopback.mention(anna, general, "my data?"))).text


async def test_an_archived_thread_is_no_trouble(bot: Bot, loopback: Loopback, anna: User, general: Channel) -> None:
    """Discord refuses the reply with 50083; nothing else is touched."""
    thread = loopback.world.thread(general, "old", anna)
    await loopback.announce(thread, is_new=True)
    await loopback.archive(thread, locked=True)
    await loopback.mention(anna, thread, "is my data sold")
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, general)).text
    assert loopback.world.from_bot(thread) == []


async def test_questions_are_answered_in_the_channels_that_moderators_allow(
    bot: Bot, loopback: Loopback, anna: User, guild: Guild, general: Channel
) -> None:
    """Elsewhere the command says where; a mention is let go; a thread counts as its channel."""
    await bot.settings.change(str(guild.id), "a moderator", Changes(allow_channel=general.id), CHIEF)
    other = loopback.world.channel(guild, "other")
    await loopback.announce(other, is_new=True)
    sent = await loopback.slash(anna, other, "ask", question="is my data sold")
    refused = await loopback.followup(sent)
    assert refused.is_ephemeral
    assert f"<#{general.id}>" in refused.text
    await loopback.mention(anna, other, "is my data sold")
    thread = loopback.world.thread(general, "data", anna)
    await loopback.announce(thread, is_new=True)
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, thread)).text
    assert loopback.world.from_bot(other) == []


async def test_plain_style_and_language_are_the_guild_s(
    bot: Bot, loopback: Loopback, anna: User, guild: Guild, general: Channel
) -> None:
    """Ordinary text, with the same buttons, which work; link previews are off."""
    await bot.settings.change(str(guild.id), "a moderator", Changes(style="plain"), CHIEF)
    plain = await asked(loopback, anna, general)
    assert not plain.is_card
    assert plain.content.startswith("**Question:** is my data sold\n\n**")
    assert plain.flags & 4
    assert "More on:" in (await pressed(loopback, anna, plain, "More")).content
    assert not (await pressed(loopback, anna, plain, "Context")).is_card


async def test_a_dropped_answer_is_sent_again_and_shows_once(
    bot: Bot, loopback: Loopback, naps_s: list[float], anna: User, general: Channel
) -> None:
    """Discord answers 503."""
    loopback.faults.server_error(EDIT_ORIGINAL, 503)
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, general)).text
    assert len(loopback.world.from_bot(general)) == 1


@pytest.mark.parametrize("status", [None, 502])
async def test_an_acknowledgement_whose_answer_was_lost_costs_nothing(
    status: int | None, bot: Bot, loopback: Loopback, naps_s: list[float], anna: User, general: Channel
) -> None:
    """Discord heard it: the second try is refused with 40060, and the answer comes all the same, once."""
    loopback.faults.lose_answer(CALLBACK, status=status)
    sent = await loopback.slash(anna, general, "ask", question="is my data sold")
    assert EVERYTHING_TRACKED in (await loopback.answer(sent)).text
    assert sent.refused == [40060]
    assert len(loopback.world.from_bot(general)) == 1


async def test_an_interaction_that_is_over_is_let_go(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """10062: nobody is answered, and the next question is."""
    loopback.faults.refuse(CALLBACK, 10062)
    late = await loopback.slash(anna, general, "ask", question="is my data sold")
    assert EVERYTHING_TRACKED in (await asked(loopback, anna, general)).text
    assert late.answer is None


async def test_a_late_reply_shows_that_it_is_being_written(
    pointed: Loopback, guild: Guild, general: Channel, anna: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the model loads."""
    monkeypatch.setattr(answering_module, "TYPING_AFTER_S", 0.01)
    async with answering(pointed, tmp_path, held=True) as bot:
        message = await pointed.mention(anna, general, "is my data sold")
        await pointed.until(lambda: pointed.journal.to(TYPING), "typing")
        bot.serving.gate.set()
        assert EVERYTHING_TRACKED in (await pointed.reply_to(message)).text


async def test_a_person_s_language_is_that_of_their_app(
    bot: Bot, loopback: Loopback, guild: Guild, general: Channel
) -> None:
    """But a guild's choice goes before it, and quotes stay as they are."""
    await bot.settings.change(str(guild.id), "a moderator", Changes(language="en"), CHIEF)
    german = loopback.world.member(guild, "gerd", locale="de")
    card = await asked(loopback, german, general)
    assert card.text.startswith("**Question:** ")
    assert EVERYTHING_TRACKED in card.text


async def test_a_person_may_choose_another_style_than_the_guild_s(
    bot: Bot, loopback: Loopback, anna: User, bert: User, general: Channel
) -> None:
    """For themselves, and go back."""
    await loopback.answer(await loopback.slash(anna, general, "style", look="plain"))
    assert not (await asked(loopback, anna, general)).is_card
    assert (await asked(loopback, bert, general)).is_card
    noted = await loopback.answer(await loopback.slash(anna, general, "style", look="server"))
    assert noted.message.is_ephemeral
    assert (await asked(loopback, anna, general)).is_card


async def test_nothing_of_a_message_or_a_form_is_kept_in_memory(
    bot: Bot, loopback: Loopback, anna: User, general: Channel
) -> None:
    """The library would hold on to every card for ever."""
    card = await asked(loopback, anna, general)
    await loopback.answer(await loopback.press(anna, card, "Follow up"))
    await pressed(loopback, anna, card, "Context")
    kept = bot.client._connection._view_store
    assert (kept._views, kept._modals, kept._synced_message_views) == ({}, {}, {})
