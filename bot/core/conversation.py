"""A conversation, and what the next thing said in it means.

What a person says is read against what was asked and what was shown before. A reading may leave several questions open;
the one that finds the better answer is taken. It must not know how answers are found or where conversations are kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.core import followups, points
from bot.core.answer import Act
from bot.core.cues import CUES, asks_further, asks_source, names_source
from bot.core.ordinals import Place, ordinal_in
from bot.core.smalltalk import is_about_bot_or_oneself, is_courtesy, without_courtesies
from bot.core.vocabulary import mended, understood
from bot.core.words import SAYING, VAGUE, forms_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.answer import Answer
    from bot.core.ordinals import Ordinal
    from bot.core.points import Point
    from bot.core.vocabulary import Utterance
    from embeddings.hits import Findings, Hit
    from knowledge.model import Pack

REMEMBERED: Final = 12
"""Turns that are looked back on."""


_BEFORE: Final = frozenset("this that these those them other others too".split())
"""Words that send the reader back to what was said before, and to nothing else."""

_TELLING: Final = 3
"""Words from which a text that names no matter may still mean something: "who made it"."""


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as it is remembered.

    `shown` lists the passages quoted, in the order shown, context last; `first_side` is the side that stood first.
    """

    question: str
    asked_as: str
    act: Act
    first_side: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one person said in one place, oldest turn first. An empty one has just begun."""

    id: str
    number: int = 0
    """Turns so far, also those that are no longer remembered."""
    turns: tuple[Said, ...] = ()

    def after(self, answer: Answer) -> Conversation:
        """Give the conversation with one more turn."""
        said = Said(
            question=answer.question,
            asked_as=answer.asked_as,
            act=answer.act,
            first_side=answer.blocks[0].side,
            shown=tuple(quote.passage_id for quote in answer.quotes),
        )
        return self.with_turn(said, self.number + 1)

    def with_turn(self, said: Said, number: int) -> Conversation:
        """Give the conversation with one more turn, the one of this number."""
        return replace(self, number=number, turns=(*self.turns, said)[-REMEMBERED:])

    @property
    def previous_first_side(self) -> str | None:
        """The side that stood first in the last turn that showed quotes; None when none did."""
        return next((said.first_side for said in reversed(self.turns) if said.shown), None)

    @property
    def topic(self) -> Said | None:
        """The last turn that answered a question; None before the first."""
        return next((said for said in reversed(self.turns) if said.act is Act.ANSWER), None)

    @property
    def last_shown(self) -> tuple[str, ...]:
        """The passages quoted in the last turn that quoted any, first shown first."""
        return next((said.shown for said in reversed(self.turns) if said.shown), ())

    @property
    def shown_on_topic(self) -> tuple[str, ...]:
        """The passages quoted since (and by) the last turn that answered a question, first shown first."""
        shown: list[str] = []
        for said in reversed(self.turns):
            shown[:0] = said.shown
            if said.act is Act.ANSWER:
                break
        return tuple(dict.fromkeys(shown))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a turn means: an act, and the questions that it may ask (none for small talk).

    There is one question, or there are two: the text by itself, and joined to what it was said after. `strange` tells
    that the text is about something foreign to the pack. `side` is the only side whose further quotes are wanted,
    `point` a numbered point that is asked for, `passage` a quote shown before that is. `doubtful` tells that it may mean
    nothing, so that only a sure answer is one.
    """

    act: Act
    questions: tuple[str, ...] = ()
    strange: bool = False
    doubtful: bool = False
    side: str | None = None
    point: Point | None = None
    passage: str | None = None


def read(pack: Pack, conversation: Conversation, text: str) -> Reading:
    """Read what a person says in a conversation."""
    if is_courtesy(text):
        return Reading(Act.SMALLTALK)
    said = understood(pack, without_courtesies(text))
    if not said.words:
        return Reading(Act.CLARIFY)
    return (
        _about_the_last_answer(pack, conversation, said)
        or _about_the_bot(pack, text)
        or (_following(pack, conversation.topic, said) if conversation.topic else _first(pack, said))
    )


