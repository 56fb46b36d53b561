"""What a person says to proposals, one after another; each answer gives a new draft, so that any can be taken back."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from bot.authoring.drafts import FILE, Draft, Mark, State, read_draft, save_draft
from bot.authoring.files import write_whole
from bot.authoring.folder import passages_toml
from bot.authoring.marking.attribution import stands_quoted
from bot.authoring.marking.sentences import words_in
from bot.authoring.naming import passage_slug, unused
from knowledge.errors import PackError, UserError
from knowledge.model import CONTEXT, Mode
from knowledge.reading.frame import read_frame
from knowledge.reading.passages import FILE as PASSAGES
from knowledge.reading.passages import read_marks
from knowledge.reading.tables import Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from knowledge.model import Article, Parallel, Passage, Side
    from knowledge.reading.frame import Frame

_FOLLOWS: Final = 0.9
"""Confidence of what is put down to a person of whom it was said elsewhere for whom they speak."""

_ENTER: Final = ("\r", "\n", "")
_WAYS: Final = {Mode.DIRECT: "own words", Mode.INDIRECT: "reported", Mode.NARRATED: "told by the writer"}

_JOINT: Final = re.compile(r"[,;:]\s+|\s+[–—-]\s+|\s+(?=(?:and|but|while|whereas|although|because|that|who|which)\s)")
"""Where a sentence may be divided."""
_LEAST_PART: Final = 2
"""Words of a part."""


@dataclass(frozen=True, slots=True)
class Review:
    """A pack's marks under review, with its sides and articles: the drafts so far, the latest last.

    `parallels` stay as they are; `on_disk` is the hash of passages.toml as this review knows it.
    """

    folder: Path
    frame: Frame
    drafts: tuple[Draft, ...]
    parallels: tuple[Parallel, ...]
    on_disk: str

    @property
    def draft(self) -> Draft:
        """What holds now."""
        return self.drafts[-1]

    def article(self, mark: Mark) -> Article:
        """Return the article that a mark stands in."""
        article = self.frame.articles[mark.article]
        assert article is not None  # noqa: S101 - no review opens without all articles
        return article

    @property
    def next(self) -> Mark | None:
        """The mark to look at: undecided ones first, then the unsurest; None when all were looked at."""
        if undecided := self.draft.undecided:
            return undecided[0]
        left = [mark for mark in self.draft.marks if mark.state is State.OPEN]
        return min(left, key=lambda mark: mark.confidence) if left else None

    @property
    def left(self) -> int:
        """How many nobody has looked at."""
        return sum(mark.state is State.OPEN for mark in self.draft.marks)

    def answered(self, mark: Mark, key: str) -> Review:
        """Do what a key stands for on a mark. Raises UserError where it cannot be done."""
        does: dict[str, Callable[[], Review]] = {
            "w": partial(self.put_down, mark, CONTEXT),
            "s": partial(self.skip, mark),
            "j": partial(self.join, mark),
            "u": self.back,
            **{each: partial(self.accept, mark) for each in _ENTER},
            **{str(n): partial(self.put_down, mark, side.id) for n, side in enumerate(self.frame.sides, start=1)},
        }
        if key.lower() not in does:
            raise UserError(f"the key {key} stands for nothing here")
        return does[key.lower()]()

    def proposal(self, mark: Mark) -> str:
        """Word what is proposed: who speaks, by which words, how, and how sure that is."""
        names = {side.id: f"{side.emoji} {side.short_name}" for side in self.frame.sides}
        names[CONTEXT] = "on no side" if mark.speaker else "the writer"
        told = [f"“{mark.cue}”"] if mark.cue else []
        told += [mark.speaker] if mark.speaker and mark.speaker not in (mark.cue or "") else []
        if mark.voice is None or not mark.decided:
            voice = mark.voice or mark.guess
            return " · ".join([f"undecided (perhaps {names[voice]})" if voice else "undecided", *told])
        way = [] if mark.voice == CONTEXT else [_WAYS[mark.mode]]
        sure = "decided" if mark.state is State.ACCEPTED else f"{mark.confidence:.0%} sure"
        return " · ".join([f"proposed: {names[mark.voice]}", *told, *way, sure])

    def back(self) -> Review:
        """Take the last answer back, if there is one."""
        return self._saved(self.drafts[:-1]) if len(self.drafts) > 1 else self

    def accept(self, mark: Mark) -> Review:
        """Say that a proposal is right, or the guess beside it. Raises UserError where there is neither."""
        voice = mark.voice or mark.guess
        if voice is None:
            raise UserError("nobody is proposed here: say who speaks, or skip it")
        return self.put_down(mark, voice)

    def put_down(self, mark: Mark, voice: str) -> Review:
        """Say whose a mark is. What its speaker says elsewhere follows, where nobody has decided it."""
        answered = self._of_voice(mark, voice)

        def following(other: Mark) -> Mark:
            same = other.speaker is not None and other.speaker == mark.speaker and voice != CONTEXT
            if other.id == mark.id:
                return answered
            if same and not other.decided and other.state is State.OPEN:
                return replace(self._of_voice(other, voice), confidence=_FOLLOWS, state=State.OPEN)
            return other

        return self._with(map(following, self.draft.marks))

    def skip(self, mark: Mark) -> Review:
        """Say that a mark is not to be quoted."""
        return self._with(replace(one, state=State.SKIPPED) if one.id == mark.id else one for one in self.draft.marks)

    def places(self, mark: Mark) -> list[int]:
        """List where a mark may be divided: the beginnings of second parts."""
        return [
            found.end()
            for found in _JOINT.finditer(mark.text)
            if min(words_in(mark.text[: found.start()]), words_in(mark.text[found.end() :])) >= _LEAST_PART
        ]

    def split(self, mark: Mark, place: int) -> Review:
        """Divide a mark before a place of its text; both parts are to be looked at."""
        first = mark.text[:place].rstrip(" ,;:–—-")
        ids = [one.id for one in self.draft.marks]
        parts = (
            replace(mark, text=first, end=mark.start + len(first), confidence=0.0),
            replace(
                mark,
                id=unused(passage_slug(mark.text[place:]), ids, f"{mark.id}-2"),
                text=mark.text[place:],
                start=mark.start + place,
                confidence=0.0,
            ),
        )
        text = self.article(mark).text
        if any(text.count(part.text) > 1 for part in parts):
            raise UserError("a part of it stands elsewhere in the article, too: divide it at another place")
        parted = tuple(replace(part, cue=part.cue if part.cue and part.cue in part.text else None) for part in parts)
        return self._with(one for old in self.draft.marks for one in (parted if old.id == mark.id else (old,)))

    def join(self, mark: Mark) -> Review:
        """Join a mark to the one before it in its paragraph. Raises UserError where there is none."""
        at = next(number for number, one in enumerate(self.draft.marks) if one.id == mark.id)
        before = self.draft.marks[at - 1] if at else mark
        text = self.article(mark).text
        between = text[before.end : mark.start]
        if before is mark or before.article != mark.article or "\n" in between or len(between) > _LEAST_PART:
            raise UserError("there is no sentence right before it in its paragraph")
        whole = replace(before, end=mark.end, text=text[before.start : mark.end], state=State.OPEN, confidence=0.0)
        return self._with(one for one in (*self.draft.marks[: at - 1], whole, *self.draft.marks[at + 1 :]))

    def _of_voice(self, mark: Mark, voice: str) -> Mark:
        """Return a mark as somebody's: own words are the author's, and what stands in quotation marks."""
        decided = replace(mark, voice=voice, state=State.ACCEPTED, confidence=1.0)
        if voice == CONTEXT:
            other = mark.cue is not None and mark.mode is not Mode.NARRATED and self._on_no_side(mark.speaker)
            decided = replace(decided, point=None)
            return decided if other else replace(decided, mode=Mode.NARRATED, speaker=None, cue=None)
        if mark.voice == voice:
            return replace(decided, speaker=mark.speaker or self._side(voice).short_name)
        article = self.article(mark)
        side = self._side(voice)
        if mark.voice is None and mark.speaker is not None:
            return decided
        if article.author in side.aliases and mark.cue is None:
            return replace(decided, mode=Mode.DIRECT, speaker=article.author)
        before = None if mark.voice in {None, CONTEXT} else self._side(str(mark.voice))
        told = mark.voice == CONTEXT or mark.speaker == article.author or (before and mark.speaker == before.short_name)
        quoted = stands_quoted(article.text, mark.start, mark.end)
        mode = Mode.DIRECT if quoted else Mode.INDIRECT if told else mark.mode
        return replace(decided, mode=mode, speaker=side.short_name)

    def _on_no_side(self, speaker: str | None) -> bool:
        """Tell whether somebody is named who may speak on no side, and not a side itself."""
        names = {alias.casefold() for side in self.frame.sides for alias in (*side.aliases, side.short_name, side.name)}
        return speaker is not None and speaker.casefold() not in names

    def _side(self, voice: str) -> Side:
        return next(side for side in self.frame.sides if side.id == voice)

    def _with(self, marks: Iterable[Mark]) -> Review:
        return self._saved((*self.drafts, Draft(tuple(marks))))

    def _saved(self, drafts: tuple[Draft, ...]) -> Review:
        """Keep what holds now on the disk. Raises UserError where somebody has changed it meanwhile."""
        if _hash_of((self.folder / PASSAGES).read_bytes()) != self.on_disk:
            raise UserError(f"{self.folder / PASSAGES} was changed meanwhile: end the review, and begin it again")
        text = passages_toml(drafts[-1].marks, self.parallels).encode()
        save_draft(self.folder / FILE, replace(drafts[-1], before=self.on_disk))
        write_whole(self.folder / PASSAGES, text)
        return replace(self, drafts=drafts, on_disk=_hash_of(text))


def open_review(folder: Path) -> Review:
    """Open the review of a pack, with what was changed by hand in passages.toml meanwhile. Raises UserError."""
    draft = read_draft(folder / FILE)
    read = Folder(folder)
    frame = read_frame(read)
    marks = read_marks(read, frame)
    # Of a side that nobody speaks for yet, the review is to say who does.
    problems = [problem for problem in read.problems if problem.line or problem.file != PASSAGES]
    if frame is None or problems:
        raise PackError(folder.name, problems or read.problems)
    text = (folder / PASSAGES).read_bytes()
    told = passages_toml(draft.marks, marks.parallels).encode()
    if text != told and draft.before != _hash_of(text):
        draft = _as_in(frame, marks.passages, draft)
    return Review(folder, frame, (draft,), marks.parallels, _hash_of(text))


def draft_of(frame: Frame, passages: Sequence[Passage]) -> Draft:
    """Return a draft of a pack that has none: whatever it marks is accepted."""
    return _as_in(frame, passages, Draft(()))


def _hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _as_in(frame: Frame, passages: Sequence[Passage], draft: Draft) -> Draft:
    """Return a draft that says what passages.toml says."""
    given = {passage.id: passage for passage in passages}
    marks: list[Mark] = []
    for mark in draft.marks:
        if (passage := given.pop(mark.id, None)) is not None:
            marks.append(_told(passage, mark))
        elif mark.quotable:
            marks.append(replace(mark, state=State.SKIPPED))
        elif not any(_meet(mark, passage) for passage in passages):
            marks.append(mark)
    marks += [_told(passage, None) for passage in given.values()]
    order = {article.id: number for number, article in enumerate(frame.texts)}
    return Draft(tuple(sorted(marks, key=lambda mark: (order[mark.article], mark.start))))


def _meet(mark: Mark, passage: Passage) -> bool:
    span = passage.span
    return mark.article == span.article_id and mark.start < span.end and span.start < mark.end


def _told(passage: Passage, mark: Mark | None) -> Mark:
    told = Mark(
        id=passage.id,
        article=passage.span.article_id,
        start=passage.span.start,
        end=passage.span.end,
        text=passage.text,
        voice=passage.voice,
        mode=passage.mode,
        speaker=passage.speaker,
        cue=passage.cue,
        confidence=1.0,
        topics=passage.topics,
        point=passage.point,
        state=State.ACCEPTED,
    )
    if mark is not None and replace(told, confidence=mark.confidence, state=mark.state, guess=mark.guess) == mark:
        return mark
    return told
