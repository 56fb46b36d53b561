"""Who says each sentence of an article: a report, which lets several speak, or an article that speaks for one side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.authoring.marking.people import untitled
from bot.authoring.marking.sentences import Place, quotations_in, sentences_of, words_in
from bot.authoring.marking.speakers import Company, Speaker
from bot.authoring.marking.speech import (
    ACCORDING,
    BOUNDARY,
    LEANING,
    LIST_AHEAD,
    OTHERS_SAY,
    RAISED_BY,
    REPORTING,
    TELLING,
)
from bot.authoring.sources.document import Kind
from knowledge.model import CONTEXT, Mode

if TYPE_CHECKING:
    from bot.authoring.marking.speakers import Mention
    from knowledge.model import Side

DECIDED: Final = 0.5
"""Confidence from which a proposal counts as decided; below it a person is asked."""

_SURE, _LIKELY, _FAIR, _WEAK, _OPEN = 0.95, 0.8, 0.6, 0.4, 0.2

_NEARBY: Final = 40
"""Characters between a name and its verb, at most, where nothing but words lies between."""
_MOSTLY: Final = 0.45
"""Share of a sentence in quotation marks from which it is quoted speech."""
_LEAST_PART: Final = 4
"""Words that a part of a divided sentence has, at least."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of an article with its place, for whom speaks it see `Paragraph`."""

    start: int
    end: int
    kind: Kind
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A stretch of an article, and who is proposed to speak in it.

    `voice` is a side's id, CONTEXT for the writer, or None where a person has to decide; then `guess` may name a side.
    `speaker` and `cue` are as in a passage, `confidence` is from 0 to 1.
    """

    start: int
    end: int
    voice: str | None
    mode: Mode
    speaker: str | None
    cue: str | None
    confidence: float
    point: int | None = None
    guess: str | None = None


@dataclass(frozen=True, slots=True)
class _Tag:
    """Words that say who speaks: their range, the speaker (None: a pronoun for nobody known), and what they tell."""

    start: int
    end: int
    speaker: Speaker | None
    telling: bool = False


def attributed(
    text: str,
    lines: Sequence[Line],
    sides: Sequence[Side],
    own: Speaker | None = None,
    known: Mapping[str, str] | None = None,
) -> list[Said]:
    """Propose who says each sentence; `own` is the author of an article that speaks for a side, None for a report.

    `known` gives the sides of people, by name in lower case; CONTEXT for those who take none, whom the writer reports.
    """
    reading = _Reading(text, sides, own, known or {})
    return [_of_the_writer(said) if said.voice == CONTEXT else said for said in reading.of(lines)]


def _of_the_writer(said: Said) -> Said:
    """Keep who speaks on no side; what is only told of them, and the rest, is the writer's."""
    if said.speaker is not None and said.mode is not Mode.NARRATED:
        return said
    return replace(said, mode=Mode.NARRATED, speaker=None, cue=None)


