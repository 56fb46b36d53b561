"""The HTTP side: reads requests, has them judged, lets faults befall them, and finds who answers.

It must not know what the answers are.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

from aiohttp import web

from tests.discord.loopback import endpoints, http_account, http_interactions, http_messages, http_places
from tests.discord.loopback.journal import CHANGES, Request
from tests.discord.loopback.wire import DiscordError, json_answer, no_content

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.discord.loopback.endpoints import Endpoint
    from tests.discord.loopback.faults import Fault
    from tests.discord.loopback.hub import Hub

API = "/api/v10"
GATEWAY = "/gateway"
UPLOAD_LIMIT = 256 * 1024 * 1024
JSON, MULTIPART = "application/json", "multipart/form-data"

ANSWERS = {**http_account.ANSWERS, **http_places.ANSWERS, **http_messages.ANSWERS, **http_interactions.ANSWERS}


def make_app(hub: Hub) -> web.Application:
    """Make the web application: the API, the gateway, and a net for every request that nobody expects."""
    app = web.Application(client_max_size=UPLOAD_LIMIT)
    for endpoint in ANSWERS:
        path = re.sub(r"{(\w+_id)}", r"{\1:\\d+}", endpoint.path)
        app.router.add_route(endpoint.method, API + path, _server(hub, endpoint))
    app.router.add_get(GATEWAY, hub.gateway.accept)
    app.router.add_get(f"{GATEWAY}/", hub.gateway.accept)
    app.router.add_route("*", "/{tail:.*}", _server(hub, None))
    return app


def _server(hub: Hub, endpoint: Endpoint | None) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(http: web.Request) -> web.StreamResponse:
        request = await _read(hub, http, endpoint)
        try:
            refused = hub.journal.record(request, _flags_before(hub, request))
            hub.changed()
            if endpoint is None:
                return json_answer({"message": "404: Not Found", "code": 0}, 404)
            if endpoint.needs_token and not request.token_is_right:
                return json_answer({"message": "401: Unauthorized", "code": 0}, 401)
            fault = await hub.faults.meet(endpoint)
            if fault is not None and not fault.processed:
                return _faulty(fault, http)
            answer = await _answer(hub, endpoint, request, refused)
        except Exception as broken:
            hub.journal.note(request, f"the stand-in broke on it: {broken!r}")
            raise
        if fault is None:
            return answer
        if not fault.is_delay:
            return _faulty(fault, http)
        await asyncio.sleep(fault.delay_s)
        return answer

    return serve


async def _answer(hub: Hub, endpoint: Endpoint, request: Request, refused: list[str]) -> web.Response:
    if refused:
        return DiscordError(50035, detail="; ".join(refused)).answer()
    try:
        body = await ANSWERS[endpoint](hub, request)
    except DiscordError as refusal:
        return refusal.answer()
    return no_content() if body is None else json_answer(body)


def _faulty(fault: Fault, http: web.Request) -> web.Response:
    answer = fault.answer()
    if answer is None:
        assert http.transport is not None
        http.transport.abort()
        return web.Response()
    return answer


async def _read(hub: Hub, http: web.Request, endpoint: Endpoint | None) -> Request:
    body, files = None, {}
    if http.content_type == MULTIPART:
        form = await http.post()
        for name, part in form.items():
            if name == "payload_json":
                body = json.loads(part.file.read() if isinstance(part, web.FileField) else str(part))
            elif isinstance(part, web.FileField):
                files[part.filename] = part.file.read()
    elif raw := await http.read():
        body = json.loads(raw)
    return Request(
        endpoint=endpoint,
        method=http.method,
        path=http.path.removeprefix(API),
        parameters=dict(http.match_info),
        query=dict(http.query),
        body=body,
        files=files,
        media_type=MULTIPART if http.content_type == MULTIPART else JSON,
        token_is_right=http.headers.get("Authorization") == f"Bot {hub.world.token}",
    )


def _flags_before(hub: Hub, request: Request) -> int:
    """Give the flags of the message that a request changes, 0 where it changes none."""
    changed = None
    interaction = hub.interactions.get(request.parameters.get("webhook_token", ""))
    if request.endpoint is endpoints.CALLBACK:
        asked = hub.interactions.get(request.parameters["interaction_token"])
        changed = asked.source if asked is not None and request.fields.get("type") == CHANGES else None
    elif request.endpoint is endpoints.EDIT_ORIGINAL:
        changed = interaction.original if interaction is not None else None
    elif request.endpoint in {endpoints.EDIT, endpoints.EDIT_FOLLOW_UP}:
        changed = hub.world.messages.get(int(request.parameters["message_id"]))
    return changed.flags if changed is not None else 0
