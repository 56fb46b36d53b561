"""A conversation, and what the next thing said in it means.

What a person says is read against what was asked and what was shown before. A reading may leave several questions open;
the one that finds the better answer is taken. It must not know how answers are found or where conversations are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.core import followups, points
from bot.core.answer import Act
from bot.core.choosing import weighed
from bot.core.counting import counted
from bot.core.cues import CUES, asks_further, asks_source, names_source, wavers
from bot.core.smalltalk import is_about_bot_or_oneself, is_courtesy, is_idle, is_offhand, without_courtesies
from bot.core.vocabulary import mended, understood, words_for_sides
from bot.core.words import SAYING, VAGUE, forms_of, word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.answer import Answer
    from bot.core.points import Point
    from bot.core.vocabulary import Utterance
    from embeddings.hits import Findings
    from knowledge.model import Pack

REMEMBERED: Final = 12
"""Turns that are looked back on."""


_BEFORE: Final = word_set("this that these those them other others too")
"""Words that send the reader back to what was said before, and to nothing else."""

_SHORT: Final = 3
"""Words of a text that asks for a source, as "which article" does, although nothing was quoted yet."""

_WAVERING: Final = 2
"""Most words of matter in a text that may still ask for more on the last question."""

_LIKEWISE: Final = word_set("too also well")
"""Words with which a side is put beside another, not asked for its word."""

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

    def within(self, pack: Pack) -> Conversation:
        """Give the conversation without quotes that the pack no longer holds: a logged one may be older."""
        held = {passage.id for passage in pack.passages}
        if all(held.issuperset(said.shown) for said in self.turns):
            return self
        kept = (replace(said, shown=tuple(id_ for id_ in said.shown if id_ in held)) for said in self.turns)
        return replace(self, turns=tuple(kept))

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
    `point` a numbered point that is asked for, `passage` a quote shown before that is. `doubtful` tells that it may
    mean nothing, so that only a sure answer is one; `idle` that it may be a mere remark, if nothing answers it.
    `wavering` tells that the first question is followed by those of the last answer, on which more may be wanted.
    """

    act: Act
    questions: tuple[str, ...] = ()
    strange: bool = False
    doubtful: bool = False
    idle: bool = False
    wavering: bool = False
    side: str | None = None
    point: Point | None = None
    passage: str | None = None


def read(pack: Pack, conversation: Conversation, text: str) -> Reading:
    """Read what a person says in a conversation."""
    if is_courtesy(text):
        return Reading(Act.SMALLTALK)
    conversation = conversation.within(pack)
    said = understood(pack, without_courtesies(text))
    if not said.words:
        return Reading(Act.CLARIFY)
    reading = _about_the_last_answer(pack, conversation, said) or _about_the_bot(pack, conversation, text)
    if reading is not None:
        return reading
    idle = is_idle(text) and not said.mentions
    if idle and not said.matter:
        return Reading(Act.SMALLTALK)
    reading = _following(pack, conversation.topic, said) if conversation.topic else _first(said)
    return replace(reading, idle=idle or _is_beside_the_matter(pack, said))


def _is_beside_the_matter(pack: Pack, said: Utterance) -> bool:
    """Tell whether a text is a few words that nobody has ever asked about."""
    asked_about = pack.lexicon.told | pack.lexicon.known
    return bool(said.matter) and not said.mentions and is_offhand(said.text) and asked_about.isdisjoint(said.matter)


def _about_the_bot(pack: Pack, conversation: Conversation, text: str) -> Reading | None:
    """Read a question about the bot, or what a person says about themselves."""
    topical = pack.lexicon.written | words_for_sides(pack)
    talk = is_about_bot_or_oneself(text, topical, begun=conversation.topic is not None)
    return Reading(Act.SMALLTALK) if talk else None


