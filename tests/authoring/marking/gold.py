"""Articles that were written for these tests, each sentence with who speaks in it; "?" where nobody could say.

The first line names the sides with their aliases, and of an article that speaks for one side the author.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.authoring.marking.attribution import Line
from bot.authoring.marking.speakers import Speaker
from bot.authoring.sources.document import Kind
from knowledge.model import Side

FOLDER: Final = Path(__file__).parent / "articles"


@dataclass(frozen=True, slots=True)
class Marked:
    """An article with its paragraphs, and who speaks in each of its sentences, by place."""

    text: str
    lines: tuple[Line, ...]
    sides: tuple[Side, ...]
    own: Speaker | None
    gold: tuple[tuple[int, int, str], ...]


def marked(name: str) -> Marked:
    """Read an article of the folder."""
    head, *rows = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    sides = tuple(
        Side(identity, title.strip(), title.strip(), "🔵", "#000000", tuple(map(str.strip, aliases.split(";"))))
        for identity, title, aliases in re.findall(r"(\w+)=([^(|]+)\(([^)]*)\)", head)
    )
    own = re.search(r"own: (\w+) \| author: ([^|]+) \|", head)
    text, lines, gold = "", [], []
    for paragraph in "\n".join(rows).split("\n\n"):
        start = len(text)
        for row in paragraph.splitlines():
            voice, sentence = row.split("\t")
            gold.append((len(text), len(text) + len(sentence), voice))
            text += f"{sentence} "
        text = text.rstrip()
        lines.append(Line(start, len(text), Kind.BODY))
        text += "\n\n"
    return Marked(text, tuple(lines), sides, Speaker(own[2], own[1]) if own else None, tuple(gold))
