"""What a check of a quotation comes to, and the verdict in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.quote.rules.cite import wording
from knowledge.errors import Message

if TYPE_CHECKING:
    from bot.quote.rules.cite.word_diff import Change
    from knowledge.citation import Citation
    from knowledge.model import Pack


class Verdict(Enum):
    """What a quotation turned out to be."""

    VERBATIM = "verbatim"
    """Word for word."""
    SHORTENED = "shortened"
    """Word for word, but for words whose omission is marked and turns nothing."""
    ALTERED = "altered"
    """Nearly word for word."""
    OTHER_SIDE = "other-side"
    """Word for word, but said by somebody else than it is put down to."""
    PARAPHRASE = "paraphrase"
    """Not in these words; a passage says nearly the same, or speaks of the same."""
    ABSENT = "absent"
    """Nothing of the kind."""


VERIFIED: Final = frozenset({Verdict.VERBATIM, Verdict.SHORTENED, Verdict.OTHER_SIDE})
"""What stands in an article, word for word."""


@dataclass(frozen=True, slots=True)
class CiteCheck:
    """The outcome of a check.

    `text` is the quotation without what introduces and carries it; `attributed_to` the side that it is put down to,
    None when it is put down to nobody. `original` are the article's exact characters at `citation`; `voice` is whose
    they are: a side's id, "context" (the writer), or None where no passage is marked. `sentence` is the whole sentence
    where the original is only a part of it. `changes` leads from the original to the quotation, `left_out` lists the
    words whose omission is marked. `careful` says what turns the meaning, `notes` what else there is to know.

    All but the first three, `careful` and `notes` are empty for what is not in the sources.
    """

    text: str
    verdict: Verdict
    attributed_to: str | None
    original: str | None = None
    citation: Citation | None = None
    also_at: tuple[Citation, ...] = ()
    voice: str | None = None
    speaker: str | None = None
    passage_id: str | None = None
    provenance: Message | None = None
    sentence: str | None = None
    changes: tuple[Change, ...] = ()
    left_out: tuple[str, ...] = ()
    careful: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()

    @property
    def misattributed(self) -> bool:
        """Whether it is put down to a side that did not say it."""
        return self.attributed_to is not None and self.original is not None and self.voice != self.attributed_to


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
