"""Choosing what a text meant by what is found for each thing that it may have meant."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from embeddings.hits import Findings, Hit

JOINED_WEIGHT: Final = 0.4
"""Share of the joined question where two are weighed against each other; from 0.3 to 0.5 it makes no difference."""

_SUREST: Final = 1e-4
"""How near to 0 or 1 a confidence may come when odds are taken of it."""


def weighed(alone: Findings, joined: Findings) -> Findings:
    """Choose between the findings for a text by itself and for the text joined to what it was said after.

    Both are believed in part: the log odds of each passage are their weighted mean. When that leaves the best answers
    as the text by itself has them, and the joined question has others, then the text has changed the subject and was
    the question by itself; else the joined one was.
    """
    together = mixed(alone, joined)
    own = _best(alone)
    return alone if own and _best(together) == own and not own & _best(joined) else together


def _best(findings: Findings) -> set[str]:
    """List the best answer of each voice that has one."""
    return {answers[0].passage_id for voice in findings.hits if (answers := findings.answers(voice))}


def mixed(alone: Findings, joined: Findings) -> Findings:
    """Mix the confidences of two findings, passage by passage: the log odds are their weighted mean."""
    hits = {}
    for voice in joined.hits:
        by_itself = {hit.passage_id: hit for hit in alone.hits.get(voice, ())}
        together = {hit.passage_id: hit for hit in joined.hits[voice]}
        both = [
            _with_odds(hit, _log_odds(by_itself.get(id_)), _log_odds(together.get(id_)))
            for id_, hit in (by_itself | together).items()
        ]
        hits[voice] = tuple(sorted(both, key=lambda hit: (-hit.confidence, -hit.score, hit.passage_id)))
    return replace(joined, hits=hits)


def _with_odds(hit: Hit, alone: float, joined: float) -> Hit:
    odds = (1 - JOINED_WEIGHT) * alone + JOINED_WEIGHT * joined
    return replace(hit, confidence=1 / (1 + math.exp(-odds)))


def _log_odds(hit: Hit | None) -> float:
    """Return the log odds of a hit's confidence; a passage that was not even looked at has next to none."""
    share = min(max(hit.confidence if hit else 0.0, _SUREST), 1 - _SUREST)
    return math.log(share / (1 - share))
