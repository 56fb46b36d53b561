"""The composition root: puts the parts together for one process, and closes them again.

The only place that reads settings, opens files and loads models. It must not know what the parts are used for.
"""

from __future__ import annotations

import errno
import sqlite3
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from bot import logs
from bot.config import load_config
from bot.secret import passing_secret, read_secret
from knowledge.errors import UserError
from knowledge.pack import load_pack

# The parts import numpy, faiss, SQLite and even torch: what needs none of them must not wait for them.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from bot.config import Config
    from bot.services.asking import Asker, Asking
    from bot.services.clock import Clock
    from bot.services.serving import Opened
    from bot.store.log import ConversationLog
    from embeddings.encoder import Encoder, SentenceEncoder
    from embeddings.exported import ExportedModel
    from embeddings.index import Index
    from embeddings.onnx_encoder import OnnxEncoder
    from embeddings.remote_encoder import RemoteEncoder
    from embeddings.retriever import Retriever
    from knowledge.model import Pack

    LoadsReference = Callable[[Config], Encoder]
    """Loads the reference encoder that the settings name."""

CLOSING_TIMEOUT_S: Final = 10.0

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
        from bot.services.asking import Asker
        from bot.store.pseudonym import pseudonym

        return Asker(pseudonym(self.secret, guild, user), place)


