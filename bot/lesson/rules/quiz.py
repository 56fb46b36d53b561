"""A quiz: who said it? Quotes with their speaker hidden, drawn from a seed, and how people answered.

The pack says what names a side: its names and aliases, the speakers, and the cues that tell a reader who speaks.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.quote.rules.composition import quote_of
from bot.quote.rules.points import certain_hit
from bot.quote.rules.verification import fault_of
from knowledge.errors import Fault, Message, UserError
from knowledge.model import CONTEXT, Mode, Pack, Passage
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from bot.quote.rules.quote import Quote

MOST_ITEMS: Final = 20
"""Items in one quiz: as many as a class does in half an hour."""

MASK: Final = "[…]"

_LEAST_SHARE: Final = 0.5
"""Share of its letters that a masked quote must keep to be worth asking about."""
_LEAST_WORDS: Final = 4

_WORD: Final = re.compile(r"\w+")
_QUOTED: Final = {"“": "”", "‘": "’", '"': '"'}
"""Opening quotation marks with the closing ones."""


@dataclass(frozen=True, slots=True)
class QuizItem:
    """One question of a quiz; `number` counts from 1.

    `options` are the ids of the sides, and CONTEXT for the writer; `answer` is one of them. `masked` is the text of
    `quote` with its speaker hidden.
    """

    number: int
    passage: str
    masked: str
    options: tuple[str, ...]
    answer: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class ItemResult:
    """How often each option of an item was chosen, in the item's order; empty where that is kept back."""

    item: QuizItem
    chosen: Mapping[str, int]

    @property
    def answered(self) -> int:
        """How many people chose anything."""
        return sum(self.chosen.values())

    @property
    def right(self) -> int:
        """How many people were right."""
        return self.chosen.get(self.item.answer, 0)

    @property
    def share(self) -> float | None:
        """Percentage of the answers that were right (0..100); None without answers."""
        return 100 * self.right / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class Score:
    """How many items a person answered, and how many of them correctly."""

    right: int
    answered: int


@dataclass(frozen=True, slots=True)
class QuizResult:
    """The items of a quiz, most missed first and those without answers last, and scores by person or rank."""

    items: tuple[ItemResult, ...]
    scores: Mapping[str, Score]

    @property
    def share(self) -> float | None:
        """Percentage of all answers that were right (0..100); None without answers."""
        answered = sum(result.answered for result in self.items)
        return 100 * sum(result.right for result in self.items) / answered if answered else None

    @property
    def missed(self) -> tuple[ItemResult, ...]:
        """The items that somebody got wrong."""
        return tuple(result for result in self.items if result.right < result.answered)

    @property
    def is_kept_back(self) -> bool:
        """Whether nothing can be told, as so few answered."""
        return self.share is None and any(not result.chosen for result in self.items)


def quiz_topics(pack: Pack, excluding: Collection[str] = ()) -> tuple[str, ...]:
    """Return the ids of the topics on which quotes of at least two voices can be asked about."""
    return tuple(
        topic.id
        for topic in pack.topics
        if len({passage.voice for passage in _askable(pack, (topic.id,), excluding)}) > 1
    )


def draw_quiz(
    pack: Pack, *, topics: Collection[str] = (), count: int, seed: int, excluding: Collection[str] = ()
) -> tuple[QuizItem, ...]:
    """Draw `count` items, or as many as there are, on some topics or on all; the same seed gives the same quiz.

    Voices and topics take turns as far as there are quotes. What an article only tells about a side comes after what
    the side said. Of passages with the same statement only one is drawn, and none if `excluding` (ids of passages)
    names one of them.

    Raises UserError for an unknown topic, for topics with fewer than two voices, and for a count outside 1..MOST_ITEMS.
    """
    if not 1 <= count <= MOST_ITEMS:
        raise UserError("a quiz has 1 to {most} quotes, not {count}", most=MOST_ITEMS, count=count)
    known = [topic.id for topic in pack.topics]
    for topic in topics:
        if topic not in known:
            raise UserError("there is no topic {name}{hint}", name=quoted(topic), hint=hint(topic, known))
    askable = _askable(pack, topics, excluding)
    if len({passage.voice for passage in askable}) < 2:  # noqa: PLR2004 - there must be something to tell apart
        others = quiz_topics(pack, excluding)
        if not others:
            raise UserError("no topic has quotes of two voices left, so a quiz has nothing to ask")
        raise UserError(
            "there are no quotes of two voices on {topics}, so there is nothing to tell apart: add one of {others}",
            topics=tuple(map(quoted, topics)) or Message("any topic"),
            others=others,
        )
    drawn = _drawn(pack, sorted(askable, key=lambda passage: _lot(seed, passage.id)), count, seed)
    # They were drawn voice by voice, so that order would give the answers away.
    in_order = sorted(drawn, key=lambda passage: _lot(seed, f"{passage.id} in order"))
    return tuple(quiz_item(pack, passage.id, number) for number, passage in enumerate(in_order, start=1))


def quiz_item(pack: Pack, passage_id: str, number: int) -> QuizItem:
    """Return the item that asks about a passage.

    Raises KeyError if the pack does not have the passage, Fault if the quote is not what its article says.
    """
    passage = pack.passage(passage_id)
    quote = quote_of(pack, certain_hit(passage.id, passage.voice))
    fault = fault_of(pack, quote, passage.voice)
    if fault is not None:
        raise Fault(fault)
    return QuizItem(number, passage.id, masked(pack, passage), _options(pack), passage.voice, quote)


