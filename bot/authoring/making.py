"""From files to the folder of a pack: read, marked, named, proven, and only then put where it was wanted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bot.authoring.drafts import FILE, Draft, Mark, left_out, marks_of, save_draft
from bot.authoring.folder import Source, check_new, made_at, pack_toml, passages_toml, sources_md, title_of
from bot.authoring.marking.attribution import Line, attributed
from bot.authoring.marking.people import untitled
from bot.authoring.marking.speakers import Speaker
from bot.authoring.marking.topics import REST, topics_of
from bot.authoring.naming import NEITHER, article_slug, motion_of, sides_named, slug, unused
from bot.authoring.sources.document import Document, Kind
from bot.authoring.sources.files import read_document
from knowledge.errors import UserError
from knowledge.formats import LEAST_SIDES, MOST_SIDES
from knowledge.model import CONTEXT, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from knowledge.model import Side

_SAME: Final = 0.9
"""Share of its paragraphs that an article has in common with another, from which they are the same."""


@dataclass(frozen=True, slots=True)
class Material:
    """A file that a pack is made of: for which side it speaks, by name (None: a report), and what is known of it."""

    path: Path
    side: str | None = None
    title: str | None = None
    author: str | None = None
    published: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a pack is made of; `aliases` are further words for sides, `speakers` the sides of people, both by name.

    A speaker's side may be NEITHER.
    """

    folder: Path
    sides: tuple[str, ...]
    materials: tuple[Material, ...]
    title: str | None = None
    motion: str | None = None
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    speakers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """A pack that was made: its articles, its topics, and its marks."""

    folder: Path
    sources: tuple[Source, ...]
    sides: tuple[Side, ...]
    topics: tuple[Topic, ...]
    draft: Draft


def make_pack(order: Order, say: Callable[[str], None] = lambda _line: None) -> Made:
    """Make the folder of a pack, whole or not at all. Raises UserError, which says what is in the way."""
    _check(order)
    sources = _sources(order, say)
    for line in unheard(order.speakers, sources):
        say(line)
    by_side = {
        name: [
            material.author or source.document.author
            for material, source in zip(order.materials, sources, strict=True)
            if material.side == name
        ]
        for name in order.sides
    }
    authors = {name: [author for author in found if author] for name, found in by_side.items()}
    sides = sides_named(order.sides, authors, order.aliases)
    marks = _marks(order, sources, sides, say)
    _check_sides(sides, marks)
    topics, marks = _with_topics(sides, marks)
    made = Made(order.folder, tuple(sources), sides, topics, Draft(tuple(marks)))
    _write(order, made)
    return made


def _check(order: Order) -> None:
    check_new(order.folder)
    if len(order.sides) > MOST_SIDES:
        raise UserError(f"a pack has {MOST_SIDES} sides at most, not {len(order.sides)}: leave some out, or join them")
    if len(order.sides) < LEAST_SIDES:
        raise UserError('a controversy has two sides or more: name each, as in --side "For a ban=ban.txt"')
    if not order.materials:
        raise UserError(
            'there is nothing to quote: name a file, as in --side "For a ban=ban.txt" or --report news.html'
        )
    for noun, named in (("alias", order.aliases), ("speaker", {*order.speakers.values()} - {NEITHER})):
        for name in named:
            if name not in order.sides:
                raise UserError(
                    f"the {noun} names a side {name!r} that there is not: the sides are {', '.join(order.sides)}"
                )


def _sources(order: Order, say: Callable[[str], None]) -> list[Source]:
    """Read every file. Raises UserError for one that cannot be read, and for an article that is there twice."""
    sources: list[Source] = []
    for material in order.materials:
        source = read_source(material, [other.id for other in sources], say)
        for other in sources:
            if _same(source.document, other.document):
                raise UserError(f"{material.path} is the same article as {other.came_from}: name it once")
        sources.append(source)
    return sources


def read_source(material: Material, taken: Sequence[str], say: Callable[[str], None]) -> Source:
    """Read a file as an article with an id that is not taken; `say` hears what was left out (UserError)."""
    read = read_document(material.path)
    named = material.path.stem.replace("-", " ").replace("_", " ").strip().capitalize()
    document = replace(
        read,
        title=material.title or read.title or named,
        author=material.author or read.author,
        published=material.published or read.published,
        publisher=material.publisher or read.publisher,
    )
    dropped = ", ".join(f"{name} ({number})" for name, number in sorted(document.dropped.items()) if number)
    count = sum(paragraph.kind is not Kind.LABEL for paragraph in document.paragraphs)
    read_of = f"{material.path}: {count} paragraph{'s' * (count > 1)}"
    say(f"{read_of}; left out: {dropped}" if dropped else read_of)
    identity = unused(article_slug(document.title or ""), taken, f"article-{len(taken) + 1}")
    return Source(identity, material.path.name, document, f"{document.title}\n\n{document.text}")


def _same(one: Document, other: Document) -> bool:
    first, second = (
        {paragraph.text for paragraph in read.paragraphs if paragraph.kind is not Kind.LABEL} for read in (one, other)
    )
    return len(first & second) >= _SAME * min(len(first), len(second))


