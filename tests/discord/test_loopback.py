"""The stand-in with unmodified discord.py: connecting, commands, modals, buttons, messages."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from tests.discord.loopback import BOT_TOKEN, Kind, Permission
from tests.discord.loopback.endpoints import CALLBACK, FOLLOW_UP, SEND
from tests.discord.probe import Probe, connected

if TYPE_CHECKING:
    from tests.discord.loopback import Channel, Guild, Loopback, User

ACKNOWLEDGED_S = 2.5


async def test_connecting_client_sees_its_guilds_and_registers_commands(
    probe: Probe, loopback: Loopback, guild: Guild, general: Channel
) -> None:
    """READY, then GUILD_CREATE with channels and the bot's own membership."""
    assert probe.user is not None
    assert probe.user.id == loopback.world.bot.id
    seen = probe.get_guild(guild.id)
    assert seen is not None
    assert seen.name == "Debating club"
    assert [channel.id for channel in seen.text_channels] == [general.id]
    assert seen.me.guild_permissions.send_messages
    names = [command["name"] for command in loopback.world.offered_commands(guild)]
    assert names == ["say", "card", "why", "whois", "Repeat"]


async def test_slash_command_is_answered_in_time(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """The message stands in the channel; the time to the first answer is kept."""
    asked = await loopback.slash(anna, general, "say", text="hello @everyone")
    answer = await loopback.answer(asked)
    assert answer.kind is Kind.MESSAGE
    assert answer.text == "hello @everyone"
    assert loopback.world.from_bot(general) == [answer.message]
    assert await loopback.acknowledged(asked) < ACKNOWLEDGED_S


async def test_deferred_answer_becomes_the_first_follow_up_and_stays_ephemeral(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """There is nothing to see while the bot thinks."""
    probe.gate.clear()
    asked = await loopback.slash(anna, general, "card", text="**a card**", alone=True)
    assert await loopback.acknowledged(asked) < ACKNOWLEDGED_S
    assert asked.answer is None
    probe.gate.set()
    answer = await loopback.answer(asked)
    assert (answer.message.is_ephemeral, answer.message.is_card, answer.text) == (True, True, "**a card**")
    assert (await loopback.followup(asked)).text == "and one more"
    assert loopback.world.from_bot(general) == []
    with pytest.raises(LookupError, match="the message is ephemeral"):
        await loopback.press(loopback.world.owner, answer.message, "Say again")


async def test_autocomplete_offers_choices(probe: Probe, loopback: Loopback, anna: User, general: Channel) -> None:
    """As names and values."""
    typing = await loopback.complete(anna, general, "say", "text", text="why")
    answer = await loopback.answer(typing)
    assert [choice["value"] for choice in answer.choices] == ["why!", "why?"]


async def test_modal_is_shown_and_submitted(probe: Probe, loopback: Loopback, anna: User, general: Channel) -> None:
    """By the label of its field; a field that is not there and a text that is too long are refused."""
    asked = await loopback.slash(anna, general, "why")
    assert (await loopback.answer(asked)).modal["title"] == "A form"
    with pytest.raises(LookupError, match=r"no fields \['Cause'\]; there are: \['reason'\]"):
        await loopback.submit(asked, {"Reason": "x", "Cause": "x"})
    with pytest.raises(ValueError, match="'reason' takes 1 to 200 characters, not 201"):
        await loopback.submit(asked, {"reason": "x" * 201})
    sent = await loopback.submit(asked, {"Reason": "it is so"})
    assert (await loopback.answer(sent)).text == "because it is so"


async def test_button_answers_another_process_than_the_one_that_made_it(
    pointed: Loopback, anna: User, general: Channel
) -> None:
    """The first client is gone; the second has never seen the message."""
    first, second = Probe(), Probe()
    first.gate.set()
    async with connected(first, BOT_TOKEN):
        shown = (await pointed.answer(await pointed.slash(anna, general, "card", text="old"))).message
    async with connected(second, BOT_TOKEN):
        pressed = await pointed.press(anna, shown, "Say again")
        answer = await pointed.answer(pressed)
    assert (answer.text, answer.message.is_ephemeral) == ("again", True)


async def test_select_changes_the_message_that_it_stands_on(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """By value or by label; what is not offered cannot be chosen."""
    shown = (await loopback.answer(await loopback.slash(anna, general, "card", text="choose"))).message
    with pytest.raises(LookupError, match=r"'pick' has no option 'three': \['One', 'Two'\]"):
        await loopback.choose(anna, shown, "three")
    for choice in ("Two", "two"):
        answer = await loopback.answer(await loopback.choose(anna, shown, choice))
        assert (answer.kind, answer.message, answer.text) == (Kind.CHANGE, shown, "you chose ['two']")
    assert shown.edits == 2


async def test_message_menu_reads_what_the_bot_may_not_read_otherwise(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """An ordinary message comes empty; chosen in the menu it is whole."""
    written = await loopback.say(anna, general, "they sell it")
    await loopback.until(lambda: probe.heard, "the message at the bot")
    assert probe.heard[0].content == ""
    chosen = await loopback.menu(anna, written, "Repeat")
    assert (await loopback.answer(chosen)).text == "they sell it"


async def test_member_option_locale_permissions_and_context_arrive(
    probe: Probe, loopback: Loopback, guild: Guild, anna: User, general: Channel
) -> None:
    """Those of the person who asks."""
    moderator = loopback.world.role(guild, "moderator", Permission.MODERATOR)
    mara = loopback.world.member(guild, "mara", moderator)
    for asking, expected in ((anna, "mara hi False"), (mara, "mara en-US True")):
        asked = await loopback.slash(asking, general, "whois", member=mara)
        assert (await loopback.answer(asked)).text.startswith(expected)


async def test_mention_is_readable_and_answered_with_a_reply(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """In a thread too; a pinging reply to the bot's reply is a mention as well."""
    thread = loopback.world.thread(general, "side talk", anna)
    await loopback.announce(thread, is_new=True)
    for place in (general, thread):
        written = await loopback.mention(anna, place, "hello")
        reply = await loopback.reply_to(written)
        assert reply.text == f"you said: {loopback.world.bot.mention} hello"
        again = await loopback.say(anna, place, "and now?", reply_to=reply)
        assert (await loopback.reply_to(again)).text == "you said: and now?"


async def test_reply_to_an_answer_of_a_command_arrives_empty(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """It pings nobody, so the bot may not read it."""
    answer = await loopback.answer(await loopback.slash(anna, general, "say", text="hi"))
    await loopback.say(anna, general, "and why?", reply_to=answer.message)
    await loopback.until(lambda: probe.heard, "the reply at the bot")
    assert (probe.heard[0].content, probe.heard[0].mentions) == ("", [])


async def test_commands_work_in_direct_messages_groups_and_strange_guilds(
    probe: Probe, loopback: Loopback, anna: User
) -> None:
    """Where the person carries the app; commands that are not user-installed are not offered there."""
    strange = loopback.world.guild("elsewhere", with_bot=False)
    loopback.world.join(strange, anna)
    places = [
        loopback.world.dm(anna),
        loopback.world.group(anna, loopback.world.owner),
        loopback.world.dm_between(anna, loopback.world.owner),
        loopback.world.channel(strange),
    ]
    for place in places:
        asked = await loopback.slash(anna, place, "say", text="here")
        assert (await loopback.answer(asked)).text == "here"
    with pytest.raises(LookupError, match=r"no command 'card' is offered here; there are: \['say'\]"):
        await loopback.slash(anna, places[1], "card", text="x")


async def test_direct_message_is_readable(probe: Probe, loopback: Loopback, anna: User) -> None:
    """Without any mention."""
    dm = loopback.world.dm(anna)
    await loopback.say(anna, dm, "do they sell my photos")
    await loopback.until(lambda: probe.heard, "the message at the bot")
    assert probe.heard[0].content == "do they sell my photos"


async def test_guild_that_comes_later_and_goes_is_told(probe: Probe, loopback: Loopback, anna: User) -> None:
    """An outage is no removal."""
    late = loopback.world.guild("late", with_bot=False)
    await loopback.invite_bot(late)
    await loopback.until(lambda: probe.get_guild(late.id), "the guild")
    await loopback.outage(late)
    await loopback.invite_bot(late)
    await loopback.kick_bot(late)
    await loopback.say(anna, loopback.world.dm(anna), "a sign that all before has arrived")
    await loopback.until(lambda: probe.heard, "the sign")
    assert [gone.id for gone in probe.removed] == [late.id]


async def test_twenty_people_at_once_are_all_answered(
    probe: Probe, loopback: Loopback, guild: Guild, general: Channel
) -> None:
    """Each with what they asked."""
    people = [loopback.world.member(guild, f"p{number}") for number in range(20)]
    sent = [await loopback.slash(each, general, "say", text=each.name) for each in people]
    answers = await asyncio.gather(*(loopback.answer(each) for each in sent))
    assert [answer.text for answer in answers] == [each.name for each in people]
    assert len(loopback.journal.to(CALLBACK)) == 20


async def test_bot_in_another_process_is_served_alike(loopback: Loopback, anna: User, general: Channel) -> None:
    """Unmodified discord.py, real sockets; killed in mid-life, its buttons answer the next process."""
    arguments = [sys.executable, "-m", "tests.discord.probe", loopback.api_base, loopback.gateway_url, BOT_TOKEN]
    first = await asyncio.create_subprocess_exec(*arguments)
    try:
        await loopback.ready()
        answer = await loopback.answer(await loopback.slash(anna, general, "card", text="a card"))
        await loopback.until(lambda: loopback.journal.to(FOLLOW_UP)[1:], "the second follow-up")
    finally:
        first.kill()
        await first.wait()
    await loopback.until(lambda: not loopback.gateway.connected, "the line to break")
    second = await asyncio.create_subprocess_exec(*arguments)
    try:
        await loopback.ready()
        assert (await loopback.answer(await loopback.press(anna, answer.message, "Say again"))).text == "again"
    finally:
        second.kill()
        await second.wait()
    assert len(loopback.gateway.identifies) == 2
    assert loopback.journal.to(SEND) == []
