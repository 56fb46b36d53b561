"""An article more for a pack that is there: its own marks stay as they are, and the new ones come after them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.authoring.drafts import FILE, Draft, Mark, read_draft, save_draft
from bot.authoring.folder import (
    RIGHTS,
    article_table,
    changing,
    check_own,
    check_sound,
    move_into,
    passage_tables,
    source_lines,
)
from bot.authoring.making import proposed, read_source, unheard
from bot.authoring.marking.topics import nearest_topic
from bot.authoring.naming import NEITHER
from bot.authoring.review import draft_of
from knowledge.errors import UserError
from knowledge.model import CONTEXT
from knowledge.pack import load_pack
from knowledge.reading.frame import FILE as PACK
from knowledge.reading.frame import read_frame
from knowledge.reading.nearest import hint, quoted
from knowledge.reading.passages import FILE as PASSAGES
from knowledge.reading.tables import Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.authoring.folder import Source
    from bot.authoring.making import Material
    from knowledge.model import Pack, Side

_SOURCES: Final = "SOURCES.md"


def add_article(
    folder: Path,
    material: Material,
    *,
    to: Path | None,
    speakers: Mapping[str, str],
    say: Callable[[str], None] = lambda _line: None,
) -> tuple[Path, list[Mark]]:
    """Add an article to a pack, or to a copy of it in another folder; return where it is, and the new marks.

    `material.side` and `speakers` name sides by name or id, the latter NEITHER, too. Nothing is changed unless all is
    sound. Raises UserError.
    """
    if to is None:
        check_own(folder)
    elif to.exists():
        raise UserError(f"{to} exists already: name another folder, or remove it")
    pack = load_pack(folder)
    by_name = {name.casefold(): side for side in pack.sides for name in (side.id, side.short_name, side.name)}
    side = None if material.side is None else _side(by_name, material.side, pack)
    known = {
        person.casefold(): CONTEXT if name == NEITHER else _side(by_name, name, pack).id
        for person, name in speakers.items()
    }
    source = read_source(material, [article.id for article in pack.articles], say)
    for line in unheard(speakers, [source]):
        say(line)
    for article in pack.articles:
        if source.sha256 == article.sha256 or source.document.text.strip() in article.text:
            raise UserError(f"{material.path} is in the pack already, as {article.id}")
    marks = _with_topics(pack, proposed(source, pack.sides, side, known, sorted(pack.passage_ids), say))
    target = (to or folder).absolute()
    with changing(folder, target, "make room, or name a folder with --to") as fresh:
        _add(fresh, source, marks)
        check_sound(fresh, folder.name)
        if to is not None:
            fresh.chmod(0o755)
            fresh.rename(target)
        else:
            # Until passages.toml is there, the pack is the one before with an article that nothing quotes.
            move_into(target, fresh, (source.file, _SOURCES, PACK, FILE, PASSAGES))
    return to or folder, marks


def _side(by_name: Mapping[str, Side], name: str, pack: Pack) -> Side:
    found = by_name.get(name.casefold())
    if found is None:
        names = [side.short_name for side in pack.sides]
        raise UserError(f"the pack {pack.id} has no side {quoted(name)}{hint(name, names)}")
    return found


def _with_topics(pack: Pack, marks: Sequence[Mark]) -> list[Mark]:
    """Put each mark under the topic that is nearest, else under that of the mark before it."""
    under: dict[str, list[str]] = defaultdict(list)
    for topic in pack.topics:
        under[topic.id].append(f"{topic.name} {topic.question}")
    for passage in pack.passages:
        for topic_id in passage.topics:
            under[topic_id].append(passage.text)
    topic_id = pack.topics[0].id
    found = []
    for mark in marks:
        topic_id = nearest_topic(mark.text, under) or topic_id
        found.append(replace(mark, topics=(topic_id,)))
    return found


def _add(folder: Path, source: Source, marks: Sequence[Mark]) -> None:
    """Add an article and its marks to the files of a folder."""
    (folder / source.file).parent.mkdir(exist_ok=True)
    (folder / source.file).write_bytes(source.text.encode())
    if (folder / FILE).exists():
        before = read_draft(folder / FILE)
    else:
        read = Folder(folder)
        frame = read_frame(read)
        before = Draft(()) if frame is None else draft_of(frame, load_pack(folder).passages)
    _append(folder / PACK, [article_table(source)])
    _append(folder / PASSAGES, list(passage_tables(marks)))
    save_draft(folder / FILE, Draft((*before.marks, *marks)))
    path = folder / _SOURCES
    told = path.read_text(encoding="utf-8") if path.exists() else ""
    at = told.find(f"{RIGHTS}\n")
    at = len(told) if at < 0 else at
    path.write_text(f"{told[:at]}{chr(10).join(source_lines(source))}\n{told[at:]}", encoding="utf-8")


def _append(path: Path, tables: Sequence[str]) -> None:
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text("\n".join([f"{text}\n", *tables]), encoding="utf-8")