def _marks(order: Order, sources: Sequence[Source], sides: Sequence[Side], say: Callable[[str], None]) -> list[Mark]:
    by_name = {side.name: side for side in sides}
    known = {
        person.casefold(): CONTEXT if name == NEITHER else by_name[name].id for person, name in order.speakers.items()
    }
    marks: list[Mark] = []
    for material, source in zip(order.materials, sources, strict=True):
        side = None if material.side is None else by_name[material.side]
        marks += proposed(source, sides, side, known, [mark.id for mark in marks], say)
    return marks


def proposed(
    source: Source,
    sides: Sequence[Side],
    side: Side | None,
    known: Mapping[str, str],
    taken: Sequence[str],
    say: Callable[[str], None],
) -> list[Mark]:
    """Propose marks of an article, which speaks for a side or (None) reports; see `attributed` for `known`.

    `say` hears which sentences are in no mark.
    """
    own = None if side is None else Speaker(source.document.author or side.short_name, side.id)
    said = attributed(source.text, _lines(source), sides, own, known)
    marks = marks_of(source.id, source.text, said, taken)
    if lost := left_out(source.text, said, marks):
        say(f"{source.came_from}: no passage, as they are too short or stand there twice: {' / '.join(lost)}")
    return marks


def unheard(speakers: Iterable[str], sources: Sequence[Source]) -> list[str]:
    """Return a warning for each person who was named as a speaker, and whose name no article has."""
    texts = [
        f"{source.text} {source.document.author} {' '.join(one.speaker or '' for one in source.document.paragraphs)}"
        for source in sources
    ]
    held = " ".join(" ".join(texts).casefold().split())
    return [
        f'--speaker "{name}=…" changes nothing: the name {bare} stands in none of the files; see how they spell it'
        for name in speakers
        if (bare := untitled(name)).casefold() not in held
    ]


def _lines(source: Source) -> list[Line]:
    """Return the paragraphs of an article with their places in its text."""
    lines = []
    at = len(source.text) - len(source.document.text)
    for paragraph in source.document.paragraphs:
        lines.append(Line(at, at + len(paragraph.text), paragraph.kind, paragraph.speaker))
        at += len(paragraph.text) + 2
    return lines


def _check_sides(sides: Sequence[Side], marks: Sequence[Mark]) -> None:
    """Refuse a side that nobody speaks for, and say how that can be mended."""
    speaking = {mark.voice for mark in marks if mark.quotable}
    unknown = Counter(mark.speaker for mark in marks if not mark.decided and mark.speaker)
    for side in sides:
        if side.id not in speaking:
            people = ", ".join(name for name, _ in unknown.most_common(5))
            hint = f', or say for whom these speak: {people} (--speaker "PERSON={side.name}")' if people else ""
            raise UserError(
                f"nobody speaks for the side {side.name} in these files: name an article of theirs (--side "
                f'"{side.name}=FILE"), or how the reports call them (--alias "{side.name}=WORDS"){hint}'
            )


def _with_topics(sides: Sequence[Side], marks: Sequence[Mark]) -> tuple[tuple[Topic, ...], list[Mark]]:
    names = [alias for side in sides for alias in side.aliases]
    found = topics_of([mark.text for mark in marks], [mark.voice for mark in marks], names)
    topics: list[Topic] = []
    of_mark: list[tuple[str, ...]] = [()] * len(marks)
    for name, numbers in found:
        identity = unused(slug(name), [topic.id for topic in topics], f"topic-{len(topics) + 1}")
        speaking = [side for side in sides if any(marks[number].voice == side.id for number in numbers)]
        topics.append(
            Topic(identity, name, _question(name, speaking or sides, [marks[number].text for number in numbers]))
        )
        for number in numbers:
            of_mark[number] = (*of_mark[number], identity)
    return tuple(topics), [replace(mark, topics=own) for mark, own in zip(marks, of_mark, strict=True)]


def _question(name: str, speaking: Sequence[Side], texts: Sequence[str]) -> str:
    """Return a question on a topic, as people would ask it."""
    names = " and ".join(f"“{side.short_name}”" for side in speaking)
    what = f"What does {names} say" if len(speaking) == 1 else f"What do {names} say"
    if name == REST:
        return f"{what} in general?"
    about = name[0].lower() + name[1:] if name[1:].islower() else name
    single = re.search(rf"\b(?:the|a|an|this|that|every|its|our)\s+{re.escape(about)}\b", " ".join(texts))
    return f"{what} about {'the ' if single and not about.endswith('s') else ''}{about}?"


def _write(order: Order, made: Made) -> None:
    title = order.title or title_of(order.folder)
    with made_at(order.folder) as fresh:
        (fresh / "articles").mkdir()
        for source in made.sources:
            (fresh / source.file).write_bytes(source.text.encode())
        motion = order.motion or motion_of(order.sides)
        identity = slug(order.folder.name)
        texts = {
            "pack.toml": pack_toml(identity, title, motion, made.sides, made.sources, made.topics),
            "passages.toml": passages_toml(made.draft.marks),
            "SOURCES.md": sources_md(title, made.sources),
        }
        for name, text in texts.items():
            (fresh / name).write_bytes(text.encode())
        save_draft(fresh / FILE, made.draft)


def voices_of(marks: Sequence[Mark]) -> Counter[str]:
    """Count the marks that are quoted by who speaks; `CONTEXT` is the writers."""
    return Counter(mark.voice or CONTEXT for mark in marks if mark.quotable)
