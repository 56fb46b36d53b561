"""How a quiz is laid out: the page of each step with its buttons, the last page, and what a person is told alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.quote.cog.layout import (
    articles_lines,
    articles_of,
    colour_of,
    heading_of,
    headline,
    quote_part,
    small,
    writer_heading,
)
from bot.values.ballot import LEAST
from bot.wire.page.controls import Control
from bot.wire.page.escaping import escaped
from bot.wire.page.layout import ROOM, Group, Page, Part, Style, paged
from bot.wire.press import id_of
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.lesson.rules.quiz import ItemResult, QuizItem, QuizResult, Score
    from bot.wire.page.language import Words
    from knowledge.model import Pack

FEATURE: Final = "quiz"

MOST_MISSED: Final = 3
"""Quotes that the last message shows again."""

_NAME: Final = 34
"""Characters of a button's label that a phone shows."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one message of a quiz of `of` items shows: an item explained, and one to answer.

    `ends_s` is when the latter closes, in seconds since 1970, None if a person moves on by hand; `answered` counts
    those who have answered it. `excluded` are ids of passages that must not be quoted (any more). What fewer than
    `least` people chose is kept back.
    """

    of: int
    explained: ItemResult | None
    opened: QuizItem | None
    ends_s: int | None = None
    answered: int = 0
    excluded: Collection[str] = ()
    least: int = LEAST


def step_page(pack: Pack, step: Step, words: Words, style: Style) -> Page:
    """Return the page of a step: who said the last quote, and the next quote with its speaker hidden."""
    explained, opened = step.explained, step.opened
    groups = [] if explained is None else _explained(pack, explained, step, words, style)
    foot = [] if explained is None else [*_titles(pack, [explained], step, words, style)]
    if opened is not None:
        lines = [
            headline(words("Quote {number} of {of}: who says this?", number=opened.number, of=step.of), style),
            _gone(words) if opened.passage in step.excluded else f"> “{escaped(opened.masked)}”",
        ]
        if step.ends_s is not None:
            lines.append(words("Time is up {when}.", when=f"<t:{step.ends_s}:R>"))
        if step.answered:
            lines.append(words.count("{number} has answered.", "{number} have answered.", step.answered))
        groups.append(Group((Part("\n".join(lines)),)))
        hiding = words("“[…]” hides what would give it away. Only you see what you choose, and you can change it.")
        foot.append(small(hiding, style))
    return paged(Page("", tuple(groups), "\n".join(foot)), words, ROOM[style])[0]


def step_rows(quiz: str, pack: Pack, opened: QuizItem, words: Words) -> tuple[tuple[Control, ...], ...]:
    """Return a button for each voice to choose, and the leader's to move on or end the quiz."""
    picks = (
        Control(_voice(pack, option, words), id_of(FEATURE, "pick", quiz, opened.number, option))
        for option in opened.options
    )
    leading = (
        Control(words("Show who it was"), id_of(FEATURE, "next", quiz, opened.number)),
        Control(words("End the quiz"), id_of(FEATURE, "end", quiz)),
    )
    return tuple(picks), leading


def end_page(pack: Pack, step: Step, result: QuizResult, words: Words, style: Style) -> Page:
    """Return the last page: the last quote, how all did together, and as many of the most missed quotes as fit."""
    explained = step.explained
    before = [] if explained is None else _explained(pack, explained, step, words, style)
    before.append(Group((Part(headline(words("The quiz is over"), style)),)))
    if result.share is None:
        titles = () if explained is None else _titles(pack, [explained], step, words, style)
        told = _kept_back(step, words) if result.is_kept_back else words("Nobody answered.")
        foot = small(words("Press the button to see your own score; nobody else does."), style)
        foots = (*titles, foot) if result.is_kept_back else titles
        return Page("", (*before, Group((Part(told),))), "\n".join(foots))
    took_part = max(one.answered for one in result.items)
    said = [
        words.count("{number} person took part.", "{number} people took part.", took_part),
        words("Of all answers, **{share} %** were right.", share=round(result.share)),
    ]
    foot = small(words("Press the button to see your own score; nobody else does."), style)
    missed = [one for one in result.missed if one != explained][:MOST_MISSED]
    while True:
        lines = [*said, words("Missed most:")] if missed else said
        groups = (*before, Group((Part(" ".join(lines)),)), *(_missed(pack, one, step, words, style) for one in missed))
        shown = missed if explained is None else [explained, *missed]
        titles = _titles(pack, shown, step, words, style)
        pages = paged(Page("", groups, "\n".join((*titles, foot))), words, ROOM[style])
        if len(pages) == 1 or not missed:
            return pages[0]
        missed = missed[:-1]


