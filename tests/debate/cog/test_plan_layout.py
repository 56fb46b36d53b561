"""Cards, reminders and lists of plans, at their longest, in every language and style."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.debate.cog import plan_layout
from bot.debate.rules.plan import Plan, SignedUp
from bot.wire.page.language import LANGUAGES, words_for
from bot.wire.page.layout import Page, Style
from bot.wire.page.render import payload_of
from tests.debate.rules.debates import FORMAT, SIDES
from tests.wire.payloads import check

WORST = "*_~`|>[" * 150
EVENING = datetime(2026, 12, 3, 18, tzinfo=UTC)
SEATS = tuple(SignedUp(str(number), WORST[:32], SIDES[number % 2].id) for number in range(40))
PLAN = Plan("a" * 32, "1" * 19, 10**18, WORST[:1000], FORMAT, EVENING, EVENING, None, message=10**18, seats=SEATS)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_is_one_message_that_discord_takes(language: str, style: Style) -> None:
    """A motion, names and formats full of signs, many people, many plans."""
    words = words_for(language)
    for plan in (PLAN, replace(PLAN, format=replace(FORMAT, name=WORST, seats=20))):
        plans = [replace(plan, id=f"{number:032x}") for number in range(9)]
        reminder = Page(plan_layout.reminder_text(plan, SIDES, words), (), "")
        for page, rows, shown in (
            (plan_layout.card_page(plan, SIDES, words, style), plan_layout.card_rows(plan, SIDES, words), style),
            (plan_layout.over_page(plan, WORST[:60], words, style), (), style),
            (reminder, plan_layout.reminder_rows(plan, words), Style.PLAIN),
            (plan_layout.list_page(plans, words), plan_layout.list_rows(plans, words), Style.PLAIN),
        ):
            assert check(payload_of(page, rows, words, shown))
