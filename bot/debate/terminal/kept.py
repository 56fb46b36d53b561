"""Debates that were kept: in a file of `debate simulate --out`, or in the log by a bot, also while it runs."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.debate.rules.record import events_in
from bot.debate.store import debates
from bot.log.reader import LogReader
from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.debate.rules.events import Event
    from bot.debate.store.debates import DebateHead
    from bot.screen.session import Session

_ID: Final = re.compile("[0-9a-f]{4,32}")
_SHORT: Final = 8
"""Digits of an id that are listed: enough to tell a debate from the others."""


def list_debates(session: Session, limit: int) -> None:
    """List the debates in the log that began last, oldest of them first. Raises UserError."""
    heads = LogReader.existing(session.config.log.file).read(partial(debates.recent, limit=limit))
    if not heads:
        session.screen.say("the log holds no debates yet")
    for head in reversed(heads):
        ended = "goes on" if head.ended_utc is None else f"ended {_time(head.ended_utc)}"
        session.screen.write(f"{head.id[:_SHORT]} · {_time(head.began_utc)} UTC · {ended}", style="bold")
        session.screen.write(head.motion, first="  ", rest="  ")


def events_of(session: Session, name: str) -> tuple[Event, ...]:
    """Read the debate of a file, or the one in the log whose id begins so. Raises UserError."""
    path = Path(name)
    if path.exists() or _ID.fullmatch(name.lower()) is None:
        return _events_in(path)
    reader = LogReader.existing(session.config.log.file)
    heads = reader.read(partial(debates.beginning_with, letters=name.lower(), limit=2))
    if not heads:
        raise UserError(
            f"there is no file {name}, and no such debate in {reader.path}: `dilemma debate list` lists them"
        )
    if len(heads) > 1:
        raise UserError(f"several debates begin with {name}: {_named(heads)}; give more digits")
    kept = reader.read(partial(debates.one, debate=heads[0].id))
    if kept is None:
        raise UserError(f"the debate {name} was deleted just now")
    if kept.spoilt:
        numbers = ", ".join(map(str, kept.spoilt))
        session.screen.say(f"left out, because the log is damaged there: events {numbers} of the debate")
    return tuple(event for _, event in kept.events)


def _events_in(path: Path) -> tuple[Event, ...]:
    try:
        return events_in(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}): name a file of `debate simulate --out`, or a debate of the log "
            "as `dilemma debate list` does"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is no JSON: {error}") from None
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def _named(heads: tuple[DebateHead, ...]) -> str:
    return ", ".join(head.id for head in heads)


def _time(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%d %H:%M")
