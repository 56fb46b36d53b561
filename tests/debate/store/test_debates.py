"""Debates as rows: kept, found again, forgotten, and deleted in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

from bot.debate.rules.commands import (
    CallNext,
    CastBallot,
    End,
    Join,
    MakePoint,
    Next,
    Person,
    RaiseHand,
    ShowEvidence,
    Start,
)
from bot.debate.rules.events import BallotCast, Called, EvidenceShown, HandRaised, Joined, Met, PointMade, Started
from bot.debate.rules.state import fold
from bot.debate.store import debates
from bot.debate.store.debates import DebateHead, Happening, OutOfStepError
from bot.log import outbox
from bot.log.audit import acts
from bot.values.ballot import Round
from tests.debate.rules.debates import FORMAT, FOUND, MODERATOR, SIDES, Led
from tests.log.samples import NOW, ages, counted, exported, shown, traces

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config.sections import Server
    from bot.debate.rules.commands import Command
    from bot.debate.store.debates import KeptDebate
    from bot.log.log import ConversationLog

DEBATE: Final = "d1" * 16
GUILD: Final = "4711"
MOTION: Final = "Cats make better pets"
GONE, STAYS, CHIEF = "a1" * 32, "b2" * 32, "c3" * 32
ANN, BOB = Person("aaaaaaaa", "Zyxwv Ann"), Person("bbbbbbbb", "Common Bob")
OLD, BETWEEN = "2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"


@dataclass
class Kept:
    """A debate that is kept command by command."""

    log: ConversationLog
    id: str = DEBATE
    guild: str = GUILD
    now: str = NOW
    led: Led = field(default_factory=Led)
    met: set[str] = field(default_factory=set)

    def do(self, person: str, command: Command) -> None:
        """Keep what a command comes to."""
        first = len(self.led.events) + 1
        events = tuple(map(debates.as_kept, self.led.do(command)))
        code = {GONE: ANN.id, STAYS: BOB.id, CHIEF: MODERATOR.id}[person]
        audit = ("led",) if person == CHIEF else ()
        new = person not in self.met
        self.met.add(person)
        happening = Happening(self.id, self.guild, first, events, (person, code), new, audit, self.now)
        job = debates.append if first > 1 else partial(debates.begin, channel=7, motion=MOTION, pack="cats")
        self.log.write(partial(job, happening=happening)).result(10)

    def read(self) -> KeptDebate:
        """Read it."""
        kept = self.log.read(partial(debates.one, debate=self.id))
        assert kept is not None
        return kept


def start(log: ConversationLog, *, identity: str = DEBATE, guild: str = GUILD, now: str = NOW) -> Kept:
    """Keep a debate that has begun."""
    kept = Kept(log, identity, guild, now)
    kept.do(CHIEF, Start(MODERATOR, MOTION, FORMAT, SIDES))
    return kept


def hold(log: ConversationLog, *, end: bool = False) -> Kept:
    """Keep a debate in which two people vote, make points, ask for evidence and for the floor."""
    kept = start(log)
    for person, who, side in ((GONE, ANN, "cats"), (STAYS, BOB, "dogs")):
        kept.do(person, Join(who, side))
        kept.do(person, CastBallot(who, Round.BEFORE, side))
    kept.do(CHIEF, Next(MODERATOR, 0))
    for person, who in ((GONE, ANN), (STAYS, BOB)):
        kept.do(person, ShowEvidence(who, f"what of {who.name}", FOUND[0]))
    kept.do(CHIEF, Next(MODERATOR, 1))
    kept.do(CHIEF, Next(MODERATOR, 2))
    for person, who in ((GONE, ANN), (STAYS, BOB)):
        kept.do(person, MakePoint(who, f"{who.name} said so", FOUND))
        kept.do(person, RaiseHand(who))
    if end:
        kept.do(CHIEF, End(MODERATOR))
    return kept


def test_a_debate_is_read_as_it_was_kept(log: ConversationLog) -> None:
    """Its events, its people, its place."""
    kept = hold(log)
    found = kept.read()
    assert [event for _, event in found.events] == kept.led.events
    assert [number for number, _ in found.events] == list(range(1, len(kept.led.events) + 1))
    assert found.codes == {GONE: ANN.id, STAYS: BOB.id, CHIEF: MODERATOR.id}
    assert (found.guild, found.channel, found.thread, found.panel, found.told) == (GUILD, 7, None, None, 0)
    assert found.pack == "cats"
    assert found.spoilt == ()
    assert log.read(partial(debates.one, debate="e" * 32)) is None


def test_events_hold_codes_and_nobodys_pseudonym(log: ConversationLog) -> None:
    """Only the table of people says whose a code is."""
    hold(log)
    written = log.read(lambda db: [row["event"] for row in db.query("SELECT event FROM debate_event")])
    assert not [event for event in written for person in (GONE, STAYS, CHIEF) if person in event]


def test_a_debate_is_unfinished_until_its_end_is_told(log: ConversationLog) -> None:
    """And told numbers never go back."""
    kept = hold(log)
    last = len(kept.led.events)
    log.write(partial(outbox.tell, stream=DEBATE, number=last)).result(10)
    assert [one.id for one in log.read(debates.unfinished)] == [DEBATE]
    kept.do(CHIEF, End(MODERATOR))
    log.write(partial(outbox.tell, stream=DEBATE, number=3)).result(10)
    (unfinished,) = log.read(debates.unfinished)
    assert unfinished.told == last
    log.write(partial(outbox.tell, stream=DEBATE, number=last + 1)).result(10)
    assert log.read(debates.unfinished) == ()


def test_an_event_that_the_disk_has_spoilt_is_named(log: ConversationLog) -> None:
    """The others are read."""
    kept = hold(log)
    log.write(lambda db: db.execute("UPDATE debate_event SET event = '{' WHERE number = 5")).result(10)
    found = kept.read()
    assert found.spoilt == (5,)
    assert len(found.events) == len(kept.led.events) - 1


def test_debates_are_listed_newest_first(log: ConversationLog) -> None:
    """Of one guild or of all; those that ended say when."""
    start(log, identity="a" * 32, now=OLD).do(CHIEF, End(MODERATOR))
    start(log, identity="b" * 32)
    start(log, identity="c" * 32, guild="12")
    heads = log.read(partial(debates.recent, limit=9, guild=GUILD))
    assert heads == (DebateHead("b" * 32, GUILD, MOTION, NOW, None), DebateHead("a" * 32, GUILD, MOTION, OLD, OLD))
    assert [head.id[0] for head in log.read(partial(debates.recent, limit=9))] == ["b", "c", "a"]
    assert [head.id[0] for head in log.read(partial(debates.recent, limit=1))] == ["b"]
    assert [head.id[0] for head in log.read(partial(debates.beginning_with, letters="aaaa", limit=9))] == ["a"]
    assert log.read(partial(debates.beginning_with, letters="%", limit=9)) == ()


def test_what_is_deleted_meanwhile_is_not_written_to(log: ConversationLog) -> None:
    """Neither a debate that is gone, nor under a code that is nobody's any more; and nothing of it stays."""
    kept = hold(log)
    last = len(kept.led.events)
    log.forget_people([GONE]).result(10)
    with pytest.raises(OutOfStepError):
        kept.do(GONE, Join(ANN, None))
    assert kept.read().events[-1][0] == last
    log.expire({}, [GUILD], now=NOW).result(10)
    with pytest.raises(OutOfStepError):
        kept.do(STAYS, Join(BOB, None))


