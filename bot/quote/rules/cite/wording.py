"""What is said of a quotation that was checked: its verdict in plain words, what turns its meaning, what carried it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite.turns import Turn
from bot.quote.rules.phrases import inside, possessive
from knowledge.errors import Message
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.quote.rules.cite.turns import Cut
    from knowledge.model import Pack

COMPARE_YOURSELF: Final = Message(
    "Near in meaning as a model measures it: compare them, for one may deny what the other says."
)
UNMARKED: Final = Message("These words are in the article, but are no statement of anybody that is quoted here.")
SEVERAL_VOICES: Final = Message(
    "The quotation goes over words of several speakers; named is the one who has most of it."
)
PUT_TOGETHER: Final = Message("Careful: these parts do not stand one after the other in one passage.")
SIC: Final = Message("“[sic]” is the quoter's: it marks what the article has as well.")
OWN_LETTERS: Final = Message("Letters in brackets are the quoter's.")

DAMAGED: Final = Message("damaged letters")
HTML: Final = Message("HTML")
DISCORD: Final = Message("marks of Discord")
LINE_HYPHENS: Final = Message("hyphens at the ends of lines")
BACKSLASHES: Final = Message("backslashes")
MARKDOWN: Final = Message("Markdown")
LISTS: Final = Message("marks of a list")
LABELS: Final = Message("a label")
REFERENCES: Final = Message("a reference")
FOOTNOTES: Final = Message("marks of footnotes")
"""What may carry a quotation, and is none of its words."""

_WAYS: Final = (
    *(Message("quotation marks"), Message("dashes"), Message("dots"), Message("invisible characters")),
    *(Message("letter forms"), Message("punctuation"), Message("case"), Message("spaces")),
)
"""In which the same words may be written differently."""


def cut_off(cut: Cut) -> Message:
    """Say what turns the meaning of words that were cut out of their sentence."""
    before = {
        Turn.DENIED: Message("Careful: “{words}” is cut off in front, which denies it.", words=cut.words),
        Turn.REJECTED: Message("Careful: “{words}” is cut off in front, which rejects it.", words=cut.words),
        Turn.CONDITIONED: Message("Careful: “{words}” is cut off in front, on which it depends.", words=cut.words),
    }
    after = {
        Turn.DENIED: Message("Careful: the sentence goes on “{words}”, which denies it.", words=cut.words),
        Turn.REJECTED: Message("Careful: the sentence goes on, and says that it “{words}”.", words=cut.words),
        Turn.CONDITIONED: Message("Careful: the sentence goes on “{words}”, which limits it.", words=cut.words),
        Turn.ASKED: Message("Careful: the sentence is a question."),
    }
    return before[cut.turn] if cut.before else after[cut.turn]


def turned(cut: Cut) -> Message:
    """Say what turns the meaning in words that were left out."""
    return Message("Careful: what is left out turns the meaning: “{words}”.", words=cut.words)


def denial_gone(word: str) -> Message:
    """Say that a denial is missing."""
    return Message("Careful: “{word}” is left out, which turns the meaning.", word=word)


def denial_put_in(word: str) -> Message:
    """Say that a denial was put in."""
    return Message("Careful: “{word}” is put in, which turns the meaning.", word=word)


def stands_for(put_in: str, gone: str) -> Message:
    """Say what words in brackets replace."""
    return Message("In brackets, “{words}” stands for “{gone}”.", words=put_in, gone=gone)


def put_in(words: str) -> Message:
    """Say that words in brackets are no part of the article."""
    return Message("In brackets, “{words}” is put in.", words=words)


def typographic(differing: Collection[str]) -> Message:
    """Say in which ways a quotation is written differently from its original."""
    ways = tuple(way for way in _WAYS if str(way) in differing)
    return Message("The words are the same; written differently: {ways}.", ways=ways)


def carriers(found: Sequence[Message]) -> Message:
    """Say what stood around the words."""
    return Message("Around the words, and no change of them: {carriers}.", carriers=tuple(found))


def misattributed(pack: Pack, side: str | None, voice: str | None, speaker: str | None) -> Message:
    """Say that words put down to one side are another's, the writer's, or nobody's."""
    whose = possessive(inside(pack.side(side or "").short_name))
    if voice is None or (voice == CONTEXT and speaker is None):
        return Message("These are not {side} words, but the article's own.", side=whose)
    owner = possessive(_owner(pack, voice, speaker))
    return Message("These are not {side} words, but {owner}.", side=whose, owner=owner)


def wrong_speaker(pack: Pack, side: str, voice: str | None, speaker: str | None) -> Message:
    """Return the verdict on words that somebody else said."""
    wrong = inside(pack.side(side).short_name)
    if voice is None:
        return Message("Wrong speaker: it is no statement of anybody quoted here, nor of {side}.", side=wrong)
    if voice == CONTEXT and speaker is None:
        return Message("Wrong speaker: the writer of the article said this, not {side}.", side=wrong)
    return Message("Wrong speaker: {owner} said this, not {side}.", owner=_owner(pack, voice, speaker), side=wrong)


def _owner(pack: Pack, voice: str, speaker: str | None) -> str:
    """Name the side whose words they are, or whoever speaks for none."""
    return speaker or "" if voice == CONTEXT else inside(pack.side(voice).short_name)
