"""What goes wrong at Discord while the bot runs as a process: no question is lost, none answered twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest

from tests.discord.loopback import ALWAYS, Kind, Permission
from tests.discord.loopback.endpoints import CALLBACK, EDIT_ORIGINAL, PUT_COMMANDS, SEND
from tests.discord.stage import QUESTION, SOON_S, quoted_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.discord.loopback import Channel, Fault
    from tests.discord.loopback.endpoints import Endpoint
    from tests.discord.loopback.faults import Faults
    from tests.discord.stage import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

FAULTS: Final[dict[str, Callable[[Faults, Endpoint], Fault]]] = {
    "429": lambda faults, endpoint: faults.too_many_requests(endpoint, 0.2),
    "429 for all": lambda faults, endpoint: faults.too_many_requests(endpoint, 0.2, is_global=True),
    "429 of a proxy": lambda faults, endpoint: faults.too_many_requests(endpoint, 0.2, has_via=False),
    "502": lambda faults, endpoint: faults.server_error(endpoint, 502),
    "503": lambda faults, endpoint: faults.server_error(endpoint, 503),
    "dropped": lambda faults, endpoint: faults.drop(endpoint),
    "carried out, answer lost": lambda faults, endpoint: faults.lose_answer(endpoint),
    "carried out, answered 502": lambda faults, endpoint: faults.lose_answer(endpoint, status=502),
}
"""What befalls the next request to an endpoint."""


class Befallen:
    """A fault that befalls the next requests to an endpoint, each of which is repeated."""

    def __init__(self, scene: Scene, endpoint: Endpoint, name: str) -> None:
        """Order it."""
        self._scene = scene
        self._endpoint = endpoint
        before = len(scene.loopback.journal.to(endpoint))
        self._expected = before + 1 + FAULTS[name](scene.loopback.faults, endpoint).times

    async def is_over(self) -> None:
        """Wait for every repetition, and for what it comes to."""
        journal = self._scene.loopback.journal
        what = f"{self._expected} requests to {self._endpoint}"
        await self._scene.loopback.until(lambda: len(journal.to(self._endpoint)) >= self._expected, what)
        await settled(self._scene)


async def settled(scene: Scene) -> None:
    """Wait until another person's question, asked now, is answered."""
    direct = scene.loopback.world.dm(scene.bert)
    await scene.loopback.reply_to(await scene.loopback.say(scene.bert, direct, QUESTION))


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("endpoint", [CALLBACK, EDIT_ORIGINAL], ids=["acknowledgement", "answer"])
async def test_a_question_is_answered_once_whatever_befalls_its_answer(
    name: str, endpoint: Endpoint, scene: Scene
) -> None:
    """Acknowledged in time; one message, with the quotes."""
    fault = Befallen(scene, endpoint, name)
    card = await scene.asked(scene.anna)
    await fault.is_over()
    assert quoted_in(card)
    assert scene.loopback.world.from_bot(scene.general) == [card]


@pytest.mark.parametrize("name", FAULTS)
async def test_a_mention_is_answered_once_whatever_befalls_its_answer(name: str, scene: Scene) -> None:
    """With one reply."""
    fault = Befallen(scene, SEND, name)
    reply = await scene.loopback.reply_to(await scene.loopback.mention(scene.anna, scene.general, QUESTION))
    await fault.is_over()
    assert quoted_in(reply)
    assert scene.loopback.world.from_bot(scene.general) == [reply]


@pytest.mark.parametrize("name", ["429", "503", "dropped", "carried out, answered 502"])
async def test_a_message_is_changed_whatever_befalls_the_change(name: str, scene: Scene) -> None:
    """The context of another quote, in the place of the first."""
    context = await scene.pressed(scene.anna, await scene.asked(scene.anna), "Context")
    fault = Befallen(scene, EDIT_ORIGINAL, name)
    chosen = await scene.loopback.choose(scene.anna, context, context.selects[0]["options"][1]["value"])
    assert (await scene.loopback.answer(chosen)).kind is Kind.CHANGE
    await fault.is_over()
    assert chosen.followups == []


