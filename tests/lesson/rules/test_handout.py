"""Handouts: which quotes stand on a sheet, whole and proven, and what stands beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.lesson.rules.handout import QUOTES_A_SIDE, Handout, Sheet, handout_of, shared_topics
from bot.lesson.rules.prompt import Kind
from bot.quote.rules import phrases as wording
from bot.quote.rules.verification import fault_of
from knowledge.errors import Fault, UserError
from knowledge.model import CONTEXT
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.knowledge.conftest import TinyPack

TOPICS = tuple(topic.id for topic in pack().topics)


def sheet(topic: str) -> Sheet:
    (made,) = handout_of(pack(), [topic]).sheets
    return made


@pytest.mark.parametrize("topic", TOPICS)
def test_every_quote_is_whole_and_stands_under_its_voice(topic: str) -> None:
    """Each is a passage of the pack, numbered in the order of the sheet, and no statement stands there twice."""
    made = sheet(topic)
    entries = [(column.voice, entry) for column in made.spoken for entry in column.entries]
    assert [entry.number for _, entry in entries] == list(range(1, len(entries) + 1))
    for voice, entry in entries:
        assert fault_of(pack(), entry.quote, voice) is None
        assert entry.quote.text == pack().passage(entry.quote.passage_id).text
    shown = {entry.quote.passage_id for _, entry in entries}
    assert not shown & {other.id for passage in shown for other, _ in pack().parallels_of(passage)}


@pytest.mark.parametrize("topic", TOPICS)
def test_both_sides_have_a_place_and_a_silent_one_is_stated(topic: str) -> None:
    """In the sentence that answers use; the writer's silence needs none."""
    made = sheet(topic)
    assert sorted(column.voice for column in made.columns) == sorted(pack().side_ids)
    for column in made.columns:
        assert column.gap == (None if column.entries else wording.gap(pack().side(column.voice)))
        assert len(column.entries) <= QUOTES_A_SIDE
    assert (made.writer.voice, made.writer.gap) == (CONTEXT, None)


@pytest.mark.parametrize("topic", shared_topics(pack()))
def test_no_side_takes_much_more_room_than_the_other(topic: str) -> None:
    """Twice as many characters at most, unless one quote alone is longer."""
    columns = sheet(topic).columns
    lengths = [sum(len(entry.quote.text) for entry in column.entries) for column in columns]
    assert all(lengths)
    longest = max(columns, key=lambda column: sum(len(entry.quote.text) for entry in column.entries))
    assert max(lengths) <= 2 * min(lengths) or len(longest.entries) == 1


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_left_out_is_counted(topic: str) -> None:
    """Of the passages under the topic, and those that speak to the question, each statement once."""
    made = sheet(topic)
    graded = next((set(frame.gold) for frame in pack().prompts if frame.topic == topic), set())
    for column in (*made.columns, made.writer):
        passages = {
            passage.id
            for passage in pack().of_voice(column.voice)
            if topic in passage.topics or passage.id in graded | set(_answering(made.question))
        }
        repeated = [one for one in passages for other, _ in pack().parallels_of(one) if other.id in passages]
        at_most = len(passages) - len(column.entries)
        assert at_most - len(repeated) <= column.left_out <= at_most


def _answering(question: str) -> dict[str, int]:
    return next((dict(example.gold) for example in pack().questions if example.text == question), {})


def test_a_sheet_asks_the_first_prompt_of_its_topic_and_names_the_others() -> None:
    frames = [frame for frame in pack().prompts if frame.topic == "privacy"]
    made = sheet("privacy")
    assert (made.question, made.further) == (frames[0].question, tuple(frame.question for frame in frames[1:]))
    assert [(follow_up.kind, follow_up.text) for follow_up in made.follow_ups] == [
        (Kind.EVIDENCE, frames[0].evidence[0]),
        (Kind.PERSPECTIVE, frames[0].perspective[0]),
        (Kind.PERSONAL, frames[0].personal[0]),
    ]


def test_what_speaks_to_the_question_comes_first() -> None:
    for topic in {frame.topic for frame in pack().prompts}:
        gold = next(frame.gold for frame in pack().prompts if frame.topic == topic)
        for column in sheet(topic).columns:
            grades = [gold.get(entry.quote.passage_id, 0) for entry in column.entries]
            assert grades == sorted(grades, reverse=True)


