"""What was said before: the turns of a conversation that are remembered, and what was shown in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.quote.rules.quote import Act

if TYPE_CHECKING:
    from bot.quote.rules.quote import Answer
    from knowledge.model import Pack

REMEMBERED: Final = 12
"""Turns that are looked back on."""

_ANSWERING: Final = frozenset({Act.ANSWER, Act.REPAIR, Act.REBUT, Act.POINTS, Act.VERDICT})
"""Acts whose question can be gone on from."""

_BESIDE: Final = frozenset({Act.SMALLTALK, Act.SOURCE, Act.CLARIFY})
"""Acts that leave everything as it was."""


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as it is remembered.

    `shown` lists the passages quoted, in the order shown, context last; `first_side` is the side that stood first.
    """

    question: str
    asked_as: str
    act: Act
    first_side: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one person said in one place, oldest turn first. An empty one has just begun."""

    id: str
    number: int = 0
    """Turns so far, also those that are no longer remembered."""
    turns: tuple[Said, ...] = ()

    def after(self, answer: Answer) -> Conversation:
        """Return the conversation with one more turn."""
        said = Said(
            question=answer.question,
            asked_as=answer.asked_as,
            act=answer.act,
            first_side=answer.blocks[0].side if answer.blocks else "",
            shown=tuple(quote.passage_id for quote in answer.quotes),
        )
        return self.with_turn(said, self.number + 1)

    def with_turn(self, said: Said, number: int) -> Conversation:
        """Return the conversation with one more turn, the one of this number."""
        return replace(self, number=number, turns=(*self.turns, said)[-REMEMBERED:])

    def within(self, pack: Pack) -> Conversation:
        """Return the conversation without quotes that the pack no longer holds: a logged one may be older."""
        held = pack.passage_ids
        if all(held.issuperset(said.shown) for said in self.turns):
            return self
        kept = (replace(said, shown=tuple(id_ for id_ in said.shown if id_ in held)) for said in self.turns)
        return replace(self, turns=tuple(kept))

    @property
    def previous_first_side(self) -> str | None:
        """The side that stood first in the last turn that showed quotes; None when none did."""
        return next((said.first_side for said in reversed(self.turns) if said.shown), None)

    @property
    def topic(self) -> Said | None:
        """The last turn that answered a question or a claim; None before the first."""
        return next((said for said in reversed(self.turns) if said.act in _ANSWERING), None)

    @property
    def last(self) -> Said | None:
        """The last turn that was more than small talk, a source, or asking back; None before the first."""
        return next((said for said in reversed(self.turns) if said.act not in _BESIDE), None)

    @property
    def told(self) -> Said | None:
        """That turn, or the one that further quotes were asked for after; None before the first."""
        return next((said for said in reversed(self.turns) if said.act not in _BESIDE | {Act.MORE}), None)

    @property
    def place(self) -> str | None:
        """The act of that turn, as turns are learnt by; None before the first."""
        last = self.last
        return None if last is None else (Act.ANSWER if last.act in {Act.MORE, Act.REPAIR} else last.act).value

    @property
    def last_shown(self) -> tuple[str, ...]:
        """The passages quoted in the last turn that quoted any, first shown first."""
        return next((said.shown for said in reversed(self.turns) if said.shown), ())

    @property
    def shown_on_topic(self) -> tuple[str, ...]:
        """The passages quoted since (and by) the last turn that answered a question, first shown first."""
        shown: list[str] = []
        for said in reversed(self.turns):
            shown[:0] = said.shown
            if said.act in _ANSWERING:
                break
        return tuple(dict.fromkeys(shown))