def test_a_person_who_leaves_takes_their_words_along(place: Path | Server, log: ConversationLog) -> None:
    """Not the debate: what others did stands there as before, with a gap where a seat, a vote or a hand was."""
    kept = hold(log)
    before = kept.read()
    assert traces(place, "zyxwv")
    counts = log.forget_people([GONE]).result(10).rows
    assert (counts["debate_person"], counts["debate_event"]) == (1, 6)
    after = kept.read()
    assert set(after.codes) == {STAYS, CHIEF}
    left = dict(after.events)
    withdrawn = [event for number, event in before.events if number not in left]
    assert [
        (type(event), event.person) for event in withdrawn if isinstance(event, Joined | BallotCast | HandRaised)
    ] == [
        (Joined, ANN.id),
        (BallotCast, ANN.id),
        (HandRaised, ANN.id),
    ]
    assert len(withdrawn) == 3
    changed = [event for number, event in before.events if number in left and left[number] != event]
    assert [(type(event), getattr(event, "person", None)) for event in changed] == [
        (Met, ANN.id),
        (EvidenceShown, ANN.id),
        (PointMade, ANN.id),
    ]
    state = fold(left.values())
    assert state is not None
    assert (state.names[ANN.id], tuple(state.hands), state.points) == ("somebody who left", (BOB.id,), 2)
    assert state.voted[Round.BEFORE] == {BOB.id}
    texts = [event.text for event in left.values() if isinstance(event, PointMade)]
    assert texts == ["[deleted by its author]", "Common Bob said so"]
    queries = [event.query for event in left.values() if isinstance(event, EvidenceShown)]
    assert queries == ["[deleted by its author]", "what of Common Bob"]
    assert {holding.rows for holding in shown(log, GONE)} == {0}
    assert traces(place, "zyxwv", GONE) == 0


