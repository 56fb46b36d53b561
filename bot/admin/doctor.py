"""`doctor`: checks of everything that answering needs, with what mends it; it changes nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from bot.screen.session import Session, session_of
from knowledge.errors import UserError

# Each check imports the part that it checks, so that a part that cannot be imported is found by its own check.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.config.sections import Config, Server
    from bot.wire.running import Account
    from embeddings.encoders.reference import Encoder
    from embeddings.index.ready import ReadyIndex
    from knowledge.model import Pack

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check: the part, whether it is sound, and why or how to mend it."""

    part: str
    sound: bool
    text: str

    def __str__(self) -> str:
        """Return the one line that is printed."""
        return f"{'ok' if self.sound else 'fault':<7}{self.part:<8}{self.text}"


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(epilog="Example:  dilemma doctor")(doctor)


def doctor(context: typer.Context) -> None:
    """Check the settings, the secret, the pack, the model and what runs it, the index, the log and the bot at Discord.

    A line each, with what mends it where something is wrong. Nothing is changed. Takes as long as loading the model.
    """
    session = session_of(context)
    sound = True
    for finding in examine(session):
        sound = sound and finding.sound
        session.screen.write(str(finding), rest=" " * 15)
    if not sound:
        raise typer.Exit(1)


def examine(session: Session) -> Iterator[Finding]:
    """Check one part after the other, except those that need an unsound one."""
    found, config = _check("config", lambda: session.config, lambda _: _found_config(session))
    yield found
    if config is None:
        return
    yield _check("secret", lambda: _secret(session), _found_secret)[0]
    # Read anew: a cached pack proves nothing, and nothing may be written.
    for place, folder in enumerate(config.pack.folders):
        of_pack = _check("pack", partial(_pack, config, folder), _found_pack)
        found, pack = of_pack
        yield found
        if place == 0 or pack is not None:
            yield from _examine_search(session, config.with_pack(folder), pack, alone=place == 0)
    yield _check("log", lambda: _log(config), str)[0]
    if config.log.url and config.log.enabled:
        yield _check("fleet", lambda: _fleet(session, config), str)[0]
    yield from _examine_discord(session, config)


def _examine_search(session: Session, config: Config, pack: Pack | None, *, alone: bool = True) -> Iterator[Finding]:
    """Check the ready index where there is one; else the model, what runs it, and the index that was built here.

    Not `alone`, the model is that of a pack that was looked at before.
    """
    from bot.opening import find_ready

    if pack is not None:
        found, ready = _check("index", lambda: find_ready(config, pack), lambda ready: _found_ready(ready, pack))
        if ready is not None or not found.sound:
            yield found
            return
    with session.screen.busy("loading the model"):
        found, encoder = _check("model", lambda: _encoder(config), lambda _: _found_model(config))
    if alone:
        yield found
        yield _check("runtime", lambda: _runtime(config), str)[0]
    if pack is not None and encoder is not None:
        yield _check("index", lambda: _index(config, pack, encoder), str)[0]


def _examine_discord(session: Session, config: Config) -> Iterator[Finding]:
    found, token = _check("token", lambda: _token(session), _found_token)
    yield found
    if token is None:
        return
    with session.screen.busy("asking Discord"):
        found, account = _check("discord", lambda: _account(config, token), str)
    yield found
    if account is not None:
        yield Finding("invite", sound=True, text=account.invite)


def _secret(session: Session) -> bytes | None:
    """Return the secret of the environment; UserError for one that others may read, the bot's own included."""
    from bot.admin.run import secret_file
    from bot.config.secret import FILE_VARIABLE, named_files, read_secret

    secret = read_secret(session.environ)
    _private(*named_files(session.environ, (FILE_VARIABLE,)), secret_file(session.config))
    return secret


def _token(session: Session) -> str | None:
    """Return the token; UserError for one in a file that others may read."""
    from bot.config.secret import TOKEN_FILE_VARIABLE, named_files, read_token

    token = read_token(session.environ)
    _private(*named_files(session.environ, (TOKEN_FILE_VARIABLE,)))
    return token


def _private(*files: Path) -> None:
    """Raise UserError for files that other accounts may read."""
    from bot.config.secret import read_by_others

    if told := read_by_others(files):
        raise UserError("\n".join(told))


def _found_token(token: str | None) -> str:
    return "none: only `dilemma run` needs one, in DISCORD_TOKEN or DISCORD_TOKEN_FILE" if token is None else "set"


def _account(config: Config, token: str) -> Account:
    from bot.wire.running import look

    return look(config.discord, token)


