"""The JSON contract on two streams."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.terminal.jsonl import answer_lines, json_line
from knowledge.errors import Fault, Message, UserError
from tests.quote.rules.findings import pack
from tests.screen.fakes import ScriptedAsking, talk_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ANSWER_KEYS = [
    "id",
    "turn",
    "question",
    "asked_as",
    "act",
    "sides",
    "gaps",
    "context",
    "sources",
    "suggestions",
    "stance",
    "duration_ms",
]
QUOTE_KEYS = [
    "text",
    "passage",
    "article",
    "title",
    "author",
    "paragraph",
    "start",
    "end",
    "voice",
    "mode",
    "speaker",
    "provenance",
    "confidence",
]


def run(lines: Iterable[bytes], asking: ScriptedAsking | None = None) -> tuple[list[dict[str, Any]], int, list[str]]:
    """Answer lines; give the objects, the count of failures, and what was noted."""
    written: list[bytes] = []
    notes: list[str] = []
    with talk_to(asking or ScriptedAsking()) as talk:
        failures = answer_lines(lines, talk, write=written.append, note=notes.append)
    return [json.loads(line) for line in written], failures, notes


def test_question_gives_the_answer_object_of_the_contract() -> None:
    """Every key is there, in the contract's order, with its value."""
    (found,), failures, _ = run([b'{"id": "q1", "question": "does fb sell my data"}\n'])
    assert failures == 0
    assert list(found) == ANSWER_KEYS
    assert found["id"] == "q1"
    assert found["turn"] == 1
    assert found["question"] == found["asked_as"] == "does fb sell my data"
    assert found["act"] == "answer"
    assert found["gaps"] == {}
    assert found["stance"] is None
    assert found["duration_ms"] == 1.2
    (film,), (facebook,) = found["sides"]["film"], found["sides"]["facebook"]
    assert list(film) == list(facebook) == QUOTE_KEYS
    assert found["sources"] == [film["article"], facebook["article"]]
    for quote in (film, facebook):
        article = pack().article(quote["article"])
        assert article.text[quote["start"] : quote["end"]] == quote["text"]


def test_turns_give_one_object_each_in_one_conversation() -> None:
    """The objects carry the line's id and each its turn's number; nothing is forgotten between them."""
    asking = ScriptedAsking()
    sent = b'{"id": 5, "turns": [{"turn": 1, "user": "one"}, {"turn": 2, "user": "two"}, {"turn": 4, "user": "four"}]}'
    found, failures, _ = run([sent], asking)
    assert [(each["id"], each["turn"], each["question"]) for each in found] == [
        (5, 1, "one"),
        (5, 2, "two"),
        (5, 4, "four"),
    ]
    assert asking.heard == ["forget", "one", "two", "four"]
    assert failures == 0


def test_statement_is_rebutted() -> None:
    """A claim gives an object with a stance, and quotes only under the other side."""
    asking = ScriptedAsking()
    (found,), _, _ = run([b'{"id": "s", "statement": "it is addictive"}'], asking)
    assert asking.heard == ["forget", "rebut it is addictive"]
    assert found["stance"] == "film"
    assert found["turn"] == 1
    assert list(found["sides"]) == ["facebook"]


def test_every_line_is_a_conversation_of_its_own() -> None:
    """What one line asked is forgotten before the next."""
    asking = ScriptedAsking()
    found, _, _ = run([b'{"id": 1, "question": "a"}\n', b'{"id": 2, "question": "b"}\n'], asking)
    assert asking.heard == ["forget", "a", "forget", "b"]
    assert [each["turn"] for each in found] == [1, 1]


def test_broken_line_gives_an_error_on_its_line_and_the_run_goes_on() -> None:
    """Errors stand in the order of the lines, with the number of theirs, and are counted."""
    lines = [b'{"id": 1, "question": "a"}\n', b"{oops\n", b"\n", b'{"id": 9}\n', b'{"id": 2, "question": "b"}']
    found, failures, _ = run(lines)
    assert [each["id"] for each in found] == [1, None, None, 9, 2]
    assert found[1:4] == [
        {
            "id": None,
            "error": "not JSON at character 2: Expecting property name enclosed in double quotes",
            "line": 2,
        },
        {"id": None, "error": "the line is empty; write one JSON object on each line", "line": 3},
        {"id": 9, "error": 'expected one of "question", "turns" and "statement" beside "id"', "line": 4},
    ]
    assert failures == 3


