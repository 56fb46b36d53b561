"""The stand-in's endpoints as discord.py uses them: messages, pins, threads, roles, shards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import pytest

from tests.discord.loopback import BOT_TOKEN, Permission
from tests.discord.loopback.endpoints import PUT_COMMANDS
from tests.discord.probe import connected

if TYPE_CHECKING:
    from tests.discord.loopback import Channel, Guild, Loopback, User
    from tests.discord.probe import Probe


def text_channel(probe: Probe, channel: Channel) -> discord.TextChannel:
    """Give a channel as the client knows it."""
    found = probe.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_message_is_changed_pinned_and_deleted(probe: Probe, loopback: Loopback, general: Channel) -> None:
    """And reacted to."""
    sent = await text_channel(probe, general).send("one")
    (message,) = loopback.world.from_bot(general)
    await sent.edit(content="two")
    await sent.pin()
    await sent.add_reaction("🔔")
    assert (message.content, message.edits, general.pinned_ids, message.reactions) == ("two", 1, [message.id], ["🔔"])
    await sent.unpin()
    await sent.delete()
    assert (general.pinned_ids, loopback.world.from_bot(general)) == ([], [])
    with pytest.raises(discord.NotFound):
        await text_channel(probe, general).fetch_message(sent.id)


async def test_history_comes_newest_first_and_hides_what_may_not_be_read(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """The bot's own words are whole."""
    await loopback.say(anna, general, "secret")
    await text_channel(probe, general).send("mine")
    read = [message.content async for message in text_channel(probe, general).history(limit=5)]
    assert read == ["mine", ""]


async def test_threads_are_started_filled_and_archived(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """Of a message, public and private; a private one below an announcement channel is refused."""
    sent = await text_channel(probe, general).send("a motion")
    thread = await sent.create_thread(name="debate")
    assert thread.id == sent.id
    hidden = await text_channel(probe, general).create_thread(name="jury", type=discord.ChannelType.private_thread)
    await hidden.add_user(discord.Object(anna.id))
    assert loopback.world.channels[hidden.id].thread_member_ids == {loopback.world.bot.id, anna.id}
    await hidden.send("in the thread")
    await thread.edit(archived=True, locked=True)
    kept = loopback.world.channels[thread.id]
    assert (kept.archived, kept.locked) == (True, True)
    with pytest.raises(discord.HTTPException) as caught:
        await thread.send("too late")
    assert caught.value.code == 50083


async def test_roles_are_given_only_with_the_permission(
    probe: Probe, loopback: Loopback, guild: Guild, anna: User
) -> None:
    """And taken again."""
    role = loopback.world.role(guild, "speaker")
    seen = probe.get_guild(guild.id)
    assert seen is not None
    member = await seen.fetch_member(anna.id)
    with pytest.raises(discord.Forbidden):
        await member.add_roles(discord.Object(role.id))
    guild.roles[1].permissions |= Permission.MANAGE_ROLES
    await member.add_roles(discord.Object(role.id))
    assert guild.members[anna.id].roles == [role]
    await member.remove_roles(discord.Object(role.id))
    assert guild.members[anna.id].roles == []


async def test_direct_messages_are_opened_once(probe: Probe, loopback: Loopback, anna: User) -> None:
    """And typing is seen."""
    user = await probe.fetch_user(anna.id)
    async with (await user.create_dm()).typing():
        await user.send("hello")
    dm = loopback.world.dm(anna)
    assert loopback.typing == [dm]
    assert [message.text for message in loopback.world.from_bot(dm)] == ["hello"]


async def test_commands_keep_their_ids_when_they_are_registered_again(probe: Probe, loopback: Loopback) -> None:
    """So that `</ask:id>` stays a link."""
    before = [command["id"] for command in loopback.world.commands[None]]
    await probe.tree.sync()
    assert [command["id"] for command in loopback.world.commands[None]] == before
    assert len(loopback.journal.to(PUT_COMMANDS)) == 2


async def test_bot_leaves_a_guild(probe: Probe, loopback: Loopback, guild: Guild) -> None:
    """Of its own will."""
    seen = probe.get_guild(guild.id)
    assert seen is not None
    await seen.leave()
    assert loopback.world.bot_guilds() == []
    await loopback.until(lambda: probe.removed, "the removal at the bot")


class Sharded(discord.AutoShardedClient):
    """A client of two shards that does not wait five seconds between them."""

    def __init__(self) -> None:
        """Ask for guilds only."""
        super().__init__(intents=discord.Intents(guilds=True), shard_count=2, guild_ready_timeout=0)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once."""


async def test_shards_get_their_own_guilds(pointed: Loopback) -> None:
    """By the id of the guild; direct messages go to the first shard."""
    guilds = [pointed.world.guild(f"g{number}") for number in range(6)]
    client = Sharded()
    async with connected(client, BOT_TOKEN):
        assert {guild.id for guild in client.guilds} == {guild.id for guild in guilds}
        assert sorted(each.shard for each in pointed.gateway.connected) == [(0, 2), (1, 2)]
        for guild in client.guilds:
            (session,) = [each for each in pointed.gateway.connected if each.covers(guild.id)]
            assert session.shard[0] == guild.shard_id
        (first,) = [each for each in pointed.gateway.connected if each.covers(None)]
        assert first.shard[0] == 0