class _Reading:
    """One article while it is read from its beginning to its end."""

    def __init__(self, text: str, sides: Sequence[Side], own: Speaker | None, known: Mapping[str, str]) -> None:
        self._text = text
        self._own = own
        self._known = {untitled(name).casefold(): side for name, side in known.items()}
        self._company = Company(sides, known=self._known)
        self._person: Speaker | None = None
        self._quoted: Speaker | None = None
        self._lead: _Tag | None = None
        self._point = 0

    def of(self, lines: Sequence[Line]) -> Iterator[Said]:
        self._quotations = {line.start: quotations_in(self._text, line.start, line.end) for line in lines}
        self._masked = _masked(self._text, [place for line in lines for place in self._quotations[line.start]])
        for line in lines:
            if line.kind is Kind.HEADING:
                self._lead = self._company.current = None
            if line.kind in {Kind.HEADING, Kind.LABEL}:
                continue
            if line.kind is Kind.ITEM:
                self._point += 1
            else:
                self._point = 0
                self._lead = None
            yield from self._spoken(line) if line.speaker is not None and self._own is None else self._written(line)

    def _spoken(self, line: Line) -> Iterator[Said]:
        """Yield the sentences of a turn of a transcript."""
        side = self._known.get((line.speaker or "").casefold()) or self._company.side_named(line.speaker or "")
        for start, end in sentences_of(self._text, line.start, line.end):
            confidence = _SURE if side else _OPEN
            yield Said(start, end, side, Mode.DIRECT, line.speaker, None, confidence)

    def _written(self, line: Line) -> Iterator[Said]:
        quotations = self._quotations[line.start]
        masked = self._masked
        sentences = sentences_of(self._text, line.start, line.end)
        lead, tags = self._lead, []
        for sentence in sentences:
            tags.append(self._tags(masked, *sentence))
            self._remember(masked, *sentence, tags[-1])
        for number, (start, end) in enumerate(sentences):
            if self._own is not None:
                yield self._of_side(start, end, self._own, tags[number], quotations)
                continue
            for part in _parts(masked, start, end, tags[number]):
                inside = [tag for tag in tags[number] if part[0] <= tag.start < part[1]]
                owner = self._owner(part, number, sentences, tags, quotations)
                nobody = not any(tag.speaker and (tag.speaker.side or tag.speaker.person) for tag in inside)
                if lead is not None and nobody and owner[0] is None:
                    yield self._listed(*part, lead)
                else:
                    yield replace(self._reported(*part, inside, owner, quotations), point=self._point if lead else None)

    # Who is named

    def _tags(self, masked: str, start: int, end: int) -> list[_Tag]:
        """Return the words that say who speaks in a sentence, in order."""
        mentions = self._company.mentions(masked, start, end)
        found: list[_Tag] = []
        for pattern, telling in ((REPORTING, False), (TELLING, True)):
            for verb in pattern.finditer(masked, start, end):
                tag = self._tag_of(masked, start, end, verb, mentions, telling=telling)
                if tag is not None and all(tag.end <= other.start or other.end <= tag.start for other in found):
                    found.append(tag)
        for pattern in (ACCORDING, RAISED_BY):
            for lead in pattern.finditer(masked, start, end):
                named = self._company.mentions(masked, lead.end(), end)
                near = next((one for one in named if one.start - lead.end() <= len("the former ")), None)
                if near is not None:
                    found.insert(0, _Tag(lead.start(), near.end, self._who(masked, near)))
        return sorted(found, key=lambda tag: tag.start)

    def _tag_of(
        self, masked: str, start: int, end: int, verb: re.Match[str], mentions: Sequence[Mention], *, telling: bool
    ) -> _Tag | None:
        before = masked[start : verb.start()]
        if _NO_VERB.search(before) or verb[0].casefold().startswith("to "):
            return None
        after = next((one for one in mentions if one.start >= verb.end()), None)
        if after is not None and not _LED_TO.fullmatch(masked[verb.end() : after.start]):
            after = None
        inverted = re.search(r"(?:^|[·\"'”’»])[\s,]*$", before)
        if inverted and after is not None:
            return _Tag(verb.start(), after.end, self._who(masked, after), telling)
        clause = max((found.end() for found in _CLAUSE.finditer(before)), default=0) + start
        ahead = [one for one in mentions if clause <= one.start and one.end <= verb.start()]
        if ahead:
            near = ahead[-1]
            between = masked[near.end : verb.start()]
            led = re.search(r"\b(?:who|which|that)\s*$", before) is not None
            if not _BESIDE.fullmatch(between) and (led or "," in between):
                near = ahead[0]
            if _BESIDE.fullmatch(between) or led or len(between) <= _NEARBY:
                return _Tag(near.start, verb.end(), self._who(masked, near), telling)
        if before.rstrip().endswith(",") and after is not None:
            return _Tag(verb.start(), after.end, self._who(masked, after), telling)
        noun = _NOUN_BEFORE.search(masked[clause : verb.start()])
        if noun is not None and not telling:
            return _Tag(clause + noun.start(1), verb.end(), Speaker(noun[1], None), telling)
        named = _NOUN_AFTER.match(masked, verb.end(), end) if inverted and "·" in before else None
        return None if named is None else _Tag(verb.start(), named.end(), Speaker(named[1], None), telling)

    def _who(self, masked: str, mention: Mention) -> Speaker | None:
        if mention.speaker is not None:
            return mention.speaker
        if masked[mention.start : mention.end].casefold() in {"he", "she"}:
            return self._person or self._company.current
        current = self._company.current
        if masked[mention.start : mention.end].casefold() != "it":
            stands = masked[mention.start : mention.end].casefold() != "they" and current is not None and current.person
            return self._company.group_of(current, masked, mention.start) if current and stands else current
        group = self._company.group_before(masked, mention.start)
        return group if group is None or current is None or current.person else current

    def _remember(self, masked: str, start: int, end: int, tags: Sequence[_Tag]) -> None:
        """Keep in mind who spoke, or whom the sentence is about, for pronouns to come."""
        for tag in tags:
            if tag.speaker is not None:
                self._company.hear(tag.speaker)
        speaker = next((tag.speaker for tag in tags if tag.speaker is not None), None)
        if speaker is None:
            first = next(iter(self._company.mentions(masked, start, end)), None)
            speaker = first.speaker if first is not None and first.start - start <= _NEARBY // 2 else None
        if speaker is not None and speaker.person:
            self._person = speaker
        if speaker is not None and (not speaker.person or speaker.side is not None):
            self._company.current = speaker
        if tags and LIST_AHEAD.search(self._text, start, end):
            self._lead = tags[-1]

    # Who is quoted

    def _owner(
        self, part: Place, number: int, sentences: Sequence[Place], tags: Sequence[Sequence[_Tag]],
        quotations: Sequence[Place],
    ) -> tuple[Speaker | None, float, _Tag | None]:  # fmt: skip
        """Return who says the quotation that most of a stretch lies in, how sure that is, and the words that tell."""
        own = max(quotations, key=lambda place: _shared(part, place), default=None)
        if own is None or _shared(part, own) < 0.3 * (part[1] - part[0]):
            return None, 0.0, None
        for other, sentence in enumerate(sentences):
            if _shared(sentence, own):
                tag = next((tag for tag in tags[other] if not own[0] <= tag.start < own[1]), None)
                if tag is not None:
                    return tag.speaker, _SURE, tag
        before = self._text[max(0, own[0] - 3) : own[0]].rstrip()
        if number and tags[number - 1]:
            return tags[number - 1][-1].speaker, _LIKELY if before.endswith(":") else _FAIR, tags[number - 1][-1]
        if number == 0 and self._quoted is not None:
            return self._quoted, _FAIR, None
        return (self._company.current if before.endswith(":") or number else None), _FAIR, None

    # What is proposed

    def _reported(
        self,
        start: int,
        end: int,
        tags: Sequence[_Tag],
        owner: tuple[Speaker | None, float, _Tag | None],
        quotations: Sequence[Place],
    ) -> Said:
        """Propose who says a sentence of a report."""
        speaker, confidence, tag = owner
        quoted = _quoted(start, end, quotations)
        if speaker is not None:
            self._quoted = speaker
        elif tag is None and tags:
            tag = tags[0]
            speaker = tag.speaker
            sides = {one.speaker.side for one in tags if one.speaker is not None} - {None}
            confidence = _FAIR if tag.telling or len(sides) > 1 else _LIKELY
        if tag is None and speaker is None:
            return self._untold(start, end, quoted=quoted)
        mode = Mode.DIRECT if quoted else Mode.NARRATED if tag is not None and tag.telling else Mode.INDIRECT
        cue = None if tag is None else self._cue(tag)
        if speaker is not None and speaker.side is not None:
            return Said(start, end, speaker.side, mode, speaker.name, cue, confidence)
        if speaker is None or speaker.person or LEANING.match(speaker.name) or quoted:
            return Said(start, end, None, mode, speaker.name if speaker else None, cue, _WEAK)
        # What the writer reports of others, who are of no side, stays the writer's.
        return Said(start, end, CONTEXT, Mode.NARRATED, None, None, DECIDED)

    def _untold(self, start: int, end: int, *, quoted: bool) -> Said:
        """Propose who says a sentence in which nobody is named as speaking."""
        if quoted:
            return Said(start, end, None, Mode.DIRECT, None, None, _OPEN)
        current = self._company.current
        if current is not None and current.side not in {None, CONTEXT} and _OURS.search(self._text, start, end):
            return Said(start, end, None, Mode.INDIRECT, None, None, _WEAK, guess=current.side)
        return Said(start, end, CONTEXT, Mode.NARRATED, None, None, _FAIR if current else _LIKELY)

    def _cue(self, tag: _Tag) -> str:
        return self._text[tag.start : tag.end].strip(" ,")

    def _listed(self, start: int, end: int, lead: _Tag) -> Said:
        """Propose who says a point of a list, or a sentence of it, that a sentence before has handed over to."""
        speaker = lead.speaker or Speaker("", None)
        named = self._company.mentions(self._text, start, min(end, start + _NEARBY))
        itself = any(one.speaker is not None and one.speaker.side == speaker.side for one in named)
        mode = Mode.INDIRECT if itself else Mode.DIRECT
        confidence = _LIKELY if speaker.side else _WEAK
        cue = self._cue(lead)
        return Said(start, end, speaker.side, mode, speaker.name or None, cue, confidence, self._point or None)

    def _of_side(self, start: int, end: int, own: Speaker, tags: Sequence[_Tag], quotations: Sequence[Place]) -> Said:
        """Propose who says a sentence of an article that speaks for a side."""
        quoted = _quoted(start, end, quotations)
        tag = next((tag for tag in tags if tag.speaker is not None), None)
        several = OTHERS_SAY.match(self._masked, start, end)
        nobody = tag is None or tag.speaker is None or (tag.speaker.side is None and not tag.speaker.person)
        if several is not None and nobody:
            mode = Mode.DIRECT if quoted else Mode.INDIRECT
            cue = self._text[several.start("who") : several.end()]
            return Said(start, end, None, mode, several["who"], cue, _WEAK)
        if tag is None or tag.speaker is None:
            return Said(start, end, own.side, Mode.DIRECT, own.name, None, _FAIR if quoted else _SURE)
        speaker, cue = tag.speaker, self._cue(tag)
        mode = Mode.DIRECT if quoted else Mode.INDIRECT
        if speaker.side == CONTEXT:
            return Said(start, end, CONTEXT, mode, speaker.name, cue, _SURE)
        if speaker.side not in {None, own.side} or (speaker.side is None and LEANING.match(speaker.name)):
            # The other side as this one tells of it: a person has to say whose that is.
            return Said(start, end, None, mode, speaker.name, cue, _WEAK, guess=speaker.side)
        if speaker.side == own.side or not (speaker.person or quoted):
            return Said(start, end, own.side, Mode.DIRECT, own.name, None, _LIKELY)
        return Said(start, end, own.side, mode, speaker.name, cue, _FAIR)