def test_a_sparring_goes_on_from_turn_to_turn() -> None:
    """It begins anew with each line; a side that is not there, and one without turns, are refused."""
    asking = ScriptedAsking()
    turns = '"turns": [{"turn": 1, "user": "a"}, {"turn": 2, "user": "b"}]'
    sent = [
        f'{{"id": {number}, "spar": "{side}", {turns}}}' for number, side in ((1, "facebook"), (2, "film"), (3, "x"))
    ]
    found, failures, _ = run([*map(str.encode, sent), b'{"id": 4, "spar": "film", "question": "a"}'], asking)
    assert asking.heard == ["forget", "spar 0 a", "spar 1 b", "forget", "spar 0 a", "spar 1 b", "forget"]
    assert [(each["act"], each["conceded"], each["say"], list(each["sides"])) for each in found[:3]] == [
        ("spar", True, ["My side has nothing quoted against that."], [side])
        for side in ("facebook", "facebook", "film")
    ]
    assert [each["error"] for each in found[4:]] == [
        *["There is no side “x”: name one of film or facebook."] * 2,
        '"spar" needs "turns" beside it, not "question"',
    ]
    assert failures == 3


def test_each_answer_is_written_before_the_next_line_is_read() -> None:
    """Whoever waits for an answer before asking on gets it."""
    written: list[bytes] = []

    def lines() -> Iterator[bytes]:
        for number in range(3):
            assert len(written) == number
            yield b'{"id": 1, "question": "a"}\n'

    with talk_to(ScriptedAsking()) as talk:
        answer_lines(lines(), talk, write=written.append, note=print)
    assert len(written) == 3


def test_each_turn_is_written_before_the_next_is_asked() -> None:
    """The turns of one line stream too."""
    asking = ScriptedAsking()
    asked_when_written: list[int] = []
    sent = b'{"id": 1, "turns": [{"turn": 1, "user": "a"}, {"turn": 2, "user": "b"}]}'
    with talk_to(asking) as talk:
        answer_lines([sent], talk, write=lambda _: asked_when_written.append(asking.turn), note=print)
    assert asked_when_written == [1, 2]


def test_refusal_of_the_service_is_that_lines_error() -> None:
    """A mistake of the asker's is told in its own words."""
    asking = ScriptedAsking(errors={"bad": UserError("the question is empty")})
    found, failures, _ = run([b'{"id": 1, "question": "bad"}', b'{"id": 2, "question": "good"}'], asking)
    assert found[0] == {"id": 1, "error": "the question is empty", "line": 1}
    assert found[1]["id"] == 2
    assert failures == 1


@pytest.mark.usefixtures("dilemma")
@pytest.mark.parametrize("error", [Fault("the secret of the inside"), RuntimeError("the secret of the inside")])
def test_fault_is_that_lines_error_with_an_id_only(error: Exception) -> None:
    """What broke inside is for the messages; a turn that breaks leaves the other turns and lines answered."""
    asking = ScriptedAsking(errors={"bad": error})
    sent = b'{"id": 1, "turns": [{"turn": 1, "user": "bad"}, {"turn": 2, "user": "good"}]}'
    found, failures, _ = run([sent, b'{"id": 2, "question": "good"}'], asking)
    assert list(found[0]) == ["id", "error", "line"]
    assert re.fullmatch(r"something broke inside \(id [0-9a-f]{8}\)", found[0]["error"])
    assert [(each["id"], each["turn"]) for each in found[1:]] == [(1, 2), (2, 1)]
    assert failures == 1


def test_notices_are_noted_with_their_line() -> None:
    """What the contract has no place for is said beside it."""
    _, _, notes = run([b'{"id": 1, "question": "a"}'], ScriptedAsking(notices=(Message("not logged"),)))
    assert notes == ["line 1: not logged"]


def test_no_lines_are_no_failure() -> None:
    assert run([]) == ([], 0, [])


def test_curly_quotation_marks_are_written_as_they_are() -> None:
    assert json_line({"a": "“é”"}) == '{"a": "“é”"}\n'.encode()


@given(st.dictionaries(st.text(), st.text(alphabet=st.characters(exclude_categories=()))))
def test_every_line_is_one_line_of_utf8(value: dict[str, str]) -> None:
    """No text can break out of its line, for any reader's idea of a line, and all of it can be read back."""
    line = json_line(value).decode("utf-8")
    assert len(line.splitlines()) == 1
    assert json.loads(line) == json.loads(json.dumps(value))


def test_id_comes_back_as_it_was_sent() -> None:
    """Numbers stay numbers, and an escape of half a character stays that escape."""
    found, _, _ = run(
        [
            rb'{"id": "\ud800", "question": "a"}',
            b'{"id": 1.5, "question": "a"}',
            b'{"id": 10000000000000000000000, "question": "a"}',
        ]
    )
    assert [each["id"] for each in found] == ["\ud800", 1.5, 10**22]
