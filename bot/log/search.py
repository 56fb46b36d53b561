"""Full-text queries out of any text whatever.

It must not know tables.
"""

from __future__ import annotations

from typing import Final

from bot.log.storable import storable

WORD_LIMIT: Final = 32
"""Words of a query that count: FTS5 limits how large its expressions may be, and nobody searches for more."""
LETTER_LIMIT: Final = 100
"""Letters of a word that count."""


def match_expression(text: str) -> str | None:
    """Give the FTS5 expression for rows in which every word of the text begins a word; None when it has no words.

    A word is what stands between white space. Each is quoted, so that quotes, operators and column names are words
    like any other; FTS5 itself splits it into tokens, folds its case and accents, and passes over mere punctuation.
    """
    words = storable(text).split()[:WORD_LIMIT]
    return " ".join('"' + word[:LETTER_LIMIT].replace('"', '""') + '"*' for word in words) or None