@pytest.mark.parametrize("command", ["topics", "settings show", "review", "stats", "privacy show", "privacy delete"])
async def test_every_command_outlives_an_acknowledgement_whose_answer_was_lost(command: str, scene: Scene) -> None:
    """Discord refuses the second try, and takes the answer."""
    scene.loopback.faults.lose_answer(CALLBACK)
    sent = await scene.loopback.slash(scene.chief, scene.general, command)
    assert (await scene.seen(sent)).text
    assert sent.refused == [40060]


async def test_an_error_after_a_lost_acknowledgement_is_told_to_the_person_alone(scene: Scene) -> None:
    """Here: that questions are answered elsewhere."""
    elsewhere = scene.loopback.world.channel(scene.guild, "elsewhere")
    await scene.loopback.announce(elsewhere, is_new=True)
    await scene.used(scene.chief, scene.general, "settings set", allow_channel=scene.general)
    scene.loopback.faults.lose_answer(CALLBACK)
    sent = await scene.loopback.slash(scene.anna, elsewhere, "ask", question=QUESTION)
    told = (await scene.loopback.answer(sent)).message
    assert told.is_ephemeral
    assert f"<#{scene.general.id}>" in told.text
    assert scene.loopback.world.from_bot(elsewhere) == []


async def test_an_acknowledgement_is_in_time_after_two_failures(scene: Scene) -> None:
    """The library itself would wait one second after the first, and three more after the second."""
    fault = scene.loopback.faults.server_error(CALLBACK, 503, times=2)
    assert quoted_in(await scene.asked(scene.anna))
    assert fault.met == 2


async def test_answers_to_acknowledgements_that_come_late_are_no_trouble(scene: Scene) -> None:
    """Every question is answered once, and nothing is said beside a form that was opened."""
    card = await scene.asked(scene.anna)
    late = scene.loopback.faults.answer_late(CALLBACK, 0.9, ALWAYS)
    sent = [await scene.loopback.slash(scene.anna, scene.general, "ask", question=QUESTION) for _ in range(3)]
    form = await scene.loopback.press(scene.bert, card, "Follow up")
    assert all([quoted_in(await scene.seen(each)) for each in sent])
    assert (await scene.loopback.answer(form)).kind is Kind.MODAL
    # The second try of each is refused, for the first was taken.
    await scene.loopback.until(lambda: all(each.refused == [40060] for each in (*sent, form)), "four refusals")
    late.release()
    await settled(scene)
    assert (form.followups, [each.followups for each in sent]) == ([], [[], [], []])
    assert len(scene.loopback.world.from_bot(scene.general)) == 1 + len(sent)


async def test_a_mention_that_meets_a_ban_for_a_moment_is_answered(scene: Scene) -> None:
    """Where even the second try is refused, the person reads at least that something went wrong."""
    scene.loopback.faults.too_many_requests(SEND, 0.0, times=2, has_via=False)
    reply = await scene.loopback.reply_to(await scene.loopback.mention(scene.anna, scene.general, QUESTION))
    assert "Something went wrong on my side" in reply.text


@pytest.mark.parametrize("name", ["503", "dropped", "carried out, answer lost"])
async def test_a_form_is_shown_whatever_befalls_it(name: str, scene: Scene) -> None:
    """In time, and what is written in it is answered."""
    card = await scene.asked(scene.anna)
    FAULTS[name](scene.loopback.faults, CALLBACK)
    followed = await scene.filled(scene.anna, card, "Follow up", {"Your question": "source?"})
    assert set(quoted_in(followed)) == set(quoted_in(card))


async def test_places_where_it_may_not_write_are_no_trouble(scene: Scene) -> None:
    """A channel, its threads, and an archived thread: mentions there come to nothing, commands are answered."""
    world, loopback = scene.loopback.world, scene.loopback
    closed, threadless = world.channel(scene.guild, "closed"), world.channel(scene.guild, "threadless")
    closed.denied[world.bot.id] = Permission.SEND_MESSAGES
    threadless.denied[world.bot.id] = Permission.SEND_MESSAGES_IN_THREADS
    thread, archived = world.thread(threadless, "thread", scene.anna), world.thread(scene.general, "old", scene.anna)
    for place in (closed, threadless, thread, archived):
        await loopback.announce(place, is_new=True)
    await loopback.archive(archived, locked=True)
    before = len(loopback.journal.to(SEND))
    places: tuple[Channel, ...] = (closed, thread, archived)
    for place in places:
        await loopback.mention(scene.anna, place, QUESTION)
    await loopback.until(lambda: len(loopback.journal.to(SEND)) >= before + len(places), "a try in each place")
    assert quoted_in(await scene.used(scene.bert, closed, "ask", question=QUESTION))
    reply = await loopback.reply_to(await loopback.mention(scene.bert, scene.general, QUESTION))
    assert quoted_in(reply)
    assert [len(world.from_bot(place)) for place in places] == [1, 0, 0]
    assert len(loopback.journal.to(SEND)) == before + len(places) + 1


