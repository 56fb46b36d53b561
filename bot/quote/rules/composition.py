"""An answer put together from what was found: which quotes, in which order, with what beside and around them."""

from __future__ import annotations

import hashlib
import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.quote.rules import phrases as wording
from bot.quote.rules.quote import Act, Answer, Block, GapKind, Quote, sources_of
from knowledge.citation import cite
from knowledge.model import CONTEXT, Span, once_a_pack

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from embeddings.hits import Findings, Hit
    from knowledge.model import Article, Pack, Passage


QUOTES_A_SIDE: Final = 2
QUOTES_WITHOUT_SIDES: Final = 4
"""Quotes of an answer from a pack without sides."""
NEAR_QUOTES: Final = 2
"""Quotes of a side that are shown as near where it is unsure whether any answers."""
SUGGESTIONS: Final = 3

_CONSIDERED: Final = 4
"""Hits of a side among which the second quote is chosen, so that the blocks come out of like length."""

_BALANCE: Final = 2.0
"""Most that one block may be longer than another, in characters, where the passages allow it."""


def quote_of(pack: Pack, hit: Hit) -> Quote:
    """Make the quote of a hit, citing other articles with the same statement."""
    made = _made(pack)
    if (quote := made.get(hit.passage_id)) is None:
        made[hit.passage_id] = quote = _quote_of(pack, pack.passage(hit.passage_id), hit.confidence)
    return quote if quote.confidence == hit.confidence else replace(quote, confidence=hit.confidence)


@once_a_pack
def _made(_pack: Pack) -> dict[str, Quote]:
    """Return the quotes that were made of a pack's passages, each with the confidence that came first."""
    return {}


def _quote_of(pack: Pack, passage: Passage, confidence: float) -> Quote:
    parallels = pack.parallels_of(passage.id)
    differences = tuple(difference for _, difference in parallels if difference is not None)
    return Quote(
        passage_id=passage.id,
        text=passage.text,
        citation=cite(pack, passage.span),
        voice=passage.voice,
        mode=passage.mode,
        speaker=passage.speaker,
        confidence=confidence,
        also_in=tuple(cite(pack, other.span) for other, _ in parallels),
        difference="; ".join(differences) or None,
    )


def named_sides(pack: Pack, text: str) -> tuple[str, ...]:
    """List the sides that a text names by one of their aliases, in the order in which they are named."""
    folded = text.casefold()
    found = ((side_id, name.search(folded)) for side_id, name in _names(pack))
    places = {side_id: match.start() for side_id, match in found if match}
    return tuple(sorted(places, key=places.__getitem__))


@once_a_pack
def _names(pack: Pack) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return for each side the pattern of any of its aliases, which finds the first of them in a text."""
    named = ((side.id, "|".join(re.escape(alias.casefold()) for alias in side.aliases)) for side in pack.sides)
    return tuple((side_id, re.compile(rf"(?<!\w)(?:{aliases})(?!\w)")) for side_id, aliases in named if aliases)


def first_side(pack: Pack, question: str, previous: str | None) -> str:
    """Choose the side that stands first.

    In a conversation it is the one after `previous`; a fresh question starts with the side that it names, else with
    one chosen by a hash of its text, so that no side is favoured and the same question looks the same again. A pack
    without sides has "".
    """
    ids = pack.side_ids
    if not ids:
        return ""
    if previous in ids:
        return ids[(ids.index(previous) + 1) % len(ids)]
    named = named_sides(pack, question)
    if len(named) == 1:
        return named[0]
    return ids[hashlib.sha256(question.casefold().encode("utf-8", "replace")).digest()[0] % len(ids)]


def order_from(pack: Pack, first: str) -> tuple[str, ...]:
    """Return all sides' ids, beginning with `first`."""
    ids = pack.side_ids
    at = ids.index(first) if ids else 0
    return ids[at:] + ids[:at]


