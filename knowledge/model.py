"""The things a pack is made of: sides, articles, passages, what people ask and say, hard words, prompts."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from knowledge.dialogues import Dialogue, Turn  # noqa: TC001 - the codec reads the annotations
from knowledge.formats import Format  # noqa: TC001 - the same
from knowledge.sparring import Claim, Sparring  # noqa: TC001 - the same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

ENGLISH: Final = "en"
"""The language of a pack that names none."""

CONTEXT: Final = "context"
"""The voice of the writer of an article: no side's."""

RESERVED: Final = frozenset({CONTEXT, "all", "undecided", "topic", "relation"})
"""What no side may be called: it means something else where a side's id could stand."""

_WORD: Final = re.compile(r"[^\W_]+")
_CARELESS: Final = frozenset({"misspelt", "slang", "nonnative"})
"""Kinds of questions whose spelling proves nothing."""

_TWICE: Final = 2
"""Questions that a word must stand in, for one alone may be a slip."""

_OFTEN: Final = 5
"""Questions that a word must stand in before it counts as asked about."""

_SELDOM: Final = 0.1
"""Share of a word's questions that may be answered while it still counts as asked about in vain."""


class Mode(Enum):
    """How a speaker's words reached the article."""

    DIRECT = "direct"
    """In the speaker's own words."""
    INDIRECT = "indirect"
    """Reported by the writer."""
    NARRATED = "narrated"
    """Told by the writer, without a report of what was said."""


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range [start, end) of an article's text, in Unicode code points from 0."""

    article_id: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"{self.article_id}: bad span {self.start}..{self.end}")

    def overlaps(self, other: Span) -> bool:
        """Return whether the two ranges share a character of the same article."""
        return self.article_id == other.article_id and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Side:
    """A position in the controversy. `aliases` are the words by which people name it, best known first."""

    id: str
    name: str
    short_name: str
    emoji: str
    colour: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading for passages; `question` is one that the passages under it answer."""

    id: str
    name: str
    question: str


@dataclass(frozen=True)
class Article:
    """A source document, exactly as published; unknown facts about it are None.

    `sha256` is that of the file's bytes. Every line of more than white space is a paragraph, counted from 1, the title
    included.
    """

    id: str
    title: str
    author: str | None
    published: str | None
    publisher: str | None
    sha256: str
    text: str

    @cached_property
    def paragraphs(self) -> tuple[Span, ...]:
        """The paragraphs, without the white space around them."""
        spans: list[Span] = []
        offset = 0
        for line in self.text.split("\n"):
            if stripped := line.strip():
                start = offset + line.index(stripped)
                spans.append(Span(self.id, start, start + len(stripped)))
            offset += len(line) + 1
        return tuple(spans)

    def paragraph_number(self, span: Span) -> int:
        """Return the number (from 1) of the paragraph that holds the whole span; ValueError when none does."""
        for number, paragraph in enumerate(self.paragraphs, start=1):
            if paragraph.start <= span.start and span.end <= paragraph.end:
                return number
        raise ValueError(f"{self.id}: span {span.start}..{span.end} does not lie inside one paragraph")


@dataclass(frozen=True, slots=True)
class Passage:
    """The retrievable unit: one voice, one to three sentences, inside one paragraph.

    `voice` is a side's id or CONTEXT; `speaker` and `cue` are None where the writer speaks. `point` is the number in a
    numbered rebuttal, None elsewhere. `text` equals the article's text over `span`. `core`: it carries its first topic.
    """

    id: str
    span: Span
    paragraph: int
    text: str
    voice: str
    mode: Mode
    speaker: str | None
    cue: str | None
    topics: tuple[str, ...]
    point: int | None
    core: bool = False

    @property
    def fingerprint(self) -> str:
        """The hash of what an encoder sees of the passage: equal texts need no second encoding."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Parallel:
    """Two passages of different articles that carry one statement; `difference` says what only one of them gives."""

    passages: tuple[str, str]
    difference: str | None


OUTSIDE: Final = "outside"
"""The kind of questions that people wrote who knew neither the articles nor the other examples."""


