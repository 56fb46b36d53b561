"""Sparring in a terminal, or with a turn a line."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from bot.answer.rules.sparring import NOTHING, begun
from bot.screen.replies import piped
from bot.screen.screen import Screen
from bot.spar.terminal.spar import held
from tests.quote.rules.findings import pack
from tests.screen.fakes import ScriptedAsking, talk_to

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Program


def test_turns_are_taken_until_the_person_stops(capsys: pytest.CaptureFixture[str]) -> None:
    """Empty lines are no turns; what comes after the end is not read."""
    asking = ScriptedAsking()
    with talk_to(asking) as talk:
        sparring = held(pack(), talk, begun(pack(), "fb"), Screen(), piped(["you lie", "", "stop", "more"]))
    assert asking.heard == ["spar 0 you lie", "spar 1 stop"]
    assert sparring.over
    out, err = capsys.readouterr()
    assert out.startswith(f"You said: you lie\n\n{NOTHING}\n\nYou said: stop\n")
    assert err.startswith("The bot holds Facebook: argue against it.\n")


def test_a_side_that_is_not_there_is_refused(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is opened."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"hi")))
    ran = dilemma("spar", "--against", "tiktok")
    assert ran.code == 1
    assert ran.err == "error: There is no side “tiktok”: name one of film or facebook.\n"
