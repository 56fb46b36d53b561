"""A message as a page of HTML, laid out as Discord does on a phone, for people to look at.

`python -m tests.discord.rendering message.json out.html`, where the JSON is a message as Discord or the bot writes it
(or a list of them). It must not know how messages come to be.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from tests.discord.loopback.messages import (
    ACTION_ROW,
    BUTTON,
    CONTAINER,
    EPHEMERAL,
    FILE,
    LINK_BUTTON,
    MEDIA_GALLERY,
    SECTION,
    SELECTS,
    SEPARATOR,
    TEXT_DISPLAY,
    THUMBNAIL,
)
from tests.discord.markdown import markdown_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.discord.loopback.wire import Json

PHONE_WIDTH_PX = 390
LARGE_SPACING = 2
BUTTON_STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", LINK_BUTTON: "secondary"}

STYLE = """
* { box-sizing: border-box }
body { margin: 0; background: #1a1a1e; color: #dfe0e2; font: 16px/1.35 "gg sans", "Noto Sans", "DejaVu Sans",
  "Noto Color Emoji", sans-serif }
main { width: WIDTHpx; padding: 12px 12px 12px 16px; overflow-wrap: anywhere }
article { display: grid; grid-template-columns: 40px minmax(0, 1fr); gap: 12px; margin-bottom: 20px }
.avatar { width: 40px; height: 40px; border-radius: 50%; background: #5865f2; text-align: center; line-height: 40px }
.author b { color: #fff; font-weight: 600 } .author i { background: #5865f2; color: #fff; border-radius: 4px;
  font: 600 10px sans-serif; padding: 2px 4px; margin: 0 6px; vertical-align: 2px }
.author span, small { color: #949ba4; font-size: 12px } small { display: block; font-size: 13px }
.body > * , .container > * { margin-top: 8px } .body > .author { margin: 0 }
.container { background: #242429; border: 1px solid #3a3a41; border-radius: 8px; padding: 8px 12px 12px }
.container.accent { border-left: 4px solid var(--accent) }
h1, h2, h3 { color: #fff; margin: 8px 0 4px; line-height: 1.25 } h1 { font-size: 24px } h2 { font-size: 20px }
h3 { font-size: 16px } b { color: #f2f3f5; font-weight: 600 }
blockquote { margin: 2px 0; padding-left: 12px; border-left: 4px solid #65656c; border-radius: 2px }
a { color: #7eb0ff; text-decoration: none } code, pre { background: #19191c; border-radius: 4px; font-size: 14px }
code { padding: 1px 4px } pre { padding: 8px; white-space: pre-wrap } .item { display: flex; gap: .5em }
.mention { background: #3c4270; color: #c9cdfb; border-radius: 3px; padding: 0 2px } .time { background: #33333a }
.spoiler { background: #4e5058; border-radius: 3px } hr { border: 0; border-top: 1px solid #44444b; margin: 8px 0 }
.gap { height: 8px } .large { padding: 8px 0 } .row { display: flex; flex-wrap: wrap; gap: 8px }
button { border: 0; border-radius: 8px; padding: 8px 14px; min-height: 36px; color: #fff; font: 500 14px/1.3 inherit;
  font-family: inherit; max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.primary { background: #5865f2 } .secondary { background: #3f3f46 } .success { background: #248046 }
.danger { background: #da373c } button:disabled { opacity: .5 }
.select { width: 100%; background: #19191c; border: 1px solid #3a3a41; border-radius: 8px; padding: 10px 12px;
  color: #949ba4; display: flex; justify-content: space-between }
details { width: 100% } details div { padding: 4px 12px } .section { display: flex; gap: 12px }
.section > :first-child { flex: 1 } .media { background: #33333a; border-radius: 8px; padding: 24px 12px;
  text-align: center; color: #b5bac1; font-size: 13px }
.embed { background: #242429; border-left: 4px solid var(--accent, #1e1f22); border-radius: 4px; padding: 8px 12px }
"""


def page(messages: Sequence[Json], now: datetime) -> str:
    """Write messages as one page of HTML; `now` is the time that relative timestamps count from."""
    articles = "\n".join(_message(message, now) for message in messages)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width={PHONE_WIDTH_PX}"><title>Message</title>'
        f"<style>{STYLE.replace('WIDTH', str(PHONE_WIDTH_PX))}</style></head>\n"
        f"<body><main>\n{articles}\n</main></body></html>\n"
    )


def _message(message: Json, now: datetime) -> str:
    author = message.get("author") or {"username": "dilemma", "bot": True}
    name = escape(author.get("global_name") or author["username"])
    app = "<i>APP</i>" if author.get("bot") else ""
    body = [f'<div class="author"><b>{name}</b>{app}<span>now</span></div>']
    if message.get("content"):
        body.append(f"<div>{markdown_html(message['content'], now)}</div>")
    body += [_embed(embed, now) for embed in message.get("embeds") or []]
    body += [_part(part, now) for part in message.get("components") or []]
    if (message.get("flags") or 0) & EPHEMERAL:
        body.append("<small>👁 Only you can see this · Dismiss message</small>")
    parts = "\n".join(body)
    return f'<article><div class="avatar">{name[:1].upper()}</div><div class="body">{parts}</div></article>'


def _embed(embed: Json, now: datetime) -> str:
    pieces = [f"<b>{escape(embed['title'])}</b>"] if embed.get("title") else []
    pieces.append(markdown_html(embed.get("description") or "", now))
    fields: list[Json] = embed.get("fields") or []
    pieces += [f"<b>{escape(field['name'])}</b>{markdown_html(field['value'], now)}" for field in fields]
    if embed.get("footer"):
        pieces.append(f"<small>{escape(embed['footer']['text'])}</small>")
    return f'<div class="embed"{_accent(embed.get("color"))}>{"".join(pieces)}</div>'


def _accent(colour: int | None) -> str:
    return "" if colour is None else f' style="--accent:#{colour:06x}"'


def _part(part: Json, now: datetime) -> str:
    """Write one component with all that is nested in it."""
    kind = part["type"]
    inside = "\n".join(_part(each, now) for each in part.get("components") or [])
    if kind == TEXT_DISPLAY:
        return f"<div>{markdown_html(part['content'], now)}</div>"
    if kind == CONTAINER:
        colour = part.get("accent_color")
        classes = "container" if colour is None else "container accent"
        return f'<section class="{classes}"{_accent(colour)}>\n{inside}\n</section>'
    if kind == ACTION_ROW:
        return f'<div class="row">{inside}</div>'
    if kind == SECTION:
        return f'<div class="section"><div>{inside}</div><div>{_part(part["accessory"], now)}</div></div>'
    if kind == SEPARATOR:
        line = "<hr>" if part.get("divider", True) else '<div class="gap"></div>'
        return f'<div class="{"large" if part.get("spacing") == LARGE_SPACING else "small"}">{line}</div>'
    return _leaf(part)


def _leaf(part: Json) -> str:
    kind = part["type"]
    if kind == BUTTON:
        return _button(part)
    if kind in SELECTS:
        return _select(part)
    if kind == MEDIA_GALLERY:
        return "".join(_media(item["media"]["url"], item.get("description")) for item in part["items"])
    if kind == THUMBNAIL:
        return _media(part["media"]["url"], part.get("description"))
    if kind == FILE:
        return _media(part["file"]["url"], part.get("name"))
    raise ValueError(f"a component of type {kind} does not stand in messages")


def _button(button: Json) -> str:
    emoji = (button.get("emoji") or {}).get("name") or ""
    words = " ".join(each for each in (emoji, button.get("label") or "") if each)
    arrow = " ↗" if button["style"] == LINK_BUTTON else ""
    disabled = " disabled" if button.get("disabled") else ""
    return f'<button class="{BUTTON_STYLES[button["style"]]}"{disabled}>{escape(words)}{arrow}</button>'


def _select(select: Json) -> str:
    shown = escape(select.get("placeholder") or "Make a selection")
    options = "".join(
        f"<div>{escape(option['label'])}<small>{escape(option.get('description') or '')}</small></div>"
        for option in select.get("options") or []
    )
    return f'<details><summary class="select"><span>{shown}</span><span>⌄</span></summary>{options}</details>'


def _media(address: str, alt_text: str | None) -> str:
    return f'<div class="media">🖼 {escape(address.rsplit("/", 1)[-1])}<br>{escape(alt_text or "no alt text")}</div>'


def main(arguments: Sequence[str]) -> int:
    """Read the JSON, write the page; give the exit code."""
    if len(arguments) != 2:
        sys.stderr.write("use: python -m tests.discord.rendering message.json out.html\n")
        return 2
    read = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    messages = read if isinstance(read, list) else [read]
    Path(arguments[1]).write_text(page(messages, datetime.now(UTC)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
