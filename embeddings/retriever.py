"""From a question to ranked hits, voice by voice.

Dense and lexical scores are fused by a convex weight; where the pack has examples, what they teach ranks the passages
and says how far to trust them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from embeddings.hits import Findings, Hit, StanceFinding
from embeddings.index import lexical as by_words
from embeddings.index.index import passage_vectors, shipped_gate
from embeddings.index.nearby import near
from embeddings.learnt.evidence import KnownWords, lengths_of, voice_evidence
from embeddings.learnt.gate import Gatekeeper
from embeddings.learnt.language import other_language
from embeddings.learnt.untaught import UNTAUGHT_SILENCE, UNTAUGHT_THRESHOLD, fused, untaught_confidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from concurrent.futures import ThreadPoolExecutor

    from embeddings.encoders.reference import Encoder, Vectors
    from embeddings.index.index import Index
    from embeddings.learnt.sparring import SparringModel
    from embeddings.learnt.stance import ClaimReader
    from knowledge.model import Pack


@dataclass(frozen=True, slots=True)
class Encoded:
    """Questions, their texts as searched for, and the vectors of those, one a row."""

    questions: tuple[str, ...]
    texts: tuple[str, ...]
    vectors: Vectors


class Retriever:
    """Finds hits for questions. It changes nothing, so several threads may use it at once."""

    def __init__(self, pack: Pack, encoder: Encoder, index: Index) -> None:
        self._pack = pack
        self._encoder = encoder
        self._index = index

    def find(self, question: str) -> Findings:
        """Return what each voice says to a question."""
        return self.find_many([question])[0]

    def find_many(self, questions: Sequence[str]) -> list[Findings]:
        """Return the findings for several questions, in order, with one pass of the encoder."""
        return self.found(self.encoded(questions))

    def lean(self, found: Findings, after: str | None) -> Mapping[str, float]:
        """Return the probability of each want of a turn, of which these are the findings; see `TurnReader.lean`.

        Empty for a pack without example turns.
        """
        turns = self._index.turns
        return {} if turns is None or found.vector is None else turns.lean(found.question, found.vector, after)

    def topics_in(self, text: str) -> tuple[str, ...]:
        """Return the topics that a text names, the one named most plainly first."""
        return self._index.topics.topics_in(self._index.spelling.read(text))

    def language(self, text: str) -> str | None:
        """Return the language of a text that is surely not the pack's; None else, and without examples to tell by."""
        known = self._known
        return None if known is None else other_language(text, known, self._index.languages, self._pack.language)

    @cached_property
    def _known(self) -> KnownWords | None:
        """The words of examples and passages; single letters, but "a" and "i", stand in any language."""
        if self._index.ranker is None:
            return None
        own = frozenset(word for passage in self._pack.passages for word in by_words.words(passage.text))
        return KnownWords(self._index.ranker.words, own, "ai")

    def encoded(self, questions: Sequence[str]) -> Encoded:
        """Read and encode questions: the first and longer half of `find_many`."""
        texts = tuple(self._index.spelling.read(question) for question in questions)
        if len(texts) == 1:
            self._beside.submit(self._read_ahead, questions[0], texts[0])
        vectors = self._encoder.encode(texts) if texts else np.zeros((0, 0), np.float32)
        return Encoded(tuple(questions), texts, vectors)

    @cached_property
    def _beside(self) -> ThreadPoolExecutor:
        """The thread that reads one question while the model, which needs no Python, has it."""
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - building needs none

        return ThreadPoolExecutor(1, "reading")

    def _read_ahead(self, question: str, text: str) -> None:
        """Do what needs no vector; all of it is remembered where it is asked for, a moment later."""
        index = self._index
        index.words.scores(text)
        if index.ranker is not None:
            index.ranker.by_forms(text)
        if index.turns is not None:
            index.turns.read_ahead(question)

    def found(self, encoded: Encoded) -> list[Findings]:
        """Return the findings for encoded questions, in order: the second half of `find_many`."""
        if not encoded.questions:
            return []
        index = self._index
        trust, silent = self._trust(encoded.texts, encoded.vectors)
        lexical = [index.words.scores(text) for text in encoded.texts]
        by_voice = {
            voice: near(index.dense[voice], encoded.vectors, lexical, [own[voice].keys() for own in trust])
            for voice in index.layout.voices
        }
        threshold = self._gatekeeper.threshold if self._gatekeeper else UNTAUGHT_THRESHOLD
        thresholds = dict.fromkeys(index.layout.voices, threshold)
        thresholds |= {voice: calibration.threshold for voice, calibration in index.calibrations.items()}
        hits = [
            {voice: self._ranked(voice, near_[place], lexical[place], own[voice]) for voice, near_ in by_voice.items()}
            for place, own in enumerate(trust)
        ]
        return [
            Findings(question, own, thresholds, frozenset(self._silent(own, certain)), vector)
            for question, own, certain, vector in zip(encoded.questions, hits, silent, encoded.vectors, strict=True)
        ]

    def stance(self, claim: str) -> StanceFinding:
        """Return whose side a claim is on (None: nobody's, or unsure), and what the other sides hold against it."""
        return self.stance_of(self.find(claim))

    def stance_of(self, found: Findings) -> StanceFinding:
        """Return the stance of a claim that was searched for, as `stance` does."""
        if self._index.stance is None or found.vector is None:
            return StanceFinding(found, None, dict.fromkeys(self._pack.side_ids, 0.0), {}, {})
        read = self._index.spelling.read(found.question)
        return self._index.stance.judge(self._claims.read((read,), found.vector[None, :]), found)

    def rejoinders(self, found: Findings, model: SparringModel | None = None) -> Findings:
        """Return what each side has quoted against a claim that was searched for; a side that never has is left out.

        A `model` judges instead of what the index learnt.
        """
        model = model or self._index.sparring
        if found.vector is None or not model.rebutters:
            return Findings(found.question, {}, {})
        read = self._index.spelling.read(found.question)
        return model.judge(self._claims.read((read,), found.vector[None, :]), found)

    def move(self, found: Findings) -> Mapping[str, float]:
        """Return the probability of each move of a turn in a sparring; empty for a pack without examples of any."""
        moves = self._index.sparring.moves
        return {} if moves is None else moves.lean(found.question)

    def sides_of(self, found: Findings) -> Mapping[str, float]:
        """Return the probability of each side that a claim is its own; see `stance_of`."""
        return self.stance_of(found).probabilities

    @cached_property
    def _claims(self) -> ClaimReader:
        from embeddings.learnt.stance import ClaimReader  # noqa: PLC0415 - a question needs none

        own = {side: passage_vectors(self._index, side) for side in self._pack.side_ids}
        return ClaimReader.of(self._pack, self._index.layout, self._index.ranker, own)

    def _ranked(
        self,
        voice: str,
        candidates: Sequence[tuple[int, float]],
        lexical: Mapping[int, float],
        confidence: Mapping[int, float],
    ) -> tuple[Hit, ...]:
        ranked = []
        for row, cosine in candidates:
            words = lexical.get(row, 0.0)
            score = fused(cosine, words)
            trust = confidence.get(row)
            if trust is None:
                trust = untaught_confidence(score) if row in self._ungated else 0.0
            ranked.append((-trust, -score, self._pack.passages[row].id, cosine, words))
        ranked.sort()  # by confidence, then by score, best first
        return tuple([Hit(id_, voice, cosine, words, -score, -trust) for trust, score, id_, cosine, words in ranked])

    def _silent(self, hits: Mapping[str, Sequence[Hit]], certain: AbstractSet[str]) -> Iterator[str]:
        """Yield the voices that nearly certainly have no answer; `certain` are those of which examples and gate say so.

        Where there is no gate, the passages that no example teaches must be as good as none.
        """
        for voice in certain:
            if not self._ungated or all(
                hit.confidence < UNTAUGHT_SILENCE or hit.passage_id in self._taught_ids for hit in hits[voice]
            ):
                yield voice

    @cached_property
    def _taught_ids(self) -> frozenset[str]:
        """The passages that the examples alone decide on."""
        return frozenset(id_ for voice in self._index.calibrations for id_ in self._index.layout.passages[voice])

    @cached_property
    def _untaught_rows(self) -> frozenset[int]:
        return frozenset(row for row, passage in enumerate(self._pack.passages) if passage.id not in self._taught_ids)

    @cached_property
    def _ungated(self) -> frozenset[int]:
        """The untaught passages of a pack that is too large for the gate."""
        return self._untaught_rows if self._index.views is None else frozenset()

    @cached_property
    def _gatekeeper(self) -> Gatekeeper | None:
        views = self._index.views
        if views is None or not self._untaught_rows:
            return None
        return Gatekeeper(self._pack, self._index.layout, views, shipped_gate())

    def _trust(
        self, texts: Sequence[str], vectors: Vectors
    ) -> tuple[list[dict[str, dict[int, float]]], list[set[str]]]:
        """Return, for each question and voice, the probabilities of the passages that were judged, by row.

        Beside them stand the voices that nearly certainly have no answer, by all that judged them.
        """
        index = self._index
        found: list[dict[str, dict[int, float]]] = [{voice: {} for voice in index.layout.voices} for _ in texts]
        silent = [set(index.layout.voices) for _ in texts]
        scores = None
        if index.ranker is not None:
            scores = index.ranker.scores_of(texts, index.ranker.examples.cosines(vectors))
            lengths = lengths_of(texts)
            for voice, calibration in index.calibrations.items():
                columns, table = voice_evidence(index.layout, voice, scores, lengths)
                rows = self._layout_rows[voice]
                sure, none = calibration.judged(table)
                for own, best, trust in zip(found, columns.tolist(), sure.tolist(), strict=True):
                    own[voice].update(dict.fromkeys(rows, 0.0))
                    own[voice].update(zip([rows[column] for column in best], trust, strict=True))
                for place in np.flatnonzero(~none).tolist():
                    silent[place].discard(voice)
        if self._gatekeeper is not None:
            above = None if scores is None or index.ranker is None else scores - index.ranker.base
            for voice, judged in self._gatekeeper.judged(texts, vectors, above).items():
                if self._untaught_rows.isdisjoint(index.dense[voice].rows.tolist()):
                    continue
                for own, best, trust in zip(found, judged.rows.tolist(), judged.confidence.tolist(), strict=True):
                    own[voice].update(
                        (row, sure) for row, sure in zip(best, trust, strict=True) if row in self._untaught_rows
                    )
                for place in np.flatnonzero(~judged.silent).tolist():
                    silent[place].discard(voice)
        return found, silent

    @cached_property
    def _layout_rows(self) -> dict[str, list[int]]:
        row_of = {passage.id: row for row, passage in enumerate(self._pack.passages)}
        return {voice: [row_of[id_] for id_ in ids] for voice, ids in self._index.layout.passages.items()}
