"""An assistant that is asked over the network: a server that speaks as OpenAI's does, on this machine or by https.

Only authors of packs use it, and only when they name it; no answer of the program comes from it.
"""

from __future__ import annotations

import ipaddress
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from http.client import HTTPException
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from bot.authoring.example_prompt import prompt_of
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.model import Pack

KEY: Final = "DILEMMA_ASSISTANT_KEY"
"""The variable of the environment that holds the server's key, if it wants one."""

PATIENCE_S: Final = 600.0
"""Seconds that one answer may take: a small machine writes a few words a second."""

PASSAGES: Final = 12
"""Passages that are asked about at a time: a small model forgets more."""

_MOST_BYTES: Final = 2_000_000
_PIECE: Final = 65_536
_TOLD: Final = 200
"""Characters of a server's own message that are shown."""


class _NoRedirect(HTTPRedirectHandler):
    """Keeps the passages and the key where they were sent."""

    def redirect_request(self, *_args: object, **_named: object) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Assistant:
    """A server, by the address that ends before "/chat/completions", with a model and perhaps a key."""

    endpoint: str
    key: str
    model: str

    @classmethod
    def at(cls, endpoint: str, key: str, model: str | None) -> Assistant:
        """Return the one at an address; without a model, the first that it lists. Raises UserError."""
        server = cls(_checked(endpoint), key, model or "")
        return server if model else replace(server, model=server.first_model())

    def first_model(self) -> str:
        """Return the first model that the server lists (UserError)."""
        found = self._call("/models", None)
        with suppress(KeyError, IndexError, TypeError):
            return str(found["data"][0]["id"])
        raise UserError(f"{self.endpoint} lists no model: name one with --model")

    def answers(self, pack: Pack, *, claims: bool) -> Iterator[str]:
        """Yield what the model answers to the prompt of `example_prompt`, for some passages at a time (UserError)."""
        for start in range(0, len(pack.passages), PASSAGES):
            some = replace(pack, passages=pack.passages[start : start + PASSAGES])
            content = "\n".join(prompt_of(some, claims=claims))
            asked = {"model": self.model, "messages": [{"role": "user", "content": content}], "stream": False}
            found = self._call("/chat/completions", asked)
            try:
                answer = found["choices"][0]["message"]["content"]
            except (KeyError, IndexError, TypeError):
                answer = None
            if not isinstance(answer, str) or not answer.strip():
                raise UserError(f"{self.endpoint} answered without a text: is it a server for chats, as OpenAI's is?")
            yield answer

    def _call(self, path: str, body: dict[str, object] | None) -> Any:  # noqa: ANN401 - whatever a server says
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        content = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.endpoint}{path}", content, headers)  # noqa: S310 - the scheme was checked
        proxies = ProxyHandler({}) if urlsplit(self.endpoint).scheme == "http" else ProxyHandler()
        try:
            with build_opener(_NoRedirect, proxies).open(request, timeout=PATIENCE_S) as response:
                read = _read(response)
        except HTTPError as error:
            raise UserError(self._refused(error)) from error
        except TimeoutError as error:
            raise UserError(self._slow()) from error
        except (URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, TimeoutError):
                raise UserError(self._slow()) from error
            raise UserError(
                f"{self.endpoint} cannot be reached ({reason}): start the server, or mend the address"
            ) from error
        try:
            return json.loads(read)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{self.endpoint} answered no JSON: is it a server for chats, as OpenAI's is?") from error

    def _slow(self) -> str:
        return f"{self.endpoint} took more than {PATIENCE_S:g} seconds: try a smaller model, or ask again"

    def _refused(self, error: HTTPError) -> str:
        status = error.code
        if status in {401, 403}:
            return f"{self.endpoint} wants another key ({status}): set {KEY} in the environment"
        if status == 429:  # noqa: PLR2004 - too many requests
            wait = error.headers.get("Retry-After", "")
            when = f" in {wait} seconds" if wait.isdecimal() else " later"
            return f"{self.endpoint} has had enough requests for now (429): ask again{when}"
        if status == 404:  # noqa: PLR2004 - not found
            return (
                f"{self.endpoint} knows no such address or model (404): addresses end in /v1, and --model names a model"
            )
        said = ""
        with suppress(OSError, HTTPException):
            said = " ".join(error.read(_TOLD).decode(errors="replace").split())
        return f"{self.endpoint} refused ({status}){f': {said}' if said else ''}"


def _checked(endpoint: str) -> str:
    """Return an address without a slash at its end; UserError for any but https, and http on this machine."""
    refused = UserError(
        f"{endpoint} is no address for an assistant: it begins with https://, or http:// on this machine, as in "
        "http://localhost:11434/v1, and has no name, password or query"
    )
    try:
        url = urlsplit(endpoint)
        _ = url.port
    except ValueError:
        raise refused from None
    own = url.hostname == "localhost"
    with suppress(ValueError):
        own = own or ipaddress.ip_address(url.hostname or "").is_loopback
    sound = url.scheme == "https" or (url.scheme == "http" and own)
    if not sound or not url.hostname or url.username or url.password or url.query or url.fragment:
        raise refused
    if not endpoint.isascii() or any(sign.isspace() for sign in endpoint):
        raise refused
    return endpoint.rstrip("/")


def _read(response: Any) -> bytes:  # noqa: ANN401 - what urlopen returns
    """Return a body that comes in time and is no endless one. Raises TimeoutError, and UserError."""
    until = monotonic() + PATIENCE_S
    found = bytearray()
    while piece := response.read1(_PIECE):
        found += piece
        if len(found) > _MOST_BYTES:
            raise UserError(f"the server answered with more than {_MOST_BYTES // 1_000_000} MB: is it the right one?")
        if monotonic() > until:
            raise TimeoutError
    return bytes(found)
