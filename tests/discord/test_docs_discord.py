"""The set-up of docs/discord.md, followed word by word by somebody who knows no more, ends in a bot that answers."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import discord

from bot.process.limits import GUILD, PERSON, Rate
from bot.wire.client import intents
from tests.discord.loopback import BOT_TOKEN, Permission
from tests.discord.program import FIRST_TIME_S, Program
from tests.discord.stage import quoted_in
from tests.quote.rules.findings import pack
from tests.wire.page.catalogues import command_tree

if TYPE_CHECKING:
    from tests.discord.loopback import Guild, Loopback
    from tests.discord.loopback.world import World

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "discord.md").read_text(encoding="utf-8")
SETUP: Final = PAGE.split("\n## Set up, step by step\n")[1].split("\n## ")[0]
OPERATIONS: Final = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

PERMISSIONS: Final = {
    "see channels": Permission.VIEW_CHANNEL,
    "send messages": Permission.SEND_MESSAGES,
    "also in threads": Permission.SEND_MESSAGES_IN_THREADS,
    "create public threads": Permission.CREATE_PUBLIC_THREADS,
    "embed links": Permission.EMBED_LINKS,
    "attach files": Permission.ATTACH_FILES,
    "read message history": Permission.READ_MESSAGE_HISTORY,
}
"""What the page calls them."""

PRIVILEGED: Final = ("presences", "members", "message_content")


def step(number: int) -> str:
    """Give one of the numbered steps, on one line."""
    found = re.search(rf"^{number}\. (.*?)(?=^\d\. |^\S)", SETUP, flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    return " ".join(found[1].split())


def typed(text: str) -> list[str]:
    """Give the lines of the blocks to be typed into a shell."""
    return [
        line.strip()
        for block in re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
        for line in block.split("\n")[:-1]
    ]


def found_in(pattern: str, text: str) -> str:
    """Give what stands where a pattern has its group."""
    found = re.search(pattern, text)
    assert found is not None, f"{pattern} is not in: {text}"
    return found[1]


WITH_MAKE, WITHOUT_MAKE = SETUP.split("\nWithout make")


def recipe(target: str) -> list[str]:
    """Give the lines that make runs for a target, as one would type them."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = found_in(rf"\n{target}: [^\n]*\n((?:\t[^\n]*\n)+)", makefile).splitlines()
    return [line.removeprefix("\t@").replace("$(BIN)", ".venv/bin") for line in lines]


def test_every_command_and_button_is_explained() -> None:
    """Under "What people can do", by the names that people read."""
    explained = PAGE.split("\n## What people can do\n")[1]
    names = {f"`/{command.name}`" for command in command_tree().get_commands(type=discord.AppCommandType.chat_input)}
    menus = {f"**{command.name}**" for command in command_tree().get_commands(type=discord.AppCommandType.message)}
    buttons = {f"**{label}**" for label in ("Context", "More", "Follow up", "Helpful", "Not helpful", "Dispute")}
    assert {name for name in names | menus | buttons if name not in explained} == set()
    assert (Rate(burst=5, every_s=3.0), Rate(burst=60, every_s=1.0)) == (PERSON, GUILD)
    told = " ".join(explained.split())
    assert "five questions at once and then one every three seconds; a server, 60 at once and then one a second" in told


