"""Find passages by their words: SQLite's FTS5 with BM25, through sqlite-utils.

Any text is a valid query: it gets scores or none, never an error.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from knowledge.model import Passage

_WORD: Final = re.compile(r"[^\W_]+")

_MOST_TERMS: Final = 64
"""Terms of one query; more only cost time."""

_FEW: Final = 1000
"""Passages among which every word is looked up."""

_MOST_MATCHES: Final = 2000
"""Among more passages: occurrences that are looked at, at 2 µs each, of the rarest words first."""

_REMEMBERED: Final = 10_000
"""Words of which it is remembered in how many passages they stand; among few, in which ones, and what that counts."""

_BATCH: Final = 1000
"""Passages written at a time."""

_SATURATION: Final = 5.0
"""The BM25 score that counts as half: the median of the best score of a question lies near it."""

# Words that say how something is asked, not what is asked: they would match nearly every passage.
STOP_WORDS: Final = frozenset(
    _WORD.findall(
        "a about actually an and any are as at be been being but by can could did do does doing for from had has have "
        "having he her him his how i if in into is isn it its just let ll me more most much my no not of on or our "
        "out really s she should so some such t than that the their them then there these they this those to too u up "
        "us ve very was we were what when where which while who whom whose why will with would you your ur im dont "
        "doesnt"
    )
)


def words(text: str) -> list[str]:
    """Split a text into its words, in lower case, in order: runs of letters and digits."""
    return _WORD.findall(text.casefold())


def content_words(text: str) -> list[str]:
    """Return the words of a text that carry meaning, in order."""
    return [word for word in words(text) if word not in STOP_WORDS]


def terms_of(text: str) -> list[str]:
    """Return the different content words of a text that are searched for, in order."""
    return list(dict.fromkeys(content_words(text)))[:_MOST_TERMS]


def match_expression(terms: Iterable[str]) -> str:
    """Return an FTS5 query for any of the terms; empty when there is none.

    Quotes make each a plain string, so no operator, column name or wildcard gets through. Source: SQLite's
    documentation of FTS5, "Full-text query syntax".
    """
    return " OR ".join(f'"{term}"' for term in terms)


class LexicalIndex:
    """The passages' words in an SQLite file that is only read; safe to use from several threads.

    Each occurrence of a word costs time, and common words tell passages apart least: among many passages, the commonest
    words of a question are left out.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._lock = threading.Lock()
        (self._passages,) = self._connection.execute("SELECT count(*) FROM passage_docsize").fetchone()
        self._matches: dict[str, int] = {}
        self._scores: dict[str, tuple[tuple[int, float], ...]] = {}

    def scores(self, question: str) -> dict[int, float]:
        """Return the passages that share a word with the question: row number (from 0) -> BM25 as s / (s + 5)."""
        terms = terms_of(question)
        with self._lock:
            rows = self._sum(terms) if self._passages <= _FEW else self._found(match_expression(self._telling(terms)))
        # FTS5 gives BM25 negated, best lowest; a term that stands in most passages can push it over zero.
        return {row - 1: max(-score, 0.0) / (max(-score, 0.0) + _SATURATION) for row, score in rows}

    def _sum(self, terms: Sequence[str]) -> Iterable[tuple[int, float]]:
        """Return what FTS5 gives for any of the terms, ascending by row: the sum of what it gives for each."""
        found: dict[int, float] = {}
        for term in terms:
            rows = self._scores.get(term)
            if rows is None:
                if len(self._scores) >= _REMEMBERED:
                    self._scores.clear()
                self._scores[term] = rows = tuple(self._found(match_expression([term])))
            for row, score in rows:
                found[row] = found.get(row, 0.0) + score
        return sorted(found.items())

    def _found(self, expression: str) -> list[tuple[int, float]]:
        if not expression:
            return []
        return self._connection.execute(
            "SELECT rowid, bm25(passage) FROM passage WHERE passage MATCH ?", (expression,)
        ).fetchall()

    def _telling(self, terms: Sequence[str]) -> list[str]:
        """Return the rarest terms, as many as `_MOST_MATCHES` allows, in their order."""
        left = _MOST_MATCHES
        chosen = set()
        for term in sorted(terms, key=self._matches_of):
            left -= self._matches_of(term)
            if left < 0:
                break
            chosen.add(term)
        return [term for term in terms if term in chosen]

    def _matches_of(self, term: str) -> int:
        """Return the number of passages with a term, at most `_MOST_MATCHES` + 1."""
        known = self._matches.get(term)
        if known is None:
            (known,) = self._connection.execute(
                "SELECT count(*) FROM (SELECT 1 FROM passage WHERE passage MATCH ? LIMIT ?)",
                (match_expression([term]), _MOST_MATCHES + 1),
            ).fetchone()
            if len(self._matches) >= _REMEMBERED:
                self._matches.clear()
            self._matches[term] = known
        return known

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def build(path: Path, passages: Iterable[Passage]) -> None:
    """Write the index of the passages, numbered from 0 in the order given, to a new file, without their texts."""
    import sqlite_utils  # noqa: PLC0415 - takes a tenth of a second, and only building needs it

    database = sqlite_utils.Database(path)
    database.execute(
        "CREATE VIRTUAL TABLE passage USING fts5(text, content = '', tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    database.table("passage").insert_all(
        ({"rowid": number, "text": passage.text} for number, passage in enumerate(passages, start=1)),
        batch_size=_BATCH,
    )
    # One piece instead of the several that were written: a word is then found in one place.
    with database.conn:
        database.execute("INSERT INTO passage(passage) VALUES ('optimize')")
    database.close()
