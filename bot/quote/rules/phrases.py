"""The sentences that the bot says beside its quotes; none states anything about the controversy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from knowledge.errors import Message
from knowledge.model import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.model import Pack, Side

NEAREST: Final = Message("What comes nearest, though it may not answer:")
ALL_SILENT: Final = Message("No side says anything about this in the articles.")
ONLY_WRITER: Final = Message("No side speaks about this in the articles; only a writer does.")
NO_STANCE: Final = Message("It is not clear whose side this claim is on, so nothing is quoted against it.")
NOTHING_FURTHER: Final = Message("There are no further quotes on this.")
NOTHING_SHOWN: Final = Message("Nothing was quoted yet, so there is no source to show. Ask a question first.")
ASKING_BACK: Final = Message("What do you mean? Please ask it as a whole question.")
WELCOME: Final = Message("You are welcome.")
GOODBYE: Final = Message("Goodbye!")
ALL_RIGHT: Final = Message("All right. Ask whenever you like.")
UNNAMED: Final = Message("the article's unnamed writer")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def possessive(name: str) -> Message:
    """Write whose something is."""
    return Message("{name}'", name=name) if name.endswith("s") else Message("{name}'s", name=name)


def provenance(mode: Mode, speaker: str | None, author: str | None) -> Message:
    """Return how somebody's words reached us: whose they are, and who passed them on, if the article says.

    An author who speaks is named alone.
    """
    if speaker is None:
        if author is None:
            return Message("The unnamed writer's own statement")
        return Message("{writer} own statement", writer=possessive(_capital(author)))
    if author is not None and mode is Mode.DIRECT and author.casefold() == speaker.casefold():
        return Message("{author}", author=author)
    writer = author or UNNAMED
    match mode:
        case Mode.DIRECT:
            whose = possessive(_capital(speaker))
            return Message("{speaker} own words, quoted by {writer}", speaker=whose, writer=writer)
        case Mode.INDIRECT:
            return Message("{speaker}, as reported by {writer}", speaker=_capital(speaker), writer=writer)
        case Mode.NARRATED:
            return Message("About {speaker}, as told by {writer}", speaker=speaker, writer=writer)


def gap(side: Side) -> Message:
    """State that a side is silent."""
    return Message("{side}: the articles quote no position on this.", side=side.short_name)


def unsure(side: Side) -> Message:
    """State that nothing was found by a side that is surely an answer."""
    return Message("{side}: I found nothing that clearly answers this.", side=side.short_name)


def nothing_against(side: Side) -> Message:
    """State that nothing was found by a side to hold against a claim."""
    return Message("{side}: I found nothing that clearly stands against this claim.", side=side.short_name)


def nothing_further(side: Side) -> Message:
    """State that a side has no more quotes."""
    return Message("{side}: there are no further quotes on this.", side=side.short_name)


def differ(difference: str) -> Message:
    """Flag that two articles give the same statement with a difference in substance."""
    return Message("The articles differ: {difference}.", difference=difference)


def all_of(names: Sequence[str]) -> Message | str:
    """Name one or several things in one phrase, as in "the cats and the dogs"."""
    *these, last = names
    return Message("{these} and {last}", these=tuple(these), last=last) if these else last


def any_of(names: Sequence[str]) -> Message | str:
    """Name one or several things in one phrase, as in "the cats or the dogs"."""
    *these, last = names
    return Message("{these} or {last}", these=tuple(these), last=last) if these else last


def names_of(pack: Pack) -> Message | str:
    """Name all sides in one phrase, as in "The cats and the dogs"."""
    return all_of([side.short_name for side in pack.sides])


def inside(name: str) -> str:
    """Write a name as it stands inside a sentence: an article at its beginning loses the capital."""
    first, _, rest = name.partition(" ")
    return f"{first.lower()} {rest}" if rest and first in {"The", "A", "An"} else name


def no_such_point(side: Side, last: int) -> Message:
    """State that a point lies beyond the last of a side's numbered ones."""
    return Message("{side}: the points are numbered from 1 to {last}.", side=side.short_name, last=last)


def greeting(pack: Pack) -> Message:
    """Greet back, and say what one can ask for."""
    return Message("Hello! Ask me what {sides} say about {title}.", sides=_sides(pack), title=pack.title)


def of_oneself(pack: Pack) -> Message:
    """Return what the bot is and does."""
    return Message(
        "I am a bot about {title}, without an opinion: for your question I quote what {sides} say, word for word, "
        "and where it stands.",
        title=pack.title,
        sides=_sides(pack),
    )


def _sides(pack: Pack) -> Message | str:
    return all_of([inside(side.short_name) for side in pack.sides])


TAKES_NO_SIDE: Final = Message("I take no side and give no advice; here is the best that each side has on this.")
SIDE_BY_SIDE: Final = Message("I set the sides beside each other; whether they agree is for you to judge.")
SORRY: Final = Message("Sorry, that was not what you wanted.")
ASK_SO: Final = Message("Which of these comes nearest? Or say it in other words.")
UNSURE_STANCE: Final = Message("It is not clear whose side this claim is on, so this is what each side says about it.")
NO_PERSON: Final = Message("I am a program, not a person, and I belong to no side.")
WHAT_ELSE: Final = Message(
    "You can also ask for an overview, a side's points (“point 4”), a comparison, more quotes or their source, "
    "or make a claim and read what stands against it."
)
WORD_FOR_WORD: Final = Message(
    "I search the articles for an answer and show it word for word, and where it stands; I write nothing of my own "
    "about the matter."
)
LANGUAGES: Final = Message(
    "I understand questions in English, and the quotes are in English. On Discord my own words also come in German, "
    "Spanish and Hindi."
)
KEPT: Final = Message(
    "What you ask here is logged under a code instead of your name. On Discord, /privacy shows, exports and deletes it."
)
NOT_KEPT: Final = Message("Nothing of this conversation is logged.")


def what_to_ask(pack: Pack) -> Message:
    """Say what one can ask."""
    return Message("Ask me what {sides} say about {title}.", sides=_sides(pack), title=pack.title)


def sources(pack: Pack) -> Message:
    """Name the articles that are quoted, with what they say of their dates."""
    named = tuple(
        Message("“{title}” ({date})", title=article.title, date=article.published or Message("undated"))
        for article in pack.articles
    )
    return Message("I quote these articles and nothing else: {articles}.", articles=named)


def of_meta(pack: Pack, want: str, *, logged: bool) -> tuple[Message, ...]:
    """Answer a question about the bot, by what was wanted with it."""
    match want:
        case "help":
            return (what_to_ask(pack), WHAT_ELSE)
        case "sources" | "age":
            return (sources(pack),)
        case "languages":
            return (LANGUAGES,)
        case "private":
            return (KEPT if logged else NOT_KEPT,)
        case "how":
            return (WORD_FOR_WORD,)
        case _:
            return (NO_PERSON, of_oneself(pack))
