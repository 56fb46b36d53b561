from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.cog.refs import Action, Target, target_of
from bot.values.turnref import TurnRef

HEX = st.text("0123456789abcdef", min_size=32, max_size=32)


@given(st.sampled_from(Action), HEX, st.integers(1, 999_999_999), st.integers(0, 999).map(str) | st.just(""))
def test_an_id_is_read_back(action: Action, conversation: str, number: int, extra: str) -> None:
    """And is never longer than Discord allows."""
    target = Target(action, TurnRef(conversation, number), extra)
    assert len(str(target)) <= 100
    assert target_of(str(target)) == target


@pytest.mark.parametrize(
    "custom_id",
    ["", "d:", "d:ctx:abc:1", f"d:dance:{'0' * 32}:1", f"d:ctx:{'0' * 32}:0", f"x:ctx:{'0' * 32}:1", "l:topic"],
)
def test_what_is_not_ours_is_not_read(custom_id: str) -> None:
    """Old ids of others, damaged ones."""
    assert target_of(custom_id) is None


def test_an_id_that_discord_would_refuse_is_not_written() -> None:
    """It names its length."""
    with pytest.raises(ValueError, match="has 146 characters, 100 are allowed"):
        str(Target(Action.PAGE, TurnRef("0" * 32, 1), "x" * 104))


def test_turns_count_from_one() -> None:
    """There is no turn before the first."""
    with pytest.raises(ValueError, match="turns count from 1, not 0"):
        TurnRef("0" * 32, 0)
