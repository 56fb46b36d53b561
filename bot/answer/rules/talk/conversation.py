"""What the next thing said in a conversation means, read against what was asked and what was shown before.

What is wanted is learnt (`embeddings/learnt/turn_classifier.py`); here stands what is structure: numbers, sides, what a
text goes on from. A reading may leave several questions open; the one that finds the better answer is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.answer.rules.talk import followups
from bot.answer.rules.talk.counting import POINTS, counted
from bot.quote.rules import points
from bot.quote.rules.points import Point
from bot.quote.rules.quote import Act
from bot.quote.rules.vocabulary import understood
from bot.quote.rules.words import SAYING, VAGUE, word_set
from knowledge.reading.questions import WANTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.answer.rules.talk.history import Conversation, Said
    from bot.quote.rules.vocabulary import Utterance
    from knowledge.model import Pack

_BEFORE: Final = word_set("this that these those them his her hers other others too")
"""Words that send the reader back to what was said before, and to nothing else."""

_LIKEWISE: Final = word_set("too also well")
"""Words with which a side is put beside another, not asked for its word."""

_TELLING: Final = 3
"""Words from which a text that names no matter may still mean something: "who made it"."""

UNSURE: Final = 0.25
"""Probability of an act below which a text that names no matter is asked back."""

LIKELY: Final = 0.4
"""Probability from which on a text is taken for anything but a question."""

_CLAIMED: Final = 0.95
"""Probability from which on even a text with a question mark is a claim."""

_QUESTION: Final = 0.8
"""Share of the probability of a question of any sort from which on a text is one of its own, joined to nothing."""

_ON: Final = 4
"""Most words of a text that asks for the next point, or for what was said in short."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a turn means: an act, what is wanted with it, and the questions that it may ask (none for small talk).

    Two questions are the text by itself, and joined to what it was said after. `repeated`: the last only repeats those
    before it. `strange`: the text is about something foreign to the pack. `doubtful`: it may mean nothing, so only a
    sure answer counts. `sides` are those that it is about, none for all; `topics` those that it names, or goes on
    from. `points` are asked for, `passage` is a quote shown before that is asked for. `told` is the question in the
    person's own words, where another was searched for.
    """

    act: Act
    questions: tuple[str, ...] = ()
    repeated: bool = False
    strange: bool = False
    doubtful: bool = False
    want: str = ""
    sides: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    passage: str | None = None
    told: str | None = None


def read(
    pack: Pack,
    conversation: Conversation,
    text: str,
    leaning: Mapping[str, float],
    topics_in: Callable[[str], tuple[str, ...]] = lambda _text: (),
) -> Reading:
    """Read what a person says in a conversation.

    `leaning` has the probability of everything that may be wanted, as `Retriever.lean` returns it; `topics_in` finds
    the topics that words name, as `Retriever.topics_in` does.
    """
    said = understood(pack, text)
    if not said.words:
        return Reading(Act.SMALLTALK if text else Act.CLARIFY, want="smalltalk")
    conversation = conversation.within(pack)
    want, topics = _wanted(leaning), topics_in(_subject(said))
    doubted = want == "rebut" and text.endswith("?") and leaning[want] < _CLAIMED
    idle = want == "smalltalk" and not topics and not followups.asks_of_the_pack(pack, said)
    if doubted or (want == "rebut" and followups.is_added(said)) or (want == "smalltalk" and not idle):
        want = "follow"
    last = conversation.last
    listed = last is not None and last.act is Act.POINTS and want in {"points", "rebut", "compare", "verdict"}
    number = counted(pack, conversation, said, listed=listed)
    if number is not None and WANTS[want] not in {"rebut", "compare", "verdict", "source"}:
        return _counted(pack, conversation, number.point, number.passage)
    act = Act(WANTS[want])
    reading = Reading(act, want=want, sides=said.sides if len(said.sides) == 1 else (), topics=topics)
    if act in {Act.SMALLTALK, Act.SOURCE}:
        return reading
    turn = _Turn(pack, conversation, said, leaning, number.point if number else None, topics_in)
    return _READERS.get(act, _in_its_place)(turn, reading)


def _subject(said: Utterance) -> str:
    """Return the words of a text that name what it is about."""
    return " ".join(form for form in said.matter if form not in POINTS)


_OF_ALL: Final = frozenset({Act.OVERVIEW, Act.COMPARE, Act.POINTS})
"""Acts that may be about everything."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is said, and where: `point` is the point that it names by its number."""

    pack: Pack
    conversation: Conversation
    said: Utterance
    leaning: Mapping[str, float]
    point: Point | None
    topics_in: Callable[[str], tuple[str, ...]]

    def topics_of(self, last: Said) -> tuple[str, ...]:
        """Return what an earlier turn was about: what its question names, else what was quoted in it."""
        named = self.topics_in(_subject(understood(self.pack, last.asked_as)))
        return named if named and last.act not in _OF_ALL else _about(self.pack, last.shown)


