"""What a person does in a turn of a sparring, by its wording alone.

A multinomial logistic regression over the letters and words of a text, trained on examples of moves. A move shows in
the wording, so no vector is needed, and reading takes a fraction of a millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - the codec reads the annotations

from embeddings.learnt.spelling import Phrasing  # noqa: TC001 - the same
from embeddings.learnt.wordforms import WordForms, weighed

if TYPE_CHECKING:
    from collections.abc import Mapping

_INVERSE_PENALTY: Final = 8.0
"""How freely the regression may fit; chosen by cross-validation, a third more or less changes nothing."""


@dataclass(frozen=True)
class MoveReader:
    """The trained regression: `weights` (forms, moves) of the letters, then the words; `bias` (moves,)."""

    phrasing: Phrasing
    moves: tuple[str, ...]
    letters: WordForms
    words: WordForms
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def lean(self, text: str) -> Mapping[str, float]:
        """Return the probability (0..1) of every move that a text may be; they sum to 1."""
        read = self.phrasing.spelt_out(text)
        odds = self.bias.astype(np.float64)
        for part in weighed(read, (self.letters, self.words), self.weights):
            odds += part
        shares = np.exp(odds - odds.max())
        return dict(zip(self.moves, (shares / shares.sum()).tolist(), strict=True))


def train_reader(examples: list[tuple[str, str]], phrasing: Phrasing) -> MoveReader:
    """Learn from texts with their moves, of two kinds at least. Deterministic; takes seconds."""
    from scipy import sparse  # noqa: PLC0415 - takes long to import, and only training needs it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - the same

    texts = [phrasing.spelt_out(text) for text, _ in examples]
    (letters, letter_rows), (words, word_rows) = WordForms.learn("letters", texts), WordForms.learn("words", texts)
    rows = sparse.hstack([letter_rows, word_rows], format="csr")
    # Balanced: how often people make a move is not known.
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=500, class_weight="balanced")
    model.fit(rows, [move for _, move in examples])
    weights, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # noqa: PLR2004 - of two kinds it keeps the second one's odds alone
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    moves = tuple(model.classes_.tolist())
    return MoveReader(phrasing, moves, letters, words, weights.T.astype(np.float32), bias.astype(np.float32))
