"""A lesson: its prompts, votes, answers and participants.

People are pseudonyms here, and random codes in a summary.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from bot.lesson.rules.quiz import Score
from bot.quote.rules.cite.prose import check_quoted
from bot.quote.rules.cite.verdict import VERIFIED
from bot.values.ballot import LEAST, Outcome, outcome_of
from bot.values.passage import FIRST_PACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from random import Random

    from bot.answer.rules.sparring import Sparred
    from bot.lesson.rules.quiz_run import HeldQuiz
    from knowledge.model import Pack, Topic

AGREE: Final = "agree"
DISAGREE: Final = "disagree"
UNSURE: Final = "unsure"
CHOICES: Final = (AGREE, DISAGREE, UNSURE)
"""The votes one can cast on a prompt, in the order in which they are counted."""

LONGEST_ANSWER: Final = 2000
"""Characters of a student's answer."""

LONGEST_TITLE: Final = 100

LESSONS_KEPT: Final = timedelta(days=30)
"""How long lessons are kept with all they gathered, unless turns are kept for less."""

MOST_ASKED: Final = 5
"""How many questions and topics a summary names."""

_CODE_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_DIGITS: Final = "23456789"
"""Without look-alikes."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A class session in one channel; `ended_utc` is None while it lasts.

    `teacher` is a pseudonym, None once that person is forgotten. With `names`, answers show classmates who wrote them;
    the teacher can always see it. If it is not `logged`, only counts are kept when it ends.
    """

    id: str
    guild: str
    channel: int
    teacher: str | None
    title: str | None
    logged: bool
    names: bool
    started_utc: str
    ended_utc: str | None
    pack: str = FIRST_PACK


@dataclass(frozen=True, slots=True)
class Posting:
    """A prompt posted in a channel, as a message with buttons.

    `prompt` is the prompt's id; `message` is Discord's id, None until the prompt is shown. `names` says whether answers
    show who wrote them. `revealed` lists the sides whose quotes all have seen: once there is one, votes count as cast
    after the reveal. `voters` and `answers` are counts; `result` is None until the prompt is closed, for votes are
    secret. `due_utc` is when a schedule wanted it, None if a person asked for it.
    """

    id: str
    guild: str
    channel: int
    prompt: str
    posted_utc: str
    due_utc: str | None = None
    message: int | None = None
    lesson: str | None = None
    names: bool = True
    revealed: tuple[str, ...] = ()
    closed_utc: str | None = None
    voters: int = 0
    answers: int = 0
    result: Outcome | None = None
    pack: str = FIRST_PACK


@dataclass(frozen=True, slots=True)
class StudentAnswer:
    """What a student wrote on a prompt; `number` identifies it in the log.

    The teacher sees `name`; `named` says whether classmates see it too.
    """

    number: int
    posting: str
    prompt: str
    person: str
    name: str
    named: bool
    text: str
    answered_utc: str


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question to the bot; `passage` was quoted first, None where no side was.

    `asked_back`: the bot did not understand it, and asked a question back.
    """

    person: str
    question: str
    passage: str | None
    asked_back: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """A lesson in numbers: all that is kept of one that is not logged.

    `people` took part in any way; `silent` counts the questions on which no side is quoted; `voters` sums the
    voters of each prompt.
    """

    people: int = 0
    asked: int = 0
    silent: int = 0
    voters: int = 0
    answers: int = 0
    cited: int = 0


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that a lesson gathered.

    `voted` counts the prompts on which each person voted; `scores` add up all quizzes. In both, somebody who did
    nothing else has the mark that stands for them. `sparred` are the sparrings that began in it, oldest first. `kept`
    replaces people's rows once these are deleted.
    """

    lesson: Lesson
    postings: tuple[Posting, ...]
    quizzes: tuple[HeldQuiz, ...]
    asked: tuple[AskedQuestion, ...]
    answers: tuple[StudentAnswer, ...]
    voted: Mapping[str, int]
    scores: Mapping[str, Score]
    sparred: tuple[Sparred, ...] = ()
    kept: Tally | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """How often a student asked, voted, answered and quoted word for word, and their score in quizzes."""

    code: str
    name: str | None
    asked: int
    voted: int
    answered: int
    cited: int
    guessed: Score