def _wanted(leaning: Mapping[str, float]) -> str:
    """Return what is most likely wanted, of the act that is; where none is likely, it is a question."""
    acts: dict[str, float] = {}
    for want, share in leaning.items():
        acts[WANTS[want]] = acts.get(WANTS[want], 0.0) + share
    act = max(acts, key=acts.__getitem__, default=Act.ANSWER.value)
    if acts.get(act, 0.0) < LIKELY or act == Act.ANSWER.value:
        return "follow"
    return max((want for want in leaning if WANTS[want] == act), key=leaning.__getitem__)


def _act_share(leaning: Mapping[str, float], act: str) -> float:
    return sum(share for want, share in leaning.items() if WANTS[want] == act)


def _is_whole(leaning: Mapping[str, float]) -> bool:
    """Return whether a question is likelier to stand on its own than to go on from something."""
    own = leaning.get("question", 0.0)
    return own > _QUESTION * _act_share(leaning, "answer")


def _counted(pack: Pack, conversation: Conversation, point: Point | None, passage: str | None) -> Reading:
    """Read "the second point", "and the last one"."""
    if point is not None:
        return Reading(Act.POINTS, want="points", points=(point,))
    if passage is None or conversation.topic is None:
        return Reading(Act.CLARIFY)
    questions = followups.questions_in(pack, _frame(pack, conversation.topic))
    return Reading(Act.ANSWER, questions, passage=passage)


def _asking(turn: _Turn, reading: Reading) -> Reading:
    """Read a question, which may go on from what was said before."""
    pack, conversation, said, leaning = turn.pack, turn.conversation, turn.said, turn.leaning
    whole = _is_whole(leaning) or followups.is_whole_after_links(pack, said)
    if not whole and not followups.stands_alone(said) and (likewise := _likewise(turn, reading)):
        return likewise
    topic = conversation.topic
    if topic is None:
        first = _first(said)
        if leaning and _act_share(leaning, "answer") < UNSURE and not said.matter and not said.mentions:
            first = Reading(Act.CLARIFY)
        empty = leaning.get("bare", 0.0) >= _QUESTION and not said.mentions
        return replace(first, doubtful=True) if empty and first.questions else first
    if (whole or _goes_nowhere(turn, topic)) and (followups.has_matter(said) or said.mentions):
        return Reading(Act.ANSWER, (said.text,))
    return _following(pack, topic, said)


def _goes_nowhere(turn: _Turn, last: Said) -> bool:
    """Return whether an earlier turn asked who is right in everything: no question goes on from that."""
    return last.act is Act.VERDICT and not turn.topics_in(_subject(understood(turn.pack, last.asked_as)))


def _likewise(turn: _Turn, reading: Reading) -> Reading | None:
    """Read "and on hate?", "and the club?" after what was told; None where it is not that."""
    pack, last, said = turn.pack, turn.conversation.told, turn.said
    if last is None or said.pointing:
        return None
    if last.act in _OF_ALL and reading.topics and len(said.matter) <= len(reading.topics):
        return replace(reading, act=last.act, want=last.act.value, points=_lists(pack, last, said))
    if said.matter or not said.mentions:
        return None
    if last.act is Act.VERDICT:
        return replace(reading, act=last.act, want="best")
    told = last.act in {Act.POINTS, Act.OVERVIEW} and not _is_one(pack, last)
    return replace(reading, act=last.act, want=last.act.value, points=_lists(pack, last, said)) if told else None


def _further(turn: _Turn, reading: Reading) -> Reading:
    """Read a request for further quotes; before anything was answered it cannot be understood."""
    pack, conversation, said = turn.pack, turn.conversation, turn.said
    last = conversation.last
    if last is None:
        return Reading(Act.ANSWER, (said.text,)) if reading.topics else Reading(Act.CLARIFY)
    if reading.want == "other" and not followups.only_names(said):
        spoken = said.sides or _spoken_for(pack, last)
        others = tuple(side for side in pack.side_ids if side not in spoken)
        reading = replace(reading, sides=others if others and len(others) < len(pack.side_ids) else ())
    if last.act is Act.POINTS and (not _is_one(pack, last) if reading.want == "other" else not said.mentions):
        return _pointing(turn, replace(reading, act=Act.POINTS))
    topic = conversation.topic
    if topic is None or last.act in {Act.OVERVIEW, Act.COMPARE}:
        return replace(reading, topics=reading.topics)
    questions = followups.questions_in(pack, _frame(pack, topic))
    strange = followups.is_strange(pack, understood(pack, questions[0]))
    return replace(reading, questions=questions, strange=strange)


