"""The example questions as judges of one another: what speaks for and against each passage when some were never taught.

Training and evaluation both ask for it, with different examples left out. It must not know why they are left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.calibration import FEATURES, features
from embeddings.evidence import Taught, lexical_table, wording_table
from embeddings.ranker import Layout
from embeddings.wordforms import SEEN_AT_LEAST, words_and_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from embeddings.encoder import Vectors
    from embeddings.lexical import LexicalIndex
    from knowledge.model import Pack


@dataclass(frozen=True)
class Unseen:
    """One voice's candidates for some examples, judged without other examples.

    `columns` (examples, candidates) are places in `layout.passages[voice]`; `table` their features; `answers` whether
    they are gold; `speaks` (examples,) whether the voice has any gold.
    """

    columns: NDArray[np.int64]
    table: NDArray[np.float64]
    answers: NDArray[np.bool_]
    speaks: NDArray[np.bool_]

    @classmethod
    def joined(cls, pieces: Sequence[Unseen]) -> Unseen:
        """Put the evidence on several sets of examples one after the other; each must have as many candidates."""
        return cls(
            np.concatenate([piece.columns for piece in pieces]),
            np.concatenate([piece.table for piece in pieces]),
            np.concatenate([piece.answers for piece in pieces]),
            np.concatenate([piece.speaks for piece in pieces]),
        )


@dataclass(frozen=True)
class Examples:
    """The example questions with everything that their evidence is made of, one a row.

    `grades`, `dense` and `lexical` have shape (examples, passages), passages in the pack's order; `cosines` has shape
    (examples, examples). `places` gives the places in the pack of a voice's taught passages. `words` are the words of
    each text, and `counts` says in how many texts a word stands. The features that are `unused` are 0 throughout.
    """

    layout: Layout
    texts: tuple[str, ...]
    taught: Taught
    grades: NDArray[np.int8]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float64]
    cosines: NDArray[np.float32]
    places: Mapping[str, NDArray[np.int64]]
    words: tuple[frozenset[str], ...]
    counts: Counter[str]
    unused: frozenset[str] = frozenset()

    @classmethod
    def of(cls, pack: Pack, texts: Sequence[str], vectors: Vectors, passages: Vectors, index: LexicalIndex) -> Examples:
        """Gather it: `texts` are the questions as they are read, `vectors` and `passages` unit vectors in order."""
        layout = Layout.of(pack)
        place_of = {passage.id: place for place, passage in enumerate(pack.passages)}
        grades = np.zeros((len(texts), len(place_of)), dtype=np.int8)
        for row, question in zip(grades, pack.questions, strict=True):
            for passage_id, grade in question.gold.items():
                row[place_of[passage_id]] = grade
        words = tuple(frozenset(form for form in words_and_pairs(text) if " " not in form) for text in texts)
        return cls(
            layout=layout,
            texts=tuple(texts),
            taught=Taught.by(pack, layout),
            grades=grades,
            dense=vectors @ passages.T,
            lexical=lexical_table(index, texts, len(place_of)),
            cosines=vectors @ vectors.T,
            places={
                voice: np.array([place_of[id_] for id_ in layout.passages[voice]], dtype=np.int64)
                for voice in layout.voices
            },
            words=words,
            counts=Counter(word for own in words for word in own),
        )

    def known_without(self, missing: Iterable[int]) -> frozenset[str]:
        """List the words that stand in at least two of the texts that are not `missing`."""
        lost = Counter(word for row in missing for word in self.words[row])
        return frozenset(word for word, times in self.counts.items() if times - lost[word] >= SEEN_AT_LEAST)

    def taught_by(self, trained: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
        """Give, for each voice, the columns of the passages that answer at least one of the examples `trained` on."""
        answered = self.grades[trained].sum(axis=0, dtype=np.int64) > 0
        return {voice: np.flatnonzero(answered[places]) for voice, places in self.places.items()}

    def nearest(self, rows: NDArray[np.int64], trained: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Give the cosine of the nearest example `trained` on, -1 where there is none; shape (len(rows),)."""
        nearest: NDArray[np.float32] = self.cosines[np.ix_(rows, np.flatnonzero(trained))].max(axis=1, initial=-1.0)
        return nearest

    def evidence(
        self,
        rows: NDArray[np.int64],
        scores: NDArray[np.float64],
        trained: NDArray[np.bool_],
        known: frozenset[str],
        columns: Mapping[str, NDArray[np.int64]],
    ) -> dict[str, Unseen]:
        """Gather the evidence on the examples `rows` for every voice that has `columns`, passages to choose from.

        `scores` (len(rows), width) are the ranker's, `trained` (examples,) tells which examples may be compared with,
        `known` are the words that count as known.
        """
        wording = wording_table([self.texts[row] for row in rows], known)
        cosines = self.cosines[np.ix_(rows, np.flatnonzero(trained))]
        taught = self.taught.among(trained)
        found = {}
        for voice, own in columns.items():
            if not len(own):
                continue
            places = self.places[voice][own]
            part = scores[:, self.layout.columns[voice]]
            near = taught.near(cosines, voice)
            block = np.ix_(rows, places)
            order, table = features(part[:, own], part[:, -1], self.dense[block], self.lexical[block], near, wording)
            table[:, :, [name in self.unused for name in FEATURES]] = 0
            answers = np.take_along_axis(self.grades[block] > 0, order, axis=1)
            found[voice] = Unseen(own[order], table, answers, self.taught.speaks[voice][rows])
        return found
