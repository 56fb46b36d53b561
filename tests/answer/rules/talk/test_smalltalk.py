from __future__ import annotations

import pytest

from bot.answer.rules.talk.smalltalk import is_about_bot_or_oneself, is_idle


@pytest.mark.parametrize(
    "text",
    [
        "who are you?",
        "are u a bot",
        "what can you do",
        "what can i ask you here",
        "how functions this here?",
        "can you help me with my homework",
        "i have to write an essay for school",
        "hello, my name is Bob",
    ],
)
def test_talk_about_the_bot_or_oneself_is_recognised(text: str) -> None:
    """What it is, what it does, how it works; who one is and what one is up to."""
    assert is_about_bot_or_oneself(text, frozenset({"privacy"}))


@pytest.mark.parametrize(
    "text", ["do you protect privacy", "is my privacy safe", "i want privacy", "how do they do it", "do you think so"]
)
def test_talk_about_the_matter_is_not(text: str) -> None:
    """A word of the matter, or one that points to it, makes a question of it."""
    assert not is_about_bot_or_oneself(text, frozenset({"privacy"}))


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("do you work for facebook", True),
        ("are you from facebook", True),
        ("did facebook make you", True),
        ("do you like the film?", True),
        ("are you being tracked by facebook", False),
        ("do you think facebook is right", False),
    ],
)
def test_the_bot_is_asked_for_its_ties_to_a_side(text: str, *, about: bool) -> None:
    """The names of the sides alone are no matter then."""
    assert is_about_bot_or_oneself(text, sides=frozenset({"facebook", "film"})) is about


@pytest.mark.parametrize(
    ("text", "idle"),
    [
        ("you helped me a lot", True),
        ("what a surprise", True),
        ("poor kids", True),
        ("sorry my english is bad", True),
        ("they are spying on us", True),
        ("what a surprise?", False),
        ("i want to know it", False),
        ("ads", False),
    ],
)
def test_a_remark_asks_for_nothing(text: str, *, idle: bool) -> None:
    assert is_idle(text) is idle
