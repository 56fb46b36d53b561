"""What a person reads when something goes wrong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands

from bot.process import journal as logs
from bot.process.limits import Busy
from bot.wire import reply
from bot.wire.page.errors import in_words, tell, with_written
from bot.wire.page.escaping import size
from bot.wire.page.language import words_for
from knowledge.errors import Fault, UserError


def refused(code: int, status: int = 400) -> discord.HTTPException:
    """Make Discord's refusal with one of its codes."""
    response: Any = SimpleNamespace(status=status, reason="")
    return discord.HTTPException(response, {"code": code, "message": "no"})


class Response:
    """The first answer of an interaction that only remembers."""

    def __init__(self, *, done: bool, refusal: Exception | None = None) -> None:
        """Be answered already, or not, or refuse with that."""
        self.done = done
        self.refusal = refusal
        self.sent: list[tuple[str, bool]] = []

    def is_done(self) -> bool:
        """Tell whether it was answered."""
        return self.done

    async def send_message(self, text: str, *, ephemeral: bool, suppress_embeds: bool) -> None:
        """Remember or refuse."""
        if self.refusal is not None:
            raise self.refusal
        self.sent.append((text, ephemeral))


class Followup:
    """Later answers, which are refused or remembered."""

    def __init__(self, refusal: Exception | None = None) -> None:
        """Refuse with that."""
        self.refusal = refusal
        self.sent: list[tuple[str, bool]] = []

    async def send(self, text: str, *, ephemeral: bool, suppress_embeds: bool) -> None:
        """Remember or refuse."""
        if self.refusal is not None:
            raise self.refusal
        self.sent.append((text, ephemeral))


def interaction(*, done: bool = False, refusal: Exception | None = None) -> Any:  # noqa: ANN401 - a stand-in
    """Make an interaction of an English speaker."""
    return SimpleNamespace(response=Response(done=done), followup=Followup(refusal), locale="en-US")


@pytest.fixture(autouse=True)
def _quiet() -> Any:  # noqa: ANN401 - a fixture without a value
    yield
    logs.tear_down()


async def test_users_mistake_is_shown_as_it_is_and_only_to_them() -> None:
    """Braces in it are no fields."""
    asked = interaction()
    await tell(asked, UserError("There is {nothing} to show."))
    assert asked.response.sent == [("There is {nothing} to show.", True)]


async def test_error_after_a_deferral_is_a_follow_up() -> None:
    """The first answer is spent."""
    asked = interaction(done=True)
    await tell(asked, Busy(2.1))
    assert asked.response.sent == []
    assert asked.followup.sent == [("Many people are asking – please wait 3 seconds.", True)]


async def test_error_after_a_deferral_whose_answer_was_lost_is_a_follow_up() -> None:
    """Discord has taken the first answer, although nobody here knows."""
    asked = interaction()
    asked.response = Response(done=False, refusal=refused(40060))
    await tell(asked, Busy(2.1))
    assert asked.followup.sent == [("Many people are asking – please wait 3 seconds.", True)]


async def test_fault_shows_an_id_that_the_messages_hold(capsys: pytest.CaptureFixture[str]) -> None:
    """And nothing of what went wrong."""
    asked = interaction()
    error = Fault("the disk is on fire")
    command: Any = SimpleNamespace(name="ask", _has_any_error_handlers=lambda: False)
    await tell(asked, app_commands.CommandInvokeError(command, error))
    ((text, ephemeral),) = asked.response.sent
    identity = text.removeprefix("Something went wrong on my side (id ").removesuffix("); it is logged.")
    assert ephemeral
    assert len(identity) == 8
    assert identity in capsys.readouterr().err
    assert "fire" not in text


@pytest.mark.parametrize("code", [10015, 10062, 40060])
async def test_late_and_doubled_answers_are_not_answered_again(code: int) -> None:
    """There is nobody to answer."""
    asked = interaction()
    await tell(asked, refused(code))
    assert asked.response.sent == []
    assert asked.followup.sent == []


def test_closed_places_are_named() -> None:
    """Missing permissions and archived threads are a moderator's to mend."""
    for code in (50001, 50013, 50083):
        said = in_words(refused(code, 403), words_for("en"))
        assert said is not None
        assert said.startswith("Discord does not let me write here")


async def test_error_that_cannot_be_told_is_let_go() -> None:
    """Discord may refuse this answer too."""
    await tell(interaction(done=True, refusal=refused(10062, 404)), UserError("too late"))


@pytest.mark.parametrize("failure", [aiohttp.ServerDisconnectedError(), ConnectionResetError(), TimeoutError()])
@pytest.mark.parametrize("done", [False, True])
async def test_error_that_a_dropped_line_keeps_from_being_told_is_logged(
    failure: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, done: bool
) -> None:
    """It is not raised, whichever answer it would have been."""
    monkeypatch.setattr(reply, "_FIRST_WAIT_S", 0)
    logs.set_up("info", form="json")
    asked = interaction(done=done, refusal=failure)
    asked.response.refusal = failure
    await tell(asked, UserError("no"))
    printed = capsys.readouterr().err
    assert "an error could not be told" in printed
    assert type(failure).__name__ in printed


@pytest.mark.parametrize("done", [False, True])
async def test_what_was_written_in_vain_is_given_back(*, done: bool) -> None:
    """As it was, but for what would end the block; all of it, in as many messages as it takes."""
    asked = interaction(done=done)
    await tell(asked, UserError("too late"), written="My ```long``` *thought*")
    await tell(asked, UserError("too late"), written=" \n")
    short, none = (text for text, _ in (asked.followup.sent if done else asked.response.sent))
    assert short.splitlines() == ["Too late", "You wrote:", "```", "My ` ` `long` ` ` *thought*", "```"]
    assert none == "Too late"


def test_a_long_text_is_given_back_in_several_messages() -> None:
    """None is longer than Discord takes, which counts some characters twice; nothing is lost."""
    written = "😀 long " * 400
    first, *rest = with_written("too late", written, words_for("en"))
    assert [size(first), *map(size, rest)] == [2000, 3200 - (2000 - 28) + 8]
    assert first.startswith("too late\nYou wrote:\n```\n😀 long ")
    blocks = [text.partition("```\n")[2].removesuffix("\n```") for text in (first, *rest)]
    assert "".join(blocks) == written
