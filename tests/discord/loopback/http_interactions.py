"""Answers to interaction callbacks, follow-ups and edits of what they posted.

It must not know how interactions were sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.loopback import endpoints
from tests.discord.loopback.journal import ASKS, CHANGES, DEFERS, DEFERS_CHANGE, OFFERS, SAYS
from tests.discord.loopback.messages import EPHEMERAL, LOADING, Message
from tests.discord.loopback.rules.messages import is_empty
from tests.discord.loopback.wire import DiscordError, Json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from tests.discord.loopback.endpoints import Endpoint
    from tests.discord.loopback.exchange import Interaction
    from tests.discord.loopback.hub import Hub
    from tests.discord.loopback.journal import Request

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
"""Types of interaction."""
FITTING = {
    COMMAND: {SAYS, DEFERS, ASKS},
    COMPONENT: {SAYS, DEFERS, DEFERS_CHANGE, CHANGES, ASKS},
    AUTOCOMPLETE: {OFFERS},
    SUBMIT: {SAYS, DEFERS, DEFERS_CHANGE, CHANGES},
}
"""Types of callback that Discord takes for each type of interaction."""


async def callback(hub: Hub, request: Request) -> Json:
    """Take the first answer to an interaction."""
    interaction = hub.interactions.get(request.parameters["interaction_token"])
    if interaction is None or str(interaction.id) != request.parameters["interaction_id"]:
        raise DiscordError(10062)
    kind, body = request.fields["type"], request.fields.get("data") or {}
    fits = kind in FITTING[interaction.payload["type"]]
    if not fits or (kind in {DEFERS_CHANGE, CHANGES} and interaction.source is None):
        raise DiscordError(50035, detail=f"callback type {kind} does not answer this interaction")
    if kind == SAYS and is_empty(body, request.files):
        raise DiscordError(50006)
    interaction.acknowledge(request.fields)
    if kind == SAYS:
        interaction.original = _post_answer(hub, interaction, body, request.files)
        await hub.post(interaction.original)
    elif kind == DEFERS:
        interaction.thinking = True
        flags = {"flags": LOADING | (body.get("flags") or 0)}
        interaction.original = _post_answer(hub, interaction, flags, {})
    elif kind in {DEFERS_CHANGE, CHANGES}:
        interaction.original = interaction.source
        if kind == CHANGES:
            await _change(hub, interaction, _the_original(interaction), body, request.files)
    elif kind == OFFERS:
        interaction.choices = body.get("choices") or []
    else:
        interaction.modal = body
    hub.changed()
    return _callback_answer(interaction, kind)


def _callback_answer(interaction: Interaction, kind: int) -> Json:
    about: Json = {"id": str(interaction.id), "type": interaction.payload["type"]}
    if interaction.original is None:
        return {"interaction": about}
    about |= {
        "response_message_id": str(interaction.original.id),
        "response_message_loading": interaction.thinking,
        "response_message_ephemeral": interaction.original.is_ephemeral,
    }
    if kind in {DEFERS, DEFERS_CHANGE}:
        return {"interaction": about}
    return {"interaction": about, "resource": {"type": kind, "message": interaction.original.wire()}}


def _post_answer(hub: Hub, interaction: Interaction, body: Json, files: Mapping[str, bytes]) -> Message:
    viewer = interaction.user if (body.get("flags") or 0) & EPHEMERAL else None
    metadata: Json = {
        "id": str(interaction.id),
        "type": interaction.payload["type"],
        "user": interaction.user.wire(),
        "authorizing_integration_owners": interaction.payload["authorizing_integration_owners"],
        "application_id": str(hub.world.bot.id),
    }
    return hub.bot_message(interaction.channel, body, files, answers=metadata, viewer=viewer)


async def _change(hub: Hub, interaction: Interaction, message: Message, body: Json, files: Mapping[str, bytes]) -> None:
    """Change a message that the interaction posted, or the one that its button stands on."""
    was_thinking, interaction.thinking = interaction.thinking and message is interaction.original, False
    message.flags &= ~LOADING
    hub.rewrite(message, body, files)
    if was_thinking:
        await hub.post(message)
        return
    message.edits += 1
    interaction.changed_source |= message is interaction.source
    await hub.tell_message("MESSAGE_UPDATE", message)


def _interaction(hub: Hub, request: Request) -> Interaction:
    interaction = hub.interactions.get(request.parameters["webhook_token"])
    if interaction is None or request.parameters["webhook_id"] != str(hub.world.bot.id):
        raise DiscordError(10015)
    if interaction.token_is_dead:
        raise DiscordError(50027)
    return interaction


def _the_original(interaction: Interaction) -> Message:
    message = interaction.original
    if message is None or message.deleted:
        raise DiscordError(10008)
    return message


def _a_followup(hub: Hub, request: Request) -> Message:
    interaction = _interaction(hub, request)
    # The message that was pressed counts as well, once the press is answered: also one that only one person sees.
    source = None if interaction.callback is None else interaction.source
    for message in [interaction.original, source, *interaction.followups]:
        if message is not None and str(message.id) == request.parameters["message_id"] and not message.deleted:
            return message
    raise DiscordError(10008)


async def follow_up(hub: Hub, request: Request) -> Json:
    """Take a follow-up; the first after "thinking…" takes its place and stays as ephemeral as that was."""
    interaction = _interaction(hub, request)
    if interaction.callback is None:
        raise DiscordError(10015)
    if is_empty(request.fields, request.files):
        raise DiscordError(50006)
    if interaction.thinking:
        original = _the_original(interaction)
        kept = {**request.fields, "flags": (request.fields.get("flags") or 0) & ~EPHEMERAL}
        await _change(hub, interaction, original, kept, request.files)
        original.sent = request.fields
        return original.wire()
    message = _post_answer(hub, interaction, request.fields, request.files)
    interaction.followups.append(message)
    await hub.post(message)
    return message.wire()


async def original(hub: Hub, request: Request) -> Json:
    """Give the original answer."""
    return _the_original(_interaction(hub, request)).wire()


async def edit_original(hub: Hub, request: Request) -> Json:
    """Change the original answer, or fill it while it is thinking."""
    interaction = _interaction(hub, request)
    if interaction.callback is None:
        raise DiscordError(10015)
    message = _the_original(interaction)
    await _change(hub, interaction, message, request.fields, request.files)
    return message.wire()


async def delete_original(hub: Hub, request: Request) -> None:
    """Delete the original answer; without "thinking…" the next follow-up is a message of its own."""
    interaction = _interaction(hub, request)
    await _delete(hub, _the_original(interaction))
    if interaction.thinking:
        interaction.thinking, interaction.original = False, None


async def followup_message(hub: Hub, request: Request) -> Json:
    """Give one of the messages that answer an interaction."""
    return _a_followup(hub, request).wire()


async def edit_follow_up(hub: Hub, request: Request) -> Json:
    """Change one of the messages that answer an interaction."""
    message = _a_followup(hub, request)
    await _change(hub, _interaction(hub, request), message, request.fields, request.files)
    return message.wire()


async def delete_follow_up(hub: Hub, request: Request) -> None:
    """Delete one of the messages that answer an interaction."""
    await _delete(hub, _a_followup(hub, request))


async def _delete(hub: Hub, message: Message) -> None:
    message.deleted = True
    await hub.tell_message("MESSAGE_DELETE", message)


ANSWERS: dict[Endpoint, Callable[[Hub, Request], Awaitable[Any]]] = {
    endpoints.CALLBACK: callback,
    endpoints.FOLLOW_UP: follow_up,
    endpoints.ORIGINAL: original,
    endpoints.EDIT_ORIGINAL: edit_original,
    endpoints.DELETE_ORIGINAL: delete_original,
    endpoints.FOLLOW_UP_MESSAGE: followup_message,
    endpoints.EDIT_FOLLOW_UP: edit_follow_up,
    endpoints.DELETE_FOLLOW_UP: delete_follow_up,
}
"""What each endpoint of this part answers; None means 204."""
