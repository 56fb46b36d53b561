"""Discussion prompts: a neutral question, what each side says about it, and open follow-up questions.

A prompt is drawn from one of the pack's frames. The same seed gives the same prompts on every machine.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import random
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from bot.quote.rules import phrases as wording
from bot.quote.rules.composition import order_from, quote_of
from bot.quote.rules.points import certain_hit
from bot.quote.rules.verification import fault_of
from knowledge.errors import Fault, Message, UserError
from knowledge.model import Mode, Pack, Passage, PromptFrame
from knowledge.reading.nearest import hint, quoted
from knowledge.reading.questions import BEST

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from bot.quote.rules.quote import Quote

    _Passages = tuple[Passage, ...]
    """One passage of each side, in the pack's order of the sides."""

_Thing = TypeVar("_Thing")

BALANCE: Final = 2.0
"""How many times as long as another side's a quote may be, in characters, if the passages allow it."""

_BEFORE_CODE: Final = "."
"""Occurs in no frame's id."""

_CODE_BYTES: Final = 5
"""Enough to tell apart a frame's prompts: a few hundred among 2**40 codes."""

_REMOTENESS: Final = {Mode.DIRECT: 0, Mode.INDIRECT: 1, Mode.NARRATED: 2}
"""How far a passage is from its speaker's own words."""


class Kind(Enum):
    """What a follow-up question asks for."""

    EVIDENCE = "evidence"
    """What would settle it."""
    PERSPECTIVE = "perspective"
    """Who gains, who loses, who would disagree."""
    PERSONAL = "personal"
    """What it means for one's own use."""


HEADINGS: Final = {Kind.EVIDENCE: "Evidence", Kind.PERSPECTIVE: "Perspectives", Kind.PERSONAL: "Your own use"}
"""The heading of a follow-up question of each kind."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """An open question after the first one."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class DiscussionPrompt:
    """A question to discuss and vote on, with a quote of every side and a follow-up question of each kind.

    `id` names the frame and what was drawn; `prompt_of` restores the prompt from it. `quotes` are in the order shown,
    which varies so that no side always comes first.
    """

    id: str
    topic: str
    question: str
    quotes: Mapping[str, Quote]
    follow_ups: tuple[FollowUp, ...]


@dataclass(frozen=True, slots=True)
class TopicCoverage:
    """What the pack has for prompts on a topic.

    `frames` counts questions; `passages` counts each side's passages under the topic or with one of its questions;
    `silent` are the sides that have none.
    """

    topic: str
    frames: int
    passages: Mapping[str, int]
    silent: tuple[str, ...]


def draw_prompts(
    pack: Pack,
    *,
    topic: str | None,
    count: int,
    seed: int,
    excluding: Collection[str] = (),
    unquoted: Collection[str] = (),
) -> tuple[DiscussionPrompt, ...]:
    """Draw prompts, on one topic or (None) on any; no question repeats before all others had their turn.

    `excluding` are the ids of used prompts or frames, each as often as it was used: the least used questions come
    first. `unquoted` are ids of passages that must not be quoted; the result is empty if that leaves no question on
    which every side is quoted. Raises UserError for an unknown topic, for one without prompts, and for a pack without
    any.
    """
    frames = _frames(pack, topic)
    if unquoted:
        frames = _without(pack, frames, unquoted)
    if not frames:
        return ()
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    used = Counter(frame_of(prompt_id) for prompt_id in excluding)
    drawn: list[DiscussionPrompt] = []
    while len(drawn) < count:
        least = min(used[frame.id] for frame in frames)
        # In a new order each round. Python guarantees only the numbers of `random` to stay the same for a seed, hence
        # no `shuffle` here and no `choice`.
        around = sorted((frame for frame in frames if used[frame.id] == least), key=lambda _: chance.random())
        for frame in around[: count - len(drawn)]:
            drawn.append(_drawn(pack, frame, chance))
            used[frame.id] += 1
    return tuple(drawn)


def prompt_of(pack: Pack, prompt_id: str) -> DiscussionPrompt:
    """Restore a prompt from its id. Raises UserError if the pack does not have it (any more)."""
    for frame in pack.prompts:
        if frame.id == frame_of(prompt_id):
            for passages, texts in itertools.product(_together(pack, frame), itertools.product(*_follow_ups(frame))):
                if _id_of(frame, passages, texts) == prompt_id:
                    return _made(pack, frame, passages, texts)
    raise UserError(
        "the pack {pack} has no discussion prompt {prompt}: draw a new one", pack=pack.id, prompt=quoted(prompt_id)
    )


def frame_of(prompt_id: str) -> str:
    """Return the id of the frame from which a prompt was drawn; that of a frame is its own."""
    return prompt_id.partition(_BEFORE_CODE)[0]


def topic_named(pack: Pack, typed: str) -> str:
    """Return the id of a topic typed as its id or name, in any case. Raises UserError for an unknown one."""
    known = {name.casefold(): topic.id for topic in pack.topics for name in (topic.name, topic.id)}
    found = known.get(typed.strip().casefold())
    if found is None:
        valid = [topic.id for topic in pack.topics]
        raise UserError("there is no topic {name}{hint}", name=quoted(typed), hint=hint(typed, valid))
    return found


def topics_of(pack: Pack) -> tuple[str, ...]:
    """Return the ids of the topics that have prompts, in the pack's order."""
    framed = {frame.topic for frame in pack.prompts}
    return tuple(topic.id for topic in pack.topics if topic.id in framed)