@dataclass(frozen=True, slots=True)
class LessonSummary:
    """A lesson as its teacher sees it.

    `topics` and `questions` are those asked most, with how often; `unanswered` are the questions on which no side
    was quoted, `asked_back` those that the bot did not understand. `participants` are sorted by their random codes;
    `sparred` are sparrings, each with the code of the student, in the same order.
    """

    lesson: Lesson
    tally: Tally
    topics: tuple[tuple[Topic, int], ...]
    questions: tuple[tuple[str, int], ...]
    unanswered: tuple[str, ...]
    asked_back: tuple[str, ...]
    postings: tuple[Posting, ...]
    quizzes: tuple[HeldQuiz, ...]
    participants: tuple[Participant, ...]
    sparred: tuple[tuple[str, Sparred], ...] = ()


def shift_of(before: Mapping[str, str], after: Mapping[str, str], least: int = LEAST) -> Outcome:
    """Compare votes before and after the reveal, each from people to CHOICES; UNSURE counts as undecided.

    Sums of fewer than `least` people are left out.
    """

    def decided(votes: Mapping[str, str]) -> dict[str, str | None]:
        return {person: None if choice == UNSURE else choice for person, choice in votes.items()}

    return outcome_of((AGREE, DISAGREE), decided(before), decided(after), least)


def is_quoting(pack: Pack, text: str) -> bool:
    """Return whether a text holds words in quotation marks that stand in an article word for word."""
    return any(checked.verdict in VERIFIED for checked in check_quoted(pack, text))


def codes_of(people: Iterable[str], random: Random) -> dict[str, str]:
    """Assign each person a random code such as KD7. Raises ValueError for too many people."""
    known = sorted(set(people))
    every = [f"{first}{second}{digit}" for first in _CODE_LETTERS for second in _CODE_LETTERS for digit in _CODE_DIGITS]
    if len(known) > len(every):
        raise ValueError(f"there are {len(every)} codes, and {len(known)} people")
    return dict(zip(known, random.sample(every, len(known)), strict=True))


def summary_of(pack: Pack, gathered: Gathered, random: Random, *, named: bool = False) -> LessonSummary:
    """Sum up a lesson, without its teacher; `named` adds the names of people who wrote an answer to their codes."""
    cited = Counter(answer.person for answer in gathered.answers if is_quoting(pack, answer.text))
    understood = [asked for asked in gathered.asked if not asked.asked_back]
    questions = Counter(asked.question for asked in understood)
    known = {passage.id: passage.topics for passage in pack.passages}
    topics = Counter(topic for asked in gathered.asked for topic in known.get(asked.passage or "", ()))
    order = {topic.id: place for place, topic in enumerate(pack.topics)}
    most = sorted(topics, key=lambda topic: (-topics[topic], order[topic]))
    codes = codes_of(_people(gathered), random)
    sparred = [(codes[each.person], each) for each in gathered.sparred if each.person in codes]
    return LessonSummary(
        gathered.lesson,
        gathered.kept or _tally(gathered, cited),
        tuple((pack.topic(topic), topics[topic]) for topic in most[:MOST_ASKED]),
        tuple(questions.most_common(MOST_ASKED)),
        tuple(dict.fromkeys(asked.question for asked in understood if asked.passage is None)),
        tuple(dict.fromkeys(asked.question for asked in gathered.asked if asked.asked_back)),
        gathered.postings,
        gathered.quizzes,
        _participants(gathered, cited, codes, named=named),
        tuple(sorted(sparred, key=itemgetter(0))),
    )


def _tally(gathered: Gathered, cited: Counter[str]) -> Tally:
    return Tally(
        people=len(_people(gathered)),
        asked=len(gathered.asked),
        silent=sum(asked.passage is None and not asked.asked_back for asked in gathered.asked),
        voters=sum(posting.voters for posting in gathered.postings),
        answers=len(gathered.answers),
        cited=cited.total(),
    )


def _participants(
    gathered: Gathered, cited: Counter[str], codes: Mapping[str, str], *, named: bool
) -> tuple[Participant, ...]:
    asked = Counter(question.person for question in gathered.asked)
    answered = Counter(answer.person for answer in gathered.answers)
    names = {answer.person: answer.name for answer in gathered.answers} if named else {}
    rows = (
        Participant(
            code,
            names.get(person),
            asked[person],
            gathered.voted.get(person, 0),
            answered[person],
            cited[person],
            gathered.scores.get(person, Score(0, 0)),
        )
        for person, code in codes.items()
    )
    return tuple(sorted(rows, key=lambda row: row.code))


def _people(gathered: Gathered) -> set[str]:
    """Return everybody who took part."""
    people = {asked.person for asked in gathered.asked} | {answer.person for answer in gathered.answers}
    people |= {each.person for each in gathered.sparred}
    return (people | gathered.voted.keys() | gathered.scores.keys()) - {gathered.lesson.teacher}
