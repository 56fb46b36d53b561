"""The composition root: puts the parts together for one process, and closes them again.

The only place that reads settings, opens files and loads models. It must not know what the parts are used for.
"""

from __future__ import annotations

import errno
import sqlite3
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from bot import logs
from bot.config import load_config
from bot.secret import passing_secret, read_secret
from knowledge.errors import UserError
from knowledge.pack import load_pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from bot.config import Config
    from bot.services.asking import Asker, Asking
    from bot.services.clock import Clock
    from bot.store.log import ConversationLog
    from embeddings.encoder import Encoder
    from embeddings.retriever import Retriever
    from knowledge.model import Pack

_PASSING: Final = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class Listener(Protocol):
    """Who is told what goes on while an app opens: a terminal, or the messages of a bot that runs alone."""

    def say(self, text: str) -> None:
        """Hear one line that a person should read."""

    def report(self, done: int, total: int) -> None:
        """Hear how many of the texts are encoded."""

    def busy(self, what: str) -> AbstractContextManager[None]:
        """Hear what takes a while, for as long as it does."""


@dataclass(frozen=True, slots=True)
class App:
    """The parts of one process; `log` is None where nothing is logged."""

    config: Config
    pack: Pack
    encoder: Encoder
    retriever: Retriever
    log: ConversationLog | None
    asking: Asking
    secret: bytes = field(repr=False)

    def asker(self, guild: str, user: str, place: str) -> Asker:
        """Make the one who asks: a guild's and a user's id as the pseudonym by which the log knows them."""
        from bot.services.asking import Asker  # noqa: PLC0415 - loaded already, as this app's own part
        from bot.store.pseudonym import pseudonym  # noqa: PLC0415 - the same

        return Asker(pseudonym(self.secret, guild, user), place)


def configure(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the settings, and send the program's own messages where they say. Raises UserError."""
    config = load_config(path, environ)
    logs.set_up(config.logging.level, form=config.logging.format, path=config.logging.path)
    return config


def load_encoder(config: Config) -> Encoder:
    """Load the model that the settings name; takes seconds, and UserError says why it cannot be had."""
    from embeddings.encoder import SentenceEncoder  # noqa: PLC0415 - see `open_app`

    return SentenceEncoder(config.encoder.model, sha256=config.encoder.sha256, offline=config.encoder.offline)


@contextmanager
def open_app(config: Config, *, holder: str, environ: Mapping[str, str], listener: Listener) -> Iterator[App]:
    """Open everything that answering needs, the log first, and close it again.

    `holder` names this process to others that want the same log ("dilemma chat"). Raises UserError for what the person
    can mend: settings, the pack, the model, the log, an index that cannot be written.
    """
    # These import numpy, torch, faiss and SQLite, which commands that answer nothing must not wait for.
    from bot.services.asking import Asking  # noqa: PLC0415
    from bot.services.clock import SystemClock  # noqa: PLC0415
    from embeddings.index import open_index  # noqa: PLC0415
    from embeddings.retriever import Retriever  # noqa: PLC0415

    secret = read_secret(environ) or passing_secret()
    pack = load_pack(config.pack.folder)
    clock = SystemClock()
    with ExitStack() as stack:
        log = stack.enter_context(_open_log(config, holder, clock, listener))
        with listener.busy("loading the model"):
            encoder = load_encoder(config)
        index = open_index(pack, encoder, config.index.folder, say=listener.say, report=listener.report)
        stack.callback(index.close)
        retriever = Retriever(pack, encoder, index)
        asking = Asking(pack, retriever, log, clock=clock, longest_question=config.answer.max_question_chars)
        yield App(config, pack, encoder, retriever, log, asking, secret)


@contextmanager
def _open_log(config: Config, holder: str, clock: Clock, listener: Listener) -> Iterator[ConversationLog | None]:
    """Open the log, and close it again; None where config turns it off, or where something passing is in its way."""
    from bot.store.log import ConversationLog  # noqa: PLC0415 - imports SQLite's tools, see `open_app`

    if not config.log.enabled:
        yield None
        return
    try:
        log = ConversationLog.open(config.log.file, holder=holder, now=clock.now_utc().isoformat())
    except UserError as error:
        if not _will_pass(error.__cause__):
            raise
        # A full disk must not stop anybody from asking.
        listener.say(f"nothing is logged this time: {error}")
        yield None
        return
    for notice in log.notices:
        listener.say(notice)
    try:
        yield log
    finally:
        unwritten = log.close()
        if unwritten is not None:
            listener.say(unwritten)


def _will_pass(cause: BaseException | None) -> bool:
    """Tell whether what keeps the log shut is a full disk or another program's lock, and no mistake of anybody's."""
    if isinstance(cause, sqlite3.Error):
        # The low byte is the kind of error; an error of Python's own has none.
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _PASSING
    return isinstance(cause, OSError) and cause.errno in {errno.ENOSPC, errno.EDQUOT}