def without_repeats(pack: Pack, hits: Sequence[Hit]) -> list[Hit]:
    """Drop each hit that carries the same statement as a better one."""
    kept: list[Hit] = []
    for hit in hits:
        same = {other.id for other, _ in pack.parallels_of(hit.passage_id)}
        if not any(earlier.passage_id in same for earlier in kept):
            kept.append(hit)
    return kept


def balanced(pack: Pack, hits: Mapping[str, Sequence[Hit]]) -> dict[str, tuple[Hit, ...]]:
    """Choose up to two hits a side so that the blocks are of like length.

    The best hit of a side is always taken, and a second of the next few as long as no block becomes more than twice as
    long as another; where that cannot be had, the closest choice is taken.
    """
    sides = [side for side in hits if hits[side]]
    options = [
        [
            (hits[side][0], *further)
            for more in range(QUOTES_A_SIDE)
            for further in itertools.combinations(hits[side][1:_CONSIDERED], more)
        ]
        for side in sides
    ]

    def merit(choice: Iterable[tuple[Hit, ...]]) -> tuple[float, int, float]:
        blocks = list(choice)
        lengths = [sum(len(pack.passage(hit.passage_id).text) for hit in block) for block in blocks]
        ratio = max(lengths) / min(lengths)
        quotes = sum(len(block) for block in blocks)
        confidence = sum(hit.confidence for block in blocks for hit in block)
        return (-max(ratio, _BALANCE), quotes, confidence)

    chosen: dict[str, tuple[Hit, ...]] = dict.fromkeys(hits, ())
    if sides:
        chosen.update(zip(sides, max(itertools.product(*options), key=merit), strict=True))
    return chosen


def nearest_topics(pack: Pack, findings: Findings) -> tuple[str, ...]:
    """Return the questions of the topics whose passages come nearest to what was asked, nearest first."""
    nearest: dict[str, float] = {}
    for hit in itertools.chain.from_iterable(findings.hits.values()):
        for topic in pack.passage(hit.passage_id).topics:
            nearest[topic] = max(hit.score, nearest.get(topic, hit.score))
    ranked = sorted(nearest, key=lambda topic: (-nearest[topic], topic))
    return tuple(pack.topic(topic).question for topic in ranked[:SUGGESTIONS])


def compose(
    pack: Pack,
    findings: Findings,
    *,
    question: str,
    first: str,
    act: Act = Act.ANSWER,
    shown: Collection[str] = (),
) -> Answer:
    """Answer a question from what was found for it.

    `question` is what the person typed; what was searched for is `findings.question`. `shown` lists passages that must
    not be quoted again. A side with nothing above its threshold gets its gap, and where that is not certain what comes
    nearest; when no side is quoted the nearest topics are suggested.
    """

    def fresh(hits: Iterable[Hit]) -> list[Hit]:
        return [hit for hit in without_repeats(pack, tuple(hits)) if hit.passage_id not in shown]

    def block_of(side: str, hits: Sequence[Hit]) -> Block:
        if hits:
            return Block(side, tuple(quote_of(pack, hit) for hit in hits), None)
        if side in findings.silent:
            return Block(side, (), wording.gap(pack.side(side)), GapKind.SILENT)
        near = tuple(quote_of(pack, hit) for hit in fresh(findings.hits[side])[:NEAR_QUOTES])
        return Block(side, (), wording.unsure(pack.side(side)), GapKind.UNSURE, near)

    chosen = balanced(pack, {side: fresh(findings.answers(side)) for side in order_from(pack, first)})
    blocks = tuple(block_of(side, hits) for side, hits in chosen.items())
    lines = 1 if pack.sides else QUOTES_WITHOUT_SIDES
    context = tuple(quote_of(pack, hit) for hit in fresh(findings.answers(CONTEXT))[:lines])
    quotes = tuple(quote for block in blocks for quote in block.quotes) + context
    silent = not any(block.quotes for block in blocks)
    message = None
    if not pack.sides:
        message = None if context else wording.ALL_SILENT
    elif all(block.kind is GapKind.SILENT for block in blocks):
        message = wording.ONLY_WRITER if context else wording.ALL_SILENT
    return Answer(
        question=question,
        asked_as=findings.question,
        act=act,
        blocks=blocks,
        context=context,
        sources=sources_of(quotes),
        suggestions=nearest_topics(pack, findings) if silent else (),
        message=message,
    )


