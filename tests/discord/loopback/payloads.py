"""What Discord writes into an interaction when people use commands, components and modals.

Wrong use by a test (a command that is not registered, a choice that is not offered) is a LookupError or ValueError
that says what there is: Discord would not have offered it. It must not know how interactions are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from tests.discord.loopback.messages import (
    ACTION_ROW,
    CHECKBOX,
    LABEL,
    RADIO_GROUP,
    STRING_SELECT,
    TEXT_DISPLAY,
    TEXT_INPUT,
    walk,
)
from tests.discord.loopback.people import Permission, Role, User
from tests.discord.loopback.places import Channel, ChannelType, Guild
from tests.discord.loopback.rules.commands import CHAT_INPUT
from tests.discord.loopback.rules.components import chosen_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.discord.loopback.wire import Json
    from tests.discord.loopback.world import World

Given: TypeAlias = str | int | float | User | Role | Channel
"""What people can give as the value of an option or choose in a select."""
Filled: TypeAlias = str | bool | Sequence[str]
"""What people can put into a field of a modal: text, a tick, or options by value or label."""

SUB_COMMAND, SUB_COMMAND_GROUP = 1, 2
IN_GUILD, IN_BOT_DM, IN_PRIVATE_CHANNEL = 0, 1, 2
GUILD_INSTALL, USER_INSTALL = 0, 1
ATTACHMENT_SIZE_LIMIT = 10 * 1024 * 1024
DEFAULT_INPUT_LIMIT = 4000


def context_of(channel: Channel) -> int:
    """Give Discord's number of the kind of place."""
    if channel.guild is not None:
        return IN_GUILD
    return IN_BOT_DM if channel.type is ChannelType.DM and channel.with_bot else IN_PRIVATE_CHANNEL


def installed_by(user: User, channel: Channel) -> Json:
    """Say who has brought the app here: the guild, or the person who carries it."""
    if channel.guild is not None and channel.guild.with_bot:
        return {str(GUILD_INSTALL): str(channel.guild.id)}
    return {str(USER_INSTALL): str(user.id)}


def envelope(world: World, user: User, channel: Channel, kind: int, content: Json) -> Json:
    """Write an interaction as the gateway sends it, with an id and a token of its own."""
    interaction_id = world.new_id()
    written: Json = {
        "id": str(interaction_id),
        "application_id": str(world.bot.id),
        "type": kind,
        "token": f"loopback-interaction-{interaction_id}",
        "version": 1,
        "data": content,
        "channel_id": str(channel.id),
        "channel": channel.wire(),
        "locale": user.locale,
        "entitlements": [],
        "authorizing_integration_owners": installed_by(user, channel),
        "context": context_of(channel),
        "attachment_size_limit": ATTACHMENT_SIZE_LIMIT,
        "app_permissions": str(int(_app_permissions(world, channel))),
    }
    guild = channel.guild
    if guild is None:
        return written | {"user": user.wire()}
    written["channel"]["permissions"] = str(int(guild.permissions(user, channel)))
    return written | {
        "guild_id": str(guild.id),
        "guild": guild.partial(),
        "guild_locale": guild.locale,
        "member": {**guild.members[user.id].wire(), "permissions": str(int(guild.permissions(user, channel)))},
    }


def _app_permissions(world: World, channel: Channel) -> Permission:
    if channel.guild is None or not channel.guild.with_bot:
        return Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.MENTION_EVERYONE
    return channel.guild.permissions(world.bot, channel)


def offered_command(world: World, channel: Channel, name: str, kind: int = CHAT_INPUT) -> Json:
    """Find a registered command that people are offered in this place."""
    offered = [
        command
        for command in world.offered_commands(channel.guild)
        if command["type"] == kind and _is_offered(command, channel)
    ]
    for command in offered:
        if command["name"] == name:
            return command
    raise LookupError(f"no command {name!r} is offered here; there are: {[each['name'] for each in offered]}")


def _is_offered(command: Json, channel: Channel) -> bool:
    contexts = command["contexts"]
    if contexts is not None and context_of(channel) not in contexts:
        return False
    if contexts is None and channel.guild is None and command.get("dm_permission") is False:
        return False
    by_guild = channel.guild is not None and channel.guild.with_bot
    in_own_dm = context_of(channel) == IN_BOT_DM
    return by_guild or in_own_dm or USER_INSTALL in command["integration_types"]


def command_use(command: Json, path: Sequence[str], values: Mapping[str, Given], focused: str | None = None) -> Json:
    """Write the use of a command: `path` names its sub-commands, `focused` the option that is being typed."""
    options: list[Json] = command.get("options") or []
    nesting: list[Json] = []
    for step in path:
        found = next((each for each in options if each["name"] == step), None)
        if found is None or found["type"] not in {SUB_COMMAND, SUB_COMMAND_GROUP}:
            raise LookupError(f"{command['name']!r} has no sub-command {step!r}: {[each['name'] for each in options]}")
        nesting.append({"type": found["type"], "name": step})
        options = found.get("options") or []
    resolved: Json = {}
    written = _option_values(options, values, resolved, focused)
    for step_written in reversed(nesting):
        written = [{**step_written, "options": written}]
    content: Json = {"id": command["id"], "name": command["name"], "type": command["type"], "options": written}
    if "guild_id" in command:
        content["guild_id"] = command["guild_id"]
    return content | ({"resolved": resolved} if resolved else {})


