from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from bot.answer.service.answers import Answers, Given
from bot.answer.service.ask import Asking, Gone, Reply
from bot.app import tables
from bot.log.log import ConversationLog
from bot.process.clock import SystemClock
from bot.quote.rules.cite.verdict import Verdict
from bot.quote.rules.quote import Act
from bot.values.asker import Asker, TurnRef
from bot.values.passage import FIRST_PACK, PassageRef
from embeddings.library import AwayError, Library, Shelf
from knowledge.errors import UserError
from tests.discord.answering_bot import ScriptedRetriever
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.config.sections import Server
    from embeddings.retriever import Retriever

ANNA = Asker("anna", "1/2")
BERT = Asker("bert", "1/2")


@pytest.fixture
def log(place: Path | Server) -> Iterator[ConversationLog]:
    opened = ConversationLog.open(place, tables, holder="test", now="2026-01-01T12:00:00+00:00")
    yield opened
    opened.close()


def answers_over(log: ConversationLog | None) -> Answers:
    """Put the service together, with nothing remembered yet."""
    retriever = cast("Retriever", ScriptedRetriever())
    library = Library.of(pack(), retriever)
    return Answers(library, Asking(library, log, clock=SystemClock()), log, clock=SystemClock())


def quoted(reply: Reply) -> set[str]:
    return {quote.passage_id for quote in reply.answer.quotes}


def ref_of(reply: Reply) -> TurnRef:
    """Give how the answer is found again."""
    assert reply.ref is not None
    return reply.ref


async def test_an_answer_is_found_again(log: ConversationLog) -> None:
    """As it was shown; also by another process."""
    reply = await answers_over(log).asking.ask(ANNA, "is my data sold")
    assert await answers_over(log).given(ref_of(reply)) == Given(pack(), reply.answer)
    stored = await answers_over(log).stored(ref_of(reply))
    assert stored is not None
    assert stored.question == "is my data sold"


async def test_an_answer_that_the_log_does_not_hold_is_gone(log: ConversationLog) -> None:
    """For everything that comes back to it."""
    nowhere = TurnRef("f" * 32, 3)
    answers = answers_over(log)
    assert await answers.stored(nowhere) is None
    for coming_back in (
        answers.given(nowhere),
        answers.context(nowhere),
        answers.asking.ask(ANNA, "more", after=nowhere),
    ):
        with pytest.raises(Gone, match="no longer in the log: ask again, and I will look it up"):
            await coming_back


async def test_without_a_log_no_answer_can_be_found_again() -> None:
    answers = answers_over(None)
    assert (await answers.asking.ask(ANNA, "is my data sold")).ref is None
    with pytest.raises(Gone):
        await answers.asking.ask(ANNA, "source?", after=TurnRef("f" * 32, 1))


async def test_more_on_one_s_last_answer_is_the_next_turn_of_the_conversation(log: ConversationLog) -> None:
    answers = answers_over(log)
    first = ref_of(await answers.asking.ask(ANNA, "is my data sold"))
    more = await answers.asking.ask(ANNA, "more", after=first)
    assert more.answer.act is Act.MORE
    assert more.ref == TurnRef(first.conversation_id, 2)


async def test_a_branch_remembers_what_was_said_before_it_and_nothing_after(log: ConversationLog) -> None:
    """Also a branch of a branch, and after a restart."""
    answers = answers_over(log)
    first = await answers.asking.ask(ANNA, "is my data sold")
    await answers.asking.ask(ANNA, "who won the football match")
    branch = await answers.asking.ask(BERT, "source?", after=ref_of(first))
    assert quoted(branch) == quoted(first)
    assert ref_of(branch).number == 2
    assert ref_of(branch).conversation_id != ref_of(first).conversation_id
    again = await answers_over(log).asking.ask(ANNA, "source?", after=ref_of(branch))
    assert (quoted(again), ref_of(again).number) == (quoted(first), 3)
    recalled = await answers_over(log).asking.ask(BERT, "source?")
    assert (quoted(recalled), ref_of(recalled)) == (quoted(first), TurnRef(ref_of(branch).conversation_id, 3))


async def test_excluded_quotes_are_never_shown(log: ConversationLog) -> None:
    """Neither found, nor shown again, nor held against a claim, nor asked for by number."""
    answers = answers_over(log)
    first = await answers.asking.ask(ANNA, "is my data sold")
    gone_ids = {"everything-tracked", "no-selling-information"}
    excluded = {*map(PassageRef.of, gone_ids), PassageRef("pets", "audience-pawn")}
    assert quoted(first) >= gone_ids
    assert quoted(await answers.asking.ask(BERT, "is my data sold", excluded=excluded)) == {"audience-pawn"}
    assert not quoted(await answers.asking.ask(ANNA, "source?", excluded=excluded)) & gone_ids
    assert not quoted(await answers.asking.rebut(ANNA, "they sell data", excluded=excluded))
    assert await answers.context(ref_of(first), excluded=excluded) == ()
    gone, kept = first.answer.quotes
    (left,) = await answers.context(ref_of(first), excluded={PassageRef.of(gone.passage_id)})
    assert (left.number, left.quote) == (2, kept)


