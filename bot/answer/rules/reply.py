"""The bot's turn: an answer from what was found for a reading or a claim; and a conversation read back from the log."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from bot.answer.rules import acts
from bot.answer.rules.blame import aligned
from bot.answer.rules.talk import conversation as talk
from bot.answer.rules.talk.choice import choose
from bot.answer.rules.talk.followups import without_courtesies
from bot.answer.rules.talk.history import Conversation, Said
from bot.quote.rules import phrases as wording
from bot.quote.rules import points
from bot.quote.rules.composition import (
    SUGGESTIONS,
    balanced,
    compose,
    first_side,
    nearest_topics,
    order_from,
    quote_of,
    without_repeats,
)
from bot.quote.rules.quote import Act, Answer, Block, GapKind, Quote, sources_of
from bot.quote.rules.verification import findings_without, stance_without
from knowledge.errors import Message
from knowledge.model import CONTEXT, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence

    from bot.answer.rules.talk.conversation import Reading
    from embeddings.hits import Findings, Hit, StanceFinding
    from knowledge.model import Pack

EXAMPLES: Final = 3
"""Questions offered where none was asked."""

FURTHER_SHARE: Final = 0.1
"""Share of the thresholds that is enough for further quotes, if something surer was quoted before."""

SURE: Final = 0.9
"""Confidence from which even a text that hardly says anything is a question."""


Turn: TypeAlias = "Generator[tuple[str, ...], Sequence[Findings], Answer]"
"""A turn that is being answered; see `turn`."""


class Reads(Protocol):
    """What reads a turn beside the rules, as `Retriever` does."""

    def lean(self, found: Findings, after: str | None) -> Mapping[str, float]:
        """Return the probability of each want of a turn."""

    def topics_in(self, text: str) -> tuple[str, ...]:
        """Return the topics that a text names."""

    def stance_of(self, found: Findings) -> StanceFinding:
        """Return whose side a claim is on."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reply is made: what was said before, how the turn is read, and what was found for it."""

    conversation: Conversation
    reading: Reading
    findings: Findings | None
    order: tuple[str, ...]
    text: str
    stance_of: Callable[[Findings], StanceFinding]


