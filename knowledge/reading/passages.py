"""Reading passages.toml: who says what, with its place in the article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from knowledge.model import CONTEXT, Mode, Parallel, Passage, Span
from knowledge.reading.frame import FILE as FRAME
from knowledge.reading.nearest import escaped, quoted
from knowledge.reading.tables import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from knowledge.model import Article
    from knowledge.reading.frame import Frame
    from knowledge.reading.tables import Folder, Table

FILE: Final = "passages.toml"
PAIR: Final = 2
"""How many passages a parallel joins."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?”\"])\s+")

_LONGEST_RUN: Final = 3
"""How many sentences a passage has at most."""

_BEFORE: Final = 20
_AFTER: Final = 30
"""How many characters of two texts are shown around their first difference."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What passages.toml says. `ids` names all its passages, unusable ones too; it is empty when none can be read."""

    passages: tuple[Passage, ...] = ()
    parallels: tuple[Parallel, ...] = ()
    ids: tuple[str, ...] = ()


def read_marks(folder: Folder, frame: Frame | None) -> Marks:
    """Return the passages and parallels. Without a frame, references go unchecked."""
    root = folder.toml(FILE)
    if root is None:
        return Marks()
    root.expect(("passage",), ("parallel",))
    tables = distinct(root.tables("passage"))
    read = {identity: _read_passage(identity, table, frame) for identity, table in tables.items()}
    passages = {identity: passage for identity, passage in read.items() if passage is not None}
    _check_overlaps(passages, tables)
    _check_sides(root, tables.values(), frame)
    parallels = [_read_parallel(table, passages, tuple(tables)) for table in root.tables("parallel")]
    return Marks(
        passages=tuple(passages.values()),
        parallels=tuple(parallel for parallel in parallels if parallel is not None),
        ids=tuple(tables),
    )


def _read_passage(identity: str, table: Table, frame: Frame | None) -> Passage | None:
    """Return a passage; None when its text, voice or mode cannot be used."""
    table.expect(("id", "article", "text", "voice", "mode", "topics"), ("speaker", "cue", "point", "core"))
    voice = table.choice("voice", frame.voices if frame else ())
    mode = table.choice("mode", [mode.value for mode in Mode])
    topics = table.choices("topics", "topic", frame.topic_ids if frame else (), least=1)
    speaker, cue, point = table.text("speaker"), table.text("cue"), table.number("point")
    _check_speaker(table, voice)
    article_id = table.choice("article", frame.articles if frame else ())
    article = frame.articles.get(article_id) if frame else None
    text = table.text("text")
    if frame is None or article is None or not text:
        return None
    if cue and cue not in article.text:
        table.complain(f"the cue {quoted(cue)} does not stand in the article {quoted(article_id)}", "cue")
    span = _locate(text, table, article, frame)
    if span is None or not voice or not mode:
        return None
    return Passage(
        id=identity,
        span=span,
        paragraph=article.paragraph_number(span),
        text=text,
        voice=voice,
        mode=Mode(mode),
        speaker=speaker or None,
        cue=cue or None,
        topics=topics,
        point=point,
        core=table.flag("core"),
    )


def _check_speaker(table: Table, voice: str) -> None:
    """Complain when a side's words have no speaker, or the writer's look like somebody else's."""
    if voice == CONTEXT:
        if "cue" in table.values and "speaker" not in table.values:
            table.complain('"cue" shows who speaks: name them as "speaker", or leave it out', "cue")
        if "speaker" in table.values and table.values.get("mode") == Mode.NARRATED.value:
            table.complain('somebody on no side is quoted ("direct") or reported ("indirect"), not narrated', "speaker")
    elif voice and "speaker" not in table.values:
        table.complain(f'the key "speaker" is missing: who speaks for {quoted(voice)} here?')


def _locate(text: str, table: Table, article: Article, frame: Frame) -> Span | None:
    """Return the one place of a text in a paragraph of its article; None is a problem."""
    if text != text.strip():
        table.complain('"text" begins or ends with white space; remove it', "text")
        return None
    starts = occurrences(text, article)
    if not starts:
        others = [other for other in frame.texts if other.id != article.id]
        table.complain(
            f"the text does not stand in the article {quoted(article.id)}{_whereabouts(text, article, others)}", "text"
        )
        return None
    if len(starts) > 1:
        first, second = starts[:2]
        message = (
            f"the text stands {len(starts)} times in the article {quoted(article.id)}, first at {first} and {second}"
        )
        table.complain(f"{message}; mark a longer stretch", "text")
        return None
    span = Span(article.id, starts[0], starts[0] + len(text))
    if not any(paragraph.start <= span.start and span.end <= paragraph.end for paragraph in article.paragraphs):
        table.complain(
            f"the text crosses a paragraph of the article {quoted(article.id)}; mark each part by itself", "text"
        )
        return None
    return span


