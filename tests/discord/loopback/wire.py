"""What Discord's wire is made of: JSON objects, ids, error codes, answers with the exact headers.

It must not know what the objects mean.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Json: TypeAlias = dict[str, Any]

DISCORD_EPOCH_MS = 1_420_070_400_000
"""The first millisecond of 2015, from which ids count."""

CODE_TEXTS = {
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10013: "Unknown User",
    10015: "Unknown Webhook",
    10062: "Unknown interaction",
    10070: "Unknown Guild Scheduled Event",
    10063: "Unknown application command",
    40060: "Interaction has already been acknowledged.",
    50001: "Missing Access",
    50006: "Cannot send an empty message",
    50007: "Cannot send messages to this user",
    50013: "Missing Permissions",
    50024: "Cannot execute action on this channel type",
    50027: "Invalid Webhook Token",
    50035: "Invalid Form Body",
    50083: "Thread is archived",
    160002: "Cannot reply without permission to read message history",
    160004: "A thread has already been created for this message",
    160005: "Thread is locked",
}
"""Discord's JSON error codes with its own words."""

CODE_STATUSES = {
    **dict.fromkeys((50001, 50007, 50013), 403),
    50027: 401,
    **dict.fromkeys((40060, 50006, 50024, 50035, 50083, 160002, 160004, 160005), 400),
}
"""HTTP status of each code; those not listed are 404."""


class DiscordError(Exception):
    """A refusal: status, Discord's code, its words. `detail` is added for whoever reads the test's output."""

    def __init__(self, code: int, status: int | None = None, detail: str = "") -> None:
        """Take status and words from the code unless told otherwise."""
        self.code = code
        self.status = status or CODE_STATUSES.get(code, HTTPStatus.NOT_FOUND)
        self.text = CODE_TEXTS.get(code, "General error")
        self.detail = detail
        super().__init__(f"{self.status} {code}: {self.text} {detail}".rstrip())

    def answer(self) -> web.Response:
        """Write the refusal as Discord does."""
        return json_answer({"message": f"{self.text} {self.detail}".rstrip(), "code": self.code}, self.status)


RATE_LIMIT_HEADERS = {
    "X-RateLimit-Limit": "50",
    "X-RateLimit-Remaining": "49",
    "X-RateLimit-Reset-After": "1.000",
    "X-RateLimit-Bucket": "loopback",
}
"""A bucket that never runs dry: without these headers discord.py sends one request at a time."""


def json_answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with JSON under exactly `application/json`: discord.py does not read it with a charset added."""
    return web.Response(
        body=json.dumps(body).encode(),
        status=status,
        headers={
            "Content-Type": "application/json",
            "X-RateLimit-Reset": f"{time.time() + 1:.3f}",
            **RATE_LIMIT_HEADERS,
            **(headers or {}),
        },
    )


def no_content() -> web.Response:
    """Answer 204."""
    return web.Response(status=HTTPStatus.NO_CONTENT, headers={"Via": "1.1 loopback"})


@dataclass(slots=True)
class Snowflakes:
    """Makes ids that grow and carry the time, as Discord's do. `clock` gives Unix seconds."""

    clock: Callable[[], float] = time.time
    _last: int = field(default=0, repr=False)

    def __call__(self) -> int:
        """Give the next id, higher than every one before it."""
        self._last = max(self._last + 1, int(self.clock() * 1000 - DISCORD_EPOCH_MS) << 22)
        return self._last


def iso_time(snowflake: int) -> str:
    """Give the moment that an id carries, in ISO 8601."""
    return datetime.fromtimestamp(((snowflake >> 22) + DISCORD_EPOCH_MS) / 1000, UTC).isoformat()
