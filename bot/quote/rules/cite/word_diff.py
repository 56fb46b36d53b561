"""What was changed in a quotation, word by word.

Source of the method: Ratcliff and Metzener, "Pattern matching: the gestalt approach" (1988), as `difflib` has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.quote.rules.cite.written import words_of


@dataclass(frozen=True, slots=True)
class Change:
    """One stretch on the way from an original to a quotation: words of the original, and what stands for them.

    Both are equal but for the way of writing where nothing was changed (`kept`); an empty `original` means that words
    were put in, an empty `quoted` one that words were left out.
    """

    original: str
    quoted: str
    kept: bool


def _compared(word: str) -> str:
    """Return a word as it is compared, without marks around it; a mark alone stays."""
    return " ".join(words_of(word)) or word


def _matched(original: str, quotation: str) -> tuple[list[str], list[str], SequenceMatcher[str]]:
    first, second = original.split(), quotation.split()
    matcher = SequenceMatcher(
        None, [_compared(word) for word in first], [_compared(word) for word in second], autojunk=False
    )
    return first, second, matcher


def same_share(original: str, quotation: str) -> float:
    """Return the share of words that two texts have in common in order (0..1)."""
    return _matched(original, quotation)[2].ratio()


def changes_between(original: str, quotation: str) -> tuple[Change, ...]:
    """List the stretches of words from an original to a quotation, kept ones too, in order."""
    first, second, matcher = _matched(original, quotation)
    return tuple(
        Change(" ".join(first[start:end]), " ".join(second[other:other_end]), kept=kind == "equal")
        for kind, start, end, other, other_end in matcher.get_opcodes()
    )
