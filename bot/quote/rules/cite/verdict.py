"""The verdict on a quotation in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite import wording
from bot.quote.rules.cite.check import Verdict
from knowledge.errors import Message

if TYPE_CHECKING:
    from bot.quote.rules.cite.check import CiteCheck
    from knowledge.model import Pack

_CUT_OUT: Final = Message("Verbatim, but cut out of its sentence: read the whole of it.")
_SAID: Final = {
    Verdict.VERBATIM: Message("Verbatim, word for word as an article has it."),
    Verdict.ALTERED: Message("Altered, an article has other words."),
    Verdict.PARAPHRASE: Message("Not in these words; the nearest is a paraphrase."),
    Verdict.ABSENT: Message("Not in the sources."),
}


def verdict_on(pack: Pack, checked: CiteCheck) -> Message:
    """Say what a quotation turned out to be, as a sentence."""
    if checked.verdict is Verdict.SHORTENED:
        return Message("Shortened, left out: {words}.", words=tuple(f"“{words}”" for words in checked.left_out))
    if checked.verdict is Verdict.OTHER_SIDE:
        return wording.wrong_speaker(pack, checked.attributed_to or "", checked.voice, checked.speaker)
    return _CUT_OUT if checked.verdict is Verdict.VERBATIM and checked.careful else _SAID[checked.verdict]
