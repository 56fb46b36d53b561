"""Judge conversations: hold each dialogue turn by turn, as people would, and compare the answers with its gold."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bot.answer.rules import reply as replying
from bot.answer.rules.talk.history import Conversation
from bot.quote.rules.composition import named_sides
from bot.quote.rules.points import points_of
from bot.quote.rules.quote import Act
from bot.quote.rules.verification import verify
from embeddings.judging.resampling import SEED, Ratio, Resampling
from knowledge.reading.heldout import ACTS, ANSWER, NEW
from knowledge.reading.questions import as_compared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.quote.rules.quote import Answer
    from embeddings.hits import Findings
    from embeddings.judging.resampling import Figure
    from knowledge.dialogues import Dialogue, DialogueTurn
    from knowledge.model import Pack


class Finds(replying.Reads, Protocol):
    """What searches, as `Retriever` does."""

    def find_many(self, questions: Sequence[str]) -> list[Findings]:
        """Return the findings for several questions, in order."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn as it was taken.

    `number` counts from 1. `shown_before` are the passages quoted in each turn before it, `topic` is the last turn
    before it that was to be answered. `findings` are those that the answer was made of, None when nothing was searched.
    """

    dialogue: str
    number: int
    turn: DialogueTurn
    topic: DialogueTurn | None
    shown_before: tuple[tuple[str, ...], ...]
    findings: Findings | None
    answer: Answer

    @property
    def follows(self) -> bool:
        """Whether it can be understood only by what was said before."""
        return self.number > 1 and self.turn.standalone not in {None, self.turn.user}


def held(pack: Pack, finder: Finds, dialogues: Sequence[Dialogue]) -> list[Taken]:
    """Hold all dialogues, and give their turns dialogue by dialogue; `finder` is as `Retriever`.

    They are held side by side, so that one search serves the first turns of all of them, another the second ones.
    """
    conversations = {dialogue.id: Conversation(dialogue.id) for dialogue in dialogues}
    taken: dict[str, list[Taken]] = {dialogue.id: [] for dialogue in dialogues}
    speaker = replying.Speaker(pack)
    for place in range(max((len(dialogue.turns) for dialogue in dialogues), default=0)):
        speaking = [dialogue for dialogue in dialogues if place < len(dialogue.turns)]
        texts = [" ".join(dialogue.turns[place].user.split()) for dialogue in speaking]
        turns = [
            replying.turn(speaker, finder, conversations[dialogue.id], text)
            for dialogue, text in zip(speaking, texts, strict=True)
        ]
        for dialogue, (made, findings) in zip(speaking, _answered(finder, turns), strict=True):
            past = taken[dialogue.id]
            answer, _ = verify(pack, made)
            conversations[dialogue.id] = conversations[dialogue.id].after(answer)
            past.append(
                Taken(
                    dialogue.id,
                    place + 1,
                    dialogue.turns[place],
                    next((turn for turn in reversed(dialogue.turns[:place]) if turn.act == ANSWER), None),
                    tuple(_quoted(earlier.answer) for earlier in past),
                    findings,
                    answer,
                )
            )
    return list(chain.from_iterable(taken.values()))


def _answered(finder: Finds, turns: Sequence[replying.Turn]) -> list[tuple[Answer, Findings | None]]:
    """Answer turns side by side; each answer comes with what was found last for it."""
    answers: dict[int, tuple[Answer, Findings | None]] = {}
    found: dict[int, list[Findings]] = {}
    asking = {at: next(turn) for at, turn in enumerate(turns)}
    while asking:
        findings = iter(finder.find_many([question for questions in asking.values() for question in questions]))
        found |= {at: [next(findings) for _ in questions] for at, questions in asking.items()}
        asking, waiting = {}, asking
        for at in waiting:
            try:
                asking[at] = turns[at].send(found[at])
            except StopIteration as made:
                answers[at] = made.value, found[at][-1] if found[at] else None
    return [answers[at] for at in range(len(turns))]


def _quoted(answer: Answer) -> tuple[str, ...]:
    return tuple(quote.passage_id for quote in answer.quotes)


def points(pack: Pack, taken: Taken) -> dict[str, bool]:
    """Award each side its point where its first quote is gold, or where it has no gold and is silent."""
    missed = {miss.side for miss in _lost(pack, taken)}
    return {block.side: block.side not in missed for block in taken.answer.blocks}


def _lost(pack: Pack, taken: Taken) -> tuple[SideMiss, ...]:
    lost = []
    for block in taken.answer.blocks:
        own = [id_ for id_ in taken.turn.gold if pack.passage(id_).voice == block.side]
        shown = block.quotes[0].passage_id if block.quotes else None
        if shown not in (own or {None}):
            lost.append(SideMiss(block.side, shown, tuple(sorted(own, key=lambda id_: -taken.turn.gold[id_]))))
    return tuple(lost)


def act_is_right(taken: Taken) -> bool:
    """Return whether the bot did what the turn asks for."""
    return taken.answer.act.value == taken.turn.act


def more_is_right(pack: Pack, taken: Taken) -> bool:
    """Return whether only new quotes were given; none at all is right when none of what answers is left."""
    quoted = _quoted(taken.answer)
    if taken.answer.act is not Act.MORE or not set(quoted).isdisjoint(chain(*taken.shown_before)):
        return False
    return bool(quoted) or not left(pack, taken)


def left(pack: Pack, taken: Taken) -> set[str]:
    """List what answers the last question and was not shown yet, in these words or those of the other article.

    When the turn names one side, only what that side says counts.
    """
    shown = set(chain(*taken.shown_before))
    shown |= {other.id for id_ in shown for other, _ in pack.parallels_of(id_)}
    named = named_sides(pack, taken.turn.user)
    wanted = set(taken.topic.gold if taken.topic else ()) - shown
    return {id_ for id_ in wanted if len(named) != 1 or pack.passage(id_).voice == named[0]}


def told_is_right(pack: Pack, taken: Taken) -> bool:
    """Return whether what is told is what one of the newer acts asks for, by its rule; the act must be right, too."""
    answer, labels = taken.answer, taken.turn.labels
    if not act_is_right(taken):
        return False
    wanted = [block for block in answer.blocks if labels.side in {None, block.side}]
    topics = set(labels.topics)
    on_topic = [not topics or bool(topics & set(pack.passage(id_).topics)) for id_ in _quoted(answer)]
    match answer.act:
        case Act.OVERVIEW:
            counts = {len(block.quotes) for block in wanted}
            return (bool(topics) or (len(counts) == 1 and min(counts) > 1)) and all(on_topic) and bool(on_topic)
        case Act.POINTS:
            numbers = {quote.number for block in wanted for quote in block.quotes}
            every = {point for block in wanted if block.quotes for point in points_of(pack, block.side)}
            return numbers == {labels.point} if labels.point else numbers == every or len(numbers) == 1
        case Act.COMPARE:
            return bool(answer.pairs) and (not topics or all(pair.topic in topics for pair in answer.pairs))
        case Act.REPAIR:
            return set(_quoted(answer)).isdisjoint(taken.shown_before[-1] if taken.shown_before else ())
        case _:
            return any(block.quotes for block in wanted)


def source_is_right(taken: Taken) -> bool:
    """Return whether the quotes shown last, and no others, were shown with their places."""
    last = next((shown for shown in reversed(taken.shown_before) if shown), ())
    return taken.answer.act is Act.SOURCE and sorted(_quoted(taken.answer)) == sorted(last)


@dataclass(frozen=True, slots=True)
class SideMiss:
    """A side's lost point in a turn: the first quote shown (None: silence), and what is gold, best first."""

    side: str
    shown: str | None
    gold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurnMiss:
    """A turn that went wrong, by its number in its dialogue: `act` was asked for, and the bot did what `done` says.

    `asked_as` is what the words of the `user` were taken for; `sides` are the points lost in answering.

    `certainty` (0..1) is how sure the system was of its mistake; what is done by rule is done with certainty.
    """

    dialogue: str
    turn: int
    user: str
    asked_as: str
    act: str
    done: str
    sides: tuple[SideMiss, ...]
    certainty: float


