"""Reading pack.toml: the sides, the topics and the articles, to which passages and questions refer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.formats import MOST_SIDES
from knowledge.model import CONTEXT, ENGLISH, RESERVED, Article, Side, Topic
from knowledge.reading.nearest import hint, quoted
from knowledge.reading.tables import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from knowledge.reading.tables import Folder, Table

FILE: Final = "pack.toml"

_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_INSIDE: Final = re.compile(r"(?!\.{1,2}(?:/|$))[^/\\:\x00-\x1f]+(?:/(?!\.{1,2}(?:/|$))[^/\\:\x00-\x1f]+)*")
"""A path that stays inside the folder on every system: no root, no drive, no `..`."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What pack.toml says. `articles` maps ids to articles, or to None for a file that could not be read.

    A pack without any [[side]] is not `sided`: a corpus, which can be searched.
    """

    id: str
    title: str
    motion: str
    sides: tuple[Side, ...]
    topics: tuple[Topic, ...]
    articles: Mapping[str, Article | None]
    sided: bool = True
    language: str = ENGLISH

    @property
    def voices(self) -> tuple[str, ...]:
        """The voices that a passage may have; none when no side could be read, so that none can be wrong."""
        return (*(side.id for side in self.sides), CONTEXT) if self.sides or not self.sided else ()

    @property
    def topic_ids(self) -> tuple[str, ...]:
        """The ids of the topics, in the pack's order."""
        return tuple(topic.id for topic in self.topics)

    @property
    def texts(self) -> tuple[Article, ...]:
        """The articles whose file could be read, in the pack's order."""
        return tuple(article for article in self.articles.values() if article is not None)


def read_frame(folder: Folder) -> Frame | None:
    """Return pack.toml and its articles; None when it is not TOML."""
    root = folder.toml(FILE)
    if root is None:
        return None
    root.expect(("id", "title", "motion", "topic", "article"), ("language", "side"))
    return Frame(
        id=root.identity(),
        title=root.text("title"),
        motion=root.text("motion"),
        sides=_read_sides(root),
        topics=tuple(_read_topic(identity, table) for identity, table in distinct(root.tables("topic")).items()),
        articles={
            identity: _read_article(identity, table) for identity, table in distinct(root.tables("article")).items()
        },
        sided="side" in root.values,
        language=_read_language(root),
    )


def _read_language(root: Table) -> str:
    """Return the code of the language that the articles are in; English where none is named."""
    code = root.text("language") if "language" in root.values else ENGLISH
    if code and not _LANGUAGE.fullmatch(code):
        root.complain(f'"language" must be a code of two letters, as in "de", not {quoted(code)}', "language")
    return code


def _read_sides(root: Table) -> tuple[Side, ...]:
    tables = distinct(root.tables("side"))
    if len(tables) == 1:
        root.complain("there is only one [[side]]; a controversy has two or more", "side")
    if len(tables) > MOST_SIDES:
        root.complain(f"there are {len(tables)} [[side]]; a pack has {MOST_SIDES} at most", "side")
    sides = tuple(_read_side(identity, table) for identity, table in tables.items())
    named: dict[str, str] = {}
    for side in sides:
        for alias in side.aliases:
            other = named.setdefault(alias.casefold(), side.id)
            if other != side.id:
                tables[side.id].complain(
                    f"the alias {quoted(alias)} already names the side {quoted(other)}", "aliases", alias
                )
    return sides


def _read_side(identity: str, table: Table) -> Side:
    table.expect(("id", "name", "short_name", "emoji", "colour", "aliases"))
    if identity in RESERVED:
        table.complain(f"the id {quoted(identity)} stands for something else than a side; choose another", "id")
    colour = table.text("colour")
    if colour and not _COLOUR.fullmatch(colour):
        table.complain(f'"colour" must be like #1A2B3C, not {quoted(colour)}', "colour")
    return Side(
        id=identity,
        name=table.text("name"),
        short_name=table.text("short_name"),
        emoji=table.text("emoji"),
        colour=colour,
        aliases=table.texts("aliases", least=1),
    )


def _read_topic(identity: str, table: Table) -> Topic:
    table.expect(("id", "name", "question"))
    return Topic(id=identity, name=table.text("name"), question=table.text("question"))


def _read_article(identity: str, table: Table) -> Article | None:
    table.expect(("id", "file", "sha256", "title"), ("author", "published", "publisher"))
    sha256 = table.text("sha256")
    if sha256 and not _SHA256.fullmatch(sha256):
        table.complain(f'"sha256" must be 64 of the digits 0-9 and a-f, not {quoted(sha256)}', "sha256")
        sha256 = ""
    author, published, publisher = (table.text(key) or None for key in ("author", "published", "publisher"))
    title = table.text("title")
    text = _read_text(table, sha256)
    if text is None:
        return None
    return Article(
        id=identity, title=title, author=author, published=published, publisher=publisher, sha256=sha256, text=text
    )


def _read_text(table: Table, sha256: str) -> str | None:
    """Return an article's text, proven by its hash unless that is ""."""
    file = table.text("file")
    if not file:
        return None
    if not _INSIDE.fullmatch(file):
        table.complain(f'"file" must be a path inside the pack with forward slashes, not {quoted(file)}', "file")
        return None
    folder = table.folder
    try:
        content = folder.content(file)
    except FileNotFoundError:
        table.complain(f"there is no file {quoted(file)}{hint(file, _text_files(folder))}", "file")
        return None
    if content is None:
        return None
    found = hashlib.sha256(content).hexdigest()
    if sha256 and found != sha256:
        table.complain(
            f"{file} has changed: its sha256 is {found}; restore it, or check its passages and enter the new hash",
            "sha256",
        )
    return folder.decoded(file, content)


def _text_files(folder: Folder) -> Iterable[str]:
    return sorted(path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*.txt"))