def _about_the_bot(pack: Pack, text: str) -> Reading | None:
    """Read a question about the bot, or what a person says about themselves."""
    sides = {form for side in pack.sides for alias in side.aliases for form in forms_of(alias)}
    return Reading(Act.SMALLTALK) if is_about_bot_or_oneself(text, pack.lexicon.written | sides) else None


def _about_the_last_answer(pack: Pack, conversation: Conversation, said: Utterance) -> Reading | None:
    """Read a request for further quotes, for one of those shown, or for the source of the last ones."""
    forms = mended(said.forms, CUES, pack.lexicon.known)
    named = {forms[at] for mention in said.mentions for at in range(mention.first, mention.end)}
    topic = conversation.topic
    asked = set(forms_of(topic.asked_as)) if topic else set()
    shown = {form for id_ in conversation.last_shown for form in forms_of(pack.passage(id_).text)}
    source = asks_source(forms, named, asked | shown) and (bool(shown) or not said.mentions)
    if source and names_source(forms):
        return Reading(Act.SOURCE)
    if counted := _counted(pack, conversation, said):
        return counted
    if asks_further(forms, named, asked):
        return _further(pack, topic, said)
    return Reading(Act.SOURCE) if source else None


def _further(pack: Pack, topic: Said | None, said: Utterance) -> Reading:
    """Read a request for further quotes; before anything was answered it cannot be understood."""
    if topic is None:
        return Reading(Act.CLARIFY)
    side = said.sides[0] if len(said.sides) == 1 else None
    point = points.point_in(pack, topic.asked_as)
    return Reading(Act.MORE, followups.questions_in(topic.asked_as), side=side, point=point)


def _counted(pack: Pack, conversation: Conversation, said: Utterance) -> Reading | None:
    """Read "the second point", "and the last one"."""
    named = {said.forms[at] for mention in said.mentions for at in range(mention.first, mention.end)}
    ordinal = ordinal_in(said.forms, named)
    if ordinal is None:
        return None
    counts = points.counts(pack)
    listed = _points_asked_for(pack, conversation, said, ordinal)
    if listed is not None:
        current = next(
            (point.number for turn in reversed(conversation.turns) if (point := points.point_in(pack, turn.asked_as))),
            None,
        )
        number = ordinal.number(counts[listed], current)
        if number is not None:
            point = points.Point(listed, number)
            return Reading(Act.ANSWER, (points.question_for(pack, point),), point=point)
    if ordinal.place in {Place.NEXT, Place.PREVIOUS}:
        return None
    shown = conversation.last_shown
    number = ordinal.number(len(shown), None)
    if number is None or number > len(shown):
        return Reading(Act.CLARIFY)
    passage = shown[number - 1]
    topic = conversation.topic
    question = topic.asked_as if topic else points.question_about(pack, pack.passage(passage))
    return Reading(Act.ANSWER, (question,), passage=passage)


def _points_asked_for(pack: Pack, conversation: Conversation, said: Utterance, ordinal: Ordinal) -> str | None:
    """Tell the side whose numbered points are counted; None when it is the quotes shown.

    They are when the last answer was one of the points, or when points were asked for, or when the text itself says
    whose points; a thing called a point is also one of them when the last answer introduced them.
    """
    counts = points.counts(pack)
    topic = conversation.topic
    for side in said.sides if ordinal.of_points else ():
        if side in counts:
            return side
    if topic is None:
        return None
    point = points.point_in(pack, topic.asked_as)
    if point is not None:
        return point.side
    for turn in [topic] if not ordinal.of_points else reversed(conversation.turns):
        asked = understood(pack, turn.asked_as)
        lists = points.asks_for_list(asked.forms)
        for side in counts:
            introduced = any(points.introduces(pack, id_) for id_ in turn.shown)
            if (lists and (side in asked.sides or introduced)) or (ordinal.of_points and introduced):
                return side
    beyond = isinstance(ordinal.place, int) and ordinal.place > len(conversation.last_shown)
    return next(iter(counts), None) if ordinal.of_points and beyond else None


