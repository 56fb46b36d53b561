"""What is said of debates in English only, in the language of whoever reads it: why something is refused, and acts.

It must not know what was refused, or done.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from bot.wire.page.language import to_say

if TYPE_CHECKING:
    from bot.wire.page.language import Words

REFUSALS: Final = (
    to_say("There is no debate here: a moderator can start one."),
    to_say("This debate is over."),
    to_say("This debate has started already: end it before you start another here."),
    to_say("No hand is raised."),
    to_say("The debate has gone on already: it is in the phase {phase}."),
    to_say("A phase can be extended by 1 to 60 minutes, not by {minutes}."),
    to_say("The debate is paused already: resume it to go on."),
    to_say("The debate is not paused."),
    to_say("{phase}: no hands are taken now. Raise yours when the floor is open."),
    to_say("{phase}: no evidence is shown now."),
    to_say("{phase}: no points are made now."),
    to_say("Only who has joined a side makes points: join one, or raise your hand when the floor is open."),
    to_say("{phase}: only {sides} may make points now. Keep yours for your side's turn."),
    to_say("{phase}: the ballot before the debate is not open now."),
    to_say("{phase}: the ballot after the debate is not open now."),
    to_say("There is nothing in this motion: write it out."),
    to_say("There is nothing in this point: write it out."),
    to_say("There is nothing in this query: write it out."),
    to_say("This point has {size} characters: shorten it to {limit}."),
)
"""The core's sentences, with `{fields}` for what varies."""

ACTS: Final = (
    to_say("started as {format}"),
    to_say("began {phase}"),
    to_say("paused"),
    to_say("resumed"),
    to_say("extended by {minutes} min"),
    to_say("called the next speaker"),
    to_say("ended"),
    to_say("looked at where it stands"),
    to_say("took the transcript as {form}, with names"),
    to_say("took the transcript as {form}, with codes"),
)
"""What the audit says that moderators did, in the same way."""

_FIELD: Final = re.compile(r"\\{(\w+)\\}")


@cache
def _patterns(sentences: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Make a pattern of each sentence."""
    return tuple((re.compile(_FIELD.sub(r"(?P<\1>.+)", re.escape(each))), each) for each in sentences)


def refusal(text: str, words: Words) -> str:
    """Say a refusal in a language; what is no refusal of a debate is said as `words.known` does."""
    return _said(text, REFUSALS, words)


def act_said(text: str, words: Words) -> str:
    """Say what a moderator did, as above."""
    return _said(text, ACTS, words)


def _said(text: str, sentences: tuple[str, ...], words: Words) -> str:
    for pattern, sentence in _patterns(sentences):
        if found := pattern.fullmatch(text):
            return words(sentence, **found.groupdict())
    return words.known(text)
