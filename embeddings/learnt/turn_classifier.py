"""What a person wants with what they type in a conversation, as `knowledge.reading.questions.WANTS` lists it.

A kernel ridge regression over the wording of a text (its letters, its words, its vector) and its place (what was
answered last, whether a number or a side stands in it), trained on the pack's example turns. Its scores become
probabilities at a temperature found on scores of examples that the regression had not seen, which the closed form of
ridge regression gives without training again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - the codec reads the annotations

from embeddings.learnt.spelling import Phrasing
from embeddings.learnt.wordforms import JUST_READ, FormProducts, WordForms, weighed
from knowledge.model import OUTSIDE
from knowledge.reading.questions import AFTER, WANTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from embeddings.encoders.reference import Vectors
    from knowledge.model import Pack

    Table = NDArray[np.float32]

_PENALTY: Final = 0.5
"""Penalty of the regression, for a want of average weight."""

_NEARNESS: Final = 3.0
"""How fast an example loses its weight as a text becomes less like it."""

_TEMPERATURE: Final = 10.5
"""What turns scores into probabilities: likeliest for the scores of examples that the regression had not seen."""

_EACH: Final = 1000
"""Examples of one want that hold in any place; more of them take longer and change little."""

_QUESTIONS: Final = 1000
"""Example questions to learn from."""

_CLAIMS: Final = 200
"""Example statements to learn from."""

_LANDMARKS: Final = 1024
"""Examples whose nearness is felt; those of all others is made of it (Nyström), so that reading a turn stays quick."""

_JITTER: Final = 1e-3
"""What is added to the likeness of a landmark with itself: landmarks may be alike."""

_BLOCK: Final = 128
"""Examples that are compared with all others at a time."""

_CLAIMED: Final = frozenset({"statement", "leading", OUTSIDE})
"""Kinds of questions that may as well be claims."""

_GOING_ON: Final = frozenset({"more", "source", "repair"})
"""Acts of what goes on from an answer, whatever that was."""

_TOLD: Final = ("answer", "points", "overview", "compare", "verdict", "rebut")
"""Acts of such answers, in turns."""

_FEW, _MANY = 3, 12
"""Words up to which a text is short, and above which it is long."""

_FIGURES: Final = re.compile(r"\d+")
_COUNTING: Final = re.compile(
    r"\d|\b(?:first|second|third|fourth|fifth|sixth|seventh|last|next|one|two|three|four|five|six|seven)\b"
)
_ASKS: Final = re.compile(
    r"(?:^|[.!,;:]\s*)(?:and |but |so |ok |then )*"
    r"(?:what|wat|whats|why|how|when|wh?ere|who|which|is|are|was|were|do|does|did|can|could|will|would)\b"
)
_LINKED: Final = re.compile(r"(?:and|but|so|also|then|what about|how about)\b")
_LINKED_ON: Final = re.compile(r"(?:(?:and|but|so|also|then|what|how) )+(?:on|about|for|with|in)\b")
_PLACES: Final = 256
"""Places of which it is remembered how they weigh; few of them are usual."""

_SIDE: Final = "aside"
"""Stands for the name of any side."""


class Example(NamedTuple):
    """A text with what is wanted, and the act of the answer that it was said to: None where nothing was answered."""

    text: str
    wants: str
    after: str | None


def examples_of(pack: Pack) -> list[Example]:
    """Return the turns to learn from, and some of the questions and statements; a new one moves no other.

    A turn that says nothing of its place is taken as said to an answer where it goes on from one, else by turns.
    """
    chosen: list[Example] = []
    for want in WANTS:
        own = _shuffled((turn.text, turn) for turn in pack.turns if turn.wants == want)
        chosen += [Example(turn.text, want, turn.after) for turn in own if turn.after]
        chosen += [Example(turn.text, want, _place(turn.text, want)) for turn in own if not turn.after][:_EACH]
    asked = _shuffled((each.text, each) for each in pack.questions if each.kind not in _CLAIMED)[:_QUESTIONS]
    claimed = _shuffled((each.text, each) for each in pack.statements)[:_CLAIMS]
    chosen += [Example(each.text, "question", _place(each.text, "question")) for each in asked]
    return chosen + [Example(each.text, "rebut", _place(each.text, "rebut")) for each in claimed]


def _shuffled(keyed: Iterable[tuple[str, object]]):  # type: ignore[no-untyped-def]  # noqa: ANN202 - of any kind
    return [each for _, each in sorted(keyed, key=lambda pair: hashlib.sha256(pair[0].encode()).digest())]


def _place(text: str, want: str) -> str | None:
    if want == "bare":
        return None
    chance = hashlib.sha256(text.encode()).digest()[0]
    if WANTS[want] in _GOING_ON or want == "follow":
        return "answer" if chance % 2 else _TOLD[chance // 2 % len(_TOLD)]
    return "answer" if chance % 2 else None


@dataclass(frozen=True)
class Wording:
    """How a text is read: sides' names and figures count as one, whichever they are."""

    phrasing: Phrasing
    aliases: tuple[str, ...]

    @cached_property
    def _names(self) -> re.Pattern[str]:
        listed = "|".join(re.escape(alias) for alias in sorted(self.aliases, key=len, reverse=True))
        return re.compile(rf"(?<!\w)(?:{listed})(?:'?s)?(?!\w)") if listed else re.compile(r"(?!)")

    def read(self, text: str, after: str | None) -> tuple[str, Table]:
        """Return a text as its letters and words are weighed, and the numbers that tell its place."""
        read, told = self.told(text)
        return read, _numbers(told, after)

    @cached_property
    def told(self) -> Callable[[str], tuple[str, tuple[bool, ...]]]:
        """The function from a text to how it is weighed, and what it shows of itself; the last ones are remembered."""
        return lru_cache(JUST_READ)(self._told)

    def _told(self, text: str) -> tuple[str, tuple[bool, ...]]:
        spelt = self.phrasing.spelt_out(text)
        named = set(self._names.findall(spelt))
        length = len(spelt.split())
        told = (
            text.rstrip().endswith("?"),
            _COUNTING.search(spelt) is not None,
            bool(named),
            len(named) > 1,
            _ASKS.search(spelt) is not None,
            _LINKED.match(spelt) is not None,
            _LINKED_ON.match(spelt) is not None,
            length <= _FEW,
            length > _MANY,
        )
        return self._names.sub(_SIDE, _FIGURES.sub("0", spelt)), told


