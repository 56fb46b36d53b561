"""Checking one quotation against the articles: word for word, shortened, altered, another's, or not there at all.

Only its words count: how they are written and what carries them is noted. A fragment is shown with its whole sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from rapidfuzz.fuzz import partial_ratio

from bot.quote.rules import phrases
from bot.quote.rules.cite import wording
from bot.quote.rules.cite.align import nearest_stretch
from bot.quote.rules.cite.carriers import carried, unwrapped
from bot.quote.rules.cite.gaps import Sort, parts_of, stretches
from bot.quote.rules.cite.naming import conclusion, introduction, sources_of
from bot.quote.rules.cite.turns import Turn, cuts, cuts_between, denials_in, words_between
from bot.quote.rules.cite.verdict import VERIFIED, CiteCheck, Verdict
from bot.quote.rules.cite.word_diff import Change, changes_between, same_share
from bot.quote.rules.cite.written import LOST, QUOTES, differences, tokens, words_of
from bot.quote.rules.composition import named_sides, sentence_at
from knowledge.citation import cite
from knowledge.errors import Message, UserError
from knowledge.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.quote.rules.cite.gaps import Parts
    from bot.quote.rules.cite.turns import Cut
    from embeddings.hits import Findings
    from knowledge.model import Article, Pack, Passage

LEAST_WORDS: Final = 3
"""Words that a quotation must have: fewer stand somewhere by chance."""

_ALTERED: Final = 0.65
"""Share of words that an altered quotation still has in common with the original, in order."""
_ALTERED_WORDS: Final = 4
"""The least number of them: fewer are a common turn of phrase."""
_LOOKED_AT: Final = 3
"""Paragraphs that are compared word by word: those whose letters are likest."""

_NEAR: Final = 0.62
"""Cosine from which a passage counts as a near paraphrase whatever else speaks for it."""
_NEAR_AND_FOUND: Final = 0.45
"""The same where the search also takes the passage for an answer."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the parts of a quotation stand in one paragraph: their stretches in the article, in order."""

    article: Article
    stretches: tuple[tuple[int, int], ...]

    @property
    def span(self) -> Span:
        return Span(self.article.id, self.stretches[0][0], self.stretches[-1][1])


def check(pack: Pack, typed: str, side: str | None = None) -> CiteCheck:
    """Check a quotation by its words; `side` is the one that it is put down to.

    Without `side`, what introduces the quotation ("the club says: …"), or a reference behind it, names it, unless those
    words are part of the original too. Raises UserError for a text that is too short to be told from chance.
    """
    found = check_words(pack, typed, side)
    return _altered(pack, found, typed) if found.verdict is Verdict.ABSENT else found


def check_words(pack: Pack, typed: str, side: str | None = None) -> CiteCheck:
    """Check a quotation as `check` does, but look for nothing that is only like it."""
    as_typed = unwrapped(typed)
    _long_enough(as_typed)
    whole = _found(pack, as_typed, side, typed)
    if whole is not None and whole.verdict in VERIFIED and not _stray_marks(whole):
        return whole
    rest = carried(typed, article_words(pack.articles), sources_of(pack))
    note = (wording.carriers(rest.carriers),) if rest.carriers else ()
    referred = named_sides(pack, " ".join(rest.references))
    named = side or (referred[0] if len(referred) == 1 else None)
    quotation = rest.text
    if whole is not None and whole.verdict in VERIFIED and _words_in(quotation) < LEAST_WORDS:
        return whole
    _long_enough(quotation)
    found = _found(pack, quotation, named, quotation)
    for read in (introduction, conclusion):
        if found is not None:
            break
        read_off, inner = read(pack, quotation)
        if read_off is not None:
            _long_enough(inner)
            named = named if side or referred else read_off
            quotation = inner
            found = _found(pack, quotation, named, quotation)
    found = found or whole or CiteCheck(quotation, Verdict.ABSENT, named)
    return replace(found, notes=(*found.notes, *note)) if found is not whole else found


def _stray_marks(found: CiteCheck) -> bool:
    """Tell whether there are marks in the quotation, or around it, that may be none of its own."""
    inner = tokens(found.text)
    around = f"{found.text[: inner[0].start]}{found.text[inner[-1].end :]}".strip(
        f" \t\n.,;:!?…{QUOTES.replace('`', '')}"
    )
    return around != "" or "punctuation" in differences(found.original or "", found.text)


