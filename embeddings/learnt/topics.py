"""Which words name a topic of the pack, learnt from the questions that its passages answer."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.reading.questions import BEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.model import Pack

_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_SEEN: Final = 8
"""Questions in which a word must stand before it can name a topic."""

_SHARE: Final = 0.55
"""Share of a word's questions that must be on the topic that it names."""

_NAMED: Final = 0.5
"""The same of a word of the topic's own name."""

_ASKED: Final = frozenset({"overview", "points", "compare", "verdict", "best", "more", "source", "repair"})
_ASKING: Final = 4
"""Turns from which on a word that is commoner in them than in questions is one of requests."""

_LIFT: Final = 3.0
"""How much more often the topic must be asked about with the word than without it."""


@dataclass(frozen=True)
class TopicWords:
    """The words that name a topic, each with the topic's id and with its share of the word's questions."""

    named: Mapping[str, tuple[str, float]]

    @classmethod
    def of(cls, pack: Pack) -> TopicWords:
        """Learn from the pack's answered questions; a word of a topic's name names it in any case."""
        seen: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        counts: Counter[str] = Counter()
        asked: dict[str, float] = defaultdict(float)
        for question in pack.questions:
            # A word of questions that nobody answers names nothing.
            about = _about(pack, [id_ for id_, grade in question.gold.items() if grade == BEST])
            words = set(_words(question.text))
            counts.update(words)
            for topic, weight in about.items():
                asked[topic] += weight / len(pack.questions)
                for word in words:
                    seen[word][topic] += weight
        sides = {word for side in pack.sides for alias in side.aliases for word in _words(alias)}
        # A word of requests, as "main" and "short" are, names nothing either.
        asking = Counter(word for turn in pack.turns if turn.wants in _ASKED for word in set(_words(turn.text)))
        often = {
            word
            for word, times in asking.items()
            if times > _ASKING and times * len(pack.questions) > counts[word] * len(pack.turns)
        }
        named: dict[str, tuple[str, float]] = {}
        for word in seen.keys() - sides - often:
            topic, times = max(seen[word].items(), key=lambda found: (found[1], found[0]), default=("", 0))
            share = times / counts[word]
            if counts[word] >= _SEEN and share >= max(_SHARE, _LIFT * asked[topic]):
                named[word] = (topic, share)
        for topic_ in pack.topics:
            for word in set(_words(f"{topic_.id.replace('-', ' ')} {topic_.name}")) - sides:
                if not counts[word] or seen[word][topic_.id] >= _NAMED * counts[word]:
                    named[word] = (topic_.id, 1.0)
        return cls(named)

    def topics_in(self, text: str) -> tuple[str, ...]:
        """Return the topics that a text names, the one named most plainly first."""
        found: dict[str, float] = defaultdict(float)
        for word in set(_words(text)) & self.named.keys():
            topic, share = self.named[word]
            found[topic] += share
        return tuple(sorted(found, key=lambda topic: (-found[topic], topic)))


def _about(pack: Pack, passage_ids: Iterable[str]) -> dict[str, float]:
    """Return the topics of passages, what they are most about with the weight 1."""
    about: dict[str, float] = {}
    for id_ in passage_ids:
        for place, topic in enumerate(pack.passage(id_).topics):
            about[topic] = max(about.get(topic, 0.0), 1 / (1 + place))
    return about


def _words(text: str) -> list[str]:
    """Return the words of a text, those in the plural without their end."""
    return [word.removesuffix("s") for word in _WORD.findall(text.lower())]
