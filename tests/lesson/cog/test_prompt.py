from __future__ import annotations

import pytest

from bot.lesson.cog.prompt import drawn_from
from bot.lesson.cog.quiz import passages_of
from bot.lesson.rules.prompt import draw_prompts
from knowledge.errors import UserError
from tests.quote.rules.findings import pack


def test_a_prompt_that_the_pack_has_no_longer_quotes_nothing() -> None:
    (prompt,) = draw_prompts(pack(), topic=None, count=1, seed=1)
    shown = {quote.passage_id for quote in prompt.quotes.values()}
    assert passages_of(pack(), ["gone.aaaaaaaa", prompt.id]) == shown


def test_where_every_quote_of_a_side_is_excluded_another_topic_is_asked_for() -> None:
    excluded = {passage.id for passage in pack().of_voice(pack().side_ids[0])}
    with pytest.raises(UserError, match="moderators have excluded: choose another topic"):
        drawn_from(pack(), "privacy", 1, 1, used=(), excluded=excluded)
