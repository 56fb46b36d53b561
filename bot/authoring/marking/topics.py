"""Topics of passages, found and named by the words that they share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING, Final

from bot.quote.rules.words import FUNCTION, SAYING, VAGUE, word_set

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

MOST: Final = 12
"""Topics of a pack."""
_SHARED: Final = 0.35
"""Share of the passages with a word from which it is what all is about, and no topic."""
_ALIKE: Final = 0.6
"""Share of their passages that two words have in common, from which they are one topic."""
_NOUN: Final = 0.4
"""Share of its places in which a word stands where nouns do."""
MOST_EACH: Final = 3
"""Topics of a passage."""

REST: Final = "General points"
"""The topic of what has no other."""

_PARTICIPLE: Final = re.compile(r"(?:ed|tten|ken|wn|ing)$")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BEFORE_NOUNS: Final = word_set(
    "the a an of our their his her its my your no every more less fewer many some any this these that those in for on "
    "by with about from against into between without and or each such good bad new"
)
_COMMON: Final = word_set(
    "year years day days time times people thing things way ways week month today tomorrow yesterday number numbers "
    "lot kind place case fact example end hand part percent per cent million billion thousand hundred one two three "
    "four five six seven eight nine ten monday tuesday wednesday thursday friday saturday sunday january february "
    "march april june july august september october november december person everybody nobody somebody anybody "
    "everyone anyone someone nothing something everything anything world country question point side idea reason "
    "result whether morning mornings afternoon afternoons evening evenings night nights eleven twelve twenty thirty "
    "forty fifty sixty seventy eighty ninety dozen half quarter quarters third first second seconds last next start "
    "hour hours minute minutes metre metres meter meters kilometre kilometres kilometer kilometers mile miles gram "
    "grams kilo kilos tonne tonnes degree degrees kilowatt kilowatts megawatt megawatts pound pounds euro euros "
    "dollar dollars"
)
_BLAND: Final = word_set(
    "rule meeting hearing plan proposal draft report letter paper article interview survey study statement speech "
    "debate discussion argument view opinion decision change measure step problem issue matter answer difference "
    "cause effect group member speaker board committee office room hall list level sort kind type story name area "
    "line word"
)
"""Nouns that name a topic only together with the word before them, as in "school rules"."""


def topics_of(texts: Sequence[str], voices: Sequence[str | None], taken: Iterable[str]) -> list[tuple[str, list[int]]]:
    """Return topics, each a name and the numbers of its texts, those that most say first; every text has one.

    `taken` are names of the sides, which are no topics.
    """
    names = {_stem(word) for name in taken for word in _WORD.findall(name.casefold())}
    places, forms, nouns, uses = _words(texts, names)
    count = len(texts)
    held = {
        stem: found
        for stem, found in places.items()
        if len(found) >= 2 and len(found) <= max(3, _SHARED * count) and nouns[stem] >= _NOUN * uses[stem]  # noqa: PLR2004
    }

    def merit(stem: str, left: Collection[int]) -> float:
        fresh = len(held[stem] & set(left))
        return (fresh + 0.25 * len(held[stem])) * (1 + 0.5 * (len({voices[at] for at in held[stem]}) > 1))

    chosen: list[tuple[str, set[int]]] = []
    left = set(range(count))
    wanted = min(MOST, max(3, round(1.3 * count**0.5)))
    while held and len(chosen) < wanted:
        best = max(sorted(held), key=lambda stem: merit(stem, left))
        found = held.pop(best)
        if best in _BLAND and _in_two_words([texts[at] for at in sorted(found)], best, uses[best]) is None:
            continue
        if not found & left and chosen:
            break
        near = [stem for stem, other in held.items() if len(found & other) >= _ALIKE * len(found | other)]
        for stem in near:
            found |= held.pop(stem)
        # Of a word in both numbers the plural names a topic.
        name = max(forms[best], key=lambda form: (form.casefold() != best, forms[best][form]))
        chosen.append((_in_two_words([texts[at] for at in sorted(found)], best, uses[best]) or name, found))
        left -= found
    return _spread(chosen, left, count)


def _words(
    texts: Sequence[str], names: Collection[str]
) -> tuple[dict[str, set[int]], dict[str, Counter[str]], Counter[str], Counter[str]]:
    """Return by stem: the texts that a word stands in, its forms, its places as a noun, and all its places."""
    places: dict[str, set[int]] = defaultdict(set)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    nouns, uses = Counter[str](), Counter[str]()
    for number, text in enumerate(texts):
        found = list(_WORD.finditer(text))
        for at, word in enumerate(match[0] for match in found):
            folded = re.sub(r"['’]s$", "", word.casefold())
            stem = _stem(folded)
            if len(folded) < 4 or folded in _IDLE or stem in names or folded.endswith("ly"):  # noqa: PLR2004
                continue
            places[stem].add(number)
            name = folded if not word[0].isupper() or at == 0 else re.sub(r"['’]s$", "", word)
            forms[stem][name] += 1
            uses[stem] += 1
            nouns[stem] += _is_noun(text, found, at)
    return places, forms, nouns, uses


def _is_noun(text: str, words: Sequence[re.Match[str]], at: int) -> bool:
    """Tell whether a word stands where nouns do: after an article and the like, and before no other noun."""
    if at == 0 or text[words[at - 1].end() : words[at].start()].strip():
        return False
    before = words[at - 1][0].casefold()
    beyond = at > 1 and words[at - 2][0].casefold() in _BEFORE_NOUNS and before not in _IDLE
    led = before in _BEFORE_NOUNS or (beyond and _PARTICIPLE.search(words[at][0]) is None)
    ahead = words[at + 1] if at + 1 < len(words) else None
    alone = ahead is None or text[words[at].end() : ahead.start()].strip() or ahead[0].casefold() in _IDLE
    return led and bool(alone)


def _in_two_words(texts: Sequence[str], stem: str, uses: int) -> str | None:
    """Return the two words that a topic's word mostly is the second of, as in "lower path"; None where it is not."""
    pairs = Counter[str]()
    for text in texts:
        for first, second in pairwise(_WORD.finditer(text)):
            word = first[0].casefold()
            near = text[first.end() : second.start()] in {" ", "\n"}
            if near and _stem(second[0].casefold()) == stem and len(word) > 2 and word not in _IDLE:  # noqa: PLR2004
                pairs[f"{first[0] if second[0][0].isupper() else word} {second[0]}"] += 1
    pair, count = max(pairs.items(), key=lambda each: each[1], default=("", 0))
    return pair if count >= max(2, uses / 2) else None


