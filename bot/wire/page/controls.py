"""Which buttons stand below an answer, and what they are called.

It must not know what they do, or the library of Discord.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.answer.cog.refs import CHOSEN, Action, Target
from bot.quote.rules.quote import Act
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.quote.rules.quote import Answer, Quote
    from bot.values.turnref import TurnRef
    from bot.wire.page.language import Words
    from bot.wire.page.layout import Page
    from knowledge.model import Pack


MOST_CHOICES: Final = 25
LONGEST_LINE: Final = 100
"""What Discord takes of a menu."""

LEAST_TO_CHOOSE: Final = 2


@dataclass(frozen=True, slots=True)
class Control:
    """A button: what is written on it, and the id by which it is known. One that is not `enabled` cannot be pressed."""

    label: str
    custom_id: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu; `value` is what is told when it is chosen. Discord takes 100 characters of each."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of up to 25 choices of which one is taken, with the line that invites to it."""

    custom_id: str
    placeholder: str
    choices: tuple[Choice, ...]


def rows_of(
    answer: Answer, page: Page, ref: TurnRef | None, words: Words, *, shareable: bool = False, disputable: bool = True
) -> tuple[tuple[Control, ...], ...]:
    """Give the rows of buttons of an answer, none where nothing can find it again.

    `shareable` tells that only one person sees the answer so far, `disputable` that there are moderators.
    """
    if ref is None:
        return ()

    def control(label: str, action: Action, extra: str = "", *, enabled: bool = True) -> Control:
        return Control(label, str(Target(action, ref, extra)), enabled)

    rows: list[tuple[Control, ...]] = []
    if page.of > 1:
        before, after = str(page.number - 1), str(page.number + 1)
        rows.append(
            (
                control(words("Previous page"), Action.PAGE, before, enabled=page.number > 1),
                control(words("Next page"), Action.PAGE, after, enabled=page.number < page.of),
            )
        )
    quoting = bool(answer.quotes)
    going_on = [control(words("Context"), Action.CONTEXT)] if quoting else []
    if quoting and answer.stance is None:
        going_on.append(control(words("More"), Action.MORE))
    going_on.append(control(words("Follow up"), Action.FOLLOW))
    if shareable:
        going_on.append(control(words("Share to channel"), Action.SHARE))
    rows.append(tuple(going_on))
    if answer.act in {Act.ANSWER, Act.MORE}:
        judging = [control(words("Helpful"), Action.HELPFUL), control(words("Not helpful"), Action.UNHELPFUL)]
        if quoting and disputable:
            judging.append(control(words("Dispute"), Action.DISPUTE, str(len(answer.quotes))))
        rows.append(tuple(judging))
    return tuple(rows)


def context_menu(pack: Pack, quotes: Sequence[Quote], ref: TurnRef, words: Words) -> tuple[Menu, ...]:
    """Give the menu by which the sentences around another quote are shown; none for a single quote."""
    if len(quotes) < LEAST_TO_CHOOSE:
        return ()

    def choice(number: int, quote: Quote) -> Choice:
        whose = words("The writer (neither side)") if quote.voice == CONTEXT else pack.side(quote.voice).short_name
        return Choice(line(f"{words('Quote {number}', number=number)}: {whose}"), quote.passage_id)

    choices = {quote.passage_id: choice(number, quote) for number, quote in enumerate(quotes, start=1)}
    custom_id = str(Target(Action.CONTEXT, ref, CHOSEN))
    return (Menu(custom_id, words("Context of another quote"), tuple(choices.values())[:MOST_CHOICES]),)


def line(text: str) -> str:
    """Cut a line of a menu to what Discord takes."""
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"
