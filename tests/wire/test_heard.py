"""What people say is taken in without the ids of others."""

from __future__ import annotations

import pytest

from bot.wire.heard import heard


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("does <@1234567890123456789> like it?", "does @… like it?"),
        ("<@!12><@34>", "@…@…"),
        ("see <#12>, <@&34>, <:wave:56> and 7 < 8 @ 9>", "see <#12>, <@&34>, <:wave:56> and 7 < 8 @ 9>"),
        ("half a \ud83d sign", "half a \ufffd sign"),
    ],
)
def test_people_are_named_by_nobody_s_id(typed: str, taken: str) -> None:
    """Channels, roles and emoji are no people."""
    assert heard(typed) == taken