def _spoken_for(pack: Pack, last: Said) -> tuple[str, ...]:
    """Return the side that a turn was about: the one that its question names, or that spoke in it alone."""
    named = understood(pack, last.asked_as).sides
    spoke = dict.fromkeys(pack.passage(id_).voice for id_ in last.shown)
    own = tuple(side for side in pack.side_ids if side in spoke)
    return named if len(named) == 1 else own if len(own) == 1 else (last.first_side,)


def _lists(pack: Pack, last: Said, said: Utterance) -> tuple[Point, ...]:
    sides = said.sides or ((point.side,) if (point := points.point_in(pack, last.asked_as)) else pack.side_ids)
    return tuple(Point(side, 0) for side in sides)


def _is_one(pack: Pack, last: Said) -> bool:
    """Return whether a turn told one point, to which another side is asked for its word, and not for all of its own."""
    point = points.point_in(pack, last.asked_as)
    return point is not None and point.number > 0


def _pointing(turn: _Turn, reading: Reading) -> Reading:
    """Read a request for points: all of a side, or the next one after those shown."""
    pack, conversation, said = turn.pack, turn.conversation, turn.said
    last = conversation.last
    current = points.point_in(pack, last.asked_as) if last is not None and last.act is Act.POINTS else None
    if reading.want == "other":
        return replace(reading, points=tuple(Point(side, 0) for side in reading.sides or pack.side_ids))
    if current is not None and not said.mentions and not reading.topics and len(said.words) <= _ON:
        return replace(reading, points=(Point(current.side, current.number + 1),))
    named = said.sides if "both" in said.forms else said.sides[:1]
    sides = named or ((current.side,) if current else pack.side_ids)
    return replace(reading, points=tuple(Point(side, 0) for side in sides))


_OPPOSING: Final = word_set(
    "against opposite opposing contrary counter counters disagree dispute disputed contest contested contradict object "
    "objection reply comeback antithesis view answer speak speaks hold held cuts stand stands prove proof wrong true "
    "lie lies rubbish nonsense fake bull people guys nah"
)
"""Words of a text that asks for the opposite of what was said, and brings no claim of its own."""


def _claiming(turn: _Turn, reading: Reading) -> Reading:
    """Read a claim; one that says nothing of its own is about what was said before."""
    pack, conversation, said, point = turn.pack, turn.conversation, turn.said, turn.point
    if point is not None:
        return replace(reading, points=(point,))
    topic = conversation.topic
    if topic is None or not _OPPOSING.issuperset(said.matter):
        return replace(reading, questions=(said.text,)) if followups.has_matter(said) else Reading(Act.CLARIFY)
    spoke = () if reading.sides else _spoken_for(pack, topic)
    others = tuple(side for side in pack.side_ids if side not in spoke) if spoke != (topic.first_side,) else ()
    return replace(
        reading, questions=(_frame(pack, topic),), sides=reading.sides or others, topics=turn.topics_of(topic)
    )


def _repairing(turn: _Turn, reading: Reading) -> Reading:
    """Read what somebody meant instead: their own words, alone and joined to the question before."""
    pack, conversation, said = turn.pack, turn.conversation, turn.said
    topic = conversation.topic
    if conversation.last is None:
        return Reading(Act.ANSWER, (said.text,), doubtful=True) if reading.topics else Reading(Act.CLARIFY)
    own = followups.core(said)
    if topic is None:
        return replace(reading, questions=(own,) if reading.topics else ())
    frame = _frame(pack, topic)
    if reading.topics or (own != said.text and followups.has_matter(understood(pack, own))):
        return replace(reading, questions=(own, followups.joined(understood(pack, own), frame)))
    return replace(reading, questions=followups.questions_in(pack, frame))


def _in_its_place(turn: _Turn, reading: Reading) -> Reading:
    """Read an overview or a comparison: on what it names, on a point, or on what was said before."""
    pack, last, point = turn.pack, turn.conversation.last, turn.point
    if reading.topics:
        return reading
    if point is not None:
        shown = [passage.id for passage in points.passages_of(pack, point)]
        return replace(reading, topics=_about(pack, shown))
    if reading.act is Act.OVERVIEW and not _WHOLE.isdisjoint(turn.said.forms):
        return replace(reading, sides=())
    short = len(turn.said.words) <= _ON and not turn.said.mentions and "both" not in turn.said.forms
    beside = short or reading.act is Act.COMPARE
    if last is None or not (turn.said.pointing or (beside and last.act not in _OF_ALL)):
        return reading
    return replace(reading, topics=turn.topics_of(last))


