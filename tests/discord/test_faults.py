"""Each fault that can be ordered does to unmodified discord.py what its name says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from tests.discord.loopback import ALWAYS, BOT_TOKEN, Permission, Stage
from tests.discord.loopback.endpoints import CALLBACK, FOLLOW_UP, ME, SEND
from tests.discord.probe import Probe, connected

if TYPE_CHECKING:
    from tests.discord.loopback import Channel, Loopback, User


def place(probe: Probe, channel: Channel) -> discord.PartialMessageable:
    """Give a channel as the client sees it."""
    return probe.get_partial_messageable(channel.id)


async def test_too_many_requests_are_repeated_after_the_time_told(
    probe: Probe, loopback: Loopback, general: Channel, naps_s: list[float]
) -> None:
    """One message comes of it."""
    fault = loopback.faults.too_many_requests(SEND, retry_after_s=7.5, times=2)
    await place(probe, general).send("hello")
    assert (fault.met, [nap for nap in naps_s if nap]) == (2, [7.5, 7.5])
    assert [message.text for message in loopback.world.from_bot(general)] == ["hello"]


async def test_too_many_requests_without_via_look_like_a_ban(
    probe: Probe, loopback: Loopback, general: Channel
) -> None:
    """And are not repeated."""
    loopback.faults.too_many_requests(SEND, has_via=False)
    with pytest.raises(discord.HTTPException) as caught:
        await place(probe, general).send("hello")
    assert caught.value.status == 429


@pytest.mark.parametrize("status", [500, 502])
async def test_server_errors_are_repeated(
    probe: Probe, loopback: Loopback, general: Channel, naps_s: list[float], status: int
) -> None:
    """Until there is an answer."""
    loopback.faults.server_error(SEND, status, times=2)
    await place(probe, general).send("hello")
    assert [nap for nap in naps_s if nap] == [1, 3]
    assert len(loopback.journal.to(SEND)) == 3


async def test_service_unavailable_is_not_repeated(probe: Probe, loopback: Loopback, general: Channel) -> None:
    """The library gives it to the bot."""
    loopback.faults.server_error(SEND, 503)
    with pytest.raises(discord.DiscordServerError):
        await place(probe, general).send("hello")


async def test_lost_answer_to_a_callback_is_repeated_and_refused(
    probe: Probe, loopback: Loopback, anna: User, general: Channel, naps_s: list[float]
) -> None:
    """The person sees the first; the bot gets 40060 for the second."""
    loopback.faults.lose_answer(CALLBACK, status=502)
    asked = await loopback.slash(anna, general, "say", text="once")
    await loopback.until(lambda: probe.errors, "the refusal at the bot")
    error = probe.errors[0]
    assert isinstance(error, discord.HTTPException)
    assert (error.code, asked.refused) == (40060, [40060])
    assert (await loopback.answer(asked)).text == "once"


async def test_lost_connection_leaves_the_message_posted(probe: Probe, loopback: Loopback, general: Channel) -> None:
    """The bot cannot know; with the same nonce a second try posts no second message."""
    loopback.faults.lose_answer(SEND)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await place(probe, general).send("hello", nonce="n1")
    again = {"content": "hello", "nonce": "n1", "enforce_nonce": True, "allowed_mentions": {"parse": []}}
    route = discord.http.Route("POST", "/channels/{channel_id}/messages", channel_id=general.id)
    answer = await probe.http.request(route, json=again)
    assert [str(message.id) for message in loopback.world.from_bot(general)] == [answer["id"]]


async def test_dropped_connection_leaves_nothing(probe: Probe, loopback: Loopback, general: Channel) -> None:
    """The request was not carried out."""
    loopback.faults.drop(SEND)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await place(probe, general).send("hello")
    assert loopback.world.from_bot(general) == []


async def test_late_callback_is_refused(probe: Probe, loopback: Loopback, anna: User, general: Channel) -> None:
    """With 10062, as after three seconds; nothing is shown."""
    held = loopback.faults.hold(CALLBACK)
    asked = await loopback.slash(anna, general, "say", text="late")
    await held.arrived.wait()
    asked.expire()
    held.release()
    await loopback.until(lambda: probe.errors, "the refusal at the bot")
    error = probe.errors[0]
    assert isinstance(error, discord.NotFound)
    assert (error.code, asked.answer) == (10062, None)


async def test_follow_up_after_a_quarter_of_an_hour_is_refused(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """The interaction's token is dead."""
    probe.gate.clear()
    asked = await loopback.slash(anna, general, "card", text="late")
    await loopback.acknowledged(asked)
    asked.expire_token()
    probe.gate.set()
    await loopback.until(lambda: probe.errors, "the refusal at the bot")
    error = probe.errors[0]
    assert isinstance(error, discord.HTTPException)
    assert (error.status, error.code) == (401, 50027)


