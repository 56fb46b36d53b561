"""The figures of `evaluate` as tables and sentences.

It must not know how anything is measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.screen.tables import TextTable
from embeddings.judging.resampling import LEVEL, RESAMPLES
from embeddings.judging.verdicts import SEED
from embeddings.learnt.trust import FOLDS
from embeddings.retriever import DENSE_WEIGHT
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from embeddings.judging.ablation import Worth
    from embeddings.judging.resampling import Figure
    from embeddings.judging.verdicts import Miss, Verdicts
    from knowledge.model import Pack

OVERALL: Final = {
    "both_sides": "both-sides score",
    "both_sides_balanced": "… gold and none alike",
    "unlike_examples": "… unlike any example",
    "two_sided": "… all sides answer",
    "one_sided": "… one side answers",
    "writer_only": "… only the writer",
    "unanswerable": "… nobody answers",
    "both_hit_at_1": "all first quotes gold",
    "both_hit_at_1_strict": "… and of grade 2",
    "wrong_side": "quotes on wrong side",
    "verbatim": "quotes verbatim",
}
"""The figures over all voices, with their names for people."""

OF_A_VOICE: Final = {
    "hit_at_1": "hit@1",
    "hit_at_3": "hit@3",
    "mrr_at_5": "MRR@5",
    "ndcg_at_5": "nDCG@5",
    "quoted_at_1": "first quote gold",
    "abstention_precision": "silence: precision",
    "abstention_recall": "silence: recall",
    "abstention_f1": "silence: F1",
    "points": "points",
    "brier": "Brier score",
}
"""The figures of a voice, with their names for people."""

SCHEMES: Final = {
    "folds": "5 folds",
    "intents": "intent left out",
    "topics": "topic left out",
    "heldout": "held out",
}
"""The ways in which the system is judged, with their names for people."""

SYSTEMS: Final = {
    "silence": "silence alone",
    "dense": "dense alone",
    "bm25": "BM25 alone",
    "hybrid": "fixed hybrid",
    "rank_fusion": "reciprocal rank fusion",
    "hybrid_tuned": "best convex hybrid",
}
"""The plain systems, with their names for people."""

_FULL: Final = "Dilemma"


def heading(pack: Pack, questions: int, intents: int, main: str) -> Iterator[str]:
    """Say in sentences what was judged, and how sure the figures are."""
    judged = "judged by the shipped index" if main == "heldout" else f"dealt into {FOLDS} folds"
    asked = "1 question" if questions == 1 else f"{questions} questions"
    yield f"{pack.id}: {asked} in {intents} intent{'' if intents == 1 else 's'}, {judged}."
    yield f"Beside each figure its {LEVEL} % interval: {RESAMPLES} resamples of the intents, seed {SEED}."


def tables(verdicts: Verdicts) -> Iterator[TextTable]:
    """Lay out what an evaluation came to."""
    kinds = {kind: kind for kind in verdicts.reports[verdicts.main].figures["kinds"]}
    yield _of_schemes(verdicts, "All questions", "overall", OVERALL)
    yield _of_voices(verdicts)
    yield _of_schemes(verdicts, "Both-sides score by the way of asking", "kinds", kinds)
    yield _of_systems(verdicts)
    yield _of_sides(verdicts)
    yield _of_confidence(verdicts)


def _of_schemes(verdicts: Verdicts, title: str, section: str, labels: Mapping[str, str]) -> TextTable:
    """Lay one section out, with the number of questions and a column for each scheme."""
    schemes = [scheme for scheme in SCHEMES if scheme in verdicts.reports]
    figures = [verdicts.reports[scheme].figures[section] for scheme in schemes]
    return TextTable(
        title,
        ("", "n", *(SCHEMES[scheme] for scheme in schemes)),
        tuple(
            (label, str(figures[0][name].count), *(with_interval(found[name]) for found in figures))
            for name, label in labels.items()
        ),
    )


def _of_voices(verdicts: Verdicts) -> TextTable:
    names = {side.id: side.short_name for side in verdicts.pack.sides} | {CONTEXT: "The writer"}
    figures = verdicts.reports[verdicts.main].figures
    return TextTable(
        f"Voice by voice, {SCHEMES[verdicts.main]}",
        ("", *names.values()),
        tuple((label, *(with_interval(figures[voice][name]) for voice in names)) for name, label in OF_A_VOICE.items()),
    )


def _of_systems(verdicts: Verdicts) -> TextTable:
    scores = {name: report.figures["overall"]["both_sides"] for name, report in verdicts.reports.items()}
    rows = [(_FULL, with_interval(scores[verdicts.main]), "")]
    rows += [
        (label, with_interval(scores[name]), in_points(verdicts.differences[name])) for name, label in SYSTEMS.items()
    ]
    title = f"Beside plain systems with tuned thresholds, {SCHEMES[verdicts.main]}"
    return TextTable(title, ("", "both-sides score", "difference × 100"), tuple(rows))


def _of_sides(verdicts: Verdicts) -> TextTable:
    sides = {side.id: side.short_name for side in verdicts.pack.sides}
    wanted = {"hit_at_1": "hit@1", "abstention_f1": "silence F1"}
    rows = []
    for name, label in {verdicts.main: _FULL, **SYSTEMS}.items():
        figures = verdicts.reports[name].figures
        rows.append((label, *(brief(figures[side][figure].value) for figure in wanted for side in sides)))
    columns = tuple(f"{label}, {side}" for label in wanted.values() for side in sides.values())
    return TextTable(f"The same, side by side, {SCHEMES[verdicts.main]}", ("", *columns), tuple(rows))


def _of_confidence(verdicts: Verdicts) -> TextTable:
    rows = (
        (f"{bin_.low:.1f}–{bin_.high:.1f}", str(bin_.count), brief(bin_.confidence), brief(bin_.right))
        for bin_ in verdicts.reports[verdicts.main].reliability["sides"]
    )
    title = f"Confidence in the sides’ first passages, {SCHEMES[verdicts.main]}"
    return TextTable(title, ("confidence", "passages", "mean", "gold"), tuple(rows))


def shares(verdicts: Verdicts) -> str:
    """Say which share of the dense score was best."""
    found = ", ".join(f"{share:.2f}" for share in verdicts.shares)
    return f"Share of the dense score in the best convex hybrid: {found}; in the fixed one: {DENSE_WEIGHT:.2f}."


def described(pack: Pack, miss: Miss) -> Iterator[str]:
    """Say what went wrong (the side, how sure it was, what it quoted, what would have been right), and on what."""
    shown = f"quoted {miss.shown}" if miss.shown else "silent"
    gold = ", ".join(miss.gold) or "silence"
    yield f"{pack.side(miss.side).short_name}, confidence {miss.confidence:.2f}: {shown}; right: {gold}"
    yield f"{miss.question.text} ({miss.question.kind}, {miss.question.intent})"


def ablation_table(worths: Sequence[Worth]) -> TextTable:
    """Lay an ablation out; a difference whose interval holds 0 is unclear."""
    first, *others = worths
    rows = [(first.variant.name, with_interval(first.both_sides), "", "")]
    rows += [
        (worth.variant.name, with_interval(worth.both_sides), in_points(worth.difference), _verdict(worth.difference))
        for worth in others
    ]
    return TextTable("What each part is worth", ("", "both-sides score", "difference × 100", ""), tuple(rows))


def _verdict(difference: Figure) -> str:
    if difference.low is None or difference.high is None or difference.low <= 0 <= difference.high:
        return "unclear"
    return "worse" if difference.high < 0 else "better"


def with_interval(figure: Figure) -> str:
    """Write a figure and its interval; a figure that is over nothing is a dash."""
    if figure.value is None or figure.low is None or figure.high is None:
        return "–"
    return f"{figure.value:.3f} {_bound(figure.low)}–{_bound(figure.high)}"


def _bound(share: float) -> str:
    """Write a share (0..1) in four columns, for three intervals must fit beside each other."""
    return f"{share:.3f}".removeprefix("0")[:4]


def in_points(figure: Figure) -> str:
    """Write a difference and its interval in hundredths."""
    if figure.value is None or figure.low is None or figure.high is None:
        return "–"
    return f"{100 * figure.value:+.1f} ({100 * figure.low:+.1f} to {100 * figure.high:+.1f})"


def brief(value: float | None) -> str:
    """Write a value alone."""
    return "–" if value is None else f"{value:.3f}"