def _long_enough(quotation: str) -> None:
    if _words_in(quotation) < LEAST_WORDS:
        raise UserError("there is too little to check: give {least} words or more of the quotation", least=LEAST_WORDS)


def _words_in(quotation: str) -> int:
    return sum(map(len, parts_of(quotation).words))


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
    # Of what is near, words of whom it is put down to go first.
    own = [hit for hit in near if hit.voice == checked.attributed_to] or near
    passage = pack.passage(max(own, key=lambda hit: (hit.dense, hit.passage_id)).passage_id)
    found = _placed(pack, checked.text, Verdict.PARAPHRASE, checked.attributed_to, passage.span)
    return replace(found, careful=(), notes=(*found.notes, wording.COMPARE_YOURSELF, *checked.notes))


@lru_cache(maxsize=8)
def article_words(articles: tuple[Article, ...]) -> frozenset[str]:
    """Collect the words of articles as they are compared."""
    return frozenset(word for article in articles for word in words_of(article.text))


def _paragraphs(pack: Pack) -> Iterator[tuple[Article, int, str]]:
    """Return each paragraph of each article, with where it begins in it."""
    for article in pack.articles:
        for paragraph in article.paragraphs:
            yield article, paragraph.start, article.text[paragraph.start : paragraph.end]


def _found(pack: Pack, quotation: str, side: str | None, typed: str) -> CiteCheck | None:
    """Find a quotation word for word, but for what is marked in it; None when it stands nowhere."""
    for loose in (False, True):
        parts = parts_of(quotation, loose=loose)
        if not parts.texts:
            return None
        found = [place for article, start, text in _paragraphs(pack) for place in _places(article, start, text, parts)]
        if found:
            return _told(pack, quotation, side, parts, found, asked=typed.rstrip(" \"'”’»)]").endswith("?"))
        if not parts.letters:
            break
    return _put_together(pack, quotation, side) if parts_of(quotation).omitting else None


def _places(article: Article, offset: int, paragraph: str, parts: Parts) -> Iterator[_Place]:
    have = tokens(paragraph)
    for found in stretches([token.text for token in have], parts):
        yield _Place(article, tuple((offset + have[a].start, offset + have[b - 1].end) for a, b in found))


def _told(pack: Pack, quotation: str, side: str | None, parts: Parts, found: list[_Place], *, asked: bool) -> CiteCheck:
    """Say what there is to say of a quotation that stands somewhere; a place in the voice of `side` goes first."""

    def rank(place: _Place) -> tuple[bool, int, str]:
        wrong = side is not None and _voice(pack, place.span) != side
        return wrong, place.span.end - place.span.start, place.article.title

    found.sort(key=rank)
    place, text = found[0], found[0].article.text
    told = _placed(pack, quotation, Verdict.VERBATIM, side, place.span, asked=asked)
    if denials_in(" ".join(parts.put_in)):
        told = replace(told, careful=())  # the brackets say it
    gaps = [(left, right) for (_, left), (right, _) in pairwise(place.stretches)]
    left_out = tuple(
        " ".join(words_in(text, *gap)) for gap, mark in zip(gaps, parts.gaps, strict=True) if mark.sort is Sort.OMITTED
    )
    replaced = [
        (mark.words, " ".join(words_in(text, *gap)))
        for gap, mark in zip(gaps, parts.gaps, strict=True)
        if mark.sort is Sort.PUT_IN
    ]
    low, high = _bounds(pack, place.article, place.span)
    turned = [cut for left, right in gaps for cut in cuts_between(text, left, right, low, high)]
    voices = {_voice(pack, Span(place.article.id, *stretch)) for stretch in place.stretches}
    notes = list(told.notes)
    if parts.sic:
        notes.append(wording.SIC)
    if parts.letters:
        notes.append(wording.OWN_LETTERS)
    notes += [wording.stands_for(put, gone) if gone else wording.put_in(put) for put, gone in replaced]
    notes += [wording.put_in(put) for put in parts.put_in if put not in {words for words, _ in replaced}]
    differing = {
        way
        for (start, end), part in zip(place.stretches, parts.texts, strict=True)
        for way in ([] if parts.letters or LOST in part else differences(text[start:end], part))
    }
    notes += [wording.typographic(differing)] if differing else []
    told = replace(
        told,
        left_out=tuple(filter(None, left_out)),
        also_at=() if parts.gaps else tuple(cite(pack, other.span) for other in found[1:]),
        notes=tuple(notes),
    )
    if turned or len(voices) > 1:
        changes = _changes(text, place, parts)
        careful = (*dict.fromkeys(map(wording.turned, turned)), *told.careful)
        wrong = (wording.misattributed(pack, side, told.voice, told.speaker),) if told.misattributed else ()
        return replace(told, verdict=Verdict.ALTERED, changes=changes, careful=careful, notes=(*wrong, *told.notes))
    if told.misattributed:
        return replace(told, verdict=Verdict.OTHER_SIDE)
    return replace(told, verdict=Verdict.SHORTENED if told.left_out else Verdict.VERBATIM)


