"""A side's points in their order ("the third point"), and the question that a passage answers.

Where the pack numbers a side's points, as a list in an article does, these are they; of any other side, each statement
is a point, in the order of the pack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.quote.rules import phrases as wording
from bot.quote.rules.vocabulary import forms_in
from bot.quote.rules.words import FUNCTION
from embeddings.hits import Hit
from knowledge.reading.questions import BEST

if TYPE_CHECKING:
    from knowledge.model import Pack, Passage, Question

CERTAIN: Final = 1.0
"""The confidence of a passage that was asked for by its number."""

_NUMBERS: Final = re.compile(r"point (\d{1,3})")


@dataclass(frozen=True, slots=True)
class Point:
    """One of a side's numbered points; `number` counts from 1 and may lie beyond the last. 0 stands for all of them."""

    side: str
    number: int


def points_of(pack: Pack, side: str) -> dict[int, tuple[Passage, ...]]:
    """Return a side's points by their numbers, each with its passages in the order of the pack."""
    own = pack.of_voice(side)
    numbered: dict[int, tuple[Passage, ...]] = {}
    for passage in own:
        if passage.point is not None:
            numbered[passage.point] = (*numbered.get(passage.point, ()), passage)
    if numbered:
        return dict(sorted(numbered.items()))
    said: set[str] = set()
    for passage in own:
        if passage.id not in said:
            numbered[len(numbered) + 1] = (passage,)
            said |= {other.id for other, _ in pack.parallels_of(passage.id)}
    return numbered


def is_numbered(pack: Pack, side: str) -> bool:
    """Return whether the pack numbers a side's points."""
    return any(passage.point is not None for passage in pack.of_voice(side))


def counts(pack: Pack) -> dict[str, int]:
    """Return the number of the last point of each side whose points the pack numbers."""
    return {side: max(points_of(pack, side)) for side in pack.side_ids if is_numbered(pack, side)}


def passages_of(pack: Pack, point: Point) -> tuple[Passage, ...]:
    """Return the passages of a point, in the order of the pack; none for a number beyond the last."""
    return points_of(pack, point.side).get(point.number, ())


def introduces(pack: Pack, passage_id: str) -> bool:
    """Return whether a passage introduces numbered points: it holds the words that show who speaks in them."""
    passage = pack.passage(passage_id)
    cues = {other.cue for other in pack.of_voice(passage.voice) if other.point is not None and other.cue}
    return passage.point is None and any(cue in passage.text for cue in cues)


def question_for(pack: Pack, point: Point) -> str:
    """Word the question for a point, or for all, so that `point_in` reads it back."""
    name = wording.inside(pack.side(point.side).short_name)
    return f"What is point {point.number} of {name}?" if point.number else f"What are the points of {name}?"


def point_in(pack: Pack, question: str) -> Point | None:
    """Read a question of `question_for` back; None for any other."""
    number = found[1] if (found := _NUMBERS.search(question)) else "0"
    asked = (Point(side, int(number)) for side in pack.side_ids)
    return next((point for point in asked if question_for(pack, point) == question), None)


def certain_hit(passage_id: str, voice: str) -> Hit:
    """Make the hit of a passage that was not searched for: it was asked for itself."""
    return Hit(passage_id, voice, dense=0.0, lexical=0.0, score=0.0, confidence=CERTAIN)


def question_about(pack: Pack, passage: Passage) -> str:
    """Choose the example question that asks for a passage most plainly; its own text where there is none.

    The fewer other passages answer a question as well, the more it is about this one; then the words decide.
    """
    asked = [question for question in pack.questions if question.gold.get(passage.id, 0) == BEST]
    plain = [question for question in asked if question.kind == "plain"] or asked
    words = set(forms_in(pack, passage.text)) - FUNCTION

    def nearness(question: Question) -> tuple[int, int]:
        return (-len(question.gold), len(words.intersection(forms_in(pack, question.text))))

    return max(plain, key=nearness).text if plain else passage.text