@dataclass(frozen=True, slots=True)
class Speaker:
    """What a reply is made with beside the pack: passages not to be quoted, and whether conversations are logged."""

    pack: Pack
    excluded: Collection[str] = ()
    logged: bool = False

    def reply(
        self,
        conversation: Conversation,
        reading: Reading,
        findings: Findings | None,
        text: str,
        stance_of: Callable[[Findings], StanceFinding],
    ) -> Answer:
        """Make the answer to a turn: `findings` are those chosen for the reading's questions, None when it has none."""
        pack = self.pack
        conversation = conversation.within(pack)
        order = order_from(pack, first_side(pack, text, conversation.previous_first_side))
        at = _Place(conversation, reading, findings, order, text, stance_of)
        return self._replied(at) if pack.sides else _searched(pack, at)

    def _replied(self, at: _Place) -> Answer:
        pack, conversation, reading, findings, text = self.pack, at.conversation, at.reading, at.findings, at.text
        match reading.act:
            case Act.SOURCE:
                answer = _sourced(pack, conversation, text)
            case Act.SMALLTALK:
                answer = _said(pack, conversation, text, self._chat(reading.want), Act.SMALLTALK)
                answer = replace(answer, suggestions=()) if reading.want == "farewell" else answer
            case Act.MORE if findings is not None:
                answer = _continued(pack, conversation, reading, findings, text)
            case Act.MORE:
                answer = self._more_of_all(at)
            case Act.REBUT:
                answer = self._rebutted(at)
            case Act.REPAIR:
                answer = self._repaired(at)
            case Act.ANSWER if findings is not None and not (reading.doubtful and not _is_sure(findings)):
                answer = _answered(pack, conversation, reading, findings, text)
            case Act.ANSWER | Act.CLARIFY:
                answer = _said(pack, conversation, text, (wording.ASKING_BACK,), Act.CLARIFY)
            case _:
                answer = self._told(at)
        return answer

    def _told(self, at: _Place) -> Answer:
        """Tell what no single question asks for: an overview, points, a comparison, a verdict."""
        reading, order, text = at.reading, at.order, at.text
        if reading.act is Act.POINTS:
            asked = [point for side in order for point in reading.points if point.side == side]
            return acts.listed(self.pack, order, text, asked, reading.topics)
        if reading.act is Act.COMPARE:
            return acts.compared(self.pack, order, text, reading.topics, self.excluded)
        if reading.act is Act.OVERVIEW:
            return acts.overview(self.pack, order, text, self._scope(reading))
        return self._judged(reading, at.findings, order, text)

    def _chat(self, want: str) -> tuple[Message, ...]:
        match want:
            case "greeting":
                return (wording.greeting(self.pack),)
            case "thanks":
                return (wording.WELCOME,)
            case "farewell":
                return (wording.GOODBYE,)
            case "smalltalk" | "":
                return (wording.ALL_RIGHT,)
        return wording.of_meta(self.pack, want, logged=self.logged)

    def _judged(self, reading: Reading, findings: Findings | None, order: Sequence[str], text: str) -> Answer:
        """Answer who is right: with one side's best and the reply to it, or with what each has on the matter."""
        pack = self.pack
        if reading.want == "best":
            return acts.best_of(pack, order, text, self._scope(reading))
        if findings is not None and any(findings.answers(side) for side in order):
            found = compose(pack, findings, question=text, first=order[0], act=Act.VERDICT)
            return replace(found, say=(wording.TAKES_NO_SIDE,))
        told = acts.overview(pack, order, text, replace(self._scope(reading), sides=()), Act.VERDICT)
        return replace(told, say=(wording.TAKES_NO_SIDE,))

    def _scope(self, reading: Reading, shown: Iterable[str] = ()) -> acts.Scope:
        return acts.Scope(reading.sides, reading.topics, frozenset(self.excluded).union(shown))

    def _rebutted(self, at: _Place) -> Answer:
        """Hold the other sides' quotes against a claim; where its stance is unsure, show what each side says."""
        pack, reading, findings, order, text = self.pack, at.reading, at.findings, at.order, at.text
        if reading.points:
            on_it = [each.id for point in reading.points for each in points.passages_of(pack, point)]
            others = tuple(side for side in order if side != reading.points[0].side)
            scope = acts.Scope(others, acts.topics_of(pack, on_it), frozenset(self.excluded))
            return acts.overview(pack, order, text, scope, Act.REBUT)
        if findings is None:
            return _said(pack, at.conversation, text, (wording.ASKING_BACK,), Act.CLARIFY)
        own = not reading.topics or findings.question == text
        read = stance_without(at.stance_of(findings), self.excluded) if own else None
        found = aligned(pack, read) if read is not None else None
        if found is not None and found.stance is not None:
            answer = rebut(pack, found, text, at.conversation)
            # Who is blamed by name is surely blamed, though nothing be quoted against it.
            if answer.quotes or found is not read:
                return answer
        shown = () if own else at.conversation.last_shown
        left = findings_without(findings, {*self.excluded, *shown})
        if not own and reading.sides:
            left = replace(
                left, hits={voice: hits if voice in reading.sides else () for voice, hits in left.hits.items()}
            )
        answer = compose(pack, left, question=text, first=order[0], act=Act.REBUT)
        return replace(answer, say=(wording.UNSURE_STANCE,) if answer.quotes else ())

    def _repaired(self, at: _Place) -> Answer:
        """Try the next reading of a question, without a quote that was just shown; else offer the nearest questions."""
        pack, say, conversation = self.pack, (wording.SORRY,), at.conversation
        reading, findings, order, text = at.reading, at.findings, at.order, at.text
        shown = {id_ for said in conversation.turns[-_JUST_SHOWN:] for id_ in said.shown}
        offered = dict.fromkeys(nearest_topics(pack, findings) if findings else ())
        offered |= dict.fromkeys(pack.topic(topic).question for topic in acts.topics_of(pack, shown))
        offered |= dict.fromkeys(topic.question for topic in pack.topics)
        asked = conversation.topic.asked_as if conversation.topic else ""
        suggestions = tuple(question for question in offered if question != asked)[:SUGGESTIONS]
        if findings is not None and (reading.topics or reading.sides or findings.question != asked):
            hits = {
                voice: own if not reading.sides or voice in reading.sides else ()
                for voice, own in findings_without(findings, shown).hits.items()
            }
            again = compose(pack, replace(findings, hits=hits), question=text, first=order[0], act=Act.REPAIR)
            if again.quotes:
                gapless = tuple(
                    block if not reading.sides or block.side in reading.sides else replace(block, gap=None)
                    for block in again.blocks
                )
                return replace(again, blocks=gapless, say=say)
        answer = _said(pack, conversation, text, (wording.SORRY, wording.ASK_SO), Act.REPAIR)
        return replace(answer, asked_as=asked or text, suggestions=suggestions)

    def _more_of_all(self, at: _Place) -> Answer:
        """Return further quotes where no question was answered, but everything told or compared."""
        shown = {id_ for said in at.conversation.turns for id_ in said.shown}
        answer = acts.overview(self.pack, at.order, at.text, self._scope(at.reading, shown), Act.MORE)
        return answer if answer.quotes else replace(answer, message=wording.NOTHING_FURTHER)


_JUST_SHOWN: Final = 3
"""Turns back in which a quote counts as just shown."""


def _is_sure(findings: Findings) -> bool:
    best = [hit for voice in findings.hits for hit in findings.answers(voice)[:1]]
    return any(hit.confidence >= SURE for hit in best)


