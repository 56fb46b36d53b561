"""Debates that go on while people, or whole guilds, are deleted from the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.debate.rules.events import PointMade
from bot.values.ballot import Round
from knowledge.errors import UserError
from tests.debate.service.held_debates import (
    ANN,
    BOB,
    GUILD,
    MIA,
    again,
    announce_all,
    debates_over,
    joined,
    next_phase,
    started,
    voted,
    votes_in,
)

if TYPE_CHECKING:
    from functools import partial

    from bot.debate.service.chronicle import Held
    from bot.debate.service.debates import Debates
    from bot.log.log import ConversationLog
    from tests.process.clocks import MovedClock


def forget(log: ConversationLog) -> None:
    """Delete all about Ann."""
    log.forget_people([ANN.id]).result(10)


async def with_votes(debates: Debates) -> Held:
    """Start a debate in which two people have voted."""
    held = await started(debates)
    await voted(debates, held, ANN, "film")
    return await voted(debates, held, BOB, "facebook")


async def test_who_was_deleted_has_not_voted(debates: Debates, log: ConversationLog, clock: MovedClock) -> None:
    """When they come back they are somebody else, who votes once."""
    held = await with_votes(debates)
    forget(log)
    await debates.reread()
    (left,) = debates.live()
    assert left.state.voted[Round.BEFORE] == {held.codes[BOB.id]}
    assert votes_in(log, left) == ["facebook"]
    assert set(left.codes) == {MIA.id, BOB.id}
    assert left.state.names[held.codes[ANN.id]] == "somebody who left"
    back = await voted(debates, held, ANN, None)
    assert back.codes[ANN.id] != held.codes[ANN.id]
    assert votes_in(log, back) == [None, "facebook"]
    assert (await again(log, clock)).live() == (back,)


async def test_who_was_deleted_and_joins_again_takes_one_seat(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """The seat of before is free, in memory and after a restart."""
    held = await joined(debates, await started(debates), ANN)
    held = await joined(debates, held, BOB, "facebook")
    forget(log)
    await debates.reread()
    assert debates.live()[0].state.seats == {held.codes[BOB.id]: "facebook"}
    back = await joined(debates, held, ANN)
    assert sorted(map(str, back.state.seats.values())) == ["facebook", "film"]
    assert (await again(log, clock)).live() == (back,)


async def test_who_acts_before_memory_heard_of_their_deletion_is_somebody_else_already(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """Nothing is written under the code of before."""
    held = await with_votes(debates)
    forget(log)
    back = await voted(debates, held, ANN, None)
    assert votes_in(log, back) == [None, "facebook"]
    assert len(back.state.voted[Round.BEFORE]) == 2
    assert back.codes[ANN.id] != held.codes[ANN.id]
    assert (await again(log, clock)).live() == (back,)


async def test_numbers_of_deleted_votes_are_not_given_to_others(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """An event under a number that was told would never be told."""
    held = await started(debates)
    await voted(debates, held, ANN, "film")
    told = await announce_all(debates)
    forget(log)
    other = await again(log, clock)
    await next_phase(other, other.live()[0])
    (untold,) = await announce_all(other)
    assert untold.number == told[-1].number + 1


async def test_what_is_still_to_be_announced_says_nothing_of_them(debates: Debates, log: ConversationLog) -> None:
    """Nor is anything announced again."""
    held = await started(debates, "talk")
    await announce_all(debates)
    await joined(debates, held, ANN)
    await debates.point(held.id, ANN, "They keep us there")
    handed_out = await debates.untold()
    forget(log)
    await debates.reread()
    await debates.told(held.id, handed_out.number)
    heard = await announce_all(debates)
    # The seat that was taken is free, and its number is nobody's.
    assert heard[0].number == handed_out.number + 2
    assert [untold.event.text for untold in heard if isinstance(untold.event, PointMade)] == ["[deleted by its author]"]


async def test_memory_that_could_not_be_read_anew_is_before_the_next_act(
    debates: Debates, log: ConversationLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deletion itself has been done, and nobody need do it again."""
    held = await with_votes(debates)
    forget(log)

    def unreadable(_: partial[object]) -> object:
        raise UserError("it cannot be read")

    with monkeypatch.context() as patch:
        patch.setattr(log, "read", unreadable)
        await debates.reread()
    after = await joined(debates, held, BOB)
    assert len(after.state.voted[Round.BEFORE]) == 1


async def test_debates_of_a_guild_that_is_gone_are_let_go(debates: Debates, log: ConversationLog) -> None:
    """Those of others go on."""
    held = await with_votes(debates)
    other = await debates.start(MIA, "12", 1, "Dogs", debates.format("short"))
    log.expire({}, [GUILD], now="2026-03-01T00:00:00+00:00").result(10)
    await debates.reread()
    assert [one.id for one in debates.live()] == [other.id]
    with pytest.raises(UserError, match="This debate is over, or was deleted"):
        await joined(debates, held, BOB)


async def test_a_debate_that_is_deleted_under_somebody_s_hands_says_so(debates: Debates, log: ConversationLog) -> None:
    """And is let go."""
    held = await with_votes(debates)
    log.expire({}, [GUILD], now="2026-03-01T00:00:00+00:00").result(10)
    with pytest.raises(UserError, match="This debate is over, or was deleted"):
        await joined(debates, held, BOB)
    assert debates.live() == ()


async def test_a_debate_that_the_disk_has_spoilt_keeps_no_other_from_going_on(
    debates: Debates, log: ConversationLog, clock: MovedClock
) -> None:
    """Without its beginning it is none; without a vote it goes on."""
    without_start, without_vote, whole = [await with_votes(debates) for _ in range(3)]
    spoil = "UPDATE debate_event SET event = '{' WHERE debate = ? AND number = ?"
    log.write(lambda db: db.execute(spoil, (without_start.id, 1))).result(10)
    log.write(lambda db: db.execute(spoil, (without_vote.id, 5))).result(10)
    other = await again(log, clock)
    assert {held.id for held in other.live()} == {without_vote.id, whole.id}
    assert (await joined(other, without_vote, BOB)).state.voted[Round.BEFORE] == {without_vote.codes[BOB.id]}


async def test_a_log_that_cannot_be_read_at_first_is_read_later(
    debates: Debates, log: ConversationLog, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks meanwhile is told so."""
    held = await with_votes(debates)
    other = debates_over(log, clock)

    def unreadable(_: partial[object]) -> object:
        raise UserError("it cannot be read")

    with monkeypatch.context() as patch:
        patch.setattr(log, "read", unreadable)
        with pytest.raises(UserError, match="The log cannot be read just now"):
            await other.ready()
    await other.ready()
    assert other.live() == (held,)