def _changes(text: str, place: _Place, parts: Parts) -> tuple[Change, ...]:
    """List what is kept and what was left out, in the order of the article."""
    changes: list[Change] = []
    for number, (start, end) in enumerate(place.stretches):
        if number:
            gone = text[place.stretches[number - 1][1] : start]
            changes += (
                [Change(" ".join(gone.split()), parts.gaps[number - 1].words, kept=False)] if words_of(gone) else []
            )
        changes.append(Change(" ".join(text[start:end].split()), " ".join(parts.texts[number].split()), kept=True))
    return tuple(changes)


def words_in(text: str, start: int, end: int) -> tuple[str, ...]:
    """List the words of a stretch as they are written, without marks at its ends."""
    inner = tokens(text[start:end])
    return tuple(text[start + inner[0].start : start + inner[-1].end].split()) if inner else ()


def _put_together(pack: Pack, quotation: str, side: str | None) -> CiteCheck | None:
    """Find the parts of a quotation that stand word for word, but not one after the other in one paragraph."""
    parts = parts_of(quotation)
    if any(len(words) < LEAST_WORDS for words in parts.words):
        return None
    singles = [_found(pack, part, side, part) for part in parts.texts]
    found = [single for single in singles if single is not None and single.citation is not None]
    if len(found) < len(singles):
        return None
    first, *others = found
    changes = (
        Change(first.original or "", first.text, kept=True),
        *(Change("", other.text, kept=False) for other in others),
    )
    elsewhere = tuple(other.citation for other in others if other.citation is not None)
    return replace(
        first,
        text=quotation,
        verdict=Verdict.ALTERED,
        changes=changes,
        also_at=elsewhere,
        careful=(wording.PUT_TOGETHER, *(note for single in found for note in single.careful)),
    )


def _altered(pack: Pack, checked: CiteCheck, typed: str) -> CiteCheck:
    """Find what a quotation was made from by changing words; it stays absent when nothing has enough in common."""
    parts = parts_of(checked.text)
    wanted: list[str | None] = []
    for number, words in enumerate(parts.words):
        if number and parts.gaps[number - 1].sort is Sort.OMITTED:
            wanted.append(None)
        wanted += words
    candidates = [
        candidate
        for article, offset, text in _likest(pack, " ".join(word for word in wanted if word))
        for candidate in _candidates(pack, article, offset, text, wanted, checked.text)
    ]
    # A passage goes before a stretch of it that is just as like.
    share, _, kept, span = max(candidates, key=lambda each: each[:2], default=(0.0, False, 0, None))
    if span is None or share < _ALTERED or kept < _ALTERED_WORDS:
        return checked
    return _differing(pack, checked, span, asked=typed.rstrip().endswith("?"))


def _likest(pack: Pack, wanted: str) -> list[tuple[Article, int, str]]:
    """Choose the paragraphs that are worth a comparison word by word."""
    every = list(_paragraphs(pack))
    ranked = sorted(every, key=lambda each: -partial_ratio(wanted, " ".join(words_of(each[2]))))
    return ranked[:_LOOKED_AT]