def end_rows(quiz: str, words: Words) -> tuple[tuple[Control, ...], ...]:
    """Return the button that shows a person's own score."""
    return ((Control(words("My score"), id_of(FEATURE, "score", quiz)),),)


def score_line(score: Score, of: int, words: Words) -> str:
    """Return a person's own score."""
    if not score.answered:
        return words("You did not answer anything in this quiz.")
    if score.right == of:
        return words("You had all {of} right. Well read!", of=of)
    return words("You had **{right}** of {of} right.", right=score.right, of=of)


def chosen_line(pack: Pack, option: str, words: Words, *, timed: bool) -> str:
    """Return the confirmation of a choice; `timed` where a clock ends the item, not a person."""
    voice = f"**{escaped(_voice(pack, option, words))}**"
    if timed:
        return words("Noted: {voice}. Only you see this. You can change it until time is up.", voice=voice)
    return words("Noted: {voice}. Only you see this. You can change it until it is shown who it was.", voice=voice)


def _explained(pack: Pack, result: ItemResult, step: Step, words: Words, style: Style) -> list[Group]:
    """Return who said a quote, the whole quote, and what people chose."""
    head = headline(words("Quote {number} of {of}: it was …", number=result.item.number, of=step.of), style)
    return [
        Group((Part(head),)),
        _quoted(pack, result.item, step, words, style),
        Group((Part(_chosen(pack, result, step, words)),)),
    ]


def _missed(pack: Pack, result: ItemResult, step: Step, words: Words, style: Style) -> Group:
    quoted = _quoted(pack, result.item, step, words, style)
    return Group((*quoted.parts, Part(_right(result, words))), quoted.heading, quoted.colour)


def _quoted(pack: Pack, item: QuizItem, step: Step, words: Words, style: Style) -> Group:
    part = Part(_gone(words)) if item.passage in step.excluded else quote_part(pack, item.quote, words, style)
    if item.answer == CONTEXT:
        return Group((part,), headline(writer_heading(words), style))
    side = pack.side(item.answer)
    return Group((part,), headline(heading_of(side), style), colour_of(side))


def _titles(pack: Pack, shown: Iterable[ItemResult], step: Step, words: Words, style: Style) -> tuple[str, ...]:
    quotes = [one.item.quote for one in shown if one.item.passage not in step.excluded]
    return articles_lines(pack, articles_of(quotes), words, style)


def _gone(words: Words) -> str:
    return words("The moderators of this server have excluded this quote.")


def _kept_back(step: Step, words: Words) -> str:
    return words(
        "Fewer than {least} people answered: what they chose is kept back, so that it stays secret.", least=step.least
    )


def _chosen(pack: Pack, result: ItemResult, step: Step, words: Words) -> str:
    """Return how many were right, and how often each voice was chosen."""
    if not result.chosen:
        return _kept_back(step, words)
    if not result.answered:
        return words("Nobody answered.")
    counts = (f"{escaped(_voice(pack, option, words))}: {result.chosen[option]}" for option in result.item.options)
    return f"**{_right(result, words)}** {' · '.join(counts)}"


def _right(result: ItemResult, words: Words) -> str:
    return words("{right} of {of} right.", right=result.right, of=result.answered)


def _voice(pack: Pack, option: str, words: Words) -> str:
    """Name a voice as it stands on a button."""
    if option == CONTEXT:
        return words("The writer")
    side = pack.side(option)
    name = f"{side.emoji} {side.short_name}"
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
