"""The bot as discord.py sees it: its intents, commands and events, and how errors are handled."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import discord
from discord import app_commands
from discord.gateway import DiscordWebSocket

from bot.process.charge import EVERYTHING
from bot.process.journal import log_fault, logger
from bot.process.service import NotYetError
from bot.values.shards import shard_of
from bot.wire.announcer import Refresher
from bot.wire.first_answer import note_arrival
from bot.wire.page.errors import tell
from bot.wire.page.language import CommandTranslator, Words
from bot.wire.press import Handler, Handlers, answer_press
from knowledge.errors import DilemmaError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable

    import yarl
    from discord.app_commands import locale_str

    from bot.process.charge import Shared
    from bot.process.sessions import Ledger, Uptime
    from bot.wire.services import Services

    Heard: TypeAlias = Coroutine[Any, Any, None]

    AnyCommand: TypeAlias = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu


SCOPES: Final = ("bot", "applications.commands")

INTO_A_GUILD: Final = 0
"""Discord's number for installing into a guild; 1 stands for a person's own account."""

PERMISSIONS: Final = discord.Permissions(
    view_channel=True,  # to be mentioned
    send_messages=True,  # to answer
    send_messages_in_threads=True,
    create_public_threads=True,  # a debate has a thread of its own
    embed_links=True,  # cards
    attach_files=True,  # the chart of /stats, exports
    read_message_history=True,  # to reply to a message
)


def invite_link(application_id: int) -> str:
    """Return the link that installs the bot into a guild (it can be a person's own, too)."""
    link = discord.utils.oauth_url(application_id, permissions=PERMISSIONS, scopes=SCOPES)
    return f"{link}&integration_type={INTO_A_GUILD}"


NO_GUILDS: Final = "in no server yet: open the link to invite the bot"

IDENTIFY_EVERY_S: Final = 5.0
"""Discord lets one session begin in this time."""

AGAIN_S: Final = 5.0
"""Pause before background work restarts after a failure."""

RESTLESS_SESSIONS: Final = 4
RESTLESS_S: Final = 600.0
RESTLESS_PAUSE_S: Final = 40.0
"""A shard that begins so many sessions in this time is slowed down; the library gives a connection 60 s to begin."""


def intents() -> discord.Intents:
    """Return the intents, none of which needs Discord's approval."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    return wanted


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a guild that a feature keeps: `line` describes it, `clear` resets it for a moderator (pseudonym)."""

    name: str
    reset: locale_str
    line: Callable[[Services, str, Words], Awaitable[str]]
    clear: Callable[[Services, str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Exports:
    """What a feature brings to Discord.

    `begin` runs before its `commands` join the tree; `presses` answer its buttons and menus, `forms` its forms; `work`
    runs beside the bot. Of a message that one feature `takes` no other hears. The rest are events; `on_forgotten`
    follows the deletion of a person's rows.
    """

    commands: tuple[AnyCommand, ...] = ()
    presses: Handlers = field(default_factory=dict)
    forms: Handlers = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()
    work: tuple[Callable[[DilemmaClient], Heard], ...] = ()
    begin: Callable[[DilemmaClient], None] | None = None
    takes: Callable[[DilemmaClient, discord.Message], Awaitable[bool]] | None = None
    on_ready: Callable[[DilemmaClient], Heard] | None = None
    on_message: Callable[[DilemmaClient, discord.Message], Heard] | None = None
    on_message_edit: Callable[[DilemmaClient, discord.Message], Heard] | None = None
    on_guild_join: Callable[[DilemmaClient, discord.Guild], Heard] | None = None
    on_guild_remove: Callable[[DilemmaClient, discord.Guild], Heard] | None = None
    on_forgotten: Callable[[DilemmaClient], Heard] | None = None


@dataclass(frozen=True, slots=True)
class Shards:
    """Which part of all guilds a client serves; None: all of them, in as many shards as Discord says."""

    count: int | None = None
    ids: tuple[int, ...] | None = None


ALL_SHARDS: Final = Shards()


class Tree(app_commands.CommandTree["DilemmaClient"]):
    """The commands, with one place for their errors."""

    async def on_error(
        self, interaction: discord.Interaction[DilemmaClient], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person."""
        await tell(interaction, error)


class DilemmaClient(discord.AutoShardedClient):
    """The bot. `failed` ends when the library would retry without hope; its exception says why."""

    def __init__(
        self,
        services: Services,
        exports: Iterable[Exports],
        *,
        ledger: Ledger,
        uptime: Uptime,
        gateway: yarl.URL | None = None,
        shards: Shards = ALL_SHARDS,
        shared: Shared | None = None,
    ) -> None:
        """`shared` lets other processes serve shards, too: `look_after` says which are this one's by now."""
        only: dict[str, Any] = {"shard_ids": list(shards.ids)} if shards.ids else {}
        super().__init__(
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            # Nothing of Discord is kept that is not needed: no messages, no members.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            shard_count=shards.count,
            **only,
        )
        # The library ends the session with an event that it cannot parse; READY alone is worth another connection.
        parsers = self._connection.parsers
        parsers |= {event: partial(self._parse, event, parse) for event, parse in parsers.items() if event != "READY"}
        self.services = services
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ledger = ledger
        self._uptime = uptime
        self._gateway = gateway
        self.shared = shared
        self.charge = shared or EVERYTHING
        self._launched: dict[int, asyncio.Task[None] | None] = dict.fromkeys(shards.ids or (), None)
        self._begun_s: dict[int | None, deque[float]] = {}
        self.refresher = Refresher()
        self._working: list[asyncio.Task[None]] = []
        self._presses: dict[tuple[str, str], Handler] = {}
        self._forms: dict[tuple[str, str], Handler] = {}
        self._exports = tuple(exports)
        self.settings = tuple(setting for each in self._exports for setting in each.settings)
        for each in self._exports:
            if each.begin is not None:
                each.begin(self)
            for command in each.commands:
                self.tree.add_command(command)
            self._presses |= each.presses
            self._forms |= each.forms

    def _parse(self, event: str, parse: Callable[[Any], None], content: object) -> None:
        """Parse an event; log one that is not what the library expects, without what it holds."""
        try:
            parse(content)
        except Exception as error:  # noqa: BLE001 - whatever Discord changes, other events must be heard
            logger(__name__).error("an event was lost", event_name=event, id=log_fault(error))

    async def setup_hook(self) -> None:
        """Announce changed commands, and start the background work."""
        await self.tree.set_translator(CommandTranslator())
        if 0 in (self.shard_ids or (0,)):
            await self._announce()
        for work in (work for each in self._exports for work in each.work):
            self._working.append(asyncio.create_task(self._kept_up(work), name=work.__module__))

    async def close(self) -> None:
        """Stop the background work, and leave Discord."""
        for task in (*self._working, *self._launched.values()):
            if task is not None:
                task.cancel()
        self.refresher.close()
        await super().close()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the library has it
        """Note when an interaction arrived, before anything else can take time."""
        if event == "interaction":
            note_arrival(args[0])
        super().dispatch(event, *args, **kwargs)

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect one shard to the gateway of the settings."""
        if self.is_closed():
            return  # the library would try for ever
        if initial and self.shared is None:
            self._uptime.expect(self.shard_ids or range(self.shard_count or 1))
        await super().launch_shard(self._gateway or gateway, shard_id, initial=initial)

    def hears_of(self, guild: str) -> bool:
        """Return whether events of a guild come here."""
        if self.shared is not None:
            return self.shared.holds(guild)
        return not self.shard_ids or shard_of(guild, self.shard_count or 1) in self.shard_ids

    async def look_after(self, shards: frozenset[int]) -> None:
        """Begin sessions for shards that have none here, and end those of others. It must be ready."""
        for shard in sorted(self._launched.keys() - shards):
            if (launching := self._launched.pop(shard)) is not None:
                launching.cancel()
            await self._end_session(shard)
            logger(__name__).info("shard left to others", shard=shard)
            # Nothing is heard any more of what the library remembers.
            for guild in [guild for guild in self.guilds if guild.shard_id == shard]:
                self._connection._remove_guild(guild)  # noqa: SLF001 - it has no other way
        self._uptime.expect(shards)
        for shard in sorted(shards - self._launched.keys()):
            self._launched[shard] = asyncio.create_task(self._launch(shard))

    async def _launch(self, shard: int) -> None:
        await self.launch_shard(DiscordWebSocket.DEFAULT_GATEWAY, shard)
        if not shard:
            await self._announce()

    async def _end_session(self, shard: int) -> None:
        info = self.get_shard(shard)
        if info is not None and not info.is_closed():
            await info.disconnect()

    async def _session_is_there(self, shard: int) -> bool:
        """Note that a shard has its session; end one that came back after it was left to others."""
        if self.shared is not None and shard not in self._launched:
            await self._end_session(shard)
            return False
        self._uptime.up(shard)
        return True

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Count the session that is about to begin; set `failed` when there were too many."""
        try:
            if not initial:
                await asyncio.sleep(self._pause_s(shard_id))
            if self.shared is not None:
                await self.shared.permit(shard_id or 0)
            self._ledger.begin_session()
        except Exception as error:
            if not self.failed.done():
                self.failed.set_exception(error)
            raise
        logger(__name__).info("session begins", shard=shard_id, sessions_today=self._ledger.sessions())

    def _pause_s(self, shard_id: int | None) -> float:
        """Return the pause before a shard's next session: longer when it had several within minutes."""
        now_s = self.services.clock.monotonic_s()
        begun_s = self._begun_s.setdefault(shard_id, deque(maxlen=RESTLESS_SESSIONS))
        restless = len(begun_s) == RESTLESS_SESSIONS and now_s - begun_s[0] < RESTLESS_S
        begun_s.append(now_s)
        if restless:
            return RESTLESS_PAUSE_S
        return IDENTIFY_EVERY_S if self.shared is None else 0.0

    async def _announce(self) -> None:
        """Send Discord the commands, unless it has them."""
        translator = self.tree.translator
        payload = [
            await command.get_translated_payload(self.tree, translator) if translator else command.to_dict(self.tree)
            for command in self.tree.get_commands()
        ]
        text = json.dumps([self.application_id, payload], sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if self._ledger.is_announced(digest):
            logger(__name__).info("commands unchanged", commands=len(payload))
            return
        try:
            await self.tree.sync()
        except discord.HTTPException as refused:
            # The commands of before still work; the next start tries again.
            logger(__name__).warning("commands not announced", status=refused.status, code=refused.code)
            return
        self._ledger.announce(digest)
        logger(__name__).info("commands announced", commands=len(payload))

    async def _kept_up(self, work: Callable[[DilemmaClient], Heard]) -> None:
        """Run background work, and restart it after any failure."""
        while True:
            try:
                await work(self)
            except NotYetError:
                pass  # said already, once
            except DilemmaError as error:
                logger(__name__).warning("begun again", work=work.__module__, reason=str(error))
            except Exception as error:  # noqa: BLE001 - see above
                log_fault(error)
            else:
                return
            await asyncio.sleep(AGAIN_S)

    async def _tell(self, listeners: Iterable[Callable[..., Heard] | None], *values: object) -> None:
        for listener in listeners:
            if listener is not None:
                try:
                    await listener(self, *values)
                except NotYetError:
                    pass  # said already, once; whoever missed something here compares later
                except Exception as error:  # noqa: BLE001 - one listener must not keep others from hearing
                    log_fault(error)

    async def on_error(self, event: str, /, *_args: object, **_values: object) -> None:
        """Log what broke while an event was handled."""
        if (error := sys.exception()) is not None:
            logger(__name__).error("an event was lost", event_name=event, id=log_fault(error))

    async def on_message(self, message: discord.Message) -> None:
        """Pass on a message."""
        takers = [each for each in self._exports if each.takes is not None and await self._takes(each.takes, message)]
        others = (each for each in self._exports if each.takes is None)
        await self._tell((each.on_message for each in takers or others), message)

    async def _takes(
        self, takes: Callable[[DilemmaClient, discord.Message], Awaitable[bool]], message: discord.Message
    ) -> bool:
        try:
            return await takes(self, message)
        except DilemmaError:
            return True  # it may be theirs: they find out when they answer, or say what is wrong

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Pass on a message as it is now: what it was before is not kept."""
        await self._tell((each.on_message_edit for each in self._exports), event.message)

    async def on_interaction(self, interaction: discord.Interaction[DilemmaClient]) -> None:
        """Answer a press or a form; the tree answers commands."""
        await answer_press(interaction, self._presses, self._forms)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Pass on that a guild took the bot in."""
        logger(__name__).info("guild joined", guild=guild.id)
        await self._tell((each.on_guild_join for each in self._exports), guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Pass on that a guild put the bot out."""
        logger(__name__).info("guild left", guild=guild.id)
        await self._tell((each.on_guild_remove for each in self._exports), guild)

    async def on_forgotten(self) -> None:
        """Pass on that rows about a person were deleted."""
        await self._tell(each.on_forgotten for each in self._exports)

    async def on_ready(self) -> None:
        """Pass on that all guilds are known."""
        logger(__name__).info("ready", user=self.user.id if self.user else None, guilds=len(self.guilds))
        if not self.guilds and self.application_id is not None and self.shared is None:
            logger(__name__).warning(NO_GUILDS, invite=invite_link(self.application_id))
        await self._tell(each.on_ready for each in self._exports)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note READY."""
        if await self._session_is_there(shard_id):
            logger(__name__).info("session has begun", shard=shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note RESUMED."""
        if await self._session_is_there(shard_id):
            logger(__name__).info("session resumed", shard=shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a shard is off."""
        self._uptime.down(shard_id)
        logger(__name__).info("shard disconnected", shard=shard_id)
