"""References to copy for words that stand in an article: APA, MLA, BibTeX, and plain.

Sources: Publication Manual of the American Psychological Association, 7th edition (2020), 8.25 to 8.28, 10.16;
MLA Handbook, 9th edition (2021), 5 and 6; the manual of BibTeX (Patashnik, 1988). What an article does not say of
itself is left out, as these ask; a year that is unknown is "n.d.".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from knowledge.citation import cite
from knowledge.model import Mode, Span

if TYPE_CHECKING:
    from bot.quote.rules.cite.verdict import CiteCheck
    from knowledge.model import Article, Pack

STYLES: Final = {"apa": "APA", "mla": "MLA", "bibtex": "BibTeX", "plain": "plain"}
"""The styles by the words that choose them, and as they are called."""

_YEAR: Final = re.compile(r"\b(?:1[89]|20)\d\d\b")
_PARTICLES: Final = frozenset(
    {"da", "de", "del", "della", "den", "der", "di", "du", "la", "le", "ten", "ter", "van", "von", "zu"}
)
_SPECIAL: Final = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in one style: the entry for the list of sources, and what stands in the text behind the quotation.

    `in_text` is empty where the style has no words for it.
    """

    entry: str
    in_text: str = ""

    def __str__(self) -> str:
        """Return both, the one in the text on a line of its own."""
        return f"{self.entry}\n{self.in_text}" if self.in_text else self.entry


def references_of(pack: Pack, checked: CiteCheck) -> dict[str, Reference]:
    """Write the reference of a verified quotation in each of the styles. Raises ValueError for one without a place."""
    place = checked.citation
    if place is None:
        raise ValueError("what stands nowhere has no reference")
    return references_at(pack, Span(place.article_id, place.start, place.end))


def references_at(pack: Pack, span: Span) -> dict[str, Reference]:
    """Write the reference of a place in an article in each of the styles.

    Raises KeyError for an article that is not in the pack, ValueError for a place that is not in it.
    """
    article, citation = pack.article(span.article_id), cite(pack, span)
    # Only who is quoted directly is cited by way of the article; all else are its writer's words.
    direct = (passage.voice for passage in pack.passages if passage.mode is Mode.DIRECT and passage.span.overlaps(span))
    speaker = next((pack.side(voice).short_name for voice in direct if voice in pack.side_ids), None)
    return {
        "apa": _apa(article, citation.at or f"para. {citation.paragraph}", speaker),
        "mla": _mla(article, citation.at or f"par. {citation.paragraph}", speaker),
        "bibtex": _bibtex(article, f"at {citation.at}" if citation.at else f"paragraph {citation.paragraph}", speaker),
        "plain": Reference(str(citation.precise)),
    }


def _apa(article: Article, spot: str, speaker: str | None) -> Reference:
    year = _year(article)
    date = f"({', '.join(filter(None, (year, _day(article))))})." if year != _UNDATED else f"({year})."
    title = _sentence(article.title)
    source = _sentence(article.publisher or "")
    entry: tuple[str, ...]
    if article.author is None:
        entry = (title, date, source)
        named = f"“{_shorter(article.title)}”"
    else:
        entry = (_sentence(_initials(article.author)), date, title, source)
        named = _family(article.author)
    cited = f"as cited in {named}" if speaker else named
    where = f"{cited}, {year}, {spot}"
    return Reference(" ".join(filter(None, entry)), f"({speaker}, {where})" if speaker else f"({where})")


def _mla(article: Article, spot: str, speaker: str | None) -> Reference:
    title = f"“{_inner(_sentence(article.title))}”"
    container = ", ".join(filter(None, (article.publisher, article.published)))
    author = _sentence(_inverted(article.author)) if article.author else ""
    named = _family(article.author) if article.author else f"“{_inner(_shorter(article.title))}”"
    where = f"{named}, {spot}"
    entry = " ".join(filter(None, (author, title, _sentence(container))))
    return Reference(entry, f"(qtd. in {where})" if speaker else f"({where})")


def _bibtex(article: Article, spot: str, speaker: str | None) -> Reference:
    said = f", {speaker} quoted" if speaker else ""
    year = _year(article)
    fields = {
        "author": _inverted(article.author) if article.author else "",
        "title": f"{{{_escaped(article.title)}}}",
        "howpublished": _escaped(article.publisher or ""),
        "year": "" if year == _UNDATED else year,
        "note": _escaped(", ".join(filter(None, (_day(article) or "", f"{spot}{said}")))),
    }
    fields["author"] = _escaped(fields["author"])
    lines = (f"  {name} = {{{value}}}," for name, value in fields.items() if value)
    return Reference("\n".join((f"@misc{{{article.id},", *lines, "}")))


_UNDATED: Final = "n.d."


def _year(article: Article) -> str:
    found = _YEAR.search(article.published or "")
    return found[0] if found else _UNDATED


def _day(article: Article) -> str | None:
    """Return what an article says of its date beside the year; without a year, that is no date that a style takes."""
    left = _YEAR.sub("", article.published or "").strip(" ,.")
    return left or None


def _sentence(text: str) -> str:
    """End a part of an entry with a full stop, unless it ends with a mark already."""
    bare = text.strip()
    return bare if not bare or bare.rstrip("”’\"'")[-1:] in {".", "?", "!"} else f"{bare}."


def _shorter(title: str) -> str:
    """Shorten a title to its first words, as a mention in the text has it."""
    words = title.split()
    return title if len(words) <= _MENTIONED else " ".join(words[:_MENTIONED]).rstrip(",:;–— ")


_MENTIONED: Final = 5
"""Words of a title that a mention has."""


def _inner(text: str) -> str:
    """Write quotation marks inside of others: double ones become single."""
    return text.replace("“", "‘").replace("”", "’")


def _named(author: str) -> tuple[str, str]:
    """Part a name into given and family name; a name of one word, or with a comma, is as it is."""
    words = author.split()
    if "," in author or len(words) == 1:
        family, _, given = author.partition(",")
        return given.strip(), family.strip()
    first = len(words) - 1
    while first > 1 and words[first - 1].casefold() in _PARTICLES:
        first -= 1
    return " ".join(words[:first]), " ".join(words[first:])


def _family(author: str) -> str:
    return _named(author)[1]


def _inverted(author: str) -> str:
    given, family = _named(author)
    return f"{family}, {given}" if given else family


def _initials(author: str) -> str:
    given, family = _named(author)
    initials = " ".join(f"{'.-'.join(part[0] for part in name.split('-') if part)}." for name in given.split())
    return f"{family}, {initials}" if given else family


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)
