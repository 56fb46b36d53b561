"""Checking a quotation against the articles: word for word, altered, on the other side, or not there at all.

Letters of either case, kinds of quotation marks and dashes, and white space make no difference to a quotation, but are
noted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.quote.rules import phrases as wording
from bot.quote.rules.word_diff import Change, changes_between, same_share
from bot.quote.rules.written import VARIATIONS, Plain, plain
from knowledge.citation import Citation, cite
from knowledge.errors import Message, UserError
from knowledge.model import CONTEXT, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embeddings.hits import Findings
    from knowledge.model import Article, Pack, Passage

LEAST_WORDS: Final = 3
"""Words that a quotation must have: fewer stand somewhere by chance."""

_ALTERED: Final = 0.65
"""Share of words that an altered quotation still has in common with the original, in order."""
_ALTERED_WORDS: Final = 4
"""The least number of them: fewer are a common turn of phrase."""

_NEAR: Final = 0.62
"""Cosine from which a passage counts as a near paraphrase whatever else speaks for it."""
_NEAR_AND_FOUND: Final = 0.45
"""The same where the search also takes the passage for an answer."""

_SAYING: Final = (
    r"(?:\s+(?:also|once|really|clearly))?\s+(?:says?|said|claims?|claimed|states?|stated|argues?|argued|writes?|wrote|"
    r"suggests?|suggested|explains?|explained|believes?|told\s+us|tells\s+us)(?:\s+that)?"
)


class Verdict(Enum):
    """What a quotation turned out to be."""

    VERBATIM = "verbatim"
    """Word for word."""
    ALTERED = "altered"
    """Nearly word for word."""
    OTHER_SIDE = "other-side"
    """Word for word, but said by somebody else than it is put down to."""
    PARAPHRASE = "paraphrase"
    """Not in these words; a passage says nearly the same, or speaks of the same."""
    ABSENT = "absent"
    """Nothing of the kind."""


@dataclass(frozen=True, slots=True)
class CiteCheck:
    """The outcome of a check.

    `text` is the quotation without what introduces it; `attributed_to` the side that it is put down to, None when it is
    put down to nobody. `original` are the article's exact characters at `citation`; `voice` is whose they are: a side's
    id, "context" (the writer), or None where no passage is marked. `changes` leads from the original to the quotation.
    All but the first three and `notes` are empty for what is not in the sources.
    """

    text: str
    verdict: Verdict
    attributed_to: str | None
    original: str | None = None
    citation: Citation | None = None
    also_at: tuple[Citation, ...] = ()
    voice: str | None = None
    passage_id: str | None = None
    provenance: Message | None = None
    changes: tuple[Change, ...] = ()
    notes: tuple[Message, ...] = ()

    @property
    def misattributed(self) -> bool:
        """Whether it is put down to a side that did not say it."""
        return self.attributed_to is not None and self.original is not None and self.voice != self.attributed_to


def check(pack: Pack, typed: str, side: str | None = None) -> CiteCheck:
    """Check a quotation by its words; `side` is the one that it is put down to.

    Without `side`, what introduces the quotation ("the film says: …") is read off its beginning, unless those words are
    part of the original too. Raises UserError for a text that is too short to be told from chance.
    """
    quotation = _long_enough(_unwrapped(typed))
    whole = _verbatim(pack, quotation, side)
    if whole is not None:
        return whole
    introduced, rest = introduction(pack, quotation)
    if introduced is not None:
        _long_enough(rest)
        side = side or introduced
        found = _verbatim(pack, rest, side)
        if found is not None:
            return found
        quotation = rest
    return _altered(pack, quotation, side) or CiteCheck(quotation, Verdict.ABSENT, side)


def _long_enough(quotation: str) -> str:
    if len(quotation.split()) < LEAST_WORDS:
        raise UserError("there is too little to check: give {least} words or more of the quotation", least=LEAST_WORDS)
    return quotation


def with_meaning(pack: Pack, checked: CiteCheck, findings: Findings) -> CiteCheck:
    """Look for a near paraphrase of what was not found by its words; `findings` are those of a search for its text."""
    if checked.verdict is not Verdict.ABSENT:
        return checked
    near = [
        hit
        for voice, hits in findings.hits.items()
        for hit in hits
        if hit.dense >= _NEAR or (hit.dense >= _NEAR_AND_FOUND and hit.confidence >= findings.thresholds[voice])
    ]
    if not near:
        return checked
    passage = pack.passage(max(near, key=lambda hit: (hit.dense, hit.passage_id)).passage_id)
    found = _placed(pack, checked.text, Verdict.PARAPHRASE, checked.attributed_to, passage.span)
    return replace(found, notes=(*found.notes, wording.COMPARE_YOURSELF))


def introduction(pack: Pack, text: str) -> tuple[str | None, str]:
    """Read off which side a quotation is put down to by the words before it; give it with the quotation itself."""
    aliases = [(alias, side.id) for side in pack.sides for alias in side.aliases]
    for alias, side_id in sorted(aliases, key=lambda pair: -len(pair[0])):
        name = r"\s+".join(map(re.escape, alias.split()))
        found = re.match(
            rf"(?:according\s+to\s+{name}\s*[,:]|{name}(?:{_SAYING})?\s*:|{name}{_SAYING}\s*,?)\s*", text, re.IGNORECASE
        )
        if found and found.end() < len(text):
            return side_id, _unwrapped(text[found.end() :])
    return None, text


def _unwrapped(text: str) -> str:
    """Take away white space around a quotation, and a pair of quotation marks."""
    text = text.strip()
    marks = "\"“”„«»'‘’"
    if len(text) > 1 and text[0] in marks and text.rstrip(".,;!?")[-1:] in marks:
        inner = text[1:].rstrip(".,;!?")[:-1].strip()
        return inner or text
    return text


def _paragraphs(pack: Pack) -> Iterator[tuple[Article, int, Plain]]:
    """Return each paragraph of each article in its plain form, with where it begins in the article."""
    for article in pack.articles:
        for paragraph in article.paragraphs:
            yield article, paragraph.start, plain(article.text[paragraph.start : paragraph.end])


def _verbatim(pack: Pack, quotation: str, side: str | None) -> CiteCheck | None:
    """Find a quotation word for word; None when it stands nowhere. A place in the voice of `side` goes first."""
    wanted = plain(quotation).text.strip(" .,;:!?")
    spans = [
        Span(article.id, offset + start, offset + end)
        for article, offset, paragraph in _paragraphs(pack)
        for start, end in paragraph.places(wanted)
    ]
    if not wanted or not spans:
        return None
    spans.sort(key=lambda span: (side is not None and _voice(pack, span) != side, pack.article(span.article_id).title))
    found = _placed(pack, quotation, Verdict.VERBATIM, side, spans[0])
    assert found.original is not None  # noqa: S101 - it was just placed
    differing = VARIATIONS.between(found.original, quotation)
    notes = (*found.notes, wording.typographic(differing)) if differing else found.notes
    verdict = Verdict.OTHER_SIDE if found.misattributed else Verdict.VERBATIM
    return replace(found, verdict=verdict, also_at=tuple(cite(pack, span) for span in spans[1:]), notes=notes)


def _altered(pack: Pack, quotation: str, side: str | None) -> CiteCheck | None:
    """Find what a quotation was made from by changing words; None when nothing has enough of them in common."""
    wanted = plain(quotation)
    best: tuple[float, Span] | None = None
    for article, offset, paragraph in _paragraphs(pack):
        place = paragraph.likest(wanted.text)
        if place is None:
            continue
        near = Span(article.id, offset + place[0], offset + place[1])
        for span in (near, *(passage.span for passage in pack.passages if passage.span.overlaps(near))):
            share = same_share(article.text[span.start : span.end], quotation)
            if best is None or share > best[0]:
                best = share, span
    if best is None or best[0] < _ALTERED:
        return None
    found = _placed(pack, quotation, Verdict.ALTERED, side, best[1])
    assert found.original is not None  # noqa: S101 - it was just placed
    changes = changes_between(found.original, quotation)
    kept = sum(len(change.quoted.split()) for change in changes if change.kept)
    return replace(found, changes=changes) if kept >= _ALTERED_WORDS else None


def _marked(pack: Pack, span: Span) -> list[Passage]:
    """List the passages that share characters with a span, the one that shares most first."""

    def shared(passage: Passage) -> int:
        return min(passage.span.end, span.end) - max(passage.span.start, span.start)

    return sorted((p for p in pack.passages if p.span.overlaps(span)), key=lambda p: (-shared(p), p.span.start))


def _voice(pack: Pack, span: Span) -> str | None:
    marked = _marked(pack, span)
    return marked[0].voice if marked else None


def _placed(pack: Pack, quotation: str, verdict: Verdict, side: str | None, span: Span) -> CiteCheck:
    """Say everything about a place in an article that a quotation is compared with."""
    article = pack.article(span.article_id)
    marked = _marked(pack, span)
    notes: list[Message] = []
    if not marked:
        notes.append(wording.UNMARKED)
    elif len({passage.voice for passage in marked}) > 1:
        notes.append(wording.SEVERAL_VOICES)
    first = marked[0] if marked else None
    found = CiteCheck(
        text=quotation,
        verdict=verdict,
        attributed_to=side,
        original=article.text[span.start : span.end],
        citation=cite(pack, span),
        voice=first.voice if first else None,
        passage_id=first.id if first else None,
        provenance=wording.provenance(first.voice, first.mode, first.speaker, article.author) if first else None,
    )
    if found.misattributed and side is not None:
        owner = None if found.voice in {None, CONTEXT} else pack.side(str(found.voice))
        notes.append(wording.misattributed(pack.side(side), owner))
    return replace(found, notes=tuple(notes))
