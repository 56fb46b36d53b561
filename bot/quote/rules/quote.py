"""What an answer is made of: quotes in blocks, one block a side, and what else is said beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from bot.quote.rules import phrases as wording
from knowledge.citation import Citation  # noqa: TC001 - the codec reads the annotations
from knowledge.model import Mode  # noqa: TC001 - the same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from knowledge.errors import Message


class Act(Enum):
    """What a turn of the bot does. SMALLTALK and CLARIFY show no quotes."""

    ANSWER = "answer"
    """What each side says on a question."""
    MORE = "more"
    """Further quotes on the same question, none of them shown before."""
    SOURCE = "source"
    """Where the quotes shown last stand."""
    SMALLTALK = "smalltalk"
    """A greeting, thanks, or what the bot is."""
    CLARIFY = "clarify"
    """Asking back: the question cannot be understood."""
    SPAR = "spar"
    """A reply for the one side that the bot holds in a sparring."""
    OVERVIEW = "overview"
    """Each side's strongest quotes, on everything or on a topic."""
    POINTS = "points"
    """A side's points in order, or one of them."""
    COMPARE = "compare"
    """The sides beside each other, topic by topic."""
    VERDICT = "verdict"
    """The best of each side on what somebody wants judged; the bot takes no side."""
    REBUT = "rebut"
    """What stands against a claim."""
    REPAIR = "repair"
    """Another try, after an answer that was wrong or not understood."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The exact characters of a passage, with everything a reader needs to check them.

    `confidence` is the calibrated probability (0..1) that the passage answers the question. `also_in` cites the same
    statement in other articles; `difference` says what only one of the articles gives, None when they agree in
    substance. `number` is that of the side's point that it belongs to, where points are shown.
    """

    passage_id: str
    text: str
    citation: Citation
    voice: str
    mode: Mode
    speaker: str | None
    confidence: float
    also_in: tuple[Citation, ...] = ()
    difference: str | None = None
    number: int | None = None

    @property
    def provenance(self) -> Message:
        """How the quote reached us."""
        return wording.provenance(self.mode, self.speaker, self.citation.author)


class GapKind(Enum):
    """How sure it is that a side without a quote says nothing on the matter."""

    SILENT = "silent"
    """Nearly certain."""
    UNSURE = "unsure"
    """Something may have been missed."""


@dataclass(frozen=True, slots=True)
class Block:
    """What one side says, best quote first; `gap` states its silence and is None when there is a quote.

    `kind` says how sure that is, where it is about the question. `near` are quotes of a side of which it is unsure:
    close to what was asked, and no answer.
    """

    side: str
    quotes: tuple[Quote, ...]
    gap: Message | None
    kind: GapKind | None = None
    near: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """What the sides say on one topic: the ids of passages quoted in the blocks, by side."""

    topic: str
    passages: Mapping[str, tuple[str, ...]]

    @property
    def answered(self) -> bool:
        """Whether every side speaks on it."""
        return all(self.passages.values())


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn of the bot.

    `blocks` stand in the order in which they are shown. `asked_as` is the standalone question that was answered; it
    equals `question` unless a follow-up was resolved. `sources` are ids of the articles of the quotes, first shown
    first. `message` is the one line said beside the blocks (silence, small talk, asking back), None when the blocks
    speak for themselves. `stance` is the side closest to a statement that is rebutted. `say` is what else the bot says
    for itself, before everything; `pairs` are the topics of a comparison. `conceded`: the side in a sparring has
    nothing to reply.
    """

    question: str
    asked_as: str
    act: Act
    blocks: tuple[Block, ...]
    context: tuple[Quote, ...] = ()
    sources: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    stance: str | None = None
    message: Message | None = None
    say: tuple[Message, ...] = ()
    conceded: bool = False
    pairs: tuple[Pair, ...] = ()

    @property
    def words(self) -> tuple[Message, ...]:
        """All that the bot says for itself, in order."""
        return self.say if self.message is None else (*self.say, self.message)

    def paired(self, pair: Pair, side: str) -> tuple[Quote, ...]:
        """Return the quotes of a side in a pair; those that were dropped are not among them."""
        quotes = {quote.passage_id: quote for block in self.blocks if block.side == side for quote in block.quotes}
        return tuple(quotes[id_] for id_ in pair.passages.get(side, ()) if id_ in quotes)

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """Every quote in the order shown, context last."""
        return tuple(quote for block in self.blocks for quote in block.quotes) + self.context

    @property
    def near(self) -> tuple[Quote, ...]:
        """Every quote that is near and no answer, in the order shown."""
        return tuple(quote for block in self.blocks for quote in block.near)

    @property
    def silent(self) -> bool:
        """Whether no side says anything."""
        return not any(block.quotes for block in self.blocks)

    def keeping(self, keep: Callable[[Quote, str], bool], gap_of: Callable[[str], Message]) -> Answer:
        """Return the answer without the quotes for which `keep(quote, voice of its block)` is false.

        A side that loses its last quote is unsure, and gets `gap_of(side)`; `sources` follow what is left.
        """
        blocks = []
        for block in self.blocks:
            quotes, near = (
                tuple(quote for quote in some if keep(quote, block.side)) for some in (block.quotes, block.near)
            )
            if quotes or block.gap:
                blocks.append(replace(block, quotes=quotes, near=near))
            else:
                blocks.append(Block(block.side, quotes, gap_of(block.side), GapKind.UNSURE, near))
        context = tuple(quote for quote in self.context if keep(quote, "context"))
        kept = replace(self, blocks=tuple(blocks), context=context)
        return replace(kept, sources=sources_of(kept.quotes))


def sources_of(quotes: tuple[Quote, ...]) -> tuple[str, ...]:
    """List the ids of the quoted articles, first quoted first, each once."""
    return tuple(dict.fromkeys(quote.citation.article_id for quote in quotes))