SENTENCES: Final = 2
"""Sentences shown on each side of a quote, where its article has as many."""

_END: Final = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]*[A-Z0-9])")
"""Where a sentence ends: a full stop before white space and a capital or a figure."""

_SHORT: Final = re.compile(
    r"(?:^|[\s(“\"])(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|cf|Nos?|Vol|Fig|pp?|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Inc|"
    r"Ltd|Corp|approx|e\.g|i\.e|(?:[A-Z]\.)*[A-Z])\.$"
)
"""What is written with a full stop and ends no sentence by it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A quote between what stands before and after it: texts of the article, an empty line where a paragraph ends.

    Both may be empty, at the beginning and at the end of an article.
    """

    before: str
    quote: str
    after: str


def around(article: Article, span: Span, sentences: int = SENTENCES, *, hidden: Collection[Span] = ()) -> Surroundings:
    """Return the quote of a span with its neighbouring sentences, from other paragraphs too, up to a `hidden` one."""
    before: list[Span] = []
    after: list[Span] = []
    for sentence in _numbered(article):
        if sentence.start < span.start:
            before.append(Span(article.id, sentence.start, min(sentence.end, span.start)))
        if sentence.end > span.end:
            after.append(Span(article.id, max(sentence.start, span.end), sentence.end))

    def shown(near: Iterable[Span]) -> list[Span]:
        """Of sentences, the nearest first, take those that are shown."""
        seen = itertools.takewhile(lambda sentence: not any(map(sentence.overlaps, hidden)), near)
        return list(itertools.islice(seen, sentences))

    return Surroundings(
        before=_text(article, shown(reversed(before))[::-1]),
        quote=article.text[span.start : span.end],
        after=_text(article, shown(after)),
    )


def sentence_at(article: Article, span: Span) -> Span:
    """Return the whole sentences that a span begins and ends in, one of a single paragraph."""
    touched = [sentence for sentence in _sentences(article) if sentence.overlaps(span)]
    return Span(article.id, min(span.start, touched[0].start), max(span.end, touched[-1].end)) if touched else span


def ends_of_sentences(text: str, start: int, end: int) -> list[int]:
    """List where sentences end inside a stretch of text before its own end."""
    ends = (match.end() for match in _END.finditer(text, start, end))
    return [place for place in ends if not _SHORT.search(text, start, place)]


def _sentences(article: Article) -> list[Span]:
    """Divide an article into sentences, in order; none goes over the end of a paragraph."""
    found: list[Span] = []
    for paragraph in article.paragraphs:
        start = paragraph.start
        for end in (*ends_of_sentences(article.text, paragraph.start, paragraph.end), paragraph.end):
            found.append(Span(article.id, start, end))
            start = end + len(article.text[end : paragraph.end]) - len(article.text[end : paragraph.end].lstrip())
    return found


def _numbered(article: Article) -> Iterator[Span]:
    """Return the sentences, each with the number before it, which is none by itself."""
    begins: int | None = None
    for sentence in _sentences(article):
        begins = sentence.start if begins is None else begins
        if any(map(str.isalpha, article.text[sentence.start : sentence.end])):
            yield Span(article.id, begins, sentence.end)
            begins = None


def _text(article: Article, spans: list[Span]) -> str:
    """Join neighbouring spans as the article has them; what lies between two paragraphs becomes an empty line."""
    text, end = "", None
    for span in spans:
        if end is not None:
            between = article.text[end : span.start]
            text += "\n\n" if "\n" in between else between
        text += article.text[span.start : span.end]
        end = span.end
    return text.strip()
