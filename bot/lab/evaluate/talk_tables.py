"""The figures of `evaluate` on conversations and claims as tables and sentences.

It must not know how anything is measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.lab.evaluate.statements import NOBODY
from bot.lab.evaluate.tables import with_interval
from bot.screen.tables import TextTable
from embeddings.judging.resampling import LEVEL, RESAMPLES
from embeddings.judging.verdicts import SEED
from knowledge.reading.dialogues import ACTS, ANSWER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.lab.evaluate.dialogues import DialogueVerdicts, SideMiss, TurnMiss
    from bot.lab.evaluate.statements import StatementMiss, StatementVerdicts
    from knowledge.model import Pack

OF_DIALOGUES: Final = {
    "content": "turns to be answered",
    "alone": "… understood alone",
    "follow_up": "… follow-ups",
    "acts": "right acts",
    "acts_mean": "… mean over acts",
    "more": "more: new quotes only",
    "source": "source: the last quotes",
}
"""The figures of dialogues, with their names for people."""

OF_STATEMENTS: Final = {
    "rebuttal": "rebuttal score",
    "opposed": "… with a reply",
    "unopposed": "… without one",
    NOBODY: "… nobody’s claims",
    "stance": "stance right",
    "reply": "reply right",
}
"""The figures of statements, with their names for people; the first four ask for stance and reply."""

SCHEMES: Final = {"folds": "5 folds", "claims": "type of claim left out", "heldout": "held out"}
"""The ways in which rebuttals are judged, with their names for people."""


def dialogues_heading(pack: Pack, verdicts: DialogueVerdicts) -> Iterator[str]:
    """Say in sentences what was judged, and how sure the figures are."""
    held = f"{_count(verdicts.dialogues, 'dialogue')} of {_count(verdicts.turns, 'turn')}"
    yield f"{pack.id}: {held}, judged by the index as it is, for nothing learns from dialogues."
    content = verdicts.figures["content"].count
    yield (
        f"The example questions may ask alike: {verdicts.known} of {_count(content, 'turn')} to be answered "
        f"{'stands' if verdicts.known == 1 else 'stand'} among them word for word."
    )
    yield _intervals("dialogues")


def dialogues_tables(verdicts: DialogueVerdicts) -> Iterator[TextTable]:
    """Lay out what judging dialogues came to."""
    yield TextTable(
        "Dialogues, by the index as it is, with examples that may ask alike",
        ("", "n", "right"),
        tuple(
            (label, str(verdicts.figures[name].count), with_interval(verdicts.figures[name]))
            for name, label in OF_DIALOGUES.items()
        ),
    )
    yield TextTable(
        "Acts: what was asked for, and what was done",
        ("asked for", "n", "right", *ACTS),
        tuple(
            (act, str(right.count), with_interval(right), *(str(verdicts.confusion[act][other]) for other in ACTS))
            for act, right in verdicts.acts.items()
        ),
    )


def statements_heading(pack: Pack, verdicts: StatementVerdicts) -> Iterator[str]:
    """Say in sentences what was judged, and how sure the figures are."""
    held_out = "heldout" in verdicts.figures
    judged = "judged by the index as it is" if held_out else "none judged by what was learnt from it"
    yield f"{pack.id}: {_count(verdicts.statements, 'statement')}, {judged}."
    yield "Statements with one stance and the same replies are of one type; each without a reply has its own."
    yield _intervals("types")


def statements_table(pack: Pack, verdicts: StatementVerdicts) -> TextTable:
    """Lay out what judging statements came to, with a column for each scheme."""
    schemes = [scheme for scheme in SCHEMES if scheme in verdicts.figures]
    rows = []
    for name, label in OF_STATEMENTS.items():
        figures = [verdicts.figures[scheme][name] for scheme in schemes]
        rows.append((label, str(figures[0].count), *map(with_interval, figures)))
    for stance in (*pack.side_ids, NOBODY):
        figures = [verdicts.stances[scheme][stance] for scheme in schemes]
        rows.append((f"stance: {_named(pack, stance)}", str(figures[0].count), *map(with_interval, figures)))
    return TextTable("Rebuttals", ("", "n", *(SCHEMES[scheme] for scheme in schemes)), tuple(rows))


def turn_described(pack: Pack, miss: TurnMiss) -> Iterator[str]:
    """Say what went wrong in a turn, what was said, and what that was taken for."""
    wrong = [] if miss.act == miss.turn.act else [f"{miss.turn.act} was asked for, {miss.act} was done"]
    wrong += [_lost(pack, side) for side in miss.sides]
    if not wrong:
        wrong = ["other quotes than the last" if miss.act == "source" else "quotes are left, or shown before"]
    sure = f", confidence {miss.certainty:.2f}" if miss.turn.act == ANSWER and miss.act == ANSWER else ""
    yield f"{miss.dialogue}, turn {miss.number}{sure}: {'; '.join(wrong)}"
    yield miss.turn.user
    if miss.asked_as != miss.turn.user:
        yield f"asked as: {miss.asked_as}"


def _lost(pack: Pack, miss: SideMiss) -> str:
    shown = f"quoted {miss.shown}" if miss.shown else "silent"
    return f"{pack.side(miss.side).short_name} {shown}, right: {', '.join(miss.gold) or 'silence'}"


def statement_described(pack: Pack, miss: StatementMiss) -> Iterator[str]:
    """Say what went wrong with a claim, and repeat it."""
    stance, right = (_named(pack, name or NOBODY) for name in (miss.stance, miss.statement.stance))
    taken = f"stance {stance}" if stance == right else f"stance {stance}, right: {right}"
    shown = f"quoted {', '.join(miss.shown)}" if miss.shown else "silent"
    yield f"confidence {miss.certainty:.2f}: {taken}; {shown}, right: {', '.join(miss.gold) or 'silence'}"
    yield miss.statement.text


def _named(pack: Pack, stance: str) -> str:
    return "nobody" if stance == NOBODY else pack.side(stance).short_name


def _intervals(clusters: str) -> str:
    return f"Beside each figure its {LEVEL} % interval: {RESAMPLES} resamples of the {clusters}, seed {SEED}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
