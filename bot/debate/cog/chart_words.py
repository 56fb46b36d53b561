"""The words in the picture of a debate's result, and those by which it is described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.debate.service.chart import ResultWords
from bot.wire.page.language import drawn_in

if TYPE_CHECKING:
    from bot.wire.page.language import Words


def drawn_words(words: Words) -> ResultWords:
    """Give the words in the picture; in English where its letters lack the language's."""
    return result_words(drawn_in(words))


def result_words(words: Words) -> ResultWords:
    """Give the words of the description. Fields stay fields: the picture's maker fills them in."""
    return ResultWords(
        won=words("{side} won by net swing", side="{side}"),
        draw=words("A draw by net swing"),
        no_swing=words("Nobody voted both times"),
        voted=words("{paired} voted both times, {once} only once", paired="{paired}", once="{once}"),
        undecided=words("Undecided"),
        shares=words("Shares of the vote, in per cent"),
        before=words("Before"),
        after=words("After"),
        swing=words("Net swing, in points"),
        switched=words("Who switched, in people"),
        picture=words("Chart of the ballots."),
        share=words(
            "{choice}: {before} per cent before, {after} per cent after.",
            choice="{choice}",
            before="{before}",
            after="{after}",
        ),
        swung=words("Net swing of {side}: {points} points.", side="{side}", points="{points}"),
        moved=words("From {before} to {after}: {people}.", before="{before}", after="{after}", people="{people}"),
    )
