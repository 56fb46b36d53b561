"""What the core and the services say beside the quotes, in the language of the interface.

In English these are the core's own sentences, letter by letter. Quotes, titles and the names of sides and speakers are
data: they stay as they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.answer.service.ask import NOT_LOGGED
from bot.quote.rules import phrases as wording
from bot.wire.page.language import SOURCE
from knowledge.model import CONTEXT, Mode

if TYPE_CHECKING:
    from bot.quote.rules.quote import Answer, Block, Quote
    from bot.wire.page.language import Words
    from knowledge.citation import Citation
    from knowledge.model import Pack

_TOO_LONG: Final = re.compile(r"The question was longer than (\d+) characters; the rest was not read\.")
_TYPOGRAPHIC: Final = re.compile(r"The words are the same; written differently: (.+)\.")
_LAST_POINT: Final = re.compile(r"(?P<side>.+): the points are numbered from 1 to (?P<last>\d+)\.")


def message_of(pack: Pack, answer: Answer, words: Words) -> str | None:
    """Give the line that is said beside the blocks."""
    return None if answer.message is None else said(pack, answer.message, words)


def said(pack: Pack, sentence: str, words: Words) -> str:
    """Say one of the core's sentences; one that is unknown stays English."""
    if words.language == SOURCE:
        return sentence
    if found := _TOO_LONG.fullmatch(sentence):
        return words("The question was longer than {limit} characters; the rest was not read.", limit=found[1])
    if found := _LAST_POINT.fullmatch(sentence):
        return words("{side}: the points are numbered from 1 to {last}.", **found.groupdict())
    if found := _TYPOGRAPHIC.fullmatch(sentence):
        ways = ", ".join(_way(way, words) for way in found[1].split(", "))
        return words("The words are the same; written differently: {ways}.", ways=ways)
    return (_fixed(pack, words) | _misattributed(pack, words)).get(sentence, sentence)


def gap_of(pack: Pack, block: Block, words: Words) -> str | None:
    """State a side's silence."""
    if block.gap is None:
        return None
    side = pack.side(block.side)
    in_words = {
        wording.gap(side): words("{side}: the articles quote no position on this.", side=side.short_name),
        wording.nothing_against(side): words(
            "{side}: the articles quote nothing against this claim.", side=side.short_name
        ),
        wording.nothing_further(side): words("{side}: there are no further quotes on this.", side=side.short_name),
    }
    return in_words.get(block.gap, block.gap)


def provenance_of(quote: Quote, words: Words) -> str:
    """Say how the words of a quote reached us."""
    if words.language == SOURCE:
        return quote.provenance
    writer = quote.citation.author or words("the article's unnamed writer")
    if quote.voice == CONTEXT or quote.speaker is None:
        return words("Statement of the writer's own: {writer}", writer=writer)
    match quote.mode:
        case Mode.DIRECT:
            return words("Own words of {speaker}, quoted by {writer}", speaker=quote.speaker, writer=writer)
        case Mode.INDIRECT:
            return words("{speaker}, as reported by {writer}", speaker=quote.speaker, writer=writer)
        case Mode.NARRATED:
            return words("About {speaker}, as told by {writer}", speaker=quote.speaker, writer=writer)


def pointer_to(citation: Citation, words: Words, *, precise: bool = False) -> str:
    """Say where a quote stands, to the character where that was asked."""
    values = {"title": citation.title, "author": citation.author, "paragraph": citation.paragraph}
    if citation.author:
        where = words("{title} by {author}, paragraph {paragraph}", **values)
    else:
        where = words("{title}, paragraph {paragraph}", **values)
    if not precise:
        return where
    return words("{where}, characters {start} to {end}", where=where, start=citation.start, end=citation.end)


def differ(difference: str, words: Words) -> str:
    """Flag that articles give the same statement with a difference in substance, which is the pack's to word."""
    return words("The articles differ: {difference}.", difference=difference)


def _way(way: str, words: Words) -> str:
    """Name a way in which the same words are written differently."""
    ways = {
        "quotation marks": words("quotation marks"),
        "dashes": words("dashes"),
        "dots": words("dots"),
        "invisible characters": words("invisible characters"),
        "case": words("case"),
        "spaces": words("spaces"),
    }
    return ways.get(way, way)


def _misattributed(pack: Pack, words: Words) -> dict[str, str]:
    """Map what the core says of words that are put down to the wrong side."""
    said_of = {
        wording.misattributed(side, None): words(
            "These words are not of {side}, but the article's own.", side=side.name
        )
        for side in pack.sides
    }
    return said_of | {
        wording.misattributed(side, owner): words(
            "These words are not of {side}, but of {owner}.", side=side.name, owner=owner.name
        )
        for side in pack.sides
        for owner in pack.sides
    }


def _fixed(pack: Pack, words: Words) -> dict[str, str]:
    """Map the core's sentences that have no values of their own to those of the interface's language."""
    names = wording.inside(wording.names_of(pack))
    return {
        NOT_LOGGED: words(
            "This turn is not logged yet: the log cannot be written. It is kept, and written when that is possible."
        ),
        wording.BOTH_SILENT: words("Neither side says anything about this in the articles."),
        wording.ONLY_WRITER: words("Neither side speaks about this in the articles; only a writer does."),
        wording.NO_STANCE: words("It is not clear whose side this claim is on, so nothing is quoted against it."),
        wording.NOTHING_FURTHER: words("There are no further quotes on this."),
        wording.NOTHING_SHOWN: words("Nothing was quoted yet, so there is no source to show. Ask a question first."),
        wording.ASKING_BACK: words("What do you mean? Please ask it as a whole question."),
        wording.WELCOME: words("You are welcome."),
        wording.GOODBYE: words("Goodbye!"),
        wording.ALL_RIGHT: words("All right. Ask whenever you like."),
        wording.COMPARE_YOURSELF: words(
            "Near in meaning as a model measures it: compare them, for one may deny what the other says."
        ),
        wording.UNMARKED: words("These words are in the article, but are no statement of anybody that is quoted here."),
        wording.SEVERAL_VOICES: words(
            "The quotation goes over words of several speakers; named is the one who has most of it."
        ),
        wording.greeting(pack): words("Hello! Ask me what {sides} say about {title}.", sides=names, title=pack.title),
        wording.of_oneself(pack): words(
            "I am a bot about {title}, without an opinion: for your question I quote what {sides} say, word for word, "
            "and where it stands.",
            sides=names,
            title=pack.title,
        ),
    }
