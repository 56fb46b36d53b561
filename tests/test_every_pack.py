"""What holds for every pack: those of the repository, and small ones of three and of four sides.

Sides come out alike: as many quotes, of like length where the passages allow it, and none always first.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import opening
from bot.answer.cog.layout import pages_of, rows_of
from bot.answer.cog.lookup import sources_page, topics_menus, topics_page
from bot.answer.rules import acts
from bot.answer.rules.reply import Speaker, rebut, turn
from bot.answer.rules.sparring import Move, Opponent, begun
from bot.answer.rules.talk.history import Conversation
from bot.debate.cog import layout as debate_layout
from bot.debate.cog import news as debate_news
from bot.debate.cog.plan_layout import card_page, card_rows
from bot.debate.rules.events import PointMade
from bot.debate.rules.evidence import sides_of
from bot.debate.rules.plan import Plan
from bot.debate.rules.state import fold
from bot.debate.rules.terms import check_fits, fitting
from bot.debate.rules.transcript import FORMS, transcript_of
from bot.debate.service.rehearsal import rehearse
from bot.lesson.cog import lesson as lesson_layout
from bot.lesson.cog import prompt_layout, quiz_layout
from bot.lesson.rules.handout import HandoutOptions, handout_of, shared_topics
from bot.lesson.rules.handout_files import as_html, as_slides
from bot.lesson.rules.lesson import AGREE, DISAGREE, Posting
from bot.lesson.rules.prompt import draw_prompts, prompt_of
from bot.lesson.rules.quiz import MASK, draw_quiz
from bot.lesson.rules.report import report
from bot.lesson.service.lessons import Lessons
from bot.quote.rules.composition import order_from
from bot.quote.rules.contract import answer_object, restored
from bot.quote.rules.verification import fault_of
from bot.quote.terminal.layout import AnswerLayout
from bot.values.asker import TurnRef
from bot.values.ballot import Round
from bot.wire.page.language import LANGUAGES, words_for
from bot.wire.page.layout import Group, Page, Part, Style
from bot.wire.page.render import payload_of
from knowledge.errors import UserError
from knowledge.model import CONTEXT
from tests.debate.cog.test_news import told
from tests.debate.service.held_debates import open_log
from tests.embeddings.encoders.fakes import WordEncoder
from tests.packs import NAMES, WordSearch, loaded
from tests.process.clocks import MovedClock
from tests.quote.rules.findings import library
from tests.wire.payloads import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.debate.rules.events import Event
    from bot.quote.rules.quote import Answer, Quote
    from knowledge.model import Pack
    from tests.conftest import Program

ROOT = Path(__file__).parents[1]
EN = words_for("en")
EVERY_LANGUAGE = tuple(map(words_for, LANGUAGES))
ID = "f" * 32
MOST = 5
"""Buttons in a row."""


@pytest.fixture(scope="module", params=NAMES)
def every_pack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Give one pack after the other."""
    return loaded(request.param, tmp_path_factory.mktemp("packs"))


def answered(pack: Pack, *texts: str) -> Iterator[Answer]:
    """Put questions in one conversation."""
    search, conversation = WordSearch(pack), Conversation("c")
    for text in texts:
        speaking = turn(Speaker(pack), search, conversation, text)
        asked = next(speaking)
        try:
            while True:
                asked = speaking.send([search.find(question) for question in asked])
        except StopIteration as done:
            yield done.value
            conversation = conversation.after(done.value)


def proven(pack: Pack, quotes: tuple[Quote, ...]) -> bool:
    """Tell whether each equals its article."""
    return all(fault_of(pack, quote, quote.voice) is None for quote in quotes)