def _option_values(
    options: Sequence[Json], values: Mapping[str, Given], resolved: Json, focused: str | None
) -> list[Json]:
    known = {option["name"]: option for option in options}
    if any(option["type"] in {SUB_COMMAND, SUB_COMMAND_GROUP} for option in options):
        raise LookupError(f"a sub-command is needed: {sorted(known)}")
    if unknown := sorted(set(values) - set(known)):
        raise LookupError(f"no options {unknown}; there are: {sorted(known)}")
    missing = [name for name, option in known.items() if option.get("required") and name not in values]
    if missing and focused is None:
        raise LookupError(f"Discord lets nobody leave out {missing}")
    written = []
    for name, value in values.items():
        option = known[name]
        _check_value(option, value, is_typed=name == focused)
        entry: Json = {"name": name, "type": option["type"], "value": _resolve(value, resolved)}
        written.append(entry | ({"focused": True} if name == focused else {}))
    return written


def _check_value(option: Json, value: Given, *, is_typed: bool) -> None:
    name = option["name"]
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        raise ValueError(f"{name!r} offers {choices}, not {value!r}")
    if isinstance(value, str) and not is_typed:
        least, most = option.get("min_length") or 0, option.get("max_length") or 6000
        if not least <= len(value) <= most:
            raise ValueError(f"{name!r} takes {least} to {most} characters, not {len(value)}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        lowest, highest = option.get("min_value"), option.get("max_value")
        if (lowest is not None and value < lowest) or (highest is not None and value > highest):
            raise ValueError(f"{name!r} takes {lowest} to {highest}, not {value}")


def _resolve(value: Given, resolved: Json) -> str | int | float:
    """Give a value as the option carries it; objects go by id, and are written out in `resolved`."""
    match value:
        case User():
            resolved.setdefault("users", {})[str(value.id)] = value.wire()
        case Role():
            resolved.setdefault("roles", {})[str(value.id)] = value.wire()
        case Channel():
            partial = {**value.wire(), "permissions": str(int(Permission.MEMBER))}
            resolved.setdefault("channels", {})[str(value.id)] = partial
        case _:
            return value
    return str(value.id)


def with_members(content: Json, guild: Guild | None) -> Json:
    """Add the memberships of resolved users, where there is a guild."""
    users = content.get("resolved", {}).get("users", {})
    if guild is not None and users:
        members = {
            user_id: {**guild.members[int(user_id)].wire(with_user=False), "permissions": "0"}
            for user_id in users
            if int(user_id) in guild.members
        }
        content["resolved"]["members"] = members
    return content


def selection(select: Json, values: Sequence[Given]) -> Json:
    """Write what somebody chose in a select: option values or labels, or users, roles and channels."""
    least, most = chosen_range(select)
    if not least <= len(values) <= most:
        raise ValueError(f"{select['custom_id']!r} takes {least} to {most} choices, not {len(values)}")
    resolved: Json = {}
    if select["type"] == STRING_SELECT:
        chosen = [_option_value(select, value) for value in values]
    else:
        chosen = [str(_resolve(value, resolved)) for value in values]
    content = {"custom_id": select["custom_id"], "component_type": select["type"], "values": chosen}
    return content | ({"resolved": resolved} if resolved else {})


def _option_value(part: Json, wanted: Given) -> str:
    for option in part["options"]:
        if wanted in {option["value"], option["label"]}:
            return str(option["value"])
    raise LookupError(f"{part['custom_id']!r} has no option {wanted!r}: {[each['label'] for each in part['options']]}")


def submission(modal: Json, values: Mapping[str, Filled]) -> Json:
    """Write a filled-in modal; `values` are by custom_id or label, and what is left out stays as it was offered."""
    left = dict(values)
    components = [_submitted(part, left) for part in modal["components"]]
    if left:
        fields = [part["custom_id"] for part in walk(modal["components"]) if "custom_id" in part]
        raise LookupError(f"the modal has no fields {sorted(left)}; there are: {fields}")
    return {"custom_id": modal["custom_id"], "components": components}


def _submitted(part: Json, left: dict[str, Filled]) -> Json:
    if part["type"] == TEXT_DISPLAY:
        return {"type": TEXT_DISPLAY, "id": 1}
    if part["type"] == ACTION_ROW:
        return {
            "type": ACTION_ROW,
            "components": [_filled(each, each.get("label"), left) for each in part["components"]],
        }
    return {"type": LABEL, "id": 1, "component": _filled(part["component"], part["label"], left)}


def _filled(field: Json, label: str | None, left: dict[str, Filled]) -> Json:
    kind, name = field["type"], field["custom_id"]
    given = left.pop(name, left.pop(label, None) if label else None)
    filled: Json = {"type": kind, "id": 1, "custom_id": name}
    required = field.get("required", True)
    if kind == TEXT_INPUT:
        text = str(given if given is not None else field.get("value") or "")
        least, most = field.get("min_length") or (1 if required else 0), field.get("max_length") or DEFAULT_INPUT_LIMIT
        if not (least if text or required else 0) <= len(text) <= most:
            raise ValueError(f"{name!r} takes {least} to {most} characters, not {len(text)}")
        return filled | {"value": text}
    if kind == CHECKBOX:
        return filled | {"value": bool(given if given is not None else field.get("default", False))}
    chosen = [given] if isinstance(given, str) else list(given) if isinstance(given, Sequence) else []
    if not chosen and required:
        raise ValueError(f"{name!r} must be answered")
    chosen = [_option_value(field, each) for each in chosen]
    if kind == RADIO_GROUP:
        return filled | {"value": chosen[0] if chosen else None}
    return filled | {"values": chosen}
