"""What is shown where no single question is answered: overviews, points, comparisons, and one side's best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.quote.rules import phrases as wording
from bot.quote.rules import points
from bot.quote.rules.composition import quote_of
from bot.quote.rules.quote import Act, Answer, Block, GapKind, Pair, Quote, sources_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from bot.quote.rules.points import Point
    from knowledge.errors import Message
    from knowledge.model import Pack, Passage

MOST_TOPICS: Final = 5
"""Quotes a side in an overview of everything."""

ON_TOPIC: Final = 3
"""Quotes a side in an overview of one topic, and in a pair of a comparison on one."""

BRIEF: Final = 2
"""Quotes a side where somebody wants a verdict on everything."""


def carried(pack: Pack, side: str, topic: str) -> tuple[Passage, ...]:
    """Return what a side says on a topic: the passages that carry it first, each statement once."""
    own = [passage for passage in pack.of_voice(side) if topic in passage.topics]
    own.sort(key=lambda passage: (not passage.core, passage.topics.index(topic)))
    kept: list[Passage] = []
    for passage in own:
        same = {other.id for other, _ in pack.parallels_of(passage.id)}
        if same.isdisjoint(each.id for each in kept):
            kept.append(passage)
    return tuple(kept)


def topics_of(pack: Pack, passage_ids: Iterable[str]) -> tuple[str, ...]:
    """Return what passages are most about, first of all what most of them are."""
    first = [pack.passage(id_).topics[0] for id_ in passage_ids]
    return tuple(sorted(dict.fromkeys(first), key=lambda topic: -first.count(topic)))


def outline(
    pack: Pack, sides: Sequence[str], topics: Sequence[str], excluded: Collection[str], most: int = MOST_TOPICS
) -> dict[str, tuple[Passage, ...]]:
    """Choose as many passages of each side, of different topics (or on those given) and near in length.

    A side that says nothing on the topics has none; the others are not held back by it.
    """
    options = {side: _options(pack, side, topics, excluded) for side in sides}
    speaking = {side: own for side, own in options.items() if own}
    if not speaking:
        return dict.fromkeys(sides, ())
    count = min(most if not topics else min(most, ON_TOPIC), *(len(own) for own in speaking.values()))
    shared = [key for key in next(iter(speaking.values())) if all(key in own for own in speaking.values())]
    chosen: dict[str, list[Passage]] = {side: [] for side in sides}
    for side, own in speaking.items():
        keys = [*shared, *(key for key in own if key not in shared)][:count]
        for place, key in enumerate(keys):
            # What the first side says sets the length; the others come as near to it as they can.
            others = [chosen[other] for other in speaking if other != side and len(chosen[other]) > place]
            target = sum(len(passage.text) for passage in others[0][: place + 1]) if others else 0
            so_far = sum(len(passage.text) for passage in chosen[side])
            chosen[side].append(
                min(own[key], key=lambda passage: abs(so_far + len(passage.text) - target)) if others else own[key][0]
            )
    return {side: tuple(own) for side, own in chosen.items()}


def _options(pack: Pack, side: str, topics: Sequence[str], excluded: Collection[str]) -> dict[str | int, list[Passage]]:
    """Return what may be chosen, under topics, or under places where topics were given."""
    if topics:
        own = dict.fromkeys(passage for topic in topics for passage in carried(pack, side, topic))
        return {place: [each] for place, each in enumerate(each for each in own if each.id not in excluded)}
    found: dict[str | int, list[Passage]] = {}
    own_passages = [passage for passage in pack.of_voice(side) if passage.id not in excluded]
    for topic in pack.topics:
        on_it = [passage for passage in own_passages if passage.topics[0] == topic.id]
        if core := [passage for passage in on_it if passage.core] or ([] if _has_core(pack) else on_it):
            found[topic.id] = core
    return found


def _has_core(pack: Pack) -> bool:
    return any(passage.core for passage in pack.passages)


def answer_of(
    pack: Pack, act: Act, text: str, chosen: Mapping[str, Sequence[Quote]], silent: Collection[str] = ()
) -> Answer:
    """Return the answer with what was chosen for each side; the `silent` sides say so where nothing was."""

    def block(side: str, quotes: Sequence[Quote]) -> Block:
        if quotes or side not in silent:
            return Block(side, tuple(quotes), None)
        return Block(side, (), wording.unsure(pack.side(side)), GapKind.UNSURE)

    blocks = tuple(block(side, quotes) for side, quotes in chosen.items())
    quotes = tuple(quote for block in blocks for quote in block.quotes)
    return Answer(text, text, act, blocks, sources=sources_of(quotes))


def quotes_of(pack: Pack, passages: Iterable[Passage]) -> tuple[Quote, ...]:
    """Make the quotes of passages that were not searched for."""
    return tuple(quote_of(pack, points.certain_hit(passage.id, passage.voice)) for passage in passages)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is told: of the `sides` (none: of all), on the `topics` (none: on everything), without the `excluded`."""

    sides: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()


