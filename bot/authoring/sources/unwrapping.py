"""Lines as they are set become paragraphs again: joined where they were broken, hyphens at line ends taken back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

ITEM: Final = re.compile(r"\s*(?:[-*•‣◦▪·–—]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")
"""How a point of a list begins."""

_SENTENCE_END: Final = re.compile(r"[.!?…:][\"'”’»)\]]*\s*$")
_HYPHENS: Final = ("-", "\u2010", "\u00ad")
_WORD: Final = re.compile(r"\w+(?:-\w+)*")

_FULL: Final = 0.6
"""Share of the longest lines' length from which a line counts as full."""
_LONGEST_SET: Final = 140
"""Characters of the longest line that somebody set; longer ones are paragraphs."""


def words_in(lines: Iterable[str]) -> frozenset[str]:
    """Return the words of lines, in lower case, without those that are broken at line ends."""
    known: set[str] = set()
    broken = False
    for line in lines:
        words = _WORD.findall(line)
        stripped = line.rstrip()
        known.update(word.casefold() for word in words[broken : len(words) - stripped.endswith(_HYPHENS)])
        broken = stripped.endswith(_HYPHENS)
    return frozenset(known)


def joined(lines: Sequence[str], known: Collection[str]) -> str:
    """Return lines as one, hyphens at line ends taken back unless the word is known with one."""
    text = ""
    for line in (line.strip() for line in lines):
        if text.endswith(_HYPHENS) and text[-2:-1].isalpha() and line[:1].islower():
            first, second = _WORD.findall(text)[-1].rsplit("-", 1)[-1], (_WORD.match(line) or [line])[0].split("-")[0]
            text = text[:-1] + ("-" if _keeps_hyphen(first, second, known) else "") + line
        else:
            text += f" {line}" if text and line else line
    return text


def _keeps_hyphen(first: str, second: str, known: Collection[str]) -> bool:
    first, second = first.casefold(), second.casefold()
    if f"{first}-{second}" in known:
        return True
    return f"{first}{second}" not in known and first in known and second in known


def paragraphs_of(lines: Sequence[str]) -> Iterator[str]:
    """Yield the paragraphs of a text's lines: an empty line parts them, and within a block what was not broken off."""
    known = words_in(lines)
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    width = lengths[-1 - len(lengths) // 20] if lengths else 0
    spaced = sum(not line.strip() for line in lines) > 0
    block: list[str] = []
    for line in (*lines, ""):
        if not line.strip() or (block and not _continues(block[-1], line, width, spaced=spaced)):
            if block:
                yield joined(block, known)
            block = []
        if line.strip():
            block.append(line.rstrip())


def _continues(line: str, following: str, width: int, *, spaced: bool) -> bool:
    """Tell whether a line was broken off, so that the next one goes on with it."""
    if ITEM.match(following):
        return False
    if line.endswith(_HYPHENS) or following.lstrip()[:1].islower():
        return True
    if width > _LONGEST_SET:
        return False
    first = following.split(maxsplit=1)[0]
    # Where nothing else parts paragraphs, a line with room for the next word ends one.
    fits = len(line) + 1 + len(first) <= width
    return not fits or (spaced and len(line) >= _FULL * width and not _SENTENCE_END.search(line))
