"""Finding passages by their words: SQLite's FTS5 with BM25, through sqlite-utils.

It must not know vectors. Any text whatever is a valid query: it gives scores or none, never an error.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from typing import TYPE_CHECKING, Final

import sqlite_utils

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from knowledge.model import Passage

_WORD: Final = re.compile(r"[^\W_]+")

_MOST_TERMS: Final = 64
"""Terms of one query. More say nothing new and only cost time."""

_SATURATION: Final = 5.0
"""The BM25 score that counts as half: the median of the best score of a question lies near it."""

# Words that say how something is asked, not what is asked: they would match nearly every passage.
STOP_WORDS: Final = frozenset(
    [
        "a",
        "about",
        "actually",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "for",
        "from",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "isn",
        "it",
        "its",
        "just",
        "let",
        "ll",
        "me",
        "more",
        "most",
        "much",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "out",
        "really",
        "s",
        "she",
        "should",
        "so",
        "some",
        "such",
        "t",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "too",
        "u",
        "up",
        "us",
        "ve",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "ur",
        "im",
        "dont",
        "doesnt",
    ]
)


def words(text: str) -> list[str]:
    """Split a text into its words, in lower case, in order: runs of letters and digits."""
    return _WORD.findall(text.casefold())


def content_words(text: str) -> list[str]:
    """Give the words of a text that carry meaning, in order."""
    return [word for word in words(text) if word not in STOP_WORDS]


def match_expression(text: str) -> str:
    """Build an FTS5 query that asks for any content word of the text; empty when there is none.

    Each term stands in double quotes, which makes it a plain string to FTS5 whatever it holds: no operator, column
    name or wildcard of the asker's can get through. Source: SQLite's documentation of FTS5, section "Full-text query
    syntax".
    """
    terms = dict.fromkeys(content_words(text))
    return " OR ".join(f'"{term}"' for term in list(terms)[:_MOST_TERMS])


class LexicalIndex:
    """The passages' words in an SQLite file that is only read; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open an index that `build` has written; sqlite3.DatabaseError when it is none."""
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()
        self._connection.execute("SELECT count(*) FROM passage").fetchone()

    def scores(self, question: str) -> dict[int, float]:
        """Give the passages that share a word with the question: row number (from 0) -> BM25 as s / (s + 5)."""
        expression = match_expression(question)
        if not expression:
            return {}
        with self._lock:
            rows = self._connection.execute(
                "SELECT rowid, bm25(passage) FROM passage WHERE passage MATCH ?", (expression,)
            ).fetchall()
        # FTS5 gives BM25 negated, best lowest; a term that stands in most passages can push it over zero.
        return {row - 1: max(-score, 0.0) / (max(-score, 0.0) + _SATURATION) for row, score in rows}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def build(path: Path, passages: Iterable[Passage]) -> None:
    """Write the index of the passages, numbered from 0 in the order given, to a new file."""
    database = sqlite_utils.Database(path)
    database.execute("CREATE VIRTUAL TABLE passage USING fts5(text, tokenize = 'porter unicode61 remove_diacritics 2')")
    database.table("passage").insert_all(
        {"rowid": number, "text": passage.text} for number, passage in enumerate(passages, start=1)
    )
    database.close()
