from __future__ import annotations

import pytest

from bot.values.turnref import TurnRef


def test_turns_count_from_one() -> None:
    """There is no turn before the first."""
    with pytest.raises(ValueError, match="turns count from 1, not 0"):
        TurnRef("0" * 32, 0)
