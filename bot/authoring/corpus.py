"""A pack made of somebody's corpus: texts that have ids of their own, in a file of JSON lines, or a folder of texts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.authoring.drafts import Mark, State
from bot.authoring.folder import Source, check_new, made_at, pack_toml, passages_toml, sources_md, title_of
from bot.authoring.marking.sentences import sentences_of
from bot.authoring.naming import motion_of, sides_named, slug, unused
from bot.authoring.sources.document import Document, Paragraph, plain
from bot.screen.reading import json_lines
from knowledge.errors import UserError
from knowledge.formats import MOST_SIDES
from knowledge.model import CONTEXT, Mode, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from knowledge.model import Pack, Side

IDS: Final = "ids.json"
"""What the corpus calls the passages and sides of the pack, by their ids here."""

_FACTS: Final = ("side", "heading", "source", "speaker")
_MOST_TOGETHER: Final = 400
"""Texts of one article, at most: each is looked for in all others of its article."""
_REST: Final = "Everything else"


@dataclass(frozen=True, slots=True)
class Record:
    """A text of a corpus with its own id, and what is told of it: "" for what is not."""

    id: str | int
    text: str
    side: str = ""
    heading: str = ""
    source: str = ""
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The articles of a pack and their passages, with the ids that the corpus has for them; `told` is for people."""

    sources: tuple[Source, ...]
    sides: tuple[Side, ...]
    topics: tuple[Topic, ...]
    marks: tuple[Mark, ...]
    ids: Mapping[str, str | int]
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ids:
    """What a corpus calls passages and sides, by their ids in the pack; empty for a pack of another make."""

    passages: Mapping[str, str | int] = field(default_factory=dict)
    sides: Mapping[str, str] = field(default_factory=dict)


