"""Findings made by hand, over the shipped pack."""

from __future__ import annotations

from functools import cache
from typing import Any

from embeddings.hits import Findings, Hit, StanceFinding
from embeddings.library import Library, Shelf
from knowledge.model import CONTEXT, Pack
from knowledge.pack import load_pack


@cache
def pack() -> Pack:
    """Return the shipped pack, loaded once for all tests of a process."""
    return load_pack()


def library(*packs: Pack) -> Library:
    """Hold the shipped pack alone, or other packs, without a search."""
    nothing: Any = None
    return Library(Shelf(each, nothing) for each in packs or (pack(),))


def found(question: str = "a question", threshold: float = 0.5, **confidences: float) -> Findings:
    """Make findings in which passages (named with _ for -) have the confidences given, and all others 0.01.

    The fused score of a hit equals its confidence. A voice of which no passage is named is silent.
    """
    given = {name.replace("_", "-"): confidence for name, confidence in confidences.items()}
    unknown = given.keys() - {passage.id for passage in pack().passages}
    assert not unknown, unknown
    hits = {}
    for voice in (*pack().side_ids, CONTEXT):
        found_here = [
            Hit(passage.id, voice, 0.0, 0.0, given.get(passage.id, 0.01), given.get(passage.id, 0.01))
            for passage in pack().of_voice(voice)
        ]
        hits[voice] = tuple(sorted(found_here, key=lambda hit: (-hit.confidence, hit.passage_id)))
    silent = frozenset(voice for voice, own in hits.items() if own[0].confidence <= 0.01)
    return Findings(question, hits, dict.fromkeys(hits, threshold), silent)


class Leaning:
    """Reads turns by a few words, names no topic, and finds no stance."""

    def lean(self, known: Findings, _after: str | None) -> dict[str, float]:
        """Lean to what these texts want."""
        wanted = {"hi": "greeting", "hello": "greeting", "thanks": "thanks", "why?": "follow", "it?": "bare"}
        wanted |= {"and facebook?": "follow", "more from facebook": "more", "more from the film": "more"}
        wanted |= {"more": "more", "go on": "more", "source?": "source", "where is that from?": "source"}
        return {wanted.get(known.question.lower(), "question"): 1.0}

    def topics_in(self, _text: str) -> tuple[str, ...]:
        """Find no topic."""
        return ()

    def stance_of(self, known: Findings) -> StanceFinding:
        """Tell no stance."""
        return StanceFinding(known, None, {}, {}, {})