def _about_the_last_answer(pack: Pack, conversation: Conversation, said: Utterance) -> Reading | None:
    """Read a request for further quotes, for one of those shown, or for the source of the last ones."""
    forms = mended(said.forms, CUES, pack.lexicon.known)
    topic = conversation.topic
    asked = set(forms_of(topic.asked_as)) if topic else set()
    shown = {form for id_ in conversation.last_shown for form in forms_of(pack.passage(id_).text)}
    source = asks_source(forms, said.named, asked | shown)
    if source and names_source(forms):
        return Reading(Act.SOURCE)
    if reading := _counted(pack, conversation, said):
        return reading
    if asks_further(forms, said.named, asked):
        return _further(pack, topic, said)
    if topic is not None and len(said.matter) <= _WAVERING and wavers(forms) and not followups.stands_alone(said):
        further = _further(pack, topic, said)
        return replace(further, act=Act.ANSWER, questions=(said.text, *further.questions), wavering=True)
    about_quotes = shown or said.pointing or len(forms) <= _SHORT
    return Reading(Act.SOURCE) if source and about_quotes else None


def _further(pack: Pack, topic: Said | None, said: Utterance) -> Reading:
    """Read a request for further quotes; before anything was answered it cannot be understood."""
    if topic is None:
        return Reading(Act.CLARIFY)
    questions = followups.questions_in(pack, topic.asked_as)
    return Reading(
        Act.MORE,
        questions,
        strange=followups.is_strange(pack, understood(pack, questions[0])),
        side=said.sides[0] if len(said.sides) == 1 else None,
        point=points.point_in(pack, topic.asked_as),
    )


def _counted(pack: Pack, conversation: Conversation, said: Utterance) -> Reading | None:
    """Read "the second point", "and the last one"."""
    found = counted(pack, conversation, said)
    if found is None:
        return None
    if found.point is not None:
        return Reading(Act.ANSWER, (points.question_for(pack, found.point),), point=found.point)
    topic = conversation.topic
    if found.passage is None or topic is None:
        return Reading(Act.CLARIFY)
    return Reading(Act.ANSWER, followups.questions_in(pack, topic.asked_as), passage=found.passage)


def _first(said: Utterance) -> Reading:
    """Read a text before which nothing was answered: one that goes on from something cannot be understood."""
    if followups.has_matter(said):
        return Reading(Act.ANSWER, (said.text,))
    linked = said.forms[0] in followups.LINKS
    telling = bool(said.mentions) or not (VAGUE | SAYING).isdisjoint(said.forms)
    back = not _BEFORE.isdisjoint(said.forms) and (said.pointing or not said.mentions)
    if linked or back or not telling:
        return Reading(Act.CLARIFY)
    if said.mentions and not said.pointing:
        return Reading(Act.ANSWER, (said.text,))
    return Reading(Act.ANSWER, (said.text,), doubtful=True) if len(said.words) >= _TELLING else Reading(Act.CLARIFY)


def _following(pack: Pack, topic: Said, said: Utterance) -> Reading:
    """Read a text after a question that was answered."""
    if followups.stands_alone(said):
        return Reading(Act.ANSWER, (said.text,))
    frame = followups.frame_of(pack, _topical(pack, topic))
    if not followups.has_matter(understood(pack, followups.core(said))):
        if said.mentions and _LIKEWISE.isdisjoint(said.forms):
            return Reading(Act.ANSWER, (followups.of_side(pack, said, frame),))
        return Reading(Act.ANSWER, (followups.joined(said, frame),))
    alone = followups.core(said)
    joined = followups.of_name(pack, said, frame) or followups.joined(said, frame)
    return Reading(Act.ANSWER, (alone, joined), strange=followups.is_strange(pack, said))


def _topical(pack: Pack, topic: Said) -> str:
    """Give the question that was answered last; a numbered point is asked for by what it says."""
    point = points.point_in(pack, topic.asked_as)
    passages = points.passages_of(pack, point) if point else ()
    return points.question_about(pack, passages[0]) if passages else topic.asked_as


def choose(reading: Reading, findings: Sequence[Findings]) -> Findings:
    """Choose among the findings for the questions of a reading, which come in the same order.

    When it is not clear whether more is wanted, a text that has an answer by itself is a question. Two are weighed
    against each other, as `choosing.weighed` says. But a text about something foreign gets its own silence, for what
    was said before would speak over it.
    """
    if reading.wavering:
        own, *findings = findings
        if any(own.answers(voice) for voice in own.hits):
            return own
    if len(findings) == 1:
        return findings[0]
    alone, joined = findings
    return replace(alone, question=joined.question) if reading.strange else weighed(alone, joined)
