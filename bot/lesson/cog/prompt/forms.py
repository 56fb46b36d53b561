"""The form in which a student answers a prompt: it says who will read what, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from discord import ui

from bot.lesson.cog.prompt.layout import FEATURE
from bot.wire.ids import id_of
from bot.wire.page.forms import Form, field

if TYPE_CHECKING:
    from bot.lesson.rules.lesson import Lesson, Posting
    from bot.wire.page.language import Words

LONGEST_ANSWER: Final = 900
"""Characters of an answer: with every one of them escaped it still fits into one message."""


def readers_line(posting: Posting, lesson: Lesson | None, days: int, words: Words) -> str:
    """Say exactly who will read an answer, under which name, and for how long it is kept (days)."""
    if posting.names:
        lines = [words("Everybody in this channel reads your answer, **with your name**.")]
    else:
        lines = [
            words("Your class reads your answer **without your name**."),
            words("Whoever leads the lesson, and the moderators here, can look up that it is yours."),
        ]
    if lesson is not None and not lesson.logged:
        lines.append(words("When the lesson ends, what I have kept of it is deleted; the message here stays."))
    else:
        lines.append(words.count("I keep it for {number} day.", "I keep it for {number} days.", days))
    return " ".join(lines)


def answer_form(posting: str, readers: str, words: Words) -> Form:
    """Ask for an answer; `readers` is the sentence that says who reads it, and under which name."""
    answer = field(
        words("What do you think, and why?"),
        LONGEST_ANSWER,
        words("Two or three sentences are enough. Quote what you rely on."),
    )
    return Form(words("Your answer"), id_of(FEATURE, "answer", posting), ui.TextDisplay(readers), answer)
