"""Who is meant by a name, a role or a pronoun in an article, by those who were named before."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from bot.authoring.marking.speech import REPORTING
from bot.quote.rules.words import word_set

TITLE: Final = re.compile(
    r"(?:Dr|Mr|Mrs|Ms|Miss|Prof|Professor|Councill?or|Sir|Dame|Lord|Lady|Mayor|Senator|Sen|Representative|Rep|President|"
    r"Gov|Governor|Judge|Justice|Sheriff|Commissioner|Minister|Secretary|Chancellor|Superintendent|Captain|Capt|Coach|"
    r"Chief|Sgt|Lt|Gen|Col|Rev|King|Queen|Prince|Princess|Pope|Premier|Ambassador)\b\.?\s+"
)
"""What stands before a name and is no part of it."""
_MALE: Final = word_set("mr sir lord king prince man father husband son brother himself his him he businessman")
_FEMALE: Final = word_set("mrs ms miss dame lady queen princess woman mother wife daughter sister herself her she")
_CAPITAL: Final = r"(?:[A-ZÀ-ÝĀ-Ž][\w’'-]*[\wà-ÿ]|[A-Z]\.)"
_NAME: Final = re.compile(rf"{_CAPITAL}(?:\s+(?:(?:van|von|de|del|der|den|al|bin|da|di|le|la)\s+)*{_CAPITAL}){{0,4}}")
_GROUP: Final = word_set(
    "union council authority university college company department ministry league party association alliance homes "
    "properties securities committee commission agency board club group bank institute foundation court police office "
    "service society federation trust network street house times post news radio school hospital inc ltd corp journal"
)
_NO_NAME: Final = word_set(
    "the a an this that these those in on at by for to of and but or as it its he she they we you i his her their our "
    "some many most all one two three however yet still also when while after before if since because although not no "
    "recently instead meanwhile according another other both each every so then there here what who how why where "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december asked former democrat republican labour conservative"
)
_OF_ONE: Final = word_set("he she")
_OF_MANY: Final = word_set("they it")
_FIRM: Final = word_set(
    "company firm group charity organisation organization agency union club platform giant manufacturer airline"
)
_BODY: Final = re.compile(rf"\b([a-z][\w’'-]+) (?:{'|'.join(sorted(_GROUP | _FIRM))})\b")
"""A body without a name, and what tells it from others."""
_IN_FULL: Final = {
    "gov": "governor", "sen": "senator", "prof": "professor", "dr": "doctor", "rep": "representative",
    "capt": "captain", "sgt": "sergeant", "gen": "general", "lt": "lieutenant", "rev": "reverend",
}  # fmt: skip
_FOR_OTHERS: Final = re.compile(
    r"(?:an?|one|the|another)\s+(?:[\w-]+\s+){0,3}(?:spokes\w+|representative|official|source|lawyer|attorney|statement)\s+"
    r"(?:for|of|from|at|by)\b",
    re.IGNORECASE,
)
"""Somebody without a name who speaks for others."""
_DEFINITE: Final = re.compile(r"(?:the|its|their|his|her)\s+(?:[\w’'-]+\s+){0,3}?([\w-]+)\Z", re.IGNORECASE)
_AFTER_OF: Final = re.compile(r"\b(?:of|for|to|from|at|with|in|by|about)\s+(?:the\s+)?\Z|['’]s?\s*\Z", re.IGNORECASE)
_NEAR: Final = 60
"""Characters before and after a name that tell whose it is."""
_BEFORE_A_NAME: Final = re.compile(r"\s+[a-z][\w-]*\s+[A-Z]")
_GENITIVE: Final = re.compile(r"['’](?:s\b|\s|\Z)")


@dataclass
class Known:
    """Somebody who was named: in full, with the words that describe them, and how they are spoken of ("": unknown)."""

    name: str
    group: bool
    words: set[str] = field(default_factory=set)
    beside: list[str] = field(default_factory=list)
    """What stands right before the name and as its apposition."""
    pronoun: str = ""
    spoke: bool = False


@dataclass
class Cast:
    """Who was named so far in an article, the last one last; `speaker` is who was last quoted."""

    known: dict[str, Known] = field(default_factory=dict)
    speaker: Known | None = None
    topic: Known | None = None
    """Whom the last sentence was about."""
    nameless: list[Known] = field(default_factory=list)
    """Bodies without a name, as "the city council"."""

    def read(self, text: str) -> Known | None:
        """Take in the names of a stretch of text, without quotations; return whom it is about: the first of them."""
        first = None
        bodies = (body for body in _BODY.finditer(text) if body[1].casefold() not in _NO_NAME)
        self.nameless += [Known(f"the {body[0]}", group=True) for body in bodies]
        for match, called in _names(text):
            group = _is_group(text[max(0, match.start() - _NEAR) : match.start()], called)
            name = self._in_full(called)
            if len(name.split()) == 1 and name not in self.known:
                if not _stands_alone(text, match):
                    continue
                group = True
            one = self._meet(name, group=group)
            around = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 120]
            self._describe(one, *around)
            beside = _AFTER_OF.search(around[0]) or _GENITIVE.match(around[1])
            if first is None and not beside and not (group and _BEFORE_A_NAME.match(around[1])):
                first = one
        return first

    def who(self, phrase: str) -> str | None:
        """Return who is meant by what stands where a speaker does; None where that cannot be said."""
        phrase = phrase.strip(" ,").strip()
        folded = phrase.casefold()
        if folded in _OF_ONE | {"i"}:
            found = self._one(folded)
        elif folded in _OF_MANY:
            groups = [one for one in (self.topic, self.speaker, *reversed(self.known.values())) if one and one.group]
            found = next(iter(groups), self.speaker)
        else:
            found = None if _FOR_OTHERS.match(phrase) else self._named(phrase) or self._in_role(phrase)
            if found is None and phrase and phrase[0].isalpha():
                # Somebody without a name, for whom a pronoun may stand next.
                self.speaker = self.topic = Known(phrase, group=phrase.casefold().rstrip("s") != phrase.casefold())
                return phrase
        if found is None:
            return None
        self.speaker = found
        if any(found is one for one in self.nameless):
            return found.name
        found.spoke = True
        self.known[_key(found.name)] = self.known.pop(_key(found.name), found)
        return found.name

    def described(self, name: str) -> tuple[str, ...]:
        """Return what stood beside a name so far."""
        one = self.known.get(_key(name))
        return tuple(one.beside) if one is not None else ()

    def _one(self, pronoun: str) -> Known | None:
        others = [one for one in reversed(self.known.values()) if not one.group and one.pronoun in {"", pronoun}]
        near = [one for one in (self.topic, self.speaker) if one and not one.group and one.pronoun in {"", pronoun}]
        sure = [one for one in (*near, *others) if one.pronoun == pronoun]
        found = next(iter([*near[:1], *sure, *near, *others]), None)
        if found is not None and pronoun != "i":
            found.pronoun = pronoun
        return found

    def _named(self, phrase: str) -> Known | None:
        for match, name in _names(phrase):
            before, after = phrase[: match.start()], phrase[match.end() :]
            group = _is_group(before, name)
            noun = after.strip()[:1].islower() and (group or (" " not in name and name not in self.known))
            if _AFTER_OF.search(before) or _GENITIVE.match(after) or noun:
                continue
            one = self._meet(self._in_full(name), group=group)
            self._describe(one, before, after)
            return one
        return None

    def _in_full(self, name: str) -> str:
        """Return the whole name of whoever spoke before and is called by the first name; else the name as it is."""
        called = [one for one in self.known.values() if not one.group and one.name.startswith(f"{name} ")]
        return called[0].name if len(called) == 1 and called[0].spoke else name

    def _in_role(self, phrase: str) -> Known | None:
        found = _DEFINITE.fullmatch(phrase)
        if found is None:
            return None
        noun = found[1].casefold()
        if phrase.casefold() == f"the {noun}" and noun in _GROUP | _FIRM:
            named = [one for one in (*self.known.values(), *self.nameless) if one.name.casefold().endswith(f" {noun}")]
            if named:
                return named[-1]
        for one in reversed(self.known.values()):
            if noun in one.words and not one.group:
                return one
        if noun in _FIRM:
            near = (self.topic, self.speaker, *reversed(self.known.values()))
            return next((one for one in near if one is not None and one.group), None)
        topic = self.topic
        return topic if topic is not None and not topic.group and not noun.endswith("s") else None

    def _meet(self, name: str, *, group: bool) -> Known:
        key = _key(name)
        before = self.known.pop(key, None)
        if before is None:
            before = Known(name, group)
        elif len(name.split()) > len(before.name.split()) and name.endswith(before.name):
            before.name = name
        self.known[key] = before
        return before

    @staticmethod
    def _describe(one: Known, before: str, after: str) -> None:
        beside = re.split(r"[.;:!?]", before)[-1]
        apposition = re.match(r"\s*,([^.;:]{2,120})", after)
        told = [beside[-40:], *([apposition[1]] if apposition else [])]
        one.beside += [text.strip() for text in told if text.strip()]
        words = {word for text in told for word in re.findall(r"[a-z][\w-]+", text.casefold())}
        one.words |= words | {_IN_FULL[word] for word in words & _IN_FULL.keys()}
        title = re.search(r"(\w+)\.?\s*\Z", before)
        if title is not None and title[1].casefold() in _MALE | _FEMALE:
            one.pronoun = one.pronoun or ("he" if title[1].casefold() in _MALE else "she")


def untitled(name: str) -> str:
    """Return a name, however it is written, without the title before it."""
    return re.sub(rf"^(?:{TITLE.pattern})+", "", " ".join(name.split()), flags=re.IGNORECASE)


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Tell whether a single word with a capital is somebody's name: not for where it stands, nor of a place."""
    before = text[max(0, match.start() - _NEAR) : match.start()]
    if re.search(r"(?:\A|[.!?\"“”]\s*)\Z", before):
        return (
            re.match(rf"\s+(?:{REPORTING.pattern})\b", text[match.end() : match.end() + _NEAR], re.IGNORECASE)
            is not None
        )
    return re.search(r"\b(?:in|at|from|to|of|on|into|near|across|the)\s+\Z", before, re.IGNORECASE) is None


def _key(name: str) -> str:
    return name.rsplit(maxsplit=1)[-1]


def _is_group(before: str, name: str) -> bool:
    words = name.casefold().replace("’", "'").split()
    return bool(_GROUP.intersection(words)) or bool(re.search(r"\bthe\s+\Z", before, re.IGNORECASE)) or name.isupper()


def _names(text: str) -> list[tuple[re.Match[str], str]]:
    """Return the names in a text, each without titles and words that are none, with its place."""
    found = []
    at = 0
    while (match := _NAME.search(text, at)) is not None:
        at = match.end()
        name, start = match[0], match.start()
        while (title := TITLE.match(name)) is not None or name.split()[0].casefold() in _NO_NAME:
            cut = title.end() if title else len(name.split()[0]) + 1
            name, start = name[cut:].lstrip(), start + cut
            if not name:
                break
        name = re.sub(r"['’]s?\Z", "", name)
        if name and not TITLE.fullmatch(f"{name} "):
            bare = re.compile(re.escape(name)).search(text, start)
            if bare is not None:
                found.append((bare, " ".join(name.split())))
    return found
