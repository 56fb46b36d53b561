"""Questions that are offered while one is being typed: those of the topics first, then the most common ones."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.model import Pack, Question

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Offering:
    """What can be offered, in the order in which it is; `folded` are the words of each question in lower case."""

    questions: tuple[str, ...]
    folded: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, pack: Pack) -> Offering:
        """Gather the questions of a pack: one for each meaning that has an answer, asked in the plainest way."""
        meanings: dict[str, list[Question]] = defaultdict(list)
        for question in pack.questions:
            if question.gold:
                meanings[question.intent].append(question)
        common = sorted(meanings.values(), key=len, reverse=True)
        plainest = (min(asked, key=lambda question: (question.kind != "plain", len(question.text))) for asked in common)
        texts = [topic.question for topic in pack.topics] + [_sentence(question.text) for question in plainest]
        by_words = {words_of(text): text for text in reversed(texts)}
        kept = tuple(text for text in dict.fromkeys(texts) if by_words[words_of(text)] == text)
        return cls(kept, tuple(words_of(text) for text in kept))

    def matching(self, typed: str, limit: int, longest: int) -> tuple[str, ...]:
        """Return questions of at most `longest` characters in which every word typed begins a word."""
        wanted = words_of(typed)
        found = []
        for question, words in zip(self.questions, self.folded, strict=True):
            if len(question) <= longest and all(any(word.startswith(part) for word in words) for part in wanted):
                found.append(question)
                if len(found) == limit:
                    break
        return tuple(found)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case."""
    return tuple(_WORD.findall(text.casefold()))


def _sentence(text: str) -> str:
    """Write a question with a capital and a question mark, as one would who types with care."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith(("?", ".", "!")) else f"{text}?"
