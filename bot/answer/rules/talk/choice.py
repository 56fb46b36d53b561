"""The choice between what was found for a text by itself, and for the text joined to what it was said after."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answer.rules.talk.conversation import Reading
    from embeddings.hits import Findings, Hit


def choose(reading: Reading, findings: Sequence[Findings]) -> Findings:
    """Choose among the findings for the questions of a reading, in the same order.

    A repeated question keeps most of its answer.
    """
    if not reading.repeated:
        return _chosen(findings, strange=reading.strange)
    *before, again = findings
    earlier = _chosen(before, strange=reading.strange)
    return replace(earlier if reading.strange else mixed(earlier, again), question=again.question)


def _chosen(findings: Sequence[Findings], *, strange: bool) -> Findings:
    """Weigh two findings, if there are two. A text about something foreign gets its own silence."""
    if len(findings) == 1:
        return findings[0]
    alone, joined = findings
    return replace(alone, question=joined.question) if strange else weighed(alone, joined)


JOINED_WEIGHT: Final = 0.4
"""Share of the joined question where two are weighed against each other; from 0.3 to 0.5 it makes no difference."""

_SUREST: Final = 1e-4
"""How near to 0 or 1 a confidence may come when odds are taken of it."""


def weighed(alone: Findings, joined: Findings) -> Findings:
    """Choose between the findings for a text by itself and for the text joined to what it was said after.

    When mixing both leaves the best answers as the text by itself has them, and the joined question has others, the
    text has changed the subject and was the question; else the joined one was.
    """
    together = mixed(alone, joined)
    own = _best(alone)
    return alone if own and _best(together) == own and not own & _best(joined) else together


def _best(findings: Findings) -> set[str]:
    return {answers[0].passage_id for voice in findings.hits if (answers := findings.answers(voice))}


def mixed(alone: Findings, joined: Findings) -> Findings:
    """Mix the confidences of two findings, passage by passage: the log odds are their weighted mean."""
    hits = {}
    for voice in joined.hits:
        by_itself = {hit.passage_id: hit for hit in alone.hits.get(voice, ())}
        together = {hit.passage_id: hit for hit in joined.hits[voice]}
        both = []
        for id_, hit in (by_itself | together).items():
            own, with_frame = _log_odds(by_itself.get(id_)), _log_odds(together.get(id_))
            odds = (1 - JOINED_WEIGHT) * own + JOINED_WEIGHT * with_frame
            both.append(hit._replace(confidence=1 / (1 + math.exp(-odds))))
        hits[voice] = tuple(sorted(both, key=lambda hit: (-hit.confidence, -hit.score, hit.passage_id)))
    return replace(joined, hits=hits)


def _log_odds(hit: Hit | None) -> float:
    """Return the log odds of a hit's confidence; a passage that was not even looked at has next to none."""
    share = min(max(hit.confidence if hit else 0.0, _SUREST), 1 - _SUREST)
    return math.log(share / (1 - share))
