"""What becomes of messages whose way to Discord is broken."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest

from bot.process import journal as logs
from bot.wire import reply as delivering
from bot.wire.reply import TRIES, deliver, withdraw

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Take the log down after each test."""
    yield
    logs.tear_down()


class Webhook:
    """Discord, which hangs up a few times; it reads files and closes them, as aiohttp does."""

    def __init__(self, hang_ups: int) -> None:
        """Hang up so many times."""
        self.hang_ups = hang_ups
        self.received: list[tuple[bytes, str, str | None]] = []

    def get(self) -> Webhook:
        """Stand for the context variable, too."""
        return self

    async def edit_original_interaction_response(
        self, *_: object, files: list[discord.File], **_others: object
    ) -> dict[str, str]:
        """Remember the file, and give the message."""
        (file,) = files
        self.received.append((file.fp.read(), file.filename, file.description))
        file.fp.close()
        if len(self.received) <= self.hang_ups:
            raise aiohttp.ServerDisconnectedError
        return {"id": "7"}


def interaction() -> Any:  # noqa: ANN401 - a stand-in
    """Make an interaction that was acknowledged."""
    client = SimpleNamespace(allowed_mentions=None, http=SimpleNamespace(proxy=None, proxy_auth=None))
    return SimpleNamespace(client=client, application_id=1, token="", followup=SimpleNamespace(session=None))


async def test_a_file_is_whole_at_every_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library closes a file after one try, so that a second would find it empty, a third closed."""
    webhook = Webhook(hang_ups=TRIES - 1)
    monkeypatch.setattr(delivering, "async_context", webhook)
    monkeypatch.setattr(delivering, "_FIRST_WAIT_S", 0)
    file = discord.File(io.BytesIO(b"picture"), "stats.png", description="bars")
    assert await deliver(interaction(), {"content": "The figures:", "file": file}) == 7
    assert webhook.received == [(b"picture", "stats.png", "bars")] * TRIES


@pytest.mark.parametrize("failure", [aiohttp.ServerDisconnectedError(), ConnectionResetError(), TimeoutError()])
async def test_a_dropped_line_leaves_thinking_where_it_is(
    failure: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    """That is logged; what follows is sent all the same."""

    async def drop() -> None:
        raise failure

    logs.set_up("info", form="json")
    asked = interaction()
    asked.delete_original_response = drop
    await withdraw(asked)
    printed = capsys.readouterr().err
    assert "not withdrawn" in printed
    assert type(failure).__name__ in printed
