"""What people do with the bot's commands, buttons, selects and modals, and waiting for what comes of it.

It must not know HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.discord.loopback import payloads
from tests.discord.loopback.exchange import Answer, Interaction
from tests.discord.loopback.hub import Hub
from tests.discord.loopback.messages import BUTTON, LINK_BUTTON, Message
from tests.discord.loopback.rules.commands import MESSAGE_MENU, USER_MENU

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.discord.loopback.payloads import Filled, Given
    from tests.discord.loopback.people import User
    from tests.discord.loopback.places import Channel
    from tests.discord.loopback.wire import Json

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5


class Acting(Hub):
    """The people. Each method that acts sends one interaction and gives it; `answer` waits for what comes back."""

    async def slash(self, user: User, channel: Channel, command: str, /, **options: Given) -> Interaction:
        """Use a slash command, e.g. `slash(anna, general, "debate start", motion="…")`."""
        name, *path = command.split()
        offered = payloads.offered_command(self.world, channel, name)
        content = payloads.command_use(offered, path, options)
        return await self._send(user, channel, COMMAND, payloads.with_members(content, channel.guild))

    async def complete(
        self, user: User, channel: Channel, command: str, focused: str, /, **typed: Given
    ) -> Interaction:
        """Type into an option with autocomplete; the answer's `choices` are what is offered."""
        name, *path = command.split()
        offered = payloads.offered_command(self.world, channel, name)
        content = payloads.command_use(offered, path, {focused: "", **typed}, focused)
        return await self._send(user, channel, AUTOCOMPLETE, content)

    async def menu(self, user: User, message: Message, name: str) -> Interaction:
        """Choose an app's entry in a message's menu. The bot reads that message in full."""
        offered = payloads.offered_command(self.world, message.channel, name, MESSAGE_MENU)
        resolved = {"messages": {str(message.id): message.wire()}}
        return await self._send_menu(user, message.channel, offered, message.id, resolved)

    async def user_menu(self, user: User, channel: Channel, target: User, name: str) -> Interaction:
        """Choose an app's entry in somebody's menu."""
        offered = payloads.offered_command(self.world, channel, name, USER_MENU)
        resolved = {"users": {str(target.id): target.wire()}}
        return await self._send_menu(user, channel, offered, target.id, resolved)

    async def _send_menu(
        self, user: User, channel: Channel, command: Json, target_id: int, resolved: Json
    ) -> Interaction:
        content = {key: command[key] for key in ("id", "name", "type")}
        content |= {"target_id": str(target_id), "resolved": resolved}
        return await self._send(user, channel, COMMAND, payloads.with_members(content, channel.guild))

    async def press(self, user: User, message: Message, button: str) -> Interaction:
        """Press a button by its label or custom_id, on a message of any age."""
        found = message.button(button)
        if found.get("disabled") or found["style"] == LINK_BUTTON:
            raise LookupError(f"the button {button!r} is disabled or a link: pressing it sends nothing")
        content = {"custom_id": found["custom_id"], "component_type": BUTTON, "id": found["id"]}
        return await self._send_component(user, message, content)

    async def press_custom_id(self, user: User, message: Message, custom_id: str) -> Interaction:
        """Press a button that the message no longer shows, or never did (a forged or a very old one)."""
        return await self._send_component(user, message, {"custom_id": custom_id, "component_type": BUTTON, "id": 1})

    async def choose(self, user: User, message: Message, *values: Given, custom_id: str | None = None) -> Interaction:
        """Choose in a select, by values or labels; `custom_id` says in which where there are several."""
        found = [each for each in message.selects if custom_id in {None, each["custom_id"]}]
        if len(found) != 1 or found[0].get("disabled"):
            there = [each["custom_id"] for each in message.selects]
            raise LookupError(f"no single select {custom_id or ''!r} to choose from; there are: {there}")
        content = payloads.selection(found[0], values)
        return await self._send_component(user, message, payloads.with_members(content, message.channel.guild))

    async def _send_component(self, user: User, message: Message, content: Json) -> Interaction:
        if message.viewer not in {None, user}:
            raise LookupError("the message is ephemeral: only the one who sees it can use its components")
        if message.deleted:
            raise LookupError("the message is deleted: nobody can use its components")
        extra = {"message": message.wire()}
        return await self._send(user, message.channel, COMPONENT, content, extra, source=message)

    async def submit(self, asked: Interaction, values: Mapping[str, Filled] | None = None) -> Interaction:
        """Send the modal that an interaction was answered with; `values` are by custom_id or label of the field."""
        if asked.modal is None:
            raise LookupError("the interaction was not answered with a modal")
        content = payloads.submission(asked.modal, values or {})
        extra = {} if asked.source is None else {"message": asked.source.wire()}
        return await self._send(asked.user, asked.channel, SUBMIT, content, extra, source=asked.source)

    async def _send(
        self,
        user: User,
        channel: Channel,
        kind: int,
        content: Json,
        extra: Json | None = None,
        source: Message | None = None,
    ) -> Interaction:
        payload = payloads.envelope(self.world, user, channel, kind, content) | (extra or {})
        interaction = Interaction(int(payload["id"]), payload["token"], payload, user, channel, source)
        self.interactions[interaction.token] = interaction
        guild_id = None if channel.guild is None else channel.guild.id
        interaction.heard = await self.gateway.dispatch("INTERACTION_CREATE", payload, guild_id)
        self.changed()
        return interaction

    async def acknowledged(self, interaction: Interaction) -> float:
        """Wait for the first answer (a deferral counts); give the seconds that it took."""
        await self.until(lambda: interaction.callback, f"an acknowledgement of {_name(interaction)}")
        assert interaction.acknowledged_after_s is not None
        return interaction.acknowledged_after_s

    async def answer(self, interaction: Interaction) -> Answer:
        """Wait until there is something to see: the message after "thinking…", a changed message, modal or choices."""
        return await self.until(lambda: interaction.answer, f"an answer to {_name(interaction)}")

    async def followup(self, interaction: Interaction, number: int = 1) -> Message:
        """Wait for a follow-up, counted from 1 without the one that replaced "thinking…"."""
        await self.until(lambda: len(interaction.followups) >= number, f"follow-up {number} to {_name(interaction)}")
        return interaction.followups[number - 1]


def _name(interaction: Interaction) -> str:
    content = interaction.payload["data"]
    heard = "" if interaction.heard else " (which nobody heard when it was sent)"
    return f"{interaction.user.name}'s {content.get('name') or content['custom_id']!r}{heard}"