def environ() -> dict[str, str]:
    """Give the variables of an account that never heard of Dilemma."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("DILEMMA_", "DISCORD_"))}


async def start(line: str, folder: Path) -> asyncio.subprocess.Process:
    """Type a line into a shell in a folder."""
    return await asyncio.create_subprocess_exec(
        *("bash", "-c", line),
        cwd=folder,
        env=environ() | {"PYTHONUNBUFFERED": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def typing(line: str, folder: Path, paste: str = "") -> str:
    """Type a line, with what is pasted after it, see it end well, and give what it printed."""
    process = await start(line, folder)
    printed, _ = await process.communicate(paste.encode())
    assert process.returncode == 0, f"{line}\n{printed.decode()}"
    return printed.decode()


def link_in(checked: str) -> str:
    """Find the link where step 4 says that it stands."""
    assert "after `invite`, the link for step 5" in step(4)
    return found_in(r"\binvite\s+(https://\S+)", checked)


def accept(link: str, world: World, server: Guild) -> None:
    """Open the link and let the bot into a server, with what it asks for and not more, which is what step 5 says."""
    opened = urlsplit(link)
    asked = parse_qs(opened.query)
    assert (opened.hostname, opened.path) == ("discord.com", "/oauth2/authorize")
    assert asked["client_id"] == [str(world.bot.id)]
    assert sorted(asked["scope"][0].split()) == ["applications.commands", "bot"]
    assert asked["integration_type"] == ["0"]
    wanted = Permission(int(asked["permissions"][0]))
    named = found_in(r"no power over people: to ([^.]+)\.", step(5)).split(", ")
    assert {PERMISSIONS[name] for name in named} == set(wanted)
    assert "seven permissions" in step(5)
    assert len(named) == 7
    world.join(server, world.bot, world.role(server, world.bot.name, wanted))
    server.with_bot = True


def test_the_lines_without_make_do_what_those_with_make_do() -> None:
    """The same commands in the same order, with the token's file; only the index need not be looked after twice."""
    make_token, *targets = typed(WITH_MAKE)
    token, *lines = typed(WITHOUT_MAKE)
    assert token == make_token
    commands = [command for line in targets for command in recipe(line.removeprefix("make "))]
    assert [line.removeprefix("DISCORD_TOKEN_FILE=token.txt ") for line in lines] == list(dict.fromkeys(commands))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "run token-check has-token: export DISCORD_TOKEN_FILE := token.txt\n" in makefile
    assert all(line.startswith("DISCORD_TOKEN_FILE=") for line in lines if not line.endswith(" index"))


def test_no_switch_has_to_be_on_and_both_ways_to_install_are_used() -> None:
    """As steps 2 and 3 say."""
    assert "Leave all three switches under **Privileged Gateway Intents** off" in step(2)
    assert not any(getattr(intents(), name) for name in PRIVILEGED)
    assert "tick both **User Install** and **Guild Install**" in step(3)


async def test_set_up_followed_word_by_word_ends_in_a_bot_that_answers(loopback: Loopback, tmp_path: Path) -> None:
    """In a folder that holds nothing but the environment, and where Discord is."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "config.toml").write_text(
        f'[discord]\napi_base = "{loopback.api_base}"\ngateway_url = "{loopback.gateway_url}"\n'
        '[log]\npath = "log.sqlite3"\n',
        encoding="utf-8",
    )
    world = loopback.world
    server = world.guild("Debating club", with_bot=False)
    # Nothing comes to the bot but by the role that the link makes; people get by with reading and commands.
    server.roles[0].permissions = Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS
    general = world.channel(server, "general")

    save_token, *others = typed(WITHOUT_MAKE)
    check, run = (next(line for line in others if line.endswith(f" {name}")) for name in ("doctor", "run"))
    assert found_in(r"press Enter, then (\S+):", step(4)) == "Ctrl-D"
    assert not await typing(save_token, tmp_path, f"{BOT_TOKEN}\n")
    assert (tmp_path / "token.txt").stat().st_mode & 0o777 == 0o600
    checked = ""
    for line in others[: others.index(check) + 1]:
        checked = await typing(line, tmp_path)
    assert BOT_TOKEN not in checked
    assert not re.search(r"^fault", checked, flags=re.MULTILINE)

    accept(link_in(checked), world, server)

    program = Program(await start(run, tmp_path))
    program.listen()
    try:
        await program.says(found_in(r"It is ready when it writes `([^`]+)`", step(6)), patience_s=FIRST_TIME_S)
        await loopback.ready()
        question = found_in(r"type `/ask`, choose the command, and ask: `([^`]+)`", step(7))
        asked_there = await loopback.slash(world.owner, general, "ask", question=question)
        card = (await loopback.answer(asked_there)).message
        quoted = {pack().passage(passage_id).voice for passage_id in quoted_in(card)}
        assert {side.id for side in pack().sides} <= quoted
        assert card in world.from_bot(general)
        code, seconds = await program.stop()
    finally:
        if program.process.returncode is None:
            program.process.kill()
        await program.ends()

    assert "within five seconds" in " ".join(OPERATIONS.split())
    assert seconds < 5
    assert code == 0
    assert BOT_TOKEN not in program.output
    ask = next(command for command in world.commands[None] if command["name"] == "ask")
    assert sorted(ask["integration_types"]) == [0, 1]
    asked_for = discord.Intents._from_value(loopback.gateway.identifies[0]["intents"])
    assert not any(getattr(asked_for, name) for name in PRIVILEGED)
