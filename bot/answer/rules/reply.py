"""The bot's turn: an answer from what was found for a reading or a claim; and a conversation read back from the log."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from bot.answer.rules.talk.history import Conversation, Said
from bot.answer.rules.talk.smalltalk import Courtesy, courtesy_of, is_courtesy, is_idle
from bot.quote.rules import phrases as wording
from bot.quote.rules import points
from bot.quote.rules.composition import (
    QUOTES_A_SIDE,
    SUGGESTIONS,
    compose,
    first_side,
    nearest_topics,
    order_from,
    quote_of,
    without_repeats,
)
from bot.quote.rules.quote import Act, Answer, Block, GapKind, Quote, sources_of
from knowledge.errors import Message
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.answer.rules.talk.conversation import Reading
    from embeddings.hits import Findings, StanceFinding
    from knowledge.model import Pack

EXAMPLES: Final = 2
"""Questions offered where none was asked."""

FURTHER_SHARE: Final = 0.1
"""Share of the thresholds that is enough for further quotes, if something surer was quoted before."""

SURE: Final = 0.9
"""Confidence from which even a text that hardly says anything is a question."""


def reply(pack: Pack, conversation: Conversation, reading: Reading, findings: Findings | None, text: str) -> Answer:
    """Make the answer to a turn: `findings` are those chosen for the reading's question, None when it has none."""
    conversation = conversation.within(pack)
    if reading.point is not None:
        findings = points.findings_for(pack, reading.point)
    if reading.act is Act.SOURCE:
        return _sourced(pack, conversation, text)
    if reading.act in {Act.ANSWER, Act.MORE} and findings is not None:
        best = [hit for voice in findings.hits for hit in findings.answers(voice)[:1]]
        if reading.doubtful and all(hit.confidence < SURE for hit in best):
            return _said(pack, conversation, text, wording.ASKING_BACK, Act.CLARIFY)
        further = reading.act is Act.MORE or (reading.wavering and findings.question != reading.questions[0])
        answer = (_continued if further else _answered)(pack, conversation, reading, findings, text)
        if answer.quotes or not reading.idle:
            return answer
    if reading.act is Act.SMALLTALK or reading.idle:
        return _said(pack, conversation, text, _courteous(pack, text), Act.SMALLTALK)
    return _said(pack, conversation, text, wording.ASKING_BACK, Act.CLARIFY)


def _answered(pack: Pack, conversation: Conversation, reading: Reading, findings: Findings, text: str) -> Answer:
    if reading.passage is not None:
        voice = pack.passage(reading.passage).voice
        others = [hit for hit in findings.hits[voice] if hit.passage_id != reading.passage]
        led = (points.certain_hit(reading.passage, voice), *others)
        findings = replace(findings, hits={**findings.hits, voice: led})
    first = first_side(pack, findings.question, conversation.previous_first_side)
    answer = compose(pack, findings, question=text, first=first)
    if reading.point is not None and not answer.quotes:
        side = reading.point.side
        return replace(answer, message=wording.no_such_point(pack.side(side), points.counts(pack)[side]))
    return answer


def _continued(pack: Pack, conversation: Conversation, reading: Reading, findings: Findings, text: str) -> Answer:
    """Return further quotes on the question; of one side alone when that was asked."""
    wanted = {voice: reading.side in {None, voice} for voice in findings.hits}
    heard = {pack.passage(id_).voice for id_ in conversation.shown_on_topic}
    share = FURTHER_SHARE if heard else 1.0
    answer = compose(
        pack,
        replace(
            findings,
            hits={voice: hits if wanted[voice] else () for voice, hits in findings.hits.items()},
            thresholds={voice: threshold * share for voice, threshold in findings.thresholds.items()},
        ),
        question=text,
        first=first_side(pack, findings.question, conversation.previous_first_side),
        act=Act.MORE,
        shown={passage_id for said in conversation.turns for passage_id in said.shown},
    )

    def told(block: Block) -> Block:
        if block.quotes or (wanted[block.side] and block.side not in heard):
            return block
        return Block(block.side, (), wording.nothing_further(pack.side(block.side)) if wanted[block.side] else None)

    blocks = tuple(told(block) for block in answer.blocks)
    return replace(
        answer,
        blocks=blocks,
        message=None if answer.quotes or any(block.near for block in blocks) else wording.NOTHING_FURTHER,
        suggestions=(),
    )


def _sourced(pack: Pack, conversation: Conversation, text: str) -> Answer:
    """Show the last quotes again, in the same order, with their places; before anything was asked, ask back."""
    shown = [pack.passage(id_) for id_ in conversation.last_shown]

    def quotes(voice: str) -> tuple[Quote, ...]:
        return tuple(quote_of(pack, points.certain_hit(each.id, voice)) for each in shown if each.voice == voice)

    blocks = tuple(Block(side, quotes(side), None) for side in _same_order(pack, conversation))
    context = quotes(CONTEXT)
    every = (*(quote for block in blocks for quote in block.quotes), *context)
    return Answer(
        question=text,
        asked_as=text,
        act=Act.SOURCE if every or conversation.topic else Act.CLARIFY,
        blocks=blocks,
        context=context,
        sources=sources_of(every),
        message=None if every else wording.NOTHING_SHOWN,
    )


