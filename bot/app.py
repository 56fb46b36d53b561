"""The composition root: the one place that reads settings, and opens and closes the parts of a process."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from platformdirs import user_state_path

from bot import opening
from bot.config.loading import load_config
from bot.features import ALL
from bot.opening import Listener, open_pack
from bot.process import journal as logs
from knowledge.errors import UserError

# The parts import numpy, faiss, SQLite and even torch: what needs none of them must not wait for them.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from bot.config.sections import Config
    from bot.log.log import ConversationLog
    from bot.log.privacy import Table
    from bot.opening import Listener, LoadsReference
    from bot.process.clock import Clock
    from bot.process.feature import Feature, Parts
    from bot.process.pending import Pending
    from embeddings.encoders.reference import Encoder
    from embeddings.library import Shelf
    from knowledge.model import Pack

__all__ = ["configure", "open_app", "open_pack", "send_messages", "tables"]

CLOSING_TIMEOUT_S: Final = 10.0


def configure(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the settings, and send the program's own messages where they say. Raises UserError."""
    config = load_config(path, environ)
    send_messages(config)
    return config


def send_messages(config: Config, *, alone: bool = False) -> None:
    """Send the program's own messages where the settings say; `alone` logs more (UserError)."""
    level = config.logging.level
    if level == "auto":
        level = "info" if alone else "warning"
    logs.set_up(level, form=config.logging.format, path=config.logging.path)


@contextmanager
def open_app(  # noqa: PLR0913 - each is chosen by some program
    config: Config,
    *,
    holder: str,
    listener: Listener,
    features: Iterable[Feature[Any, Any]] = (),
    closing_s: float = CLOSING_TIMEOUT_S,
    serving: bool = False,
    hindered: Callable[[UserError], None] | None = None,
    promised: Callable[[Pending], None] = lambda _pending: None,
    secret: bytes | None = None,
) -> Iterator[Parts]:
    """Open everything that answering needs, then what `features` add, and close it again.

    `holder` names this process to others that want the log ("dilemma chat"); closing the log may take `closing_s`. When
    `serving`, the further packs of the settings are opened, too, repeated questions are not encoded again, the
    reference model loads in another process, and nothing is answered without the log, which knows what may be quoted:
    as long as it cannot be opened for a reason that passes, `hindered` waits before the next try. `promised` gets what
    keeps promised answers before the model and the index are opened. Raises UserError for what a person can mend.
    """
    from bot.answer.service.pending import PendingAnswers
    from bot.log.log import ConversationLog
    from bot.process.calm import calm_arithmetic
    from bot.process.clock import SystemClock
    from bot.process.feature import Parts, open_features
    from bot.process.figures import Figures
    from bot.process.pending import Pending
    from bot.process.service import Health
    from embeddings.library import Library
    from embeddings.retriever import Retriever
    from knowledge.model import Pack

    clock = SystemClock()
    # People who wait are promised answers, which the log keeps: then it comes first. A terminal asks one pack.
    packs: tuple[tuple[Config, Pack], ...] = () if serving else ((config, open_pack(config, listener.say)),)
    with ExitStack() as stack:
        manner = _Manner(serving, hindered, secret)
        log = stack.enter_context(_open_log(config, holder, clock, listener, closing_s, manner))
        promised(Pending() if log is None else PendingAnswers(log, clock))
        packs = packs or opening.open_packs(config, listener.say)

        def remote(config: Config) -> Encoder:
            loaded = opening.load_remote_reference(config)
            stack.callback(loaded.close)
            return loaded

        library = Library(_shelves(packs, listener, stack, remote if serving else None))
        calm_arithmetic()
        parts = Parts(config, clock, stack)
        parts.add(Library, library)
        parts.add(Pack, library.default)
        parts.add(Retriever, library.shelf(library.default.id).retriever)
        if log is not None:
            parts.add(ConversationLog, log)
        # An index that is open has its files in memory; a log has a disk below it.
        figures = parts.add(Figures, Figures())
        if log is not None:
            figures.gauges.update(log_waiting_turns=lambda: log.unwritten, log_spilled_turns=lambda: log.spilled)
        parts.add(Health, Health({"log": log.trouble if log is not None else _works, "index": _works}))
        open_features(features, parts)
        yield parts


def _shelves(
    packs: Iterable[tuple[Config, Pack]], listener: Listener, stack: ExitStack, remote: LoadsReference | None
) -> Iterator[Shelf]:
    """Open the index of each pack, which the stack closes; one encoder answers for all (UserError).

    With `remote`, which loads the reference, people are waiting; else the first answer need not wait for what only
    claims need. A further pack without sides or an index is left
    out, and the reason said.
    """
    from bot.screen.session import check_sided
    from embeddings.encoders.remembered import RememberingEncoder
    from embeddings.library import Shelf
    from embeddings.retriever import Retriever

    serving = remote is not None
    shared: Encoder | None = None
    answering: Encoder | None = None
    for config, pack in packs:
        open_index = partial(
            opening.open_index_for, config, pack, listener, reference=remote, apart=serving, claims=serving
        )
        try:
            if serving:
                check_sided(pack)
            own, index = open_index(shared=shared)
        except UserError as error:
            if answering is None:
                raise
            listener.say(f"the pack {pack.id} is left out: {error}")
            continue
        stack.callback(index.close)
        if answering is None or own is not shared:
            shared, answering = own, RememberingEncoder(own) if serving else own
        yield Shelf(pack, Retriever(pack, answering, index))


def _works() -> None:
    """Return no trouble."""


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a program opens its log: whether it needs it, what waits before another try, and what seals votes in it."""

    serving: bool
    hindered: Callable[[UserError], None] | None
    secret: bytes | None


@contextmanager
def _open_log(
    config: Config, holder: str, clock: Clock, listener: Listener, closing_s: float, manner: _Manner
) -> Iterator[ConversationLog | None]:
    """Open and close the log; None where it is turned off, or cannot be opened at a terminal."""
    from bot.log.lock import BrieflyUsedError
    from bot.log.log import ConversationLog
    from bot.log.opening import WrongPlaceError

    if not config.log.enabled:
        yield None
        return
    log = None
    while log is None:
        try:
            log = ConversationLog.open(
                config.log_place,
                tables,
                holder=holder,
                now=clock.now_utc().isoformat(),
                shared=not manner.serving,
                elsewhere=user_state_path("dilemma", appauthor=False),
                secret=manner.secret,
            )
        except UserError as error:
            if not manner.serving and not isinstance(error, WrongPlaceError):
                # At a terminal an answer needs no log.
                listener.say(f"nothing is logged this time: {error}")
                yield None
                return
            # What the disk or SQLite says may pass; a mistake, or another bot, does not.
            passing = error.__cause__ is not None or isinstance(error, BrieflyUsedError)
            if manner.hindered is None or not passing:
                raise
            manner.hindered(error)
    for notice in log.notices:
        listener.say(notice)
    try:
        yield log
    finally:
        unwritten = log.close(closing_s)
        if unwritten is not None:
            listener.say(unwritten)


def tables() -> tuple[Table, ...]:
    """Return the tables of all features, owners before what they own."""
    return tuple(table for feature in ALL for table in feature.tables())
