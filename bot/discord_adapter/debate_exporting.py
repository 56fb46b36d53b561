"""A debate's transcript as a file to send.

It must not know who asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.core.transcript import transcript_of
from bot.core.transcript_files import as_csv, as_html, as_json, as_markdown
from bot.discord_adapter.language import to_say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.core.debate_events import Event
    from bot.core.transcript import Parts

FORMS: Final = {
    "md": to_say("Markdown, to read"),
    "html": to_say("web page, to print"),
    "csv": to_say("table (CSV)"),
    "json": to_say("JSON, for programs"),
}
"""The kinds of file, by the ends of their names."""

_WRITERS: Final[dict[str, Callable[[Parts], str]]] = {
    "md": as_markdown,
    "html": as_html,
    "csv": as_csv,
    "json": as_json,
}


def file_of(events: Sequence[Event], form: str, *, anonymous: bool) -> tuple[str, bytes]:
    """Write a debate's transcript, and give the file's name and bytes."""
    transcript = transcript_of(events, anonymous=anonymous)
    begun = str(transcript["begun_utc"])[: len("2026-01-01")]
    return f"debate-{begun}.{form}", _WRITERS[form](transcript).encode()