def _first(pack: Pack, said: Utterance) -> Reading:
    """Read a text before which nothing was answered: one that goes on from something cannot be understood."""
    if said.matter or followups.asks_what_a_side_is(said):
        return Reading(Act.ANSWER, (said.text,))
    forms = set(said.forms)
    telling = bool(said.mentions) or not forms.isdisjoint(VAGUE | SAYING)
    if followups.leans(said) and (said.forms[0] in followups.LINKS or not telling or forms & _BEFORE):
        return Reading(Act.CLARIFY)
    if said.mentions and not said.pointing:
        return Reading(Act.ANSWER, (said.text,))
    if not telling or len(said.words) < _TELLING or forms & _BEFORE:
        return Reading(Act.CLARIFY)
    return Reading(Act.ANSWER, (said.text,), doubtful=True)


def _following(pack: Pack, topic: Said, said: Utterance) -> Reading:
    """Read a text after a question that was answered."""
    if followups.stands_alone(said):
        return Reading(Act.ANSWER, (said.text,))
    frame = followups.frame_of(pack, _topical(pack, topic))
    if not said.matter and not followups.asks_what_a_side_is(understood(pack, followups.core(said))):
        if said.mentions and not {"too", "also", "well"} & set(said.forms):
            return Reading(Act.ANSWER, (followups.of_side(pack, said, frame),))
        return Reading(Act.ANSWER, (followups.joined(said, frame),))
    alone = followups.core(said)
    joined = followups.of_name(pack, said, frame) or followups.joined(said, frame)
    strange = followups.is_strange(pack, said) and not said.pointing
    return Reading(Act.ANSWER, (alone, joined), strange=strange)


def _topical(pack: Pack, topic: Said) -> str:
    """Give the question that was answered last; a numbered point is asked for by what it says."""
    point = points.point_in(pack, topic.asked_as)
    passages = points.passages_of(pack, point) if point else ()
    return points.question_about(pack, passages[0]) if passages else topic.asked_as


JOINED_WEIGHT: Final = 0.4
"""Share of the joined question where two are weighed against each other; from 0.3 to 0.5 it makes no difference."""

_SUREST: Final = 1e-4
"""How near to 0 or 1 a confidence may come when odds are taken of it."""


def choose(reading: Reading, findings: Sequence[Findings]) -> Findings:
    """Choose among the findings for the questions of a reading, which come in the same order.

    Where there are two, both are believed in part: the log odds of each passage are their weighted mean. When that
    leaves the best answers as the text by itself has them, and the joined question has others, the text has changed the
    subject and was the question by itself; else the joined one was. A text about something foreign gets its own
    silence, for what was said before would speak over it.
    """
    if len(findings) == 1:
        return findings[0]
    alone, joined = findings
    if reading.strange:
        return replace(alone, question=joined.question)
    pooled = _pooled(alone, joined)
    own = _best(alone)
    return alone if own and _best(pooled) == own and not own & _best(joined) else pooled


def _best(findings: Findings) -> set[str]:
    """List the best answer of each voice that has one."""
    return {answers[0].passage_id for voice in findings.hits if (answers := findings.answers(voice))}


def _pooled(alone: Findings, joined: Findings) -> Findings:
    """Mix the confidences of two findings, passage by passage."""
    hits = {}
    for voice, found in joined.hits.items():
        other = {hit.passage_id: hit for hit in alone.hits[voice]}
        mixed = [_mixed(other.pop(hit.passage_id, None), hit) for hit in found]
        mixed += [_mixed(hit, None) for hit in other.values()]
        hits[voice] = tuple(sorted(mixed, key=lambda hit: (-hit.confidence, -hit.score, hit.passage_id)))
    return replace(joined, hits=hits)


def _mixed(alone: Hit | None, joined: Hit | None) -> Hit:
    odds = (1 - JOINED_WEIGHT) * _log_odds(alone) + JOINED_WEIGHT * _log_odds(joined)
    hit = joined or alone
    assert hit is not None  # noqa: S101 - one of them is given
    return replace(hit, confidence=1 / (1 + math.exp(-odds)))


def _log_odds(hit: Hit | None) -> float:
    share = min(max(hit.confidence if hit else 0.0, _SUREST), 1 - _SUREST)
    return math.log(share / (1 - share))