@dataclass(frozen=True, slots=True)
class Question:
    """An example of what people ask, with the passages that answer it.

    `gold` maps a passage's id to its grade: 2 best, 1 acceptable. Nothing in it: nobody answers the question.
    `intent` is the id of the group of questions with the same meaning; `kind` is how it is asked.
    """

    text: str
    intent: str
    kind: str
    gold: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """An example of what people claim, with what the other sides hold against it.

    `stance` is the id of the side that it is closest to, None for a claim that is no side's. `gold` maps the ids of
    opposing sides' passages to their grades: 2 speaks directly against the claim, 1 is still a fair reply to it.
    """

    text: str
    stance: str | None
    gold: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Term:
    """A hard word and what it means. `forms` are the ways in which it is written in texts, whatever the case."""

    term: str
    means: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromptFrame:
    """A neutral yes-or-no question on a topic, with its evidence and open follow-up questions by their kind.

    `gold` grades passages of every side: 2 speaks to the very question, 1 is still fair evidence. `claim` answers it
    with yes, so that it can be debated; None for a question that is not offered as a motion.
    """

    id: str
    topic: str
    question: str
    gold: Mapping[str, int]
    evidence: tuple[str, ...]
    perspective: tuple[str, ...]
    personal: tuple[str, ...]
    claim: str | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a pack.

    `written` stand in passages; `known` are rightly spelt; `told` stand in passages or answered questions; `vain` are
    asked about often and hardly ever answered; `names` always have a capital inside a passage.
    """

    written: frozenset[str]
    known: frozenset[str]
    told: frozenset[str]
    vain: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, passages: Iterable[Passage], questions: Iterable[Question]) -> Lexicon:
        """Collect the words of passages and questions."""
        written: set[str] = set()
        inside: set[str] = set()
        for passage in passages:
            words = _WORD.findall(passage.text)
            written.update(words)
            inside.update(words[1:])
        asked: Counter[str] = Counter()
        spelt: Counter[str] = Counter()
        answered: Counter[str] = Counter()
        for question in questions:
            used = set(_WORD.findall(question.text.lower()))
            asked.update(used)
            if question.kind not in _CARELESS:
                spelt.update(used)
            if question.gold:
                answered.update(used)
        folded = {word.lower() for word in written}
        return cls(
            written=frozenset(folded),
            known=frozenset(folded | {word for word, uses in spelt.items() if uses >= _TWICE}),
            told=frozenset(folded | {word for word, uses in answered.items() if uses >= _TWICE}),
            vain=frozenset(
                word
                for word, uses in asked.items()
                if uses >= _OFTEN and answered[word] <= _SELDOM * uses and word not in folded
            ),
            names=frozenset(word.lower() for word in inside if word[0].isupper() and word.lower() not in written),
        )


@dataclass(frozen=True, slots=True)
class Wording:
    """How people write and judge, in lower case.

    Short forms with their meanings, beginnings of opinion words, and what is said around a question for politeness.
    """

    short_forms: Mapping[str, str]
    accusing: tuple[str, ...]
    praising: tuple[str, ...]
    polite: frozenset[str] = frozenset()


NO_WORDING: Final = Wording(MappingProxyType({}), (), ())


@dataclass(frozen=True, repr=False)
class Pack:
    """A folder of knowledge about one controversy, proven whole.

    `sha256` covers every file that answers depend on: not the dialogues, formats, glossary and prompts. `language` is
    the code of the one that the articles are in (ISO 639-1).
    """

    id: str
    title: str
    motion: str
    sha256: str
    sides: tuple[Side, ...]
    topics: tuple[Topic, ...]
    articles: tuple[Article, ...]
    passages: tuple[Passage, ...]
    parallels: tuple[Parallel, ...]
    questions: tuple[Question, ...]
    statements: tuple[Statement, ...]
    dialogues: tuple[Dialogue, ...] = ()
    turns: tuple[Turn, ...] = ()
    claims: tuple[Claim, ...] = ()
    sparrings: tuple[Sparring, ...] = ()
    moves: tuple[Turn, ...] = ()
    wording: Wording = NO_WORDING
    formats: tuple[Format, ...] = ()
    glossary: tuple[Term, ...] = ()
    prompts: tuple[PromptFrame, ...] = ()
    language: str = ENGLISH

    def __repr__(self) -> str:
        """Name it: asyncio writes out what a task came to when it ends, and all of a pack would be 50 MB in memory."""
        return f"Pack({self.id!r})"

    @cached_property
    def side_ids(self) -> tuple[str, ...]:
        """The ids of the sides, in the pack's order."""
        return tuple(side.id for side in self.sides)

    @cached_property
    def passage_ids(self) -> frozenset[str]:
        """The ids of all passages."""
        return frozenset(self._passages)

    @cached_property
    def taught(self) -> frozenset[str]:
        """The ids of the passages that answer at least one example question."""
        return frozenset(passage_id for question in self.questions for passage_id in question.gold)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words that the pack holds."""
        return Lexicon.of(self.passages, self.questions)

    @cached_property
    def _sides(self) -> dict[str, Side]:
        return {side.id: side for side in self.sides}

    @cached_property
    def _topics(self) -> dict[str, Topic]:
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def _articles(self) -> dict[str, Article]:
        return {article.id: article for article in self.articles}

    @cached_property
    def _passages(self) -> dict[str, Passage]:
        return {passage.id: passage for passage in self.passages}

    @cached_property
    def _voices(self) -> dict[str, tuple[Passage, ...]]:
        voices = dict.fromkeys(passage.voice for passage in self.passages)
        return {voice: tuple(passage for passage in self.passages if passage.voice == voice) for voice in voices}

    @cached_property
    def _parallels(self) -> dict[str, tuple[tuple[Passage, str | None], ...]]:
        found: dict[str, tuple[tuple[Passage, str | None], ...]] = {}
        for parallel in self.parallels:
            for own in dict.fromkeys(parallel.passages):
                others = ((self.passage(id_), parallel.difference) for id_ in parallel.passages if id_ != own)
                found[own] = (*found.get(own, ()), *others)
        return found

    def side(self, side_id: str) -> Side:
        """Look a side up by its id (KeyError)."""
        return self._sides[side_id]

    def topic(self, topic_id: str) -> Topic:
        """Look a topic up by its id (KeyError)."""
        return self._topics[topic_id]

    def article(self, article_id: str) -> Article:
        """Look an article up by its id (KeyError)."""
        return self._articles[article_id]

    def passage(self, passage_id: str) -> Passage:
        """Look a passage up by its id (KeyError)."""
        return self._passages[passage_id]

    def of_voice(self, voice: str) -> tuple[Passage, ...]:
        """Return the passages of one voice, in the order of the pack."""
        return self._voices.get(voice, ())

    def parallels_of(self, passage_id: str) -> tuple[tuple[Passage, str | None], ...]:
        """Return the passages that carry the same statement, each with the difference in substance, if any."""
        return self._parallels.get(passage_id, ())


def once_a_pack(make: Callable[[Pack], T]) -> Callable[[Pack], T]:
    """Have something made of each pack only once: it is kept with the pack, as a cached property is."""
    name = f"{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def made(pack: Pack) -> T:
        kept = vars(pack)
        if name not in kept:
            kept[name] = make(pack)
        found: T = kept[name]
        return found

    return made