def turn(speaker: Speaker, retriever: Reads, conversation: Conversation, text: str) -> Turn:
    """Answer a turn: yield the questions to search for, be sent their findings, and return the answer.

    The text itself is searched for first, for its vector tells what is wanted; then what it may mean besides.
    """
    pack = speaker.pack
    asked = without_courtesies(pack, text)
    (own,) = yield (asked,)
    leaning = retriever.lean(own, conversation.place)
    reading = talk.read(pack, conversation, asked, leaning, retriever.topics_in)
    known = {asked: own}
    missing = tuple(dict.fromkeys(question for question in reading.questions if question not in known))
    if missing:
        known |= zip(missing, (yield missing), strict=True)
    left = [findings_without(known[question], speaker.excluded) for question in reading.questions]
    chosen = choose(reading, left) if left else None
    answer = speaker.reply(conversation, reading, chosen, text, retriever.stance_of)
    shown = reading.told or (text if answer.asked_as == asked else answer.asked_as)
    return answer if shown == answer.asked_as else replace(answer, asked_as=shown)


def _searched(pack: Pack, at: _Place) -> Answer:
    """Answer from a pack without sides, which is searched, and talked about in no other way."""
    if at.findings is None:
        return _said(pack, at.conversation, at.text, (wording.ASKING_BACK,), Act.CLARIFY)
    return _answered(pack, at.conversation, at.reading, at.findings, at.text)


def _answered(pack: Pack, conversation: Conversation, reading: Reading, findings: Findings, text: str) -> Answer:
    first = first_side(pack, findings.question, conversation.previous_first_side)
    if reading.passage is not None:
        voice = pack.passage(reading.passage).voice
        others = [hit for hit in findings.hits[voice] if hit.passage_id != reading.passage]
        led = (points.certain_hit(reading.passage, voice), *others)
        findings = replace(findings, hits={**findings.hits, voice: led})
        first = voice if voice in pack.side_ids else first
    return compose(pack, findings, question=text, first=first)


def _continued(pack: Pack, conversation: Conversation, reading: Reading, findings: Findings, text: str) -> Answer:
    """Return further quotes on the question; of one side alone when that was asked."""
    wanted = {voice: not reading.sides or voice in reading.sides for voice in findings.hits}
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
    """Say to a question in another language which one is understood, with some that may be asked.

    Where that is English, it is said in the other language.
    """
    if pack.language == ENGLISH:
        told = Message("{told} (I understand English only.)", told=_in_languages()[language])
    else:
        told = Message("The articles here are in another language: please ask as these questions do.")
    return _said(pack, conversation, text, (told,), Act.CLARIFY)


@cache
def _in_languages() -> dict[str, str]:
    return tomllib.loads(files("bot.answer.rules.talk").joinpath("languages.toml").read_text(encoding="utf-8"))


def _said(pack: Pack, conversation: Conversation, text: str, lines: tuple[Message, ...], act: Act) -> Answer:
    start = EXAMPLES * conversation.number
    questions = (pack.topics[(start + step) % len(pack.topics)].question for step in range(EXAMPLES))
    *say, message = lines
    return Answer(
        question=text,
        asked_as=text,
        act=act,
        blocks=tuple(Block(side, (), None) for side in _same_order(pack, conversation)),
        message=message,
        say=tuple(say),
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
        on_it = compose(pack, found.findings, question=statement, first=first, act=Act.REBUT)
        return replace(
            on_it,
            blocks=tuple(_beside(pack, block) for block in on_it.blocks),
            context=(),
            sources=(),
            suggestions=nearest_topics(pack, found.findings),
            message=wording.NO_STANCE,
        )
    others = order_from(pack, found.stance)[1:]
    chosen = balanced(pack, {side: without_repeats(pack, found.against(side)) for side in others})
    blocks = [_against(pack, side, hits) for side, hits in chosen.items()]
    return Answer(
        question=statement,
        asked_as=statement,
        act=Act.REBUT,
        blocks=(*blocks, Block(found.stance, (), None)),
        sources=sources_of(tuple(quote for block in blocks for quote in block.quotes)),
        stance=found.stance,
    )


def _against(pack: Pack, side: str, hits: Sequence[Hit]) -> Block:
    if not hits:
        return Block(side, (), wording.nothing_against(pack.side(side)), GapKind.UNSURE)
    return Block(side, tuple(quote_of(pack, hit) for hit in hits), None)


def _beside(pack: Pack, block: Block) -> Block:
    """Return a block whose quotes are on the matter of a claim, and held against nothing."""
    return Block(block.side, (), wording.nothing_against(pack.side(block.side)), GapKind.UNSURE, block.quotes)


def _same_order(pack: Pack, conversation: Conversation) -> tuple[str, ...]:
    previous = conversation.previous_first_side
    return order_from(pack, previous if previous in pack.side_ids else next(iter(pack.side_ids), ""))


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
            first_side=next(iter(logged["sides"]), ""),
            shown=tuple(str(quote["passage"]) for quotes in blocks for quote in quotes),
        )
    except (KeyError, ValueError, TypeError, AttributeError, StopIteration):
        return None
