"""A quote as part of a page: its words, where they come from, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.quote.rules import phrases as wording
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.language import SOURCE, to_say
from bot.wire.page.layout import ROOM, Part, Style
from knowledge.model import CONTEXT, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.quote.rules.quote import Quote
    from bot.wire.page.language import Words
    from knowledge.citation import Citation
    from knowledge.model import Pack, Passage, Side


_NAME: Final = 80
"""Characters of a side's name in a heading, and of a speaker's; one that is longer is cut."""

_TITLE: Final = 120
"""Characters of an article's title and author."""

_PLACE: Final = 300
"""Characters of a place in an article that is named by its title."""


_REACHED: Final = {
    Mode.DIRECT: to_say("own words, quoted"),
    Mode.INDIRECT: to_say("reported"),
    Mode.NARRATED: to_say("told by the writer"),
}


def footer(pack: Pack, words: Words) -> str:
    """Return what the bot is."""
    return words.count(
        "Word-for-word quotes from {number} article. No opinion of my own.",
        "Word-for-word quotes from {number} articles. No opinion of my own.",
        len(pack.articles),
    )


def place_line(pack: Pack, citation: Citation, words: Words, *, precise: bool = False) -> str:
    """Return where a quote stands by the number of its article, to the character where that is `precise`.

    An article that the pack no longer has is named by its title.
    """
    number, paragraph = numbers_of(pack).get(citation.article_id), citation.paragraph
    if number is None:
        named = citation.precise if precise else citation.place
        return echoed(words(named), _PLACE)
    if citation.at is not None and precise:
        return words(
            "article {number} at {time}, characters {start} to {end}",
            number=number,
            time=citation.at,
            start=citation.start,
            end=citation.end,
        )
    if citation.at is not None:
        return words("article {number} at {time}", number=number, time=citation.at)
    if precise:
        return words(
            "article {number} ¶{paragraph}, characters {start} to {end}",
            number=number,
            paragraph=paragraph,
            start=citation.start,
            end=citation.end,
        )
    return words("article {number} ¶{paragraph}", number=number, paragraph=paragraph)


def numbers_of(pack: Pack) -> dict[str, int]:
    """Return by what number each article is cited, by its id: its place in the pack, from 1."""
    return {article.id: number for number, article in enumerate(pack.articles, start=1)}


def articles_lines(pack: Pack, article_ids: Iterable[str], words: Words, style: Style) -> tuple[str, ...]:
    """Return the titles of articles that are cited by their numbers, each once, a line each."""
    cited, numbers = set(article_ids), numbers_of(pack)
    return tuple(
        small(
            words(
                "Article {number}: {title}",
                number=numbers[article.id],
                title=echoed(f"{article.title} ({article.author})" if article.author else article.title, _TITLE),
            ),
            style,
        )
        for article in pack.articles
        if article.id in cited
    )


def articles_of(quotes: Iterable[Quote]) -> set[str]:
    """Return the ids of the articles that quotes are cited from, those where they stand too included."""
    return {citation.article_id for quote in quotes for citation in (quote.citation, *quote.also_in)}


def reached_line(pack: Pack, passage: Passage | Quote, words: Words) -> str:
    """Return in few words how a quote reached its article; a speaker who is not the side itself is named.

    That is by what the side's heading does not say already: "the club's members" are "members". Packs
    describe speakers in English, so in other languages only names are given.
    """
    speaker = passage.speaker
    if speaker is None:
        return words("the writer's own words")
    how = words(_REACHED[passage.mode])
    if passage.voice == CONTEXT:
        return f"{echoed(speaker, _NAME)}, {how}"
    side = pack.side(passage.voice).short_name
    if speaker.casefold() == side.casefold() or not (words.language == SOURCE or speaker[:1].isupper()):
        return how
    who = speaker.removeprefix(f"{wording.possessive(wording.inside(side))} ")
    return f"{echoed(who, _NAME)}, {how}"


def name_of(side: Side) -> str:
    """Name a side."""
    return echoed(side.name, _NAME)


def heading_of(side: Side) -> str:
    """Name a side, in words after its emoji."""
    return f"{side.emoji} {name_of(side)}"


def writer_heading(words: Words) -> str:
    """Name the voice that is no side's."""
    return words("The writer (on no side)")


def headline(text: str, style: Style) -> str:
    """Write a heading; where there are no headings it is bold."""
    return f"### {text}" if style is Style.CARD else f"**{text}**"


def small(text: str, style: Style) -> str:
    """Write a line that is read after all others; ordinary text has no smaller letters."""
    return f"-# {text}" if style is Style.CARD else text


def colour_of(side: Side) -> int:
    """Return the colour of a side, which only ever adds to its name."""
    return int(side.colour.removeprefix("#"), 16)


def quote_part(pack: Pack, quote: Quote, words: Words, style: Style, *, label: str = "", precise: bool = False) -> Part:
    """Lay a quote out after a label, with one line below it on where it comes from; `articles_lines` has the titles."""
    places = [place_line(pack, citation, words, precise=precise) for citation in (quote.citation, *quote.also_in)]
    also = [words("also {where}", where=where) for where in places[1:]]
    below = small(" · ".join([reached_line(pack, quote, words), places[0], *also]), style)
    lines = [f"{label}“{escaped(quote.text)}”", below]
    if quote.difference is not None:
        lines.append(f"⚠️ {echoed(words(wording.differ(quote.difference)), ROOM[style].line)}")
    too_long = words("This quote is too long for a message here ({count} characters).", count=len(quote.text))
    return Part("\n".join(lines), f"{label}{too_long}\n{below}")
