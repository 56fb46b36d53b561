"""Playing a quiz in front of one screen: players take turns, or the room raises its hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.lesson.rules.hands import hands_in
from bot.lesson.rules.quiz import ItemResult, QuizResult, most_missed_first, result_of
from bot.lesson.terminal.quiz_lines import answer_lines, item_lines
from bot.quote.rules.composition import named_sides
from bot.quote.rules.words import word_set
from bot.screen.lines import Line
from bot.values.typed import harmless
from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.lesson.rules.quiz import QuizItem
    from bot.screen.replies import Replies
    from bot.screen.screen import Screen
    from knowledge.model import Pack

BY_HANDS: Final = "Type a number, or the hands raised for each option as in 12 5 3."

_WRITER: Final = word_set("writer author narrator journalist context neither")
"""Words for whoever wrote an article, beside the names of the sides, which stand in the pack."""

_EXAMPLE: Final = ("12", "5", "3", "2", "1")
"""Hands, for as many options as a pack may well have."""


def play(pack: Pack, items: Sequence[QuizItem], players: Sequence[str], screen: Screen, replies: Replies) -> QuizResult:
    """Ask item after item, each of the next player, and tell each answer at once.

    Without players the room answers: with one voice, or by hands. The result has what was answered until the end.
    """
    chosen = {item.number: dict.fromkeys(item.options, 0) for item in items}
    choices: dict[str, dict[int, str]] = {player: {} for player in players}
    for item in items:
        player = players[(item.number - 1) % len(players)] if players else None
        screen.show((Line(""), *item_lines(pack, item, len(items), screen.width)))
        counts = _answered(pack, item, player, screen, replies)
        if counts is None:
            break
        chosen[item.number] = counts
        if player is not None:
            choices[player].update((item.number, option) for option, hands in counts.items() if hands)
        screen.show(answer_lines(pack, ItemResult(item, counts), screen.width))
        if item.number < len(items) and not replies.pause("Enter shows the next quote: "):
            break
    if players:
        return result_of(items, choices)
    return QuizResult(most_missed_first(ItemResult(item, chosen[item.number]) for item in items), {})


def _answered(
    pack: Pack, item: QuizItem, player: str | None, screen: Screen, replies: Replies
) -> dict[str, int] | None:
    """Ask until it is answered, and give how many chose each option; None when the quiz is at its end."""
    last = len(item.options)
    prompt = f"1 to {last}: " if player is None else f"{harmless(player)}, 1 to {last}: "
    while (text := replies.ask(prompt)) is not None:
        hands = hands_in(text, last) if player is None else None
        if hands is not None:
            return dict(zip(item.options, hands, strict=True))
        option = _option(pack, item, text)
        if option is not None or not text:
            return {other: int(other == option) for other in item.options}
        by_hands = "" if player else f', or the hands for each as in "{" ".join(_EXAMPLE[:last])}"'
        screen.say(f"type 1 to {last}{by_hands}; Enter alone shows who it is")
    return None


def _option(pack: Pack, item: QuizItem, text: str) -> str | None:
    """Read an option from its number or a name; None when it is none, or not one alone."""
    if text.isascii() and text.isdigit():
        number = int(text) if len(text) < 3 else 0  # noqa: PLR2004 - there are never a hundred options
        return item.options[number - 1] if 1 <= number <= len(item.options) else None
    voices = [*named_sides(pack, text), *([CONTEXT] if not _WRITER.isdisjoint(text.casefold().split()) else [])]
    return voices[0] if len(voices) == 1 else None