_WHOLE: Final = word_set("about debate discussion controversy fight quarrel dispute")
"""Words of a text that asks what it all is about, though it may call it by a side's name."""


def _judging(turn: _Turn, reading: Reading) -> Reading:
    """Read who is right, or what to do: in what it names, or in what was said before."""
    pack, conversation, said = turn.pack, turn.conversation, turn.said
    last, topic = conversation.last, conversation.topic
    if reading.topics or (not said.pointing and (followups.has_matter(said) or said.mentions)):
        return replace(reading, questions=(said.text,))
    if turn.point is not None or last is None:
        return _in_its_place(turn, reading)
    if topic is last and followups.has_matter(said):
        return replace(reading, questions=_following(pack, topic, said).questions)
    sides = reading.sides or (_spoken_for(pack, last) if reading.want == "best" and last.act is Act.POINTS else ())
    questions = followups.questions_in(pack, _frame(pack, topic)) if topic is last and not reading.sides else ()
    return replace(reading, sides=sides, topics=turn.topics_of(last), questions=questions)


_READERS: Final[Mapping[Act, Callable[[_Turn, Reading], Reading]]] = {
    Act.ANSWER: _asking,
    Act.MORE: _further,
    Act.POINTS: _pointing,
    Act.REBUT: _claiming,
    Act.REPAIR: _repairing,
    Act.VERDICT: _judging,
}

_ONE_ANSWER: Final = 4
"""Quotes of an answer to one question."""

_SEVERAL: Final = 3
"""Topics from which on an answer was about everything."""


def _about(pack: Pack, shown: Sequence[str]) -> tuple[str, ...]:
    """Return what quotes are about; none where that is everything."""
    first = [pack.passage(id_).topics[0] for id_ in shown]
    found = tuple(sorted(dict.fromkeys(first), key=lambda topic: -first.count(topic)))
    if len(found) < _SEVERAL:
        return found
    return found[:1] if first.count(found[0]) > 1 or len(shown) <= _ONE_ANSWER else ()


def _frame(pack: Pack, topic: Said) -> str:
    """Return what a follow-up is asked about; a point is searched for by what it says."""
    point = points.point_in(pack, topic.asked_as)
    passages = points.passages_of(pack, point) if point else ()
    return points.question_about(pack, passages[0]) if passages else followups.frame_of(pack, topic.asked_as)


def _first(said: Utterance) -> Reading:
    """Read a text before which nothing was answered: one that goes on from something cannot be understood."""
    if followups.is_cut_short(said):
        return Reading(Act.CLARIFY)
    if followups.has_matter(said):
        return Reading(Act.ANSWER, (said.text,))
    linked = said.forms[0] in followups.LINKS
    telling = bool(said.mentions) or not (VAGUE | SAYING).isdisjoint(said.forms)
    back = not _BEFORE.isdisjoint(said.forms) and (said.pointing or not said.mentions)
    if linked or back or not telling:
        return Reading(Act.CLARIFY)
    if said.mentions and not said.pointing:
        return Reading(Act.ANSWER, (said.text,))
    return Reading(Act.ANSWER, (said.text,), doubtful=True) if len(said.words) >= _TELLING else Reading(Act.CLARIFY)


def _following(pack: Pack, topic: Said, said: Utterance) -> Reading:
    if followups.stands_alone(said):
        return Reading(Act.ANSWER, (said.text,))
    point = points.point_in(pack, topic.asked_as)
    if point is not None:
        if not point.number and followups.has_matter(said):
            return Reading(Act.ANSWER, (said.text,))
        return replace(_joined(pack, _frame(pack, topic), said), told=said.text)
    return _joined(pack, _frame(pack, topic), said)


def _joined(pack: Pack, frame: str, said: Utterance) -> Reading:
    if not followups.has_matter(understood(pack, followups.core(said))):
        joined = followups.joined(said, frame)
        of_side = bool(said.mentions) and _LIKEWISE.isdisjoint(said.forms)
        asked = followups.of_side(pack, said, frame) if of_side else joined
        if asked != joined or not followups.asks_again(pack, said):
            return Reading(Act.ANSWER, (asked,))
        before = followups.questions_in(pack, frame)
        strange = followups.is_strange(pack, understood(pack, before[0]))
        return Reading(Act.ANSWER, (*before, joined), repeated=True, strange=strange)
    alone = followups.core(said)
    joined = followups.of_name(pack, said, frame) or followups.joined(said, frame)
    return Reading(Act.ANSWER, (alone, joined), strange=followups.is_strange(pack, said))
