"""A handout: for each topic a sheet with a question, what each side says, and what the hard words mean.

Every quote is whole and verified.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.prompt import DiscussionPrompt, FollowUp, Kind, draw_prompts, frame_of, topic_named, topics_of
from bot.quote.rules import phrases as wording
from bot.quote.rules.composition import first_side, order_from, quote_of, without_repeats
from bot.quote.rules.points import certain_hit, introduces
from bot.quote.rules.verification import fault_of
from knowledge.errors import Fault, Message
from knowledge.model import CONTEXT, Article, Mode, Pack, Passage, PromptFrame, Term, Topic
from knowledge.reading.glossary import terms_in
from knowledge.reading.questions import BEST

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.quote.rules.quote import Quote

QUOTES_A_SIDE: Final = 3
QUOTES_OF_THE_WRITER: Final = 1

_MODES: Final = tuple(Mode)
"""From a speaker's own words to what is only told about them."""

_BALANCE: Final = 2
"""How many times as many characters as another side a side may fill, if leaving out quotes can achieve it."""


class Paper(Enum):
    """What a handout is printed on; the value is what CSS calls it."""

    A4 = "A4"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class HandoutOptions:
    """How a handout is set: for readers who need large letters or wide-spaced ones, and for which paper.

    `notes` puts three slides on a page of paper, with lines to write on beside them.
    """

    large_print: bool = False
    dyslexia: bool = False
    paper: Paper = Paper.A4
    notes: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A quote on a sheet, with its number there (from 1)."""

    number: int
    quote: Quote


@dataclass(frozen=True, slots=True)
class Column:
    """What one voice, a side or the writer, says on a sheet.

    `gap` states a side's silence, None when it is quoted; `left_out` counts the pack's further quotes on the topic.
    """

    voice: str
    name: str
    short_name: str
    entries: tuple[Entry, ...]
    gap: Message | None
    left_out: int


@dataclass(frozen=True, slots=True)
class Source:
    """An article that a sheet quotes, with its letter there (A, B, …)."""

    letter: str
    article: Article


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is handed out on one topic: `columns` of the sides in their order, and the reading `level` of the quotes."""

    topic: str
    name: str
    question: str
    columns: tuple[Column, ...]
    writer: Column
    follow_ups: tuple[FollowUp, ...]
    further: tuple[str, ...]
    words: tuple[Term, ...]
    sources: tuple[Source, ...]
    level: ReadingLevel | None

    @property
    def spoken(self) -> tuple[Column, ...]:
        """The columns with quotes, the writer's last."""
        return tuple(column for column in (*self.columns, self.writer) if column.entries)

    def letter_of(self, article_id: str) -> str:
        """Return the letter of an article that is quoted (KeyError)."""
        return {source.article.id: source.letter for source in self.sources}[article_id]


@dataclass(frozen=True, slots=True)
class Handout:
    """The sheets on some topics of a pack, in the order requested."""

    title: str
    sheets: tuple[Sheet, ...]


def shared_topics(pack: Pack) -> tuple[str, ...]:
    """Return the ids of the topics on which every side is quoted, in the pack's order."""
    spoken = {(topic, passage.voice) for passage in pack.passages for topic in passage.topics}
    framed = topics_of(pack)
    return tuple(
        topic.id
        for topic in pack.topics
        if topic.id in framed or all((topic.id, side) in spoken for side in pack.side_ids)
    )


def handout_of(
    pack: Pack,
    topics: Sequence[str],
    *,
    seed: int | None = None,
    questions: int = 1,
    excluding: Collection[str] = (),
) -> Handout:
    """Return the handout on topics, named by id or by name in any case; without topics, on all shared ones.

    With a `seed`, its questions are those that a lesson draws with it: one on each topic, or without topics as many as
    `questions` says. `excluding` are ids of passages that must not be quoted. Raises UserError for an unknown
    topic and for one without prompts, Fault for a quote that is not in its article.
    """
    chosen = tuple(dict.fromkeys(topic_named(pack, topic) for topic in topics))
    if seed is None:
        sheets = [_sheet(pack, pack.topic(topic), excluding) for topic in chosen or shared_topics(pack)]
        return Handout(pack.title, tuple(sheets))
    drawn = [
        prompt
        for topic in chosen or (None,)
        for prompt in draw_prompts(pack, topic=topic, count=1 if chosen else questions, seed=seed, unquoted=excluding)
    ]
    return Handout(pack.title, tuple(_sheet(pack, pack.topic(prompt.topic), excluding, prompt) for prompt in drawn))


