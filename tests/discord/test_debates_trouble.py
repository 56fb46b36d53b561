"""What gets in the way of a debate on Discord: it goes on, nothing of it is lost, and moderators are told why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from bot.debate.cog.news import news_of
from bot.wire import announcer
from tests.discord.debating import MOTION, texts
from tests.discord.loopback import ChannelType, Permission
from tests.discord.loopback.endpoints import CALLBACK, EDIT, SEND, START_THREAD_FROM_MESSAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.debate.cog.news import News
    from tests.discord.debating import Debating
    from tests.discord.loopback import Channel, Fault
    from tests.discord.loopback.faults import Faults

FAULTS: Final[dict[str, Callable[[Faults], Fault]]] = {
    "429": lambda faults: faults.too_many_requests(SEND, 0.01),
    "502": lambda faults: faults.server_error(SEND, 502),
    "dropped": lambda faults: faults.drop(SEND),
    "carried out, answer lost": lambda faults: faults.lose_answer(SEND),
    "carried out, answered 502": lambda faults: faults.lose_answer(SEND, status=502),
}


@pytest.fixture(autouse=True)
def _retries(monkeypatch: pytest.MonkeyPatch, naps_s: list[float]) -> None:
    """Try again at once, as the library does here."""
    monkeypatch.setattr(announcer, "RETRY_S", (0.05,))


async def untroubled(club: Debating, channel: Channel) -> None:
    """Let the moderator look until nothing is in the way: that is noted a moment after the message is there."""
    while True:
        shown = await club.used(club.hall.chief, channel, "debate status")
        if "⚠️" not in shown.text:
            return


async def test_a_deleted_thread_is_left_for_the_channel(club: Debating) -> None:
    """With a new panel there, whose buttons work."""
    thread = await club.started()
    hall = club.hall
    await hall.loopback.remove_channel(thread)
    await club.used(hall.chief, hall.general, "debate next")
    await club.told(hall.general, "This debate's thread was deleted: it continues here.")
    await club.told(hall.general, "Phase 2 of 10")
    panel = await club.panel(hall.general)
    await club.pressed(hall.people[0], panel, "Join the film")
    await club.shows(hall.general, "The film 1")
    await club.used(hall.chief, hall.general, "debate next")
    await club.told(hall.general, "Phase 3 of 10")
    assert sum("was deleted" in text for text in texts(hall.loopback, hall.general)) == 1


async def test_a_debate_whose_channel_is_gone_goes_on_where_a_moderator_is(club: Debating) -> None:
    """Nothing that happened meanwhile is lost."""
    thread = await club.started()
    hall = club.hall
    elsewhere = hall.loopback.world.channel(hall.guild, "elsewhere")
    await hall.loopback.announce(elsewhere, is_new=True)
    await club.told(thread, "Phase 1")
    await hall.loopback.remove_channel(thread)
    await hall.loopback.remove_channel(hall.general)
    await club.used(hall.chief, elsewhere, "debate next")
    # It is found out behind the command: one of the next ones takes the debate along.
    while not hall.loopback.world.from_bot(elsewhere):
        await club.used(hall.chief, elsewhere, "debate status")
    await club.told(elsewhere, "Phase 2 of 10")
    assert "Phase 2 of 10" in (await club.panel(elsewhere)).text
    await untroubled(club, elsewhere)


async def test_a_removed_permission_is_named_to_the_moderator_and_then_made_up_for(club: Debating) -> None:
    """Everything is told in its order, once."""
    thread = await club.started()
    hall, bot_id = club.hall, club.hall.loopback.world.bot.id
    await club.told(thread, "Phase 1")
    hall.general.denied[bot_id] = Permission.SEND_MESSAGES_IN_THREADS
    before = len(hall.loopback.journal.to(SEND))
    await club.used(hall.chief, hall.general, "debate pause")
    await hall.loopback.until(lambda: len(hall.loopback.journal.to(SEND)) >= before + 2, "two tries")
    await club.used(hall.chief, hall.general, "debate resume")
    shown = await club.used(hall.chief, hall.general, "debate status")
    assert f"⚠️ I cannot write in {thread.mention}: let me view it" in shown.text
    assert len(texts(hall.loopback, thread)) == 1
    del hall.general.denied[bot_id]
    shown = await club.used(hall.chief, hall.general, "debate status")
    await club.told(thread, "▶️")
    assert [text[:2] for text in texts(hall.loopback, thread)] == ["**", "⏸️", "▶️"]
    await untroubled(club, hall.general)


async def test_when_the_moderator_has_left_any_other_goes_on(club: Debating) -> None:
    """By the panel that is there."""
    thread = await club.started()
    hall = club.hall
    other = hall.loopback.world.member(hall.guild, "other chief", hall.guild.roles[-1])
    del hall.guild.members[hall.chief.id]
    leading = await club.pressed(other, await club.panel(thread), "Moderator")
    await club.pressed(other, leading, "Next")
    await club.told(thread, "Phase 2 of 10")
    assert (await club.used(other, thread, "debate end")).text.startswith("Done: the debate is over.")
    await club.told(thread, "**This debate is over.**")


async def test_an_archived_thread_is_opened_again(club: Debating) -> None:
    """By writing there."""
    thread = await club.started()
    await club.told(thread, "Phase 1")
    await club.hall.loopback.archive(thread)
    await club.used(club.hall.chief, thread, "debate next")
    await club.told(thread, "Phase 2")
    assert not thread.archived


async def test_a_locked_thread_is_named_to_the_moderator(club: Debating) -> None:
    """Who unlocks it, and it goes on."""
    thread = await club.started()
    await club.told(thread, "Phase 1")
    await club.hall.loopback.archive(thread, locked=True)
    club.hall.guild.members[club.hall.loopback.world.bot.id].roles.clear()
    before = len(club.hall.loopback.journal.to(SEND))
    await club.used(club.hall.chief, thread, "debate next")
    await club.hall.loopback.until(lambda: len(club.hall.loopback.journal.to(SEND)) > before + 1, "tries")
    shown = await club.used(club.hall.chief, thread, "debate status")
    assert f"⚠️ {thread.mention} is locked: unlock it." in shown.text
    thread.locked = thread.archived = False
    await club.told(thread, "Phase 2")


async def test_a_deleted_panel_is_put_up_anew(club: Debating) -> None:
    """As soon as there is something to show."""
    thread = await club.started()
    first = await club.panel(thread)
    await club.hall.loopback.delete(first)
    phase = await club.told(thread, "Phase 1")
    await club.pressed(club.hall.people[0], await club.pressed(club.hall.people[0], phase, "Vote"), "Facebook")
    second = await club.panel(thread)
    assert second is not first
    await club.shows(thread, "1 person voted")


async def test_a_panel_that_discord_does_not_let_us_change_is_put_up_anew(club: Debating) -> None:
    """It is in another style, after the settings changed and a restart."""
    thread = await club.started()
    first = await club.panel(thread)
    club.hall.loopback.faults.refuse(EDIT, 50035)
    await club.pressed(club.hall.people[0], first, "Watch")
    await club.hall.loopback.until(lambda: len(club.hall.loopback.world.from_bot(thread)) == 3, "another panel")
    await club.shows(thread, "watching 1")


async def test_a_panel_whose_change_failed_is_changed_by_the_clock(club: Debating) -> None:
    """Nobody has to press anything more."""
    thread = await club.started()
    failed = club.hall.loopback.faults.refuse(EDIT, 50013)
    await club.pressed(club.hall.people[0], await club.panel(thread), "Watch")
    await club.shows(thread, "watching 1")
    assert failed.met == 1


async def test_a_change_of_the_panel_that_is_late_does_not_come_behind_a_newer_one(club: Debating) -> None:
    """What the panel shows at the end is the end."""
    thread = await club.started()
    hall, panel = club.hall, await club.panel(thread)
    # Of the first requests of a kind the library sends no two at once.
    await club.pressed(hall.people[0], panel, "Join Facebook")
    await club.shows(thread, "Facebook 1")
    edits = panel.edits
    stuck = hall.loopback.faults.hold(EDIT, times=1)
    await club.pressed(hall.people[0], panel, "Watch")
    await stuck.arrived.wait()
    await club.used(hall.chief, thread, "debate end")
    await club.told(thread, "**Result**")
    # Time enough for the newer one, if it did not wait.
    await club.used(hall.chief, hall.general, "topics")
    stuck.release()
    await hall.loopback.until(lambda: panel.edits >= edits + 2, "both changes")
    assert "This debate is over." in panel.text


async def test_a_change_of_style_leaves_the_panel_as_it_is(club: Debating) -> None:
    """Discord takes no other."""
    thread = await club.started()
    await club.used(club.hall.chief, club.hall.general, "settings set", style="plain")
    await club.pressed(club.hall.people[0], await club.panel(thread), "Watch")
    await club.shows(thread, "watching 1")
    assert (await club.panel(thread)).is_card


@pytest.mark.parametrize("name", FAULTS)
async def test_everything_is_told_once_whatever_befalls_it(name: str, club: Debating) -> None:
    """The announcement, the panel, and each thing that happens."""
    FAULTS[name](club.hall.loopback.faults)
    thread = await club.started()
    for command, told in (("pause", "⏸️"), ("resume", "▶️"), ("next", "Phase 2")):
        FAULTS[name](club.hall.loopback.faults)
        await club.used(club.hall.chief, thread, f"debate {command}")
        await club.told(thread, told)
    await club.shows(thread, "Phase 2")
    begins = ("**Phase 1", "⏸️ Paused", "▶️ Resumed", "The ballot before")
    for text, begin in zip(texts(club.hall.loopback, thread), begins, strict=True):
        assert text.startswith(begin)
    assert len(club.hall.loopback.world.from_bot(thread)) == 5
    assert len(club.hall.loopback.world.from_bot(club.hall.general)) == 1


async def test_a_thread_that_was_made_though_its_answer_was_lost_is_the_one(club: Debating) -> None:
    """There is no second."""
    club.hall.loopback.faults.lose_answer(START_THREAD_FROM_MESSAGE)
    thread = await club.started()
    threads = [channel for channel in club.hall.guild.channels if channel.is_thread]
    assert threads == [thread]


async def test_where_no_thread_can_be_opened_the_channel_is_the_place(club: Debating) -> None:
    """The permission may have been taken that very moment."""
    club.hall.loopback.faults.refuse(START_THREAD_FROM_MESSAGE, 50013)
    said = await club.used(club.hall.chief, club.hall.general, "debate start", motion=MOTION, format="quick")
    assert said.text == f"The debate has started: {club.hall.general.mention}"
    assert "Phase 1" in (await club.panel(club.hall.general)).text


async def test_a_result_is_told_without_its_picture_where_no_files_may_be_sent(club: Debating) -> None:
    """All of it stands in the text, too."""
    thread = await club.started()
    await club.went_to(thread, "final-vote")
    hall = club.hall
    hall.general.denied[hall.loopback.world.bot.id] = Permission.ATTACH_FILES
    await club.used(hall.chief, thread, "debate next")
    result = await club.told(thread, "**Result**")
    assert result.attachments == []


async def test_what_discord_would_never_take_keeps_nothing_from_being_told(club: Debating) -> None:
    """It is logged with an id, and the next thing is told."""
    thread = await club.started()
    await club.told(thread, "Phase 1")
    refused = club.hall.loopback.faults.refuse(SEND, 50035)
    await club.used(club.hall.chief, thread, "debate pause")
    await refused.arrived.wait()
    await club.used(club.hall.chief, thread, "debate resume")
    await club.told(thread, "▶️")
    assert len(texts(club.hall.loopback, thread)) == 2


async def test_a_debate_in_a_voice_channel_is_held_in_its_chat(club: Debating) -> None:
    """Threads there are none."""
    hall = club.hall
    voice = hall.loopback.world.channel(hall.guild, "Voice", ChannelType.VOICE)
    await hall.loopback.announce(voice, is_new=True)
    voice.denied[hall.loopback.world.bot.id] = Permission.CREATE_PUBLIC_THREADS
    said = await club.used(hall.chief, voice, "debate start", motion=MOTION, format="quick")
    assert said.text == f"The debate has started: {voice.mention}"
    assert "Phase 1" in (await club.panel(voice)).text


async def test_a_press_counts_though_its_acknowledgement_was_lost(club: Debating) -> None:
    """Once."""
    thread = await club.started()
    club.hall.loopback.faults.lose_answer(CALLBACK)
    said = await club.pressed(club.hall.people[0], await club.panel(thread), "Join Facebook")
    assert said.text == "You are on the side of Facebook."
    await club.shows(thread, "Facebook 1")


async def test_a_debate_that_cannot_be_told_of_holds_up_no_other(club: Debating) -> None:
    """Each has its own thread."""
    first, second = await club.started(), await club.started(motion="Another motion")
    await club.told(first, "Phase 1")
    await club.hall.loopback.archive(first, locked=True)
    club.hall.guild.members[club.hall.loopback.world.bot.id].roles.clear()
    await club.used(club.hall.chief, first, "debate next")
    await club.used(club.hall.chief, second, "debate next")
    await club.told(second, "Phase 2")
    assert not any("Phase 2" in text for text in texts(club.hall.loopback, first))


async def test_what_breaks_the_telling_does_not_end_it(club: Debating, monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins again, with what was not told."""
    thread = await club.started()
    await club.told(thread, "Phase 1")
    broken: list[bool] = []

    def breaking(*arguments: Any) -> tuple[News, ...]:  # noqa: ANN401 - as of any function
        if not broken:
            broken.append(True)
            raise RuntimeError("broken")
        return news_of(*arguments)

    monkeypatch.setattr("bot.debate.cog.announcements.news_of", breaking)
    await club.used(club.hall.chief, thread, "debate pause")
    await club.told(thread, "⏸️")
    await club.used(club.hall.chief, thread, "debate next")
    await club.told(thread, "Phase 2")
    assert broken
    assert len(texts(club.hall.loopback, thread)) == 3
