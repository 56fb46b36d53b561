from __future__ import annotations

import pytest

from bot.answer.rules.talk.choice import choose
from bot.answer.rules.talk.conversation import Reading, read
from bot.answer.rules.talk.history import Conversation, Said
from bot.quote.rules.points import Point, question_for
from bot.quote.rules.quote import Act
from knowledge.pack import SHIPPED, load_pack
from tests.embeddings.packs import drinks
from tests.quote.rules.findings import found, pack

START = Conversation("c")
JOINT = ",\u00a0"
SHOWN = ("audience-pawn", "ads-keep-it-free")


def after(*asked: str, shown: tuple[str, ...] = SHOWN, act: Act = Act.ANSWER) -> Conversation:
    """Make a conversation in which these questions were answered, each with the same quotes."""
    said = tuple(Said(question, question, act, "film", shown) for question in asked)
    return Conversation("c", len(said), said)


def reading_of(conversation: Conversation, text: str, want: str = "follow", *topics: str) -> Reading:
    """Read a text that surely wants one thing."""
    return read(pack(), conversation, text, {want: 1.0}, lambda _text: topics)


@pytest.mark.parametrize(
    "text",
    ["it?", "why?", "and?", "how many?", "since when", "is that true?", "what about them", "and facebook?", "?"],
)
def test_what_needs_something_said_before_is_not_understood_at_the_beginning(text: str) -> None:
    assert reading_of(START, text, "bare") in (Reading(Act.CLARIFY), Reading(Act.SMALLTALK, want="smalltalk"))


@pytest.mark.parametrize("text", ["elections", "does it sell my data", "who made the film", "What does Facebook say?"])
def test_a_question_that_names_its_matter_is_asked_as_typed(text: str) -> None:
    """Be it a keyword, or a pronoun that nothing stands for."""
    assert reading_of(START, text, "question") == Reading(Act.ANSWER, (text,))


def test_what_asks_of_the_pack_is_no_small_talk() -> None:
    """However the text may sound to a reader of turns that no example of the pack taught."""
    phones = load_pack(SHIPPED.parent / "phones")

    def read_as(text: str, before: Conversation = START) -> Reading:
        return read(phones, before, text, {"smalltalk": 1.0})

    for text in ("What does the head teacher say?", "who is Alan Brisco?", "who is the headteacher", "is a ban fair"):
        assert read_as(text) == Reading(Act.ANSWER, (text,), sides=read_as(text).sides)
    asked = Conversation("c", 1, (Said("why", "are phones bad for you", Act.ANSWER, "supporters", ()),))
    assert read_as("who is Alan Brisco?", asked).questions == ("who is Alan Brisco?",)
    for text in ("what a world", "how are you", "do you like phones", "lol", "why so slow"):
        assert read_as(text).act is Act.SMALLTALK


def test_a_question_that_hardly_says_anything_is_doubtful() -> None:
    """Only a sure answer will be one."""
    assert reading_of(START, "who made it") == Reading(Act.ANSWER, ("who made it",), doubtful=True)


@pytest.mark.parametrize("text", ["why?", "how many?", "so they want that??", "since when?"])
def test_a_text_without_matter_is_joined_to_what_was_asked(text: str) -> None:
    """The question reads on its own then."""
    joined = text.removeprefix("so ")
    reading = reading_of(after("does fb sell my data?"), text)
    assert reading == Reading(Act.ANSWER, (f"does fb sell my data{JOINT}{joined}",))


@pytest.mark.parametrize("text", ["is that true?", "what does facebook say to that?", "really?"])
def test_a_question_put_once_more_is_asked_beside_the_one_before(text: str) -> None:
    """Its answer stays most of what is found, and the question reads on from it."""
    asked = "does fb sell my data"
    reading = reading_of(after(asked), text)
    again = f"{asked}{JOINT}{text}"
    assert reading == Reading(Act.ANSWER, (asked, again), repeated=True)
    chosen = choose(
        reading, [found(asked, no_selling_information=0.9), found(again, no_selling_information=0.6, scapegoat=0.9)]
    )
    assert chosen.question == again
    assert [hit.passage_id for hit in chosen.answers("facebook")] == ["no-selling-information"]


def test_a_fragment_with_matter_may_be_asked_by_itself_or_joined() -> None:
    reading = reading_of(after("does fb sell my data"), "and what about elections?")
    assert reading.questions == ("what about elections?", f"does fb sell my data{JOINT}what about elections?")
    assert not reading.strange


@pytest.mark.parametrize(
    "text",
    [
        "Who is Tristan Harris?",
        "What did the critics say?",
        "Is the film fair to facebook?",
        "is it true they listen through the mic",
        "is it true that bans make grades better?",
        "What do they say about pigeons?",
        "ok but like why can't i stop scrolling",
        "Did a senator act in it?",
    ],
)
def test_a_complete_question_is_never_joined(text: str) -> None:
    """Be it with a pronoun that stands for nothing said before."""
    assert reading_of(after("does fb sell my data"), text, "question") == Reading(Act.ANSWER, (text,))


def test_a_question_that_may_be_something_else_is_complete_all_the_same() -> None:
    """What counts is that it is likelier to be complete than to go on from something."""
    before, text = after("who made the film"), "but why can't they stop scrolling"
    likely = {"repair": 0.35, "question": 0.2, "follow": 0.01}
    assert read(pack(), before, text, likely).questions == (text,)
    assert len(read(pack(), before, text, likely | {"follow": 0.2}).questions) > 1


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("but like why can't i stop scrolling", True),
        ("well ok and why is everyone so angry online", True),
        ("so is my data being sold or not", True),
        ("and what happens to kids then", False),
        ("but how do they earn money with us", False),
        ("so how many people was that", False),
        ("but what about the fine", False),
        ("ok but why", False),
    ],
)
def test_words_that_go_on_make_no_follow_up_of_a_complete_question(text: str, alone: bool) -> None:  # noqa: FBT001 - a value
    """Whatever the reader of turns thinks; what it points back with does."""
    reading = reading_of(after("who pays for it"), text)
    assert (reading.questions == (text,)) is alone


