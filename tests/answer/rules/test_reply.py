from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.rules.blame import aligned
from bot.answer.rules.reply import SURE, Speaker, recalled, turn
from bot.answer.rules.talk.choice import choose
from bot.answer.rules.talk.conversation import Reading, read
from bot.answer.rules.talk.history import Conversation, Said
from bot.quote.rules import phrases as wording
from bot.quote.rules.contract import answer_object
from bot.quote.rules.points import Point, passages_of
from bot.quote.rules.quote import Act
from bot.quote.rules.verification import verify
from bot.quote.rules.words import word_set
from embeddings.hits import StanceFinding
from tests.quote.rules.findings import Leaning, found, pack

if TYPE_CHECKING:
    from bot.quote.rules.quote import Answer
    from embeddings.hits import Findings
    from knowledge.model import Pack

START = Conversation("c")


def no_stance(found: Findings) -> StanceFinding:
    return StanceFinding(found, None, {}, {}, {})


def reply(pack: Pack, conversation: Conversation, reading: Reading, found: Findings | None, text: str) -> Answer:
    return Speaker(pack).reply(conversation, reading, found, text, no_stance)


QUESTION = "Does Facebook sell my data?"


def answered(conversation: Conversation = START, **confidences: float) -> Answer:
    findings = found(QUESTION, **confidences)
    return reply(pack(), conversation, Reading(Act.ANSWER, (QUESTION,)), findings, QUESTION)


def shown(answer: Answer) -> dict[str, list[str]]:
    """List the passages of each block, and the gaps in their place."""
    return {block.side: [quote.passage_id for quote in block.quotes] for block in answer.blocks}


def test_a_question_is_answered_from_what_was_found() -> None:
    """Each side with its quotes or its gap."""
    answer = answered(no_selling_information=0.9)
    assert shown(answer) == {"film": [], "facebook": ["no-selling-information"]}
    assert {block.side: block.gap for block in answer.blocks} == {
        "film": wording.gap(pack().side("film")),
        "facebook": None,
    }


@pytest.mark.parametrize(
    ("want", "message"),
    [
        ("greeting", "Hello! Ask me what the film and Facebook say about The Social Dilemma."),
        ("thanks", "You are welcome."),
        ("smalltalk", "All right. Ask whenever you like."),
        ("who", str(wording.of_oneself(pack()))),
    ],
)
def test_small_talk_is_answered_in_a_line_with_three_questions(want: str, message: str) -> None:
    """No quote, no gap; the questions are those of topics, other ones with every turn."""
    answer = reply(pack(), START, Reading(Act.SMALLTALK, want=want), None, "hi")
    assert (answer.act, str(answer.message), answer.quotes) == (Act.SMALLTALK, message, ())
    assert [block.gap for block in answer.blocks] == [None, None]
    assert answer.suggestions == tuple(topic.question for topic in pack().topics[:3])
    later = reply(pack(), Conversation("c", 1), Reading(Act.SMALLTALK, want=want), None, "hi")
    assert later.suggestions == tuple(topic.question for topic in pack().topics[3:6])


def test_who_leaves_is_offered_nothing() -> None:
    answer = reply(pack(), START, Reading(Act.SMALLTALK, want="farewell"), None, "bye")
    assert (str(answer.message), answer.suggestions) == ("Goodbye!", ())


def test_what_is_not_understood_is_asked_back() -> None:
    answer = reply(pack(), START, Reading(Act.CLARIFY), None, "it?")
    assert (answer.act, answer.message, answer.quotes) == (Act.CLARIFY, wording.ASKING_BACK, ())


def test_a_doubtful_question_needs_a_sure_answer() -> None:
    reading = Reading(Act.ANSWER, ("who made it",), doubtful=True)
    sure = reply(pack(), START, reading, found("who made it", demonizes=SURE), "who made it")
    unsure = reply(pack(), START, reading, found("who made it", demonizes=SURE - 0.01), "who made it")
    assert (sure.act, unsure.act) == (Act.ANSWER, Act.CLARIFY)
    assert unsure.quotes == ()


class Follows(Leaning):
    """Takes every text for a follow-up."""

    def lean(self, _known: Findings, _after: str | None) -> dict[str, float]:
        """Lean to nothing else."""
        return {"follow": 1.0}