def _sheet(pack: Pack, topic: Topic, excluding: Collection[str], prompt: DiscussionPrompt | None = None) -> Sheet:
    """Return a topic's sheet, on the question of a drawn prompt or (None) on the topic's first one."""
    frames = [frame for frame in pack.prompts if frame.topic == topic.id]
    if prompt is not None:
        frames.sort(key=lambda frame: frame.id != frame_of(prompt.id))
    question = frames[0].question if frames else topic.question
    order = order_from(pack, first_side(pack, question, None))
    graded = dict(frames[0].gold if frames else _answering(pack, question))
    if prompt is not None:
        # What is on the screen comes first on paper.
        graded |= {quote.passage_id: BEST + 1 for quote in prompt.quotes.values()}
    considered = [passage for passage in pack.passages if passage.id not in excluding]
    considered = [passage for passage in considered if topic.id in passage.topics or passage.id in graded]
    ranked = {voice: _ranked(pack, considered, voice, graded) for voice in (*order, CONTEXT)}
    kept = _kept({side: ranked[side] for side in order}) | {CONTEXT: ranked[CONTEXT][:QUOTES_OF_THE_WRITER]}
    numbers = iter(range(1, 1 + sum(map(len, kept.values()))))
    columns = [
        Column(
            voice,
            *_names_of(pack, voice),
            tuple(Entry(next(numbers), quote) for quote in kept[voice]),
            None if kept[voice] or voice == CONTEXT else wording.gap(pack.side(voice)),
            len(ranked[voice]) - len(kept[voice]),
        )
        for voice in (*order, CONTEXT)
    ]
    quotes = list(chain.from_iterable(kept.values()))
    texts = [quote.text for quote in quotes]
    articles = dict.fromkeys(quote.citation.article_id for quote in quotes)
    return Sheet(
        topic=topic.id,
        name=topic.name,
        question=question,
        columns=tuple(columns[:-1]),
        writer=columns[-1],
        follow_ups=_follow_ups(frames) if prompt is None else prompt.follow_ups,
        further=tuple(frame.question for frame in frames[1:]),
        words=terms_in(pack.glossary, [question, *texts]),
        sources=tuple(Source(chr(ord("A") + at), pack.article(article)) for at, article in enumerate(articles)),
        level=reading_level(texts),
    )


def _answering(pack: Pack, question: str) -> Mapping[str, int]:
    """Return the grades of the passages that answer a topic's own question, as far as it is one of the examples."""
    return next((example.gold for example in pack.questions if example.text == question), {})


def _ranked(pack: Pack, considered: Sequence[Passage], voice: str, graded: Mapping[str, int]) -> list[Quote]:
    """Return one voice's quotes, each statement once: answers to the question first, then own words before reported."""

    def rank(passage: Passage) -> tuple[int, bool, int]:
        # A passage that only announces a list of points says least by itself.
        return -graded.get(passage.id, 0), introduces(pack, passage.id), _MODES.index(passage.mode)

    passages = sorted((passage for passage in considered if passage.voice == voice), key=rank)
    hits = without_repeats(pack, [certain_hit(passage.id, voice) for passage in passages])
    quotes = [quote_of(pack, hit) for hit in hits]
    for quote in quotes:
        fault = fault_of(pack, quote, voice)
        if fault is not None:
            raise Fault(fault)
    return quotes


def _kept(ranked: Mapping[str, Sequence[Quote]]) -> dict[str, list[Quote]]:
    """Return each side's first few quotes, so many that no side fills much more of the sheet than another."""
    kept = {side: list(quotes[:QUOTES_A_SIDE]) for side, quotes in ranked.items()}
    if all(kept.values()):  # next to a silent side nothing is too long
        shortest = min(map(_length, kept.values()))
        for quotes in kept.values():
            while len(quotes) > 1 and _length(quotes) > _BALANCE * shortest:
                quotes.pop()
    return kept