async def test_the_sentences_around_each_quote_are_given_in_the_order_shown(log: ConversationLog) -> None:
    answers = answers_over(log)
    reply = await answers.asking.ask(ANNA, "is my data sold")
    around = await answers.context(ref_of(reply))
    assert [each.quote for each in around] == list(reply.answer.quotes)
    assert all(each.surroundings.quote == each.quote.text for each in around)


async def test_a_forgotten_person_begins_anew(log: ConversationLog) -> None:
    answers = answers_over(None)
    for asker in (ANNA, BERT):
        await answers.asking.ask(asker, "is my data sold")
    await answers.forget({"anna"})
    assert (await answers.asking.ask(ANNA, "source?")).turn == 1
    assert (await answers.asking.ask(BERT, "source?")).turn == 2


async def test_a_quotation_is_checked_by_its_words() -> None:
    (checked,) = await answers_over(None).check(pack().passage("everything-tracked").text, pack().id)
    assert (checked.verdict, checked.passage_id) == (Verdict.VERBATIM, "everything-tracked")


async def test_a_fresh_question_is_read_without_what_was_said_before(log: ConversationLog) -> None:
    """And the conversation goes on from it."""
    answers = answers_over(log)
    first = await answers.asking.ask(ANNA, "is my data sold")
    fresh = await answers.asking.ask(ANNA, "source?", fresh=True)
    assert not quoted(fresh)
    assert (ref_of(fresh).number, ref_of(fresh).conversation_id == ref_of(first).conversation_id) == (1, False)
    assert (await answers.asking.ask(ANNA, "is my data sold")).ref == TurnRef(ref_of(fresh).conversation_id, 2)


async def test_an_answer_that_is_gone_takes_no_vote_and_no_dispute(log: ConversationLog) -> None:
    with pytest.raises(Gone):
        await answers_over(log).vote("p", "1", TurnRef("a" * 32, 2), helpful=True)
    with pytest.raises(Gone):
        await answers_over(log).dispute("p", "1", TurnRef("b" * 32, 1), "cats-10", "no")


async def test_there_is_nobody_to_dispute_before_outside_guilds(log: ConversationLog) -> None:
    with pytest.raises(UserError, match="There are no moderators here"):
        await answers_over(log).dispute("p", "dm", TurnRef("a" * 32, 1), "cats-10", "no")


def of_two_packs(log: ConversationLog, *, twin: bool = True) -> Answers:
    """Answer from the shipped pack, and from one of the same passages with another id."""
    retriever = cast("Retriever", ScriptedRetriever())
    packs = (pack(), replace(pack(), id="twin", title="A twin"))[: 2 if twin else 1]
    library = Library(Shelf(each, retriever) for each in packs)
    return Answers(library, Asking(library, log, clock=SystemClock()), log, clock=SystemClock())


async def test_a_conversation_keeps_its_pack_and_another_pack_begins_another(log: ConversationLog) -> None:
    """An old answer is gone on from in its own pack; what is excluded in one is quoted from the other."""
    answers = of_two_packs(log)
    first = await answers.asking.ask(ANNA, "is my data sold")
    other = await answers.asking.ask(
        ANNA, "is my data sold", pack="twin", excluded={*map(PassageRef.of, quoted(first))}
    )
    assert (first.pack.id, other.pack.id, other.turn) == (FIRST_PACK, "twin", 1)
    assert quoted(other) == quoted(first)
    assert (await answers.asking.ask(ANNA, "source?", pack="twin")).turn == 2
    more = await answers.asking.ask(ANNA, "source?", pack="twin", after=ref_of(first))
    assert (more.pack.id, more.turn) == (FIRST_PACK, 2)
    assert [(turn.pack, turn.question) for turn in log.recent(9)] == [
        (FIRST_PACK, "source?"),
        ("twin", "source?"),
        ("twin", "is my data sold"),
        (FIRST_PACK, "is my data sold"),
    ]
    # After a restart, too.
    again = await of_two_packs(log).asking.ask(ANNA, "source?", pack=FIRST_PACK)
    assert (again.pack.id, again.turn) == (FIRST_PACK, 3)


async def test_an_answer_of_a_pack_that_is_away_is_shown_and_no_more(log: ConversationLog) -> None:
    """Its quotes stand in the log; nothing is looked up."""
    reply = await of_two_packs(log).asking.ask(ANNA, "is my data sold", pack="twin")
    answers = of_two_packs(log, twin=False)
    given = await answers.given(ref_of(reply))
    assert [quote.text for quote in given.answer.quotes] == [quote.text for quote in reply.answer.quotes]
    assert {(side.id, side.short_name) for side in given.pack.sides} == {(side, side) for side in pack().side_ids}
    for refused in (
        answers.context(ref_of(reply)),
        answers.asking.ask(BERT, "more", after=ref_of(reply)),
        answers.asking.ask(BERT, "is my data sold", pack="twin"),
    ):
        with pytest.raises(AwayError, match="“twin”"):
            await refused
    assert (await answers.asking.ask(ANNA, "source?")).turn == 1
