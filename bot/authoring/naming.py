"""What can be filled in for an author: ids, short names, colours, and the words by which people name a side."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from bot.quote.rules.words import FUNCTION
from knowledge.model import RESERVED, Side

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

LOOKS: Final = (("#0B5CAD", "🔵"), ("#B34700", "🟠"), ("#00694F", "🟢"), ("#7A3E8E", "🟣"))
"""Colours that people who see few of them can tell apart (after Okabe and Ito), dark enough to be read on white."""

NEITHER: Final = "neither"
"""Given for a side where somebody takes none: a moderator, an expert whom both hear."""

SHORT: Final = 24
"""Characters of a short name."""

_SLUG_WORDS: Final = 4
_LONGEST_ID: Final = 40
_FOR: Final = re.compile(r"(?:for|pro|yes to|in favou?r of|supporters? of|support for)\s+(.+)", re.IGNORECASE)
_AGAINST: Final = re.compile(r"(?:against|anti|no to|contra|opponents? of|opposed to)(?:\s+(.+))?", re.IGNORECASE)
_CONTRACTED: Final = re.compile(r"(?:n['’]t|['’](?:s|ll|re|ve|d|m))\b", re.IGNORECASE)
"""What is left of a word in a contraction, or makes a genitive."""
_BEFORE_OF: Final = re.compile(rf"\w.{{2,{SHORT - 1}}}?(?=\s(?:of|for|from|against|who)\b)")
_ARTICLE: Final = re.compile(r"^(?:a|an|the)\s+", re.IGNORECASE)
_IN_FAVOUR: Final = ("supporters", "proponents", "advocates", "those in favour", "people in favour")
_OPPOSED: Final = ("opponents", "critics", "those against", "people against")


def slug(text: str) -> str:
    """Return a text as an id: small letters, digits and hyphens; "" where none of its letters can be kept."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "-".join(re.findall(r"[a-z0-9]+", "".join(each for each in folded if not unicodedata.combining(each))))


def unused(wanted: str, taken: Collection[str], otherwise: str) -> str:
    """Return an id that is not taken: the one wanted, or with a number behind it."""
    base = wanted or otherwise
    if base not in taken and base not in RESERVED:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def article_slug(title: str) -> str:
    """Return a title as an id, cut between words."""
    whole = slug(title)
    return whole if len(whole) <= _LONGEST_ID else whole[: _LONGEST_ID + 1].rpartition("-")[0] or whole[:_LONGEST_ID]


def passage_slug(text: str) -> str:
    """Return the first words of a passage that say something, as an id."""
    words = [word for word in slug(_CONTRACTED.sub("", text)).split("-") if word not in FUNCTION and len(word) > 1]
    return "-".join(words[:_SLUG_WORDS])


def short_name(name: str) -> str:
    """Return a name without what stands in brackets, cut before "of" and the like, or between words."""
    bare = re.sub(r"\s*[(\[].*", "", name).strip() or name
    if len(bare) > SHORT and (head := _BEFORE_OF.match(bare)):
        return head[0]
    while len(bare) > SHORT and " " in bare:
        bare = bare.rpartition(" ")[0]
    return bare[:SHORT]


def matter_of(names: Iterable[str]) -> str | None:
    """Return what sides are for or against, as in "a ban"; None where their names do not say."""
    for name in names:
        if (found := _FOR.fullmatch(name.strip()) or _AGAINST.fullmatch(name.strip())) and found[1]:
            return found[1]
    return None


def sides_named(
    names: Sequence[str], authors: Mapping[str, Sequence[str]], further: Mapping[str, Sequence[str]]
) -> tuple[Side, ...]:
    """Make the sides of these names; `authors` wrote for them, and `further` are words that a person gave for them."""
    sides: list[Side] = []
    taken = {alias.casefold() for given in further.values() for alias in given}
    matter = matter_of(names)
    for number, name in enumerate(names):
        own = [*further.get(name, ())]
        for alias in (name, short_name(name), *authors.get(name, ()), *_leanings(name, matter)):
            if alias.casefold() not in taken:
                taken.add(alias.casefold())
                own.append(alias)
        colour, emoji = LOOKS[number % len(LOOKS)]
        identity = unused(slug(name), [side.id for side in sides], f"side-{number + 1}")
        sides.append(Side(identity, name, short_name(name), emoji, colour, tuple(own)))
    return tuple(sides)


def _leanings(name: str, matter: str | None) -> Iterable[str]:
    """Yield the words for people who lean to a side that is for or against something."""
    opposed = _AGAINST.fullmatch(name.strip())
    if opposed is None and _FOR.fullmatch(name.strip()) is None:
        return
    words = _OPPOSED if opposed else _IN_FAVOUR
    if matter is not None:
        bare = _ARTICLE.sub("", matter)
        forms = dict.fromkeys((matter, f"the {bare}", f"a {bare}", bare))
        yield from (f"{word} of {form}" for word in words[:3] if word != "those against" for form in forms)
        yield from (f"{'against' if opposed else 'for'} {form}" for form in forms)
    yield from words


def motion_of(names: Sequence[str]) -> str:
    """Return a motion to debate, from the names of the sides."""
    matter = matter_of(names)
    return f"There should be {matter}" if matter else f"{names[0]} has the better case"
