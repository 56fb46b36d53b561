"""How a claim says what it says: which of its words it denies, and whether it praises or accuses.

A sentence's vector hardly tells "they sell it" from "they do not", nor a shield from a threat; these word lists do.
The words themselves are a pack's.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.model import Wording

_PIECE: Final = re.compile(r"[\w']+|[.,;:!?]")
_REACH: Final = 3
"""Words after a denial that it turns around."""

_ENDINGS: Final = ("", "s", "ed", "d", "ing", "es", "er", "ers")
_STEM: Final = 4
"""Letters from which on a listed beginning stands for every word that begins so; a shorter one only for its forms."""


@dataclass(frozen=True)
class _Words:
    """A list of words by their beginnings."""

    stems: tuple[str, ...]
    forms: frozenset[str]

    @classmethod
    def of(cls, beginnings: Sequence[str]) -> _Words:
        """Sort beginnings by their length."""
        short = [beginning for beginning in beginnings if len(beginning) < _STEM]
        return cls(
            tuple(beginning for beginning in beginnings if len(beginning) >= _STEM),
            frozenset(beginning + ending for beginning in short for ending in _ENDINGS),
        )

    def __contains__(self, word: str) -> bool:
        """Return whether a word is one of them."""
        return word in self.forms or word.startswith(self.stems)


_DENIAL: Final = re.compile(
    r"no|not|never|nobody|none|nothing|neither|nor|without|hardly|barely|cannot|zero|nope|false|untrue|myth|legend|"
    r"fable|nonsense|wrong|rubbish|baseless|absurd|rejected|tale|few|less|"
    r"(?:ai|are|ca|could|did|do|does|had|has|have|is|should|was|were|wo|would)n'?t"
)


def denied(text: str) -> str:
    """Mark what is denied: each of the next words after a word of denial, in the same clause, gets a leading "_".

    Texts are as they are read for a search, in lower case.
    """
    marked, left = [], 0
    for piece in _PIECE.findall(text):
        if _DENIAL.fullmatch(piece):
            left = _REACH
            marked.append(piece)
        elif not _is_word(piece):
            left = 0
        else:
            marked.append(f"_{piece}" if left else piece)
            left = max(left - 1, 0)
    return " ".join(marked)


def sign_of(text: str) -> float:
    """Return -1 for a claim with a word of denial in it, 1 for any other."""
    return -1.0 if any(_DENIAL.fullmatch(piece) for piece in _PIECE.findall(text)) else 1.0


@dataclass(frozen=True)
class Opinions:
    """The words by which a pack's controversy accuses and praises."""

    accusing: _Words
    praising: _Words

    @classmethod
    def of(cls, wording: Wording) -> Opinions:
        """Take a pack's."""
        return cls(_Words.of(wording.accusing), _Words.of(wording.praising))

    def tone_of(self, text: str) -> float:
        """Tell how a claim sounds: towards 1 when it praises or soothes, towards -1 when it accuses, 0 for neither.

        What is denied counts the other way round.
        """
        tone, left = 0, 0
        for piece in _PIECE.findall(text):
            if _DENIAL.fullmatch(piece):
                left = _REACH
            else:
                value = (piece in self.praising) - (piece in self.accusing)
                tone += -value if left else value
                left = max(left - 1, 0) if _is_word(piece) else 0
        return math.tanh(tone)


def _is_word(piece: str) -> bool:
    return piece[0].isalnum() or piece[0] in "_'"
