"""Who said what and when: subtitles (.srt, .vtt), and channels as DiscordChatExporter saves them (.json).

A transcript becomes a label of its own line, "[00:01:23] Anna", and what was said below it.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.authoring.sources.document import Document, Kind, Paragraph, plain
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TIMES: Final = re.compile(r"\s*((?:\d+:)?\d{1,2}:\d{2})[.,]\d{1,3}\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})")
_VOICE: Final = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]+)>")
_TAG: Final = re.compile(r"<[^<>]*>|\{\\[^}]*\}")
_NOISE: Final = re.compile(r"[\[(♪][^\])]*[\])♪]|[♪♫]+")
_NAMED: Final = re.compile(r"(?:>>\s*)?([A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3})\s*:\s+(?=\S)")
_TURN: Final = re.compile(r"^\s*(?:>>|[-–—])\s*")
_END: Final = re.compile(r"[.!?…][\"'”’»)]*$")

_LONGEST_TURN_S: Final = 60
"""Seconds after which a turn gets a new label at the next end of a sentence, so that places stay near."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A stretch of speech: when it begins, in seconds, and who speaks, if that is told."""

    at_s: int
    speaker: str | None
    new: bool
    text: str


def read_captions(text: str) -> Document:
    """Read subtitles: what is said, with who says it where that is told. Raises UserError where there are none."""
    dropped: Counter[str] = Counter()
    heard = list(_heard(text, dropped))
    if not heard:
        raise UserError("there are no subtitles in it: a line like 00:01:23,000 --> 00:01:25,000 stands above each")
    return Document(tuple(_turns(heard)), dropped=dropped)


def _heard(text: str, dropped: Counter[str]) -> Iterator[_Heard]:
    before = ""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.split("\n")
        at = next((number for number, line in enumerate(lines) if _TIMES.match(line)), None)
        if at is None:
            dropped["note in the file"] += bool(block.strip()) and not block.lstrip().startswith("WEBVTT")
            continue
        start_s = _seconds((_TIMES.match(lines[at]) or [""])[1])
        for line in lines[at + 1 :]:
            voice = _VOICE.search(line)
            said, noises = _NOISE.subn(" ", html.unescape(_TAG.sub("", line)))
            dropped["sound in brackets"] += noises
            named = None if voice else _NAMED.match(_TURN.sub("", said))
            speaker = plain(voice[1]) if voice else plain(named[1]).title() if named and named[1].isupper() else None
            speaker = speaker or (plain(named[1]) if named else None)
            new = bool(_TURN.match(said))
            said = _TURN.sub("", said)
            words = plain(_NAMED.sub("", said, count=1) if named else said)
            # Rolling captions show each line twice.
            if words and words != before:
                yield _Heard(start_s, speaker, new, words)
            before = words or before


def _seconds(time: str) -> int:
    seconds = 0
    for part in time.split(":"):
        seconds = 60 * seconds + int(part)
    return seconds


def _turns(heard: Iterable[_Heard]) -> Iterator[Paragraph]:
    began, speaker, words = 0, None, ""
    for one in heard:
        changed = one.new or (one.speaker is not None and one.speaker != speaker)
        late = one.at_s - began >= _LONGEST_TURN_S and bool(_END.search(words))
        if words and (changed or late):
            yield from _turn(_clock(began), speaker, words)
            words = ""
            speaker = None if one.new and one.speaker is None else speaker
        if not words:
            began = one.at_s
        speaker = one.speaker or speaker
        words = f"{words} {one.text}" if words else one.text
    if words:
        yield from _turn(_clock(began), speaker, words)


def _clock(at_s: int) -> str:
    return f"{at_s // 3600:02}:{at_s // 60 % 60:02}:{at_s % 60:02}"


def _turn(when: str, speaker: str | None, words: str) -> Iterator[Paragraph]:
    yield Paragraph(f"[{when}] {speaker}" if speaker else f"[{when}]", Kind.LABEL)
    yield Paragraph(words, Kind.BODY, speaker)


_MENTION: Final = re.compile(r"<a?:(\w+):\d+>|<[@#][!&]?\d+>")
_LINK: Final = re.compile(r"\[([^\]]+)\]\(https?://[^)\s]+\)|<?https?://\S+")
_MARKS: Final = re.compile(r"\*{1,3}|__|~~|\|\||`{1,3}|^#{1,3} |^>{1,3} ", re.MULTILINE)
_SPOKEN: Final = ("Default", "Reply")


def read_channel(text: str) -> Document:
    """Read a channel's export: messages of people, not of bots. Raises UserError for other JSON."""
    try:
        export = json.loads(text)
        messages, channel, guild = export["messages"], export["channel"]["name"], export["guild"]["name"]
        dropped: Counter[str] = Counter()
        paragraphs = tuple(_spoken(messages, dropped))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            "this JSON is no channel of Discord's: export the channel with DiscordChatExporter, as JSON"
        ) from error
    return Document(paragraphs, plain(f"#{channel}"), None, None, plain(str(guild)) or None, dropped)


def _spoken(messages: Iterable[dict[str, Any]], dropped: Counter[str]) -> Iterator[Paragraph]:
    last: tuple[str, str] | None = None
    for message in messages:
        author = message["author"]
        if author.get("isBot") or message.get("type", "Default") not in _SPOKEN:
            dropped["message of a bot or of Discord itself"] += 1
            continue
        dropped["attachment"] += len(message.get("attachments") or ())
        shorn = _MENTION.sub("", _LINK.sub(lambda link: link[1] or "", message["content"]))
        lines = [said for line in _MARKS.sub("", shorn).splitlines() if (said := plain(line))]
        if not lines:
            dropped["message without words"] += 1
            continue
        name = plain(author.get("nickname") or author["name"])
        when = str(message["timestamp"])[:16].replace("T", " ")
        if last != (name, when):
            yield Paragraph(f"[{when}] {name}", Kind.LABEL)
        last = (name, when)
        yield from (Paragraph(line, Kind.BODY, name) for line in lines)