def shown_everywhere(pack: Pack, answer: Answer) -> None:
    """Lay an answer out in every way; each quote stands in each whole, and the object comes back as it was."""
    for words, style in ((words, style) for words in EVERY_LANGUAGE for style in Style):
        texts = []
        for page in pages_of(pack, answer, words, style, ()):
            rows = rows_of(pack, answer, page, TurnRef(ID, 1), words, shareable=True)
            texts += check(payload_of(page, rows, words, style))
        assert sum("\n".join(texts).count(f"**{number}.** “") for number, _ in enumerate(answer.quotes, 1)) >= len(
            answer.quotes
        )
    printed = " ".join(line.text for line in AnswerLayout(pack, None).answer(answer))
    assert all(quote.text in printed for quote in answer.quotes)
    written = json.loads(json.dumps(answer_object(answer, "q", 1, 0.0)))
    assert tuple(written["sides"]) == tuple(block.side for block in answer.blocks)
    again = restored(pack, written, None if answer.message is None else str(answer.message))
    assert again is not None
    assert [quote.passage_id for quote in again.quotes] == [quote.passage_id for quote in answer.quotes]


def test_every_side_answers_in_its_turn_with_as_much(every_pack: Pack) -> None:
    """Up to two quotes, at most twice as long as another side's where one quote alone is not; each begins once."""
    sides, topics = every_pack.side_ids, [topic for topic in every_pack.topics if topic.id in shared_topics(every_pack)]
    questions = [topic.question for topic in topics[: 2 * len(sides)]]
    answers = list(answered(every_pack, *chain(questions, questions[: len(sides)])))
    for answer in answers:
        assert {block.side for block in answer.blocks} == set(sides)
        assert proven(every_pack, answer.quotes)
        spoken = [block.quotes for block in answer.blocks if block.quotes]
        assert spoken
        assert {len(quotes) for quotes in spoken} <= {1, 2}
        lengths = [sum(len(quote.text) for quote in quotes) for quotes in spoken]
        longest = max(spoken, key=lambda quotes: sum(len(quote.text) for quote in quotes))
        assert max(lengths) <= 2 * min(lengths) or len(longest) == 1
    firsts = [answer.blocks[0].side for answer in answers]
    order = order_from(every_pack, firsts[0])
    assert firsts == [order[at % len(order)] for at in range(len(firsts))]
    shown_everywhere(every_pack, answers[0])


def test_what_is_told_without_a_question_has_every_side_alike(every_pack: Pack) -> None:
    """An overview, a comparison, the best of each, and what stands against a claim of each side."""
    order, shared = every_pack.side_ids, shared_topics(every_pack)[0]
    whole = acts.overview(every_pack, order, "all", acts.Scope())
    (count,) = {len(block.quotes) for block in whole.blocks}
    assert count >= 1
    compared = acts.compared(every_pack, order, "compare", [shared], ())
    (count,) = {len(block.quotes) for block in compared.blocks}
    assert count >= 1
    every = acts.compared(every_pack, order, "compare", [], ())
    for pair in every.pairs:
        assert len({len(ids) for ids in pair.passages.values() if ids}) == 1
    best = acts.best_of(every_pack, order, "best", acts.Scope(topics=(shared,)))
    (count,) = {len(block.quotes) for block in best.blocks}
    assert count >= 1
    listed = acts.overview(every_pack, order, "one", acts.Scope(sides=order[-1:]))
    assert [block.side for block in listed.blocks if block.quotes] == [order[-1]]
    search = WordSearch(every_pack)
    against = []
    for side in every_pack.sides:
        claim = f"{side.aliases[0].lower()} {every_pack.topic(shared).question}"
        found = search.stance(claim)
        answer = rebut(every_pack, found, claim, Conversation("c"))
        assert (answer.stance, answer.blocks[-1].side, answer.blocks[-1].quotes) == (found.stance, found.stance, ())
        assert [block.side for block in answer.blocks[:-1]] == [*order_from(every_pack, answer.stance or "")[1:]]
        against.append(answer)
    for answer in (whole, compared, best, against[0]):
        assert proven(every_pack, answer.quotes)
        shown_everywhere(every_pack, answer)


def test_what_the_articles_cover_can_be_opened(every_pack: Pack) -> None:
    """The list of topics with a menu for each side, and the articles."""
    menus = topics_menus(every_pack, EN)
    assert len(menus) == 1 + len(every_pack.sides)
    for style in Style:
        check(payload_of(topics_page(every_pack, EN), menus, EN, style))
        check(payload_of(sources_page(every_pack, EN), (), EN, style))


