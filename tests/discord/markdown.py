"""Discord's markdown as HTML, as far as answers use it.

It must not know where the text stands in a message.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

INLINE = re.compile(
    r"\\(?P<escaped>[^\w\s])"
    r"|`(?P<code>[^`]+)`"
    r"|\*\*(?P<bold>.+?)\*\*(?!\*)"
    r"|__(?P<under>.+?)__"
    r"|~~(?P<struck>.+?)~~"
    r"|\|\|(?P<spoiler>.+?)\|\|"
    r"|\*(?P<italic>[^\s*](?:[^*]*[^\s*])?)\*"
    r"|\b_(?P<italic2>[^_]+)_\b"
    r"|\[(?P<label>[^\]]+)\]\(<?(?P<target>https?://[^\s>)]+)>?\)"
    r"|<t:(?P<time>-?\d+)(?::(?P<style>[tTdDfFRsS]))?>"
    r"|<@[!&]?(?P<who>\d+)>|<\#(?P<where>\d+)>|</(?P<command>[^:>]+):\d+>|<a?:(?P<emoji>\w+):\d+>"
    r"|<(?P<bare>https?://[^\s>]+)>|(?P<link>https?://[^\s<>)]+)",
    re.DOTALL,
)
TAGS = {"bold": "b", "under": "u", "struck": "s", "italic": "i", "italic2": "i"}
TIME_STYLES = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%d/%m/%Y",
    "D": "%-d %B %Y",
    "f": "%-d %B %Y %H:%M",
    "F": "%A, %-d %B %Y %H:%M",
    "s": "%d/%m/%Y, %H:%M",
    "S": "%d/%m/%Y, %H:%M:%S",
}
RELATIVE = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
BLOCK = re.compile(
    r"(?P<heading>#{1,3}) (?P<title>.+)"
    r"|-# (?P<small>.+)"
    r"|(?P<indent> *)(?P<bullet>[-*]|\d+\.) (?P<item>.+)"
)


def markdown_html(text: str, now: datetime) -> str:
    """Write markdown as HTML blocks; `now` is what `<t:…:R>` counts from."""
    pieces = re.split(r"```(?:\w*\n)?(.*?)```", text, flags=re.DOTALL)
    written = []
    for number, piece in enumerate(pieces):
        if number % 2:
            written.append(f"<pre>{escape(piece)}</pre>")
        elif piece.strip("\n"):
            written += _blocks(piece.strip("\n").split("\n"), now)
    return "".join(written)


def _blocks(lines: list[str], now: datetime) -> Iterator[str]:
    plain: list[str] = []
    while lines:
        if lines[0].startswith((">>> ", "> ")) or lines[0] == ">" or BLOCK.fullmatch(lines[0]):
            yield from _paragraph(plain, now)
            plain = []
            yield _block(lines, now)
        else:
            plain.append(lines.pop(0))
    yield from _paragraph(plain, now)


def _paragraph(lines: list[str], now: datetime) -> Iterator[str]:
    if lines:
        yield "<div>" + "<br>".join(_inline(line, now) for line in lines) + "</div>"


def _block(lines: list[str], now: datetime) -> str:
    """Take a quotation, heading, small print or list off the lines and write it."""
    if lines[0].startswith(">>> "):
        quoted = [lines[0][4:], *lines[1:]]
        lines.clear()
        return f"<blockquote>{''.join(_blocks(quoted, now))}</blockquote>"
    if lines[0].startswith(">"):
        quoted = []
        while lines and (lines[0].startswith("> ") or lines[0] == ">"):
            quoted.append(lines.pop(0)[2:])
        return f"<blockquote>{''.join(_blocks(quoted, now))}</blockquote>"
    found = BLOCK.fullmatch(lines.pop(0))
    assert found is not None
    if found["heading"]:
        level = len(found["heading"])
        return f"<h{level}>{_inline(found['title'], now)}</h{level}>"
    if found["small"]:
        return f"<small>{_inline(found['small'], now)}</small>"
    depth = 1 + len(found["indent"]) // 2
    sign = "•" if found["bullet"] in "-*" else found["bullet"]
    item = _inline(found["item"], now)
    return f'<div class="item" style="margin-left:{depth * 0.9}em"><span>{sign}</span><span>{item}</span></div>'


def _inline(text: str, now: datetime) -> str:
    written, end = [], 0
    for found in INLINE.finditer(text):
        written += [escape(text[end : found.start()]), _span(found, now)]
        end = found.end()
    return "".join([*written, escape(text[end:])])


def _span(found: re.Match[str], now: datetime) -> str:
    kind = found.lastgroup or ""
    if kind in {"target", "label"}:
        return f'<a href="{escape(found["target"])}">{_inline(found["label"], now)}</a>'
    if found["time"]:
        return f'<span class="time">{moment(int(found["time"]), found["style"] or "f", now)}</span>'
    text = found[kind]
    if kind in TAGS:
        return f"<{TAGS[kind]}>{_inline(text, now)}</{TAGS[kind]}>"
    shown = {
        "escaped": escape(text),
        "code": f"<code>{escape(text)}</code>",
        "spoiler": f'<span class="spoiler">{escape(text)}</span>',
        "who": f'<span class="mention">@{text}</span>',
        "where": f'<span class="mention">#{text}</span>',
        "command": f'<span class="mention">/{escape(text)}</span>',
        "emoji": f":{escape(text)}:",
    }
    return shown.get(kind, f'<a href="{escape(text)}">{escape(text)}</a>')


def moment(unix_s: int, style: str, now: datetime) -> str:
    """Write a timestamp in one of Discord's styles, in UTC; R counts from `now`."""
    then = datetime.fromtimestamp(unix_s, UTC)
    if style != "R":
        return then.strftime(TIME_STYLES[style])
    away_s = round((then - now).total_seconds())
    length, unit = next((each for each in RELATIVE if abs(away_s) >= each[0]), RELATIVE[-1])
    count = abs(away_s) // length
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {words}" if away_s >= 0 else f"{words} ago"
