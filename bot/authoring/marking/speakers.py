"""Whom a text names as speaking: the sides by their aliases, people by their names, and those who stand for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from bot.authoring.marking.people import TITLE
from bot.authoring.marking.speech import REPORTING, TELLING
from bot.quote.rules.words import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from knowledge.model import Side


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: as named, and the side that this is, if it is known; `person` has a first or last name."""

    name: str
    side: str | None
    person: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that names somebody; `speaker` is None for a pronoun."""

    start: int
    end: int
    speaker: Speaker | None


_CAPITAL: Final = r"[A-ZÀ-Ý][\w’'-]*[a-zà-ÿ][\w’'-]*"
_PERSON: Final = re.compile(
    rf"(?:{TITLE.pattern})?{_CAPITAL}(?:\s+(?:(?:van|von|de|der|den|al|bin|da|di|le|la)\s+)*(?:[A-Z]\.\s*)?{_CAPITAL}){{1,3}}"
)
_NO_NAME: Final = word_set(
    "the a an this that these those in on at by for to of and but or as it its he she they we you i his her their our "
    "some many most all one two three however yet still also when while after before if since because although not no "
    "recently instead meanwhile according another other both each every so then there here what who how why where "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december"
)
"""Words that have a capital only because a sentence begins with them, or as names of days."""

_GENITIVE: Final = re.compile(r"['’](?:s\b|\s)")

_PRONOUN: Final = re.compile(r"\b(?:he|she|they|it)\b", re.IGNORECASE)
_GROUP: Final = re.compile(
    r"company|firm|group|organi[sz]ation|association|party|campaign|union|team|charity|network|foundation|statement|"
    r"letter|post",
    re.IGNORECASE,
)
"""Nouns that stand for whoever spoke last, where nobody was called by them."""

_SPEAKS: Final = re.compile(rf"\s+(?:{REPORTING.pattern}|{TELLING.pattern})|,", re.IGNORECASE)
_SPOKEN_BY: Final = re.compile(rf"{REPORTING.pattern}\s+\Z", re.IGNORECASE)
"""After and before a first name that stands alone."""

_POSSESSED: Final = re.compile(
    r"['’]s?\s+(?:[\w-]+\s+){0,3}?(?:spokes(?:person|man|woman|people)|statement|post|blog|director|head|president|chair(?:man|woman)?|"
    r"leader|lawyers?|website|response|repl(?:y|ies)|officials?|representatives?|founder|chief|boss|makers?|team)\b",
    re.IGNORECASE,
)
"""What belongs to a side and speaks for it."""

_PREPOSITION: Final = re.compile(
    r"\b(?:of|in|on|about|for|to|with|from|against|at|than|like|between|through|under|over|around|into|by|including)\s+"
    r"(?:the\s+|a\s+|an\s+|its\s+|their\s+|his\s+|her\s+|this\s+|that\s+)?(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_VOICE_OF: Final = re.compile(
    r"\b(?:spokes(?:person|man|woman|people)|statement|post|director|head|president|chair(?:man|woman)?|leader|lawyers?|"
    r"officials?|representatives?|founder|chief|boss|member|supporter|author|letter|makers?|speaker|people|those)s?\s+"
    r"(?:of|from|for|at|in|by|on)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
"""What makes of a name after a preposition the one who speaks."""


_OF_THEIRS: Final = re.compile(r"\b(?:its|their)\s+(?:[\w-]+\s+){0,3}[\w-]+,?\s*$", re.IGNORECASE)
"""Before the name of somebody who stands for whoever spoke last."""

_BODY: Final = (
    r"hospital|ministry|department|council|university|college|institute|school|company|firm|group|agency|authority|"
    r"board|committee|commission|court|police|union|association|alliance|federation|foundation|trust|charity|club|church|"
    r"party|bank|office|bureau|network|organi[sz]ation"
)
_ORGANISATION: Final = re.compile(rf"\b(?:{_BODY})\b", re.IGNORECASE)
_DEFINITE: Final = re.compile(rf"\bthe\s+({_BODY}|campaign|team|statement|letter|post)\b(?!\s+of\b)", re.IGNORECASE)
_TELLS_NOTHING: Final = _NO_NAME | word_set("whole entire full local new old same former current present rest")
"""Words before such a noun that make no name of it."""
_ANY_GROUP: Final = frozenset({"company", "firm", "group", "organisation", "organization"})
"""Nouns that stand for any organisation."""

_ROLE: Final = (
    r"head|chair\w*|president|leader|director|spokes\w+|founder|member|minister|mayor|secretary|lawyer|professor|author|"
    r"officer|manager|chief|treasurer|speaker|teacher|pupil|student|mother|father|parent"
)
_OF: Final = re.compile(r"\s+(?:of|from|for|at|with)\s+(?:the\s+)?")
_APPOSITION: Final = re.compile(
    rf",\s*(?:an?\s|the\s|who\s|whose\s|one\s+of\s|of\s|from\s|for\s|(?:[\w-]+\s+){{0,3}}(?:{_ROLE})\b)[^,.;:]{{2,120}}|\s*\([^)]{{3,80}}\)",
    re.IGNORECASE,
)


@dataclass
class Company:
    """Who is known in an article: sides by their words, and the people who were named so far, with their sides."""

    sides: Sequence[Side]
    people: dict[str, Speaker] = field(default_factory=dict)
    by_first_name: dict[str, Speaker] = field(default_factory=dict)
    """Those who spoke; whoever shares the name with somebody is of no known side."""
    known: Mapping[str, str] = field(default_factory=dict)
    """People of whom a person said which side they speak for, by name in lower case, without title."""
    current: Speaker | None = None
    """Whom "its" and "their" stand for."""

    @cached_property
    def _aliases(self) -> list[tuple[re.Pattern[str], Side]]:
        named = {
            alias: side for side in self.sides for alias in (*side.aliases, side.short_name, side.name) if alias.strip()
        }
        ordered = sorted(named, key=lambda alias: (-len(alias), alias))
        return [(re.compile(rf"(?<!\w){_spaced(alias)}(?!\w)", re.IGNORECASE), named[alias]) for alias in ordered]

    @cached_property
    def _bare(self) -> list[tuple[re.Pattern[str], Side]]:
        """The aliases without an article, as they stand before a name."""
        named = {
            re.sub(r"^the\s+", "", alias, flags=re.IGNORECASE): side for side in self.sides for alias in side.aliases
        }
        ordered = sorted(named, key=lambda alias: (-len(alias), alias))
        one_of = [f"{alias}?" if alias.endswith("s") else alias for alias in map(_spaced, ordered)]
        return [
            (re.compile(rf"(?<!\w){form}(?!\w)", re.IGNORECASE), named[alias])
            for form, alias in zip(one_of, ordered, strict=True)
        ]

    def mentions(self, text: str, start: int, end: int) -> list[Mention]:
        """List who is named in a stretch of text, in order; what only stands after a preposition is none."""
        found: list[Mention] = []
        for mention in self._named(text, start, end):
            if all(mention.end <= other.start or other.end <= mention.start for other in found):
                found.append(mention)
        return sorted(found, key=lambda mention: mention.start)

    def _named(self, text: str, start: int, end: int) -> Iterator[Mention]:
        """Yield mentions that may overlap, the surest first."""
        yield from self._named_people(text, start, end)
        yield from self._called_by_first_name(text, start, end)
        for pattern, side in self._aliases:
            for match in pattern.finditer(text, start, end):
                begin, stop = match.span()
                owned = _POSSESSED.match(text, stop, end)
                led = _VOICE_OF.search(text[start:begin])
                idle = owned is None and _GENITIVE.match(text, stop, end) is not None
                if not idle and (led is not None or not _PREPOSITION.search(text[start:begin])):
                    name = _with_article(text, begin, stop)
                    speaker = Speaker(name, side.id, person=_PERSON.fullmatch(name) is not None)
                    yield Mention(start + led.start() if led else begin, owned.end() if owned else stop, speaker)
        for match in (*_DEFINITE.finditer(text, start, end), *_PRONOUN.finditer(text, start, end)):
            if _PREPOSITION.search(text[start : match.start()]):
                continue
            noun = match[1] if match.re is _DEFINITE else None
            meant = None if noun is None else self._called(text, match.start(), noun)
            if meant is not None or noun is None or _GROUP.fullmatch(noun):
                yield Mention(*match.span(), meant)

    def _named_people(self, text: str, start: int, end: int) -> Iterator[Mention]:
        """Yield the people who are named in full, and by their last name those who were."""
        for match in _PERSON.finditer(text, start, end):
            words = match[0].split()
            begin = match.start()
            while words and words[0].casefold() in _NO_NAME:
                begin += len(words.pop(0)) + 1
            name = " ".join(words)
            if len(words) < 2 or self.side_named(name) is not None:  # noqa: PLR2004 - a first and a last name
                continue
            if _GENITIVE.match(text, match.end(), end) or _PREPOSITION.search(text[start:begin]):
                self._meet(name, None)
            else:
                side = self._side_beside(text, start, begin, match.end(), end)
                yield Mention(begin, match.end(), self._meet(name, side))
        for surname, person in list(self.people.items()):
            for match in re.finditer(rf"(?<![\w-]){re.escape(surname)}(?![\w-])", text[start:end]):
                if not _GENITIVE.match(text, start + match.end(), end):
                    yield Mention(start + match.start(), start + match.end(), person)

    def _called_by_first_name(self, text: str, start: int, end: int) -> Iterator[Mention]:
        for name, person in self.by_first_name.items():
            for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w’'-]|\s+[A-ZÀ-Ý])", text[start:end]):
                before, after = text[start : start + match.start()], text[start + match.end() : end]
                if _SPEAKS.match(after) or _SPOKEN_BY.search(before):
                    yield Mention(start + match.start(), start + match.end(), person)

    def _meet(self, name: str, side: str | None) -> Speaker:
        """Remember a person, and what is known of the side."""
        bare = TITLE.sub("", name)
        last = bare.split()[-1]
        before = self.people.get(last)
        known = self.known.get(bare.casefold()) or self.known.get(last.casefold()) or side
        if before is not None and (before.side is not None or known is None):
            return before
        speaker = Speaker(bare, known, person=True)
        self.people[last] = speaker
        if bare.split()[0] in self.by_first_name:
            self.hear(speaker)
        return speaker

    def _side_beside(self, text: str, start: int, begin: int, stop: int, end: int) -> str | None:
        """Return the side that is named right before a person, or in the apposition right after."""
        before = text[max(start, begin - 60) : begin]
        if (theirs := _OF_THEIRS.search(before)) is not None:
            meant = self.group_before(text, begin - len(before) + theirs.start())
            return meant.side if meant is not None else None
        after = _APPOSITION.match(text[stop:end])
        for pattern, side in self._bare:
            for match in pattern.finditer(before):
                if re.fullmatch(r"(?:['’]s?)?\s+(?:[\w-]+,?\s+){0,3}", before[match.end() :]):
                    return side.id
            if after is not None and pattern.search(after[0]):
                return side.id
            if (of := _OF.match(text, stop, end)) is not None and pattern.match(text, of.end(), end):
                return side.id
        return None

    def _called(self, text: str, at: int, noun: str) -> Speaker | None:
        """Return the body that was last called by a noun and more, as "the city council" for "council"."""
        of_sides = (
            (match, side.id)
            for pattern, side in self._bare
            for match in pattern.finditer(text, 0, at)
            if re.search(rf"\s{noun}\Z", match[0], re.IGNORECASE)
        )
        others = re.finditer(rf"([\w’'-]+)\s+{noun}\b", text[:at], re.IGNORECASE)
        of_none = ((match, None) for match in others if match[1].casefold() not in _TELLS_NOTHING)
        # Where one ends that a side is called by, the side is meant.
        last = max((*of_sides, *of_none), key=lambda each: (each[0].end(), each[1] is not None), default=None)
        return Speaker(_with_article(text, *last[0].span()), last[1]) if last is not None else None

    def group_of(self, person: Speaker, text: str, at: int) -> Speaker | None:
        """Return how the side of a person was last called before a place; None where the other side was, or nobody."""
        named = [(match, side) for pattern, side in self._bare for match in pattern.finditer(text, 0, at)]
        last = max(named, key=lambda each: each[0].end(), default=None)
        return Speaker(_with_article(text, *last[0].span()), last[1].id) if last and last[1].id == person.side else None

    def hear(self, speaker: Speaker) -> None:
        """Know a person who spoke by the first name, too, as long as nobody else has it."""
        first, *others = speaker.name.split()
        if speaker.person and others and not first.endswith("."):
            alone = all(one.name == speaker.name or one.name.split()[0] != first for one in self.people.values())
            self.by_first_name[first] = speaker if alone else Speaker(first, None, person=True)

    def group_before(self, text: str, at: int) -> Speaker | None:
        """Return whom "it" or "its" stands for: the last organisation named before; None where it is of no side."""
        first = text.rfind("\n", 0, at) + 1
        named = [
            (match.start(), match.end(), Speaker(match[0], side.id))
            for pattern, side in self._bare
            for match in pattern.finditer(text, first, at)
        ]
        last = max((stop for _, stop, _ in named), default=first)
        if any(found[0].casefold() not in _ANY_GROUP for found in _ORGANISATION.finditer(text, last, at)):
            return None
        if named:
            return max(named, key=lambda each: each[1])[2]
        return None if self.current is None or self.current.person else self.current

    def side_named(self, text: str) -> str | None:
        """Return the side that a text is a name of; None for anything else."""
        for pattern, side in self._aliases:
            if pattern.fullmatch(text):
                return side.id
        return None


def _spaced(alias: str) -> str:
    return r"\s+".join(map(re.escape, alias.split()))


def _with_article(text: str, begin: int, stop: int) -> str:
    """Return a name as it stands, with the article before it."""
    before = re.search(
        r"\b(?:the|this|these|that|those)\s+(?:[\w-]+\s+)?$", text[max(0, begin - 24) : begin], re.IGNORECASE
    )
    name = text[begin:stop]
    return f"the {name}" if before and not name.casefold().startswith("the ") else name
