"""The program's own messages: structlog and the standard library's loggers, through one handler, to stderr or a file.

Messages hold ids, never what people ask: a fault is logged with its place and kind, and its words only where they are
the program's or the system's.
"""

from __future__ import annotations

import logging
import secrets
import sys
import traceback
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from knowledge.errors import Fault, UserError

# structlog takes a sixth of a second to import, and most runs have no message to write.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

    from structlog.stdlib import BoundLogger
    from structlog.typing import EventDict, Processor

OWN_PACKAGES: Final = ("bot", "embeddings", "knowledge")


class _Handler(logging.StreamHandler[Any]):
    """The one handler, known by its class."""


class _LateFormatter(logging.Formatter):
    """structlog's formatter, made at the first message; `brief` cuts errors to their place."""

    def __init__(self, form: str, *, brief: bool) -> None:
        super().__init__()
        self._form = form
        self._brief = brief

    def format(self, record: logging.LogRecord) -> str:
        return self._formatter.format(record)

    @cached_property
    def _formatter(self) -> logging.Formatter:
        import structlog

        renderer: Processor
        if self._form == "json":
            renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
        else:
            renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_first_processors(),
            processors=(
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _place_of_error if self._brief else _trace_of_error,
                renderer,
            ),
        )


def _first_processors() -> tuple[Processor, ...]:
    import structlog

    return (
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    )


def logger(name: str) -> BoundLogger:
    """Return a module's logger. Call it only when there is something to log."""
    import structlog

    if not structlog.is_configured():
        structlog.configure(
            processors=(
                structlog.stdlib.filter_by_level,
                *_first_processors(),
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ),
            wrapper_class=structlog.stdlib.BoundLogger,
            logger_factory=structlog.stdlib.LoggerFactory(),
            cache_logger_on_first_use=False,
        )
    found: BoundLogger = structlog.stdlib.get_logger(name)
    return found


def set_up(level: str = "warning", *, form: str = "console", path: Path | None = None) -> None:
    """Send messages of `level` and above, as "console" or "json" lines, to a file or (None) to stderr.

    Other people's loggers stay at info or above: at debug some of them write out what they are given. Raises UserError
    when the file cannot be written.
    """
    handler = _Handler(sys.stderr if path is None else _opened(path))
    # On a terminal a traceback would bury the one line that helps.
    brief = path is None and form == "console" and level != "debug"
    handler.setFormatter(_LateFormatter(form, brief=brief))
    tear_down()
    least = logging.getLevelNamesMapping()[level.upper()]
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(max(least, logging.INFO))
    for package in OWN_PACKAGES:
        logging.getLogger(package).setLevel(least)
    logging.captureWarnings(capture=True)


def tear_down() -> None:
    """Remove the handler, and close its file."""
    root = logging.getLogger()
    logging.captureWarnings(capture=False)
    for handler in _handlers():
        root.removeHandler(handler)
        handler.close()
        if handler.stream is not sys.stderr:
            handler.stream.close()


def _handlers() -> list[_Handler]:
    return [handler for handler in logging.getLogger().handlers if isinstance(handler, _Handler)]


def log_fault(fault: BaseException | str) -> str:
    """Log a fault under a new id, and return the id, all that people see of it."""
    if not _handlers():
        set_up()
    identity = secrets.token_hex(4)
    faults = logger("bot.fault")
    if isinstance(fault, str):
        faults.error("fault", id=identity, detail=fault)
    else:
        faults.error("fault", id=identity, exc_info=fault)
    return identity


def _opened(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UserError(
            f"no messages can be written to {path} ({error.strerror}): correct `path` under [logging]"
        ) from error


def _error_in(event: EventDict) -> BaseException | None:
    match event.pop("exc_info", None):
        case BaseException() as error:
            return error
        case (_, BaseException() as error, _):
            return error
        case True:
            return sys.exception()
        case _:
            return None


def _place_of_error(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace an error by its kind and the line that raised it."""
    if (error := _error_in(event)) is not None:
        event["error"] = _kind(error)
        if frames := traceback.extract_tb(error.__traceback__):
            event["at"] = f"{frames[-1].filename}:{frames[-1].lineno}"
    return event


def _trace_of_error(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace an error by its traceback, its causes first."""
    if (error := _error_in(event)) is not None:
        event["exception"] = "\n".join(_trace(error))
    return event


def _trace(error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _trace(earlier)
        yield "which led to:"
    yield "".join(traceback.format_tb(error.__traceback__)) + _kind(error)


def _kind(error: BaseException) -> str:
    """Return an error's name, with its words where they cannot hold what somebody asked."""
    name = type(error).__name__
    if isinstance(error, Fault):
        return f"{name}: {error}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    return name
