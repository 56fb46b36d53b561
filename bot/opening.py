"""Opening what answers are found with: the pack, the encoder that the settings name, and the index of the two.

What must be made first is made; for a program that has others waiting, in a process of its own: training holds up every
thread of its process for half a second at a time, and takes a gigabyte that would never be given back.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

from knowledge.errors import Fault, UserError

# The parts import numpy, faiss and even torch: what needs none of them must not wait for them.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from multiprocessing.connection import Connection
    from pathlib import Path

    from bot.config.sections import Config
    from embeddings.encoders.exported import ExportedModel
    from embeddings.encoders.onnx import OnnxEncoder
    from embeddings.encoders.reference import Encoder, SentenceEncoder
    from embeddings.encoders.remote import RemoteEncoder
    from embeddings.index.index import Index
    from embeddings.index.ready import ReadyIndex
    from knowledge.model import Pack

    LoadsReference = Callable[[Config], Encoder]
    """Loads the reference encoder that the settings name."""


def open_pack(config: Config, say: Callable[[str], None] = lambda _line: None) -> Pack:
    """Load the pack that the settings name, with the cache where it was proven before; see `load_pack` (UserError)."""
    from knowledge.pack import load_pack

    return load_pack(config.pack.folder, _cache_of(config), say)


def open_packs(config: Config, say: Callable[[str], None]) -> tuple[tuple[Config, Pack], ...]:
    """Load all packs that the settings name, each with the settings that name it alone.

    The first must open (UserError); what keeps another from it is said, and the rest go on.
    """
    first = config.with_pack(config.pack.folder)
    opened = {(pack := open_pack(first, say)).id: (first, pack)}
    for folder in config.pack.further:
        own = config.with_pack(folder)
        try:
            pack = open_pack(own, say)
        except UserError as error:
            say(f"the pack in {folder} is left out: {error}")
            continue
        if pack.id in opened:
            say(f'the pack in {folder} is left out: another has its id, "{pack.id}"; change `id` in its pack.toml')
            continue
        opened[pack.id] = (own, pack)
    return tuple(opened.values())


def check_language(config: Config, pack: Pack) -> None:
    """Refuse a pack in a language that the model of the settings does not know, as far as that is known (UserError)."""
    from embeddings.encoders.reference import EMBEDDED_MODEL
    from knowledge.model import ENGLISH

    if pack.language != ENGLISH and config.encoder.model == EMBEDDED_MODEL:
        raise UserError(
            f'the articles of the pack {pack.id} are in the language "{pack.language}", and the model {EMBEDDED_MODEL} '
            "knows English only: set `model` under [encoder] to one that knows it"
        )


def load_encoder(config: Config, reference: LoadsReference | None = None) -> Encoder:
    """Load the fast encoder where it is there, whole and of the model that the settings name; else the reference.

    The first takes a third of a second, the second some seconds; `reference` loads that (None: in this process).
    UserError says why neither can be had, or why the one that the settings insist on cannot.
    """
    from embeddings.encoders.exported import ExportError

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
    from embeddings.encoders.reference import SentenceEncoder

    return SentenceEncoder(config.encoder.model, sha256=config.encoder.sha256, offline=config.encoder.offline)


def load_remote_reference(config: Config) -> RemoteEncoder:
    """Load the reference in a process of its own, which is to be closed; see `load_reference`."""
    from embeddings.encoders.reference import SentenceEncoder
    from embeddings.encoders.remote import RemoteEncoder

    chosen = config.encoder
    return RemoteEncoder(partial(SentenceEncoder, chosen.model, sha256=chosen.sha256, offline=chosen.offline))


def exported_model(config: Config) -> ExportedModel:
    """Find the place of the fast encoder. Raises ExportError for a model that is named, not a folder."""
    from embeddings.encoders.exported import ExportedModel, ExportError
    from embeddings.encoders.reference import model_folder

    source = model_folder(config.encoder.model)
    if source is None:
        raise ExportError("a fast encoder is made of a model's folder only, and `model` under [encoder] is a name")
    return ExportedModel(_cache_of(config), source)


def open_exported(config: Config, *, thorough: bool = False) -> OnnxEncoder:
    """Load the fast encoder; with `thorough` every file is hashed. Raises ExportError where there is none to use."""
    from embeddings.encoders.reference import expected_weights

    expected = expected_weights(config.encoder.model, config.encoder.sha256)
    return exported_model(config).open(expected, thorough=thorough)


def open_index_for(  # noqa: PLR0913 - each is chosen by some program
    config: Config,
    pack: Pack,
    listener: Listener,
    *,
    complete: bool = False,
    anew: bool = False,
    reference: LoadsReference | None = None,
    apart: bool = False,
    shared: Encoder | None = None,
    claims: bool = True,
) -> tuple[Encoder, Index]:
    """Open the index of the pack that the settings name, and the encoder that answers from it.

    Without `claims`, what claims are answered by is made when it is needed.

    A ready index comes first. One that must be built is built by the fast encoder, which is made and proven first if it
    is missing; `apart`: in a process of its own. With `complete` it is made also where there is nothing to build, and
    with `anew` nothing that is there counts. `reference` is as for `load_encoder`, and is loaded only where there can
    be no fast encoder. What another pack of these settings answers with is `shared`. Raises UserError.
    """
    from embeddings.encoders.deferred import DeferredEncoder
    from embeddings.encoders.reference import check_library
    from embeddings.index.index import Index, open_index

    check_language(config, pack)
    runtime = config.encoder.runtime
    folder = _cache_of(config)
    with listener.busy("loading the model"):
        if anew:
            # Nothing goes before it is certain that it can be made again.
            check_library()
            if shared is None:
                forget_exported(config)
            forget_imported(config, pack)
        elif (ready := find_ready(config, pack)) is not None:
            try:
                return ready.open(pack, shared)
            except UserError as error:
                listener.say(str(error))
        # Whoever insists on the fast encoder must be able to have it made.
        chosen = _with_runtime(config, "auto") if complete and runtime == "onnx" else config
        load = partial(load_encoder, chosen, partial(_deferred, reference or load_reference))
        encoder, found = _found(config, pack, shared, load, anew=anew, claims=claims)
        stale = isinstance(found, str)
        if stale and apart:
            build_apart(build_index, config, listener)
            stale = False
    if shared is None and _is_reference(encoder) and runtime != "reference":
        encoder = _fast_instead(config, pack, encoder, listener, make=complete or stale)
    if isinstance(encoder, DeferredEncoder):
        with listener.busy("loading the model"):
            encoder = encoder.loaded()
    if isinstance(found, Index):
        return encoder, found
    return encoder, open_index(pack, encoder, folder, claims=claims, say=listener.say, report=listener.report)


def _found(
    config: Config, pack: Pack, shared: Encoder | None, load: Callable[[], Encoder], *, anew: bool, claims: bool
) -> tuple[Encoder, Index | str]:
    """Return the encoder, loaded unless one is `shared`, and the index that was found, or why none can be used.

    The encoder loads while the index is looked at, which takes as long: its fingerprint will do for that.
    """
    from concurrent.futures import ThreadPoolExecutor

    from embeddings.encoders.deferred import DeferredEncoder
    from embeddings.index.index import forget_index, found_index

    folder = _cache_of(config)
    if shared is not None or anew or (fingerprint := _fingerprint(config)) is None:
        encoder = shared or load()
        if anew:
            forget_index(pack, encoder, folder)
        return encoder, found_index(pack, encoder, folder, claims=claims)
    with ThreadPoolExecutor(1) as beside:
        loading = beside.submit(load)
        found = found_index(pack, DeferredEncoder(fingerprint, loading.result), folder, claims=claims)
    encoder = loading.result()
    if encoder.fingerprint != fingerprint:
        found = found_index(pack, encoder, folder, claims=claims)
    return encoder, found


def _deferred(load: LoadsReference, config: Config) -> Encoder:
    """Return the reference, loaded when it is needed; a model that is only named is loaded now."""
    from embeddings.encoders.deferred import DeferredEncoder

    fingerprint = _fingerprint(config)
    return load(config) if fingerprint is None else DeferredEncoder(fingerprint, partial(load, config))


def find_ready(config: Config, pack: Pack) -> ReadyIndex | None:
    """Return the ready index of a pack, imported or carried by the installed wheel; None where the reference answers.

    Raises UserError for a cache folder that others can write.
    """
    from embeddings.index.ready import ReadyIndex

    if config.encoder.runtime == "reference" or (fingerprint := _fingerprint(config)) is None:
        return None
    return ReadyIndex.find(pack, fingerprint, _cache_of(config))


def export_index(config: Config, pack: Pack, index: Index, target: Path) -> None:
    """Write an opened index and its fast encoder to an archive, or to `target` where that is a folder (UserError)."""
    from embeddings.encoders.exported import ExportError
    from embeddings.index.ready import Parts

    if (ready := find_ready(config, pack)) is not None:
        parts = Parts.again(ready)
    else:
        try:
            parts = Parts.of(index, exported_model(config))
        except ExportError as error:
            raise UserError(f"only an index with a fast encoder travels: {error}") from error
    (parts.write_folder if target.is_dir() else parts.write_archive)(target)


def import_index(config: Config, pack: Pack, source: Path) -> None:
    """Take in an index that was exported elsewhere, once it is proven to be of this pack and model (UserError)."""
    from embeddings.index.ready import read_archive

    fingerprint = _fingerprint(config)
    if config.encoder.runtime == "reference" or fingerprint is None:
        raise UserError('an imported index brings its encoder: under [encoder], set `runtime` to "auto", and `sha256`')
    read_archive(source, pack, fingerprint, _cache_of(config))


def forget_imported(config: Config, pack: Pack) -> None:
    """Delete the imported index of a pack, so that it is built here (UserError)."""
    from embeddings.index.ready import forget_ready

    if (fingerprint := _fingerprint(config)) is not None:
        forget_ready(pack, fingerprint, _cache_of(config))


def _fingerprint(config: Config) -> str | None:
    """Return the fingerprint that the settings ask for, without the model where they name a hash; None: any model's."""
    from embeddings.encoders.exported import ExportError
    from embeddings.encoders.reference import expected_weights, fingerprint_of

    weights = expected_weights(config.encoder.model, config.encoder.sha256)
    try:
        return fingerprint_of(weights) if weights else exported_model(config).fingerprint
    except ExportError:
        return None