@pytest.mark.parametrize(("denied", "code"), [(Permission.VIEW_CHANNEL, 50001), (Permission.SEND_MESSAGES, 50013)])
async def test_missing_permission_is_refused(
    probe: Probe, loopback: Loopback, general: Channel, denied: Permission, code: int
) -> None:
    """Of itself, by the permissions of the place."""
    general.denied[loopback.world.bot.id] = denied
    with pytest.raises(discord.Forbidden) as caught:
        await place(probe, general).send("hello")
    assert caught.value.code == code


async def test_ordered_refusal_has_its_code(probe: Probe, loopback: Loopback, general: Channel) -> None:
    """As often as it was ordered."""
    loopback.faults.refuse(SEND, 50013)
    with pytest.raises(discord.Forbidden):
        await place(probe, general).send("hello")
    await place(probe, general).send("hello again")
    assert len(loopback.world.from_bot(general)) == 1


async def test_archived_thread_is_refused(probe: Probe, loopback: Loopback, anna: User, general: Channel) -> None:
    """With 50083."""
    thread = loopback.world.thread(general, "old", anna)
    await loopback.announce(thread, is_new=True)
    await loopback.archive(thread)
    with pytest.raises(discord.HTTPException) as caught:
        await place(probe, thread).send("hello")
    assert caught.value.code == 50083


async def test_person_who_takes_no_messages_is_refused(probe: Probe, loopback: Loopback, anna: User) -> None:
    """With 50007."""
    anna.accepts_dms = False
    user = await probe.fetch_user(anna.id)
    with pytest.raises(discord.Forbidden) as caught:
        await user.send("hello")
    assert caught.value.code == 50007


