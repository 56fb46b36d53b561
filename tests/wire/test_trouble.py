"""What keeps the bot from connecting: a person's mistake, or something that passes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from bot.wire.client import Shards
from bot.wire.running import shards_of
from bot.wire.trouble import mistake, passing
from knowledge.errors import UserError


def closed(code: int) -> discord.ConnectionClosed:
    """Make the error of a gateway that closed with a code."""
    socket: Any = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(socket, shard_id=0)


def refused(status: int) -> discord.HTTPException:
    """Make the error of an answer with a status."""
    response: Any = SimpleNamespace(status=status, reason="")
    return discord.HTTPException(response, "")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (discord.LoginFailure("Improper token"), "does not know the token"),
        (refused(401), "does not know the token"),
        (closed(4004), "does not know the token"),
        (discord.PrivilegedIntentsRequired(0), r"does not grant the intents .* \(4014\)"),
        (closed(4014), r"does not grant the intents .* \(4014\)"),
        (closed(4010), "`shard_count` and `shard_ids`"),
        (closed(4011), "raise `shard_count`"),
        (closed(4012), "update Dilemma"),
        (UserError("as it is"), "^as it is$"),
    ],
)
def test_mistakes_are_told_with_what_to_do(error: Exception, sentence: str) -> None:
    """Trying again would not help."""
    found = mistake(error)
    assert found is not None
    with pytest.raises(UserError, match=sentence):
        raise found


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refused(503), "Discord answers 503"),
        (refused(429), "Discord answers 429"),
        (refused(403), "Discord answers 403"),
        (refused(404), "Discord answers 404"),
        (closed(1006), "Discord closed the connection (1006)"),
        (TimeoutError(), "Discord does not answer"),
        (aiohttp.ServerDisconnectedError(), "ServerDisconnectedError"),
        (ConnectionResetError(), "ConnectionResetError"),
    ],
)
def test_what_passes_is_named_and_tried_again(error: Exception, words: str) -> None:
    """In a few words, without a traceback."""
    assert mistake(error) is None
    assert passing(error) == words


def test_what_nobody_expected_is_neither() -> None:
    """It is logged as a fault, and tried again."""
    assert mistake(AttributeError()) is None
    assert passing(AttributeError()) is None


def test_shards_are_read_from_the_settings() -> None:
    """0 and nothing leave it to Discord."""
    assert shards_of(0, ()) == Shards(None, None)
    assert shards_of(4, ()) == Shards(4, None)
    assert shards_of(4, (3, 1, 3)) == Shards(4, (1, 3))


@pytest.mark.parametrize(
    ("count", "ids", "sentence"),
    [(0, (1,), "needs `shard_count`"), (2, (0, 2), "names 2, but `shard_count` is 2 and the first shard is 0")],
)
def test_shards_that_contradict_each_other_are_refused(count: int, ids: tuple[int, ...], sentence: str) -> None:
    """Before anything connects."""
    with pytest.raises(UserError, match=sentence):
        shards_of(count, ids)
