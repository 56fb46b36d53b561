"""Violations: recorded, refused where Discord would refuse them, and checked against Discord's own document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest

from tests.discord.loopback import BOT_TOKEN, Loopback, endpoints
from tests.discord.loopback.http_app import ANSWERS
from tests.discord.loopback.openapi import VARIABLE, openapi_path
from tests.discord.probe import Card, Probe

if TYPE_CHECKING:
    from pathlib import Path

    from tests.discord.loopback import Channel, User
    from tests.discord.loopback.endpoints import Endpoint
    from tests.discord.loopback.openapi import OpenAPI
    from tests.discord.loopback.wire import Json

QUIET: Json = {"allowed_mentions": {"parse": []}}


async def ask(loopback: Loopback, endpoint: Endpoint, body: object = None, **parameters: object) -> tuple[int, Any]:
    """Send a request as some other library might; give status and JSON."""
    url = loopback.api_base + endpoint.path.format(**parameters)
    headers = {"Authorization": f"Bot {BOT_TOKEN}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(endpoint.method, url, json=body) as answer,
    ):
        return answer.status, await answer.json() if answer.content_type == "application/json" else None


async def test_unknown_endpoint_is_a_violation(loopback: Loopback) -> None:
    """It would fail the test at its end."""
    status, _ = await ask(loopback, endpoints.Endpoint("GET", "/soundboard-default-sounds"))
    assert status == 404
    assert loopback.journal.forgive() == [
        "GET /soundboard-default-sounds: the stand-in does not know this endpoint: teach it, or do not call it"
    ]
    assert loopback.journal.violations == []


async def test_what_discord_refuses_is_refused_and_recorded(loopback: Loopback, general: Channel) -> None:
    """With 50035, and nothing is posted."""
    loopback.journal.openapi = None
    status, answer = await ask(loopback, endpoints.SEND, {"content": "x" * 2001, **QUIET}, channel_id=general.id)
    problem = "content has 2001 characters, 2000 are the most"
    assert (status, answer) == (400, {"message": f"Invalid Form Body {problem}", "code": 50035})
    assert loopback.journal.forgive() == [f"POST /channels/{general.id}/messages: {problem}"]
    assert loopback.world.from_bot(general) == []


async def test_our_own_rule_is_recorded_and_the_message_posted(loopback: Loopback, general: Channel) -> None:
    """Discord would have posted it, too."""
    status, _ = await ask(loopback, endpoints.SEND, {"content": "@everyone"}, channel_id=general.id)
    assert status == 200
    assert loopback.journal.forgive() == [
        f"POST /channels/{general.id}/messages: allowed_mentions is None: every message must carry parse: []"
    ]


async def test_deferral_may_only_choose_ephemeral(
    probe: Probe, loopback: Loopback, anna: User, general: Channel, naps_s: list[float]
) -> None:
    """Text in it is refused."""
    held = loopback.faults.hold(endpoints.CALLBACK, times=1)
    asked = await loopback.slash(anna, general, "say", text="x")
    await held.arrived.wait()
    body = {"type": 5, "data": {"content": "thinking"}}
    endpoint = endpoints.Endpoint("POST", endpoints.CALLBACK.path + "?with_response=1")
    status, _ = await ask(loopback, endpoint, body, interaction_id=asked.id, interaction_token=asked.token)
    held.release()
    assert status == 400
    assert "a deferred answer may only choose ephemeral" in loopback.journal.forgive()[0]
    assert (await loopback.answer(asked)).text == "x"


async def test_body_that_discords_document_refuses_is_refused(
    loopback: Loopback, openapi: OpenAPI, general: Channel
) -> None:
    """The place in the body is named."""
    body = {"content": 5, **QUIET}
    status, _ = await ask(loopback, endpoints.SEND, body, channel_id=general.id)
    assert status == 400
    assert loopback.journal.forgive() == [
        f"POST /channels/{general.id}/messages: Discord's document: content: 5 is not of type 'string', 'null'"
    ]


def test_every_endpoint_of_the_stand_in_is_in_discords_document(openapi: OpenAPI) -> None:
    """Under the same names."""
    assert [str(endpoint) for endpoint in ANSWERS if not openapi.knows(endpoint)] == []


@pytest.mark.parametrize(
    "endpoint",
    [
        endpoints.ME,
        endpoints.APPLICATION_OF_TOKEN,
        endpoints.GATEWAY_BOT,
        endpoints.MY_GUILDS,
        endpoints.COMMANDS,
        endpoints.GUILD_CHANNELS,
        endpoints.GUILD_ROLES,
        endpoints.MEMBER,
        endpoints.CHANNEL,
        endpoints.MESSAGES,
        endpoints.MESSAGE,
        endpoints.USER,
        endpoints.ACTIVE_THREADS,
    ],
    ids=str,
)
async def test_answers_of_the_stand_in_are_as_discords_document_says(
    probe: Probe, loopback: Loopback, openapi: OpenAPI, anna: User, general: Channel, endpoint: Endpoint
) -> None:
    """What a test sees in it, a bot could see in Discord."""
    shown = (await loopback.answer(await loopback.slash(anna, general, "card", text="x"))).message
    await loopback.say(anna, general, "hello")
    loopback.world.thread(general, "side talk")
    assert general.guild is not None
    status, answer = await ask(
        loopback,
        endpoint,
        application_id=loopback.world.bot.id,
        guild_id=general.guild.id,
        user_id=anna.id,
        channel_id=general.id,
        message_id=shown.id,
    )
    assert status == 200
    assert list(openapi.answer_problems(endpoint, answer)) == []


async def test_files_and_cards_pass_discords_document(probe: Probe, loopback: Loopback, general: Channel) -> None:
    """Multipart bodies too; the file is kept with its alt text."""
    place = probe.get_partial_messageable(general.id)
    card = Card("a chart")
    card.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://chart.png", description="two bars")))
    sent = await place.send(view=card, file=discord.File(__file__, "chart.png", description="two bars"))
    (message,) = loopback.world.from_bot(general)
    kept = message.attachment("chart.png")
    assert kept.content.startswith(b'"""Violations')
    assert kept.description == "two bars"
    gallery = message.components[-1]["items"][0]
    assert (gallery["media"]["url"], gallery["description"]) == (kept.url(), "two bars")
    assert sent.attachments[0].filename == "chart.png"


def test_document_is_looked_for_where_the_variable_says(tmp_path: Path) -> None:
    """A variable that names nothing is a mistake, not a reason to skip."""
    named = tmp_path / "openapi.json"
    with pytest.raises(FileNotFoundError, match=f"{VARIABLE} names {named}, which is no file"):
        openapi_path({VARIABLE: str(named)})
    named.write_text("{}", encoding="utf-8")
    assert openapi_path({VARIABLE: str(named)}) == named
