"""A small bot of plain discord.py, by which the stand-in itself is tested, and how to run any client in a test.

Run as a program it connects to the addresses in its arguments: `python -m tests.discord.probe API_BASE GATEWAY TOKEN`.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

import discord
import discord.gateway
import discord.http
import yarl
from discord import app_commands

if TYPE_CHECKING:
    import re
    from collections.abc import AsyncIterator

CARD_COLOUR = 0x2A7AE2


class Echo(discord.ui.DynamicItem[discord.ui.Button[discord.ui.LayoutView]], template=r"echo:(?P<word>\w+)"):
    """A button that says its word, whenever it is pressed and whichever process hears it."""

    def __init__(self, word: str) -> None:
        """Write the word into the custom_id."""
        super().__init__(discord.ui.Button(label=f"Say {word}", custom_id=f"echo:{word}"))
        self.word = word

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction,
        item: discord.ui.Item[discord.ui.LayoutView],
        match: re.Match[str],
    ) -> Self:
        """Read the word from the custom_id."""
        return cls(match["word"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Say it, so that only the one who pressed sees it."""
        await interaction.response.send_message(self.word, ephemeral=True)


class Form(discord.ui.Modal, title="A form"):
    """Asks for a reason."""

    reason: discord.ui.Label[Form] = discord.ui.Label(
        text="Reason", component=discord.ui.TextInput(custom_id="reason", max_length=200)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Repeat the reason."""
        assert isinstance(self.reason.component, discord.ui.TextInput)
        await interaction.response.send_message(f"because {self.reason.component.value}")


class Card(discord.ui.LayoutView):
    """A Components V2 message: a container, a button and a select."""

    def __init__(self, text: str) -> None:
        """Lay it out."""
        super().__init__(timeout=None)
        container: discord.ui.Container[Self] = discord.ui.Container(accent_colour=CARD_COLOUR)
        container.add_item(discord.ui.TextDisplay(text))
        self.add_item(container)
        self.add_item(discord.ui.ActionRow(Echo("again")))
        options = [discord.SelectOption(label=label, value=label.lower()) for label in ("One", "Two")]
        picking: discord.ui.Select[Self] = discord.ui.Select(custom_id="pick", options=options)
        self.add_item(discord.ui.ActionRow(picking))


class Probe(discord.Client):
    """The bot. It keeps what it heard in `heard`, and the errors of its commands in `errors`."""

    def __init__(self, *, shards: int | None = None) -> None:
        """Ask for no privileged intent, and let on_ready come at once."""
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0,
            max_messages=10,
        )
        self.tree = app_commands.CommandTree(self)
        self.heard: list[discord.Message] = []
        self.errors: list[Exception] = []
        self.resumptions = 0
        self.removed: list[discord.Guild] = []
        self.gate = asyncio.Event()
        add_commands(self)
        self.tree.error(self.keep_error)

    async def keep_error(self, interaction: discord.Interaction, error: app_commands.AppCommandError) -> None:
        """Keep what went wrong in a command."""
        self.errors.append(error.original if isinstance(error, app_commands.CommandInvokeError) else error)

    async def setup_hook(self) -> None:
        """Register buttons and commands."""
        self.add_dynamic_items(Echo)
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once; discord.py waits five seconds before a second time."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Change the card when somebody chooses in its select."""
        content: dict[str, object] = {**(interaction.data or {})}
        if content.get("custom_id") == "pick" and interaction.type is discord.InteractionType.component:
            await interaction.response.edit_message(view=Card(f"you chose {content['values']}"))

    async def on_resumed(self) -> None:
        """Count it."""
        self.resumptions += 1

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Keep it."""
        self.removed.append(guild)

    async def on_message(self, message: discord.Message) -> None:
        """Keep what people write, and answer where the bot is mentioned."""
        if message.author != self.user:
            self.heard.append(message)
            if self.user in message.mentions:
                await message.reply(f"you said: {message.content}")


def add_commands(probe: Probe) -> None:
    """Give the probe its commands."""

    @probe.tree.command(description="Say something back at once")
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def say(interaction: discord.Interaction, text: str) -> None:
        await interaction.response.send_message(text)

    @probe.tree.command(description="Think, then show a card")
    async def card(interaction: discord.Interaction, text: str, alone: bool = False) -> None:  # noqa: FBT001, FBT002 - an option
        await interaction.response.defer(ephemeral=alone)
        await probe.gate.wait()
        await interaction.followup.send(view=Card(text))
        await interaction.followup.send("and one more", ephemeral=alone)

    @say.autocomplete("text")
    async def offer(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=typed + end, value=typed + end) for end in ("!", "?")]

    @probe.tree.command(description="Ask for a reason")
    async def why(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    @probe.tree.command(description="Who is that, and what may I")
    async def whois(interaction: discord.Interaction, member: discord.Member) -> None:
        may = interaction.permissions.manage_guild
        await interaction.response.send_message(f"{member.name} {interaction.locale} {may} {interaction.context}")

    @probe.tree.context_menu(name="Repeat")
    async def repeat(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content, ephemeral=True)


@asynccontextmanager
async def connected(client: discord.Client, token: str) -> AsyncIterator[asyncio.Task[None]]:
    """Run a client until the block ends; what keeps it from READY is raised. The task is its connection."""
    async with client:
        await client.login(token)
        task = asyncio.create_task(client.connect())
        waiting = asyncio.create_task(client.wait_until_ready())
        try:
            await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            yield task
        finally:
            waiting.cancel()
            await client.close()
            await asyncio.gather(task, waiting, return_exceptions=True)


def main(api_base: str, gateway_url: str, token: str) -> None:
    """Run the probe against other addresses than Discord's, with its gate open."""
    discord.http.Route.BASE = api_base
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)

    async def run() -> None:
        probe = Probe()
        probe.gate.set()
        async with probe:
            await probe.start(token)

    asyncio.run(run())


if __name__ == "__main__":
    main(*sys.argv[1:])
