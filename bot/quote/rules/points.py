"""A side's numbered points ("the third point"), and the question that a passage answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.quote.rules.vocabulary import forms_in
from bot.quote.rules.words import FUNCTION
from embeddings.hits import Findings, Hit
from knowledge.model import CONTEXT
from knowledge.reading.questions import BEST

if TYPE_CHECKING:
    from knowledge.model import Pack, Passage, Question

CERTAIN: Final = 1.0
"""The confidence of a passage that was asked for by its number."""


@dataclass(frozen=True, slots=True)
class Point:
    """One of a side's numbered points; `number` counts from 1 and may lie beyond the last."""

    side: str
    number: int


def counts(pack: Pack) -> dict[str, int]:
    """Return the number of the last numbered point of each side that has any."""
    last: dict[str, int] = {}
    for passage in pack.passages:
        if passage.point is not None:
            last[passage.voice] = max(passage.point, last.get(passage.voice, 0))
    return last


def passages_of(pack: Pack, point: Point) -> tuple[Passage, ...]:
    """Return the passages of a point, in the order of the pack; none for a number beyond the last."""
    return tuple(passage for passage in pack.of_voice(point.side) if passage.point == point.number)


def introduces(pack: Pack, passage_id: str) -> bool:
    """Return whether a passage introduces numbered points: it holds the words that show who speaks in them."""
    passage = pack.passage(passage_id)
    cues = {other.cue for other in pack.of_voice(passage.voice) if other.point is not None and other.cue}
    return passage.point is None and any(cue in passage.text for cue in cues)


def question_for(pack: Pack, point: Point) -> str:
    """Word the question for a point, so that `point_in` reads it back."""
    return f"What does {pack.side(point.side).short_name} say in point {point.number} of its reply?"


def point_in(pack: Pack, question: str) -> Point | None:
    """Read a question of `question_for` back; None for any other."""
    for side in counts(pack):
        pattern = re.escape(question_for(pack, Point(side, 0))).replace("0", r"(\d{1,3})")
        if found := re.fullmatch(pattern, question):
            return Point(side, int(found[1]))
    return None


def certain_hit(passage_id: str, voice: str) -> Hit:
    """Make the hit of a passage that was not searched for: it was asked for itself."""
    return Hit(passage_id, voice, dense=0.0, lexical=0.0, score=0.0, confidence=CERTAIN)


def findings_for(pack: Pack, point: Point) -> Findings:
    """Find a point by its number: every passage of it, in the order of the pack, and nothing else."""
    hits: dict[str, tuple[Hit, ...]] = dict.fromkeys((*pack.side_ids, CONTEXT), ())
    hits[point.side] = tuple(certain_hit(passage.id, point.side) for passage in passages_of(pack, point))
    return Findings(question_for(pack, point), hits, dict.fromkeys(hits, CERTAIN))


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
