"""What is quoted in an article, and by whom it was said: for articles of which nothing else is known."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.authoring.marking.people import Cast
from bot.authoring.marking.sentences import Place, words_in
from bot.authoring.marking.speech import ACCORDING, REPORTING, TELLING

_QUOTATION: Final = re.compile(
    r"“[^“”]*(?:”|\Z)|„[^„“”]*(?:[“”]|\Z)|«[^«»]*(?:»|\Z)|\"[^\"]*(?:\"|\Z)|"
    r"(?<![\w‘])‘(?:[^‘’]|(?<=\w)’(?=\w))*’(?!\w)|(?<![\w'])'(?=[\w“\"])(?:[^']|(?<=\w)'(?=\w))*'(?!\w)"
)
_ABBREVIATED: Final = re.compile(
    r"\b((?:Mr|Mrs|Ms|Dr|Prof|Gov|Sen|Rep|St|Jr|Sr|Lt|Gen|Col|Capt|Sgt|Rev|vs|No|Inc|Ltd|Corp|[A-Z]))\.(?=\s|\w)"
)
"""What is written with a full stop and ends no sentence by it."""
_DATELINE: Final = re.compile(r"[A-Z][A-Z .,’'-]{2,}[^.]{0,40}?\s[–—-]{1,2}\s")
_HELD_WITH_TONGS: Final = re.compile(r"\bso[- ]called\s*\Z|\b(?:reading|titled|entitled|named|slogan|song|book)\s*\Z")
_END: Final = re.compile(r"[.!?…]\s+(?=[\"“„«'‘A-Z])|(?<=[\"”»'’])\s+(?=[\"“„«'‘A-Z])")
_CUE: Final = rf"(?:{REPORTING.pattern}|{TELLING.pattern})"
_NAMING: Final = re.compile(
    r"\b(?:call(?:s|ed|ing)?|dub(?:s|bed)|label(?:s|led|ed)|brand(?:s|ed)|term(?:s|ed)|titled?|tweet(?:s|ed)|post(?:s|ed)|"
    r"ruled|testif(?:ies|ied)|pledg(?:es|ed)|vow(?:s|ed)|hail(?:s|ed)|slam(?:s|med)|blast(?:s|ed)|insist(?:s|ed)|"
    r"apologi[sz](?:es|ed)|declin(?:es|ed)|laugh(?:s|ed)|sigh(?:s|ed)|begin|began|was (?:blunt|clear)|mus(?:es|ed))\b",
    re.IGNORECASE,
)
_VERB: Final = re.compile(f"{_CUE}|{_NAMING.pattern}", re.IGNORECASE)
_AFTER: Final = re.compile(rf"[\s,–—-]*(?:(?:\w+ly|also|then)\s+)?(?P<verb>{_CUE})(?P<rest>\s[^\"“”]*)", re.IGNORECASE)
_STOP: Final = re.compile(
    r"[.;:]|,\s+(?=who\b|which\b|a\b|an\b|the\b|whose\b|\d|of\b|in\b|adding\b|as\b|after\b|when\b|but\b|and\b|speaking\b)|"
    r"\s+(?=in\b|on\b|at\b|after\b|before\b|when\b|while\b|during\b|who\b|last\b|yesterday\b|afterwards\b|about\b|as\b|"
    r"outside\b|following\b)"
)
_CLAUSE: Final = re.compile(
    r"[;:]|[\"”»·]\s*,?|\s[–—-]\s|,?\s+(?:but|and|while|whereas|although|though|because|that|which|after|when|what|how|if)\s+|"
    r"\A\s*(?:But|And|Yet|So|Still|Then|Later|Meanwhile|However|Instead|Afterwards|Asked[^,]*|In[^,]*|On[^,]*|At[^,]*),?\s+",
)
_SUBJECT: Final = re.compile(
    r"(?:[A-ZÀ-Ý“]|(?:the|a|an|one|some|he|she|they|it|i|his|her|its|their|officials|police)\b|"
    r"(?!(?:in|on|at|to|of|after|before|during|as|when|while|that|with|by|for|from|about)\b)(?:[a-z-]+\s+){1,4}[A-Z])"
)
_HELPERS: Final = re.compile(
    r"\s+(?:(?:(?:was|were|is)\s+)?(?:quoted|cited)\s+as|has|have|had|is|was|will|would|also|later|then|\w+ly)\Z"
)
_HEADLINE: Final = re.compile(r".{0,160}[^.!?…\"”’']\s*")
_LEAST: Final = 4
"""Words from which a quotation is speech though nobody is named as saying it."""
_SPOKEN: Final = re.compile(r"[,.!?…][”\"»“’']\Z")

_SURE, _LIKELY, _FAIR = 0.95, 0.8, 0.6


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation, marks included, with who is taken to say it, and what the article says of them so far."""

    start: int
    end: int
    speaker: str
    confidence: float
    described: tuple[str, ...] = ()