async def test_slow_and_held_answers_arrive_in_the_end(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """While one is held, nothing is shown."""
    loopback.faults.slow(FOLLOW_UP, 0.005)
    held = loopback.faults.hold(CALLBACK)
    asked = await loopback.slash(anna, general, "card", text="slow")
    await held.arrived.wait()
    assert asked.callback is None
    held.release()
    assert (await loopback.answer(asked)).text == "slow"


async def test_wrong_token_is_refused_at_login(pointed: Loopback) -> None:
    """With 401, before any gateway."""
    with pytest.raises(discord.LoginFailure):
        async with connected(Probe(), "wrong"):
            pass
    assert (len(pointed.journal.to(ME)), pointed.gateway.identifies) == (1, [])


async def test_no_network_is_a_closed_port(pointed: Loopback) -> None:
    """And what was known is known when it is back."""
    await pointed.go_offline()
    with pytest.raises(aiohttp.ClientConnectorError):
        async with connected(Probe(), BOT_TOKEN):
            pass
    await pointed.come_online()
    async with connected(Probe(), BOT_TOKEN):
        await pointed.ready()


async def test_network_that_comes_back_resumes(
    probe: Probe, loopback: Loopback, anna: User, general: Channel, naps_s: list[float]
) -> None:
    """What was asked meanwhile is answered."""
    await loopback.go_offline()
    asked = await loopback.slash(anna, general, "say", text="meanwhile")
    await loopback.come_online()
    assert (await loopback.answer(asked)).text == "meanwhile"
    assert asked.heard == 0


@pytest.mark.parametrize("way", ["drop", "close", "op 7", "op 9 resumable"])
async def test_broken_line_is_resumed_without_loss(
    probe: Probe, loopback: Loopback, anna: User, general: Channel, way: str
) -> None:
    """What was asked while nobody listened is answered; the bot identified once."""
    gateway = loopback.gateway
    match way:
        case "drop":
            await gateway.drop()
        case "close":
            await gateway.close(4000)
        case "op 7":
            await gateway.ask_to_reconnect()
        case _:
            await gateway.invalidate(resumable=True)
    asked = await loopback.slash(anna, general, "say", text="meanwhile")
    assert (await loopback.answer(asked)).text == "meanwhile"
    assert (asked.heard, len(gateway.identifies), len(gateway.resumes)) == (0, 1, 1)
    await loopback.until(lambda: probe.resumptions, "RESUMED at the bot")


async def test_invalid_session_makes_the_bot_identify_again(
    probe: Probe, loopback: Loopback, anna: User, general: Channel
) -> None:
    """Op 9 for good: what is asked after the new READY is answered."""
    await loopback.gateway.invalidate()
    await loopback.ready()
    asked = await loopback.slash(anna, general, "say", text="new")
    assert (await loopback.answer(asked)).text == "new"
    assert len(loopback.gateway.identifies) == 2


async def test_forgotten_session_is_refused_to_resume(probe: Probe, loopback: Loopback) -> None:
    """RESUME is answered with op 9."""
    loopback.gateway.forget_sessions()
    await loopback.gateway.drop()
    await loopback.ready()
    assert (len(loopback.gateway.resumes), len(loopback.gateway.identifies)) == (1, 2)


@pytest.mark.parametrize("stage", [Stage.CONNECTED, Stage.GREETED, Stage.RESUMING])
async def test_line_that_breaks_while_resuming_is_resumed_in_the_end(
    probe: Probe, loopback: Loopback, naps_s: list[float], stage: Stage
) -> None:
    """Twice broken, the third try holds."""
    loopback.gateway.drop_at(stage, times=2)
    await loopback.gateway.drop()
    await loopback.until(lambda: probe.resumptions, "RESUMED at the bot")
    assert len(loopback.gateway.identifies) == 1


async def test_line_that_breaks_after_ready_is_resumed(
    pointed: Loopback, anna: User, general: Channel, naps_s: list[float]
) -> None:
    """The guilds come with the resumption."""
    pointed.gateway.drop_at(Stage.READY)
    probe = Probe()
    async with connected(probe, BOT_TOKEN):
        asked = await pointed.slash(anna, general, "say", text="here")
        assert (await pointed.answer(asked)).text == "here"


async def test_dead_resume_url_is_tried_again_and_again(
    pointed: Loopback, general: Channel, naps_s: list[float]
) -> None:
    """Discord.py never goes back to the first address; a bot needs a watchdog of its own."""
    pointed.gateway.resume_url = pointed.dead_url
    async with connected(Probe(), BOT_TOKEN):
        await pointed.gateway.drop()
        await pointed.until(lambda: len(naps_s) >= 3, "three tries")
        assert (len(pointed.gateway.resumes), pointed.gateway.connected) == (0, [])


@pytest.mark.parametrize("code", [4004, 4013, 4014])
async def test_closing_code_ends_the_client(pointed: Loopback, code: int) -> None:
    """Or says what was wrong with IDENTIFY."""
    pointed.gateway.refuse_with = code
    expected = discord.PrivilegedIntentsRequired if code == 4014 else discord.ConnectionClosed
    with pytest.raises(expected):
        async with connected(Probe(), BOT_TOKEN):
            pass


async def test_privileged_intent_is_refused(pointed: Loopback) -> None:
    """With 4014, as for a bot that was not granted it."""
    client = discord.Client(intents=discord.Intents(guilds=True, message_content=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(client, BOT_TOKEN):
            pass


async def test_silent_gateway_leaves_the_bot_without_ready(pointed: Loopback) -> None:
    """It neither breaks nor speaks: what a watchdog is for."""
    pointed.gateway.fall_silent_at(Stage.GREETED)
    probe = Probe()
    task = asyncio.create_task(probe.start(BOT_TOKEN))
    await pointed.until(lambda: pointed.gateway.identifies, "IDENTIFY")
    await pointed.until(lambda: pointed.gateway.heartbeats, "a heartbeat")
    assert not probe.is_ready()
    await probe.close()
    await asyncio.gather(task, return_exceptions=True)


async def test_cleared_faults_are_over(probe: Probe, loopback: Loopback, general: Channel) -> None:
    """Whatever was ordered for always."""
    fault = loopback.faults.server_error(SEND, 503, times=ALWAYS)
    with pytest.raises(discord.DiscordServerError):
        await place(probe, general).send("hello")
    loopback.faults.clear()
    await place(probe, general).send("hello")
    assert fault.met == 1
