"""Sparring: the bot holds one side with that side's quotes alone, and a person argues against it, turn by turn.

No quote is shown twice, and none of another side; where the side has nothing that meets a claim, the bot says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from bot.quote.rules.composition import order_from, quote_of
from bot.quote.rules.phrases import any_of, inside
from bot.quote.rules.points import certain_hit
from bot.quote.rules.quote import Act, Answer, Block, sources_of
from knowledge.errors import Message, UserError
from knowledge.sparring import next_side

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from embeddings.hits import Findings, Hit
    from knowledge.model import Pack

SURE_MOVE: Final = 0.5
"""Probability from which a turn is another move than a claim."""

SURE_SWAP: Final = 0.7
"""… from which the sides are swapped, or a turn insists on nothing: done wrongly, a claim would go unanswered."""

AGREEING: Final = 0.95
"""Probability that a claim is the held side's own, from which it is taken as granted where nothing meets it."""

OWN: Final = 0.5
"""… a side's own, from which a quote of it is taken to say the same."""

NOTHING: Final = Message("My side has nothing quoted against that.")
NOTHING_BETTER: Final = Message("You are right to insist: my side has no better quote on that.")
ANOTHER: Final = Message("Another point of my side:")
GRANTED: Final = Message("Noted: you grant me that one. What is your next point?")
AGREED: Final = Message("That speaks for my side, so I take it as granted. What do you say against it?")
NOTED: Final = Message("Noted. What is your next point?")
NO_POINT_LEFT: Final = Message("My side has no other point left to raise. What is yours?")
NOTHING_QUOTED: Final = Message("I have not quoted anything yet.")
STOPPED: Final = Message("That was the sparring. Thank you!")


class Move(Enum):
    """What a person does in a turn, as `knowledge.sparring.MOVES` names it."""

    CLAIM = "claim"
    CHALLENGE = "challenge"
    SOURCE = "source"
    CONCEDE = "concede"
    CHANGE = "change"
    SWAP = "swap"
    STOP = "stop"
    SMALLTALK = "smalltalk"


class Reads(Protocol):
    """What reads a turn beside the rules, as `Retriever` does."""

    def rejoinders(self, found: Findings) -> Findings:
        """Return what each side has quoted against a claim; nothing where no example taught it."""

    def move(self, found: Findings) -> Mapping[str, float]:
        """Return the probability of each move."""

    def sides_of(self, found: Findings) -> Mapping[str, float]:
        """Return the probability of each side that a claim is its own."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn of a sparring, with the bot's reply, which `held` a side.

    `quoted` is the passage shown, None without one; `met`: as a reply, and not as a point of the bot's own. `supported`
    are passages of the other sides that say what the person claims.
    """

    user: str
    move: Move
    held: str
    quoted: str | None = None
    met: bool = False
    conceded: bool = False
    supported: tuple[str, ...] = ()

    @property
    def raised(self) -> bool:
        """Whether the bot raised a point of its own."""
        return self.quoted is not None and not self.met


@dataclass(frozen=True, slots=True)
class Sparring:
    """A sparring so far: which side the bot holds now, and each turn; `over` once the person has stopped."""

    held: str
    turns: tuple[Exchange, ...] = ()
    over: bool = False

    @property
    def claimed(self) -> str | None:
        """The claim that a challenge insists on: the last one against the side that is held."""
        own = [turn for turn in self.turns if turn.move is Move.CLAIM and turn.held == self.held]
        return own[-1].user if own else None

    @property
    def questions(self) -> tuple[str, ...]:
        """What must be searched for beside the next turn's own text."""
        return () if self.claimed is None else (self.claimed,)

    @property
    def last_quoted(self) -> str | None:
        """The passage quoted last; None before the first."""
        return next((turn.quoted for turn in reversed(self.turns) if turn.quoted), None)

    def quoted(self, pack: Pack) -> frozenset[str]:
        """Return what must not be quoted again: what was shown, and the same statements in other articles."""
        shown = {turn.quoted for turn in self.turns if turn.quoted in pack.passage_ids}
        same = {other.id for id_ in shown if id_ for other, _ in pack.parallels_of(id_)}
        return frozenset({id_ for id_ in shown if id_} | same)


