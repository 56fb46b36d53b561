"""The figures of `evaluate`, as tables, sentences and one JSON object; docs/quality.md names the keys of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.lab.evaluate.sparrings import OF_SPARRINGS
from bot.lab.evaluate.statements import NOBODY
from bot.screen.tables import TextTable
from embeddings.judging.metrics import OF_SIDES
from embeddings.judging.resampling import LEVEL, RESAMPLES, SEED
from embeddings.learnt.trust import FOLDS
from embeddings.learnt.untaught import DENSE_WEIGHT
from knowledge.model import CONTEXT
from knowledge.reading.heldout import ANSWER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.lab.evaluate.dialogues import DialogueVerdicts, TurnMiss
    from bot.lab.evaluate.judgement import Judged
    from bot.lab.evaluate.sparrings import SparringMiss, SparringVerdicts
    from bot.lab.evaluate.statements import StatementMiss, StatementVerdicts
    from embeddings.judging.ablation import Worth
    from embeddings.judging.metrics import Miss, Report, Verdicts
    from embeddings.judging.resampling import Figure
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
"""The figures over all voices, with their names for people; so below."""

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
    "false_silence": "sure silence: false",
    "silence_said": "… where nothing answers",
    "near_right": "unsure: answer is near",
    "brier": "Brier score",
}

OF_DIALOGUES: Final = {
    "content": "turns to be answered",
    "alone": "… understood alone",
    "follow_up": "… follow-ups",
    "acts": "right acts",
    "acts_mean": "… mean over acts",
    "told": "content of overview, points, compare, verdict, rebut, repair",
    "more": "more: new quotes only",
    "source": "source: the last quotes",
}

OF_STATEMENTS: Final = {
    "rebuttal": "rebuttal score",
    "opposed": "… with a reply",
    "unopposed": "… without one",
    NOBODY: "… nobody’s claims",
    "stance": "stance right",
    "reply": "reply right",
}
"""The first four ask for stance and reply."""

SCHEMES: Final = {
    "folds": "5 folds",
    "intents": "intent left out",
    "topics": "topic left out",
    "claims": "type of claim left out",
    "heldout": "held out",
}
"""The ways in which the system is judged."""

SYSTEMS: Final = {
    "silence": "silence alone",
    "dense": "dense alone",
    "bm25": "BM25 alone",
    "hybrid": "fixed hybrid",
    "rank_fusion": "reciprocal rank fusion",
    "hybrid_tuned": "best convex hybrid",
}
"""The plain systems."""

_FULL: Final = "Dilemma"
_BOTH: Final = {"hit_at_1": "hit@1", "abstention_f1": "silence F1"}
"""What of each side stands beside the plain systems."""

_DECIMALS: Final = 4
_NO_VOICES: Final = ("overall", "kinds", "outside")


@dataclass(frozen=True)
class Chapter:
    """What is shown of one sort of things judged; a miss is told in several texts."""

    heading: Iterable[str]
    tables: Iterable[TextTable]
    notes: Iterable[str]
    misses: Iterable[Iterable[str]]


def chapters(judged: Judged) -> Iterator[Chapter]:
    """Tell what came of each sort of things that was judged."""
    pack = judged.pack
    if (asked := judged.questions) is not None:
        heading = _questions_heading(pack, len(asked.key.questions), asked.intents, asked.main)
        yield Chapter(heading, tables(asked), [_shares(asked)], (_question_told(pack, miss) for miss in asked.misses))
    if (held := judged.dialogues) is not None:
        misses = (_turn_told(pack, miss) for miss in held.misses)
        yield Chapter(_dialogues_heading(pack, held), _dialogues_tables(held), (), misses)
    if (said := judged.statements) is not None:
        misses = (_statement_told(pack, miss) for miss in said.misses)
        yield Chapter(_statements_heading(pack, said), [_statements_table(pack, said)], (), misses)
    if (sparred := judged.sparrings) is not None:
        rows = [(label, [sparred.figures[name]]) for name, label in OF_SPARRINGS.items()]
        misses = (_reply_told(miss) for miss in sparred.misses)
        yield Chapter(_sparrings_heading(pack, sparred), [_figure_table("Sparrings", ["value"], rows)], (), misses)


def judged_object(judged: Judged) -> dict[str, Any]:
    """Write what an evaluation came to."""
    return {
        **_questions_object(judged),
        "dialogues": _written(judged.dialogues),
        "rebuttals": _written(judged.statements),
        "sparrings": _written(judged.sparrings),
    }


# Questions


def _questions_heading(pack: Pack, questions: int, intents: int, main: str) -> Iterator[str]:
    """Say in sentences what was judged, and how sure the figures are."""
    judged = "judged by the pack's index" if main == "heldout" else f"dealt into {FOLDS} folds"
    yield f"{pack.id}: {_counted(questions, 'question')} in {_counted(intents, 'intent')}, {judged}."
    yield _intervals("intents")


def tables(verdicts: Verdicts) -> Iterator[TextTable]:
    """Lay out what an evaluation came to."""
    main = SCHEMES[verdicts.main]
    report = verdicts.reports[verdicts.main]
    sides = {side.id: side.short_name for side in verdicts.pack.sides}
    schemes = [scheme for scheme in SCHEMES if scheme in verdicts.reports]
    columns = [SCHEMES[scheme] for scheme in schemes]

    def rows(section: str, labels: Mapping[str, str]) -> Iterator[tuple[str, list[Figure]]]:
        for name, label in labels.items():
            yield label, [verdicts.reports[scheme].figures[section][name] for scheme in schemes]

    yield _figure_table("All questions", columns, rows("overall", OVERALL))
    yield TextTable(
        f"Voice by voice, {main}",
        ("", *sides.values(), "The writer"),
        tuple(
            (label, *(with_interval(report.figures[voice][name]) for voice in (*sides, CONTEXT)))
            for name, label in OF_A_VOICE.items()
        ),
    )
    if report.figures["outside"]["both_sides"].count:
        labels = {"both_sides": OVERALL["both_sides"]} | {name: OF_A_VOICE[name] for name in OF_SIDES}
        yield _figure_table("Asked from outside, all sides together", columns, rows("outside", labels))
    kinds = {kind: kind for kind in report.figures["kinds"]}
    yield _figure_table("Both-sides score by the way of asking", columns, rows("kinds", kinds))
    systems = {verdicts.main: _FULL, **SYSTEMS}
    differences = {name: in_points(difference) for name, difference in verdicts.differences.items()}
    yield TextTable(
        f"Beside plain systems with tuned thresholds, {main}",
        ("", "both-sides score", "difference × 100"),
        tuple(
            (label, with_interval(verdicts.reports[name].figures["overall"]["both_sides"]), differences.get(name, ""))
            for name, label in systems.items()
        ),
    )
    wanted = {(figure, side): f"{label}, {sides[side]}" for figure, label in _BOTH.items() for side in sides}
    yield TextTable(
        f"The same, side by side, {main}",
        ("", *wanted.values()),
        tuple(
            (label, *(brief(verdicts.reports[name].figures[side][figure].value) for figure, side in wanted))
            for name, label in systems.items()
        ),
    )
    yield TextTable(
        f"Confidence in the sides’ first passages, {main}",
        ("confidence", "passages", "mean", "gold"),
        tuple(
            (f"{step.low:.1f}–{step.high:.1f}", str(step.count), brief(step.confidence), brief(step.right))
            for step in report.reliability["sides"]
        ),
    )


def _shares(verdicts: Verdicts) -> str:
    """Return which share of the dense score was best."""
    found = ", ".join(f"{share:.2f}" for share in verdicts.shares)
    return f"Share of the dense score in the best convex hybrid: {found}; in the fixed one: {DENSE_WEIGHT:.2f}."


def _question_told(pack: Pack, miss: Miss) -> Iterator[str]:
    """Return what went wrong (the side, how sure it was, what it quoted, what would have been right), and on what."""
    side = pack.side(miss.side).short_name
    shown = [miss.shown] if miss.shown else []
    yield f"{side}, confidence {miss.confidence:.2f}: {_quoted(shown)}; right: {_right(miss.gold)}"
    yield f"{miss.question} ({miss.kind}, {miss.intent})"


def _questions_object(judged: Judged) -> dict[str, Any]:
    verdicts = judged.questions
    if verdicts is None:
        empty: dict[str, Any] = {"systems": {}, "differences": {}, "dense_shares": [], "misses": []}
        return _run_object(judged.pack, 0, 0) | empty
    return {
        **_run_object(verdicts.pack, len(verdicts.key.questions), verdicts.intents),
        "systems": {name: _report_object(report) for name, report in verdicts.reports.items()},
        "differences": _written(verdicts.differences),
        "dense_shares": list(verdicts.shares),
        "misses": _written(verdicts.misses),
    }


def _report_object(report: Report) -> dict[str, Any]:
    sections = _written(report.figures)
    return {
        **{section: sections.pop(section) for section in _NO_VOICES},
        "voices": sections,
        "reliability": _written(report.reliability),
    }


# Dialogues


def _dialogues_heading(pack: Pack, verdicts: DialogueVerdicts) -> Iterator[str]:
    held = f"{_counted(verdicts.dialogues, 'dialogue')} of {_counted(verdicts.turns, 'turn')}"
    yield f"{pack.id}: {held}, judged by the index as it is, for nothing learns from dialogues."
    content = verdicts.figures["content"].count
    yield (
        f"The example questions may ask alike: {verdicts.known} of {_counted(content, 'turn')} to be answered "
        f"{'stands' if verdicts.known == 1 else 'stand'} among them word for word."
    )
    yield _intervals("dialogues")


def _dialogues_tables(verdicts: DialogueVerdicts) -> Iterator[TextTable]:
    title = "Dialogues, by the index as it is, with examples that may ask alike"
    yield _figure_table(title, ("right",), ((label, [verdicts.figures[name]]) for name, label in OF_DIALOGUES.items()))
    done = tuple(next(iter(verdicts.confusion.values()), {}))
    yield TextTable(
        "Acts: what was asked for, and what was done",
        ("asked for", "n", "right", *done),
        tuple(
            (act, str(right.count), with_interval(right), *(str(verdicts.confusion[act][other]) for other in done))
            for act, right in verdicts.acts.items()
        ),
    )


def _turn_told(pack: Pack, miss: TurnMiss) -> Iterator[str]:
    """Return what went wrong in a turn, what was said, and what that was taken for."""
    wrong = [] if miss.act == miss.done else [f"{miss.act} was asked for, {miss.done} was done"]
    wrong += [
        f"{pack.side(lost.side).short_name} {_quoted([lost.shown] if lost.shown else [])}, right: {_right(lost.gold)}"
        for lost in miss.sides
    ]
    if not wrong:
        wrong = ["other quotes than the last" if miss.done == "source" else "quotes are left, or shown before"]
    sure = f", confidence {miss.certainty:.2f}" if miss.act == miss.done == ANSWER else ""
    yield f"{miss.dialogue}, turn {miss.turn}{sure}: {'; '.join(wrong)}"
    yield miss.user
    if miss.asked_as != miss.user:
        yield f"asked as: {miss.asked_as}"


# Statements


def _statements_heading(pack: Pack, verdicts: StatementVerdicts) -> Iterator[str]:
    held_out = "heldout" in verdicts.schemes
    judged = "judged by the index as it is" if held_out else "none judged by what was learnt from it"
    yield f"{pack.id}: {_counted(verdicts.statements, 'statement')}, {judged}."
    yield "Statements with one stance and the same replies are of one type; each without a reply has its own."
    yield _intervals("types")


def _statements_table(pack: Pack, verdicts: StatementVerdicts) -> TextTable:
    schemes = [scheme for scheme in SCHEMES if scheme in verdicts.schemes]
    rows = [
        (label, [verdicts.schemes[scheme].figures[name] for scheme in schemes]) for name, label in OF_STATEMENTS.items()
    ]
    rows += [
        (f"stance: {_named(pack, stance)}", [verdicts.schemes[scheme].stances[stance] for scheme in schemes])
        for stance in (*pack.side_ids, NOBODY)
    ]
    return _figure_table("Rebuttals", [SCHEMES[scheme] for scheme in schemes], rows)


def _statement_told(pack: Pack, miss: StatementMiss) -> Iterator[str]:
    """Return what went wrong with a claim, and repeat it."""
    stance, right = (_named(pack, name or NOBODY) for name in (miss.stance, miss.right))
    taken = f"stance {stance}" if stance == right else f"stance {stance}, right: {right}"
    yield f"confidence {miss.certainty:.2f}: {taken}; {_quoted(miss.shown)}, right: {_right(miss.gold)}"
    yield miss.statement


def _named(pack: Pack, stance: str) -> str:
    return "nobody" if stance == NOBODY else pack.side(stance).short_name


# Sparrings


def _sparrings_heading(pack: Pack, verdicts: SparringVerdicts) -> Iterator[str]:
    held = f"{_counted(verdicts.sparrings, 'sparring')} of {_counted(verdicts.turns, 'turn')}"
    yield f"{pack.id}: {held} by {_counted(verdicts.authors, 'author')}, each judged without what they wrote."
    yield _intervals("sparrings")


def _reply_told(miss: SparringMiss) -> Iterator[str]:
    """Return what went wrong with a reply, and repeat what it was to."""
    done = "conceded" if miss.conceded else _quoted(miss.shown)
    yield f"sparring {miss.sparring}, turn {miss.turn}: {done}, right: {', '.join(miss.fair) or 'a concession'}"
    yield miss.user


# The ablation


def ablation_chapter(pack: Pack, intents: int, worths: Sequence[Worth]) -> Chapter:
    """Tell what an ablation came to; a difference whose interval holds 0 is unclear."""
    first, *others = worths
    rows = [(first.variant.name, with_interval(first.both_sides), "", "")]
    rows += [
        (worth.variant.name, with_interval(worth.both_sides), in_points(worth.difference), _verdict(worth.difference))
        for worth in others
    ]
    table = TextTable("What each part is worth", ("", "both-sides score", "difference × 100", ""), tuple(rows))
    return Chapter(_questions_heading(pack, len(pack.questions), intents, "folds"), [table], (), ())


def _verdict(difference: Figure) -> str:
    if difference.low is None or difference.high is None or difference.low <= 0 <= difference.high:
        return "unclear"
    return "worse" if difference.high < 0 else "better"


def ablation_object(pack: Pack, intents: int, worths: Sequence[Worth]) -> dict[str, Any]:
    """Write what an ablation came to."""
    found = [
        {
            "variant": worth.variant.name,
            "both_sides": _written(worth.both_sides),
            "difference": _written(worth.difference),
        }
        for worth in worths
    ]
    return {**_run_object(pack, len(pack.questions), intents), "ablation": found}


# All of them


def _figure_table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, Sequence[Figure]]]) -> TextTable:
    """Lay figures out, one a column, after the number of things that they are over."""
    cells = ((label, str(figures[0].count), *map(with_interval, figures)) for label, figures in rows)
    return TextTable(title, ("", "n", *columns), tuple(cells))


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


def _quoted(shown: Sequence[str]) -> str:
    return f"quoted {', '.join(shown)}" if shown else "silent"


def _right(gold: Sequence[str]) -> str:
    return ", ".join(gold) or "silence"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _intervals(clusters: str) -> str:
    return f"Beside each figure its {LEVEL} % interval: {RESAMPLES} resamples of the {clusters}, seed {SEED}."


def _run_object(pack: Pack, questions: int, intents: int) -> dict[str, Any]:
    return {
        "pack": pack.id,
        "sha256": pack.sha256,
        "questions": questions,
        "intents": intents,
        "folds": FOLDS,
        "seed": SEED,
        "resamples": RESAMPLES,
        "level": LEVEL,
    }


def _written(value: Any) -> Any:  # noqa: ANN401 - whatever figures are kept in
    """Write figures as JSON has them, with their decimal numbers rounded."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping):
        return {name: _written(part) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [_written(part) for part in value]
    return round(value, _DECIMALS) if isinstance(value, float) else value