@lru_cache(maxsize=_PLACES)
def _numbers(told: tuple[bool, ...], after: str | None) -> Table:
    """Return the numbers that tell what a text shows of itself, where it is said, and each of both together."""
    marks = np.array(told, dtype=np.float32)
    place = np.array([after == act for act in (None, *AFTER)], dtype=np.float32)
    crossed = np.outer(place, marks).ravel()
    numbers = np.concatenate([place, marks, crossed]) / np.sqrt(len(told))
    return np.asarray(numbers, dtype=np.float32)


@dataclass(frozen=True)
class TurnReader:
    """The trained regression.

    `letters` and `words` have their weights in `forms` (forms, wants), the letters first; `meaning` (dimensions,
    wants) are those of the vector, `place` (numbers, wants) of the place. `near` (landmarks, wants) weighs some
    examples by how near they are to a text, `vectors` (landmarks, dimensions) and `places` (landmarks, numbers) are
    theirs.
    """

    wording: Wording
    wants: tuple[str, ...]
    letters: WordForms
    words: WordForms
    forms: NDArray[np.float16]
    meaning: NDArray[np.float32]
    place: NDArray[np.float32]
    near: NDArray[np.float32]
    vectors: NDArray[np.float32]
    places: NDArray[np.float32]

    def lean(self, text: str, vector: NDArray[np.float32], after: str | None) -> Mapping[str, float]:
        """Return the probability (0..1) of everything that may be wanted with a text; they sum to 1.

        `after` is the act of the last answer, None where nothing was answered yet.
        """
        read, numbers = self.wording.read(text, after)
        by_place, alike = self._of_place(numbers.tobytes())
        odds = vector @ self.meaning + by_place
        for part in self._by_forms(read):
            odds = odds + part
        odds = odds + _near(self.vectors @ vector, alike) @ self.near
        return dict(zip(self.wants, _shares(odds).tolist(), strict=True))

    def read_ahead(self, text: str) -> None:
        """Weigh the wording of a text, which needs no vector: it is remembered for `lean`."""
        self._by_forms(self.wording.told(text)[0])

    @cached_property
    def _by_forms(self) -> Callable[[str], tuple[Table, ...]]:
        """The function from a text as read to what its letters and its words come to."""
        return lru_cache(JUST_READ)(lambda read: tuple(weighed(read, (self.letters, self.words), self.forms)))

    @cached_property
    def _of_place(self) -> Callable[[bytes], tuple[Table, Table]]:
        """The function from the numbers of a place to what speaks for each want, and how alike the examples' are."""

        def of_place(numbers: bytes) -> tuple[Table, Table]:
            own = np.frombuffer(numbers, dtype=np.float32)
            return own @ self.place, self.places @ own

        return lru_cache(_PLACES)(of_place)


