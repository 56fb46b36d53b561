"""The files of a pack, as a person would write them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.model import CONTEXT, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.authoring.drafts import Mark
    from bot.authoring.sources.document import Document
    from knowledge.model import Side, Topic


@dataclass(frozen=True, slots=True)
class Source:
    """An article of a new pack: its id, the name of the file that it came from, what was read, and its text."""

    id: str
    came_from: str
    document: Document
    text: str

    @property
    def file(self) -> str:
        """Where it lies in the pack."""
        return f"articles/{self.id}.txt"

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def title(self) -> str:
        """What it is called."""
        return self.document.title or self.came_from


_PACK_HEAD: Final = """\
# The pack: one controversy, its sides, its articles, its topics. `dilemma pack check` proves it after a change.
# What an article does not say about itself (an author, a date, a publisher) is left out.
"""
_PASSAGES_HEAD: Final = """\
# The passages of the pack: what is quoted, and who is speaking in it.
#
# Each [[passage]] is marked by its exact text, which stands once in its article.
#   voice    whose position it is: a side's id, or "context" for the writer (neither side)
#   mode     direct: in the speaker's own words · indirect: reported · narrated: told by the writer
#   speaker  who speaks, in words; absent for the writer
#   cue      the words of the article that show who speaks
#   topics   ids from pack.toml · point: the number in a list
"""


def pack_toml(
    identity: str, title: str, motion: str, sides: Iterable[Side], sources: Iterable[Source], topics: Iterable[Topic]
) -> str:
    """Return pack.toml."""
    parts = [_PACK_HEAD + _pairs({"id": identity, "title": title, "motion": motion})]
    for side in sides:
        facts = {"id": side.id, "name": side.name, "short_name": side.short_name, "emoji": side.emoji}
        parts.append(_table("side", {**facts, "colour": side.colour, "aliases": side.aliases}))
    for source in sources:
        read = source.document
        facts = {"id": source.id, "file": source.file, "sha256": source.sha256, "title": source.title}
        known = {"author": read.author, "published": read.published, "publisher": read.publisher}
        parts.append(_table("article", {**facts, **{key: fact for key, fact in known.items() if fact}}))
    parts += [_table("topic", {"id": topic.id, "name": topic.name, "question": topic.question}) for topic in topics]
    return "\n".join(parts)


def passages_toml(marks: Iterable[Mark]) -> str:
    """Return passages.toml: the marks that can be quoted."""
    return "\n".join([_PASSAGES_HEAD, *(_table("passage", _passage(mark)) for mark in marks if mark.quotable)])


def _passage(mark: Mark) -> dict[str, object]:
    facts: dict[str, object] = {"id": mark.id, "article": mark.article, "text": mark.text, "voice": mark.voice}
    if mark.voice == CONTEXT:
        return {**facts, "mode": Mode.NARRATED.value, "topics": mark.topics}
    told = {"speaker": mark.speaker, "cue": mark.cue}
    facts |= {"mode": mark.mode.value, **{key: fact for key, fact in told.items() if fact}, "topics": mark.topics}
    return facts if mark.point is None else {**facts, "point": mark.point}


def sources_md(title: str, sources: Sequence[Source]) -> str:
    """Return SOURCES.md: where each article is from, what was left out in reading it, and whose it is."""
    lines = [f"# Sources of the pack “{title}”", "", "## The articles", ""]
    for source in sources:
        read = source.document
        facts = (("Author", read.author), ("Published", read.published), ("Publisher", read.publisher))
        lines += [f"### `{source.id}`", "", f"- Title: {source.title}"]
        lines += [f"- {name}: {fact or 'not known'}" for name, fact in facts]
        lines += [f"- Read from: {source.came_from}", f"- File: `{source.file}`", f"- SHA-256: `{source.sha256}`"]
        dropped = [f"{name} ({number})" for name, number in sorted(read.dropped.items()) if number]
        lines += [f"- Left out in reading: {'; '.join(dropped) or 'nothing'}", ""]
    lines += [
        "## Whose they are",
        "",
        "The articles belong to their authors. Fill in below what allows you to keep and to quote them: your own text,",
        "a licence, the right to quote, or leave that you were given. Whoever gets this pack gets the whole articles.",
        "",
        "- Rights: not stated yet",
        "",
    ]
    return "\n".join(lines)


def _table(name: str, values: Mapping[str, object]) -> str:
    return f"[[{name}]]\n{_pairs(values)}"


def _pairs(values: Mapping[str, object]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    # A JSON string is a string of TOML, but for one character that JSON need not escape.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
