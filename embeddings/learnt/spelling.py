"""How people write, brought nearer to the articles: short forms spelt out, slips mended, names left alone."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from embeddings.index.lexical import words
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.model import Pack


# Short forms that stand for one thing in any text. What could be two things stays as it is.
_SHORT_FORMS: Final = {
    "2": "to",
    "4": "for",
    "abt": "about",
    "b4": "before",
    "bc": "because",
    "bout": "about",
    "cant": "cannot",
    "cuz": "because",
    "da": "the",
    "dis": "this",
    "dont": "do not",
    "gonna": "going to",
    "im": "i am",
    "info": "information",
    "n": "and",
    "pls": "please",
    "plz": "please",
    "ppl": "people",
    "r": "are",
    "thx": "thanks",
    "u": "you",
    "ur": "your",
    "w": "with",
    "wanna": "want to",
    "wat": "what",
    "wut": "what",
    "y": "why",
}


@dataclass(frozen=True)
class Phrasing:
    """The short forms that are spelt out: those of any text, and a pack's `own`."""

    own: Mapping[str, str]

    def spelt_out(self, text: str) -> str:
        """Return a question in lower case, with short forms spelt out and curly apostrophes made straight."""
        forms = self._forms
        return self._pattern.sub(lambda match: forms[match[1]], text.lower().replace("’", "'"))

    @cached_property
    def _forms(self) -> dict[str, str]:
        return {**_SHORT_FORMS, **self.own}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        listed = "|".join(sorted(map(re.escape, self._forms), key=len, reverse=True))
        return re.compile(rf"(?<!\w)({listed})(?!\w)")


COMMON: Final = Phrasing(MappingProxyType({}))
"""How texts on any subject are spelt out."""


_SHORTEST: Final = 5
"""Letters from which on a word is mended: shorter ones have too many neighbours."""

_NEAR_ENOUGH: Final = 0.8
"""Least share of letters that mending leaves as they are: one slip in five letters, two in ten."""

_REMEMBERED: Final = 10_000
"""Mended words that are remembered."""

_CAREFUL_KINDS: Final = frozenset({"plain", "keyword", "indirect", "leading", "yesno", "long", "numeric", "statement"})
"""Kinds of questions whose words count as spelt rightly."""

_SMALL_WORD: Final = re.compile(rf"(?<!\w)[^\W\d_]{{{_SHORTEST},}}(?!\w)")


@cache
def common_words() -> frozenset[str]:
    """Return the common English words that the embedded model has a token for; none where it is not installed."""
    from embeddings.encoders.reference import embedded_model_folder  # noqa: PLC0415 - it imports numpy

    try:
        tokenizer = embedded_model_folder() / "tokenizer.json"
    except UserError:
        return frozenset()
    tokens = json.loads(tokenizer.read_bytes())["model"]["vocab"]
    return frozenset(token for token in tokens if len(token) >= _SHORTEST and token.isalpha())


@dataclass(frozen=True)
class Spelling:
    """The words that are `right`, and the `vocabulary` of them (sorted) that a slip may become."""

    vocabulary: tuple[str, ...]
    right: frozenset[str]
    phrasing: Phrasing

    @classmethod
    def of(cls, pack: Pack) -> Spelling:
        """Learn a pack's words; right are also those of carefully written questions of two intents.

        With few questions, common words are right too; where those are not at hand and there are no questions either,
        a slip cannot be told from a word, and there is no vocabulary.
        """
        from embeddings.learnt.untaught import ENOUGH  # noqa: PLC0415 - with numpy, which a bot connects without

        phrasing = Phrasing(pack.wording.short_forms)
        common = common_words() if len(pack.questions) < ENOUGH else frozenset()
        if not pack.questions and not common:
            return cls((), frozenset(), phrasing)
        texts = [passage.text for passage in pack.passages]
        names = [alias for side in pack.sides for alias in side.aliases] + [topic.name for topic in pack.topics]
        vocabulary = {word for text in texts + names for word in words(text) if len(word) >= _SHORTEST}
        intents: defaultdict[str, set[str]] = defaultdict(set)
        for question in pack.questions:
            if question.kind in _CAREFUL_KINDS:
                for word in words(question.text):
                    intents[word].add(question.intent)
        often = {word for word, among in intents.items() if len(among) > 1 and len(word) >= _SHORTEST}
        return cls(tuple(sorted(vocabulary)), common | often | vocabulary, phrasing)

    def read(self, text: str) -> str:
        """Return a question as it is searched for: slips mended, then spelt out."""
        return self.phrasing.spelt_out(_SMALL_WORD.sub(self._mended, text))

    def _mended(self, match: re.Match[str]) -> str:
        word = match[0]
        if not word.islower() or word in self.right or not self.vocabulary:
            return word
        return self._nearest(word)

    @cached_property
    def _nearest(self) -> Callable[[str], str]:
        """The function from a word to the nearest of the vocabulary, or itself when none is near enough."""
        from rapidfuzz import process  # noqa: PLC0415 - most questions hold no slip and need not wait for the import
        from rapidfuzz.distance import OSA  # noqa: PLC0415 - the same

        def nearest(word: str, vocabulary: tuple[str, ...] = self.vocabulary) -> str:
            near = process.extractOne(word, vocabulary, scorer=OSA.normalized_similarity, score_cutoff=_NEAR_ENOUGH)
            return near[0] if near else word

        return lru_cache(_REMEMBERED)(nearest)