def test_nothing_goes_on_from_who_is_right_in_everything() -> None:
    """What names a matter is asked alone then; without one it is still about what was told."""
    before, text = after("so who wins", act=Act.VERDICT), "how did the ballot go so wrong"
    assert reading_of(before, text).questions == (text,)
    assert reading_of(before, "why?").questions == (f"so who wins{JOINT}why?",)


def test_a_side_is_asked_for_its_word_on_the_same_question() -> None:
    """In the place of the other side."""
    reading = reading_of(after("what does the film say about ads"), "and facebook?")
    assert reading.questions == ("what does Facebook say about ads",)


def test_what_is_foreign_keeps_its_own_silence() -> None:
    """The topic is kept in the words of the question, and not in what is quoted."""
    reading = reading_of(after("does fb sell my data"), "and tiktok?")
    assert (reading.questions, reading.strange) == (("tiktok?", "does tiktok sell my data"), True)
    chosen = choose(reading, [found("tiktok?"), found("does tiktok sell my data", no_selling_information=0.99)])
    assert chosen.question == "does tiktok sell my data"
    assert chosen.answers("facebook") == ()


def test_more_asks_the_last_question_again() -> None:
    """In all the ways that it was chosen among; a side may be named, or the other one."""
    more = reading_of(after(f"elections{JOINT}ads"), "go on", "more")
    assert (more.act, more.questions) == (Act.MORE, ("ads", f"elections{JOINT}ads"))
    assert reading_of(after("elections"), "more from facebook", "more").sides == ("facebook",)
    asked = after("what does facebook say about elections")
    assert reading_of(asked, "and the other side?", "other").sides == ("film",)
    assert reading_of(asked, "and the film?", "other").sides == ("film",)
    assert reading_of(asked, "what do others than the film say", "other").sides == ("facebook",)
    assert reading_of(START, "more", "more") == Reading(Act.CLARIFY)


def test_points_are_counted_and_walked() -> None:
    """By number at any time, and from the last one on."""
    assert reading_of(START, "point 4", "points").points == (Point("facebook", 4),)
    assert reading_of(START, "list the film's points", "points").points == (Point("film", 0),)
    listed = after(question_for(pack(), Point("facebook", 0)), act=Act.POINTS)
    assert reading_of(listed, "next", "points").points == (Point("facebook", 1),)
    walking = after(question_for(pack(), Point("film", 3)), act=Act.POINTS)
    assert reading_of(walking, "and then?", "points").points == (Point("film", 4),)
    assert reading_of(walking, "the one before", "points").points == (Point("film", 2),)


def test_the_other_side_of_one_point_is_not_all_that_it_has() -> None:
    """That is listed after a list alone."""
    one, every = (after(question_for(pack(), Point("facebook", number)), act=Act.POINTS) for number in (2, 0))
    for text, want in (("and the other side?", "other"), ("and the film?", "follow")):
        assert reading_of(one, text, want).points == ()
        assert reading_of(one, text, want).questions
        assert reading_of(every, text, want).points == (Point("film", 0),)


def test_an_act_goes_on_with_what_is_named() -> None:
    """A topic after a comparison is compared, a verdict is on the last answer."""
    compared = after("compare them", act=Act.COMPARE)
    on_topic = reading_of(compared, "and on privacy?", "follow", "privacy")
    assert (on_topic.act, on_topic.topics) == (Act.COMPARE, ("privacy",))
    verdict = reading_of(after("who pays for it"), "so who is right", "verdict")
    assert (verdict.topics, verdict.questions) == (("business-model",), ("who pays for it",))


def test_a_repair_is_read_alone_and_joined() -> None:
    reading = reading_of(after("who pays for it"), "no, i meant elections", "repair", "elections")
    assert (reading.act, reading.questions) == (Act.REPAIR, ("elections", f"who pays for it{JOINT}elections"))
    assert reading_of(after("who pays for it"), "huh?", "repair").questions == ("who pays for it",)


def test_a_claim_without_matter_is_about_the_last_answer() -> None:
    assert reading_of(START, "facebook is evil", "rebut").questions == ("facebook is evil",)
    reading = reading_of(after("who pays for it"), "that is not true", "rebut")
    assert (reading.questions, reading.topics) == (("who pays for it",), ("business-model",))


def test_a_quote_is_asked_for_by_its_number() -> None:
    """On the question that it was shown for."""
    reading = reading_of(after("who pays for it"), "tell me more about the second one", "more")
    assert reading == Reading(Act.ANSWER, ("who pays for it",), passage="ads-keep-it-free")


def test_sides_are_those_of_the_pack() -> None:
    """Nothing about the shipped ones is known here."""
    tea = Conversation("c", 1, (Said("x", "what does tea say on sleep", Act.ANSWER, "tea", ()),))
    assert read(drinks(), tea, "and coffee?", {}).questions == ("what does Coffee say on sleep",)


def test_one_of_one_is_chosen() -> None:
    only = found("elections", election_measures=0.9)
    assert choose(Reading(Act.ANSWER, ("elections",)), [only]) is only


def test_quotes_that_a_pack_no_longer_holds_are_not_counted() -> None:
    """A logged conversation may be older than the pack."""
    old = after("elections", shown=("gone", "demonizes"))
    assert reading_of(old, "the second quote", "more") == Reading(Act.CLARIFY)
