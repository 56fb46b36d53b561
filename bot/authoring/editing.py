"""An article whose text was corrected: its passages are found again, and its new hash is noted."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.authoring.drafts import FILE, Draft, Mark, read_draft, save_draft
from bot.authoring.folder import changing, check_sound, move_into
from knowledge.errors import PackError, UserError
from knowledge.reading.frame import FILE as PACK
from knowledge.reading.frame import read_frame
from knowledge.reading.passages import FILE as PASSAGES
from knowledge.reading.passages import nearest_text, occurrences
from knowledge.reading.tables import Folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.model import Article

_SOURCES: Final = "SOURCES.md"


@dataclass(frozen=True, slots=True)
class Moved:
    """A passage that no longer stands in its article as it was; `new` is what is most like it, None: nothing is."""

    id: str
    article: str
    old: str
    new: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of a pack's articles: the hashes by their old ones, and the passages that have to be found again."""

    folder: Path
    articles: tuple[Article, ...]
    hashes: Mapping[str, str]
    moved: tuple[Moved, ...]


def open_correction(folder: Path) -> Correction:
    """Find what was changed in the articles of a pack. Raises UserError where nothing was, or the pack is broken."""
    read = Folder(folder)
    frame = read_frame(read)
    content = _table(folder / PASSAGES)
    if frame is None:
        raise PackError(folder.name, read.problems)
    noted = {table["id"]: table["sha256"] for table in _table(folder / PACK).get("article", ())}
    hashes = {article.id: _hash_of(article) for article in frame.texts}
    changed = tuple(article for article in frame.texts if noted[article.id] != hashes[article.id])
    if not changed:
        raise UserError(f"no article of {folder} was changed: correct the text in articles/, then call this again")
    moved = tuple(_moved(changed, content.get("passage", ())))
    return Correction(folder, changed, {noted[article.id]: hashes[article.id] for article in changed}, moved)


def correct(correction: Correction, taken: Mapping[str, str | None]) -> None:
    """Write the new texts of passages by id (None: the passage goes), and the hashes. Raises UserError.

    Nothing is changed unless the pack is sound then.
    """
    folder = correction.folder
    texts = {
        name: (folder / name).read_text(encoding="utf-8")
        for name in (PACK, PASSAGES, _SOURCES)
        if (folder / name).exists()
    }
    for name in (PACK, _SOURCES):
        for old, new in correction.hashes.items():
            texts[name] = texts.get(name, "").replace(old, new)
    by_id = {article.id: article for article in correction.articles}
    for moved in correction.moved:
        block, chosen = _block(texts[PASSAGES], moved), taken[moved.id]
        told = "" if chosen is None else _corrected(block, chosen, by_id[moved.article])
        texts[PASSAGES] = texts[PASSAGES].replace(block, told)
    with changing(folder, folder, "make room or see to its rights") as fresh:
        for name, text in texts.items():
            (fresh / name).write_text(text, encoding="utf-8")
        if (fresh / FILE).exists():
            save_draft(fresh / FILE, _draft(read_draft(fresh / FILE), by_id, taken))
        check_sound(fresh, folder.name)
        move_into(folder, fresh, (*texts, FILE))


def _table(path: Path) -> dict[str, list[dict[str, str]]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read ({error}): see `dilemma pack check`") from error


def _hash_of(article: Article) -> str:
    return hashlib.sha256(article.text.encode()).hexdigest()


def _moved(changed: Sequence[Article], passages: Sequence[Mapping[str, str]]) -> list[Moved]:
    by_id = {article.id: article for article in changed}
    found = []
    for passage in passages:
        article = by_id.get(passage["article"])
        if article is None or len(occurrences(passage["text"], article)) == 1:
            continue
        near = nearest_text(passage["text"], article)
        standing = [other["text"] for other in passages if other is not passage and other["article"] == article.id]
        if near is not None and (
            len(occurrences(near, article)) != 1 or any(near in other or other in near for other in standing)
        ):
            near = None
        found.append(Moved(passage["id"], article.id, passage["text"], near))
    return found


def _block(text: str, moved: Moved) -> str:
    """Return the lines of a passage in passages.toml."""
    found = re.search(rf'^id\s*=\s*["\']{re.escape(moved.id)}["\']', text, re.MULTILINE)
    start = text.rfind("[[passage]]", 0, found.start()) if found else -1
    if found is None or start < 0:
        raise UserError(
            f"the passage {moved.id} is written in {PASSAGES} in a way that is not known: change it by hand"
        )
    following = re.compile(r"^\s*\[", re.MULTILINE).search(text, found.end())
    return text[start : following.start() if following else len(text)]


def _corrected(block: str, new: str, article: Article) -> str:
    """Return a passage's lines with a new text, and without a cue that stands in the article no more."""
    lines = []
    for line in block.splitlines(keepends=True):
        key = line.partition("=")[0].strip()
        if key == "text":
            lines.append(f"text = {json.dumps(new, ensure_ascii=False)}\n")
        elif key != "cue" or tomllib.loads(line)["cue"] in article.text:
            lines.append(line)
    return "".join(lines)


def _draft(draft: Draft, articles: Mapping[str, Article], taken: Mapping[str, str | None]) -> Draft:
    """Return a draft with the places of its marks in the corrected articles; what stands there no more goes."""
    marks: list[Mark] = []
    for mark in draft.marks:
        article = articles.get(mark.article)
        if article is None:
            marks.append(mark)
            continue
        text = taken.get(mark.id, mark.text) or ""
        places = occurrences(text, article) if text else ()
        if len(places) == 1:
            cue = mark.cue if mark.cue and mark.cue in article.text else None
            marks.append(replace(mark, text=text, start=places[0], end=places[0] + len(text), cue=cue))
    return replace(draft, marks=tuple(marks))
