"""What an assistant answered: example questions and claims for a pack, read out of any text, and checked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from bot.authoring.example_prompt import CLAIM, PASSAGES, QUESTION, SIDE
from knowledge.errors import UserError
from knowledge.model import CONTEXT
from knowledge.reading.encodings import text_of
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from knowledge.model import Pack

TEXT: Final = "text"
"""The key of a draft under which an answer stands that could not be read."""

LARGEST: Final = 1_000_000
"""Bytes of a file of answers: some ten thousand questions."""

SAME: Final = 90.0
"""The likeness in percent from which two questions count as one: of the shipped examples, 1 in 300 has such a twin."""

COPIED: Final = 80.0
"""The likeness in percent to a part of a passage from which a question only repeats it."""

LEAST_COPIED: Final = 5
"""Words of a question from which it can repeat a passage: two or three of its words are the subject itself."""

_BEFORE: Final = re.compile(r"[\s\[,>*•-]*(?:\d+[.):])?[\s\[,`]*")
"""What may stand on a line before an answer: numbers, bullets, a list's bracket."""


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as it stands in the file; `values` is None where it cannot be read."""

    line: int
    text: str
    values: dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Example:
    """A question or claim that can be taken, with the ids of the passages that answer it.

    `stance` is the id of a claim's side, "" for neither; None for a question.
    """

    text: str
    passages: tuple[str, ...]
    stance: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that cannot be taken, and why."""

    answer: Written
    reason: str


def read_answers(path: Path) -> list[Written]:
    """Return the answers of a file: JSON objects, in lines or in a list, whatever stands between. Raises UserError."""
    try:
        if not path.is_file():
            raise UserError(f"{path} is not there, or no file: save what the assistant answered as a text, and name it")
        if (size := path.stat().st_size) > LARGEST:
            raise UserError(f"{path} has {size:,} bytes; {LARGEST:,} are read at most: divide it into several files")
        found = answers_in(text_of(path.read_bytes()))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): see to its rights") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not a text in UTF-8: save the assistant's answer as plain text") from error
    if not found:
        raise UserError(f'{path} holds no answer: each is a line such as {{"{QUESTION}": "…", "{PASSAGES}": ["id"]}}')
    return found


def answers_in(text: str) -> list[Written]:
    """Return the answers of a text: JSON objects, in lines or in a list, whatever stands between."""
    return list(_objects_in(text))


def _objects_in(text: str) -> Iterator[Written]:
    decoder = json.JSONDecoder()
    at, line, counted = text.find("{"), 1, 0
    while at >= 0:
        line, counted = line + text.count("\n", counted, at), at
        try:
            values, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            # Only this line is lost.
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            asked = f'"{QUESTION}"' in text[at:end] or f'"{CLAIM}"' in text[at:end]
            if asked or _BEFORE.fullmatch(text, text.rfind("\n", 0, at) + 1, at):
                yield Written(line, text[at:end].strip(), None)
        else:
            if QUESTION in values or CLAIM in values:
                yield Written(line, text[at:end], values)
            elif isinstance(draft := values.get(TEXT), str):
                yield Written(line, draft, None)
            elif "{" in text[at + 1 : end] and any(isinstance(value, list | dict) for value in values.values()):
                end = at + 1
            else:
                yield Written(line, text[at:end], values)
        at = text.find("{", end)


def checked(answers: list[Written], pack: Pack, longest: int) -> tuple[list[Example], list[Refused]]:
    """Return which answers can be taken, and which cannot; a text has at most `longest` characters."""
    examples: list[Example] = []
    refused: list[Refused] = []
    passages = [(passage.id, _compared(passage.text)) for passage in pack.passages]
    known = {
        QUESTION: {_compared(each.text): f"in questions.toml as {quoted(each.text)}" for each in pack.questions},
        CLAIM: {_compared(each.text): f"in statements.toml as {quoted(each.text)}" for each in pack.statements},
    }
    for answer in answers:
        key = key_of(answer)
        example = _example(answer, key, pack, longest)
        if isinstance(example, Example):
            compared = _compared(example.text)
            reason = _repeated(key, compared, known[key]) or _copied(key, compared, passages)
            if not reason:
                known[key][compared] = f"on line {answer.line}"
                examples.append(example)
        else:
            reason = example
        if reason:
            refused.append(Refused(answer, reason))
    return examples, refused


def key_of(answer: Written) -> str:
    """Return the key under which an answer's text stands."""
    return CLAIM if answer.values is not None and CLAIM in answer.values else QUESTION


def _example(answer: Written, key: str, pack: Pack, longest: int) -> Example | str:
    """Return what an answer says, or the sentence about why it is none."""
    if answer.values is None:
        return "it is not valid JSON, or is cut off: write it as one object on one line"
    text, ids = answer.values.get(key), answer.values.get(PASSAGES)
    if not isinstance(text, str) or not (compared := _compared(text)):
        return f'"{key}" is missing, empty or no text'
    text = " ".join(text.split())
    reason = ""
    if len(text) > longest:
        reason = f"the {key} has {len(text)} characters; {longest} are read at most"
    elif not text.isprintable():
        reason = f"the {key} holds an invisible character: {quoted(text)}"
    elif not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        reason = f'"{PASSAGES}" must be a list of ids, empty where no passage answers {quoted(compared)}'
    else:
        known = [passage.id for passage in pack.passages]
        unknown = [each for each in ids if each not in pack.passage_ids]
        if unknown:
            reason = f"there is no passage {quoted(unknown[0])}{hint(unknown[0], known)}"
        elif key == CLAIM:
            return _claim(Example(text, tuple(dict.fromkeys(ids))), answer.values.get(SIDE), pack)
        else:
            return Example(text, tuple(dict.fromkeys(ids)))
    return reason


def _claim(example: Example, side: object, pack: Pack) -> Example | str:
    """Return a claim with its side, or the sentence about why the two do not fit: only other sides reply to it."""
    sides = [each.id for each in pack.sides]
    if not isinstance(side, str):
        return f'"{SIDE}" must be the id of a side, or "" for a claim that no side makes'
    if side and side not in sides:
        return f"there is no side {quoted(side)}{hint(side, sides)}"
    voices = {passage.id: passage.voice for passage in pack.passages}
    for identity in example.passages:
        if not side or voices[identity] in {side, CONTEXT}:
            return f"the passage {quoted(identity)} cannot stand against the claim; list those of another side"
    return replace(example, stance=side)


def _repeated(key: str, compared: str, known: dict[str, str]) -> str:
    if compared in known:
        return f"the {key} is there already, {known[compared]}"
    near = process.extractOne(compared, known.keys(), scorer=fuzz.ratio, score_cutoff=SAME)
    return "" if near is None else f"nearly the same {key} is there already, {known[near[0]]}"


def _copied(key: str, compared: str, passages: list[tuple[str, str]]) -> str:
    if len(compared.split()) < LEAST_COPIED:
        return ""
    for identity, text in passages:
        if fuzz.partial_ratio(compared, text, score_cutoff=COPIED):
            return f"the {key} repeats the words of the passage {quoted(identity)}; people ask in their own"
    return ""


def _compared(text: str) -> str:
    """Return the words of a text, without case and signs."""
    return " ".join(re.findall(r"\w+", text.casefold()))
