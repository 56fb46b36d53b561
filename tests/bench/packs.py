"""Packs of as many passages as wanted, to measure with: seeded text, and vectors that fit it.

A made passage is a real text of some pack with its words shuffled, some of them exchanged for others from all over
that pack, and a made name. The real model encodes the first of them; the vectors of the others are made from vectors
of that model (`bot.lab.bench.growth.Paraphrases`), each drawn near that of the real text which it was made from. So a
figure that depends on vectors alone is good; one that depends on what made passages mean is not.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.lab.bench.growth import DRIFT
from knowledge.model import Article, Mode, Passage, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embeddings.encoders.reference import Encoder, Vectors
    from knowledge.model import Pack

_SYLLABLES: Final = ("ba", "do", "fi", "gu", "ka", "le", "mo", "ni", "pa", "ro", "su", "ta", "ve", "wi", "yo", "zu")
_KEPT: Final = 0.6
"""The share of a text's own words."""


def made_name(number: int) -> str:
    """Give a name that no other number has: one syllable for each sixteenth, and at least three."""
    name = ""
    while number or len(name) < 6:
        number, syllable = divmod(number, len(_SYLLABLES))
        name += _SYLLABLES[syllable]
    return name


def grown(base: Pack, count: int, seed: int = 0) -> Pack:
    """Add so many made passages to a pack, all in one article, turn about in each voice that the pack has.

    A larger count with the same seed has the smaller one's passages, and more after them.
    """
    sources = real_texts(base)
    vocabulary = " ".join(sources).split()
    voices = list(dict.fromkeys(passage.voice for passage in base.passages))
    topics = base.passages[0].topics
    texts = [_made_text(sources, vocabulary, number, seed) for number in range(count)]
    passages, start = [], 0
    for number, text in enumerate(texts):
        span = Span("made", start, start + len(text))
        passages.append(
            Passage(
                id=f"made-{number}",
                span=span,
                paragraph=number + 1,
                text=text,
                voice=voices[number % len(voices)],
                mode=Mode.NARRATED,
                speaker=None,
                cue=None,
                topics=topics,
                point=None,
            )
        )
        start += len(text) + 1
    whole = "\n".join(texts)
    article = Article("made", "Made", None, None, None, hashlib.sha256(whole.encode()).hexdigest(), whole)
    return replace(
        base,
        id=f"{base.id}-grown",
        sha256=hashlib.sha256(f"{base.sha256} {count} {seed}".encode()).hexdigest(),
        articles=(*base.articles, article),
        passages=(*base.passages, *passages),
    )


def real_texts(base: Pack) -> list[str]:
    """List the texts that made passages are made from: the pack's passages and example questions."""
    return [*(passage.text for passage in base.passages), *(question.text for question in base.questions)]


def _source_of(sources: Sequence[str], number: int, seed: int) -> int:
    return random.Random(f"{seed} source {number}").randrange(len(sources))  # noqa: S311 - nothing secret


def _made_text(sources: Sequence[str], vocabulary: Sequence[str], number: int, seed: int) -> str:
    chance = random.Random(f"{seed} text {number}")  # noqa: S311 - nothing secret
    own = sources[_source_of(sources, number, seed)].split()
    words = [word if chance.random() < _KEPT else chance.choice(vocabulary) for word in own]
    words += chance.choices(vocabulary, k=max(0, 12 - len(words)))
    chance.shuffle(words)
    return f"{made_name(number).capitalize()} {' '.join(words)}"


@dataclass
class PartlyReal:
    """The real model for all texts but made passages from number `real_part` on, whose vectors are made from its own.

    `encoded` counts the texts that it was asked for.
    """

    real: Encoder
    sources: Vectors
    source_of: dict[str, int]
    encoded: int = 0

    @classmethod
    def over(cls, pack: Pack, base: Pack, real: Encoder, real_part: int, seed: int = 0) -> PartlyReal:
        """Prepare for a pack that `grown` has made from `base` with this seed; encodes the texts of `base`."""
        texts = real_texts(base)
        made = pack.passages[len(base.passages) :]
        source_of = {
            passage.text: _source_of(texts, number, seed) for number, passage in enumerate(made) if number >= real_part
        }
        return cls(real, real.encode(texts), source_of)

    @property
    def fingerprint(self) -> str:
        """Never taken for the real model's."""
        return hashlib.sha256(f"partly {self.real.fingerprint}".encode()).hexdigest()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text, in order."""
        self.encoded += len(texts)
        rows = np.empty((len(texts), self.sources.shape[1]), np.float32)
        real = [place for place, text in enumerate(texts) if text not in self.source_of]
        if real:
            rows[real] = self.real.encode([texts[place] for place in real])
        for place, text in enumerate(texts):
            if text in self.source_of:
                rows[place] = self._made(text)
        return rows

    def _made(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        one, other = np.random.default_rng(seed).integers(0, len(self.sources), 2)
        vector = self.sources[self.source_of[text]] + np.float32(DRIFT) * (self.sources[one] - self.sources[other])
        unit: np.ndarray[tuple[int], np.dtype[np.float32]] = vector / np.linalg.norm(vector)
        return unit
