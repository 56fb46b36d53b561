"""What a passage is indexed with beside its own words: its topics, and questions made from it by rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - the codec reads the annotations

from embeddings.encoders.reference import Vectors  # noqa: TC001 - the same

if TYPE_CHECKING:
    from knowledge.model import Pack, Passage

EXPANDED_UP_TO: Final = 1000
"""Passages of a pack up to which each is expanded: that takes six more texts to encode, and as many to compare."""

_FRAME: Final = re.compile(
    r"(?:according to [^,]{1,60}, |[^,.;:“”\"]{1,60}?\b"
    r"(?:add|admit|argue|believe|claim|explain|insist|mention|note|report|said|say|stat|stress|warn)(?:e?s|e?d)?"
    r"(?: that)? )",
    re.IGNORECASE,
)
"""The beginning of a sentence that says who says it."""

_MANY: Final = re.compile(r"(?<![sui])s\Z|(?:men|people)\Z", re.IGNORECASE)
"""The end of a name for several: "Opponents" do not say what "Congress" says."""

_LEAST: Final = 20
"""Characters that must be left of a sentence without its frame."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """A passage under its topics, and the questions that it may answer.

    A question to its voice on each topic comes first, then that of each topic, then the passage itself as a question.
    """

    headed: str
    questions: tuple[str, ...]

    @classmethod
    def of(cls, pack: Pack, passage: Passage) -> Expansion:
        """Make those of a passage."""
        topics = [pack.topic(topic) for topic in passage.topics]
        said = _without_frame(passage.text).rstrip(" .!?”\"'")
        asking = "What about {}?"
        if passage.voice in pack.side_ids:
            name = pack.side(passage.voice).short_name
            asking = f"What {'do' if _MANY.search(name) else 'does'} {name} say about {{}}?"
        return cls(
            ". ".join([*filter(None, [", ".join(topic.name for topic in topics)]), passage.text]),
            (
                *(asking.format(topic.name) for topic in topics),
                *(topic.question for topic in topics),
                f"Is it true that {said}?",
                f"{said}?",
            ),
        )


def _without_frame(text: str) -> str:
    frame = _FRAME.match(text)
    rest = text[frame.end() :] if frame else text
    return rest if len(rest) >= _LEAST else text


@dataclass(frozen=True)
class Views:
    """The vectors of expansions: `headed` (passages, dimensions), in the pack's order, and those of all questions.

    The questions of passage p are the rows of `asked` from `starts[p]` on, up to the next one's.
    """

    headed: Vectors
    asked: Vectors
    starts: NDArray[np.int64]

    def cosines(self, vectors: Vectors, pack: Pack) -> tuple[NDArray[np.float32], ...]:
        """Compare questions with each passage of their pack in three ways; shape (questions, passages) each.

        They are with the passage under its topics, with its likest question, and with that of its first topic.
        """
        asked = vectors @ self.asked.T
        topics = [len(passage.topics) for passage in pack.passages]
        likest: NDArray[np.float32] = np.maximum.reduceat(asked, self.starts, axis=1)
        return vectors @ self.headed.T, likest, asked[:, self.starts + np.array(topics, dtype=np.int64)]


@dataclass(frozen=True, slots=True)
class Expansions:
    """The expansions of all passages of a pack; none for a pack with very many."""

    expansions: tuple[Expansion, ...]

    @classmethod
    def of(cls, pack: Pack) -> Expansions:
        """Make those of a pack."""
        some = pack.passages if len(pack.passages) <= EXPANDED_UP_TO else ()
        return cls(tuple(Expansion.of(pack, passage) for passage in some))

    @property
    def texts(self) -> list[str]:
        """All texts to encode, in order."""
        questions = (question for expansion in self.expansions for question in expansion.questions)
        return [*(expansion.headed for expansion in self.expansions), *questions]

    def views(self, vectors: Vectors) -> Views | None:
        """Return the views from the vectors of `texts`; None where there are none."""
        if not self.expansions:
            return None
        count = len(self.expansions)
        ends = np.cumsum([len(expansion.questions) for expansion in self.expansions], dtype=np.int64)
        return Views(vectors[:count], vectors[count:], np.concatenate([[0], ends[:-1]]))
