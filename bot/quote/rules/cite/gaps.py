"""What a quotation marks as changed: words left out (`[…]`), put in (`[the firm]`), a slip kept (`[sic]`), `[w]e`.

Conventions of the style guides of the APA and the MLA.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite.written import ANY_ENDING, places, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_REPLACED: Final = 6
"""Words of an article that one pair of brackets may stand for; for more, an omission is marked."""

_OMITTED: Final = (
    r"[\[(<{]\s*(?:\.\s?){2,}\s*[\])>}]|[\[(<{]\s*…+\s*[\])>}]|(?<!\.)\.(?:\s?\.){2,}|…|[\[(]\s*-{2,}\s*[\])]|"
    r"\[\s*(?:snip|omitted|omission|auslassung)\s*\]"
)
_MARK: Final = re.compile(
    rf"(?P<omitted>{_OMITTED})|(?P<sic>[\[(]\s*sic\s*[!.]?\s*[\])])|\[(?P<put>[^\[\]]{{1,160}})\]", re.IGNORECASE
)
_LETTERS: Final = re.compile(r"(?<!\w)\[(\w{1,3})\](?=\w)|(?<=\w)\[(\w{0,4})\]")
"""Letters in brackets at one end of a word: the quoter's own, or empty for some that went."""


class Sort(Enum):
    """What stands between two parts of a quotation."""

    OMITTED = "omitted"
    SIC = "sic"
    PUT_IN = "put-in"


@dataclass(frozen=True, slots=True)
class Gap:
    """A mark between two parts; `words` are those that the quoter put in."""

    sort: Sort
    words: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """A quotation taken apart at its marks: there is one gap fewer than there are parts.

    Marks at either end are not among them. `put_in` lists everything that is in brackets, at the ends too; `letters`
    says that letters are.
    """

    texts: tuple[str, ...]
    gaps: tuple[Gap, ...]
    put_in: tuple[str, ...]
    sic: bool
    letters: bool

    @property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """The words of each part."""
        return tuple(map(words_of, self.texts))

    @property
    def marked(self) -> bool:
        """Whether anything is marked."""
        return bool(self.gaps or self.put_in or self.sic or self.letters)

    @property
    def omitting(self) -> bool:
        """Whether words are marked as left out between two others."""
        return any(gap.sort is Sort.OMITTED for gap in self.gaps)


def parts_of(quotation: str, *, loose: bool = False) -> Parts:
    """Take a quotation apart; `loose` lets letters in brackets stand for any others."""
    letters = _LETTERS.search(quotation) is not None
    plain = _LETTERS.sub(lambda found: ANY_ENDING if loose else (found[1] or found[2] or ""), quotation)
    texts: list[str] = []
    gaps: list[Gap] = []
    put_in: list[str] = []
    sic = False
    start = 0
    waiting: Gap | None = None
    for found in (*_MARK.finditer(plain), None):
        text = plain[start : found.start() if found else len(plain)]
        if words_of(text):
            if texts:
                gaps.append(waiting or Gap(Sort.SIC))
            texts.append(text)
            waiting = None
        if found is None:
            break
        gap = Gap(Sort.OMITTED if found["omitted"] else Sort.SIC if found["sic"] else Sort.PUT_IN, found["put"] or "")
        sic = sic or gap.sort is Sort.SIC
        put_in += [gap.words] if gap.words else []
        if waiting is None or gap.sort is Sort.OMITTED or waiting.sort is Sort.SIC:
            waiting = gap
        start = found.end()
    return Parts(tuple(texts), tuple(gaps), tuple(put_in), sic, letters)


def stretches(have: Sequence[str], parts: Parts) -> Iterator[tuple[tuple[int, int], ...]]:
    """Return where all parts stand in order in a text: for each part its first word and the one behind its last.

    From each place of the first part on, the others as near as they come.
    """
    first, *others = parts.words
    for place in places(have, first):
        found = [(place, place + len(first))]
        for gap, wanted in zip(parts.gaps, others, strict=True):
            end = found[-1][1]
            following = next(places(have, wanted, end), None)
            if following is None or following - end > _most(gap):
                break
            found.append((following, following + len(wanted)))
        if len(found) == len(parts.texts):
            yield tuple(found)


def _most(gap: Gap) -> float:
    """Return how many words a gap may stand for."""
    return {Sort.OMITTED: float("inf"), Sort.SIC: 0, Sort.PUT_IN: MOST_REPLACED}[gap.sort]
