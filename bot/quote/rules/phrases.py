"""The sentences that the bot says beside its quotes.

None of them states anything about the controversy: the substance of an answer is always a quote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from knowledge.errors import Message
from knowledge.model import CONTEXT, Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.model import Article, Pack, Passage, Side

BOTH_SILENT: Final = "Neither side says anything about this in the articles."
ONLY_WRITER: Final = "Neither side speaks about this in the articles; only a writer does."
NO_STANCE: Final = "It is not clear whose side this claim is on, so nothing is quoted against it."
NOTHING_FURTHER: Final = "There are no further quotes on this."
NOTHING_SHOWN: Final = "Nothing was quoted yet, so there is no source to show. Ask a question first."
ASKING_BACK: Final = "What do you mean? Please ask it as a whole question."
WELCOME: Final = "You are welcome."
GOODBYE: Final = "Goodbye!"
ALL_RIGHT: Final = "All right. Ask whenever you like."
COMPARE_YOURSELF: Final = "Near in meaning as a model measures it: compare them, for one may deny what the other says."
UNMARKED: Final = "These words are in the article, but are no statement of anybody that is quoted here."
SEVERAL_VOICES: Final = "The quotation goes over words of several speakers; named is the one who has most of it."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def writer_of(article: Article) -> str:
    """Name who wrote an article, as far as it says so itself."""
    return article.author or "the article's unnamed writer"


def provenance(passage: Passage, article: Article) -> str:
    """Say how the words of a passage reached us: whose they are, and who passed them on."""
    writer = writer_of(article)
    if passage.voice == CONTEXT or passage.speaker is None:
        return f"{_capital(_possessive(article.author or 'the unnamed writer'))} own statement"
    speaker = passage.speaker
    match passage.mode:
        case Mode.DIRECT:
            return f"{_capital(_possessive(speaker))} own words, quoted by {writer}"
        case Mode.INDIRECT:
            return f"{_capital(speaker)}, as reported by {writer}"
        case Mode.NARRATED:
            return f"About {speaker}, as told by {writer}"


def gap(side: Side) -> str:
    """State that a side is silent."""
    return f"{side.short_name}: the articles quote no position on this."


def nothing_against(side: Side) -> str:
    """State that a side has nothing to hold against a claim."""
    return f"{side.short_name}: the articles quote nothing against this claim."


def misattributed(side: Side, owner: Side | None) -> str:
    """Say that words put down to one side are another's; without an owner they are an article's own."""
    whose = "the article's own" if owner is None else f"{_possessive(inside(owner.short_name))}"
    return f"These are not {_possessive(inside(side.short_name))} words, but {whose}."


def typographic(differing: Sequence[str]) -> str:
    """Say in which ways a quotation is written differently from its original."""
    return f"The words are the same; written differently: {', '.join(differing)}."


def differ(difference: str) -> str:
    """Flag that two articles give the same statement with a difference in substance."""
    return f"The articles differ: {difference}."


def names_of(pack: Pack) -> str:
    """Name all sides in one phrase, as in "The film and Facebook"."""
    names = [side.short_name for side in pack.sides]
    return ", ".join(names[:-1]) + f" and {names[-1]}"


def any_of(names: Sequence[str]) -> Message | str:
    """Name one or several things in one phrase, as in "the film or Facebook"."""
    *these, last = names
    return Message("{these} or {last}", these=tuple(these), last=last) if these else last


def inside(name: str) -> str:
    """Write a name as it stands inside a sentence: an article at its beginning loses the capital."""
    first, _, rest = name.partition(" ")
    return f"{first.lower()} {rest}" if rest and first in {"The", "A", "An"} else name


def point_question(side: Side, number: int) -> str:
    """Word the question for one of a side's numbered points."""
    return f"What does {side.short_name} say in point {number} of its reply?"


def nothing_further(side: Side) -> str:
    """State that a side has no more quotes."""
    return f"{side.short_name}: there are no further quotes on this."


def no_such_point(side: Side, last: int) -> str:
    """State that a point lies beyond the last of a side's numbered ones."""
    return f"{side.short_name}: the points are numbered from 1 to {last}."


def greeting(pack: Pack) -> str:
    """Greet back, and say what one can ask for."""
    return f"Hello! Ask me what {inside(names_of(pack))} say about {pack.title}."


def of_oneself(pack: Pack) -> str:
    """Say what the bot is and does."""
    return (
        f"I am a bot about {pack.title}, without an opinion: for your question I quote what {inside(names_of(pack))} "
        "say, word for word, and where it stands."
    )