def _near(cosines: Table, alike: Table) -> Table:
    """Return how near texts are by their vectors and their places."""
    near: Table = np.exp(_NEARNESS * (cosines - 1)) * (1 + alike) / 2
    return near


def _shares(odds: Table) -> Table:
    shares = np.exp(_TEMPERATURE * (odds - odds.max()))
    return np.asarray(shares / shares.sum())


def train_turns(examples: Sequence[Example], vectors: Vectors, wording: Wording) -> TurnReader:
    """Learn from examples, each with its vector, of two wants at least. Deterministic; takes seconds."""
    from scipy import linalg, sparse  # noqa: PLC0415 - takes long to import, and only training needs it

    taken = [wording.read(example.text, example.after) for example in examples]
    read, places = [text for text, _ in taken], np.array([numbers for _, numbers in taken])
    (letters, letter_rows), (words, word_rows) = WordForms.learn("letters", read), WordForms.learn("words", read)
    rows = sparse.hstack([letter_rows, word_rows], format="csr")
    vectors = np.asarray(vectors)
    marks = np.argsort([hashlib.sha256(example.text.encode()).digest() for example in examples], kind="stable")
    marks = marks[:_LANDMARKS]
    near = _near(vectors @ vectors[marks].T, places @ places[marks].T)
    root = linalg.cholesky(near[marks].astype(np.float64) + _JITTER * np.eye(len(marks)), lower=True).astype(np.float32)
    features = linalg.solve_triangular(root, near.T, lower=True, check_finite=False).T
    del near
    kernel = _kernel(FormProducts(rows), (vectors, places, features))
    wants = tuple(want for want in WANTS if any(example.wants == want for example in examples))
    own = np.array([wants.index(example.wants) for example in examples])
    targets = np.eye(len(wants))[own]
    # How often people ask for each thing is not known: rarer ones weigh more, by the root of their share.
    shares = targets.mean(axis=0)
    kernel[np.diag_indices_from(kernel)] += _PENALTY * np.sqrt(shares[own] * len(wants))
    # LAPACK counts by columns: what is our lower triangle is its upper one, and nothing has to be copied.
    factor = linalg.cho_factor(kernel.T, lower=False, overwrite_a=True, check_finite=False)
    weights = linalg.cho_solve(factor, (targets - 1 / len(wants)).astype(np.float32), check_finite=False)
    return TurnReader(
        wording,
        wants,
        letters,
        words,
        forms=np.asarray(rows.T @ weights, dtype=np.float16),
        meaning=(vectors.T @ weights).astype(np.float32),
        place=(places.T @ weights).astype(np.float32),
        near=linalg.solve_triangular(root.T, features.T @ weights, check_finite=False).astype(np.float32),
        vectors=vectors[marks],
        places=places[marks],
    )


def _kernel(forms: FormProducts, tables: Sequence[Table]) -> Table:
    """Return how alike the examples are, each with each: the lower triangle, block by block, for there are many."""
    count = len(tables[0])
    kernel = np.zeros((count, count), dtype=np.float32)
    for start in range(0, count, _BLOCK):
        block, up_to = slice(start, start + _BLOCK), slice(0, start + _BLOCK)
        part = kernel[block, up_to]
        part += forms.between(block, up_to)
        for table in tables:
            part += table[block] @ table[up_to].T
    return kernel


def wording_of(pack: Pack) -> Wording:
    """Return how texts are read beside a pack."""
    phrasing = Phrasing(pack.wording.short_forms)
    return Wording(phrasing, tuple(phrasing.spelt_out(alias) for side in pack.sides for alias in side.aliases))
