"""What came of a sparring: which points were raised, met, granted or left, and what to read next; never who won."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.answer.rules.sparring import Move, Sparred
from bot.quote.rules.cite.prose import check_quoted
from bot.quote.rules.cite.verdict import verdict_on
from bot.quote.rules.composition import quote_of
from bot.quote.rules.phrases import inside
from bot.quote.rules.points import certain_hit
from knowledge.errors import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.answer.rules.sparring import Exchange, Sparring
    from bot.spar.rules.held import Held
    from knowledge.model import Pack

READ_NEXT: Final = 3
"""Points of the bot's side that are named as worth reading next."""

_BESIDE: Final = frozenset({Move.SOURCE, Move.SMALLTALK})
"""Moves that leave a point as it stands."""


class Fate(Enum):
    """What became of a point of the bot's side, by what the person did next."""

    GRANTED = "granted"
    REFUSED = "refused"
    ANSWERED = "answered"
    LEFT = "left"


_FATES: Final = {
    Fate.GRANTED: Message("you granted it"),
    Fate.REFUSED: Message("you said that it was no answer"),
    Fate.ANSWERED: Message("you argued on"),
    Fate.LEFT: Message("you left it unanswered"),
}
_FATE_OF: Final = {Move.CONCEDE: Fate.GRANTED, Move.CHALLENGE: Fate.REFUSED, Move.CLAIM: Fate.ANSWERED}


@dataclass(slots=True)
class Claim:
    """What the person claimed: passages quoted against it, and one of another side that says the same."""

    text: str
    held: str
    met: list[str] = field(default_factory=list)
    supported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of what is told at the end: its heading, and an item a line."""

    heading: Message
    items: tuple[Message, ...]


def claims_of(sparring: Sparring) -> list[Claim]:
    """Return what was claimed, in order; what was quoted after a challenge counts for the claim before it."""
    claims: list[Claim] = []
    for turn in sparring.turns:
        if turn.move is Move.CLAIM:
            claims.append(Claim(turn.user, turn.held, supported=turn.supported))
        if turn.met and turn.quoted is not None and claims and claims[-1].held == turn.held:
            claims[-1].met.append(turn.quoted)
    return claims


def points_of(sparring: Sparring) -> dict[str, Fate]:
    """Return the fate of each passage that the bot quoted, in order."""
    return {
        turn.quoted: _fate(sparring.turns[place + 1 :])
        for place, turn in enumerate(sparring.turns)
        if turn.quoted is not None
    }


def _fate(later: tuple[Exchange, ...]) -> Fate:
    following = next((turn.move for turn in later if turn.move not in _BESIDE), Move.STOP)
    return _FATE_OF.get(following, Fate.LEFT)


def counted(held: Held) -> Sparred:
    """Return how far a sparring went."""
    turns, claims = held.state.turns, claims_of(held.state)
    granted = sum(turn.move is Move.CONCEDE for turn in turns)
    met = sum(bool(claim.met) for claim in claims)
    return Sparred(held.person, held.state.held, len(turns), len(claims), met, granted)


def sections(pack: Pack, sparring: Sparring) -> tuple[Section, ...]:
    """Return all that is told at the end; parts with nothing in them are left out."""
    claims, points = claims_of(sparring), points_of(sparring)
    held = tuple(dict.fromkeys(turn.held for turn in sparring.turns))
    parts = [
        Section(Message("What you argued"), tuple(_argued(pack, claim) for claim in claims)),
        *(Section(_of(pack, side), tuple(_raised(pack, points, side))) for side in held),
        Section(
            Message("What comes nearest to your claims in the articles"),
            tuple(
                Message("You said “{claim}”: {quote}", claim=claim.text, quote=_quote(pack, claim.supported[0]))
                for claim in claims
                if claim.supported and claim.supported[0] in pack.passage_ids
            ),
        ),
        Section(Message("Points that you never answered: read these next"), tuple(_next(pack, sparring, points, held))),
        Section(Message("Your quotations"), tuple(_quotations(pack, sparring))),
    ]
    return tuple(part for part in parts if part.items)


def markdown(pack: Pack, sparring: Sparring, words: Callable[[Message], str] = str) -> str:
    """Return all of it as a file, worded by `words`."""
    lines = [f"# {words(Message('A sparring about {title}', title=pack.title))}"]
    for part in sections(pack, sparring):
        lines += ["", f"## {words(part.heading)}", "", *(f"- {words(item)}" for item in part.items)]
    return "\n".join([*lines, ""])


def _of(pack: Pack, side: str) -> Message:
    return Message("What was quoted for {side}", side=inside(pack.side(side).short_name))


def _argued(pack: Pack, claim: Claim) -> Message:
    met = [id_ for id_ in claim.met if id_ in pack.passage_ids]
    if not met:
        return Message("“{claim}”: nothing was quoted against it", claim=claim.text)
    quotes = "; ".join(f"“{pack.passage(id_).text}”" for id_ in met)
    return Message("“{claim}”: met by {quotes}", claim=claim.text, quotes=quotes)


def _raised(pack: Pack, points: dict[str, Fate], side: str) -> Iterator[Message]:
    for id_, fate in points.items():
        if id_ in pack.passage_ids and pack.passage(id_).voice == side:
            yield Message("{quote}: {fate}", quote=f"“{pack.passage(id_).text}”", fate=_FATES[fate])


def _next(pack: Pack, sparring: Sparring, points: dict[str, Fate], held: tuple[str, ...]) -> Iterator[Message]:
    """Yield strong points that the person left unanswered, then those that did not come up."""
    left = [id_ for id_, fate in points.items() if fate is Fate.LEFT and id_ in pack.passage_ids]
    gone = sparring.quoted(pack)
    unraised = [
        passage.id for side in held for passage in pack.of_voice(side) if passage.core and passage.id not in gone
    ]
    for id_ in [*left, *unraised][:READ_NEXT]:
        yield _quote(pack, id_)


def _quotations(pack: Pack, sparring: Sparring) -> Iterator[Message]:
    for turn in sparring.turns:
        for checked in check_quoted(pack, turn.user):
            yield Message("“{words}”: {verdict}", words=checked.text, verdict=verdict_on(pack, checked))


def _quote(pack: Pack, passage_id: str) -> Message:
    quote = quote_of(pack, certain_hit(passage_id, pack.passage(passage_id).voice))
    return Message("“{text}” ({place})", text=quote.text, place=quote.citation.place)
