"""What a person wants with what they type in a conversation: more, a source, small talk, or an answer.

A multinomial logistic regression over the letters and words of a text, trained on the pack's example turns. What is
wanted shows in the wording, so no vector is needed, and reading takes a fraction of a millisecond.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - the codec reads the annotations

from embeddings.learnt.spelling import Phrasing
from embeddings.learnt.wordforms import WordForms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.model import Pack

_INVERSE_PENALTY: Final = 8.0
"""How freely the regression may fit; chosen by cross-validation, a third more or less changes nothing."""

_QUESTIONS: Final = 4000
"""Example questions to learn from; more of them change nothing and take longer."""

_ASKED: Final = "question"


@dataclass(frozen=True)
class TurnReader:
    """The trained regression: `weights` (forms, wants) of the letters, then the words; `bias` (wants,)."""

    phrasing: Phrasing
    wants: tuple[str, ...]
    letters: WordForms
    words: WordForms
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def lean(self, text: str) -> Mapping[str, float]:
        """Return the probability (0..1) of everything that may be wanted with a text; they sum to 1."""
        read = self.phrasing.spelt_out(text)
        odds = self.bias.astype(np.float64)
        start = 0
        for forms in (self.letters, self.words):
            where, values = forms.weigh(read)
            odds += values @ self.weights[start + where]
            start += len(forms.forms)
        shares = np.exp(odds - odds.max())
        return dict(zip(self.wants, (shares / shares.sum()).tolist(), strict=True))


def examples_of(pack: Pack) -> list[tuple[str, str]]:
    """Return the turns and some of the questions, each with what is wanted; a new question moves no other."""
    chosen = sorted(pack.questions, key=lambda question: hashlib.sha256(question.text.encode()).digest())[:_QUESTIONS]
    return [(turn.text, turn.wants) for turn in pack.turns] + [(question.text, _ASKED) for question in chosen]


def train_turns(examples: list[tuple[str, str]], phrasing: Phrasing) -> TurnReader:
    """Learn from texts with what is wanted, of two kinds at least. Deterministic; takes seconds."""
    from scipy import sparse  # noqa: PLC0415 - takes long to import, and only training needs it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - the same

    texts = [phrasing.spelt_out(text) for text, _ in examples]
    letters, words = WordForms.learn("letters", texts), WordForms.learn("words", texts)
    rows = sparse.hstack([letters.rows(texts), words.rows(texts)], format="csr")
    # Balanced: how often people ask for more, and how often they say hello, is not known.
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=500, class_weight="balanced")
    model.fit(rows, [wants for _, wants in examples])
    weights, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # noqa: PLR2004 - of two kinds it keeps the second one's odds alone
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    wants = tuple(model.classes_.tolist())
    return TurnReader(phrasing, wants, letters, words, weights.T.astype(np.float32), bias.astype(np.float32))


def turn_reader(pack: Pack) -> TurnReader | None:
    """Learn from a pack's turns; None when they want one thing or there are none."""
    if len({turn.wants for turn in pack.turns}) < 2:  # noqa: PLR2004 - nothing to tell apart
        return None
    return train_turns(examples_of(pack), Phrasing(pack.wording.short_forms))