def followed(conversation: Conversation, text: str) -> Answer:
    """Answer what goes on from a conversation with the same quote as ever."""
    answering = turn(Speaker(pack()), Follows(), conversation, text)
    asked = next(answering)
    while True:
        try:
            asked = answering.send([found(question, no_selling_information=0.9) for question in asked])
        except StopIteration as done:
            answer: Answer = done.value
            return answer


def test_a_chain_of_follow_ups_is_shown_as_it_was_searched() -> None:
    """With its middle, which the last one goes on from, too."""
    conversation = START
    for text in ("does fb sell my data", "what about elections?"):
        conversation = conversation.after(followed(conversation, text))
    asked_as = followed(conversation, "why?").asked_as
    assert asked_as.replace("\u00a0", " ") == "does fb sell my data, what about elections, why?"


def test_more_shows_only_what_was_not_shown() -> None:
    """Also what is less sure than an answer had to be; a side that spoke before has nothing further, not a gap."""
    first = answered(no_selling_information=0.9, everything_tracked=0.8)
    conversation = START.after(first)
    further = found(QUESTION, no_selling_information=0.9, everything_tracked=0.8, audience_pawn=0.3, demonizes=0.04)
    answer = reply(pack(), conversation, Reading(Act.MORE, (QUESTION,)), further, "more")
    assert shown(answer) == {"film": ["audience-pawn"], "facebook": []}
    assert {block.side: block.gap for block in answer.blocks} == {
        "film": None,
        "facebook": wording.nothing_further(pack().side("facebook")),
    }
    assert (answer.act, answer.asked_as, answer.message, answer.suggestions) == (Act.MORE, QUESTION, None, ())
    last = reply(pack(), conversation.after(answer), Reading(Act.MORE, (QUESTION,)), further, "more")
    assert (last.quotes, last.message) == ((), wording.NOTHING_FURTHER)


def test_more_of_one_side_is_of_that_side_alone() -> None:
    """The other side was not asked, so nothing is said of it."""
    conversation = START.after(answered(no_selling_information=0.9))
    further = found(QUESTION, reports_to_advertisers=0.8, everything_tracked=0.8)
    answer = reply(pack(), conversation, Reading(Act.MORE, (QUESTION,), sides=("facebook",)), further, "more from fb")
    assert shown(answer) == {"film": [], "facebook": ["reports-to-advertisers"]}
    assert [block.gap for block in answer.blocks] == [None, None]


def test_more_after_silence_is_silence() -> None:
    """What was not sure enough to be quoted is not quoted for being asked for twice."""
    conversation = START.after(answered())
    further = found(QUESTION, reports_to_advertisers=0.4)
    assert reply(pack(), conversation, Reading(Act.MORE, (QUESTION,)), further, "more").quotes == ()


def test_the_source_shows_the_last_quotes_with_their_articles() -> None:
    """In the same order, however many courtesies lie between."""
    first = answered(no_selling_information=0.9, admitted_2016=0.6, everything_tracked=0.8, hot_potato=0.9)
    conversation = START.after(first)
    thanked = conversation.after(reply(pack(), conversation, Reading(Act.SMALLTALK), None, "thanks"))
    answer = reply(pack(), thanked, Reading(Act.SOURCE), None, "source?")
    assert [quote.passage_id for quote in answer.quotes] == [quote.passage_id for quote in first.quotes]
    assert answer.sources == first.sources
    assert (answer.act, answer.message, verify(pack(), answer)) == (Act.SOURCE, None, (answer, ()))


def test_without_a_quote_there_is_no_source() -> None:
    """Which is said; before any question it asks back."""
    answer = reply(pack(), START, Reading(Act.SOURCE), None, "source?")
    assert (answer.quotes, answer.sources, answer.message) == ((), (), wording.NOTHING_SHOWN)
    assert answer.act is Act.CLARIFY
    silent = START.after(reply(pack(), START, Reading(Act.ANSWER, ("tiktok",)), found("tiktok"), "tiktok"))
    assert reply(pack(), silent, Reading(Act.SOURCE), None, "source?").act is Act.SOURCE


