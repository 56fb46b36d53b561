"""The service as a terminal uses it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.answer.terminal import talk as talk_module
from tests.screen.fakes import ScriptedAsking, press_ctrl_c, talk_to

if TYPE_CHECKING:
    from collections.abc import Iterator


class Waiting:
    """Keeps when the person was told to wait, and when not any more."""

    def __init__(self) -> None:
        self.told: list[str] = []

    @contextmanager
    def __call__(self) -> Iterator[None]:
        self.told.append("wait")
        try:
            yield
        finally:
            self.told.append("done")


def test_question_is_made_sound_before_it_is_asked() -> None:
    asking = ScriptedAsking()
    with talk_to(asking) as talk:
        talk.ask("a\udcff")
        talk.rebut("b\ud800")
    assert asking.heard == ["a\ufffd", "rebut b\ufffd"]


def test_quick_answer_comes_without_a_word_about_waiting() -> None:
    waiting = Waiting()
    with talk_to(ScriptedAsking(), waiting) as talk:
        assert talk.ask("why").turn == 1
    assert waiting.told == []


def test_late_answer_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that takes its time is announced until it is there."""
    monkeypatch.setattr(talk_module, "PATIENCE_S", 0.001)
    waiting = Waiting()
    with talk_to(ScriptedAsking(), waiting) as talk:
        assert talk.ask("late").turn == 1
    assert waiting.told == ["wait", "done"]


@pytest.mark.parametrize("patience_s", [0.001, 60])
def test_interrupt_ends_one_answer_and_not_the_conversation(monkeypatch: pytest.MonkeyPatch, patience_s: float) -> None:
    """After Ctrl-C the next question is answered in the same conversation, whether the wait was announced or not."""
    monkeypatch.setattr(talk_module, "PATIENCE_S", patience_s)
    asking = ScriptedAsking(on_slow=press_ctrl_c)
    waiting = Waiting()
    with talk_to(asking, waiting) as talk:
        assert talk.ask("first").turn == 1
        with pytest.raises(KeyboardInterrupt):
            talk.ask("slow")
        assert talk.ask("second").turn == 2
    assert waiting.told in ([], ["wait", "done"])


def test_error_of_the_service_comes_through() -> None:
    """What the service raises is raised here."""
    asking = ScriptedAsking(errors={"broken": ValueError("no")})
    with talk_to(asking) as talk, pytest.raises(ValueError, match="no"):
        talk.ask("broken")