def test_without_a_prompt_the_topic_asks_its_own_question() -> None:
    """And nothing is asked beside it; the passages that answer it come first."""
    bare = replace(pack(), prompts=())
    (made,) = handout_of(bare, ["privacy"]).sheets
    assert (made.question, made.follow_ups, made.further) == (pack().topic("privacy").question, (), ())
    facebook = next(column for column in made.columns if column.voice == "facebook")
    assert facebook.entries[0].quote.passage_id == "no-selling-information"


def test_a_sheet_explains_its_words_and_lists_its_sources() -> None:
    made = sheet("elections")
    assert {"interfere", "integrity"} <= {term.term for term in made.words}
    assert [source.letter for source in made.sources] == ["A", "B"]
    quoted = [entry.quote.citation.article_id for column in made.spoken for entry in column.entries]
    assert [source.article.id for source in made.sources] == list(dict.fromkeys(quoted))
    assert made.letter_of(quoted[0]) == "A"
    with pytest.raises(KeyError):
        made.letter_of("nowhere")


def test_topics_are_named_by_id_or_name_and_once_each() -> None:
    """In any case, in the order in which they were asked for."""
    made = handout_of(pack(), ["ELECTIONS", "Privacy and personal data", " privacy "])
    assert [each.topic for each in made.sheets] == ["elections", "privacy"]
    assert made.title == pack().title


def test_without_topics_all_are_taken_on_which_both_sides_speak() -> None:
    made = handout_of(pack(), [])
    assert tuple(each.topic for each in made.sheets) == shared_topics(pack())
    quoted = {each.topic for each in handout_of(pack(), TOPICS).sheets if not any(c.gap for c in each.columns)}
    assert set(shared_topics(pack())) == quoted
    assert {"privacy", "about-film"} <= quoted
    assert "usage" not in quoted
    bare = replace(pack(), prompts=())
    assert set(shared_topics(bare)) < quoted


def test_unknown_topic_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError, match='there is no topic "privcy"; did you mean "privacy"'):
        handout_of(pack(), ["privcy"])


def test_a_pack_without_prompts_or_glossary_has_handouts_too(tiny: TinyPack) -> None:
    """A topic that both sides speak about is asked with the pack's motion, any other by its own question."""
    pets = tiny.load()
    made = handout_of(pets, ["walks", "homes"])
    assert [(each.question, len(each.follow_ups), each.words) for each in made.sheets] == [
        ("Who needs a walk?", 0, ()),
        ("With “Homes” in mind, would you say: A cat makes the better pet?", 3, ()),
    ]
    assert {column.name for each in made.sheets for column in each.columns} == {"The cat club", "The dog club"}


def test_equal_packs_give_equal_handouts() -> None:
    assert handout_of(pack(), TOPICS) == handout_of(pack(), TOPICS)
    assert isinstance(handout_of(pack(), TOPICS), Handout)


def test_what_moderators_excluded_is_left_out() -> None:
    """The next best takes its place, and a side that has nothing left is stated as silent."""
    first = sheet("mental-health")
    film = next(column for column in first.columns if column.voice == "film")
    shown = {entry.quote.passage_id for entry in film.entries}
    assert shown
    (made,) = handout_of(pack(), ["mental-health"], excluding=shown).sheets
    left = next(column for column in made.columns if column.voice == "film")
    assert not shown & {entry.quote.passage_id for entry in left.entries}
    (silent,) = handout_of(pack(), ["mental-health"], excluding=pack().passage_ids).sheets
    assert [column.gap for column in silent.columns] == [
        wording.gap(pack().side(column.voice)) for column in silent.columns
    ]
    assert (silent.sources, silent.level) == ((), None)


def test_a_quote_that_is_not_its_articles_is_a_fault() -> None:
    changed = tuple(replace(article, text=article.text + " ") for article in pack().articles)
    with pytest.raises(Fault, match="is not the one whose hash the pack names"):
        handout_of(replace(pack(), articles=changed), ["privacy"])