def test_points_are_listed_with_their_numbers() -> None:
    """All of a side's, or one of them; beyond the last it is said how many there are."""

    def pointed(*asked: Point) -> Answer:
        return reply(pack(), START, Reading(Act.POINTS, want="points", points=asked), None, "points")

    every = pointed(Point("facebook", 0))
    assert [quote.number for quote in every.quotes] == [p.point for p in pack().passages if p.point is not None]
    one = pointed(Point("facebook", 2))
    assert shown(one)["facebook"] == [passage.id for passage in passages_of(pack(), Point("facebook", 2))]
    assert {quote.number for quote in one.quotes} == {2}
    beyond = pointed(Point("facebook", 8))
    assert (beyond.quotes, str(beyond.message)) == ((), "Facebook: the points are numbered from 1 to 7.")
    film = pointed(Point("film", 0))
    assert [quote.number for quote in film.quotes] == list(range(1, len(pack().of_voice("film")) + 1))


def test_an_overview_has_as_many_quotes_of_each_side() -> None:
    """Of different topics, and near in length; a topic or a side may be asked for."""
    answer = reply(pack(), START, Reading(Act.OVERVIEW, want="overview"), None, "tldr")
    counts = [len(block.quotes) for block in answer.blocks]
    assert counts == [5, 5]
    lengths = [sum(len(quote.text) for quote in block.quotes) for block in answer.blocks]
    assert max(lengths) <= 1.25 * min(lengths)
    film = reply(pack(), START, Reading(Act.OVERVIEW, want="overview", sides=("film",)), None, "the film in short")
    assert {quote.voice for quote in film.quotes} == {"film"}
    on_ads = Reading(Act.OVERVIEW, want="overview", topics=("privacy",))
    assert all("privacy" in pack().passage(q.passage_id).topics for q in reply(pack(), START, on_ads, None, "x").quotes)


def test_a_comparison_pairs_the_sides_topic_by_topic() -> None:
    answer = reply(pack(), START, Reading(Act.COMPARE, want="compare"), None, "compare them")
    written = answer_object(answer, "c", 1, 1.0)
    relations = {pair["topic"]: pair["relation"] for pair in written["pairs"]}
    assert relations["privacy"] == relations["elections"] == "answered"
    assert relations["responsibility"] == "unanswered"
    for pair in written["pairs"]:
        quotes = [quote for side in ("film", "facebook") for quote in pair[side]]
        assert all(pair["topic"] in pack().passage(quote["passage"]).topics for quote in quotes)
    assert written["say"] == [str(wording.SIDE_BY_SIDE)]


def test_a_verdict_takes_no_side() -> None:
    """One side's best comes with the reply to it."""
    best = Reading(Act.VERDICT, want="best", sides=("facebook",), topics=("privacy",))
    answer = reply(pack(), START, best, None, "facebook's best argument")
    assert shown(answer) == {"film": ["everything-tracked"], "facebook": ["no-selling-information"]}
    assert answer.say == (wording.TAKES_NO_SIDE,)
    whole = reply(pack(), START, Reading(Act.VERDICT, want="verdict"), None, "who is right")
    assert all(block.quotes for block in whole.blocks)


def test_a_repair_never_repeats_what_was_just_shown() -> None:
    """It is sorry, tries what was meant, or offers three questions."""
    conversation = START.after(answered(no_selling_information=0.9))
    meant = Reading(Act.REPAIR, (QUESTION,), want="repair", topics=("privacy",))
    again = found(QUESTION, no_selling_information=0.9, reports_to_advertisers=0.8)
    answer = reply(pack(), conversation, meant, again, "no, i meant my data")
    assert shown(answer)["facebook"] == ["reports-to-advertisers"]
    lost = reply(pack(), conversation, Reading(Act.REPAIR, (QUESTION,), want="repair"), again, "huh?")
    assert (lost.quotes, len(lost.suggestions), lost.say) == ((), 3, (wording.SORRY,))


def test_a_claim_that_blames_a_side_is_not_its_own() -> None:
    def stance(claim: str, side: str) -> str | None:
        return aligned(pack(), replace(no_stance(found(claim)), stance=side)).stance

    assert stance("the film is lies", "film") == "facebook"
    assert stance("the film is not evil", "film") == "film"
    assert stance("facebook is evil", "film") == "film"


def test_the_bot_says_what_it_is_from_the_pack() -> None:
    said = {want: reply(pack(), START, Reading(Act.SMALLTALK, want=want), None, "x") for want in ("age", "private")}
    assert "Oct 3" in str(said["age"].message)
    assert said["private"].message == wording.NOT_KEPT


