"""How often the bot says what it is."""

from __future__ import annotations

from bot.answer.service.introductions import A_WHILE_S, Introductions
from bot.values.asker import Asker
from tests.process.clocks import MovedClock

ANNA = Asker("anna", "1/2")
BERT = Asker("bert", "1/2")


def test_a_channel_is_told_once_a_while() -> None:
    """Whoever asks; the while begins anew with each answer."""
    clock = MovedClock()
    told = Introductions(clock)
    assert told.is_due(ANNA, "pets")
    assert not told.is_due(BERT, "pets")
    clock.now_s += A_WHILE_S
    assert not told.is_due(ANNA, "pets")
    clock.now_s += A_WHILE_S
    assert not told.is_due(BERT, "pets")
    clock.now_s += A_WHILE_S + 1
    assert told.is_due(BERT, "pets")
    assert told.is_due(Asker("bert", "1/3"), "pets")
    assert told.is_due(BERT, "mice")


def test_a_thread_is_told_once() -> None:
    """However long nobody asks in it."""
    clock = MovedClock()
    told = Introductions(clock)
    assert told.is_due(ANNA, "pets", thread=True)
    clock.now_s += 100 * A_WHILE_S
    assert not told.is_due(ANNA, "pets", thread=True)


def test_who_reads_alone_is_told_alone() -> None:
    """Until they are forgotten."""
    told = Introductions(MovedClock())
    assert told.is_due(ANNA, "pets")
    assert told.is_due(ANNA, "pets", private=True)
    assert not told.is_due(ANNA, "pets", private=True)
    assert told.is_due(BERT, "pets", private=True)
    told.forget({"anna"})
    assert told.is_due(ANNA, "pets", private=True)
    assert not told.is_due(BERT, "pets", private=True)
