"""Why a debate refuses something, in other languages."""

from __future__ import annotations

import ast
import gettext
import inspect
from typing import TYPE_CHECKING

import pytest

from bot.core import debate
from bot.core.debate_commands import (
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
from bot.core.debate_events import Round
from bot.discord_adapter.debate_refusals import refusal
from bot.discord_adapter.language import Words
from knowledge.errors import UserError
from tests.core.debates import ANN, BOB, FOUND, MODERATOR, started

if TYPE_CHECKING:
    from bot.core.debate_commands import Command


class _Marking(gettext.NullTranslations):
    """A catalogue that marks what it has: every sentence."""

    def gettext(self, message: str) -> str:
        return f"«{message}»"


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


def test_what_ends_twice_or_pauses_twice_is_refused_in_the_language() -> None:
    """Sentences without anything that varies."""
    led = started()
    for command, said in ((Pause(MODERATOR), "«The debate is paused already: resume it to go on.»"), (End(MODERATOR), "")):
        led.do(command)
        with pytest.raises(UserError) as refused:
            led.do(command)
        assert refusal(str(refused.value), MARKED) == said or "«This debate is over.»"


def test_every_refusal_of_the_core_is_known() -> None:
    """But for a side that does not exist, which nobody can choose by a button."""
    raised = [
        node.args[0]
        for node in ast.walk(ast.parse(inspect.getsource(debate)))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "UserError"
    ]
    unknown = []
    for sentence in raised:
        made = ast.unparse(sentence) if isinstance(sentence, ast.JoinedStr) else str(ast.literal_eval(sentence))
        text = eval(made, {}, _Anything()) if isinstance(sentence, ast.JoinedStr) else made  # noqa: S307 - the core's own
        if not refusal(text, MARKED).startswith("«") or refusal(text, MARKED) == f"«{text}»" and "thing" in text:
            unknown.append(text)
    assert len(raised) == 18
    assert unknown == []


class _Anything(dict[str, object]):
    """Whatever stands in a sentence."""
