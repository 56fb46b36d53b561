"""The pictures of the README show what people see today: `make pictures` draws them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.discord.pictures import CARD, TERMINAL, card_page, drawn_from, hash_of, terminal_page

if TYPE_CHECKING:
    from tests.discord.stage import Scene

OUTDATED = "an answer looks otherwise by now: draw the pictures anew (make pictures), and look at them"


@pytest.mark.asyncio(loop_scope="module")
async def test_the_card_is_the_one_that_people_see(scene: Scene) -> None:
    """As the bot sends it."""
    assert drawn_from(CARD) == hash_of(await card_page(scene)), OUTDATED


def test_the_terminal_is_the_one_that_people_see() -> None:
    """As the program prints it."""
    assert drawn_from(TERMINAL) == hash_of(terminal_page()), OUTDATED