def forget_exported(config: Config) -> None:
    """Delete the fast encoder, so that it is made anew; a model that has none stays as it is."""
    from embeddings.encoders.exported import ExportError

    with contextlib.suppress(ExportError):
        exported_model(config).forget()


def build_index(config: Config, listener: Listener) -> None:
    """Build the index of the pack that the settings name, and make its fast encoder if it is missing (UserError)."""
    open_index_for(config, open_pack(config, listener.say), listener)[1].close()


def _fast_instead(config: Config, pack: Pack, reference: Encoder, listener: Listener, *, make: bool) -> Encoder:
    """Have the fast encoder and the index made, and load the first; else say why it is the reference that answers."""
    from embeddings.encoders.exported import ExportError

    try:
        if make:
            from embeddings.index.index import prepare

            target = exported_model(config)
            prepare(pack, _cache_of(config), target, say=listener.say, report=listener.report)
        return open_exported(config)
    except ExportError as error:
        if config.encoder.runtime == "onnx":
            raise UserError(
                f'the fast encoder cannot be made: {error}; set `runtime` under [encoder] to "auto"'
            ) from error
        hint = "" if make else "; `dilemma index` makes the fast one"
        listener.say(f"the reference encoder answers, which takes seconds to load: {error}{hint}")
    return reference