def _length(quotes: Sequence[Quote]) -> int:
    return sum(len(quote.text) for quote in quotes)


def _names_of(pack: Pack, voice: str) -> tuple[str, str]:
    if voice == CONTEXT:
        return "The writer (on no side)", "The writer"
    side = pack.side(voice)
    return side.name, side.short_name


def _follow_ups(frames: Sequence[PromptFrame]) -> tuple[FollowUp, ...]:
    """Return one open question of each kind on the question of the sheet."""
    if not frames:
        return ()
    kinds = {
        Kind.EVIDENCE: frames[0].evidence,
        Kind.PERSPECTIVE: frames[0].perspective,
        Kind.PERSONAL: frames[0].personal,
    }
    return tuple(FollowUp(kind, questions[0]) for kind, questions in kinds.items())


_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END: Final = re.compile(r"[.!?…]+[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z])")
_VOWELS: Final = re.compile(r"[aeiouy]+")
_PARTED: Final = re.compile(
    r"(?<![tscgln])i[ao]|gian|(?<=[tc])ia(?=te|n?$|ns$|ti)|(?<![tc])ien[ct]|(?<!t)iet|iu|(?<![gq])ua|ea(?=t[ei]|li)|deas?$"
    r"|react|eo(?!us|ple|n$)|[aeo]ing|yi|yone|[aeo]y(?=[aou]|er)|suic|[sd]n't$|(?:is|th)ms?$"
)
"""Neighbouring vowels that are spoken separately, and endings that are spoken with a vowel they do not have."""
_SILENT: Final = re.compile(
    r"(?<=[^aeiouy])e$|(?<=[aiouy])[lr]e$|(?<=[^aeiouyszxc])(?<!sh|ch|[^r]g)es$|(?<=[^aeioutdy])ed$"
    r"|(?<=[^aeiou])e(?=ment|ful|less|ly$|book|body|thing|where|one$|how|time|line|ball)|busi(?=ness)|(?<=ev)e(?=ry|ni)"
)
"""A silent e or i."""
_SPOKEN_LE: Final = re.compile(r"[^aeiouylr]les?$")

_BANDS: Final = (
    (90.0, "very easy"),
    (80.0, "easy"),
    (70.0, "fairly easy"),
    (60.0, "standard"),
    (50.0, "fairly difficult"),
    (30.0, "difficult"),
)
"""Flesch's words, each with the lowest reading ease it covers."""
_HARDEST: Final = "very difficult"


@dataclass(frozen=True, slots=True)
class ReadingLevel:
    """How hard a text is: Flesch's reading ease, from 100 (easy) down past 0, and the US school grade it suits.

    Sources: R. Flesch, "A new readability yardstick" (1948); J. P. Kincaid and others, "Derivation of new readability
    formulas" (1975). Syllables are counted from the letters: a word may come out one off.
    """

    words: int
    sentences: int
    syllables: int
    ease: float
    grade: float

    @property
    def band(self) -> str:
        """Flesch's words for the reading ease."""
        return next((name for least, name in _BANDS if self.ease >= least), _HARDEST)


def reading_level(texts: Sequence[str]) -> ReadingLevel | None:
    """Measure texts as one, each of at least one sentence; None without a word. Numbers do not count as words."""
    spoken = [text for text in texts if _WORD.search(text)]
    if not spoken:
        return None
    words = [word for text in spoken for word in _WORD.findall(text)]
    sentences = sum(1 + len(_SENTENCE_END.findall(text)) for text in spoken)
    syllables = sum(map(syllables_in, words))
    length, weight = len(words) / sentences, syllables / len(words)
    ease = 206.835 - 1.015 * length - 84.6 * weight
    grade = 0.39 * length + 11.8 * weight - 15.59
    return ReadingLevel(len(words), sentences, syllables, ease, grade)


def syllables_in(word: str) -> int:
    """Count the syllables of an English word from its letters, at least one."""
    letters = word.casefold().replace("’", "'").removesuffix("'s")
    groups = len(_VOWELS.findall(letters)) + len(_PARTED.findall(letters)) - len(_SILENT.findall(letters))
    return max(1, groups + bool(_SPOKEN_LE.search(letters)))