def _whereabouts(text: str, article: Article, others: Sequence[Article]) -> str:
    """Return where a text stands instead of in its article, or what is most like it."""
    for other in others:
        if text in other.text:
            return f", but in the article {quoted(other.id)}"
    for candidate in chain((article,), others):
        near = nearest_text(text, candidate)
        if near is not None:
            theirs, ours = around_difference(near, text)
            where = "there" if candidate is article else f"in the article {quoted(candidate.id)}"
            return f'; the nearest text {where} has "{theirs}" instead of "{ours}"'
    return ", nor anything like it in any article" if others else ", nor anything like it"


def _check_overlaps(passages: Mapping[str, Passage], tables: Mapping[str, Table]) -> None:
    in_order = sorted(
        passages.values(), key=lambda passage: (passage.span.article_id, passage.span.start, passage.span.end)
    )
    for index, passage in enumerate(in_order):
        for later in in_order[index + 1 :]:
            if not passage.span.overlaps(later.span):
                break
            first, second = sorted((passage, later), key=lambda marked: tables[marked.id].line)
            shared = f"the characters {later.span.start} to {min(passage.span.end, later.span.end)} of the article"
            message = f"overlaps the passage {quoted(first.id)}: both hold {shared} {quoted(first.span.article_id)}"
            tables[second.id].complain(message, "text")


def _check_sides(root: Table, tables: Iterable[Table], frame: Frame | None) -> None:
    """Complain of a side that nobody speaks for."""
    spoken = {table.values.get("voice") for table in tables}
    for side in frame.sides if frame and spoken and spoken <= {*frame.voices} else ():
        if side.id not in spoken:
            root.complain(f"no passage speaks for the side {quoted(side.id)}: mark one, or take it out of {FRAME}")


def _read_parallel(table: Table, passages: Mapping[str, Passage], ids: Sequence[str]) -> Parallel | None:
    table.expect(("passages",), ("difference",))
    difference = table.text("difference") or None
    named = table.choices("passages", "passage", ids)
    given = table.values.get("passages")
    if isinstance(given, list) and len(given) != PAIR:
        table.complain(f'"passages" must name two, not {len(given)}', "passages")
    both = [passages[identity] for identity in named if identity in passages]
    if len(both) != PAIR or len(named) != PAIR:
        return None
    first, second = both
    if first.span.article_id == second.span.article_id:
        table.complain(
            f"both passages stand in the article {quoted(first.span.article_id)}; a parallel joins two", "passages"
        )
    if first.voice != second.voice:
        table.complain(
            f"the passages have different voices, {quoted(first.voice)} and {quoted(second.voice)}", "passages"
        )
    return Parallel((first.id, second.id), difference)


def occurrences(text: str, article: Article) -> tuple[int, ...]:
    """Return every offset at which a text begins in an article, overlapping ones included."""
    starts = []
    start = article.text.find(text)
    while start >= 0:
        starts.append(start)
        start = article.text.find(text, start + 1)
    return tuple(starts)


def nearest_text(text: str, article: Article) -> str | None:
    """Return the one to three sentences of a paragraph that are most like a text; None when nothing is."""
    near = get_close_matches(text, _sentence_runs(article), n=1)
    return near[0] if near else None


def _sentence_runs(article: Article) -> Iterable[str]:
    for paragraph in article.paragraphs:
        ends = [match.start() for match in _SENTENCE_END.finditer(article.text, paragraph.start, paragraph.end)]
        starts = [match.end() for match in _SENTENCE_END.finditer(article.text, paragraph.start, paragraph.end)]
        ends.append(paragraph.end)
        for first, start in enumerate((paragraph.start, *starts)):
            for end in islice(ends, first, first + _LONGEST_RUN):
                yield article.text[start:end]


def around_difference(first: str, second: str) -> tuple[str, str]:
    """Return two texts around their first difference, cuts as "…", invisible characters as escapes."""
    differing = (index for index, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1])
    at = next(differing, min(len(first), len(second)))
    start, end = max(at - _BEFORE, 0), at + _AFTER

    def cut(text: str) -> str:
        return f"{'…' if start else ''}{escaped(text[start:end])}{'…' if end < len(text) else ''}"

    return cut(first), cut(second)