def quotations_of(text: str, paragraphs: Sequence[Place]) -> Iterator[Quotation]:
    """Yield what is quoted in an article with who says it; words that are only held with tongs are none."""
    cast = Cast()
    carried: str | None = None
    for number, (start, end) in enumerate(paragraphs):
        if number == 0 and len(paragraphs) > 1 and _HEADLINE.fullmatch(text, start, end):
            continue
        reading = _Paragraph(text, start, end, cast)
        carried = yield from reading.read(carried)


class _Paragraph:
    """One paragraph while it is read."""

    def __init__(self, text: str, start: int, end: int, cast: Cast) -> None:
        self._text, self._start, self._end, self._cast = text, start, end, cast
        self._quoted = [found.span() for found in _QUOTATION.finditer(text[start:end])]
        self._quoted = [(start + first, start + last) for first, last in self._quoted]
        masked = list(text[start:end])
        for first, last in self._quoted:
            masked[first - start + 1 : last - start - 1] = "·" * (last - first - 2)
        self._masked = _ABBREVIATED.sub(r"\1 ", "".join(masked))
        if (place := _DATELINE.match(self._masked)) is not None:
            self._masked = " " * place.end() + self._masked[place.end() :]
        cast.topic = None

    def read(self, carried: str | None) -> Generator[Quotation, None, str | None]:
        """Yield the quotations; return who goes on speaking in the next paragraph, None for nobody."""
        speaker: str | None = None
        about: str | None = None
        last: Quotation | None = None
        for first, stop in self._sentences():
            inside = [place for place in self._quoted if first <= place[0] < stop]
            plain = re.sub(r"·+", " ", self._masked[first - self._start : stop - self._start])
            named = self._cast.read(plain)
            for place in inside:
                tag = self._tag(place, first, stop)
                if tag == "":
                    continue
                said = self._cast.who(tag) if tag is not None else None
                confidence = _SURE
                if said is None and self._is_speech(place, 1 if speaker or carried else _LEAST):
                    ahead = self._ahead(place) if speaker is None and carried is None else None
                    said = speaker or carried or (self._cast.who(ahead) if ahead else None) or about or self._last
                    confidence = _LIKELY if speaker or carried else _FAIR
                if said is not None:
                    speaker = said
                    last = Quotation(*place, said, confidence, self._cast.described(said))
                    yield last
            self._cast.topic = named or self._cast.topic
            if not inside:
                subject = self._subject_of(plain)
                about = self._cast.who(subject) if subject else None
                about = about or (named.name if named else None)
        opened = last is not None and last.end == self._end and not _closed(self._text[last.start : last.end])
        return last.speaker if opened and last is not None else None

    @property
    def _last(self) -> str | None:
        return None if self._cast.speaker is None else self._cast.speaker.name

    def _sentences(self) -> Iterator[Place]:
        at = 0
        for found in _END.finditer(self._masked):
            inner = self._text[self._start + found.start() - 2 : self._start + found.start()]
            by_mark = self._masked[found.start()].isspace()
            ended = inner[:1] in ".…" or (inner[:1] in "!?" and not self._tagged(found.end())) if by_mark else True
            if not ended:
                continue
            yield self._start + at, self._start + found.end()
            at = found.end()
        yield self._start + at, self._end

    def _tagged(self, at: int) -> bool:
        """Tell whether a name and a verb of saying follow."""
        return bool(re.match(rf"(?:[\w.’'-]+\s+){{1,4}}?(?:{_CUE})", self._masked[at : at + 80]))

    def _is_speech(self, place: Place, least: int) -> bool:
        quoted = self._text[slice(*place)]
        return words_in(quoted) >= least and (_SPOKEN.search(quoted) is not None or not _closed(quoted))

    def _tag(self, place: Place, first: int, stop: int) -> str | None:
        """Return the words that name the speaker of a quotation in its sentence; "" for one that is none."""
        following = next((other[0] for other in self._quoted if other[0] >= place[1]), stop)
        after = self._masked[place[1] - self._start : min(following, stop) - self._start]
        before = self._masked[first - self._start : place[0] - self._start]
        if _HELD_WITH_TONGS.search(before):
            return ""
        return self._tag_after(after) or self._tag_before(before) or self._far(after)

    def _tag_after(self, after: str) -> str | None:
        inverted = _AFTER.match(after)
        if inverted is not None:
            phrase = inverted["rest"].lstrip()
            if _SUBJECT.match(phrase):
                return _head(phrase)
        verb = next(iter(_VERB.finditer(after)), None)
        if verb is not None:
            phrase = _HELPERS.sub("", after[: verb.start()].strip(" ,–—-"))
            if phrase and _SUBJECT.match(phrase) and words_in(phrase) <= 16 and not re.search(r"[.;:]\s", phrase):  # noqa: PLR2004
                return phrase
        source = re.match(rf"[\s,]*{ACCORDING.pattern}(?P<who>[^.;]+)", after, re.IGNORECASE)
        return _head(source["who"]) if source else None

    def _tag_before(self, before: str) -> str | None:
        source = re.match(rf"\s*{ACCORDING.pattern}(?P<who>[^,]+),", before, re.IGNORECASE)
        if source is not None:
            return source["who"]
        for verb in reversed(list(_VERB.finditer(before))):
            ahead = before[: verb.start()]
            if (subject := self._subject(ahead)) is not None:
                return subject
        return None

    def _far(self, after: str) -> str | None:
        source = re.search(rf",\s*{ACCORDING.pattern}(?P<who>[^,.;]+)", after, re.IGNORECASE)
        return None if source is None else source["who"]

    def _subject(self, ahead: str) -> str | None:
        """Return the subject of a verb, given what stands before it in the sentence."""
        relative = re.search(r",\s*(?:who|which|whose)\b[^,]*\Z", ahead)
        if relative is not None:
            ahead = ahead[: relative.start()]
        begins = [found.end() for found in _CLAUSE.finditer(ahead)]
        for begin in (*reversed(begins), 0):
            phrase = ahead[begin:].strip(" ,")
            if (verb := _VERB.search(phrase)) is not None:
                phrase = phrase[: verb.start()].strip(" ,")
            phrase = re.sub(r".*\s(?=(?:he|she|they|it)\Z)", "", _HELPERS.sub("", phrase))
            if phrase and _SUBJECT.match(phrase):
                return _HELPERS.sub("", phrase)
        return None

    def _subject_of(self, sentence: str) -> str | None:
        """Return who speaks in a sentence without a quotation."""
        if (source := re.match(rf"\s*{ACCORDING.pattern}(?P<who>[^,]+),", sentence, re.IGNORECASE)) is not None:
            return source["who"]
        verb = _VERB.search(sentence)
        return None if verb is None else self._subject(sentence[: verb.start()])

    def _ahead(self, place: Place) -> str | None:
        """Return the words that name the speaker of the next quotation of the paragraph."""
        for first, stop in self._sentences():
            for other in self._quoted:
                if first <= other[0] < stop and other[0] > place[0] and (tag := self._tag(other, first, stop)):
                    return tag
        return None


def _closed(quoted: str) -> bool:
    return len(quoted) > 1 and quoted[-1] in "\"”»“’'"


def _head(phrase: str) -> str:
    """Return a noun phrase without what follows it."""
    stop = _STOP.search(phrase)
    return phrase[: stop.start()] if stop else phrase