@dataclass(frozen=True, slots=True)
class Sparred:
    """How far a sparring of a person went: what they did, and how many of their claims were met by a quote."""

    person: str
    held: str
    turns: int
    claims: int
    met: int
    granted: int

    def side(self, pack: Pack) -> str:
        """Return the name of the side that was argued against, its id where the pack has no such side (any more)."""
        return pack.side(self.held).short_name if self.held in pack.side_ids else self.held

    def line(self, pack: Pack, whose: str) -> Message:
        """Return it in one line for a moderator; `whose` stands for the person."""
        return Message(
            "- {place} against {side}: turns {turns}, claims {claims}, answered by a quote {met}, granted {granted}",
            place=whose,
            side=inside(self.side(pack)),
            turns=self.turns,
            claims=self.claims,
            met=self.met,
            granted=self.granted,
        )


def begun(pack: Pack, side: str) -> Sparring:
    """Begin a sparring against a side, by its id or one of its names (UserError)."""
    wanted = side.strip().casefold()
    for each in pack.sides:
        if wanted in {each.id, each.name.casefold(), each.short_name.casefold(), *map(str.casefold, each.aliases)}:
            return Sparring(each.id)
    raise UserError(Message("There is no side “{side}”: name one of {sides}.", side=side, sides=any_of(pack.side_ids)))


