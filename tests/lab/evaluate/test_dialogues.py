"""What a conversation is worth, worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.lab.evaluate.dialogues import (
    SideMiss,
    Taken,
    TurnMiss,
    held,
    judged_dialogues,
    left,
    more_is_right,
    points,
    source_is_right,
)
from knowledge.dialogues import Dialogue, DialogueTurn
from knowledge.reading.questions import as_compared
from tests.quote.rules.findings import Leaning, found, pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embeddings.hits import Findings

DATA = "does facebook sell my data"
SOLD = {"no-selling-information": 2, "everything-tracked": 1}

HI = DialogueTurn("hi", "smalltalk", None, {})
ASKED = DialogueTurn(DATA, "answer", DATA, SOLD)
NO_GOLD = DialogueTurn(DATA, "answer", DATA, {})
FURTHER = DialogueTurn("more", "more", None, {})
WHERE = DialogueTurn("source?", "source", None, {})
WHY = DialogueTurn("why?", "answer", "Why does Facebook sell my data?", {"no-selling-information": 2})


class Finder(Leaning):
    """Finds a quote of each side for anything with "data" in it, and keeps what it was asked, call by call."""

    def __init__(self, **confidences: float) -> None:
        """Find these passages too."""
        self.calls: list[list[str]] = []
        self._known = {"everything_tracked": 0.9, "no_selling_information": 0.8, **confidences}

    def find_many(self, questions: Sequence[str]) -> list[Findings]:
        """Find for several questions."""
        self.calls.append(list(questions))
        return [found(question, **(self._known if "data" in question else {})) for question in questions]


def talk(*turns: DialogueTurn, **confidences: float) -> list[Taken]:
    """Hold one dialogue of these turns."""
    return held(pack(), Finder(**confidences), [Dialogue("talk", turns)])


def test_a_dialogue_is_held_turn_by_turn() -> None:
    """What was shown before is known to the turns after it, and so is the last question."""
    hi, asked, where, further = talk(HI, ASKED, WHERE, FURTHER)
    quotes = tuple(quote.passage_id for quote in asked.answer.quotes)
    assert sorted(quotes) == ["everything-tracked", "no-selling-information"]
    assert [turn.answer.act.value for turn in (hi, asked, where, further)] == ["smalltalk", "answer", "source", "more"]
    assert further.shown_before == ((), quotes, quotes)
    assert [turn.topic for turn in (hi, asked, where)] == [None, None, ASKED]
    assert [turn.number for turn in (hi, asked, where, further)] == [1, 2, 3, 4]


def test_dialogues_are_searched_for_together_and_never_change_each_other() -> None:
    """One search for each turn, however many dialogues; each goes as it goes alone."""
    finder = Finder()
    dialogues = [Dialogue("one", (ASKED, WHY)), Dialogue("two", (HI, ASKED)), Dialogue("three", (ASKED,))]
    together = held(pack(), finder, dialogues)
    assert [(turn.dialogue, turn.number) for turn in together] == [
        ("one", 1),
        ("one", 2),
        ("two", 1),
        ("two", 2),
        ("three", 1),
    ]
    assert finder.calls == [[DATA, "hi", DATA], ["why?", DATA], [f"{DATA},\u00a0why?"]]
    alone = [turn for dialogue in dialogues for turn in held(pack(), Finder(), [dialogue])]
    assert [turn.answer for turn in together] == [turn.answer for turn in alone]


def test_a_side_earns_its_point_by_the_right_quote_or_the_right_silence() -> None:
    """Both sides are quoted; where only one has gold, the other should be silent."""
    asked, no_gold, one = (
        talk(turn)[0] for turn in (ASKED, NO_GOLD, DialogueTurn(DATA, "answer", DATA, {"everything-tracked": 1}))
    )
    assert points(pack(), asked) == {"film": True, "facebook": True}
    assert points(pack(), no_gold) == {"film": False, "facebook": False}
    assert points(pack(), one) == {"film": True, "facebook": False}


def test_a_follow_up_needs_what_was_said_before() -> None:
    """Neither a first turn nor one whose own words are enough does."""
    first, why, again, hi = talk(DialogueTurn("sold?", "answer", DATA, SOLD), WHY, ASKED, HI)
    assert [turn.follows for turn in (first, why, again, hi)] == [False, True, False, False]


def test_more_is_right_with_new_quotes_alone() -> None:
    """Or with none, when nothing of what answers is left."""
    _, none_left = talk(ASKED, FURTHER)
    assert none_left.answer.quotes == ()
    assert more_is_right(pack(), none_left)
    wider = DialogueTurn(DATA, "answer", DATA, {**SOLD, "audience-pawn": 1})
    _, nothing = talk(wider, FURTHER)
    assert (left(pack(), nothing), more_is_right(pack(), nothing)) == ({"audience-pawn"}, False)
    _, new = talk(wider, FURTHER, audience_pawn=0.3)
    assert [quote.passage_id for quote in new.answer.quotes] == ["audience-pawn"]
    assert more_is_right(pack(), new)
    _, not_more = talk(ASKED, DialogueTurn("hi", "more", None, {}))
    assert not more_is_right(pack(), not_more)


def test_what_is_left_of_one_side_is_that_sides() -> None:
    """When the turn names it; what the other article says in the same words was shown."""
    parallel = pack().parallels[0].passages
    wide = DialogueTurn(DATA, "answer", DATA, {**SOLD, "audience-pawn": 1, "reports-to-advertisers": 1})
    _, from_facebook = talk(wide, DialogueTurn("more from facebook", "more", None, {}))
    assert left(pack(), from_facebook) == {"reports-to-advertisers"}
    shown, same = parallel
    twice = DialogueTurn(DATA, "answer", DATA, {shown: 2, same: 2})
    _, further = talk(twice, FURTHER, **{shown.replace("-", "_"): 0.95})
    assert left(pack(), further) == set()


def test_source_is_right_with_the_last_quotes() -> None:
    """And when there were none, with none."""
    _, _, where = talk(ASKED, HI, WHERE)
    assert source_is_right(where)
    _, nowhere = talk(DialogueTurn("is it addictive", "answer", "is it addictive", {}), WHERE)
    assert nowhere.answer.quotes == ()
    assert source_is_right(nowhere)
    _, wrong = talk(ASKED, DialogueTurn("hi", "source", None, {}))
    assert not source_is_right(wrong)


def verdict_turns() -> list[Taken]:
    """Hold two dialogues: one goes well, the other asks small talk for its source and has no gold."""
    dialogues = [
        Dialogue("good", (HI, ASKED, WHERE, FURTHER)),
        Dialogue("bad", (NO_GOLD, DialogueTurn("hi", "source", None, {}), WHY)),
    ]
    return held(pack(), Finder(), dialogues)


def test_figures_are_those_worked_out_by_hand() -> None:
    """Content: 1, 0 and, with the film quoted in vain, a half; acts: six of seven, source one of two."""
    verdicts = judged_dialogues(pack(), verdict_turns(), 0)
    assert {name: (figure.value, figure.count) for name, figure in verdicts.figures.items()} == {
        "content": (0.5, 3),
        "alone": (0.5, 2),
        "follow_up": (0.5, 1),
        "acts": (pytest.approx(6 / 7), 7),
        "acts_mean": (pytest.approx((1 + 1 + 1 / 2 + 1) / 4), 7),
        "told": (None, 0),
        "more": (1.0, 1),
        "source": (0.5, 2),
    }
    assert {act: (figure.value, figure.count) for act, figure in verdicts.acts.items()} == {
        "answer": (1.0, 3),
        "more": (1.0, 1),
        "source": (0.5, 2),
        "smalltalk": (1.0, 1),
    }
    assert verdicts.confusion["source"] == {"answer": 0, "more": 0, "source": 1, "smalltalk": 1, "clarify": 0}
    assert (verdicts.dialogues, verdicts.turns, verdicts.misses) == (2, 7, ())


def test_turns_that_examples_ask_word_for_word_are_counted() -> None:
    """By what is typed, or by what it means."""
    example = pack().questions[0].text
    turns = (DialogueTurn(example.upper(), "answer", "x", {}), DialogueTurn("why?", "answer", example, {}), NO_GOLD)
    verdicts = judged_dialogues(pack(), talk(*turns), 0)
    asked = {as_compared(question.text) for question in pack().questions}
    assert verdicts.known == 2 + (as_compared(DATA) in asked)


def test_wrong_acts_come_first_and_then_the_surest_mistakes() -> None:
    """All wrong acts, and as many others as are wanted."""
    verdicts = judged_dialogues(pack(), verdict_turns(), 1)
    wrong_act, surest = verdicts.misses
    assert wrong_act == TurnMiss("bad", 2, "hi", "hi", "source", "smalltalk", (), 1.0)
    assert (surest.dialogue, surest.turn, surest.done, surest.certainty) == ("bad", 1, "answer", 0.9)
    assert set(surest.sides) == {
        SideMiss("film", "everything-tracked", ()),
        SideMiss("facebook", "no-selling-information", ()),
    }
    assert [miss.turn for miss in judged_dialogues(pack(), verdict_turns(), 2).misses] == [2, 1, 3]


def test_silence_is_as_sure_as_its_best_hit_is_unsure() -> None:
    """The best passage had 0.4 in vain."""
    turn = DialogueTurn("is it addictive", "answer", "is it addictive", {"addiction-by-design": 2})
    finder = Finder()
    finder.find_many = lambda questions: [found(question, addiction_by_design=0.4) for question in questions]  # type: ignore[method-assign]
    (miss,) = judged_dialogues(pack(), held(pack(), finder, [Dialogue("talk", (turn,))]), 1).misses
    assert miss.sides == (SideMiss("film", None, ("addiction-by-design",)),)
    assert miss.certainty == pytest.approx(0.6)
