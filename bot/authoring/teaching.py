"""Example questions taught one by one: what is asked, what may answer, and each answer written down at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.authoring.example_answers import Example
from bot.authoring.files import write_whole
from bot.authoring.learning import HEAD, intents
from embeddings.index.collection import bare, ranked
from embeddings.learnt.expansion import Expansion
from knowledge.errors import UserError
from knowledge.model import Question
from knowledge.reading.questions import FILE, as_compared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from embeddings.encoders.reference import Encoder
    from embeddings.index.collection import Collection
    from knowledge.model import Pack, Passage

CANDIDATES: Final = 9
"""Quotes that are shown for a question, one for each figure key."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to be answered by a person, and where it is from, in words."""

    text: str
    origin: str


def questions_for(pack: Pack, logged: Iterable[Asked]) -> Iterator[Asked]:
    """Yield what to ask: what is logged, then questions made from topics and passages; nothing that is known twice.

    Passages that no example teaches come before the others.
    """
    known = {as_compared(question.text) for question in pack.questions}
    for asked in (*logged, *_made(pack)):
        compared = as_compared(asked.text)
        if compared and compared not in known:
            known.add(compared)
            yield replace(asked, text=" ".join(asked.text.split()))


def _made(pack: Pack) -> Iterator[Asked]:
    for topic in pack.topics:
        yield Asked(topic.question, f"the topic {topic.name}")
        for side in pack.sides:
            if any(topic.id in passage.topics for passage in pack.of_voice(side.id)):
                yield Asked(f"What would {side.short_name} say about {topic.name}?", f"the topic {topic.name}")
    for passage in sorted(pack.passages, key=lambda passage: passage.id in pack.taught):
        for text in Expansion.of(pack, passage).questions[-2:-1]:
            yield Asked(text, "a passage")


@dataclass(frozen=True)
class Candidates:
    """Finds passages that may answer a question, by words and meaning alone."""

    pack: Pack
    collection: Collection
    encoder: Encoder

    def for_question(self, text: str) -> list[Passage]:
        """Return the best passages of every voice in turns, the likeliest first."""
        question = bare(text)
        (scores,) = self.collection.scores([question], self.encoder.encode([question]))
        voices = np.array([passage.voice for passage in self.pack.passages])
        places = (np.flatnonzero(voices == voice) for voice in dict.fromkeys(voices.tolist()))
        by_voice = [own[ranked(scores[own], CANDIDATES)].tolist() for own in places]
        chosen: list[int] = []
        for turn in range(CANDIDATES):
            chosen += [own[turn] for own in by_voice if turn < len(own)]
        best = chosen[:CANDIDATES]
        return [self.pack.passages[place] for place in sorted(best, key=lambda place: -float(scores[place]))]


@dataclass
class Teaching:
    """Writes each example into a pack's questions.toml as it is given, and takes it out again."""

    folder: Path
    pack: Pack
    given: list[tuple[Asked, bytes]] = field(default_factory=list)
    """What was answered here, with the bytes that each added to the file."""

    def teach(self, asked: Asked, passages: Sequence[str]) -> None:
        """Write an example: the passages that answer, none for a question that nobody answers. Raises UserError."""
        (table,) = intents(self.pack, [Example(asked.text, tuple(passages))])
        before = self._content()
        added = f"\n{table}".encode()
        if not before:
            before = HEAD.encode()
        if not before.endswith(b"\n"):
            added = b"\n" + added
        self._write(before + added)
        self.given.append((asked, added))
        # Only the names of intents matter, so that the next one gets another.
        intent = table.split('"', 2)[1]
        self.pack = replace(self.pack, questions=(*self.pack.questions, Question(asked.text, intent, "plain", {})))

    def undo(self) -> Asked:
        """Take the last example out again, and return its question. Raises UserError."""
        if not self.given:
            raise UserError("nothing was answered yet")
        asked, added = self.given[-1]
        content = self._content()
        if not content.endswith(added):
            raise UserError(f"{FILE} was changed meanwhile: take the example out there")
        self._write(content[: -len(added)])
        self.given.pop()
        self.pack = replace(self.pack, questions=self.pack.questions[:-1])
        return asked

    def _content(self) -> bytes:
        try:
            return (self.folder / FILE).read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise UserError(f"{self.folder / FILE} cannot be read ({error.strerror}): see to its rights") from error

    def _write(self, content: bytes) -> None:
        """Write the file in one step; without an example left it goes."""
        path = self.folder / FILE
        if content != HEAD.encode():
            write_whole(path, content)
            return
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise UserError(f"{path} cannot be written ({error.strerror}): make room or see to its rights") from error