def test_each_side_is_sparred_against_and_swaps_lead_round(every_pack: Pack) -> None:
    """With quotes of the side that is held, none twice."""
    opponent = Opponent(every_pack, WordSearch(every_pack))
    question = every_pack.topic(shared_topics(every_pack)[0]).question
    state = begun(every_pack, every_pack.side_ids[0])
    held, quoted = [], []
    for _ in every_pack.sides:
        answer, state = opponent.reply(state, question, [WordSearch(every_pack).find(question)])
        held.append(answer.blocks[0].side)
        quoted += [(quote.passage_id, quote.voice) for quote in answer.quotes]
        _, state = opponent.reply(state, "swap", [WordSearch(every_pack).find("swap")], Move.SWAP)
    assert (held, state.held) == ([*every_pack.side_ids], every_pack.side_ids[0])
    assert [voice for _, voice in quoted] == held
    assert len(set(quoted)) == len(quoted)


def test_prompts_quote_each_side_once_and_fit_into_a_message(every_pack: Pack) -> None:
    """Whatever is revealed; over many, each side begins."""
    drawn = draw_prompts(every_pack, topic=None, count=8 * len(every_pack.sides), seed=3)
    assert {next(iter(prompt.quotes)) for prompt in drawn} == set(every_pack.side_ids)
    for prompt in drawn[:3]:
        assert set(prompt.quotes) == set(every_pack.side_ids)
        assert proven(every_pack, tuple(prompt.quotes.values()))
        assert prompt_of(every_pack, prompt.id) == prompt
        posting = Posting(ID, "1", 10**18, prompt.id, "2026-01-01T09:00:00+00:00")
        for words, style in ((words, style) for words in EVERY_LANGUAGE for style in Style):
            page = prompt_layout.prompt_page(every_pack, prompt, posting, words, style)
            rows = prompt_layout.prompt_rows(every_pack, prompt, posting, words)
            check(payload_of(page, rows, words, style))
            whole = prompt_layout.whole_page(every_pack, prompt, words, style)
            text = "\n".join(check(payload_of(whole, (), words, style)))
            assert all(every_pack.side(side).name in text for side in prompt.quotes)


def test_a_quiz_asks_about_every_voice_in_turn(every_pack: Pack) -> None:
    """Each option is a button, and the article's words are hidden that name who speaks."""
    items = draw_quiz(every_pack, count=2 * len(every_pack.sides), seed=5)
    asked = Counter(item.answer for item in items)
    assert {len(item.options) for item in items} == {len(every_pack.sides) + 1}
    assert max(asked[side] for side in every_pack.side_ids) <= 1 + min(asked[side] for side in every_pack.side_ids)
    for item in items:
        assert item.options == (*every_pack.side_ids, CONTEXT)
        names = [name for side in every_pack.sides for name in (side.name, side.short_name)]
        assert not any(f" {name} " in item.masked.replace(MASK, " ") for name in names)
        step = quiz_layout.Step(len(items), None, item)
        for style in Style:
            page = quiz_layout.step_page(every_pack, step, EN, style)
            check(payload_of(page, quiz_layout.step_rows(ID, every_pack, item, EN), EN, style))


def test_a_handout_has_a_column_for_each_side(every_pack: Pack) -> None:
    """None with much more than another; sheets and slides name them all."""
    made = handout_of(every_pack, shared_topics(every_pack)[:3])
    for sheet in made.sheets:
        assert {column.voice for column in sheet.columns} == set(every_pack.side_ids)
        lengths = [sum(len(entry.quote.text) for entry in column.entries) for column in sheet.columns]
        longest = sheet.columns[lengths.index(max(lengths))]
        assert min(lengths) > 0
        assert max(lengths) <= 2 * min(lengths) or len(longest.entries) == 1
    for written in (as_html(made, HandoutOptions()), as_slides(made, HandoutOptions())):
        assert all(f"voice-{place}" in written for place in range(len(every_pack.sides)))