def configure(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the settings, and send the program's own messages where they say. Raises UserError."""
    config = load_config(path, environ)
    send_messages(config)
    return config


def send_messages(config: Config, *, alone: bool = False) -> None:
    """Send the program's own messages where the settings say; one that runs `alone` tells more. Raises UserError."""
    level = config.logging.level
    if level == "auto":
        level = "info" if alone else "warning"
    logs.set_up(level, form=config.logging.format, path=config.logging.path)


def open_pack(config: Config) -> Pack:
    """Load the pack that the settings name, from the cache where it was proven before (UserError)."""
    return load_pack(config.pack.folder, _cache_of(config))


def load_encoder(config: Config, reference: LoadsReference | None = None) -> Encoder:
    """Load the fast encoder where it is there, whole and of the model that the settings name; else the reference.

    The first takes a third of a second, the second some seconds; `reference` loads that (None: in this process).
    UserError says why neither can be had, or why the one that the settings insist on cannot.
    """
    from embeddings.exported import ExportError

    reference = reference or load_reference
    if config.encoder.runtime == "reference":
        return reference(config)
    try:
        return open_exported(config)
    except ExportError as error:
        if config.encoder.runtime == "onnx":
            raise UserError(f'{error}: run `dilemma index`, or set `runtime` under [encoder] to "auto"') from error
        return reference(config)


def load_reference(config: Config) -> SentenceEncoder:
    """Load the model of the settings with sentence-transformers; takes seconds. UserError says why it cannot be had."""
    from embeddings.encoder import SentenceEncoder

    return SentenceEncoder(config.encoder.model, sha256=config.encoder.sha256, offline=config.encoder.offline)


def load_remote_reference(config: Config) -> RemoteEncoder:
    """Load the reference in a process of its own, which is to be closed; see `load_reference`."""
    from embeddings.encoder import SentenceEncoder
    from embeddings.remote_encoder import RemoteEncoder

    chosen = config.encoder
    return RemoteEncoder(partial(SentenceEncoder, chosen.model, sha256=chosen.sha256, offline=chosen.offline))


def exported_model(config: Config) -> ExportedModel:
    """Find the place of the fast encoder. Raises ExportError for a model that is named, not a folder."""
    from embeddings.encoder import model_folder
    from embeddings.exported import ExportedModel, ExportError

    source = model_folder(config.encoder.model)
    if source is None:
        raise ExportError("a fast encoder is made of a model's folder only, and `model` under [encoder] is a name")
    return ExportedModel(_cache_of(config), source)


def open_exported(config: Config, *, thorough: bool = False) -> OnnxEncoder:
    """Load the fast encoder; with `thorough` every file is hashed. Raises ExportError where there is none to use."""
    from embeddings.encoder import expected_weights

    expected = expected_weights(config.encoder.model, config.encoder.sha256)
    return exported_model(config).open(expected, thorough=thorough)


def open_index_for(
    config: Config,
    pack: Pack,
    listener: Listener,
    *,
    complete: bool = False,
    reference: LoadsReference | None = None,
) -> tuple[Encoder, Index]:
    """Open the pack's index, and the encoder that answers from it.

    An index that must be built is built by the reference, and the fast encoder is made meanwhile if it is missing. With
    `complete` it is made also where there is nothing to build. `reference` is as for `load_encoder`. Raises UserError.
    """
    from embeddings.index import open_index
    from embeddings.preparing import must_be_built

    runtime = config.encoder.runtime
    folder = _cache_of(config)
    with listener.busy("loading the model"):
        # Whoever insists on the fast encoder must be able to have it made.
        encoder = load_encoder(_with_runtime(config, "auto") if complete and runtime == "onnx" else config, reference)
        stale = must_be_built(pack, encoder, folder)
        builder = (reference or load_reference)(config) if stale and _is_fast(encoder) else encoder
    if _is_reference(encoder) and runtime != "reference":
        encoder = _fast_instead(config, pack, encoder, listener, make=complete or stale)
    return encoder, open_index(pack, builder, folder, say=listener.say, report=listener.report)


def _fast_instead(config: Config, pack: Pack, reference: Encoder, listener: Listener, *, make: bool) -> Encoder:
    """Have the fast encoder and the index made, and load the first; else say why it is the reference that answers."""
    from embeddings.exported import ExportError

    try:
        if make:
            from embeddings.preparing import prepare

            target = exported_model(config)
            prepare(pack, reference, _cache_of(config), target, say=listener.say, report=listener.report)
        return open_exported(config)
    except ExportError as error:
        if config.encoder.runtime == "onnx":
            raise UserError(
                f'the fast encoder cannot be made: {error}; set `runtime` under [encoder] to "auto"'
            ) from error
        hint = "" if make else "; `dilemma index` makes the fast one"
        listener.say(f"the reference encoder answers, which takes seconds to load: {error}{hint}")
    return reference


def _is_fast(encoder: Encoder) -> bool:
    from embeddings.onnx_encoder import OnnxEncoder

    return isinstance(encoder, OnnxEncoder)


def _is_reference(encoder: Encoder) -> bool:
    from embeddings.encoder import SentenceEncoder
    from embeddings.remote_encoder import RemoteEncoder

    return isinstance(encoder, SentenceEncoder | RemoteEncoder)


def _cache_of(config: Config) -> Path:
    from embeddings.storage import default_folder

    return config.index.folder or default_folder()


def _with_runtime(config: Config, runtime: str) -> Config:
    return config.model_copy(update={"encoder": config.encoder.model_copy(update={"runtime": runtime})})


@contextmanager
def open_app(
    config: Config,
    *,
    holder: str,
    environ: Mapping[str, str],
    listener: Listener,
    closing_s: float = CLOSING_TIMEOUT_S,
    serving: bool = False,
) -> Iterator[App]:
    """Open everything that answering needs, the log first, and close it again.

    `holder` names this process to others that want the same log ("dilemma chat"); `closing_s` is how long the log may
    take to be closed. When `serving` many for long, a question that comes again is not encoded again, and the
    reference, if it is needed, is imported in another process. Raises UserError for what the person can mend: settings,
    the pack, the model, the log, an index that cannot be written.
    """
    from bot.services.asking import Asking
    from bot.services.clock import SystemClock
    from bot.services.settling import calm_arithmetic
    from embeddings.remembering import RememberingEncoder
    from embeddings.retriever import Retriever

    secret = read_secret(environ) or passing_secret()
    pack = open_pack(config)
    clock = SystemClock()
    with ExitStack() as stack:
        log = stack.enter_context(_open_log(config, holder, clock, listener, closing_s))

        def remote(config: Config) -> Encoder:
            encoder = load_remote_reference(config)
            stack.callback(encoder.close)
            return encoder

        encoder, index = open_index_for(config, pack, listener, reference=remote if serving else None)
        stack.callback(index.close)
        calm_arithmetic()
        retriever = Retriever(pack, RememberingEncoder(encoder) if serving else encoder, index)
        asking = Asking(pack, retriever, log, clock=clock, longest_question=config.answer.max_question_chars)
        stack.callback(asking.close)
        yield App(config, pack, encoder, retriever, log, asking, secret)


@contextmanager
def open_serving(
    config: Config, *, holder: str, environ: Mapping[str, str], listener: Listener, closing_s: float
) -> Iterator[Opened]:
    """Open what a bot answers with, and close it again; see `open_app`."""
    from bot.services.answers import Answers
    from bot.services.clock import SystemClock
    from bot.services.moderation import Moderation
    from bot.services.retention import Retention
    from bot.services.serving import Opened

    with open_app(config, holder=holder, environ=environ, listener=listener, closing_s=closing_s, serving=True) as app:
        answers = Answers(app.pack, app.asking, app.retriever, app.log)
        clock = SystemClock()
        moderation = Moderation(app.log, clock=clock)
        retention = Retention(app.log, moderation, clock=clock, days=config.discord.retention_days)
        yield Opened(app.pack, app.log, answers, moderation, retention)


@contextmanager
def _open_log(
    config: Config, holder: str, clock: Clock, listener: Listener, closing_s: float
) -> Iterator[ConversationLog | None]:
    """Open the log, and close it again; None where config turns it off, or where something passing is in its way."""
    from bot.store.log import ConversationLog

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
        unwritten = log.close(closing_s)
        if unwritten is not None:
            listener.say(unwritten)


def _will_pass(cause: BaseException | None) -> bool:
    """Tell whether what keeps the log shut is a full disk or another program's lock, and no mistake of anybody's."""
    if isinstance(cause, sqlite3.Error):
        # The low byte is the kind of error; an error of Python's own has none.
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _PASSING
    return isinstance(cause, OSError) and cause.errno in {errno.ENOSPC, errno.EDQUOT}
