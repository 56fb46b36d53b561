"""Why a debate refuses something, in other languages."""

from __future__ import annotations

import ast
import gettext
import inspect
from typing import TYPE_CHECKING

import pytest

from bot.debate.cog.refusals import ACTS, REFUSALS, act_said, refusal
from bot.debate.rules import decide as debate
from bot.debate.rules.commands import (
    CallNext,
    CastBallot,
    End,
    Extend,
    Join,
    MakePoint,
    Next,
    Pause,
    RaiseHand,
    Resume,
    ShowEvidence,
)
from bot.debate.rules.events import Called, Round
from bot.debate.service.audit import LOOKED, audit_of, parts_of, taken
from bot.wire.page.language import Words
from knowledge.errors import UserError
from tests.debate.rules.debates import ANN, BOB, FOUND, MODERATOR, started

if TYPE_CHECKING:
    from bot.debate.rules.commands import Command


class _Marking(gettext.NullTranslations):
    """A catalogue that has the refusals and the acts, and marks them."""

    def gettext(self, message: str) -> str:
        return f"«{message}»" if message in {*REFUSALS, *ACTS} else message


MARKED = Words("xx", _Marking())


@pytest.mark.parametrize(
    ("phase", "command", "said"),
    [
        ("first", Next(MODERATOR, 0), '«The debate has gone on already: it is in the phase "Statement".»'),
        ("vote", Extend(MODERATOR, 61), "«A phase can be extended by 1 to 60 minutes, not by 61.»"),
        ("floor", CallNext(MODERATOR), "«No hand is raised.»"),
        ("vote", Resume(MODERATOR), "«The debate is not paused.»"),
        ("vote", RaiseHand(ANN), "«First vote: no hands are taken now. Raise yours when the floor is open.»"),
        ("vote", ShowEvidence(ANN, "x", FOUND[0]), "«First vote: no evidence is shown now.»"),
        ("vote", MakePoint(ANN, "x", FOUND), "«First vote: no points are made now.»"),
        (
            "first",
            MakePoint(BOB, "x", FOUND),
            "«Statement: only The cat club may make points now. Keep yours for your side's turn.»",
        ),
        ("first", MakePoint(ANN, " ", FOUND), "«There is nothing in this point: write it out.»"),
        ("first", MakePoint(ANN, "x" * 1001, FOUND), "«This point has 1001 characters: shorten it to 1000.»"),
        ("first", ShowEvidence(ANN, "", FOUND[0]), "«There is nothing in this query: write it out.»"),
        (
            "first",
            CastBallot(ANN, Round.AFTER, None),
            "«Statement: the ballot after the debate is not open now.»",
        ),
    ],
)
def test_a_refusal_is_said_in_the_language_with_what_varies_in_it(phase: str, command: Command, said: str) -> None:
    """As the core raises it."""
    led = started()
    led.do(Join(ANN, "cats"))
    led.do(Join(BOB, "dogs"))
    led.to_phase(phase)
    with pytest.raises(UserError) as refused:
        led.do(command)
    assert refusal(str(refused.value), MARKED) == said


def test_every_act_that_the_audit_holds_is_said_in_the_language() -> None:
    """With what varies in it."""
    led = started()
    commands = (Pause(MODERATOR), Extend(MODERATOR, 2), Resume(MODERATOR), End(MODERATOR))
    for command in commands:
        led.do(command)
    called = (*led.events, Called(0, MODERATOR.id, ANN.id))
    lines = [parts_of(line)[1] for line in audit_of("Cats", led.state.format, called)]
    lines += [LOOKED, taken("md", anonymous=False), taken("csv", anonymous=True)]
    said = [act_said(line, MARKED) for line in lines]
    assert said == [f"«{line}»" for line in lines]
    assert len(set(lines)) == len(ACTS)


def test_every_refusal_of_the_core_is_known() -> None:
    """But for a side that does not exist, which nobody can choose by a button."""
    raised = [
        node.args[0]
        for node in ast.walk(ast.parse(inspect.getsource(debate)))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "UserError"
    ]
    texts = [_made(sentence) for sentence in raised]
    unknown = [text for text in texts if not refusal(text, MARKED).startswith("«")]
    assert len(texts) > 10
    assert [text[:24] for text in unknown] == ["This debate has no side "]


def _made(sentence: ast.expr) -> str:
    """Make a text of a sentence in the source: something stands for what varies."""
    if not isinstance(sentence, ast.JoinedStr):
        return str(ast.literal_eval(sentence))
    values = {"what": "point", "command.round.value": "before", "limits": "1 to 60 minutes"}
    return "".join(
        values.get(ast.unparse(part.value), "9") if isinstance(part, ast.FormattedValue) else ast.literal_eval(part)
        for part in sentence.values
    )