def _is_reference(encoder: Encoder) -> bool:
    from embeddings.encoders.deferred import DeferredEncoder
    from embeddings.encoders.reference import SentenceEncoder
    from embeddings.encoders.remote import RemoteEncoder

    return isinstance(encoder, DeferredEncoder | SentenceEncoder | RemoteEncoder)


def _cache_of(config: Config) -> Path:
    from embeddings.index.storage import default_folder

    return config.index.folder or default_folder()


def _with_runtime(config: Config, runtime: str) -> Config:
    return config.model_copy(update={"encoder": config.encoder.model_copy(update={"runtime": runtime})})


_SAY, _REPORT, _FAILED = "say", "report", "failed"


class Listener(Protocol):
    """Hears what happens while an app opens: a terminal, or a bot's messages."""

    def say(self, text: str) -> None:
        """Hear one line that a person should read."""

    def report(self, done: int, total: int) -> None:
        """Hear how many of the texts are encoded."""

    def busy(self, what: str) -> AbstractContextManager[None]:
        """Hear what takes a while, until the block ends."""


Build: TypeAlias = "Callable[[Config, Listener], None]"


def build_apart(build: Build, config: Config, listener: Listener) -> None:
    """Have something built in another process, which tells the listener what it does; call this in a thread.

    `build` is pickled: a function of a module. Raises what it raises: UserError as it is, anything else as a Fault; and
    Fault when the process dies.
    """
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(there, build, config), name="building", daemon=True)
    process.start()
    # Only with the other end open nowhere else does a death show on this one.
    there.close()
    failed: Exception | None = None
    with contextlib.suppress(EOFError, OSError):
        while True:
            kind, *told = here.recv()
            if kind == _SAY:
                listener.say(*told)
            elif kind == _REPORT:
                listener.report(*told)
            else:
                (failed,) = told
    here.close()
    process.join()
    if failed is not None:
        raise failed
    if process.exitcode:
        raise Fault(f"the process that builds the index died (exit code {process.exitcode})")


class _Relay:
    """The listener in the child: sends to the parent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def say(self, text: str) -> None:
        self._connection.send((_SAY, text))

    def report(self, done: int, total: int) -> None:
        self._connection.send((_REPORT, done, total))

    @contextlib.contextmanager
    def busy(self, _what: str) -> Iterator[None]:
        # The parent says that it waits.
        yield


def _run(connection: Connection, build: Build, config: Config) -> None:
    """Build; a pipe whose other end is closed ends this process, too."""
    import signal

    from embeddings.encoders.remote import portable

    # Ctrl-C is meant for the other process, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        build(config, _Relay(connection))
    except Exception as error:  # noqa: BLE001 - it belongs to the other process
        with contextlib.suppress(OSError):  # which may have ended meanwhile
            connection.send((_FAILED, portable(error)))