_IDLE: Final = FUNCTION | SAYING | VAGUE | _COMMON


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:  # noqa: PLR2004
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word  # noqa: PLR2004


def _spread(chosen: Sequence[tuple[str, set[int]]], left: Collection[int], count: int) -> list[tuple[str, list[int]]]:
    """Give each text at most three topics, and those without one that of a neighbour, or the rest."""
    of_text: dict[int, list[int]] = {number: [] for number in range(count)}
    for topic, (_, found) in sorted(enumerate(chosen), key=lambda each: len(each[1][1])):
        for number in found:
            if len(of_text[number]) < MOST_EACH:
                of_text[number].append(topic)
    named = ((name[0].upper() + name[1:], topic) for topic, (name, _) in enumerate(chosen))
    kept = [(name, numbers) for name, topic in named if (numbers := [n for n in of_text if topic in of_text[n]])]
    rest = sorted(left)
    return [*kept, (REST, rest)] if rest else kept


def nearest_topic(text: str, under: Mapping[str, Sequence[str]]) -> str | None:
    """Return the topic whose texts share most with a text, seldom words counting more; None where none shares any."""
    held = {topic: [stems_of(other) for other in texts] for topic, texts in under.items()}
    seen = Counter(stem for texts in held.values() for stem in set().union(*texts))
    own = stems_of(text)

    def merit(topic: str) -> float:
        return sum(sqrt(sum(stem in other for other in held[topic])) / seen[stem] for stem in own if seen[stem])

    best = max(held, key=merit, default=None)
    return best if best is not None and merit(best) > 0 else None


def stems_of(text: str) -> frozenset[str]:
    """Return the words of a text that say what it is about, endings apart."""
    words = (re.sub(r"['’]s$", "", word.casefold()) for word in _WORD.findall(text))
    return frozenset(_stem(word) for word in words if len(word) > 3 and word not in _IDLE)  # noqa: PLR2004
