from __future__ import annotations

import pytest

from bot.answer.rules.talk.conversation import Lean, Reading, choose, read
from bot.answer.rules.talk.history import Conversation, Said
from bot.quote.rules.points import Point, question_for
from bot.quote.rules.quote import Act
from tests.embeddings.packs import drinks
from tests.quote.rules.findings import found, pack

START = Conversation("c")


def after(*asked: str, shown: tuple[str, ...] = ("audience-pawn", "ads-keep-it-free")) -> Conversation:
    """Make a conversation in which these questions were answered, each with the same quotes."""
    said = tuple(Said(question, question, Act.ANSWER, "film", shown) for question in asked)
    return Conversation("c", len(said), said)


@pytest.mark.parametrize("text", ["hi", "who are you?", "thanks", "what can you do", "🙂", "i have to write an essay"])
def test_small_talk_asks_no_question(text: str) -> None:
    """At the beginning and in the middle of a conversation."""
    assert read(pack(), START, text) == read(pack(), after("who pays for it"), text) == Reading(Act.SMALLTALK)


@pytest.mark.parametrize(
    "text",
    [
        "it?",
        "why?",
        "and?",
        "more",
        "the second one",
        "how many?",
        "since when",
        "is that true?",
        "what about them",
        "and facebook?",
        "the other side?",
        "What does the other side say to that?",
        "?",
    ],
)
def test_what_needs_something_said_before_is_not_understood_at_the_beginning(text: str) -> None:
    assert read(pack(), START, text) == Reading(Act.CLARIFY)


@pytest.mark.parametrize("text", ["elections", "does it sell my data", "who made the film", "What does Facebook say?"])
def test_a_question_that_names_its_matter_is_asked_as_typed(text: str) -> None:
    """Be it a keyword, or a pronoun that nothing stands for."""
    assert read(pack(), START, text) == Reading(Act.ANSWER, (text,))


def test_a_question_that_hardly_says_anything_is_doubtful() -> None:
    """Only a sure answer will be one."""
    assert read(pack(), START, "who made it") == Reading(Act.ANSWER, ("who made it",), doubtful=True)


def test_courtesies_are_no_part_of_a_question() -> None:
    """They come off before it is asked."""
    assert read(pack(), START, "hi! does fb sell my data? thx").questions == ("does fb sell my data?",)


@pytest.mark.parametrize("text", ["why?", "how many?", "so they want that??", "since when?"])
def test_a_text_without_matter_is_joined_to_what_was_asked(text: str) -> None:
    """The question reads on its own then."""
    reading = read(pack(), after("does fb sell my data"), text)
    joined = text.removeprefix("so ")
    assert reading == Reading(Act.ANSWER, (f"does fb sell my data — {joined}",))


@pytest.mark.parametrize("text", ["is that true?", "the other side?", "what does facebook say to that?", "really?"])
def test_a_question_put_once_more_is_asked_beside_the_one_before(text: str) -> None:
    """Its answer stays most of what is found, and the question reads on from it."""
    asked = "does fb sell my data"
    reading = read(pack(), after(asked), text)
    assert reading == Reading(Act.ANSWER, (asked, f"{asked} — {text}"), repeated=True)
    chosen = choose(
        reading,
        [
            found(asked, no_selling_information=0.9),
            found(f"{asked} — {text}", no_selling_information=0.6, scapegoat=0.9),
        ],
    )
    assert chosen.question == f"{asked} — {text}"
    assert [hit.passage_id for hit in chosen.answers("facebook")] == ["no-selling-information"]


def test_what_is_foreign_stays_silent_when_it_is_put_once_more() -> None:
    reading = read(pack(), after("does fb sell my data — tiktok?"), "and the film?")
    assert (len(reading.questions), reading.strange, reading.repeated) == (3, True, True)
    again = found("again", no_selling_information=0.99)
    chosen = choose(reading, [found("tiktok?"), found("joined", no_selling_information=0.99), again])
    assert (chosen.question, chosen.answers("facebook")) == ("again", ())


def test_a_fragment_with_matter_may_be_asked_by_itself_or_joined() -> None:
    reading = read(pack(), after("does fb sell my data"), "and what about elections?")
    assert reading.questions == ("what about elections?", "does fb sell my data — what about elections?")
    assert not reading.strange


def test_a_new_question_is_not_joined() -> None:
    text = "Does the film say that social media makes people depressed?"
    assert read(pack(), after("does fb sell my data"), text) == Reading(Act.ANSWER, (text,))


def test_a_side_is_asked_for_its_word_on_the_same_question() -> None:
    """In the place of the other side."""
    reading = read(pack(), after("what does the film say about ads"), "and facebook?")
    assert reading.questions == ("what does Facebook say about ads",)


def test_what_is_foreign_keeps_its_own_silence() -> None:
    """The topic is kept in the words of the question, and not in what is quoted."""
    reading = read(pack(), after("does fb sell my data"), "and tiktok?")
    assert (reading.questions, reading.strange) == (("tiktok?", "does tiktok sell my data"), True)
    chosen = choose(reading, [found("tiktok?"), found("does tiktok sell my data", no_selling_information=0.99)])
    assert chosen.question == "does tiktok sell my data"
    assert chosen.answers("facebook") == ()