@dataclass(frozen=True)
class DialogueVerdicts:
    """What judging dialogues came to.

    `acts` are the shares of right acts by the act that is right, `confusion` counts what was done for each of those.
    `known` counts the turns to be answered whose words, or standalone words, are an example question's.
    """

    dialogues: int
    turns: int
    known: int
    figures: Mapping[str, Figure]
    acts: Mapping[str, Figure]
    confusion: Mapping[str, Mapping[str, int]]
    misses: tuple[TurnMiss, ...]


def judged_dialogues(pack: Pack, taken: Sequence[Taken], worst: int) -> DialogueVerdicts:
    """Judge turns that were taken, and list so many of the worst misses; every wrong act is one more."""
    resampling = Resampling([turn.dialogue for turn in taken], SEED)
    acts = [(turn.turn.act, turn.answer.act.value) for turn in taken]
    right = np.array([asked == done for asked, done in acts])
    wanted = [act for act in ACTS if act in {asked for asked, _ in acts}]
    met = {act for pair in acts for act in pair}
    columns = [act for act in ACTS if act in met or act not in NEW]
    misses = _misses(pack, taken)
    wrong_acts = sum(miss.act != miss.done for miss in misses)
    return DialogueVerdicts(
        dialogues=resampling.clusters,
        turns=len(taken),
        known=_known(pack, taken),
        figures={name: resampling.figure(ratio) for name, ratio in _ratios(pack, taken).items()},
        acts={
            act: resampling.figure(Ratio.mean(right, np.array([asked == act for asked, _ in acts]))) for act in wanted
        },
        confusion={act: {other: acts.count((act, other)) for other in columns} for act in wanted},
        misses=tuple(misses[: wrong_acts + worst]) if worst else (),
    )


