"""Ids of buttons, menus and forms: written in one way, and read in that and in every older one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features import ALL
from bot.wire.press import Mark, id_of, mark_of

WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)
ARGUMENT = st.text(st.characters(codec="utf-8", exclude_characters=":\n"), min_size=1, max_size=24)

ID = "0123456789abcdef0123456789abcdef"
TURN = (ID, "7")

OLD: tuple[tuple[str, Mark], ...] = (
    (f"d:ctx:{ID}:7", Mark("answer", "context", TURN)),
    (f"d:ctx:{ID}:7:pick", Mark("answer", "context", TURN)),
    (f"d:more:{ID}:7", Mark("answer", "more", TURN)),
    (f"d:follow:{ID}:7", Mark("answer", "follow", TURN)),
    (f"d:good:{ID}:7", Mark("answer", "helpful", TURN)),
    (f"d:bad:{ID}:7", Mark("answer", "unhelpful", TURN)),
    (f"d:dispute:{ID}:7:3", Mark("answer", "dispute", (*TURN, "3"))),
    (f"d:share:{ID}:7", Mark("answer", "share", TURN)),
    (f"d:page:{ID}:7:2", Mark("answer", "page", (*TURN, "2"))),
    ("l:topic", Mark("lookup", "topic")),
    ("l:point:facebook", Mark("lookup", "point", ("facebook",))),
    ("l:charge:film", Mark("lookup", "charge", ("film",))),
    ("r:exclude:privacy-deal", Mark("review", "exclude", ("privacy-deal",))),
    ("r:keep:privacy-deal", Mark("review", "keep", ("privacy-deal",))),
    ("r:next:privacy-deal", Mark("review", "next", ("privacy-deal",))),
    ("r:restore", Mark("review", "restore")),
    ("p:delete", Mark("privacy", "delete")),
    (f"debate:join:{ID}:1", Mark("debate", "join", (ID, "1"))),
    (f"debate:join:{ID}", Mark("debate", "join", (ID,))),
    (f"debate:point:{ID}", Mark("debate", "point", (ID,))),
    (f"debate:evidence:{ID}", Mark("debate", "evidence", (ID,))),
    (f"debate:raise:{ID}", Mark("debate", "raise", (ID,))),
    (f"debate:lower:{ID}", Mark("debate", "lower", (ID,))),
    (f"debate:vote:{ID}", Mark("debate", "vote", (ID,))),
    (f"debate:ballot:{ID}:before1", Mark("debate", "ballot", (ID, "before", "1"))),
    (f"debate:ballot:{ID}:after0", Mark("debate", "ballot", (ID, "after", "0"))),
    (f"debate:ballot:{ID}:after", Mark("debate", "ballot", (ID, "after"))),
    (f"debate:lead:{ID}", Mark("debate", "lead", (ID,))),
    (f"debate:lead:{ID}:back", Mark("debate", "lead", (ID, "back"))),
    (f"debate:next:{ID}:2", Mark("debate", "next", (ID, "2"))),
    (f"debate:pause:{ID}", Mark("debate", "pause", (ID,))),
    (f"debate:resume:{ID}", Mark("debate", "resume", (ID,))),
    (f"debate:extend:{ID}", Mark("debate", "extend", (ID,))),
    (f"debate:call:{ID}", Mark("debate", "call", (ID,))),
    (f"debate:end:{ID}", Mark("debate", "end", (ID,))),
    (f"debate:close:{ID}", Mark("debate", "close", (ID,))),
    (f"quiz:pick:{ID}:3:facebook", Mark("quiz", "pick", (ID, "3", "facebook"))),
    (f"quiz:next:{ID}:3", Mark("quiz", "next", (ID, "3"))),
    (f"quiz:end:{ID}", Mark("quiz", "end", (ID,))),
    (f"quiz:score:{ID}", Mark("quiz", "score", (ID,))),
    (f"prompt:vote:{ID}:agree", Mark("prompt", "vote", (ID, "agree"))),
    (f"prompt:answer:{ID}", Mark("prompt", "answer", (ID,))),
    (f"prompt:show:{ID}:all", Mark("prompt", "show", (ID, "all"))),
    (f"prompt:close:{ID}", Mark("prompt", "close", (ID,))),
)
"""Every kind of id that stands in messages which were sent while each feature wrote its own."""

OLD_FORMS = (
    f"d:follow:{ID}:7",
    f"d:dispute:{ID}:7:3",
    f"debate:point:{ID}",
    f"debate:evidence:{ID}",
    f"prompt:answer:{ID}",
)


@given(WORD, WORD, st.lists(ARGUMENT, max_size=2))
def test_an_id_is_read_back(feature: str, verb: str, arguments: list[str]) -> None:
    """Whatever stands in it, but for colons."""
    assert mark_of(id_of(feature, verb, *arguments)) == Mark(feature, verb, tuple(arguments))


@pytest.mark.parametrize(("custom_id", "mark"), OLD)
def test_ids_of_old_messages_are_read_and_answered(custom_id: str, mark: Mark) -> None:
    """Their buttons go on working."""
    assert mark_of(custom_id) == mark
    assert (mark.feature, mark.verb) in {key for feature in ALL for key in feature.exports().presses}


@pytest.mark.parametrize("custom_id", OLD_FORMS)
def test_forms_that_were_open_before_are_read_and_answered(custom_id: str) -> None:
    """What is written in them is not lost."""
    mark = mark_of(custom_id)
    assert mark is not None
    assert (mark.feature, mark.verb) in {key for feature in ALL for key in feature.exports().forms}


@pytest.mark.parametrize("custom_id", ["", "d:", "answer", "answer:", "answer::x", "Answer:more", "answer:more:", "p:"])
def test_what_is_not_ours_is_not_read(custom_id: str) -> None:
    """Ids of others, damaged ones."""
    assert mark_of(custom_id) is None


def test_an_id_that_discord_would_refuse_is_not_written() -> None:
    """It names its length."""
    with pytest.raises(ValueError, match="has 106 characters, 100 are allowed"):
        id_of("quiz", "pick", "x" * 96)


@pytest.mark.parametrize("argument", ["", "a:b", "1:"])
def test_an_id_that_would_be_read_otherwise_is_not_written(argument: str) -> None:
    """Nothing is written that nobody understands."""
    with pytest.raises(ValueError, match="could not be read back"):
        id_of("answer", "page", argument)
