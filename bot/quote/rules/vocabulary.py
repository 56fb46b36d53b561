"""Taking a text apart with a pack at hand: which sides it names, what it is about, what it points back to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from bot.quote.rules.words import (
    ASKING,
    DEMONSTRATIVE,
    FUNCTION,
    POINTING,
    SAYING,
    VAGUE,
    forms_of,
    word_set,
    words_of,
)
from knowledge.model import once_a_pack

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from bot.quote.rules.words import Word
    from knowledge.model import Pack

_SHORTEST_MENDED: Final = 4
"""Letters that a word must have for a misspelling in it to be recognised: short words are too like each other."""

_IN_ANY: Final = FUNCTION | SAYING | VAGUE
"""Words that stand in a text whatever it is about."""

_COMMON: Final = frozenset(form for form in FUNCTION if len(form) > _SHORTEST_MENDED)
_BEFORE_SUBJECT: Final = word_set("do does did can could will would should")


@dataclass(frozen=True, slots=True)
class Mention:
    """A side named in a text: the half-open range of its words, counted from 0."""

    side: str
    first: int
    end: int


@dataclass(frozen=True)
class Utterance:
    """What a person says, taken apart.

    `text` is as typed; `words` are its words in order; `mentions` the sides it names. `matter` are the words that say
    what it is about, sides apart; `pointing` counts those that stand for something said before.
    """

    text: str
    words: tuple[Word, ...]
    mentions: tuple[Mention, ...]
    matter: tuple[str, ...]
    pointing: int

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The plain forms of its words."""
        return tuple(word.form for word in self.words)

    @cached_property
    def named(self) -> frozenset[str]:
        """The words by which it names sides."""
        return frozenset(self.forms[at] for mention in self.mentions for at in range(mention.first, mention.end))

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """The sides that it names, each once, in order."""
        return tuple(dict.fromkeys(mention.side for mention in self.mentions))


@once_a_pack
def _aliases(pack: Pack) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """List the words of each alias with the side that it names, longest first, by the first of the words."""
    spelt = pack.wording.short_forms
    named = [(_spelt_out(forms_of(alias), spelt), side.id) for side in pack.sides for alias in side.aliases]
    begun = defaultdict(list)
    for alias, side_id in sorted(named, key=lambda alias: -len(alias[0])):
        if alias:
            begun[alias[0]].append((alias, side_id))
    return dict(begun)


def _spelt_out(forms: Iterable[str], short_forms: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(spelt for form in forms for spelt in short_forms.get(form, form).split())


def words_in(pack: Pack, text: str) -> tuple[Word, ...]:
    """Return a text's words in order, with the pack's own short forms spelt out too."""
    words = words_of(text)
    short_forms = pack.wording.short_forms
    if short_forms.keys().isdisjoint(word.form for word in words):
        return words
    return tuple(replace(word, form=form) for word in words for form in _spelt_out((word.form,), short_forms))


def forms_in(pack: Pack, text: str) -> tuple[str, ...]:
    """Return the plain forms of a text's words, as `words_in` does."""
    return tuple(word.form for word in words_in(pack, text))


@once_a_pack
def words_for_sides(pack: Pack) -> frozenset[str]:
    """Return the words by which the sides of a pack are named."""
    return frozenset(form for side in pack.sides for alias in side.aliases for form in forms_of(alias))


def mentions_in(pack: Pack, forms: tuple[str, ...]) -> tuple[Mention, ...]:
    """Find the sides that a text names, longest alias first, also in the plural and the genitive."""
    short_forms = pack.wording.short_forms
    aliases = _aliases(pack)
    singular = tuple(short_forms.get(form, form) for form in map(_singular, forms))
    found = []
    at = 0
    while at < len(forms):
        for alias, side in chain(aliases.get(forms[at], ()), aliases.get(singular[at], ())):
            end = at + len(alias)
            if forms[at:end] == alias or (*forms[at : end - 1], *singular[end - 1 : end]) == alias:
                found.append(Mention(side, at, end))
                at = end
                break
        else:
            at += 1
    return tuple(found)


@lru_cache(maxsize=10_000)
def _singular(form: str) -> str:
    return " ".join(forms_of(form[:-1])) if form.endswith("s") else ""


def understood(pack: Pack, text: str) -> Utterance:
    """Take apart what a person says."""
    words = words_in(pack, text)
    forms = mended((word.form for word in words), _COMMON, pack.lexicon.known)
    paired = zip(words, forms, strict=True)
    words = tuple(word if word.form == form else replace(word, form=form) for word, form in paired)
    mentions = mentions_in(pack, forms)
    naming = {at for mention in mentions if not _is_matter(forms, mention) for at in range(mention.first, mention.end)}
    matter = tuple(form for at, form in enumerate(forms) if at not in naming and form not in _IN_ANY)
    return Utterance(text, words, mentions, matter, _pointing(forms, mentions))


def _is_matter(forms: Sequence[str], mention: Mention) -> bool:
    """Return whether a side is spoken about, as in "what did they say about the club"; "what about" names it."""
    return mention.first > 1 and forms[mention.first - 1] == "about" and forms[mention.first - 2] not in {"what", "how"}


def _pointing(forms: Sequence[str], mentions: Sequence[Mention]) -> int:
    """Count the words that stand for something said before.

    "This" before a noun stands for nothing, nor does "it" in "the club, what does it say", whose noun stands by, and
    in "is it true that".
    """
    naming = {at for mention in mentions for at in range(mention.first, mention.end)}
    count = 0
    for at, form in enumerate(forms):
        if form in DEMONSTRATIVE:
            after = forms[at + 1] if at + 1 < len(forms) else ""
            if at + 1 not in naming:
                subject = at > 0 and forms[at - 1] in _BEFORE_SUBJECT
                count += subject or not after or after in FUNCTION
        elif form in POINTING and not (form == "it" and forms[at + 2 : at + 3] == ("that",) and forms[at + 3 :]):
            count += all(ASKING.isdisjoint(forms[mention.end : at]) for mention in mentions)
    return count


def mended(forms: Iterable[str], cues: frozenset[str], known: Collection[str]) -> tuple[str, ...]:
    """Correct words one slip (a letter missing, added, wrong, or swapped) away from a cue, unless they are known."""
    return tuple(form if form in known else _mended(form, cues) for form in forms)


@lru_cache(maxsize=10_000)
def _mended(form: str, cues: frozenset[str]) -> str:
    if len(form) < _SHORTEST_MENDED or form in cues or form in FUNCTION:
        return form
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - most questions hold no slip; it takes 3 MB

    lengths = range(max(len(form) - 1, _SHORTEST_MENDED), len(form) + 2)
    return min(
        (cue for cue in cues if len(cue) in lengths and OSA.distance(form, cue, score_cutoff=1) <= 1), default=form
    )