def foreign(pack: Pack, conversation: Conversation, text: str, language: str) -> Answer:
    """Say in another language that questions must be English, with some that may be asked."""
    told = Message("{told} (I understand English only.)", told=_in_languages()[language])
    return _said(pack, conversation, text, told, Act.CLARIFY, SUGGESTIONS)


@cache
def _in_languages() -> dict[str, str]:
    return tomllib.loads(files("bot.answer.rules.talk").joinpath("languages.toml").read_text(encoding="utf-8"))


def _said(
    pack: Pack, conversation: Conversation, text: str, message: Message, act: Act, examples: int = EXAMPLES
) -> Answer:
    start = examples * conversation.number
    questions = (pack.topics[(start + step) % len(pack.topics)].question for step in range(examples))
    return Answer(
        question=text,
        asked_as=text,
        act=act,
        blocks=tuple(Block(side, (), None) for side in _same_order(pack, conversation)),
        message=message,
        suggestions=tuple(dict.fromkeys(questions)),
    )


def rebut(pack: Pack, found: StanceFinding, statement: str, conversation: Conversation) -> Answer:
    """Hold the other sides' best quotes against a claim.

    The sides that oppose it stand first, each with its quotes or with its silence; the claim's own side has neither.
    Where the stance is unknown no side is quoted against it: what each says on the matter is near, and questions are
    offered.
    """
    if found.stance is None:
        first = first_side(pack, statement, conversation.previous_first_side)
        on_it = compose(pack, found.findings, question=statement, first=first)
        return replace(
            on_it,
            blocks=tuple(_beside(pack, block) for block in on_it.blocks),
            context=(),
            sources=(),
            suggestions=nearest_topics(pack, found.findings),
            message=wording.NO_STANCE,
        )
    blocks = [_against(pack, found, side) for side in order_from(pack, found.stance)[1:]]
    return Answer(
        question=statement,
        asked_as=statement,
        act=Act.ANSWER,
        blocks=(*blocks, Block(found.stance, (), None)),
        sources=sources_of(tuple(quote for block in blocks for quote in block.quotes)),
        stance=found.stance,
    )


def _against(pack: Pack, found: StanceFinding, side: str) -> Block:
    hits = without_repeats(pack, found.against(side))[:QUOTES_A_SIDE]
    if not hits:
        return Block(side, (), wording.nothing_against(pack.side(side)), GapKind.UNSURE)
    return Block(side, tuple(quote_of(pack, hit) for hit in hits), None)


def _beside(pack: Pack, block: Block) -> Block:
    """Return a block whose quotes are on the matter of a claim, and held against nothing."""
    return Block(block.side, (), wording.nothing_against(pack.side(block.side)), GapKind.UNSURE, block.quotes)


def _courteous(pack: Pack, text: str) -> Message:
    if not is_courtesy(text):
        return wording.ALL_RIGHT if is_idle(text) else wording.of_oneself(pack)
    match courtesy_of(text):
        case Courtesy.GREETING:
            return wording.greeting(pack)
        case Courtesy.THANKS:
            return wording.WELCOME
        case Courtesy.FAREWELL:
            return wording.GOODBYE
        case Courtesy.REMARK:
            return wording.ALL_RIGHT


def _same_order(pack: Pack, conversation: Conversation) -> tuple[str, ...]:
    previous = conversation.previous_first_side
    return order_from(pack, previous if previous in pack.side_ids else pack.side_ids[0])


def recalled(conversation_id: str, turns: Iterable[tuple[str, Mapping[str, Any]]]) -> Conversation:
    """Rebuild a conversation from the log's questions and answer objects, oldest first; damaged ones only count."""
    conversation = Conversation(conversation_id)
    for number, (question, logged) in enumerate(turns, start=1):
        said = _recalled_turn(question, logged)
        conversation = conversation.with_turn(said, number) if said else replace(conversation, number=number)
    return conversation


def _recalled_turn(question: str, logged: Mapping[str, Any]) -> Said | None:
    try:
        blocks = [*logged["sides"].values(), logged["context"]]
        return Said(
            question=question,
            asked_as=str(logged["asked_as"]),
            act=Act(logged["act"]),
            first_side=next(iter(logged["sides"])),
            shown=tuple(str(quote["passage"]) for quotes in blocks for quote in quotes),
        )
    except (KeyError, ValueError, TypeError, AttributeError, StopIteration):
        return None
