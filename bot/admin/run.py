"""`run`: the bot on Discord, until it is told to stop."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

import typer

from bot.screen.session import Session, session_of
from knowledge.errors import UserError

# The library of Discord takes a third of a second to import, and no other command needs it.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Config
    from bot.wire.running import Ending

_CLOSING_S: Final = 0.8
"""How long closing the log may take, of the shutdown's 5 s."""

_TALKATIVE: Final = ("faiss", "sentence_transformers")
"""Libraries whose messages do not matter to an operator."""

_UNSET: Final = (
    "there is no token: open https://discord.com/developers/applications, make an application, press Reset Token under "
    "Bot, and put what it shows into DISCORD_TOKEN, or into a file that DISCORD_TOKEN_FILE names"
)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma run")(run)


def run(context: typer.Context) -> None:
    """Serve on Discord, until Ctrl-C or SIGTERM. docs/discord.md says how to set a bot up, step by step.

    The token comes from DISCORD_TOKEN or DISCORD_TOKEN_FILE. Exit code 75 means: start it again.
    """
    session = session_of(context)
    ending = _serve(session, context.command_path)
    if not ending.clean:
        _leave_at_once(session, ending)
    if ending.mistake is not None:
        raise ending.mistake
    raise typer.Exit(ending.code)


def _serve(session: Session, holder: str) -> Ending:
    """Assemble the bot, and run it. Raises UserError for what is missing."""
    from bot.app import open_app, send_messages
    from bot.config.secret import read_token
    from bot.features import ALL
    from bot.process.clock import SystemClock
    from bot.process.limits import Limits
    from bot.process.service import Serving
    from bot.process.sessions import Ledger
    from bot.wire.running import serve
    from bot.wire.services import Services

    config = session.config
    send_messages(config, alone=True)
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)
    token = read_token(session.environ)
    if token is None:
        raise UserError(_UNSET)
    clock = SystemClock()
    secret = _secret(session, clock.now_utc().isoformat())
    serving = Serving(
        lambda: open_app(
            config,
            holder=holder,
            listener=_Messages(),
            features=ALL,
            closing_s=_CLOSING_S,
            serving=True,
            hindered=serving.hinder,
            promised=serving.keep,
            secret=secret,
        ),
        clock=clock,
    )
    services = Services(serving, Limits(clock), clock, config, secret)
    exports = [feature.exports() for feature in ALL]
    return serve(services, exports, token, Ledger(ledger_file(config), clock))


def _secret(session: Session, now: str) -> bytes:
    """Return the secret behind the log's pseudonyms (UserError), and warn of what other accounts may read."""
    from bot.config.secret import kept_secret, named_files, read_by_others, read_secret
    from bot.log.mark import Mark
    from bot.log.opening import has_turns
    from bot.process.journal import logger

    config = session.config
    if config.log.url:
        return _shared_secret(session)
    file = secret_file(config)
    in_use = partial(has_turns, config.log.file)
    secret = read_secret(session.environ) or kept_secret(file, in_use=in_use, now=now)
    for told in read_by_others((*named_files(session.environ), file)):
        logger(__name__).warning("not private", note=told)
    mark = Mark(config.log.file)
    known = not config.log.enabled or mark.belongs_to(secret, in_use)
    mark.close()
    if not known:
        raise UserError(
            f"this is not the secret that the pseudonyms in {config.log.file} were made with, so nobody's turns could "
            f"be found, or deleted by their owner: put that back, or remove {mark.path} to go on with the new one"
        )
    return secret


def _shared_secret(session: Session) -> bytes:
    """Return the secret that all processes with one database share; the log tells it from another (UserError)."""
    from bot.config import secret as named
    from bot.process.journal import logger

    secret = named.read_secret(session.environ)
    if secret is None:
        raise UserError(
            f"a log in PostgreSQL is shared, and so is the secret behind its pseudonyms: set {named.VARIABLE} "
            f"or {named.FILE_VARIABLE}, the same for every process"
        )
    files = (named.FILE_VARIABLE, named.TOKEN_FILE_VARIABLE, named.LOG_PASSWORD_FILE_VARIABLE)
    for told in named.read_by_others(named.named_files(session.environ, files)):
        logger(__name__).warning("not private", note=told)
    return secret


def secret_file(config: Config) -> Path:
    """Return the file of the secret that is made where the environment sets none."""
    return config.log.file.with_name(f"{config.log.file.name}.secret")


def ledger_file(config: Config) -> Path:
    """Return the file that counts begun sessions."""
    return config.log.file.with_name(f"{config.log.file.name}.discord.json")


def _leave_at_once(session: Session, ending: Ending) -> None:
    """Exit without waiting for threads, such as a model that still loads."""
    if ending.mistake is not None:
        session.screen.say(f"error: {ending.mistake}")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ending.code)


class _Messages:
    """Logs what happens while the parts open."""

    def say(self, text: str) -> None:
        from bot.process.journal import logger

        logger(__name__).info("opening", note=text)

    def report(self, done: int, total: int) -> None:
        """Ignore progress: nobody watches a bar."""

    @contextmanager
    def busy(self, what: str) -> Iterator[None]:
        self.say(what)
        yield
