"""The marks of a pack in the making: every stretch of its articles, who is proposed to speak, and what was decided."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.authoring.files import write_whole
from bot.authoring.marking.attribution import DECIDED
from bot.authoring.marking.sentences import words_in
from bot.authoring.naming import passage_slug, unused
from knowledge.codec import read_as, written
from knowledge.errors import UserError
from knowledge.model import CONTEXT, Mode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from bot.authoring.marking.attribution import Said

FILE: Final = "review.json"
"""What is proposed and was not looked at, beside the pack's own files."""

_MARKS: Final = (("“", "”"), ("„", "“"), ("«", "»"), ('"', '"'), ("‘", "’"))

LEAST_WORDS: Final = 5
"""Words of a passage; a shorter sentence goes with the one before."""
_LONGEST_RUN: Final = 3
"""Sentences of a passage, at most."""


class State(Enum):
    """What a person has said to a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    SKIPPED = "skipped"
    """It is not to be quoted."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of an article, as `Said` has it, with its id, its topics and what a person has said to it."""

    id: str
    article: str
    start: int
    end: int
    text: str
    voice: str | None
    mode: Mode
    speaker: str | None
    cue: str | None
    confidence: float
    topics: tuple[str, ...] = ()
    point: int | None = None
    guess: str | None = None
    state: State = State.OPEN

    @property
    def decided(self) -> bool:
        """Whether it is known who speaks: a person has said so, or it is likely."""
        return self.voice is not None and (self.state is State.ACCEPTED or self.confidence >= DECIDED)

    @property
    def quotable(self) -> bool:
        """Whether it becomes a passage."""
        return self.decided and self.state is not State.SKIPPED


@dataclass(frozen=True, slots=True)
class Draft:
    """All marks of a pack, in the order of its articles.

    `before` is the hash of the passages.toml that this draft's own takes the place of: who finds that one was stopped
    between the two files.
    """

    marks: tuple[Mark, ...]
    before: str = ""

    @property
    def undecided(self) -> tuple[Mark, ...]:
        """The marks of which a person has to say who speaks."""
        return tuple(mark for mark in self.marks if not mark.decided and mark.state is State.OPEN)


def marks_of(article: str, text: str, said: Iterable[Said], taken: Collection[str]) -> list[Mark]:
    """Make the marks of an article: short sentences join the one before, and what stands twice is left out."""
    runs: list[tuple[Said, int]] = []
    for one in said:
        before = runs[-1] if runs else None
        if before is not None and _joins(text, *before, one):
            runs[-1] = (
                replace(before[0], end=one.end, confidence=min(before[0].confidence, one.confidence)),
                before[1] + 1,
            )
        else:
            runs.append((one, 1))
    marks: list[Mark] = []
    ids = set(taken)
    for run, _ in runs:
        one = _bare(text, run)
        stretch = text[one.start : one.end]
        if words_in(stretch) < LEAST_WORDS or text.count(stretch) > 1:
            continue
        identity = unused(passage_slug(stretch), ids, f"{article}-{len(marks) + 1}")
        ids.add(identity)
        marks.append(
            Mark(
                id=identity,
                article=article,
                start=one.start,
                end=one.end,
                text=stretch,
                voice=one.voice,
                mode=one.mode,
                speaker=one.speaker,
                cue=one.cue or None,
                confidence=one.confidence,
                point=one.point if one.voice not in {None, CONTEXT} else None,
                guess=one.guess,
            )
        )
    return marks


def left_out(text: str, said: Iterable[Said], marks: Iterable[Mark]) -> list[str]:
    """List the sentences of an article that are part of none of its marks."""
    held = [(mark.start, mark.end) for mark in marks]
    return [
        text[one.start : one.end] for one in said if not any(one.start < end and start < one.end for start, end in held)
    ]


def _bare(text: str, one: Said) -> Said:
    """Return a stretch without quotation marks around the whole of it, and without one that lacks its other half."""
    start, end = one.start, one.end
    for opening, closing in _MARKS:
        stretch = text[start:end]
        opened, closed = stretch.count(opening), stretch.count(closing)
        if opening == closing:
            opened, closed = (opened + 1) // 2, opened // 2
        around = stretch.startswith(opening) and stretch.endswith(closing) and opened == closed == 1
        if stretch.startswith(opening) and (around or opened > closed):
            start += 1
        if stretch.endswith(closing) and (around or closed > opened):
            end -= 1
    bare = text[start:end]
    return replace(one, start=start + len(bare) - len(bare.lstrip()), end=end - len(bare) + len(bare.rstrip()))


def _joins(text: str, before: Said, sentences: int, one: Said) -> bool:
    """Tell whether a sentence belongs to the one before: either is short, or it is nothing without its neighbour."""
    if (before.voice, before.speaker, before.mode) != (one.voice, one.speaker, one.mode) or sentences >= _LONGEST_RUN:
        return False
    if text[before.end : one.start].strip() or "\n" in text[before.end : one.start]:
        return False
    short = min(words_in(text[before.start : before.end]), words_in(text[one.start : one.end])) < LEAST_WORDS
    return short or text.count(text[one.start : one.end]) > 1


def save_draft(path: Path, draft: Draft) -> None:
    """Write a draft in one step: whoever ends the program at any moment loses nothing. Raises UserError."""
    write_whole(path, f"{json.dumps(written(draft), ensure_ascii=False, indent=1)}\n".encode())


def read_draft(path: Path) -> Draft:
    """Read what `save_draft` wrote. Raises UserError for anything else."""
    try:
        return read_as(Draft, json.loads(path.read_bytes()), FILE)
    except FileNotFoundError:
        raise UserError(
            f"there is nothing to review in {path.parent}: `dilemma pack new` makes packs with proposals"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{path} is damaged: restore it, or delete it and keep the marks that passages.toml has"
        ) from error