async def test_channel_whose_history_it_may_not_read_gets_its_answer_without_a_reply(scene: Scene) -> None:
    """Discord would refuse to tie it to the question."""
    world, loopback = scene.loopback.world, scene.loopback
    scene.general.denied[world.bot.id] = Permission.READ_MESSAGE_HISTORY
    await loopback.announce(scene.general)
    asked = await loopback.mention(scene.anna, scene.general, QUESTION)
    assert quoted_in(await loopback.posted(scene.general, after=asked))


async def test_guild_that_puts_the_bot_out_in_mid_answer_is_no_trouble(scene: Scene) -> None:
    """The answer finds no way; the next guild's does; and so does this one's when it takes the bot back."""
    loopback = scene.loopback
    held = loopback.faults.hold(SEND)
    await loopback.mention(scene.anna, scene.general, QUESTION)
    await held.arrived.wait()
    await loopback.kick_bot(scene.guild)
    held.release()
    await scene.stage.program.says(f"guild={scene.guild.id}")
    await settled(scene)
    assert loopback.world.from_bot(scene.general) == []
    await loopback.invite_bot(scene.guild)
    assert quoted_in(await scene.asked(scene.bert))


async def test_question_while_the_bot_reconnects_is_answered_once(scene: Scene) -> None:
    """Op 7: whatever was said meanwhile is told again when the session is resumed; what is under way goes on."""
    loopback = scene.loopback
    held = loopback.faults.hold(EDIT_ORIGINAL)
    begun = await loopback.slash(scene.anna, scene.general, "ask", question=QUESTION)
    await held.arrived.wait()
    await loopback.gateway.ask_to_reconnect()
    missed = await loopback.slash(scene.bert, scene.general, "ask", question=QUESTION)
    assert missed.heard == 0
    assert await loopback.acknowledged(missed) < SOON_S
    held.release()
    await asyncio.gather(loopback.answer(begun), loopback.answer(missed))
    assert len(loopback.gateway.resumes) >= 1
    assert len(loopback.world.from_bot(scene.general)) == 2


async def test_answer_under_way_survives_a_broken_line(scene: Scene) -> None:
    """It goes another way; the session is resumed, and old buttons work."""
    loopback = scene.loopback
    held = loopback.faults.hold(EDIT_ORIGINAL)
    begun = await loopback.slash(scene.anna, scene.general, "ask", question=QUESTION)
    await held.arrived.wait()
    resumed = len(loopback.gateway.resumes)
    await loopback.gateway.drop()
    held.release()
    card = (await loopback.answer(begun)).message
    await loopback.until(lambda: len(loopback.gateway.resumes) > resumed and loopback.gateway.connected, "a resumption")
    assert f"More on:** {QUESTION}" in (await scene.pressed(scene.anna, card, "More")).text


async def test_answer_under_way_survives_a_lost_session(scene: Scene) -> None:
    """Op 9: another session begins, and nothing is announced again."""
    loopback = scene.loopback
    held = loopback.faults.hold(EDIT_ORIGINAL)
    begun = await loopback.slash(scene.anna, scene.general, "ask", question=QUESTION)
    await held.arrived.wait()
    identified = len(loopback.gateway.identifies)
    await loopback.gateway.invalidate()
    held.release()
    card = (await loopback.answer(begun)).message
    await loopback.until(lambda: len(loopback.gateway.identifies) > identified, "another session")
    await loopback.ready()
    assert f"More on:** {QUESTION}" in (await scene.pressed(scene.anna, card, "More")).text
    assert quoted_in(await scene.asked(scene.bert))
    assert len(loopback.journal.to(PUT_COMMANDS)) == 1