def _candidates(
    pack: Pack, article: Article, offset: int, paragraph: str, wanted: list[str | None], quotation: str
) -> Iterator[tuple[float, bool, int, Span]]:
    """Return what a quotation may have been made from.

    That is the share of words in common, whether it is a passage, their number, and the place.
    """
    have = tokens(paragraph)
    near = nearest_stretch([token.text for token in have], wanted)
    if near is None:
        return
    words = sum(each is not None for each in wanted)
    span = Span(article.id, offset + have[near.start].start, offset + have[near.end - 1].end)
    yield 2 * near.kept / (words + near.end - near.start - near.omitted), False, near.kept, span
    for passage in pack.passages:
        if passage.span.overlaps(span) and None not in wanted:
            kept = sum(len(change.quoted.split()) for change in changes_between(passage.text, quotation) if change.kept)
            yield same_share(passage.text, quotation), True, kept, passage.span


def _differing(pack: Pack, checked: CiteCheck, span: Span, *, asked: bool) -> CiteCheck:
    """Say what was changed; a denial that is missing at either end is part of the difference."""
    article = pack.article(span.article_id)
    low, high = _bounds(pack, article, span)
    denied = [cut for cut in cuts(article.text, span.start, span.end, low, high) if cut.turn is Turn.DENIED]
    for cut in denied:
        span = Span(article.id, min(span.start, cut.start), max(span.end, cut.end))
    found = _placed(pack, checked.text, Verdict.ALTERED, checked.attributed_to, span, asked=asked)
    changes = changes_between(found.original or "", checked.text)
    gone = [word for change in changes if not change.kept for word in denials_in(change.original)]
    put_in = [word for change in changes if not change.kept for word in denials_in(change.quoted)]
    turned: tuple[Message, ...] = ()
    if len(gone) != len(put_in):
        turned = tuple(
            map(wording.denial_gone, gone) if len(gone) > len(put_in) else map(wording.denial_put_in, put_in)
        )
    return replace(found, changes=changes, careful=(*turned, *found.careful), notes=(*found.notes, *checked.notes))


def _marked(pack: Pack, span: Span) -> list[Passage]:
    """List the passages that share characters with a span, the one that shares most first."""

    def shared(passage: Passage) -> int:
        return min(passage.span.end, span.end) - max(passage.span.start, span.start)

    return sorted((p for p in pack.passages if p.span.overlaps(span)), key=lambda p: (-shared(p), p.span.start))


def _voice(pack: Pack, span: Span) -> str | None:
    marked = _marked(pack, span)
    return marked[0].voice if marked else None


def _bounds(pack: Pack, article: Article, span: Span) -> tuple[int, int]:
    """Say how far what stands around a span can turn it: to the ends of its sentence, or of somebody's words in it."""
    sentence = sentence_at(article, span)
    low, high = sentence.start, sentence.end
    for passage in _marked(pack, span):
        if passage.span.start <= span.start:
            low = max(low, passage.span.start)
        if passage.span.end >= span.end:
            high = min(high, passage.span.end)
    return low, high


def _placed(
    pack: Pack, quotation: str, verdict: Verdict, side: str | None, span: Span, *, asked: bool = False
) -> CiteCheck:
    """Say everything about a place in an article that a quotation is compared with."""
    article = pack.article(span.article_id)
    marked = _marked(pack, span)
    first = marked[0] if marked else None
    sentence = sentence_at(article, span)
    around: list[Cut] = list(cuts(article.text, span.start, span.end, *_bounds(pack, article, span), asked=asked))
    cut_off = any(
        words_between(article.text, *ends) for ends in ((sentence.start, span.start), (span.end, sentence.end))
    )
    found = CiteCheck(
        text=quotation,
        verdict=verdict,
        attributed_to=side,
        original=article.text[span.start : span.end],
        citation=cite(pack, span),
        voice=first.voice if first else None,
        speaker=first.speaker if first else None,
        passage_id=first.id if first else None,
        provenance=phrases.provenance(first.mode, first.speaker, article.author) if first else None,
        sentence=article.text[sentence.start : sentence.end] if cut_off else None,
        careful=tuple(map(wording.cut_off, around)),
    )
    notes: list[Message] = []
    if not marked:
        notes.append(wording.UNMARKED)
    elif len({passage.voice for passage in marked}) > 1:
        notes.append(wording.SEVERAL_VOICES)
    if found.misattributed and verdict in {Verdict.ALTERED, Verdict.PARAPHRASE}:
        notes.append(wording.misattributed(pack, found.attributed_to, found.voice, found.speaker))
    return replace(found, notes=tuple(notes))