def ids_of(pack: Pack, folder: Path) -> Ids:
    """Return what the corpus of a pack calls its passages and sides; the pack's ids for a pack of another make."""
    try:
        kept = json.loads((folder / IDS).read_bytes())
        known, sides = dict(kept["passages"]), dict(kept["sides"])
    except FileNotFoundError:
        known, sides = {}, {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{folder / IDS} is damaged: import the corpus again") from error
    return Ids(
        {passage.id: known.get(passage.id, passage.id) for passage in pack.passages},
        {side: sides.get(side, side) for side in pack.side_ids},
    )


def write_corpus(folder: Path, corpus: Corpus, title: str | None, motion: str | None) -> None:
    """Make the folder of a pack out of a corpus, whole or not at all. Raises UserError."""
    title = title or title_of(folder)
    names = [side.name for side in corpus.sides]
    motion = motion or (motion_of(names) if names else title)
    ids = {"passages": corpus.ids, "sides": {side.id: side.name for side in corpus.sides}}
    with made_at(folder) as fresh:
        (fresh / "articles").mkdir()
        texts = {
            "pack.toml": pack_toml(slug(folder.name), title, motion, corpus.sides, corpus.sources, corpus.topics),
            "passages.toml": passages_toml(corpus.marks),
            "SOURCES.md": sources_md(title, corpus.sources),
            IDS: json.dumps(ids, ensure_ascii=False, indent=0) + "\n",
            **{source.file: source.text for source in corpus.sources},
        }
        for name, text in texts.items():
            (fresh / name).write_bytes(text.encode())


def read_records(path: Path) -> list[Record]:
    """Return the records of a file of JSON lines. Raises UserError, which names the first line that is none."""
    found = []
    for line, values in json_lines(path, ("id", "text")):
        facts = {key: values.get(key) for key in _FACTS if values.get(key) is not None}
        wrong = next((key for key, value in facts.items() if not isinstance(value, str)), None)
        text = plain(str(values["text"]))
        if wrong is not None or not text:
            raise UserError(f'{path}, line {line}: "{wrong or "text"}" must be a text')
        identity = values["id"]
        found.append(
            Record(
                identity if isinstance(identity, int) else str(identity),
                text,
                **{key: plain(str(value)) for key, value in facts.items()},
            )
        )
    return found


def corpus_of(records: Sequence[Record], folder: Path, came_from: str) -> Corpus:
    """Make the articles, sides, topics and passages of records, each record a passage. Raises UserError."""
    check_new(folder)
    names: dict[str, str] = {}
    for record in records:
        if record.side:
            names.setdefault(record.side.casefold(), record.side)
    if len(names) == 1:
        raise UserError(
            f'every "side" in {came_from} is {next(iter(names.values()))}: a controversy has two or more; name another '
            'side, too, or leave "side" out everywhere'
        )
    if len(names) > MOST_SIDES:
        raise UserError(
            f"{came_from} names {len(names)} sides; a pack has {MOST_SIDES} at most: join them, or leave them out"
        )
    sides = sides_named(list(names.values()), {}, {})
    of_name = dict(zip(names, sides, strict=True))
    topics = _topics(record.heading for record in records)
    sources, marks, ids = [], [], {}
    taken: Counter[str] = Counter()
    for source, together in _articles(records, came_from):
        start = 0
        for record in together:
            identity = _identity(str(record.id), taken)
            ids[identity] = record.id
            side = of_name.get(record.side.casefold())
            said = None if side is None else (side.id, record.speaker or side.short_name)
            marks.append(_mark(identity, source.id, (start, record.text), topics[record.heading].id, said))
            start += len(record.text) + 1
        sources.append(source)
    texts = Counter(record.text for record in records)
    told = [f"texts that stand in it more than once: {sum(number > 1 for number in texts.values())}"]
    nobody = sum(bool(record.speaker) and not record.side for record in records)
    told += [f"speakers left out, for they have no side: {nobody}"] * bool(nobody)
    twice = max(texts.values()) > 1
    return Corpus(tuple(sources), sides, tuple(topics.values()), tuple(marks), ids, tuple(told[not twice :]))


def read_texts(place: Path, folder: Path) -> Corpus:
    """Make a corpus of the .txt files in a folder, each an article as it stands, so that offsets in it are kept.

    Each sentence is a passage; its id in the corpus is "FILE:START-END", in characters. Raises UserError.
    """
    check_new(folder)
    paths = sorted(place.rglob("*.txt")) if place.is_dir() else []
    if not paths:
        raise UserError(f"{place} is no folder with .txt files: name one that has some")
    topics = _topics([""])
    sources: list[Source] = []
    marks, ids = [], {}
    taken: Counter[str] = Counter()
    for path in paths:
        try:
            text = path.read_bytes().decode()
        except OSError as error:
            raise UserError(f"{path} cannot be read ({error.strerror}): see to its rights") from error
        except UnicodeDecodeError as error:
            raise UserError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
        name = path.relative_to(place).as_posix()
        source_id = unused(slug(name.removesuffix(".txt"))[:60].strip("-"), [each.id for each in sources], "article")
        sources.append(Source(source_id, name, Document((), title=name), text))
        for start, end in _cut(text):
            identity = _identity(f"{source_id}-{start}", taken)
            ids[identity] = f"{name}:{start}-{end}"
            marks.append(_mark(identity, source_id, (start, text[start:end]), topics[""].id, None))
    if not marks:
        raise UserError(f"the files in {place} hold no sentence: name another folder")
    return Corpus(tuple(sources), (), tuple(topics.values()), tuple(marks), ids)


def _cut(text: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a text by place; one that stands in it twice goes as far as makes it the only one."""
    at = 0
    for line in text.split("\n"):
        places = sentences_of(text, at, at + len(line)) if line.strip() else []
        at += len(line) + 1
        first = 0
        for last, (_, end) in enumerate(places):
            stretch = text[places[first][0] : end]
            if text.count(stretch) == 1 and text.find(stretch, text.find(stretch) + 1) < 0:
                yield places[first][0], end
                first = last + 1


def _topics(headings: Iterable[str]) -> dict[str, Topic]:
    """Return a topic for each heading, and one for what has none."""
    found: dict[str, Topic] = {}
    taken: Counter[str] = Counter()
    for heading in headings:
        if heading not in found:
            question = f"What is said about {heading}?" if heading else "What else is said?"
            found[heading] = Topic(_identity(heading or _REST, taken), heading or _REST, question)
    return found


def _articles(records: Sequence[Record], came_from: str) -> Iterator[tuple[Source, list[Record]]]:
    """Yield articles with their records: those of one source, divided where a text would stand in it twice."""
    by_source: dict[str, list[list[Record]]] = defaultdict(list)
    for record in records:
        parts = by_source[record.source]
        for part in parts:
            texts = [other.text for other in part]
            if len(part) < _MOST_TOGETHER and not any(record.text in other or other in record.text for other in texts):
                part.append(record)
                break
        else:
            parts.append([record])
    taken: Counter[str] = Counter()
    for name, parts in by_source.items():
        title = name or came_from
        for part in parts:
            document = Document(tuple(Paragraph(record.text) for record in part), title=title)
            text = "".join(f"{record.text}\n" for record in part)
            yield Source(_identity(title[:60], taken), came_from, document, text), part


def _identity(wanted: str, taken: Counter[str]) -> str:
    """Return an id that is not taken: the wanted one where it can be one."""
    base = slug(wanted)
    base = base if base and base != CONTEXT else f"text-{base}".rstrip("-")
    taken[base] += 1
    if taken[base] == 1:
        return base
    return _identity(f"{base}-{taken[base]}", taken)


def _mark(identity: str, article: str, place: tuple[int, str], topic: str, said: tuple[str, str] | None) -> Mark:
    start, text = place
    voice, speaker = said or (CONTEXT, None)
    mode = Mode.DIRECT if said else Mode.NARRATED
    return Mark(
        identity, article, start, start + len(text), text, voice, mode, speaker, None, 1.0, (topic,),
        state=State.ACCEPTED,
    )  # fmt: skip
