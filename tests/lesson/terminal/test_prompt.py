"""Discussion prompts at the terminal: what is printed, what is written as JSON, and the table of topics."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from bot.lesson.rules.prompt import coverage, draw_prompts, topics_of
from bot.lesson.terminal.prompt import coverage_lines, prompt_lines
from bot.quote.rules.contract import quote_object
from tests.knowledge.reading.test_prompts import PROMPTS
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.conftest import Program
    from tests.knowledge.conftest import TinyPack


@pytest.fixture
def asking(tiny: TinyPack, monkeypatch: pytest.MonkeyPatch) -> TinyPack:
    """Have the program use the tiny pack, with one question to discuss."""
    tiny.write("prompts.toml", PROMPTS)
    monkeypatch.setenv("DILEMMA_PACK__FOLDER", str(tiny.path))
    return tiny


def test_prompt_is_a_question_quotes_and_what_leads_further(dilemma: Program, asking: TinyPack) -> None:
    """Each quote with where it stands; in a pipe nothing is broken into lines."""
    outcome = dilemma("prompt", "homes", "--seed", "1")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == [
        "Homes",
        "Is an animal of use in a house?",
        "",
        "🐈 The cat club",
        "   “Cats wash themselves, the cat club says.”",
        "   The cat club, as reported by the article's unnamed writer",
        "   Why cats are better, paragraph 2",
        "",
        "🐕 The dog club",
        "   “The dog club says that dogs guard the house.”",
        "   The dog club, as reported by A. Barker",
        "   In praise of dogs by A. Barker, paragraph 3",
        "",
        "Evidence",
        "What is meant by use?",
        "",
        "Perspectives",
        "Who gains?",
        "",
        "Your own use",
        "What do you do for it?",
    ]


def test_seed_that_was_drawn_is_told(dilemma: Program) -> None:
    """So that the same prompts can be had again."""
    outcome = dilemma("prompt", "--count", "3")
    told = re.fullmatch(r"the same again with --seed (\d+)\n", outcome.err)
    assert told is not None
    again = dilemma("prompt", "--count", "3", "--seed", told[1])
    assert (again.out, again.err) == (outcome.out, "")


def test_json_has_the_quotes_as_answers_have_them(dilemma: Program) -> None:
    written = json.loads(dilemma("prompt", "privacy", "--count", "2", "--seed", "5", "--json").out)
    prompts = draw_prompts(pack(), topic="privacy", count=2, seed=5)
    assert written == {
        "seed": 5,
        "prompts": [
            {
                "id": prompt.id,
                "topic": "privacy",
                "question": prompt.question,
                "sides": {side: quote_object(quote) for side, quote in prompt.quotes.items()},
                "follow_ups": [{"kind": one.kind.value, "text": one.text} for one in prompt.follow_ups],
            }
            for prompt in prompts
        ],
    }


@pytest.mark.parametrize("width", [40, 80])
def test_prompts_fit_the_terminal(width: int) -> None:
    prompts = draw_prompts(pack(), topic=None, count=len(pack().prompts), seed=1)
    lines = [line.text for line in prompt_lines(pack(), prompts, width)]
    assert max(map(cell_len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    for prompt in prompts:
        for quote in prompt.quotes.values():
            assert " ".join(quote.text.split()) in text


def test_coverage_lists_every_topic(dilemma: Program) -> None:
    lines = dilemma("prompt", "--coverage").out.splitlines()
    assert [line.split()[0] for line in lines[3:-2]] == [topic.id for topic in pack().topics]
    assert re.fullmatch(r"privacy +4 +\d+ +\d+ +nobody", lines[3])
    assert "usage 0 0 0 The film, Facebook" in [" ".join(line.split()) for line in lines]
    asked, topics = len(pack().prompts), len(topics_of(pack()))
    assert lines[-1] == (
        f"{asked} questions on {topics} of 17 topics. The film and Facebook are quoted on each of these; a topic on "
        "which a side is silent has no prompt."
    )
    assert max(len(line.text) for line in coverage_lines(pack(), coverage(pack()), 80)) <= 80


def test_coverage_is_written_as_json_too(dilemma: Program) -> None:
    written = json.loads(dilemma("prompt", "--coverage", "--json").out)["topics"]
    assert len(written) == len(pack().topics)
    assert {
        "topic": "hate-speech",
        "questions": 0,
        "passages": {"film": 0, "facebook": 3},
        "silent": ["film"],
    } in written


def test_topic_without_prompts_is_told(dilemma: Program) -> None:
    outcome = dilemma("prompt", "violence")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(
        'error: there is nothing to discuss on "violence": the articles quote nothing of Face'
    )


def test_coverage_of_one_topic_is_wrong_use(dilemma: Program) -> None:
    outcome = dilemma("prompt", "privacy", "--coverage")
    assert (outcome.code, outcome.out) == (2, "")
    assert "it lists every topic: leave the topic out" in outcome.err


@pytest.mark.parametrize("count", ["0", "101"])
def test_count_has_bounds(dilemma: Program, count: str) -> None:
    """A hundred are more than a year of lessons."""
    assert dilemma("prompt", "--count", count).code == 2