def _ratios(pack: Pack, taken: Sequence[Taken]) -> dict[str, Ratio]:
    acts = np.array([turn.turn.act for turn in taken])
    judged = np.array([turn.turn.standalone is not None for turn in taken])
    content, follows = (acts == ANSWER) & judged, np.array([turn.follows for turn in taken])
    score = np.array([np.mean(list(points(pack, turn).values())) for turn in taken])
    right = np.array([act_is_right(turn) for turn in taken])
    # Each act weighs the same, however many turns ask for it.
    weights = np.array([1 / (acts == act).sum() for act in acts])
    return {
        "content": Ratio.mean(score, content),
        "alone": Ratio.mean(score, content & ~follows),
        "follow_up": Ratio.mean(score, content & follows),
        "acts": Ratio.mean(right, np.ones(len(taken), dtype=bool)),
        "acts_mean": Ratio(right * weights, weights),
        "told": Ratio.mean(np.array([told_is_right(pack, turn) for turn in taken]), np.isin(acts, NEW)),
        "more": Ratio.mean(np.array([more_is_right(pack, turn) for turn in taken]), acts == Act.MORE.value),
        "source": Ratio.mean(np.array([source_is_right(turn) for turn in taken]), acts == Act.SOURCE.value),
    }


def _known(pack: Pack, taken: Sequence[Taken]) -> int:
    examples = {as_compared(question.text) for question in pack.questions}
    content = [turn.turn for turn in taken if turn.turn.act == ANSWER and turn.turn.standalone is not None]
    return sum(not examples.isdisjoint(map(as_compared, (turn.user, turn.standalone or ""))) for turn in content)


def _misses(pack: Pack, taken: Sequence[Taken]) -> list[TurnMiss]:
    """List every miss: wrong acts first, then those that the system was surest of."""
    misses = []
    for turn in taken:
        if _is_right(pack, turn):
            continue
        lost = _lost(pack, turn) if turn.turn.act == ANSWER and turn.turn.standalone is not None else ()
        certainty = max((_certainty(turn, miss) for miss in lost), default=1.0)
        asked, answer = turn.turn, turn.answer
        said = (asked.user, answer.asked_as, asked.act, answer.act.value)
        misses.append(TurnMiss(turn.dialogue, turn.number, *said, lost, certainty))
    return sorted(misses, key=lambda miss: (miss.act == miss.done, -miss.certainty))


def _is_right(pack: Pack, taken: Taken) -> bool:
    match taken.turn.act:
        case Act.MORE.value:
            return more_is_right(pack, taken)
        case Act.SOURCE.value:
            return source_is_right(taken)
        case other:
            content = other != ANSWER or taken.turn.standalone is None or all(points(pack, taken).values())
            return act_is_right(taken) and content and (other not in NEW or told_is_right(pack, taken))


def _certainty(taken: Taken, miss: SideMiss) -> float:
    """Return the confidence of the quote that should not stand there, or of the silence."""
    if miss.shown is not None:
        return next(quote.confidence for quote in taken.answer.quotes if quote.passage_id == miss.shown)
    hits = taken.findings.hits.get(miss.side, ()) if taken.findings else ()
    return 1 - hits[0].confidence if hits else 1.0
