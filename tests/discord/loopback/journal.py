"""What the bot asked for, and what it should not have: every request is judged here.

It must not know how requests are answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.loopback import endpoints
from tests.discord.loopback.rules.commands import choice_problems, command_problems, tree_problems
from tests.discord.loopback.rules.components import modal_problems
from tests.discord.loopback.rules.messages import message_problems, ping_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.discord.loopback.endpoints import Endpoint
    from tests.discord.loopback.openapi import OpenAPI
    from tests.discord.loopback.wire import Json

SAYS, DEFERS, DEFERS_CHANGE, CHANGES, OFFERS, ASKS = 4, 5, 6, 7, 8, 9
"""Types of interaction callback: message, thinking, change later, change now, autocomplete, modal."""
EPHEMERAL_ONLY = (0, 64)


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the bot, as it came. `path` is below the API's base; `files` are uploads by name."""

    endpoint: Endpoint | None
    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Json | list[Json] | None
    files: Mapping[str, bytes]
    media_type: str
    token_is_right: bool

    @property
    def fields(self) -> Json:
        """The body where it is one object, otherwise an empty one."""
        return self.body if isinstance(self.body, dict) else {}


@dataclass(slots=True)
class Journal:
    """All requests in order, and the violations found in them. `openapi` None: judged by the limits alone."""

    openapi: OpenAPI | None = None
    requests: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def to(self, endpoint: Endpoint) -> list[Request]:
        """Give the requests to one endpoint, in order."""
        return [request for request in self.requests if request.endpoint == endpoint]

    def forgive(self) -> list[str]:
        """Give the violations found so far and forget them, where a test provokes them."""
        found = list(self.violations)
        self.violations.clear()
        return found

    def record(self, request: Request, old_flags: int) -> list[str]:
        """Keep a request; give what Discord itself would refuse in it (the project's own rules are only noted)."""
        self.requests.append(request)
        if request.endpoint is None:
            self.note(request, "the stand-in does not know this endpoint: teach it, or do not call it")
            return []
        refused: list[str] = []
        if self.openapi is not None:
            refused += self.openapi.request_problems(request.endpoint, request.body, request.media_type)
        # A body of the wrong shape cannot be measured.
        refused = refused or list(_limit_problems(request, old_flags))
        for problem in [*refused, *_own_problems(request)]:
            self.note(request, problem)
        return refused

    def note(self, request: Request, problem: str) -> None:
        """Write a violation down."""
        self.violations.append(f"{request.method} {request.path}: {problem}")


def _limit_problems(request: Request, old_flags: int) -> Iterator[str]:
    body = request.fields
    if request.endpoint in endpoints.CREATING:
        yield from message_problems(body, request.files, in_answer=request.endpoint is endpoints.FOLLOW_UP)
    elif request.endpoint in endpoints.EDITING:
        in_answer = request.endpoint is not endpoints.EDIT
        yield from message_problems(body, request.files, in_answer=in_answer, old_flags=old_flags)
    elif request.endpoint is endpoints.CALLBACK:
        yield from _callback_problems(request, old_flags)
    elif request.endpoint in {endpoints.PUT_COMMANDS, endpoints.PUT_GUILD_COMMANDS}:
        yield from tree_problems(request.body if isinstance(request.body, list) else [])
    elif request.endpoint is not None and request.endpoint.path.endswith("/commands"):
        yield from command_problems(body) if body else ()


def _callback_problems(request: Request, old_flags: int) -> Iterator[str]:
    kind, content = request.fields.get("type"), request.fields.get("data") or {}
    if kind in {SAYS, CHANGES}:
        flags = old_flags if kind == CHANGES else 0
        yield from message_problems(content, request.files, in_answer=True, old_flags=flags)
    elif kind == DEFERS:
        if set(content) - {"flags"} or content.get("flags", 0) not in EPHEMERAL_ONLY:
            yield f"a deferred answer may only choose ephemeral, not {content}"
    elif kind == OFFERS:
        yield from choice_problems(content.get("choices") or [])
    elif kind == ASKS:
        yield from modal_problems(content)
    if request.query.get("with_response") not in {"1", "true"}:
        yield "an interaction callback without with_response=1 is answered with 204, which discord.py cannot read"


def _own_problems(request: Request) -> Iterator[str]:
    if request.endpoint in endpoints.CREATING:
        yield from ping_problems(request.fields)
    elif request.endpoint in endpoints.EDITING:
        yield from ping_problems(request.fields, is_edit=True)
    elif request.endpoint is endpoints.CALLBACK and request.fields.get("type") in {SAYS, CHANGES}:
        yield from ping_problems(request.fields.get("data") or {}, is_edit=request.fields["type"] == CHANGES)
