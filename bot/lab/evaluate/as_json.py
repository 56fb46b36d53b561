"""The figures of `evaluate` as one JSON object.

Its keys stay as they are. A FIGURE is {"value", "low", "high", "count"}: `low` and `high` bound the interval, `count`
is the number of questions that it is over; over none, the others are null.

    pack, sha256                  which pack, and the hash of its files
    questions, intents            how many questions were judged, and in how many groups of one meaning
    folds, seed, resamples, level how they were dealt and drawn, and the per cent inside an interval
    systems.SYSTEM                by scheme (folds, intents, topics; or heldout), then silence, dense, bm25, hybrid,
                                  rank_fusion, hybrid_tuned
      .overall.NAME               both_sides, both_sides_balanced, unlike_examples, two_sided, one_sided, writer_only,
                                  unanswerable, both_hit_at_1, both_hit_at_1_strict, wrong_side, verbatim: FIGURE
      .voices.VOICE.NAME          hit_at_1, hit_at_3, mrr_at_5, ndcg_at_5, quoted_at_1, abstention_precision,
                                  abstention_recall, abstention_f1, points, brier: FIGURE
      .kinds.KIND                 the both-sides score of one kind of question: FIGURE
      .reliability.VOICE          [{"low", "high", "count", "confidence", "right"}, …]; "sides" has all sides together
    differences.SYSTEM            a plain system's both-sides score less the system's, on the same questions: FIGURE
    dense_shares                  the share of the dense score that was best for hybrid_tuned, fold by fold
    misses                        [{"side", "question", "kind", "intent", "shown", "gold", "confidence"}, …]
    dialogues                     what came of the dialogues, null when there are none
      .dialogues, .turns, .known  how many, with how many turns, of which so many ask in the words of an example
      .figures.NAME               content, alone, follow_up, acts, acts_mean, more, source: FIGURE, over turns
      .acts.ACT                   the share of right acts where ACT is right: FIGURE
      .confusion.ACT.DONE         how many times DONE was done where ACT is right
      .misses                     [{"dialogue", "turn", "user", "asked_as", "act", "done", "sides", "certainty"}, …],
                                  wrong acts first; "sides" are the points lost: [{"side", "shown", "gold"}, …]
    rebuttals                     what came of the statements, null when there are none
      .statements, .types         how many, and of how many types of claims
      .schemes.SCHEME             by scheme (folds, claims; or heldout)
        .figures.NAME             rebuttal, stance, reply, opposed, unopposed, nobody: FIGURE, over statements
        .stances.SIDE             the share of right stances where SIDE (or nobody) is right: FIGURE
      .misses                     [{"statement", "stance", "right", "shown", "gold", "certainty"}, …]
    ablation                      [{"variant", "both_sides": FIGURE, "difference": FIGURE}, …], instead of all from
                                  systems on

Where no questions were judged, their counts are 0 and what is made of them is empty.

It must not know how anything is measured.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from embeddings.judging.resampling import LEVEL, RESAMPLES
from embeddings.judging.verdicts import SEED
from embeddings.learnt.trust import FOLDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.lab.evaluate.dialogues import DialogueVerdicts
    from bot.lab.evaluate.judgement import Judged
    from bot.lab.evaluate.statements import StatementVerdicts
    from embeddings.judging.ablation import Worth
    from embeddings.judging.resampling import Figure
    from embeddings.judging.verdicts import Report
    from knowledge.model import Pack

_DECIMALS: Final = 4
_NO_VOICES: Final = ("overall", "kinds")


def judged_object(judged: Judged) -> dict[str, Any]:
    """Write what an evaluation came to."""
    return {
        **_questions_object(judged),
        "dialogues": judged.dialogues and _dialogues_object(judged.dialogues),
        "rebuttals": judged.statements and _rebuttals_object(judged.statements),
    }


def _questions_object(judged: Judged) -> dict[str, Any]:
    verdicts = judged.questions
    if verdicts is None:
        empty: dict[str, Any] = {"systems": {}, "differences": {}, "dense_shares": [], "misses": []}
        return _run_object(judged.pack, 0, 0) | empty
    return {
        **_run_object(verdicts.pack, len(verdicts.key.questions), verdicts.intents),
        "systems": {name: _report_object(report) for name, report in verdicts.reports.items()},
        "differences": _rounded({name: asdict(figure) for name, figure in verdicts.differences.items()}),
        "dense_shares": list(verdicts.shares),
        "misses": [
            {
                "side": miss.side,
                "question": miss.question.text,
                "kind": miss.question.kind,
                "intent": miss.question.intent,
                "shown": miss.shown,
                "gold": list(miss.gold),
                "confidence": round(miss.confidence, _DECIMALS),
            }
            for miss in verdicts.misses
        ],
    }


def _dialogues_object(verdicts: DialogueVerdicts) -> dict[str, Any]:
    return {
        "dialogues": verdicts.dialogues,
        "turns": verdicts.turns,
        "known": verdicts.known,
        "figures": _figures_object(verdicts.figures),
        "acts": _figures_object(verdicts.acts),
        "confusion": {act: dict(done) for act, done in verdicts.confusion.items()},
        "misses": [
            {
                "dialogue": miss.dialogue,
                "turn": miss.number,
                "user": miss.turn.user,
                "asked_as": miss.asked_as,
                "act": miss.turn.act,
                "done": miss.act,
                "sides": [{"side": lost.side, "shown": lost.shown, "gold": list(lost.gold)} for lost in miss.sides],
                "certainty": round(miss.certainty, _DECIMALS),
            }
            for miss in verdicts.misses
        ],
    }


def _rebuttals_object(verdicts: StatementVerdicts) -> dict[str, Any]:
    return {
        "statements": verdicts.statements,
        "types": verdicts.types,
        "schemes": {
            scheme: {"figures": _figures_object(figures), "stances": _figures_object(verdicts.stances[scheme])}
            for scheme, figures in verdicts.figures.items()
        },
        "misses": [
            {
                "statement": miss.statement.text,
                "stance": miss.stance,
                "right": miss.statement.stance,
                "shown": list(miss.shown),
                "gold": list(miss.gold),
                "certainty": round(miss.certainty, _DECIMALS),
            }
            for miss in verdicts.misses
        ],
    }


def _figures_object(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: _rounded(asdict(figure)) for name, figure in figures.items()}


def ablation_object(pack: Pack, intents: int, worths: Sequence[Worth]) -> dict[str, Any]:
    """Write what an ablation came to."""
    return {
        **_run_object(pack, len(pack.questions), intents),
        "ablation": [
            {
                "variant": worth.variant.name,
                "both_sides": _rounded(asdict(worth.both_sides)),
                "difference": _rounded(asdict(worth.difference)),
            }
            for worth in worths
        ],
    }


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


def _report_object(report: Report) -> dict[str, Any]:
    sections = {section: _figures_object(named) for section, named in report.figures.items()}
    return {
        **{section: sections[section] for section in _NO_VOICES},
        "voices": {voice: named for voice, named in sections.items() if voice not in _NO_VOICES},
        "reliability": {voice: [_rounded(asdict(bin_)) for bin_ in bins] for voice, bins in report.reliability.items()},
    }


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Round the decimal numbers, also those in maps within."""
    return {
        key: _rounded(value)
        if isinstance(value, dict)
        else round(value, _DECIMALS)
        if isinstance(value, float)
        else value
        for key, value in values.items()
    }
