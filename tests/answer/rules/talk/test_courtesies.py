from __future__ import annotations

import pytest

from bot.answer.rules.talk.smalltalk import Courtesy, courtesy_of, is_courtesy, without_courtesies


@pytest.mark.parametrize(
    "text",
    [
        "hi",
        "Hellooo!!",
        "good evening everyone",
        "ok thanks",
        "thx a lot mate",
        "thank you for explaining",
        "haha nice",
        "that's scary",
        "fair enough, thanks bot",
        "hm ok. bye",
        "Muchas gracias",
        "no thanks, that's all",
        "😂",
        ":)",
    ],
)
def test_a_text_of_courtesies_alone_is_one(text: str) -> None:
    """Greetings, thanks, goodbyes and remarks, drawn out or joined."""
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    ["hi, does fb sell data", "really?", "is that all?", "ok and?", "is it bad", "thanks, more please", "...", "why"],
)
def test_a_question_is_no_courtesy(text: str) -> None:
    """Be it as short as it may, and however politely it begins."""
    assert not is_courtesy(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("hi, does fb sell data?", "does fb sell data?"),
        ("ok then. fake news on facebook", "fake news on facebook"),
        ("who is the director btw", "who is the director"),
        ("haha ok but why? thanks!", "but why?"),
        ("great hack", "great hack"),
        ("nice, thanks. and ads", "and ads"),
        ("well-being", "well-being"),
        ("thanks", "thanks"),
        ("", ""),
    ],
)
def test_courtesies_come_off_both_ends(text: str, rest: str) -> None:
    """A remark comes off only where a mark parts it from the rest; a text that is nothing else stays."""
    assert without_courtesies(text) == rest


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hello", Courtesy.GREETING),
        ("hi and thanks", Courtesy.THANKS),
        ("thanks, bye", Courtesy.FAREWELL),
        ("wow", Courtesy.REMARK),
    ],
)
def test_the_phrase_that_asks_most_for_a_reply_gives_the_kind(text: str, kind: Courtesy) -> None:
    """A goodbye before thanks before a greeting."""
    assert courtesy_of(text) is kind
