"""The words in the picture of how a class voted, and those by which it is described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.lesson.service.chart import ShiftWords
from bot.wire.page.language import drawn_in

if TYPE_CHECKING:
    from bot.wire.page.language import Words


def drawn_words(words: Words) -> ShiftWords:
    """Give the words in the picture; in English where its letters lack the language's."""
    return shift_words(drawn_in(words))


def shift_words(words: Words) -> ShiftWords:
    """Give the words of the description. Fields stay fields: the picture's maker fills them in."""
    return ShiftWords(
        title=words("How the class voted"),
        agree=words("Agree"),
        disagree=words("Disagree"),
        unsure=words("Unsure"),
        before=words("Before ({number})", number="{number}"),
        after=words("After ({number})", number="{number}"),
        nobody=words("nobody voted"),
        picture=words("Chart of the votes."),
        counts=words(
            "{agree} agree, {disagree} disagree, {unsure} unsure",
            agree="{agree}",
            disagree="{disagree}",
            unsure="{unsure}",
        ),
        prompt=words(
            "“{question}” Before: {before}. After: {after}.",
            question="{question}",
            before="{before}",
            after="{after}",
        ),
        more=words("Further prompts that are not shown: {number}.", number="{number}"),
    )
