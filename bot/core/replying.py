"""The bot's turn: from a reading and what was found for it to an answer, and back from the log to a conversation.

It must not know how anything is found, logged or shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bot.core import points, wording
from bot.core.answer import Act, Answer, Block, sources_of
from bot.core.composing import compose, first_side, order_from, quote_of
from bot.core.conversation import Conversation, Said
from embeddings.hits import Findings, Hit
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.core.conversation import Reading
    from knowledge.model import Pack

SURE: Final = 0.9
"""The confidence from which even a text that hardly says anything is taken for a question."""

FURTHER_SHARE: Final = 0.3
"""Share of a threshold that does for further quotes: they are asked for, after the surer ones."""

EXAMPLES: Final = 2
"""Questions offered where none was asked."""


def reply(pack: Pack, conversation: Conversation, reading: Reading, findings: Findings | None, text: str) -> Answer:
    """Make the answer to a turn: `findings` are those chosen for the reading's question, None when it has none."""
    match reading.act:
        case Act.ANSWER | Act.MORE if reading.point is not None:
            findings = points.findings_for(pack, reading.point)
        case _:
            pass
    if reading.doubtful and findings is not None and not _sure(findings):
        return _said(pack, conversation, Act.CLARIFY, text)
    if reading.act is Act.ANSWER and findings is not None:
        return _answered(pack, conversation, reading, findings, text)
    if reading.act is Act.MORE and findings is not None:
        return _continued(pack, conversation, reading, findings, text)
    if reading.act is Act.SOURCE:
        return _sourced(pack, conversation, text)
    return _said(pack, conversation, reading.act, text)


def _sure(findings: Findings) -> bool:
    """Tell whether some voice answers beyond doubt."""
    return any(hit.confidence >= SURE for voice in findings.hits for hit in findings.answers(voice)[:1])


def _answered(pack: Pack, conversation: Conversation, reading: Reading, findings: Findings, text: str) -> Answer:
    if reading.passage is not None:
        findings = _led_by(findings, pack.passage(reading.passage).voice, reading.passage)
    first = first_side(pack, findings.question, conversation.previous_first_side)
    answer = compose(pack, findings, question=text, first=first)
    if reading.point is not None and not answer.quotes:
        return replace(answer, message=wording.no_such_point(pack.side(reading.point.side), points.counts(pack)))
    return answer


def _led_by(findings: Findings, voice: str, passage_id: str) -> Findings:
    """Put the passage that was asked for before all others of its voice."""
    others = tuple(hit for hit in findings.hits[voice] if hit.passage_id != passage_id)
    found = next((hit for hit in findings.hits[voice] if hit.passage_id == passage_id), None)
    led = replace(found, confidence=points.CERTAIN) if found else Hit(passage_id, voice, 0.0, 0.0, 0.0, points.CERTAIN)
    return replace(findings, hits={**findings.hits, voice: (led, *others)})


def _continued(pack: Pack, conversation: Conversation, reading: Reading, findings: Findings, text: str) -> Answer:
    """Give further quotes on the question; of one side alone when that was asked."""
    lowered = {voice: threshold * FURTHER_SHARE for voice, threshold in findings.thresholds.items()}
    findings = replace(findings, thresholds=lowered)
    if reading.side is not None:
        kept = {voice: hits if voice == reading.side else () for voice, hits in findings.hits.items()}
        findings = replace(findings, hits=kept)
    answer = compose(
        pack,
        findings,
        question=text,
        first=first_side(pack, findings.question, conversation.previous_first_side),
        act=Act.MORE,
        shown=conversation.shown_on_topic,
    )
    if answer.quotes:
        return replace(answer, message=None, suggestions=())
    return replace(answer, message=wording.NOTHING_FURTHER)


def _sourced(pack: Pack, conversation: Conversation, text: str) -> Answer:
    """Show the last quotes again, with their places."""
    shown = [pack.passage(id_) for id_ in conversation.last_shown]
    quotes = {
        voice: tuple(
            quote_of(pack, Hit(passage.id, voice, 0.0, 0.0, 0.0, points.CERTAIN)) for passage in shown if passage.voice == voice
        )
        for voice in (*pack.side_ids, CONTEXT)
    }
    order = order_from(pack, conversation.previous_first_side or pack.side_ids[0])
    blocks = tuple(Block(side, quotes[side], None) for side in order)
    every = tuple(quote for block in blocks for quote in block.quotes) + quotes[CONTEXT]
    return Answer(
        question=text,
        asked_as=text,
        act=Act.SOURCE,
        blocks=blocks,
        context=quotes[CONTEXT],
        sources=sources_of(every),
        message=None if every else wording.NOTHING_SHOWN,
    )


def _said(pack: Pack, conversation: Conversation, act: Act, text: str) -> Answer:
    """Say something without a quote."""
    order = order_from(pack, conversation.previous_first_side or pack.side_ids[0])
    return Answer(
        question=text,
        asked_as=text,
        act=act,
        blocks=tuple(Block(side, (), None) for side in order),
        message=wording.small_talk(pack, text) if act is Act.SMALLTALK else wording.ASKING_BACK,
        suggestions=_examples(pack, conversation),
    )


def _examples(pack: Pack, conversation: Conversation) -> tuple[str, ...]:
    """Offer two topics' questions, other ones with every turn."""
    start = EXAMPLES * conversation.number
    count = len(pack.topics)
    return tuple(dict.fromkeys(pack.topics[(start + step) % count].question for step in range(min(EXAMPLES, count))))


def recalled(conversation_id: str, turns: Iterable[tuple[str, Mapping[str, Any]]]) -> Conversation:
    """Rebuild a conversation from the log: each turn's question with its answer object, oldest first.

    A turn whose object is damaged is left out.
    """
    conversation = Conversation(conversation_id)
    for number, (question, logged) in enumerate(turns, start=1):
        said = _recalled_turn(question, logged)
        conversation = conversation.with_turn(said, number) if said else replace(conversation, number=number)
    return conversation


def _recalled_turn(question: str, logged: Mapping[str, Any]) -> Said | None:
    try:
        shown = [quote["passage"] for quotes in logged["sides"].values() for quote in quotes]
        shown += [quote["passage"] for quote in logged["context"]]
        return Said(question, logged["asked_as"], Act(logged["act"]), next(iter(logged["sides"])), tuple(shown))
    except (KeyError, ValueError, TypeError, AttributeError, StopIteration):
        return None
