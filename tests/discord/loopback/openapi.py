"""Requests and answers against Discord's own OpenAPI document, where it is at hand.

The document lies where DILEMMA_DISCORD_OPENAPI says, or as shared/discord_api/openapi.json beside the repository.
It must not know the stand-in.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it ships no types
from jsonschema.exceptions import best_match  # type: ignore[import-untyped] # it ships no types
from referencing import Registry
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.discord.loopback.endpoints import Endpoint

VARIABLE = "DILEMMA_DISCORD_OPENAPI"
MISSING = f"Discord's openapi.json is not there: set {VARIABLE}, or put it in shared/discord_api beside the repository"

_BASE = "urn:discord"


def openapi_path(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Find the document, or None. A variable that names no file is a FileNotFoundError: nobody sets it in vain."""
    if named := environ.get(VARIABLE):
        path = Path(named)
        if not path.is_file():
            raise FileNotFoundError(f"{VARIABLE} names {named}, which is no file")
        return path
    beside = Path(__file__).resolve().parents[4] / "shared" / "discord_api" / "openapi.json"
    return beside if beside.is_file() else None


@cache
def open_openapi(path: Path) -> OpenAPI:
    """Read the document once a process."""
    return OpenAPI(json.loads(path.read_text(encoding="utf-8")))


class OpenAPI:
    """Discord's OpenAPI document as a judge of bodies. Validators are made once an endpoint."""

    def __init__(self, document: dict[str, Any]) -> None:
        """Put the document under one absolute address, from which its own references resolve.

        Ids may be numbers in requests: Discord takes both, and discord.py sends numbers in several places.
        """
        schemas = document["components"]["schemas"]
        schemas["SnowflakeType"] = {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$", "minimum": 0}
        self._document = document
        self._registry: Registry[Any] = Registry().with_resource(_BASE, DRAFT202012.create_resource(document))
        self._validators: dict[str, Draft202012Validator] = {}

    def knows(self, endpoint: Endpoint) -> bool:
        """Whether the document has the endpoint."""
        return endpoint.method.lower() in self._document["paths"].get(endpoint.path, {})

    def request_problems(self, endpoint: Endpoint, body: object, media_type: str) -> Iterator[str]:
        """Name what is wrong with a request's body; one sentence at most, for the deepest fault."""
        operation = self._document["paths"][endpoint.path][endpoint.method.lower()]
        accepted = operation.get("requestBody", {}).get("content", {})
        if not accepted:
            return
        if body is None and not operation["requestBody"].get("required", False):
            return
        if media_type not in accepted:
            yield f"{endpoint} does not take {media_type}"
            return
        yield from self._problems([*_place(endpoint), "requestBody", "content", media_type, "schema"], body)

    def answer_problems(self, endpoint: Endpoint, body: object, status: str = "200") -> Iterator[str]:
        """Name what is wrong with an answer's body."""
        content = [*_place(endpoint), "responses", status, "content", "application/json", "schema"]
        yield from self._problems(content, body)

    def _problems(self, place: list[str], body: object) -> Iterator[str]:
        pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in place)
        validator = self._validators.get(pointer)
        if validator is None:
            validator = Draft202012Validator({"$ref": f"{_BASE}#/{pointer}"}, registry=self._registry)
            self._validators[pointer] = validator
        if validator.is_valid(body):
            return
        worst = best_match(validator.iter_errors(body))
        assert worst is not None
        where = "/".join(str(step) for step in worst.absolute_path) or "the body"
        yield f"Discord's document: {where}: {worst.message[:500]}"


def _place(endpoint: Endpoint) -> list[str]:
    return ["paths", endpoint.path, endpoint.method.lower()]
