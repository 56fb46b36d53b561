"""A transcript as a file: Markdown, HTML, CSV or JSON, in which no text that people wrote is active.

The same transcript always gives the same bytes.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.debate.rules.transcript import transcript_of
from bot.values.text import inert, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.debate.rules.events import Event
    from bot.debate.rules.transcript import Parts

CSV_COLUMNS: Final = (
    "at_utc", "phase", "kind", "number", "person", "side", "text",
    "quote_side", "quote", "passage", "article", "title", "author", "paragraph", "start", "end",
)  # fmt: skip

_SAFE_JSON: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&@"}
"""Characters that a page or a chat may act on, as JSON escapes."""

_BELLS: Final = {"half": "Half time", "minute": "One minute left", "time": "Time"}


def file_of(events: Sequence[Event], form: str, *, anonymous: bool) -> tuple[str, str, bytes]:
    """Return the name of a debate's transcript as a file, the motion, and the file's bytes; `form` is one of FORMS."""
    transcript = transcript_of(events, anonymous=anonymous)
    begun = str(transcript["begun_utc"])[: len("2026-01-01")]
    # Spreadsheets know a table to be UTF-8 only by its byte order mark.
    content = FORMS[form](transcript).encode("utf-8-sig" if form == "csv" else "utf-8")
    return f"debate-{begun}.{form}", transcript["motion"], content


def as_json(transcript: Parts) -> str:
    """Return the object itself; a page that shows it finds no tag and no mention in it."""
    return json.dumps(transcript, ensure_ascii=False, indent=2).translate(_SAFE_JSON) + "\n"


def as_csv(transcript: Parts) -> str:
    """Return one table (RFC 4180: comma, CRLF, every cell quoted) in which no cell is a formula.

    Each row has a kind; a point has a row for each of its quotes.
    """
    written = io.StringIO()
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    table.writerow(CSV_COLUMNS)
    for row in _rows(transcript):
        table.writerow([_cell(row.get(column)) for column in CSV_COLUMNS])
    return written.getvalue()


def _cell(value: str | float | None) -> str:
    # A negative number stays a number: nobody wrote it.
    return "" if value is None else inert(value) if isinstance(value, str) else str(value)


def as_markdown(transcript: Parts) -> str:
    """Return Markdown for reading; texts that people wrote make no markup."""
    return _templates(html=False).get_template("transcript.md.j2").render(_view(transcript))


def as_html(transcript: Parts) -> str:
    """Return one page that loads nothing, and is allowed nothing but its own style."""
    templates = _templates(html=True)
    style = templates.get_template("transcript.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = templates.get_template("transcript.html.j2")
    # The style is ours; anything else in it would fail its hash.
    return page.render(_view(transcript), style=Markup(style), style_sha256=digest)  # noqa: S704 - see above


@cache
def _templates(*, html: bool) -> Environment:
    """Return the templates: every value is escaped, as HTML or as Markdown."""
    return Environment(
        loader=PackageLoader("bot.debate.rules"),
        autoescape=html,  # noqa: S701 - Markdown has an escape of its own, `finalize`
        finalize=None if html else _in_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _in_markdown(value: Any) -> Any:  # noqa: ANN401 - templates show anything
    """Escape a text, unless the template marks it as our own with `|safe`."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _view(transcript: Parts) -> Parts:
    """Return the values of the templates."""
    names = {side["id"]: side["name"] for side in transcript["sides"]} | {"undecided": "Undecided"}
    return {"debate": transcript, "names": names, "says": says, "when": when}


def when(at_utc: str | None) -> str:
    """Return a moment for reading; None is now."""
    return "now" if at_utc is None else f"{at_utc[:10]} {at_utc[11:19]} UTC"


def says(entry: Parts) -> str:
    """Return the line for an entry that has no text of its own."""
    match entry["kind"]:
        case "bell":
            late = f", {entry['late_s']} s late" if entry["late_s"] else ""
            return f"{_BELLS[entry['bell']]}{late}"
        case "extended":
            return f"Extended by {entry['minutes']} min"
        case "clock set back":
            return f"The clock was set back by {entry['by_s']} s"
        case "paused" | "resumed":
            return str(entry["kind"]).capitalize()
        case kind:
            side = f" ({entry['side']})" if entry["side"] else ""
            return f"{str(kind).capitalize()}: {entry['person']}{side}"


def _rows(transcript: Parts) -> Iterator[Parts]:
    begun = transcript["begun_utc"]
    yield {"at_utc": begun, "kind": "motion", "text": transcript["motion"]}
    yield {"at_utc": begun, "kind": "format", "text": transcript["format"]["name"]}
    for phase in transcript["phases"]:
        yield {"at_utc": phase["begun_utc"], "phase": phase["name"], "kind": "phase", "number": phase["minutes"]}
        for entry in phase["entries"]:
            yield from _entry_rows(phase["name"], entry)
    for held, ballot in transcript["ballots"].items():
        yield {"kind": f"voted {held}", "number": ballot["voted"]}
        for choice, number in (ballot["counts"] or {}).items():
            yield {"kind": f"ballot {held}", "side": choice, "number": number}
    yield from _result_rows(transcript["result"])
    for act in transcript["audit"]:
        yield {"at_utc": act["at_utc"], "kind": "audit", "person": act["moderator"], "text": act["act"]}


def _entry_rows(phase: str, entry: Parts) -> Iterator[Parts]:
    said = {"phase": phase, **entry}
    if entry["kind"] not in {"point", "evidence"}:
        yield {**said, "text": says(entry)}
        return
    for evidence in entry["evidence"] or [{"side": None, "quote": None}]:
        quote = evidence["quote"] or {}
        place = {column: quote.get(column) for column in CSV_COLUMNS[-7:]}
        yield {**said, "quote_side": evidence["side"], "quote": quote.get("text"), **place}


def _result_rows(result: Parts | None) -> Iterator[Parts]:
    if result is None:
        return
    yield {"kind": "voted both times", "number": result["paired"]}
    yield {"kind": "voted once", "number": result["voted_once"]}
    choices = result["rows_before_columns_after"]
    for before, row in zip(choices, result["matrix"], strict=True):
        for after, number in zip(choices, row, strict=True):
            yield {"kind": "switched", "side": f"{before} to {after}", "number": number}
    for side, points in (result["swing"] or {}).items():
        yield {"kind": "swing", "side": side, "number": points}
    yield {"kind": "winner", "side": result["winner"]}
    for warning in result["warnings"]:
        yield {"kind": "warning", "text": warning}


FORMS: Final[Mapping[str, Callable[[Parts], str]]] = {
    "md": as_markdown,
    "html": as_html,
    "csv": as_csv,
    "json": as_json,
}
"""The writer for each file suffix."""
