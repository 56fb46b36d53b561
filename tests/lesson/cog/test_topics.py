from __future__ import annotations

import pytest

from bot.lesson.cog.topics import offered, topics_in
from knowledge.errors import UserError
from tests.quote.rules.findings import pack

EVERY = [topic.id for topic in pack().topics]


@pytest.mark.parametrize("typed", ["privacy,elections", " Privacy ;  ELECTIONS, privacy,", "privacy, , elections"])
def test_topics_are_read_however_they_are_typed(typed: str) -> None:
    assert topics_in(pack(), typed) == ("privacy", "elections")


def test_topics_are_read_by_their_names_too() -> None:
    assert topics_in(pack(), pack().topic("privacy").name) == ("privacy",)


def test_a_topic_that_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(UserError, match='there is no topic "privat"; did you mean "privacy"\\?'):
        topics_in(pack(), "elections, privat")


def test_only_some_topics_are_offered_where_only_some_will_do() -> None:
    assert [value for _, value in offered(pack(), "", ["privacy", "elections"])] == ["privacy", "elections"]
    assert [value for _, value in offered(pack(), "VAC", ["privacy", "elections"])] == ["privacy"]


def test_of_several_topics_the_last_one_is_completed() -> None:
    values = [value for _, value in offered(pack(), "privacy,elec", EVERY, several=True)]
    assert values == ["privacy, elections"]
    after = offered(pack(), "privacy, ", EVERY, several=True)
    assert len(after) == len(EVERY) - 1
    assert all(len(name) <= 100 and len(value) <= 100 for name, value in after)


def test_what_would_be_too_long_for_discord_is_not_offered() -> None:
    """A value cannot be cut."""
    assert offered(pack(), f"{', '.join(EVERY[:9])}, ", EVERY, several=True) == []
