"""What turns the meaning of words that are cut out of their sentence: a denial, a rejection, a condition, a question.

It is told by the words around them, as English has them. An approximation: what is found is shown with its sentence, to
be read by a person, and changes no verdict.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from bot.quote.rules.cite.written import tokens


class Turn(Enum):
    """What the rest of a sentence does to words that are cut out of it."""

    DENIED = "denied"
    REJECTED = "rejected"
    CONDITIONED = "conditioned"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Cut:
    """What was cut off: the words that turn the meaning, from `start` to `end`, `before` the quoted ones or after."""

    turn: Turn
    words: str
    before: bool
    start: int
    end: int


_SUBJECT: Final = (
    r"(?:(?i:i|we|you|he|she|it|they|this|that|these|those|there|who|which|the|an?|my|our|your|his|her|its|their|some|"
    r"many|most|all|one|people)\b|[A-Z]\w+)"
)
"""How a clause of its own begins."""

_CLAUSE: Final = re.compile(
    rf"[;:]|\s[–—-]\s|,?\s\b(?:but|yet|because|whereas|although|though|rather|instead|so\s+that)\b|,\s+then\b|"
    rf",(?=\s+{_SUBJECT})|"
    rf",?\s(?:and|or|so)(?=\s+{_SUBJECT})"
)
"""Where a denial that stands before ends."""

_PART: Final = re.compile(
    r"[,;:]|\s[–—-]\s|\b(?:that|which|who|whom|whose|because|since|although|though|while|when|where|if|unless|but|yet)\b|"
    rf"\b(?:and|or|so)(?=\s+{_SUBJECT})"
)
"""Where one that comes after no longer belongs to the quoted words."""

_NEGATION: Final = (
    r"not(?!\s+(?:only|just|merely|simply|least)\b)|never|no(?!\s+(?:doubt|wonder)\b)|nobody|none|nothing|nowhere|"
    r"neither|nor|without|hardly|scarcely|barely|rarely|seldom|cannot|\w+n't|"
    r"(?:do|does|did|is|are|was|were|has|have|had|ca|wo|would|could|should)nt"
)
_DENIAL: Final = re.compile(
    rf"\b(?:{_NEGATION}|unable|unlikely|impossible|(?:prevent|prohibit|forbid|forbad|refus|fail|avoid|block)\w*|"
    r"(?:bann?|stopp?)(?:s|ed|ing)?)\b",
    re.IGNORECASE,
)
_NEGATIONS: Final = re.compile(rf"\b(?:{_NEGATION})\b", re.IGNORECASE)
_DENIED_AFTER: Final = re.compile(r"\b(?:not(?!\s+only\b)|never|\w+n't|cannot|hardly|scarcely|rarely)\b", re.IGNORECASE)
_DENIED_AT_ONCE: Final = re.compile(r"\s*(?:no|nothing|nobody|none|neither|without)\b", re.IGNORECASE)
_REJECTION: Final = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|(?:disput|reject|refut|dismiss|contradict|oppos)\w*|(?<!no\s)doubt\w*|wrong|false(?:ly)?|untrue|"
    r"incorrect|mistaken(?:ly)?|lies?|myths?|misconceptions?|nonsense|rumou?rs?|allegations?|pretend\w*|supposedly|"
    r"allegedly|so-called)\b",
    re.IGNORECASE,
)
_REJECTED_AFTER: Final = re.compile(
    r"\b(?:is|are|was|were|be|being|been|seems?|sounds?|remains?)\s+(?:\w+ly\s+|just\s+|all\s+|quite\s+)?(?:wrong|false|"
    r"untrue|incorrect|mistaken|nonsense|absurd|ridiculous|misleading|unfounded|baseless|inaccurate|(?:an?\s+)?lies?|"
    r"(?:an?\s+)?myths?|an?\s+misconception|an?\s+fiction|far\s+from\s+\w+|not\s+(?:true|the\s+case|so|correct|right)|"
    r"rejected|denied|refuted|disputed)\b|\b\w+n't\s+(?:true|the\s+case|so|correct|right)\b",
    re.IGNORECASE,
)
_CONDITION: Final = re.compile(
    r"(?<!even\s)\b(?:if|unless|whether|provid(?:ed|ing)\s+that|assuming|suppos(?:e|ing)|on\s+condition|as\s+long\s+as|"
    r"in\s+case)\b|\b(?:may|might|could|would|should)(?:\s+(?:\w+ly|also|even))?(?:\s+(?:be|have))?\s*$",
    re.IGNORECASE,
)
_CONDITION_CLAUSE: Final = re.compile(
    r"(?:^|[,;:–—]\s*|\b(?:and|but|so|then)\s+)[\"'“‘(]*(?P<if>(?:only\s+)?(?:if|unless|provided\s+that|as\s+long\s+as|"
    r"until|once)\b[^,;:]*),\s*(?:then\s+)?$",
    re.IGNORECASE,
)
"""A condition that stands before the clause that it is for."""
_LIMIT: Final = re.compile(
    r"(?<!even\s)\b(?:unless|(?:only\s+)?if|except|provided\s+that|as\s+long\s+as|until|only\s+(?:when|after|where)|"
    r"on\s+condition|but|however|although|though|yet)\b",
    re.IGNORECASE,
)
_NEXT: Final = re.compile(
    r"[;:]|,?\s(?:and|or|so)(?=,?\s+(?:if|when|we|you|they|it|he|she|the|this|these)\b)", re.IGNORECASE
)
"""Where what follows is about something else."""
_QUESTION: Final = re.compile(r"\?[\"'”’»)\]]*\s*$")

_MOST_SHOWN: Final = 80
"""Characters of the words that turn the meaning: where they are more, the sentence shows the rest."""

_Found = tuple[Turn, int, int]


def cuts(text: str, start: int, end: int, low: int, high: int, *, asked: bool = False) -> tuple[Cut, ...]:
    """Find what turns the meaning of the words from `start` to `end` of a sentence that goes from `low` to `high`.

    `asked` says that the quotation keeps its question mark.
    """
    plain = _plain(text)
    before, after = _before(plain, start, low, high), _after(plain, end, high)
    question = _QUESTION.search(plain, end, high) if words_between(text, low, start) and not asked else None
    return (
        *_cut(text, before, before=True),
        *_cut(text, after, before=False),
        *_cut(text, question and (Turn.ASKED, low, high), before=False),
    )


def cuts_between(text: str, left: int, right: int, low: int, high: int) -> tuple[Cut, ...]:
    """Find what turns the meaning in words that were left out: from `left` to `right`, inside `low` to `high`."""
    plain = _plain(text)
    before, after = _before(plain, right, max(left, low), high), _after(plain, left, min(right, high))
    return (*_cut(text, before, before=True), *_cut(text, after, before=False))


def denials_in(words: str) -> tuple[str, ...]:
    """List the words of a text that deny something."""
    return tuple(words[found.start() : found.end()] for found in _NEGATIONS.finditer(_plain(words)))


def words_between(text: str, start: int, end: int) -> bool:
    """Tell whether any word stands in a stretch of text."""
    return start < end and bool(tokens(text[start:end]))


def _plain(text: str) -> str:
    """Write every apostrophe alike; no character moves."""
    return text.replace("\u2019", "'").replace("\u2018", "'")


def _before(text: str, start: int, low: int, high: int) -> _Found | None:
    """Look at what stands before the words that begin at `start`."""
    if not words_between(text, low, start):
        return None
    ends = [found.end() for found in _CLAUSE.finditer(text, low, high) if found.end() <= start]
    scope = max(ends, default=low)
    looked: tuple[tuple[Turn, re.Pattern[str]], ...] = (
        (Turn.DENIED, _DENIAL),
        (Turn.REJECTED, _REJECTION),
        (Turn.CONDITIONED, _CONDITION),
    )
    for turn, pattern in looked:
        found = next(pattern.finditer(text, scope, start), None)
        if found is not None:
            return turn, found.start(), found.end()
    if not words_between(text, scope, start):
        condition = _CONDITION_CLAUSE.search(text[low:start])
        if condition is not None:
            return Turn.CONDITIONED, low + condition.start("if"), low + condition.end("if")
    return None


def _after(text: str, end: int, high: int) -> _Found | None:
    """Look at what stands behind the words that end at `end`."""
    if not words_between(text, end, high):
        return None
    close = next((found.start() for found in re.finditer(r";", text[end:high])), high - end) + end
    rejected = _REJECTED_AFTER.search(text, end, close)
    if rejected is not None:
        return Turn.REJECTED, rejected.start(), rejected.end()
    part = _PART.search(text, end, high)
    denied = _DENIED_AT_ONCE.match(text, end, high) or _DENIED_AFTER.search(text, end, part.start() if part else high)
    if denied is not None:
        return Turn.DENIED, denied.start(), part.start() if part else high
    following = _NEXT.search(text, end, high)
    limit = _LIMIT.search(text, end, following.start() if following else high)
    if limit is not None:
        return Turn.CONDITIONED, limit.start(), following.start() if following else high
    return None


def _cut(text: str, found: _Found | None, *, before: bool) -> tuple[Cut, ...]:
    """Show what was found in the words of the article."""
    if found is None:
        return ()
    turn, start, end = found
    words = text[start:end].strip(" \t\n\xa0,;:.!?”“\"'–—")
    shown = words if len(words) <= _MOST_SHOWN else f"{words[:_MOST_SHOWN].rsplit(' ', 1)[0]} …"
    return (Cut(turn, shown, before, start, end),)
