"""Text with quotations in it, checked one by one: in quotation marks, on lines of their own, or one after the other."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite.carriers import carried
from bot.quote.rules.cite.check import LEAST_WORDS, article_words, check, check_words
from bot.quote.rules.cite.naming import conclusion, introduction, sources_of
from bot.quote.rules.cite.verdict import VERIFIED, Verdict
from bot.quote.rules.cite.word_diff import same_share
from bot.quote.rules.cite.written import QUOTES, words_of
from bot.quote.rules.composition import ends_of_sentences, named_sides
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.quote.rules.cite.verdict import CiteCheck
    from knowledge.model import Pack

MOST_QUOTATIONS: Final = 20
"""Quotations that are looked for in one text."""

_ALL_BUT_WHOLE: Final = 0.8
"""Share of words from which a text is one quotation that was altered, whatever marks are in it."""

_PAIRS: Final = '“”„“„”””«»»«‹››‹「」『』《》〈〉〝〞〝〟＂＂""'
"""Quotation marks, each opening one before the one that closes it."""
_QUOTED: Final = re.compile(
    "|".join(f"{first}([^{first}{last}]+){last}" for first, last in zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
    + r"|,,([^\"“”]+)[\"“”]|<<([^<>]+)>>|``([^`']+)''|''(.+?)''(?!\w)|(?<!\w)‘((?:[^‘’]|’(?=\w))+)’(?!\w)|"
    r"(?<!\w)‚([^‚‘’]+)[‘’](?!\w)|(?<!\w)'((?:[^']|(?<=\w)'(?=\w))+)'(?!\w)",
    re.DOTALL,
)
"""What stands in marks; of single ones those at the edges of words, for others are apostrophes."""
_REFERENCE: Final = re.compile(r"^\s*(?:[(\[][^()\[\]]{1,80}[)\]]|[-–—]\s*[^\n.]{1,80})")
"""Who said it, right behind a quotation: in brackets, or behind a dash."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words in quotation marks: the text between them, and where the marks begin and end."""

    text: str
    start: int
    end: int


def quoted_in(text: str) -> tuple[Quoted, ...]:
    """List what stands in quotation marks of any language, and is long enough to be told from chance."""
    found = (
        Quoted("".join(filter(None, match.groups())), match.start(), match.end()) for match in _QUOTED.finditer(text)
    )
    return tuple(each for each in found if len(words_of(each.text)) >= LEAST_WORDS)[:MOST_QUOTATIONS]


def check_quoted(pack: Pack, text: str) -> tuple[CiteCheck, ...]:
    """Check what somebody's own text has in quotation marks; nothing where it quotes nobody."""
    return tuple(_quoted(pack, text, quoted_in(text), None))


def check_text(pack: Pack, typed: str, side: str | None = None) -> tuple[CiteCheck, ...]:
    """Check a text that is a quotation, or has quotations in it; one or more outcomes, in their order.

    A text is one quotation if it stands in an article as a whole; else each that is in quotation marks is checked, else
    each line, or sentence, that stands somewhere else than the one before. Raises UserError for what is too short.
    """
    whole = _words(pack, typed, side)
    if whole is not None and whole.verdict is not Verdict.ABSENT:
        return (whole,)
    text = carried(typed, article_words(pack.articles), sources_of(pack)).text
    quoted = quoted_in(typed) or quoted_in(text)
    own = typed if quoted_in(typed) else text
    if quoted and not _is_all(own, quoted, pack):
        altered = check(pack, typed, side)
        if altered.original is None or same_share(altered.original, own) < _ALL_BUT_WHOLE:
            return tuple(_quoted(pack, own, quoted, side)) or (altered,)
        return (altered,)
    return _one_by_one(pack, text, side) or (check(pack, typed, side),)


def _words(pack: Pack, typed: str, side: str | None) -> CiteCheck | None:
    """Look for a text word for word; None for one that is too short."""
    try:
        return check_words(pack, typed, side)
    except UserError:
        return None


def _is_all(text: str, quoted: Sequence[Quoted], pack: Pack) -> bool:
    """Tell whether a text is a single quotation, with at most the words that say whose."""
    if len(quoted) > 1:
        return False
    (only,) = quoted
    before, after = text[: only.start], text[only.end :]
    if not words_of(before + after):
        return True
    introduced = introduction(pack, f"{before} {only.text}")[1] if words_of(before) else only.text
    concluded = conclusion(pack, f"{only.text},” {after}")[1] if words_of(after) else only.text
    return words_of(introduced) == words_of(concluded) == words_of(only.text)


def _quoted(pack: Pack, text: str, quoted: Sequence[Quoted], side: str | None) -> Iterator[CiteCheck]:
    """Check each, put down to whom the words around it name."""
    for number, each in enumerate(quoted):
        begin = quoted[number - 1].end if number else 0
        end = quoted[number + 1].start if number + 1 < len(quoted) else len(text)
        named = side or _named(pack, text[begin : each.start], text[each.end : end])
        with contextlib.suppress(UserError):  # little but the words that say whose it is
            yield check(pack, each.text, named)


def _named(pack: Pack, before: str, after: str) -> str | None:
    """Tell to whom the sentence around a quotation puts it down; None where it is open."""
    before = _REFERENCE.sub("", before, count=1).rstrip()  # that of the quotation before
    lead = before[max(ends_of_sentences(before, 0, len(before)), default=0) :].strip()
    introduced, _ = introduction(pack, f"{lead} …")
    if introduced is not None:
        return introduced
    tail = re.split(r"[.!?;,\n]", after.strip(f" ,{QUOTES}"), maxsplit=1)[0]
    concluded, rest = conclusion(pack, f"…, {tail}")
    if concluded is not None and not words_of(rest):
        return concluded
    reference = _REFERENCE.match(after)
    found = named_sides(pack, reference[0]) if reference else ()
    found = found or named_sides(pack, lead)
    return found[0] if len(found) == 1 else None


def _one_by_one(pack: Pack, text: str, side: str | None) -> tuple[CiteCheck, ...]:
    """Check the lines, or sentences, of a text that has several quotations; none where it is a single one.

    It has several if at least two pieces are found, each in another paragraph than the one before it.
    """
    blocks = [block for block in re.split(r"\n\s*\n|\n|\s[;|/]\s", text) if words_of(block)]
    for pieces in (re.split(r"\n\s*\n", text), blocks, [each for block in blocks for each in _sentences(block)]):
        long_enough = [piece for piece in pieces if len(words_of(piece)) >= LEAST_WORDS]
        if len(long_enough) > 1 and (found := _joined(pack, long_enough, side)):
            return found
    return ()


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in (*ends_of_sentences(text, 0, len(text)), len(text)):
        yield text[start:end]
        start = end


def _joined(pack: Pack, pieces: Sequence[str], side: str | None) -> tuple[CiteCheck, ...]:
    """Check pieces, those together that stand together; nothing where they are one quotation, or none."""
    found: list[CiteCheck] = []
    texts: list[str] = []  # of what was found, as typed
    for piece in pieces[:MOST_QUOTATIONS]:
        if texts:
            both = f"{texts[-1]} {piece}"
            together = _words(pack, both, side)
            if together is not None and together.verdict in VERIFIED:
                found[-1], texts[-1] = together, both
                continue
        single = _words(pack, piece, side)
        if single is not None:
            found.append(check(pack, piece, side) if single.verdict is Verdict.ABSENT else single)
            texts.append(piece)
    places = {each.citation and (each.citation.article_id, each.citation.paragraph) for each in found} - {None}
    return tuple(found) if len(places) > 1 else ()