_OURS: Final = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)

_NO_VERB: Final = re.compile(
    r"\b(?:the|a|an|his|her|its|their|our|my|your|no|of|in|on|for|with|by|from|"
    r"latest|recent|new|first|second|annual|financial|public|open)\s+$",
    re.IGNORECASE,
)
"""Before what looks like a verb and is a noun."""

_CLAUSE: Final = re.compile(
    r"[;:·]|\s[–—-]\s|,\s+(?:but|and|while|whereas|although|yet)\s|\b(?:but|whereas)\s", re.IGNORECASE
)
_BESIDE: Final = re.compile(r"\s*(?:,[^,]{1,120},|\([^)]{1,80}\))?\s*(?:who\s+|which\s+|that\s+)?")
"""What may stand between a speaker and the verb: nothing, or an apposition."""

_LED_TO: Final = re.compile(r"\s+(?:(?:the|a|an|its|their|his|her)\s+)?(?:[\w’'-]+\s+){0,4}", re.IGNORECASE)
"""What may stand between a verb and the speaker after it: a role."""

_TURNING: Final = re.compile(r";|\b(?:but|while|whereas|although|though|yet)\b", re.IGNORECASE)
"""Between what nobody is named for and what somebody says."""

_NOUN_BEFORE: Final = re.compile(
    r"((?:(?:the|a|an|some|many|most|several|one|two|other|another|all)\s+)?(?:[\w’'-]+\s+){0,2}[\w’'-]+)\s+"
    r"(?:who\s+|that\s+)?$",
    re.IGNORECASE,
)
_NOUN_AFTER: Final = re.compile(r"\s+((?:(?:the|a|an|one|another)\s+)?(?:[\w’'-]+\s+){0,2}[\w’'-]+)", re.IGNORECASE)