def test_a_quote_that_was_asked_for_leads_its_side_and_that_the_answer() -> None:
    reading = Reading(Act.ANSWER, (QUESTION,), passage="demonizes")
    findings = found(QUESTION, no_selling_information=0.9, everything_tracked=0.9)
    answer = reply(pack(), START, reading, findings, "the second one")
    assert shown(answer)["facebook"][0] == "demonizes"
    assert shown(answer)["film"] == ["everything-tracked"]
    assert answer.blocks[0].side == pack().passage("demonizes").voice
    heard = Conversation("c", 1, (Said(QUESTION, QUESTION, Act.ANSWER, answer.blocks[0].side, ("demonizes",)),))
    assert reply(pack(), heard, reading, findings, "the second one").blocks[0].side == answer.blocks[0].side


def test_a_conversation_comes_back_from_its_logged_answers() -> None:
    """As it was, with every act in it."""
    conversation = START
    logged = []
    turns = [
        (Reading(Act.SMALLTALK), None, "hi"),
        (Reading(Act.ANSWER, (QUESTION,)), found(QUESTION, no_selling_information=0.9, hot_potato=0.9), "and my data?"),
        (Reading(Act.SOURCE), None, "source?"),
        (Reading(Act.CLARIFY), None, "huh"),
    ]
    for number, (reading, findings, text) in enumerate(turns, start=1):
        answer = reply(pack(), conversation, reading, findings, text)
        conversation = conversation.after(answer)
        logged.append((text, json.loads(json.dumps(answer_object(answer, "c", number, 1.0)))))
    assert recalled("c", logged) == conversation


@pytest.mark.parametrize("damaged", [{}, {"sides": {}, "context": []}, {"sides": [], "act": "answer"}])
def test_a_damaged_turn_is_counted_and_otherwise_left_out(damaged: dict[str, object]) -> None:
    """The turns around it are not lost."""
    answer = answered(no_selling_information=0.9)
    whole = answer_object(answer, "c", 2, 1.0)
    conversation = recalled("c", [("x", damaged), (QUESTION, whole)])
    assert conversation == Conversation("c", 1).after(answer)


WORDS = word_set(
    "why more source the second point one last no i meant what about ads and facebook film it that they who says "
    "thanks hi you bot else other side tiktok how many 2 next — , ?"
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(sorted(WORDS)), max_size=9).map(" ".join))


def play(conversation: Conversation, text: str, loudness: float) -> Answer:
    """Take one turn, with findings that depend on the questions alone."""

    def findings(question: str) -> Findings:
        passages = [passage.id.replace("-", "_") for passage in pack().passages]
        return found(question, **{passages[(len(question) * step) % len(passages)]: loudness for step in (1, 2, 3)})

    reading = read(pack(), conversation, text, {})
    chosen = choose(reading, [findings(question) for question in reading.questions]) if reading.questions else None
    return reply(pack(), conversation, reading, chosen, text)


@given(st.lists(st.tuples(TEXTS, st.sampled_from([0.05, 0.3, 0.95])), min_size=1, max_size=6))
def test_any_conversation_gets_sound_answers(turns: list[tuple[str, float]]) -> None:
    """Nothing that is typed raises; small talk and asking back never quote; more never repeats; no side is left out."""
    conversation = START
    for text, loudness in turns:
        answer = play(conversation, text, loudness)
        assert verify(pack(), answer) == (answer, ())
        assert {block.side for block in answer.blocks} == set(pack().side_ids)
        if answer.act in {Act.SMALLTALK, Act.CLARIFY}:
            assert answer.quotes == ()
            assert answer.message
        if answer.act is Act.MORE:
            assert {quote.passage_id for quote in answer.quotes}.isdisjoint(conversation.shown_on_topic)
        conversation = conversation.after(answer)


@given(st.lists(st.tuples(st.booleans(), TEXTS), max_size=8))
def test_two_conversations_never_change_each_other(turns: list[tuple[bool, str]]) -> None:
    """Interleaved, each goes as it goes by itself."""
    together = {True: Conversation("a"), False: Conversation("b")}
    for mine, text in turns:
        together[mine] = together[mine].after(play(together[mine], text, 0.95))
    for mine, begun in ((True, Conversation("a")), (False, Conversation("b"))):
        alone = begun
        for whose, text in turns:
            if whose is mine:
                alone = alone.after(play(alone, text, 0.95))
        assert alone == together[mine]