def coverage(pack: Pack) -> tuple[TopicCoverage, ...]:
    """Return what each topic has for prompts, in the pack's order."""
    covered = []
    for topic in pack.topics:
        frames = [frame for frame in pack.prompts if frame.topic == topic.id]
        shown = {passage_id for frame in frames for passage_id in frame.gold}
        passages = {
            side: sum(topic.id in passage.topics or passage.id in shown for passage in pack.of_voice(side))
            for side in pack.side_ids
        }
        silent = tuple(side for side, number in passages.items() if not number)
        covered.append(TopicCoverage(topic.id, len(frames), MappingProxyType(passages), silent))
    return tuple(covered)


def _frames(pack: Pack, topic: str | None) -> tuple[PromptFrame, ...]:
    """Return the frames of a topic, or all; never none (UserError)."""
    if not pack.prompts:
        raise UserError("the pack {pack} has no discussion prompts: add some to its prompts.toml", pack=pack.id)
    if topic is None:
        return pack.prompts
    frames = tuple(frame for frame in pack.prompts if frame.topic == topic)
    if frames:
        return frames
    known = topics_of(pack)
    if topic not in {other.id for other in pack.topics}:
        raise UserError("there is no topic {name}{hint}", name=quoted(topic), hint=hint(topic, known))
    silent = next(covered.silent for covered in coverage(pack) if covered.topic == topic)
    names = [wording.inside(pack.side(side).short_name) for side in silent]
    why = Message("the pack has no question on it")
    if names:
        why = Message("the articles quote nothing of {sides} on it", sides=wording.any_of(names))
    raise UserError(
        "there is nothing to discuss on {topic}: {why}; choose one of {topics}",
        topic=quoted(topic),
        why=why,
        topics=known,
    )


def _without(pack: Pack, frames: Sequence[PromptFrame], unquoted: Collection[str]) -> tuple[PromptFrame, ...]:
    """Return the frames without some passages, as far as every side has others."""
    kept = []
    for frame in frames:
        gold = {passage_id: grade for passage_id, grade in frame.gold.items() if passage_id not in unquoted}
        if {pack.passage(passage_id).voice for passage_id in gold} >= set(pack.side_ids):
            kept.append(replace(frame, gold=gold))
    return tuple(kept)


def _drawn(pack: Pack, frame: PromptFrame, chance: random.Random) -> DiscussionPrompt:
    """Draw a prompt from a frame: quotes that go best together, and a follow-up question of each kind."""
    together = _together(pack, frame)
    least = min(_flaws(frame, passages) for passages in together)
    passages = _picked([passages for passages in together if _flaws(frame, passages) == least], chance)
    return _made(pack, frame, passages, tuple(_picked(texts, chance) for texts in _follow_ups(frame)))


def _picked(things: Sequence[_Thing], chance: random.Random) -> _Thing:
    return things[int(chance.random() * len(things))]


def _together(pack: Pack, frame: PromptFrame) -> list[_Passages]:
    """Return every choice of one passage a side."""
    passages = [pack.passage(passage_id) for passage_id in sorted(frame.gold)]
    return list(itertools.product(*([one for one in passages if one.voice == side] for side in pack.side_ids)))


def _flaws(frame: PromptFrame, passages: _Passages) -> tuple[int, bool, int]:
    """Return how far a choice is from the best one, the most important first.

    It should answer the very question, be of similar length, and be in the sides' own words.
    """
    lengths = [len(passage.text) for passage in passages]
    return (
        sum(BEST - frame.gold[passage.id] for passage in passages),
        max(lengths) > BALANCE * min(lengths),
        sum(_REMOTENESS[passage.mode] for passage in passages),
    )


def _follow_ups(frame: PromptFrame) -> tuple[tuple[str, ...], ...]:
    """Return the follow-up questions of each kind, in the order of the kinds."""
    return frame.evidence, frame.perspective, frame.personal


def _digest(frame: PromptFrame, passages: _Passages, texts: Sequence[str]) -> bytes:
    parts = (frame.id, *(passage.id for passage in passages), *texts)
    return hashlib.sha256("\n".join(parts).encode()).digest()


def _id_of(frame: PromptFrame, passages: _Passages, texts: Sequence[str]) -> str:
    """Return what was drawn as an id, in lower-case letters and digits."""
    code = base64.b32encode(_digest(frame, passages, texts)[:_CODE_BYTES]).decode().lower()
    return f"{frame.id}{_BEFORE_CODE}{code}"


def _made(pack: Pack, frame: PromptFrame, passages: _Passages, texts: Sequence[str]) -> DiscussionPrompt:
    quotes = {passage.voice: quote_of(pack, certain_hit(passage.id, passage.voice)) for passage in passages}
    for side, quote in quotes.items():
        if fault := fault_of(pack, quote, side):
            raise Fault(f"prompt {frame.id}: {fault}")
    first = pack.side_ids[_digest(frame, passages, texts)[-1] % len(pack.sides)]
    return DiscussionPrompt(
        id=_id_of(frame, passages, texts),
        topic=frame.topic,
        question=frame.question,
        quotes=MappingProxyType({side: quotes[side] for side in order_from(pack, first)}),
        follow_ups=tuple(FollowUp(kind, text) for kind, text in zip(Kind, texts, strict=True)),
    )
