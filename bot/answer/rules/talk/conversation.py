"""What the next thing said in a conversation means, read against what was asked and what was shown before.

A reading may leave several questions open; the one that finds the better answer is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.answer.rules.talk import followups
from bot.answer.rules.talk.counting import counted
from bot.answer.rules.talk.cues import FURTHER_CUES, SOURCE_CUES, SOURCES, asks_further, asks_source, wavers
from bot.answer.rules.talk.smalltalk import (
    is_about_bot_or_oneself,
    is_courtesy,
    is_idle,
    is_offhand,
    without_courtesies,
)
from bot.quote.rules import points
from bot.quote.rules.quote import Act
from bot.quote.rules.vocabulary import forms_in, mended, understood, words_for_sides
from bot.quote.rules.words import SAYING, VAGUE, word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answer.rules.talk.history import Conversation, Said
    from bot.quote.rules.points import Point
    from bot.quote.rules.vocabulary import Utterance
    from embeddings.hits import Findings, Hit
    from knowledge.model import Pack

_CUES: Final = SOURCE_CUES | FURTHER_CUES

_BEFORE: Final = word_set("this that these those them his her hers other others too")
"""Words that send the reader back to what was said before, and to nothing else."""

_SHORT: Final = 3
"""Words of a text that asks for a source, as "which article" does, although nothing was quoted yet."""

_WAVERING: Final = 2
"""Most words of matter in a text that may still ask for more on the last question."""

_LIKEWISE: Final = word_set("too also well")
"""Words with which a side is put beside another, not asked for its word."""

_TELLING: Final = 3
"""Words from which a text that names no matter may still mean something: "who made it"."""


_ASKS: Final = frozenset({"question", "follow", "bare"})
"""What may be wanted that is a question, where something came before it."""

_SURE: Final[Mapping[str, float]] = {"more": 0.75, "source": 0.5, "smalltalk": 0.75, "bare": 0.5}
"""Probability from which on the wording decides what the known words leave open, for each thing to be wanted."""

_VERY_SURE: Final = 0.85
"""Probability from which on the wording overrules the known words."""

Lean = Callable[[str], Mapping[str, float]]
"""Returns the probability of everything that may be wanted with a text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a turn means: an act, and the questions that it may ask (none for small talk).

    Two questions are the text by itself, and joined to what it was said after. `repeated`: the last only repeats those
    before it. `strange`: the text is about something foreign to the pack. `doubtful`: it may mean nothing, so only a
    sure answer counts. `idle`: it is a mere remark if nothing answers it. `wavering`: the first question is followed by
    those of the last answer, on which more may be wanted. `side` is the only side whose further quotes are wanted,
    `point` a numbered point that is asked for, `passage` a quote shown before that is asked for.
    """

    act: Act
    questions: tuple[str, ...] = ()
    repeated: bool = False
    strange: bool = False
    doubtful: bool = False
    idle: bool = False
    wavering: bool = False
    side: str | None = None
    point: Point | None = None
    passage: str | None = None


def read(pack: Pack, conversation: Conversation, text: str, lean: Lean = lambda _text: {}) -> Reading:
    """Read what a person says in a conversation.

    `lean` returns the probability of what may be wanted by the wording alone, as `Retriever.lean` does. It decides
    where the known words leave it open, or where it is very sure.
    """
    if is_courtesy(text):
        return Reading(Act.SMALLTALK)
    conversation = conversation.within(pack)
    said = understood(pack, without_courtesies(text))
    if not said.words:
        return Reading(Act.CLARIFY)
    begun = conversation.topic is not None
    about_bot = is_about_bot_or_oneself(text, pack.lexicon.written, words_for_sides(pack), begun=begun)
    talk = Reading(Act.SMALLTALK) if about_bot else None
    about_answer = _about_the_last_answer(pack, conversation, said)
    cued = about_answer or talk if begun else talk or about_answer
    reading = cued or _asking(pack, conversation, said, text)
    # What is wanted with a side's name in it, and nothing said before, is an answer, whatever the wording leans to.
    settled = reading.act in {Act.ANSWER, Act.CLARIFY} and conversation.topic is None and said.mentions
    if settled or reading.point or reading.passage:
        return reading
    return _leant(pack, conversation, said, reading, lean(text))


def _asking(pack: Pack, conversation: Conversation, said: Utterance, text: str) -> Reading:
    idle = is_idle(text) and not said.mentions
    if idle and not said.matter:
        return Reading(Act.SMALLTALK)
    if idle and conversation.topic:
        return Reading(Act.ANSWER, (said.text,), idle=True)
    reading = _following(pack, conversation.topic, said) if conversation.topic else _first(said)
    return replace(reading, idle=idle or _is_beside_the_matter(pack, said))


def _leant(
    pack: Pack, conversation: Conversation, said: Utterance, reading: Reading, leaning: Mapping[str, float]
) -> Reading:
    if not leaning:
        return reading
    topic = conversation.topic
    want = max(leaning, key=leaning.__getitem__)
    if reading.act in {Act.ANSWER, Act.CLARIFY}:
        told = topic is None and not pack.lexicon.told.isdisjoint(said.matter)
        sure = want in _SURE and leaning[want] >= (_VERY_SURE if told else _SURE[want])
        return (_wanted(pack, topic, said, want) if sure else None) or reading
    if want in _ASKS:
        asked = sum(leaning.get(other, 0.0) for other in _ASKS) >= _VERY_SURE
        return (_following(pack, topic, said) if topic else _first(said)) if asked else reading
    return (_wanted(pack, topic, said, want) if leaning[want] >= _VERY_SURE and topic else None) or reading


def _wanted(pack: Pack, topic: Said | None, said: Utterance, want: str) -> Reading | None:
    """Read a text by what is wanted with it; None where that makes no sense at this place."""
    if want == "smalltalk":
        return None if said.mentions else Reading(Act.SMALLTALK)
    if topic is None:
        return None if said.mentions else Reading(Act.CLARIFY)
    if want == "source":
        return Reading(Act.SOURCE)
    return _further(pack, topic, said) if want == "more" else None


def _is_beside_the_matter(pack: Pack, said: Utterance) -> bool:
    if not said.matter or said.mentions or not is_offhand(said.text):
        return False
    return all(asked_about.isdisjoint(said.matter) for asked_about in (pack.lexicon.told, pack.lexicon.known))


def _about_the_last_answer(pack: Pack, conversation: Conversation, said: Utterance) -> Reading | None:
    """Read a request for further quotes, for one of those shown, or for the source of the last ones."""
    forms = mended(said.forms, _CUES, pack.lexicon.known)
    topic = conversation.topic
    asked = set(forms_in(pack, topic.asked_as)) if topic else set()
    shown = {form for id_ in conversation.last_shown for form in forms_in(pack, pack.passage(id_).text)}
    source = asks_source(forms, said.named, asked | shown)
    if source and not SOURCES.isdisjoint(forms):
        return Reading(Act.SOURCE)
    if reading := _counted(pack, conversation, said):
        return reading
    if asks_further(forms, said.named, asked):
        return _further(pack, topic, said)
    if topic is not None and _may_ask_further(pack, said, forms):
        further = _further(pack, topic, said)
        return replace(further, act=Act.ANSWER, questions=(said.text, *further.questions), wavering=True)
    about_quotes = shown or said.pointing or len(forms) <= _SHORT
    return Reading(Act.SOURCE) if source and about_quotes else None


def _may_ask_further(pack: Pack, said: Utterance, forms: Sequence[str]) -> bool:
    few = len(said.matter) <= _WAVERING and wavers(forms) and not followups.stands_alone(said)
    return few and not followups.is_strange(pack, said)


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
    if followups.is_cut_short(said):
        return Reading(Act.CLARIFY)
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
    if followups.stands_alone(said):
        return Reading(Act.ANSWER, (said.text,))
    frame = followups.frame_of(pack, _topical(pack, topic))
    if not followups.has_matter(understood(pack, followups.core(said))):
        joined = followups.joined(said, frame)
        of_side = bool(said.mentions) and _LIKEWISE.isdisjoint(said.forms)
        asked = followups.of_side(pack, said, frame) if of_side else joined
        if asked != joined or not followups.asks_again(pack, said):
            return Reading(Act.ANSWER, (asked,))
        before = followups.questions_in(pack, frame)
        strange = followups.is_strange(pack, understood(pack, before[0]))
        return Reading(Act.ANSWER, (*before, joined), repeated=True, strange=strange)
    alone = followups.core(said)
    joined = followups.of_name(pack, said, frame) or followups.joined(said, frame)
    return Reading(Act.ANSWER, (alone, joined), strange=followups.is_strange(pack, said))


def _topical(pack: Pack, topic: Said) -> str:
    """Return the question that was answered last; a numbered point is asked for by what it says."""
    point = points.point_in(pack, topic.asked_as)
    passages = points.passages_of(pack, point) if point else ()
    return points.question_about(pack, passages[0]) if passages else topic.asked_as


def choose(reading: Reading, findings: Sequence[Findings]) -> Findings:
    """Choose among the findings for the questions of a reading, in the same order.

    A wavering text that has an answer by itself is a question. A repeated question keeps most of its answer.
    """
    if reading.wavering:
        own, *findings = findings
        if any(own.answers(voice) for voice in own.hits):
            return own
    if not reading.repeated:
        return _chosen(findings, strange=reading.strange)
    *before, again = findings
    earlier = _chosen(before, strange=reading.strange)
    return replace(earlier if reading.strange else mixed(earlier, again), question=again.question)


def _chosen(findings: Sequence[Findings], *, strange: bool) -> Findings:
    """Weigh two findings, if there are two. A text about something foreign gets its own silence."""
    if len(findings) == 1:
        return findings[0]
    alone, joined = findings
    return replace(alone, question=joined.question) if strange else weighed(alone, joined)


JOINED_WEIGHT: Final = 0.4
"""Share of the joined question where two are weighed against each other; from 0.3 to 0.5 it makes no difference."""

_SUREST: Final = 1e-4
"""How near to 0 or 1 a confidence may come when odds are taken of it."""


def weighed(alone: Findings, joined: Findings) -> Findings:
    """Choose between the findings for a text by itself and for the text joined to what it was said after.

    When mixing both leaves the best answers as the text by itself has them, and the joined question has others, the
    text has changed the subject and was the question; else the joined one was.
    """
    together = mixed(alone, joined)
    own = _best(alone)
    return alone if own and _best(together) == own and not own & _best(joined) else together


def _best(findings: Findings) -> set[str]:
    return {answers[0].passage_id for voice in findings.hits if (answers := findings.answers(voice))}


def mixed(alone: Findings, joined: Findings) -> Findings:
    """Mix the confidences of two findings, passage by passage: the log odds are their weighted mean."""
    hits = {}
    for voice in joined.hits:
        by_itself = {hit.passage_id: hit for hit in alone.hits.get(voice, ())}
        together = {hit.passage_id: hit for hit in joined.hits[voice]}
        both = []
        for id_, hit in (by_itself | together).items():
            own, with_frame = _log_odds(by_itself.get(id_)), _log_odds(together.get(id_))
            odds = (1 - JOINED_WEIGHT) * own + JOINED_WEIGHT * with_frame
            both.append(replace(hit, confidence=1 / (1 + math.exp(-odds))))
        hits[voice] = tuple(sorted(both, key=lambda hit: (-hit.confidence, -hit.score, hit.passage_id)))
    return replace(joined, hits=hits)


def _log_odds(hit: Hit | None) -> float:
    """Return the log odds of a hit's confidence; a passage that was not even looked at has next to none."""
    share = min(max(hit.confidence if hit else 0.0, _SUREST), 1 - _SUREST)
    return math.log(share / (1 - share))