def test_more_asks_the_last_question_again() -> None:
    """In all the ways that it was chosen among; a side may be named."""
    assert read(pack(), after("elections — ads"), "go on") == Reading(Act.MORE, ("ads", "elections — ads"))
    assert read(pack(), after("elections"), "more from facebook") == Reading(Act.MORE, ("elections",), side="facebook")


def test_more_on_something_foreign_is_a_question_about_it() -> None:
    """Further quotes on the last question would be no answer."""
    reading = read(pack(), after("who pays for it"), "more on tiktok?")
    assert (reading.act, reading.wavering, reading.strange) == (Act.ANSWER, False, True)


def test_a_remark_is_not_read_against_the_last_question() -> None:
    """Or that would answer it; by itself it may still be a question."""
    reading = read(pack(), after("who pays for it"), "poor kids")
    assert reading == Reading(Act.ANSWER, ("poor kids",), idle=True)


def test_the_bot_is_asked_for_its_sources_before_anything_was_quoted() -> None:
    """Then they are what it knows, and later those of its quotes."""
    assert read(pack(), START, "what are your sources") == Reading(Act.SMALLTALK)
    assert read(pack(), after("elections"), "what are your sources") == Reading(Act.SOURCE)


def test_more_of_a_point_stays_with_the_point() -> None:
    point = Point("facebook", 2)
    reading = read(pack(), after(question_for(pack(), point)), "more")
    assert (reading.act, reading.point) == (Act.MORE, point)


def test_a_source_is_asked_for_at_any_time() -> None:
    """When nothing was shown, the answer says so."""
    assert read(pack(), START, "source?") == read(pack(), after("elections"), "source?") == Reading(Act.SOURCE)


def test_a_numbered_point_is_asked_for_by_its_number() -> None:
    """And a follow-up of it is joined to what the point says."""
    listed = after("What are Facebook's seven points?")
    point = Point("facebook", 6)
    reading = read(pack(), listed, "number six pls")
    assert reading == Reading(Act.ANSWER, (question_for(pack(), point),), point=point)
    (question,) = read(pack(), after(*reading.questions), "in which languages then?").questions[1:]
    assert any(question == f"{example.text} — in which languages then?" for example in pack().questions)


def test_a_quote_is_asked_for_by_its_number() -> None:
    """On the question that it was shown for."""
    reading = read(pack(), after("who pays for it"), "tell me more about the second one")
    assert reading == Reading(Act.ANSWER, ("who pays for it",), passage="ads-keep-it-free")


def test_sides_are_those_of_the_pack() -> None:
    """Nothing about the shipped ones is known here."""
    tea = Conversation("c", 1, (Said("x", "what does tea say on sleep", Act.ANSWER, "tea", ()),))
    assert read(drinks(), tea, "and coffee?").questions == ("what does Coffee say on sleep",)


def test_one_of_one_is_chosen() -> None:
    only = found("elections", election_measures=0.9)
    assert choose(Reading(Act.ANSWER, ("elections",)), [only]) is only


def test_quotes_that_a_pack_no_longer_holds_are_not_counted() -> None:
    """A logged conversation may be older than the pack."""
    old = after("elections", shown=("gone", "demonizes"))
    assert read(pack(), old, "the second one") == Reading(Act.CLARIFY)


# What the wording leans to


def leaning_to(want: str, share: float) -> Lean:
    """Lean to one thing, and for the rest to a question."""
    return lambda _text: {"question": 1 - share, "follow": 0.0} | {want: share}


@pytest.mark.parametrize(
    ("text", "want", "act"),
    [
        ("hit me", "more", Act.MORE),
        ("and who came up with such rubbish", "source", Act.SOURCE),
        ("roomie was half right", "smalltalk", Act.SMALLTALK),
    ],
)
def test_the_wording_decides_what_no_known_word_does(text: str, want: str, act: Act) -> None:
    """When it is sure; when it leans only a little, the text stays a question."""
    before = after("who pays for it")
    assert read(pack(), before, text, leaning_to(want, 0.9)).act is act
    assert read(pack(), before, text, leaning_to(want, 0.3)).act is Act.ANSWER


def test_at_the_beginning_the_wording_asks_back() -> None:
    """Unless the pack's own words show that something is asked about."""
    bare = leaning_to("bare", 0.7)
    assert read(pack(), START, "so this or what now", bare) == Reading(Act.CLARIFY)
    assert read(pack(), START, "who is to blame for addiction", bare).act is Act.ANSWER


def test_a_very_sure_question_overrules_the_known_words() -> None:
    """One that is less sure does not."""
    before = after("who pays for it")
    assert read(pack(), before, "more", leaning_to("question", 1.0)).act is Act.ANSWER
    assert read(pack(), before, "more", leaning_to("more", 0.4)).act is Act.MORE


def test_a_named_side_is_no_small_talk() -> None:
    """Whatever the wording leans to: nobody asks."""

    def lean(_text: str) -> dict[str, float]:
        pytest.fail("it was asked")

    assert read(pack(), START, "does facebook sell my data", lean).act is Act.ANSWER
    assert read(pack(), START, "facebook is a bit much", leaning_to("smalltalk", 0.9)).act is Act.ANSWER