@dataclass(frozen=True, slots=True)
class Opponent:
    """What replies in a sparring: a pack, what reads turns, and passages that must not be quoted."""

    pack: Pack
    reads: Reads
    excluded: Collection[str] = ()

    def reply(
        self, sparring: Sparring, text: str, found: Sequence[Findings], move: Move | None = None
    ) -> tuple[Answer, Sparring]:
        """Reply to a turn; `found` are the findings for it and, if there is one, for the claim before it.

        A `move` was chosen, and need not be read.
        """
        leaning = self.reads.move(found[0])
        move = move or self._move(sparring, leaning)
        if move is Move.CLAIM or (move is Move.CHANGE and self._left(sparring, self._against(found[0]))):
            return self._meet(sparring, text, found[0])
        if move is Move.CHALLENGE:
            return self._insisted(sparring, text, found, leaning.get(move.value, 1.0))
        if move is Move.SOURCE:
            return self._source(sparring, text)
        exchange = Exchange(text, move, sparring.held)
        said = GRANTED if sparring.last_quoted else NOTED
        match move:
            case Move.CHANGE:
                exchange = replace(exchange, quoted=self._fresh(sparring))
                said = NO_POINT_LEFT if exchange.quoted is None else ANOTHER
            case Move.SWAP:
                held = next_side(self.pack.side_ids, sparring.held)
                sparring, exchange = replace(sparring, held=held), replace(exchange, held=held)
                said = Message("Swapped: now I hold {side}. What do you say against it?", side=self._name(held))
            case Move.STOP:
                sparring, said = replace(sparring, over=True), STOPPED
            case Move.SMALLTALK:
                said = Message("What do you say against {side}?", side=self._name(sparring.held))
        return self._said(sparring, exchange, (said,))

    def _move(self, sparring: Sparring, leaning: Mapping[str, float]) -> Move:
        likeliest = Move(max(leaning, key=leaning.__getitem__, default=Move.CLAIM.value))
        idle = likeliest is Move.CHALLENGE and sparring.claimed is None
        bar = SURE_SWAP if likeliest is Move.SWAP or idle else SURE_MOVE
        if leaning.get(likeliest.value, 0.0) < bar:
            return Move.CLAIM
        # Who insists before anything was claimed is asked for a claim.
        return Move.SMALLTALK if idle else likeliest

    def _meet(self, sparring: Sparring, text: str, found: Findings) -> tuple[Answer, Sparring]:
        held = sparring.held
        exchange = Exchange(text, Move.CLAIM, held, supported=tuple(self._supporting(held, found)))
        against = self._left(sparring, self._against(found))
        if against:
            return self._said(sparring, replace(exchange, quoted=against[0].passage_id, met=True), (), against[0])
        if self.reads.sides_of(found).get(held, 0.0) >= AGREEING:
            return self._said(sparring, replace(exchange, move=Move.CONCEDE), (AGREED,))
        # Not twice in a row: who stays on one matter would hear one thing after another on others.
        fresh = None if sparring.turns and sparring.turns[-1].raised else self._fresh(sparring)
        said = (NOTHING,) if fresh is None else (NOTHING, ANOTHER)
        return self._said(sparring, replace(exchange, quoted=fresh, conceded=True), said)

    def _insisted(
        self, sparring: Sparring, text: str, found: Sequence[Findings], sure: float
    ) -> tuple[Answer, Sparring]:
        """Try the next best quote, or say that there is none.

        The surer it is that the person insists, the more counts the claim before beside what they say now.
        """
        held, share = sparring.held, sure / 2
        own, claim = (self._against(each) for each in found[:2])
        now, before = ({hit.passage_id: hit for hit in each.hits.get(held, ())} for each in (own, claim))
        both = [
            hit._replace(
                confidence=sum(
                    part * hits[id_].confidence for part, hits in ((1 - share, now), (share, before)) if id_ in hits
                ),
            )
            for id_, hit in (before | now).items()
        ]
        both.sort(key=lambda hit: -hit.confidence)
        against = self._left(sparring, replace(own, hits={**own.hits, held: tuple(both)}))
        exchange = Exchange(text, Move.CHALLENGE, held)
        if against:
            return self._said(sparring, replace(exchange, quoted=against[0].passage_id, met=True), (), against[0])
        return self._said(sparring, replace(exchange, conceded=True), (NOTHING_BETTER,))

    def _source(self, sparring: Sparring, text: str) -> tuple[Answer, Sparring]:
        exchange = Exchange(text, Move.SOURCE, sparring.held)
        shown = sparring.last_quoted
        if shown is None or shown not in self.pack.passage_ids.difference(self.excluded):
            return self._said(sparring, exchange, (NOTHING_QUOTED,))
        quote = quote_of(self.pack, certain_hit(shown, self.pack.passage(shown).voice))
        where = Message("{place} ({provenance}).", place=quote.citation.place, provenance=quote.provenance)
        answer, after = self._said(sparring, exchange, (where,))
        return replace(answer, sources=sources_of((quote,))), after

    def _against(self, found: Findings) -> Findings:
        """Return what each side has against a claim; where no example taught that, what it says on the matter."""
        against = self.reads.rejoinders(found)
        return against if against.hits else found

    def _left(self, sparring: Sparring, found: Findings) -> list[Hit]:
        """Return the hits of the side held that may be shown, best first."""
        if sparring.held not in found.hits:
            return []
        gone = sparring.quoted(self.pack).union(self.excluded)
        return [hit for hit in found.answers(sparring.held) if hit.passage_id not in gone]

    def _supporting(self, held: str, found: Findings) -> Iterator[str]:
        owned = self.reads.sides_of(found)
        for side in self.pack.side_ids:
            if side != held and side in found.hits and owned.get(side, 0.0) >= OWN:
                yield from (hit.passage_id for hit in found.answers(side)[:1] if hit.passage_id not in self.excluded)

    def _fresh(self, sparring: Sparring) -> str | None:
        """Return a passage that carries a topic on which the side held has not been quoted yet; None without any."""
        gone = sparring.quoted(self.pack)
        touched = {topic for id_ in gone for topic in self.pack.passage(id_).topics}
        return next(
            (
                passage.id
                for passage in self.pack.of_voice(sparring.held)
                if passage.core and passage.id not in gone.union(self.excluded) and touched.isdisjoint(passage.topics)
            ),
            None,
        )

    def _name(self, side: str) -> str:
        return inside(self.pack.side(side).short_name)

    def _said(
        self, sparring: Sparring, exchange: Exchange, said: tuple[Message, ...], hit: Hit | None = None
    ) -> tuple[Answer, Sparring]:
        held = exchange.held
        shown = exchange.quoted
        quotes = () if shown is None else (quote_of(self.pack, hit or certain_hit(shown, held)),)
        answer = Answer(
            question=exchange.user,
            asked_as=exchange.user,
            act=Act.SPAR,
            blocks=tuple(Block(side, quotes if side == held else (), None) for side in order_from(self.pack, held)),
            sources=sources_of(quotes),
            say=said,
            conceded=exchange.conceded,
        )
        return answer, replace(sparring, turns=(*sparring.turns, exchange))
