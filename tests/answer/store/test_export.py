from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.answer.store.export import CSV_COLUMNS, as_csv, as_jsonl, as_markdown
from bot.log.reader import StoredTurn
from bot.quote.rules.contract import answer_object
from tests.log.samples import NOW, an_answer

if TYPE_CHECKING:
    from collections.abc import Iterable

WRITABLE = st.text(st.characters(exclude_categories=["Cs"]))
DANGEROUS = st.text(st.sampled_from("=+-@＝\t\r\n;, '\"|a1\\`*_{}[]()<>#.!~:/&"))  # noqa: RUF001 - Excel knows both widths


def a_turn(question: str = "why", *, asked_as: str | None = None, said: str = "Cats are liquid.") -> StoredTurn:
    """Make a turn as it comes out of the log."""
    answer = replace(
        an_answer(question, said=said, message="Well."), asked_as=question if asked_as is None else asked_as
    )
    return StoredTurn(
        id=7,
        conversation_id="c1",
        person="p1",
        place="terminal",
        number=2,
        asked_utc=NOW,
        question=question,
        asked_as=answer.asked_as,
        act="answer",
        first_side="cats",
        stance=None,
        message="Well.",
        duration_ms=12.5,
        answer=answer_object(answer, "c1", 2, 12.5),
    )


def parsed(lines: Iterable[str], delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter))


def test_a_line_of_jsonl_is_the_answer_object_and_where_it_was_asked() -> None:
    """With the keys of the contract, and the conversation as id."""
    (line,) = as_jsonl([a_turn("wüst\nund “leer”")])
    assert line.endswith("}\n")
    assert line.count("\n") == 1
    assert json.loads(line) == {
        **answer_object(an_answer("wüst\nund “leer”", message="Well."), "c1", 2, 12.5),
        "person": "p1",
        "place": "terminal",
        "asked_utc": NOW,
        "message": "Well.",
        "pack": "social-dilemma",
    }


def test_csv_has_headings_and_a_line_a_turn() -> None:
    """Quotes with their sources in one cell, silences in another."""
    headings, cells = parsed(as_csv([a_turn("why, oh why")]))
    assert headings == list(CSV_COLUMNS)
    assert dict(zip(headings, cells, strict=True)) == {
        "conversation": "c1",
        "person": "p1",
        "place": "terminal",
        "pack": "social-dilemma",
        "turn": "2",
        "asked_utc": NOW,
        "question": "why, oh why",
        "asked_as": "why, oh why",
        "act": "answer",
        "stance": "",
        "message": "Well.",
        "quotes": "cats: “Cats are liquid.” (Some Title by A. Writer, paragraph 3)\n"
        "context: “Opinions differ.” (Some Title by A. Writer, paragraph 3)",
        "gaps": "dogs: Dogs say nothing.",
        "near": "",
        "duration_ms": "12.5",
    }


@given(st.one_of(WRITABLE, DANGEROUS), st.sampled_from([",", ";", "\t"]))
def test_no_spreadsheet_finds_a_formula(question: str, delimiter: str) -> None:
    """Whatever was asked, and whichever separator the program expects."""
    formula = re.compile(r"""[\s"]*[=+\-@＝＋－＠]""")  # noqa: RUF001 - Excel knows both widths
    for row in parsed(as_csv([a_turn(question)]), delimiter):
        for cell in row:
            assert not formula.match(cell), cell
            assert delimiter != "," or not cell.startswith(("\t", "\r")), cell


@given(st.one_of(WRITABLE, DANGEROUS))
def test_csv_keeps_the_question_but_for_apostrophes(question: str) -> None:
    """Nothing else is added, nothing taken away, one row a turn."""
    _, cells = parsed(as_csv([a_turn(question)]))
    exported = cells[CSV_COLUMNS.index("question")]
    assert exported.replace("'", "") == question.replace("'", "")


def test_markdown_shows_question_quotes_and_silence() -> None:
    """A heading a turn, a list of what was said."""
    (text,) = as_markdown([a_turn("why", asked_as="why cats")])
    assert text == (
        "## Turn 2 · terminal · social\\-dilemma · 2026\\-03\\-01T12\\:00\\:00\\+00\\:00\n"
        "\n"
        "**Question:** why\n"
        "\n"
        "**Asked as:** why cats\n"
        "\n"
        "Well\\.\n"
        "\n"
        "- **cats:** “Cats are liquid\\.” (Some Title by A\\. Writer, paragraph 3)\n"
        "- **context:** “Opinions differ\\.” (Some Title by A\\. Writer, paragraph 3)\n"
        "- **dogs:** Dogs say nothing\\.\n"
        "\n"
    )


@given(st.one_of(WRITABLE, DANGEROUS))
def test_markdown_renders_any_question_as_the_text_it_is(question: str) -> None:
    """No headings, tables, links, HTML or code: the page has the same parts as with a harmless question."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

    def parts(asked: str) -> list[str]:
        (text,) = as_markdown([a_turn(asked, asked_as=f"why {asked}", said=f"so {asked}")])
        return [
            part.type
            for token in reader.parse(text)
            for part in (token, *(token.children or ()))
            if part.type not in {"text", "text_special"}
        ]

    assert parts(question) == parts("why")
