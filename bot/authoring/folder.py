"""The files of a pack, as a person would write them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.authoring.naming import slug
from knowledge.errors import Fault, PackError, UserError
from knowledge.model import CONTEXT, Mode
from knowledge.pack import check_pack, is_shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.authoring.drafts import Mark
    from bot.authoring.sources.document import Document
    from knowledge.model import Parallel, Side, Topic


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


@contextmanager
def changing(folder: Path, target: Path, way_out: str) -> Iterator[Path]:
    """Yield a copy of a pack beside `target`, to be changed, proven and moved there; what is left of it goes.

    What cannot be written becomes a UserError that ends with the way out.
    """
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
        try:
            shutil.copytree(folder, fresh, dirs_exist_ok=True)
            yield fresh
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise UserError(f"{target} cannot be written ({error.strerror}): {way_out}") from error


@contextmanager
def made_at(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to be filled with a new pack, which is then proven and moved to where it is wanted.

    What is left of it goes. Raises UserError where it cannot be written, and Fault for a pack that is not sound.
    """
    parent = folder.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=parent))
    except OSError as error:
        raise UserError(f"{parent} cannot be written ({error.strerror}): name a folder elsewhere") from error
    try:
        yield fresh
        if problems := check_pack(fresh):
            raise Fault(f"a pack that was made is not sound: {problems[0]}")
        fresh.chmod(0o755)
        fresh.rename(folder)
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written ({error.strerror}): make room, or name a folder elsewhere"
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def check_new(folder: Path) -> None:
    """Raise UserError for a folder in which no new pack can be made."""
    if folder.exists():
        raise UserError(f"{folder} exists already: name another folder, or remove it")
    if not slug(folder.name):
        raise UserError(f"a pack's folder has a name of letters and digits, not {folder.name!r}: name another")


def check_own(folder: Path) -> None:
    """Raise UserError for a pack that comes with the program."""
    if is_shipped(folder):
        raise UserError(
            "a pack that comes with the program stays as it is: name one of your own, or make a copy of it, as in "
            "`dilemma teach --to my-pack`"
        )


def title_of(folder: Path) -> str:
    """Return what a pack is called after its folder."""
    return folder.name.replace("-", " ").replace("_", " ").strip().capitalize()


def check_sound(fresh: Path, name: str) -> None:
    """Raise PackError for a pack that has problems, by the name that people know it by."""
    if problems := check_pack(fresh):
        raise PackError(name, problems)


def move_into(folder: Path, fresh: Path, names: Iterable[str]) -> None:
    """Move the files of a changed copy that are there over the pack's own, in this order. Raises OSError."""
    for name in names:
        if (fresh / name).exists():
            (fresh / name).replace(folder / name)


_PACK_HEAD: Final = """\
# The pack: one controversy, its sides, its articles, its topics. `dilemma pack check` proves it after a change.
# What an article does not say about itself (an author, a date, a publisher) is left out.
"""
_PASSAGES_HEAD: Final = """\
# The passages of the pack: what is quoted, and who is speaking in it.
#
# Each [[passage]] is marked by its exact text, which stands once in its article.
#   voice    whose position it is: a side's id, or "context" for the writer and others on no side
#   mode     direct: in the speaker's own words · indirect: reported · narrated: told by the writer
#   speaker  who speaks, in words; absent for the writer, who narrates
#   cue      the words of the article that show who speaks
#   topics   ids from pack.toml · point: the number in a list
# `dilemma pack review` keeps what you change here, but writes the file anew: comments of your own get lost.
"""


def pack_toml(
    identity: str, title: str, motion: str, sides: Iterable[Side], sources: Iterable[Source], topics: Iterable[Topic]
) -> str:
    """Return pack.toml."""
    parts = [_PACK_HEAD + pairs({"id": identity, "title": title, "motion": motion})]
    for side in sides:
        facts = {"id": side.id, "name": side.name, "short_name": side.short_name, "emoji": side.emoji}
        parts.append(table("side", {**facts, "colour": side.colour, "aliases": side.aliases}))
    parts += map(article_table, sources)
    parts += [table("topic", {"id": topic.id, "name": topic.name, "question": topic.question}) for topic in topics]
    return "\n".join(parts)


def article_table(source: Source) -> str:
    """Return the table of an article in pack.toml."""
    read = source.document
    facts = {"id": source.id, "file": source.file, "sha256": source.sha256, "title": source.title}
    known = {"author": read.author, "published": read.published, "publisher": read.publisher}
    return table("article", {**facts, **{key: fact for key, fact in known.items() if fact}})


def passages_toml(marks: Iterable[Mark], parallels: Iterable[Parallel] = ()) -> str:
    """Return passages.toml: the marks that can be quoted, and the parallels between them."""
    return "\n".join([_PASSAGES_HEAD, *passage_tables(marks, parallels)])


def passage_tables(marks: Iterable[Mark], parallels: Iterable[Parallel] = ()) -> Iterator[str]:
    """Yield the tables of passages.toml."""
    quoted = [mark for mark in marks if mark.quotable]
    yield from (table("passage", _passage(mark)) for mark in quoted)
    ids = {mark.id for mark in quoted}
    for parallel in parallels:
        if ids.issuperset(parallel.passages):
            told = {"difference": parallel.difference} if parallel.difference else {}
            yield table("parallel", {"passages": parallel.passages, **told})


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
    lines += [line for source in sources for line in source_lines(source)]
    lines += [
        RIGHTS,
        "",
        "The articles belong to their authors. Fill in below what allows you to keep and to quote them: your own text,",
        "a licence, the right to quote, or leave that you were given. Whoever gets this pack gets the whole articles.",
        "",
        "- Rights: not stated yet",
        "",
    ]
    return "\n".join(lines)


def source_lines(source: Source) -> list[str]:
    """Return what SOURCES.md says of an article."""
    read = source.document
    facts = (("Author", read.author), ("Published", read.published), ("Publisher", read.publisher))
    dropped = [f"{name} ({number})" for name, number in sorted(read.dropped.items()) if number]
    return [
        f"### `{source.id}`",
        "",
        f"- Title: {source.title}",
        *(f"- {name}: {fact or 'not known'}" for name, fact in facts),
        f"- Read from: {source.came_from}",
        f"- File: `{source.file}`",
        f"- SHA-256: `{source.sha256}`",
        f"- Left out in reading: {'; '.join(dropped) or 'nothing'}",
        "",
    ]


RIGHTS: Final = "## Whose they are"
"""The heading of SOURCES.md below which rights are stated."""


def table(name: str, values: Mapping[str, object]) -> str:
    """Return a table of a list of tables, as TOML."""
    return f"[[{name}]]\n{pairs(values)}"


def pairs(values: Mapping[str, object]) -> str:
    """Return keys with their values, a line each, as TOML."""
    return "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    # A JSON string is a string of TOML, but for one character that JSON need not escape.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
