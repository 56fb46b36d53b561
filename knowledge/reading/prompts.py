"""Reading prompts.toml: neutral questions to discuss, with passages of every side; without it, the program's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from knowledge.model import CONTEXT, Mode, PromptFrame
from knowledge.reading.nearest import quoted
from knowledge.reading.questions import ACCEPTABLE, BEST, as_compared, read_gold
from knowledge.reading.tables import distinct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from knowledge.model import Passage, Side
    from knowledge.reading.frame import Frame
    from knowledge.reading.passages import Marks
    from knowledge.reading.tables import Folder, Table

FILE: Final = "prompts.toml"

KINDS: Final = ("evidence", "perspective", "personal")
"""The kinds of follow-up questions: what would settle it, who gains or loses, what of one's own use."""

LEAST: Final = 3
"""Follow-up questions of each kind that a frame must have, so that two classes need not get the same."""


_GENERIC_PASSAGES: Final = 6
"""Passages of a side that one of the program's own prompts draws from."""


def read_pack_prompts(folder: Folder, frame: Frame | None, marks: Marks) -> tuple[PromptFrame, ...]:
    """Return a pack's prompts, which stay out of the folder's hash. Without frame or marks, references go unchecked.

    For a pack without the file they are the program's own: the motion, asked of each topic on which every side speaks.
    """
    root = folder.toml(FILE, optional=True, hashed=False)
    if frame is not None and folder.files.get(FILE, b"") is None:
        common = folder.default(FILE, hashed=False)
        return () if common is None else tuple(_generic_prompts(common, frame, marks.passages))
    if root is None:
        return ()
    root.expect(("loaded", "prompt"))
    loaded = root.texts("loaded", least=1)
    topics = frame.topic_ids if frame else ()
    sides = frame.sides if frame else ()
    asked: dict[str, str] = {}
    prompts = []
    for identity, table in distinct(root.tables("prompt")).items():
        prompt = _read_prompt(identity, table, topics, marks.ids)
        _check_neutrality(table, prompt, sides, loaded)
        _check_voices(table, prompt, sides, {passage.id: passage.voice for passage in marks.passages})
        first = asked.setdefault(as_compared(prompt.question), identity)
        if prompt.question and first != identity:
            table.complain(f"the prompt {quoted(first)} asks the same question", "question")
        prompts.append(prompt)
    return tuple(prompts)


def _generic_prompts(common: Table, frame: Frame, passages: Sequence[Passage]) -> Iterator[PromptFrame]:
    """Yield a prompt for each topic of which every side has passages, its own words before what is told about it."""
    common.expect(("question", *KINDS))
    evidence, perspective, personal = (common.texts(kind, least=LEAST) for kind in KINDS)
    nearest = sorted(passages, key=lambda passage: tuple(Mode).index(passage.mode))
    for topic in frame.topics:
        speaking = [
            [one.id for one in nearest if one.voice == side.id and topic.id in one.topics][:_GENERIC_PASSAGES]
            for side in frame.sides
        ]
        if all(speaking):
            yield PromptFrame(
                id=topic.id,
                topic=topic.id,
                question=common.text("question").format(topic=topic.name, motion=frame.motion),
                gold=dict.fromkeys((id_ for ids in speaking for id_ in ids), ACCEPTABLE),
                evidence=evidence,
                perspective=perspective,
                personal=personal,
            )


def _read_prompt(identity: str, table: Table, topics: Sequence[str], passage_ids: Sequence[str]) -> PromptFrame:
    table.expect(("topic", "question", "best", "acceptable", *KINDS), ("id", "claim"))
    evidence, perspective, personal = (table.texts(kind, least=LEAST) for kind in KINDS)
    return PromptFrame(
        id=identity,
        topic=table.choice("topic", topics),
        question=table.text("question"),
        gold=read_gold(table, passage_ids),
        evidence=evidence,
        perspective=perspective,
        personal=personal,
        claim=table.text("claim") if "claim" in table.values else None,
    )


def _check_neutrality(table: Table, prompt: PromptFrame, sides: Sequence[Side], loaded: Sequence[str]) -> None:
    """Complain of what is no question, of words that blame, and of a main question that names only one side."""
    texts = [("question", prompt.question)] if prompt.question else []
    for kind in KINDS:
        follow_ups = getattr(prompt, kind)
        texts += [(kind, text) for text in follow_ups]
        for text in dict.fromkeys(text for text in follow_ups if follow_ups.count(text) > 1):
            table.complain(f"{quoted(text)} stands there twice", kind, text)
    if prompt.claim:
        texts.append(("claim", prompt.claim))
    for key, text in texts:
        if key == "claim" and text.endswith("?"):
            table.complain(f"{quoted(text)} must be a claim: it ends with ?", key, text)
        elif key != "claim" and not text.endswith("?"):
            table.complain(f"{quoted(text)} must be a question: it does not end with ?", key, text)
        for word in loaded:
            if _names(text, (word,)):
                table.complain(f"{quoted(text)} is not neutral: {quoted(word)} is one of the loaded words", key, text)
    named = [side.id for side in sides if _names(prompt.question, side.aliases)]
    if 0 < len(named) < len(sides):
        table.complain(
            f"the question names the side {quoted(named[0])} and not the others: name all or none", "question"
        )


def _names(text: str, words: Sequence[str]) -> bool:
    listed = "|".join(re.escape(word.casefold()) for word in words)
    return bool(listed) and re.search(rf"(?<!\w)(?:{listed})(?!\w)", text.casefold()) is not None


def _check_voices(table: Table, prompt: PromptFrame, sides: Sequence[Side], voices: Mapping[str, str]) -> None:
    """Complain of passages that are no side's, and of a side without any."""
    for passage, grade in prompt.gold.items():
        if voices.get(passage) == CONTEXT:
            key = "best" if grade == BEST else "acceptable"
            table.complain(f"the passage {quoted(passage)} is the writer's; a prompt shows the sides", key, passage)
    speaking = {voices.get(passage) for passage in prompt.gold}
    # A passage that could not be read has been complained of; the side may well be its.
    if None not in speaking:
        for side in sides:
            if side.id not in speaking:
                table.complain(f"no passage of the side {quoted(side.id)} is among the best and acceptable", "best")
