"""What an assistant answered: example questions for a pack, read from any text around them, and each one checked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz, process

from bot.authoring.example_prompt import PASSAGES, QUESTION
from knowledge.errors import UserError
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
    """A question that can be taken, with the ids of the passages that answer it."""

    question: str
    passages: tuple[str, ...]


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
        found = list(_objects_in(text_of(path.read_bytes())))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): see to its rights") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not a text in UTF-8: save the assistant's answer as plain text") from error
    if not found:
        raise UserError(f'{path} holds no answer: each is a line such as {{"{QUESTION}": "…", "{PASSAGES}": ["id"]}}')
    return found


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
            if _BEFORE.fullmatch(text, text.rfind("\n", 0, at) + 1, at) or f'"{QUESTION}"' in text[at:end]:
                yield Written(line, text[at:end].strip(), None)
        else:
            if QUESTION in values:
                yield Written(line, text[at:end], values)
            elif isinstance(draft := values.get(TEXT), str):
                yield Written(line, draft, None)
            elif "{" in text[at + 1 : end] and any(isinstance(value, list | dict) for value in values.values()):
                end = at + 1
            else:
                yield Written(line, text[at:end], values)
        at = text.find("{", end)


def checked(answers: list[Written], pack: Pack, longest: int) -> tuple[list[Example], list[Refused]]:
    """Return which answers can be taken, and which cannot; a question has at most `longest` characters."""
    examples: list[Example] = []
    refused: list[Refused] = []
    passages = [(passage.id, _compared(passage.text)) for passage in pack.passages]
    asked = {_compared(question.text): f"in questions.toml as {quoted(question.text)}" for question in pack.questions}
    for answer in answers:
        example = _example(answer, pack, longest)
        if isinstance(example, Example):
            compared = _compared(example.question)
            reason = _repeated(compared, asked) or _copied(compared, passages)
            if not reason:
                asked[compared] = f"on line {answer.line}"
                examples.append(example)
        else:
            reason = example
        if reason:
            refused.append(Refused(answer, reason))
    return examples, refused


def _example(answer: Written, pack: Pack, longest: int) -> Example | str:
    """Return what an answer says, or the sentence about why it is none."""
    if answer.values is None:
        return "it is not valid JSON, or is cut off: write it as one object on one line"
    question, ids = answer.values.get(QUESTION), answer.values.get(PASSAGES)
    if not isinstance(question, str) or not (compared := _compared(question)):
        return f'"{QUESTION}" is missing, empty or no text'
    question = " ".join(question.split())
    reason = ""
    if len(question) > longest:
        reason = f"the question has {len(question)} characters; {longest} are read at most"
    elif not question.isprintable():
        reason = f"the question holds an invisible character: {quoted(question)}"
    elif not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        reason = f'"{PASSAGES}" must be a list of ids, empty where no passage answers {quoted(compared)}'
    else:
        known = [passage.id for passage in pack.passages]
        unknown = [each for each in ids if each not in pack.passage_ids]
        if not unknown:
            return Example(question, tuple(dict.fromkeys(ids)))
        reason = f"there is no passage {quoted(unknown[0])}{hint(unknown[0], known)}"
    return reason


def _repeated(compared: str, asked: dict[str, str]) -> str:
    if compared in asked:
        return f"the question is asked already, {asked[compared]}"
    near = process.extractOne(compared, asked.keys(), scorer=fuzz.ratio, score_cutoff=SAME)
    return "" if near is None else f"nearly the same question is asked already, {asked[near[0]]}"


def _copied(compared: str, passages: list[tuple[str, str]]) -> str:
    if len(compared.split()) < LEAST_COPIED:
        return ""
    for identity, text in passages:
        if fuzz.partial_ratio(compared, text, score_cutoff=COPIED):
            return f"the question repeats the words of the passage {quoted(identity)}; people ask in their own"
    return ""


def _compared(text: str) -> str:
    """Return the words of a text, without case and signs."""
    return " ".join(re.findall(r"\w+", text.casefold()))
