"""A pack made in memory: two sides that are neither of the shipped ones, a writer, and a few questions."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from knowledge.model import CONTEXT, Article, Mode, Pack, Passage, Question, Side, Span, Topic
from knowledge.reading.questions import read_words
from knowledge.reading.tables import Folder

if TYPE_CHECKING:
    import pytest

WORDING: Final = read_words(Folder(Path("no pack")))
"""The program's own."""

_SENTENCES = {
    "tea-warms": ("tea", "Tea warms the hands on cold mornings."),
    "tea-calm": ("tea", "Tea keeps people calm and patient."),
    "coffee-wakes": ("coffee", "Coffee wakes tired people quickly."),
    "coffee-price": ("coffee", "Coffee costs four coins a cup."),
    "cups-sold": (CONTEXT, "Nine million cups were sold last year."),
}

_QUESTIONS: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("does tea warm my hands", "warm", {"tea-warms": 2}),
    ("can tea make hands warm", "warm", {"tea-warms": 2}),
    ("is tea calming", "calm", {"tea-calm": 2}),
    ("am I calm and patient with tea", "calm", {"tea-calm": 2}),
    ("does coffee wake you up", "wake", {"coffee-wakes": 2}),
    ("I am tired, coffee?", "wake", {"coffee-wakes": 2}),
    ("what does a cup of coffee cost", "price", {"coffee-price": 2}),
    ("how many coins for coffee", "price", {"coffee-price": 2}),
    ("which drink is good for people", "both", {"tea-calm": 2, "coffee-wakes": 2}),
    ("are tea and coffee good for people", "both", {"tea-calm": 2, "coffee-wakes": 2}),
    ("how many cups were sold", "sold", {"cups-sold": 2}),
    ("million cups sold last year?", "sold", {"cups-sold": 2}),
    ("who won the football game", "none", {}),
    ("what is the weather like", "none", {}),
    ("how do I bake bread", "none", {}),
)


def drinks(*, questions: bool = True, changed: str = "") -> Pack:
    """Make the pack; `changed` is added to its hash, as an edit of a file would."""
    text = "\n".join(sentence for _, sentence in _SENTENCES.values())
    passages = []
    for number, (passage_id, (voice, sentence)) in enumerate(_SENTENCES.items(), start=1):
        start = text.index(sentence)
        span = Span("menu", start, start + len(sentence))
        speaker = None if voice == CONTEXT else f"the {voice} drinkers"
        passages.append(
            Passage(passage_id, span, number, sentence, voice, Mode.INDIRECT, speaker, None, ("drinks",), None)
        )
    asked = tuple(Question(asked, intent, "plain", gold) for asked, intent, gold in _QUESTIONS) if questions else ()
    return Pack(
        id="drinks",
        title="Drinks",
        motion="Tea is better than coffee",
        sha256=hashlib.sha256(f"drinks {questions} {changed}".encode()).hexdigest(),
        sides=(
            Side("tea", "Tea", "Tea", "🍵", "#00AA00", ("tea",)),
            Side("coffee", "Coffee", "Coffee", "☕", "#884400", ("coffee",)),
        ),
        topics=(Topic("drinks", "Drinks", "Is tea better than coffee?"),),
        articles=(Article("menu", "Menu", None, None, None, hashlib.sha256(text.encode()).hexdigest(), text),),
        passages=tuple(passages),
        parallels=(),
        questions=asked,
        statements=(),
        dialogues=(),
        wording=WORDING,
    )


def answered_by_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have indexes built that answer by their examples, however few, as those of packs with enough of them do."""
    monkeypatch.setattr("embeddings.learnt.trust.ENOUGH", 1)
    monkeypatch.setattr("embeddings.learnt.gate.Gatekeeper.points", lambda *_: np.zeros(1))