def _masked(text: str, quotations: Sequence[Place]) -> str:
    """Return a text with dots for what is quoted in it."""
    pieces, at = [], 0
    for start, end in quotations:
        pieces += [text[at : start + 1], "·" * (end - start - 1)]
        at = end
    return "".join([*pieces, text[at:]])


def stands_quoted(text: str, start: int, end: int) -> bool:
    """Tell whether most of a stretch of an article stands in quotation marks."""
    return _quoted(start, end, quotations_in(text, text.rfind("\n", 0, start) + 1, (text + "\n").find("\n", end)))


def _quoted(start: int, end: int, quotations: Sequence[Place]) -> bool:
    """Tell whether most of a stretch is quoted."""
    return sum(_shared((start, end), place) for place in quotations) >= _MOSTLY * (end - start)


def _shared(one: Place, other: Place) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _parts(masked: str, start: int, end: int, tags: Sequence[_Tag]) -> list[Place]:
    """Divide a sentence in which a second one begins to speak."""
    for first, second in zip((None, *tags), tags, strict=False):
        if second.speaker is None or (first is not None and _same(first, second)):
            continue
        joints = [found.span() for found in BOUNDARY.finditer(masked, first.end if first else start, second.start)]
        if first is None:
            joints = [joint for joint in joints if _TURNING.search(masked[slice(*joint)])]
        elif masked[: second.start].rstrip().endswith(","):
            joints.append((masked.rindex(",", start, second.start), second.start))
        for stop, begin in joints:
            near = words_in(masked[begin : second.start]) <= _LEAST_PART
            if near and min(words_in(masked[start:stop]), words_in(masked[begin:end])) >= _LEAST_PART:
                after = stop + len(masked[stop:begin]) - len(masked[stop:begin].lstrip(" ,;–—-"))
                return [(start, stop), (after, end)]
    return [(start, end)]


def _same(one: _Tag, other: _Tag) -> bool:
    """Tell whether two speak for one side, as far as is known."""
    sides = {tag.speaker.side for tag in (one, other) if tag.speaker is not None} - {None}
    return len(sides) < 2  # noqa: PLR2004 - two of them
