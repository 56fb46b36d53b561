"""A debate's transcript as a file to send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.debate.rules.transcript import transcript_of
from bot.debate.rules.transcript_files import as_csv, as_html, as_json, as_markdown
from bot.wire.page.language import to_say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.debate.rules.events import Event
    from bot.debate.rules.transcript import Parts

_TABLE: Final = "csv"

KINDS: Final = {
    "md": to_say("Markdown, to read"),
    "html": to_say("web page, to print"),
    _TABLE: to_say("table (CSV)"),
    "json": to_say("JSON, for programs"),
}
"""The kinds of file, by the ends of their names."""

_WRITERS: Final[dict[str, Callable[[Parts], str]]] = {
    "md": as_markdown,
    "html": as_html,
    _TABLE: as_csv,
    "json": as_json,
}


def file_of(events: Sequence[Event], form: str, *, anonymous: bool) -> tuple[str, str, bytes]:
    """Write a debate's transcript, and give the file's name, the motion, and the file's bytes.

    A table says that it is UTF-8: spreadsheets would take it for something else.
    """
    transcript = transcript_of(events, anonymous=anonymous)
    begun = str(transcript["begun_utc"])[: len("2026-01-01")]
    content = _WRITERS[form](transcript).encode("utf-8-sig" if form == _TABLE else "utf-8")
    return f"debate-{begun}.{form}", transcript["motion"], content