async def test_a_lesson_is_held_to_its_summary(every_pack: Pack, tmp_path: Path) -> None:
    """Votes before and after all sides were revealed one by one, word-for-word answers, a quiz; and all summed up."""
    log, clock = open_log(tmp_path / "log.sqlite3"), MovedClock()
    try:
        lessons = Lessons(log, library(every_pack), clock=clock, least=1)
        await lessons.ready()
        await lessons.begin("teacher", "1", 2, title="7b", names=True)
        (prompt,) = draw_prompts(every_pack, topic=None, count=1, seed=2)
        posting = await lessons.prompts.post("1", 2, prompt.id)
        await lessons.prompts.settle(posting.id, 3)
        students = [f"student {number}" for number in range(6)]
        for student in students:
            await lessons.prompts.vote(posting.id, student, AGREE)
        for side in prompt.quotes:
            posting = await lessons.prompts.reveal(posting.id, side)
        assert posting.revealed == tuple(prompt.quotes)
        for student in students[:3]:
            await lessons.prompts.vote(posting.id, student, DISAGREE)
        for student, quote in zip(students, prompt.quotes.values(), strict=False):
            await lessons.prompts.answer(posting.id, student, "Ann", f"I go by “{quote.text.strip('“”')}”")
        (item,) = draw_quiz(every_pack, count=1, seed=2)
        quiz = await lessons.begin_quiz("1", 2, (item,))
        await lessons.told(quiz.id, 1, 4)
        for student, option in zip(students, item.options, strict=False):
            await lessons.choose(quiz.id, 1, student, option)
        summary = await lessons.end("1", 2)
    finally:
        log.close()
    assert (summary.tally.people, summary.tally.voters, summary.tally.cited) == (6, 6, len(every_pack.sides))
    (posted,) = summary.postings
    assert posted.result is not None
    assert posted.result.matrix == ((0, 3, 0), (0, 0, 0), (0, 0, 0))
    assert "1 quote: " in report(every_pack, summary)
    for words in EVERY_LANGUAGE:
        text = "\n".join(lesson_layout.summary_lines(every_pack, summary, words))
        check(payload_of(Page(text, (), ""), (), words, Style.PLAIN))


def held(pack: Pack, form: str) -> tuple[Event, ...]:
    """Rehearse a debate."""
    formats = {each.id: each for each in fitting(pack.formats, len(pack.sides))}
    return rehearse(pack, formats[form], people=30, seed=7, retriever=WordSearch(pack))  # type: ignore[arg-type] # it has its methods


def test_every_format_that_fits_is_held_to_its_result(every_pack: Pack) -> None:
    """Points with a quote of each side, speeches of each as long, ballots and a transcript that know them all."""
    number = len(every_pack.sides)
    names = {side.id for side in every_pack.sides}
    formats = fitting(every_pack.formats, number)
    assert "round-table" in {form.id for form in formats}
    for form in formats:
        events = held(every_pack, form.id)
        points = [event for event in events if isinstance(event, PointMade)]
        assert points
        assert all({part.side for part in point.evidence} == names for point in points)
        assert all(point.evidence[0].side == point.side for point in points if point.side)
        state = fold(events)
        assert state is not None
        assert state.outcome is not None
        assert state.outcome.matrix is not None
        assert [len(row) for row in state.outcome.matrix] == [number + 1] * (number + 1)
        transcript = transcript_of(events, every_pack)
        written = [write(transcript) for write in FORMS.values()]
        assert all(side.short_name in text for side in every_pack.sides for text in written)
        table = next(line for line in written[0].splitlines() if line.startswith("| who switched"))
        assert table.count("|") == number + 3
        assert set(transcript["result"]["swing"]) == names
        assert sum(transcript["people"]["on_sides"].values()) == 3 * number