def test_votes_in_a_debate_that_is_over_stay_as_nobodys(log: ConversationLog) -> None:
    """Its result was told."""
    kept = hold(log, end=True)
    before = fold(event for _, event in kept.read().events)
    log.forget_people([GONE]).result(10)
    after = fold(event for _, event in kept.read().events)
    assert before is not None
    assert after is not None
    assert after.voted == before.voted
    assert after.outcome == before.outcome


def test_a_moderator_who_leaves_leaves_the_debate(log: ConversationLog) -> None:
    """It goes on under the next one; the motion is the debate's, and the audit nobody's."""
    kept = hold(log)
    log.forget_people([CHIEF]).result(10)
    state = fold(event for _, event in kept.read().events)
    assert state is not None
    assert (state.motion, state.names[MODERATOR.id]) == (MOTION, "somebody who left")
    assert {act.person for act in log.read(partial(acts, guild=GUILD, limit=9))} == {None}


def test_a_person_takes_along_what_they_did(log: ConversationLog) -> None:
    """Under their code; being called is theirs too."""
    kept = hold(log)
    kept.do(CHIEF, CallNext(MODERATOR))
    taken = exported(log, GONE)
    assert [(row["debate"], row["code"]) for row in taken["debate_person"]] == [(DEBATE, ANN.id)]
    kinds = ["met", "joined", "ballot-cast", "evidence-shown", "point-made", "hand-raised", "called"]
    assert [row["event"]["event"] for row in taken["debate_event"]] == kinds
    assert taken["debate_event"][3]["event"]["query"] == "what of Zyxwv Ann"
    assert "Common" not in str(taken)


def test_debates_grow_old_with_their_last_event(log: ConversationLog) -> None:
    """Ended or not, with their people and events; others stay."""
    start(log, identity="a" * 32, now=OLD)
    start(log, identity="b" * 32, now=OLD).do(CHIEF, End(MODERATOR))
    lasting = start(log, identity="c" * 32, now=OLD)
    lasting.now = NOW
    lasting.do(STAYS, Join(BOB, None))
    start(log, identity="d" * 32, guild="12", now=OLD)
    counts = log.expire({GUILD: BETWEEN}, [], now=NOW).result(10).rows
    assert counts["debate"] == 2
    assert [head.id[0] for head in log.read(partial(debates.recent, limit=9))] == ["c", "d"]
    rows = log.read(lambda db: {row["debate"][0] for row in db.query("SELECT debate FROM debate_event")})
    assert rows == {"c", "d"}


def test_a_guild_takes_its_debates_along(log: ConversationLog) -> None:
    """And is known by them alone, when nobody in them is known any more."""
    hold(log)
    start(log, identity="e" * 32, guild="12")
    log.forget_people([GONE, STAYS, CHIEF]).result(10)
    assert GUILD in log.read(log.registry.guilds)
    assert {age.guild for age in ages(log)} >= {GUILD, "12"}
    log.expire({}, [GUILD], now=NOW).result(10)
    assert [head.guild for head in log.read(partial(debates.recent, limit=9))] == ["12"]
    left = log.read(lambda db: counted(db, "debate", "debate_event", "debate_person"))
    assert left == {"debate": 1, "debate_event": 3, "debate_person": 0}


def test_whose_an_event_is() -> None:
    """Of who is called, not of who calls; of nobody, where the clock did it."""
    assert debates.whose(Called(1, "chief", "ann")) == "ann"
    assert debates.whose(HandRaised(1, "bob", 1)) == "bob"
    assert debates.whose(Started(1, "chief", MOTION, FORMAT, SIDES)) == "chief"


def test_texts_that_sqlite_cannot_hold_are_mended_before_they_are_kept() -> None:
    """So that what is remembered is what is read."""
    assert debates.as_kept(Met(1, "ann", "A\x00\ud800")) == Met(1, "ann", "A\ufffd\ufffd")