def _check(part: str, look: Callable[[], T], describe: Callable[[T], str]) -> tuple[Finding, T | None]:
    """Return what was found of a part, and the part; None for an unsound one."""
    try:
        value = look()
        return Finding(part, sound=True, text=describe(value)), value
    except UserError as error:
        text = "; ".join(str(error).splitlines())
    except ImportError as error:
        text = f"{error}: install the program's packages again"
    except Exception as error:  # noqa: BLE001 - one broken part must not hide the others
        from bot.process.journal import log_fault

        text = f"something broke inside (id {log_fault(error)})"
    return Finding(part, sound=False, text=text), None


def _found_config(session: Session) -> str:
    from bot.config.loading import find_config

    path = find_config(session.config_path, session.environ)
    return "no file: the defaults" if path is None else str(path)


def _found_secret(secret: bytes | None) -> str:
    if secret is None:
        return "none: the log's pseudonyms are new in every run; DILEMMA_SECRET would keep them"
    return "set: the log's pseudonyms stay the same"


def _found_pack(pack: Pack) -> str:
    return f"{pack.id}, {len(pack.articles)} articles, {len(pack.passages)} passages, all proven"


def _pack(config: Config, folder: Path | None) -> Pack:
    """Return a pack; UserError also for one in a language that the model does not know."""
    from bot.opening import check_language
    from knowledge.pack import load_pack

    pack = load_pack(folder)
    check_language(config, pack)
    return pack


def _encoder(config: Config) -> Encoder:
    from bot.opening import load_encoder

    return load_encoder(config)


def _found_model(config: Config) -> str:
    from embeddings.encoders.reference import EMBEDDED_MODEL

    checked = config.encoder.model == EMBEDDED_MODEL or config.encoder.sha256
    return f"{config.encoder.model}, {'with the expected weights' if checked else 'weights not checked'}"


def _found_ready(ready: ReadyIndex | None, pack: Pack) -> str:
    """Return where a ready index is, and how its encoder was proven; all of it is hashed and read (UserError)."""
    if ready is None:
        return "none"
    ready.open(pack, thorough=True)[1].close()
    proof = ready.manifest.proof
    return (
        f"{ready.place}, which came ready; its encoder equals the reference on {proof.texts} texts "
        f"(least cosine {proof.least_cosine:.7f})"
    )


def _runtime(config: Config) -> str:
    """Return what runs the model; every file of the fast encoder is hashed (UserError when it cannot be used)."""
    from bot.opening import exported_model, open_exported
    from embeddings.encoders.exported import ExportError

    if config.encoder.runtime == "reference":
        return "the reference, as `runtime` under [encoder] says; it takes seconds to load"
    try:
        proof = exported_model(config).manifest().proof
    except ExportError as error:
        if config.encoder.runtime == "onnx":
            raise UserError(f"{error}: run `dilemma index`") from error
        return f"the reference, which takes seconds to load: {error}; `dilemma index` makes the fast encoder"
    try:
        open_exported(config, thorough=True)
    except ExportError as error:
        raise UserError(f"{error}: run `dilemma index`") from error
    return f"the fast encoder, equal to the reference on {proof.texts} texts (least cosine {proof.least_cosine:.7f})"


def _index(config: Config, pack: Pack, encoder: Encoder) -> str:
    """Return where the index is; all of it is hashed and read (UserError)."""
    from embeddings.index.index import found_index
    from embeddings.index.storage import default_folder

    found = found_index(pack, encoder, config.index.folder or default_folder(), thorough=True)
    if isinstance(found, str):
        raise UserError(f"{found}: run `dilemma index`")
    found.close()
    return str(found.place)


def _database(server: Server) -> str:
    """Return in which database the log is, and whether there is one already (UserError)."""
    from bot.log.engines.engine import needing_extra

    with needing_extra():
        from bot.log.engines.server import Reachable
    with Reachable(server).reading() as db:
        return str(server) if db.holds("turn") else f"{server}, in which the first question makes it"


def _fleet(session: Session, config: Config) -> str:
    """Return what the server says of itself and of the processes that share it (UserError)."""
    from bot.config.secret import read_secret
    from bot.config.sections import Server
    from bot.log.engines.engine import needing_extra
    from bot.process.clock import SystemClock

    with needing_extra():
        from bot.fleet.service.looking import look
    place = config.log_place
    assert isinstance(place, Server)  # noqa: S101 - there is a URL
    return look(place, read_secret(session.environ), SystemClock().now_utc())


def _log(config: Config) -> str:
    """Return where the log is, and whether there is one already (UserError)."""
    from bot.log.reader import LogReader

    if not config.log.enabled:
        return "turned off"
    path = config.log_place
    if not isinstance(path, Path):
        return _database(path)
    begun = path.exists() and (not path.is_file() or path.stat().st_size > 0)
    if begun:
        LogReader.existing(path)
        _private(path)
    place = path if begun else next(folder for folder in path.absolute().parents if folder.exists())
    if not os.access(place, os.W_OK):
        raise UserError(f"{place} cannot be written: make it writable, or set `path` under [log]")
    return str(path) if begun else f"{path}, which the first question makes"