def test_every_message_of_a_debate_fits(every_pack: Pack) -> None:
    """The panel, the ballot, the moderators' page, the card of a plan, points and the result; in every language."""
    events = held(every_pack, "round-table")
    states = [fold(events[:at]) for at in range(4, len(events) + 1, 9)]
    sides = sides_of(every_pack)
    result = fold(events)
    planned = replace(every_pack.formats[-1], seats=2)
    plan = Plan(
        ID, "1", 1, every_pack.motion, planned, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), None
    )
    assert result is not None
    assert result.outcome is not None
    for words, style in ((words, style) for words in EVERY_LANGUAGE for style in Style):
        for state in states[::3]:
            assert state is not None
            rows = debate_layout.panel_rows(ID, state, words)
            check(payload_of(debate_layout.panel_page(state, words, style), rows, words, style))
            check(
                payload_of(
                    debate_layout.lead_page(state, words), debate_layout.lead_rows(ID, state, words), words, style
                )
            )
            for ballot in Round:
                ballots = debate_layout.ballot_rows(ID, state, ballot, words)
                assert len(ballots[0]) == len(sides) + 1 <= MOST
                check(payload_of(debate_layout.ballot_page(state, ballot, {}, words), ballots, words, style))
        check(payload_of(card_page(plan, sides, words, style), card_rows(plan, sides, words), words, style))
        lines = "\n".join(debate_news.result_lines(result, result.outcome, words))
        assert "ABCDE"[len(sides)] in lines
        check(payload_of(Page("", (Group((Part(lines),)),), ""), (), words, Style.PLAIN))
    at, point = next((at, each) for at, each in enumerate(events) if isinstance(each, PointMade) and each.side)
    text = "".join(news.text for news in told(events, at))
    assert text.index("**For it · ") < min(text.index(f"{side.name}**: ") for side in sides if side.id != point.side)
    # Of three sides, one need not be against what another says.
    assert ("**Against it · " in text) == (len(sides) == 2)


def test_a_format_that_does_not_fit_is_refused_with_those_that_do(every_pack: Pack) -> None:
    """In one sentence."""
    number, other = (
        len(every_pack.sides),
        [form for form in every_pack.formats if len(every_pack.sides) not in form.sides],
    )
    assert bool(other) == (number > 2)
    for form in other:
        with pytest.raises(UserError) as refused:
            check_fits(form, number, every_pack.formats)
        assert str(refused.value) == (
            f'The format "{form.id}" takes 2 sides, and this controversy has {number}: choose round-table.'
        )


TYPED = "what does it cost\nmore\nhi\nand the others?\nsource\n"

COMMANDS = {
    "pack check": "debates in 1 format",
    "topics": "",
    "chat": "",
    "debate simulate --people 8": "Round table",
    "lesson": "A lesson on ",
    "quiz --count 3": "Quote 1 of 3",
    "prompt": "",
    "handout": "",
}
"""What is called, and something that it prints; the names of all sides besides where sides are quoted."""


@pytest.mark.usefixtures("_few_defaults")
@pytest.mark.parametrize("name", ["pool", "square"])
def test_every_command_knows_three_sides_and_four(
    dilemma: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """By words alone, with an index of a few passages."""
    pack = loaded(name, tmp_path / "packs")
    monkeypatch.setenv("DILEMMA_PACK__FOLDER", str(tmp_path / "packs" / name))
    monkeypatch.setattr(opening, "load_encoder", lambda *_: WordEncoder())
    held = f"spar --against {pack.side_ids[-1]}"
    for command, printed in {**COMMANDS, held: "You said: more"}.items():
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TYPED.encode()), encoding="utf-8"))
        outcome = dilemma(*command.split())
        assert (outcome.code, printed in outcome.out, outcome.err.count("Traceback")) == (0, True, 0), outcome
        if command in {"prompt", "handout", "debate simulate --people 8"}:
            assert all(side.short_name in outcome.out for side in pack.sides)
    outcome = dilemma("ask", "--no-log", "--json", pack.topics[0].question)
    assert [*json.loads(outcome.out)["sides"]] == [*order_from(pack, next(iter(json.loads(outcome.out)["sides"])))]
    outcome = dilemma("debate", "simulate", "--format", "oxford")
    assert (outcome.code, "choose round-table" in outcome.err) == (1, True)


def test_nothing_of_the_program_names_what_the_shipped_pack_is_about() -> None:
    """Neither code, nor catalogues, nor what holds for any pack; that is the pack's own."""
    named = [
        path.relative_to(ROOT).as_posix()
        for room in ("bot", "embeddings", "knowledge")
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in {".py", ".toml", ".po", ".j2"} and "packs" not in path.relative_to(ROOT).parts
        if re.search("film|facebook", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert named == []