def overview(pack: Pack, order: Sequence[str], text: str, scope: Scope, act: Act = Act.OVERVIEW) -> Answer:
    """Return the strongest quotes of the sides in question; those asked for further ones do not say that they end."""
    wanted = [side for side in order if side in scope.sides or not scope.sides]
    chosen = outline(pack, wanted, scope.topics, scope.excluded)
    quotes = {side: quotes_of(pack, chosen.get(side, ())) for side in order}
    return answer_of(pack, act, text, quotes, () if act is Act.MORE else wanted)


def listed(
    pack: Pack,
    order: Sequence[str],
    text: str,
    asked: Sequence[Point],
    topics: Sequence[str] = (),
) -> Answer:
    """Return the points that were asked for, numbered, of each side in its order; on the `topics` alone, if any are."""
    quotes: dict[str, list[Quote]] = {side: [] for side in order}
    beyond: list[Message] = []
    for point in asked:
        every = points.points_of(pack, point.side)
        numbers = [point.number] if point.number else list(every)
        if topics and not point.number:
            on_topic = [at for at in numbers if any(set(topics) & set(each.topics) for each in every[at])]
            numbers = on_topic or numbers
        if not numbers or not set(numbers) <= every.keys():
            beyond.append(wording.no_such_point(pack.side(point.side), max(every, default=0)))
            continue
        for number in numbers:
            quotes[point.side] += [replace(quote, number=number) for quote in quotes_of(pack, every[number])]
    answer = answer_of(pack, Act.POINTS, text, quotes)
    asked_as = points.question_for(pack, asked[0]) if len(asked) == 1 else text
    return replace(answer, asked_as=asked_as, message=beyond[0] if beyond else None)


def compared(pack: Pack, order: Sequence[str], text: str, topics: Sequence[str], excluded: Collection[str]) -> Answer:
    """Set the sides beside each other on the topics, or on every one that some side carries."""
    most = ON_TOPIC if len(topics) == 1 else BRIEF if topics else 1
    every = topics or _carried_topics(pack, order)
    pairs = []
    chosen: dict[str, dict[str, Passage]] = {side: {} for side in order}
    for topic in every:
        on_it = {side: [each for each in carried(pack, side, topic) if each.id not in excluded] for side in order}
        own = _level(on_it, most)
        if not any(own.values()):
            continue
        pairs.append(Pair(topic, {side: tuple(each.id for each in passages) for side, passages in own.items()}))
        for side, passages in own.items():
            chosen[side] |= {each.id: each for each in passages}
    pairs.sort(key=lambda pair: not pair.answered)
    quotes = {side: quotes_of(pack, own.values()) for side, own in chosen.items()}
    answer = answer_of(pack, Act.COMPARE, text, quotes, order)
    return replace(answer, pairs=tuple(pairs), say=(wording.SIDE_BY_SIDE,))


def _level(own: Mapping[str, list[Passage]], most: int) -> dict[str, list[Passage]]:
    """Return the first passages of each side, up to `most`, and as many of each that has any."""
    count = min([most, *(len(passages) for passages in own.values() if passages)])
    return {side: passages[:count] for side, passages in own.items()}


def _carried_topics(pack: Pack, sides: Sequence[str]) -> list[str]:
    marked = _has_core(pack)
    heads = {passage.topics[0] for side in sides for passage in pack.of_voice(side) if passage.core or not marked}
    return [topic.id for topic in pack.topics if topic.id in heads]


def best_of(pack: Pack, order: Sequence[str], text: str, scope: Scope) -> Answer:
    """Return the best that the sides in question have on the topics (or at all), with what the others reply to it."""
    wanted = scope.sides or order
    every = [*scope.topics, *(topic for topic in _carried_topics(pack, order) if topic not in scope.topics)]

    def on(side: str, topic: str) -> list[Passage]:
        return [passage for passage in carried(pack, side, topic) if passage.id not in scope.excluded]

    spoken = [topic for topic in every if all(on(side, topic) for side in wanted)]
    met = [topic for topic in spoken if all(on(side, topic) for side in order)]
    topic = next(iter([topic for topic in spoken if topic in scope.topics] or met or spoken), None)
    count = 1 if scope.sides else BRIEF
    best = _level({side: on(side, topic) for side in order}, count) if topic else {}
    chosen = {side: quotes_of(pack, best.get(side, ())) for side in order}
    return replace(answer_of(pack, Act.VERDICT, text, chosen, order), say=(wording.TAKES_NO_SIDE,))
