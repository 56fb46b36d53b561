from __future__ import annotations

import pytest

from bot.log.places import guild_of


@pytest.mark.parametrize(("place", "guild"), [("12/34", "12"), ("dm/5", "dm"), ("terminal", None), ("1/2/3", "1")])
def test_the_guild_stands_before_the_first_slash(place: str, guild: str | None) -> None:
    """Where there is none, there is no guild."""
    assert guild_of(place) == guild