def result_of(items: Sequence[QuizItem], choices: Mapping[str, Mapping[int, str]]) -> QuizResult:
    """Count what people chose; `choices` maps each person to the options chosen, by the numbers of items.

    Raises ValueError for an option or an item that is not in the quiz.
    """
    by_number = {item.number: item for item in items}
    chosen = {item.number: dict.fromkeys(item.options, 0) for item in items}
    scores = {}
    for person, answers in sorted(choices.items()):
        for number, option in answers.items():
            if option not in chosen.get(number, ()):
                raise ValueError(f"item {number} of the quiz cannot be answered with {option!r}")
            chosen[number][option] += 1
        right = sum(option == by_number[number].answer for number, option in answers.items())
        scores[person] = Score(right, len(answers))
    return QuizResult(most_missed_first(ItemResult(item, chosen[item.number]) for item in items), scores)


def most_missed_first(results: Iterable[ItemResult]) -> tuple[ItemResult, ...]:
    """Sort results by the share of right answers, ties in the order of the quiz, unanswered items last."""

    def missed(result: ItemResult) -> tuple[float, int]:
        return (101.0 if result.share is None else result.share, result.item.number)

    return tuple(sorted(results, key=missed))


def masked(pack: Pack, passage: Passage) -> str:
    """Return a passage's text with MASK for whatever tells who speaks; all other characters are the article's."""
    pieces = []
    at = 0
    for start, end in _hidden(pack, passage):
        pieces += [passage.text[at:start], MASK]
        at = end
    return "".join((*pieces, passage.text[at:]))


def says_enough(pack: Pack, passage: Passage) -> bool:
    """Return whether a passage still says enough once masked to guess its speaker."""
    left = masked(pack, passage).replace(MASK, " ")
    return len(_WORD.findall(left)) >= _LEAST_WORDS and _letters(left) >= _LEAST_SHARE * _letters(passage.text)


def _letters(text: str) -> int:
    return sum(map(len, _WORD.findall(text)))


def _options(pack: Pack) -> tuple[str, ...]:
    return (*pack.side_ids, CONTEXT)


def _askable(pack: Pack, topics: Collection[str], excluding: Collection[str]) -> list[Passage]:
    """Return the passages on the topics, or on any, that say enough masked and repeat no excluded passage.

    Whoever speaks on no side, and is not the writer, is no option.
    """
    excluded = frozenset(excluding)
    return [
        passage
        for passage in pack.passages
        if (not topics or not set(topics).isdisjoint(passage.topics))
        and not (passage.voice == CONTEXT and passage.speaker)
        and excluded.isdisjoint(_alike(pack, passage))
        and says_enough(pack, passage)
    ]


def _alike(pack: Pack, passage: Passage) -> frozenset[str]:
    """Return the ids of a passage and of all that carry the same statement."""
    return frozenset((passage.id, *(other.id for other, _ in pack.parallels_of(passage.id))))


def _lot(seed: int, name: str) -> bytes:
    """Draw a lot for a name: the same on every machine and in every version of Python."""
    return hashlib.sha256(f"{seed} {name}".encode()).digest()


def _drawn(pack: Pack, pool: Sequence[Passage], count: int, seed: int) -> list[Passage]:
    """Draw from a pool in its order: voices take turns, and the topic least asked about comes first."""
    left = {voice: [passage for passage in pool if passage.voice == voice] for voice in _options(pack)}
    turns = sorted(left, key=lambda voice: _lot(seed, f"{voice} begins"))
    drawn: list[Passage] = []
    asked = Counter[str]()

    def rank(passage: Passage) -> tuple[bool, int]:
        told_only = passage.voice != CONTEXT and passage.mode is Mode.NARRATED
        return (told_only, sum(asked[topic] for topic in passage.topics))

    while any(left.values()):
        for voice in turns:
            if len(drawn) == count:
                return drawn
            if not left[voice]:
                continue
            passage = min(left[voice], key=rank)
            drawn.append(passage)
            asked.update(passage.topics)
            alike = _alike(pack, passage)
            for side, others in left.items():
                left[side] = [other for other in others if other.id not in alike]
    return drawn


def _hidden(pack: Pack, passage: Passage) -> Iterator[tuple[int, int]]:
    """Return the half-open ranges to hide, in order, adjacent ones joined."""
    text = passage.text
    found = [match.span() for name in _names(pack) for match in name.finditer(text)]
    if passage.cue:
        found += [match.span() for match in re.finditer(re.escape(passage.cue), text)]
    start = end = 0
    for here in sorted(_with_marks(text, *span) for span in found):
        if start < end and (here[0] <= end or text[end : here[0]].isspace()):
            end = max(end, here[1])
            continue
        if start < end:
            yield start, end
        start, end = here
    if start < end:
        yield start, end


def _with_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """Include the quotation marks around a range that fills them, such as a title."""
    if start and _QUOTED.get(text[start - 1]) == text[end : end + 1]:
        return start - 1, end + 1
    return start, end


def _names(pack: Pack) -> tuple[re.Pattern[str], ...]:
    sides = (name for side in pack.sides for name in (side.name, side.short_name, *side.aliases))
    speakers = (passage.speaker for passage in pack.passages if passage.speaker)
    return _patterns(tuple(dict.fromkeys((*sides, *speakers, pack.title))))


@lru_cache(maxsize=8)
def _patterns(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w){_spelt(name)}(?!\w)", re.IGNORECASE) for name in names)


def _spelt(name: str) -> str:
    """Return a name as a pattern, with any white space and apostrophe, and in the plural too.

    The s of a genitive stays visible, for it tells nothing.
    """
    words = [re.sub("['’]", "['’]", re.escape(word)) for word in name.split()]
    words[-1] = f"{words[-1][:-1]}(?:y|ies)" if words[-1].endswith("y") else f"{words[-1]}(?:e?s)?"
    return r"\s+".join(words)
