"""The lines of `dilemma ask --jsonl`, told apart and proven."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer.terminal.jsonl import (
    Refusal,
    Request,
    RequestTurn,
    read_request,
)

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["id", "question", "turns", "statement", "turn", "user"])


def line(**fields: object) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def reason(sent: bytes) -> str:
    request = read_request(sent)
    assert isinstance(request, Refusal)
    return request.reason


def test_question_is_read() -> None:
    """A line with a question keeps its id and its words."""
    assert read_request(line(id="q1", question="does fb sell my data")) == Request(
        "q1", (RequestTurn(1, "does fb sell my data"),)
    )


def test_statement_is_read() -> None:
    """A line with a statement is a claim to rebut."""
    assert read_request(line(id=7, statement="fb is fine")) == Request(7, (RequestTurn(1, "fb is fine"),), claim=True)


def test_conversation_is_read_in_order() -> None:
    """The turns of a line keep their order and their own numbers."""
    sent = line(id="c", turns=[{"turn": 1, "user": "hi"}, {"turn": 3, "user": "and ads?"}])
    assert read_request(sent) == Request("c", (RequestTurn(1, "hi"), RequestTurn(3, "and ads?")))


def test_unknown_keys_are_passed_over() -> None:
    """A line may carry the asker's own notes."""
    assert read_request(line(id=1, question="why", gold=["x"], note=None)) == Request(1, (RequestTurn(1, "why"),))


def test_byte_order_mark_and_carriage_return_are_passed_over() -> None:
    """Lines written on Windows are read like any others."""
    assert read_request(b'\xef\xbb\xbf{"id": 1, "question": "why"}\r\n') == Request(1, (RequestTurn(1, "why"),))


def test_words_in_other_scripts_stay_as_they_came() -> None:
    """Nothing of a text is lost, neither marks of direction nor accents upon accents nor NUL."""
    typed = "\u202eشبكة\u200f Z̸̛̓a l\u0000go 🤷🏽‍♀️"
    assert read_request(line(id=1, question=typed)) == Request(1, (RequestTurn(1, typed),))


def test_lone_surrogate_becomes_the_replacement_character() -> None:
    """An escape of half a character cannot be written as UTF-8, so it is replaced; a pair is joined."""
    assert read_request(rb'{"id": 1, "question": "a\ud800b \ud83d\ude00"}') == Request(
        1, (RequestTurn(1, "a\ufffdb 😀"),)
    )


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"\n", "the line is empty; write one JSON object on each line"),
        (b"  \t\r\n", "the line is empty; write one JSON object on each line"),
        (b'{"id": 1, "question": "a\xff"}', "not UTF-8: byte 0xff at position 25"),
        (b'{"id": 1', "not JSON at character 9: Expecting ',' delimiter"),
        (b'{"id": 1, "question": "a', "not JSON at character 23: Unterminated string"),
        (b'{"id": 1, "question": "a\x00"}', "not JSON at character 25: Invalid control character"),
        (b'{"id": 1} {}', "not JSON at character 11: Extra data"),
        (b'{"id": NaN, "question": "a"}', "not JSON: NaN is no number of JSON"),
        (b'{"id": -Infinity, "question": "a"}', "not JSON: -Infinity is no number of JSON"),
        (b'{"id": ' + b"9" * 5000 + b"}", "not readable: a number has too many digits"),
        (b"[" * 100_000, "not readable: lists or objects are nested too deeply"),
        (b'{"a":' * 100_000, "not readable: lists or objects are nested too deeply"),
        (b'{"id": 1e999, "question": "a"}', '"id" must be a number that fits; this one is too large'),
    ],
)
def test_line_that_is_no_json_is_refused(sent: bytes, expected: str) -> None:
    """Each fault of the text has its reason, and no id."""
    assert read_request(sent) == Refusal(None, expected)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("x", 'the text "x"'), (3, "the number 3"), (None, "null"), (True, "true"), ([], "a list")],
)
def test_line_that_is_no_object_is_refused(value: object, kind: str) -> None:
    """The reason shows what was expected and what came."""
    expected = f'expected a JSON object such as {{"id": "q1", "question": "does fb sell my data"}}, not {kind}'
    assert reason(json.dumps(value).encode()) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"question": "a"}, '"id" is missing; give each line an id, which its answer repeats'),
        ({"id": None, "question": "a"}, '"id" must be a text or a number, not null'),
        ({"id": False, "question": "a"}, '"id" must be a text or a number, not false'),
        ({"id": {"n": 1}, "question": "a"}, '"id" must be a text or a number, not an object'),
    ],
)
def test_line_without_a_usable_id_is_refused(fields: dict[str, object], expected: str) -> None:
    """An id that cannot be repeated is not."""
    assert read_request(line(**fields)) == Refusal(None, expected)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 'expected one of "question", "turns" and "statement" beside "id"'),
        ({"qestion": "a"}, 'expected one of "question", "turns" and "statement" beside "id"; there is "qestion"'),
        (
            {"question": "a", "statement": "b"},
            'expected one of "question" and "statement", not 2 of them; send one line for each',
        ),
        ({"question": 5}, '"question" must be a text, not the number 5'),
        ({"question": ["a"]}, '"question" must be a text, not a list'),
        ({"statement": None}, '"statement" must be a text, not null'),
        ({"question": ""}, '"question" is empty; write what you want to know'),
        ({"question": " \u200b\u0000\u0301"}, '"question" is empty; write what you want to know'),
        ({"turns": {}}, '"turns" must be a list of objects such as {"turn": 1, "user": "…"}, not an object'),
        ({"turns": []}, '"turns" is empty; a conversation has at least one turn'),
        (
            {"turns": ["hi"]},
            'turn 1 of "turns" must be an object such as {"turn": 1, "user": "…"}, not the text "hi"',
        ),
        ({"turns": [{"turn": 1}]}, 'turn 1 of "turns" lacks "user"'),
        ({"turns": [{"turn": 1, "text": "a"}]}, 'turn 1 of "turns" lacks "user"; there is "text"'),
        ({"turns": [{"user": "a"}]}, 'turn 1 of "turns" lacks "turn"; there is "user"'),
        (
            {"turns": [{"turn": "1", "user": "a"}]},
            '"turn" in turn 1 of "turns" must be a whole number, not the text "1"',
        ),
        (
            {"turns": [{"turn": 1.5, "user": "a"}]},
            '"turn" in turn 1 of "turns" must be a whole number, not the number 1.5',
        ),
        ({"turns": [{"turn": 0, "user": "a"}]}, '"turn" in turn 1 of "turns" must be greater than 0, not 0'),
        (
            {"turns": [{"turn": 2, "user": "a"}, {"turn": 2, "user": "b"}]},
            '"turn" in turn 2 of "turns" must be greater than 2, not 2',
        ),
        ({"turns": [{"turn": 1, "user": " "}]}, '"user" in turn 1 of "turns" is empty; write what you want to know'),
    ],
)
def test_object_of_another_form_is_refused(fields: dict[str, object], expected: str) -> None:
    """The reason names the key and what it must be, and the line's id comes back with it."""
    assert read_request(line(id="q9", **fields)) == Refusal("q9", expected)


def test_repeated_key_is_refused() -> None:
    """Of two questions under one key none is taken."""
    sent = b'{"id": "q1", "question": "a", "question": "b"}'
    assert read_request(sent) == Refusal("q1", 'the key "question" stands twice in one object; keep one of them')


def test_repeated_key_inside_a_turn_is_refused() -> None:
    """The same holds for the objects inside."""
    sent = b'{"id": 1, "turns": [{"turn": 1, "user": "a", "user": "b"}]}'
    assert read_request(sent) == Refusal(1, 'the key "user" stands twice in one object; keep one of them')


def test_long_values_are_cut_in_the_reason() -> None:
    """A reason stays short whatever was sent."""
    assert reason(line(id=1, turns=["x" * 100_000])).endswith(f'not the text "{"x" * 29}…')


@given(st.binary())
def test_any_bytes_are_a_request_or_a_refusal_that_json_can_hold(sent: bytes) -> None:
    """No line whatever raises, and every reason is ready to be written."""
    request = read_request(sent)
    if isinstance(request, Refusal):
        assert json.loads(json.dumps(request.reason).encode("ascii")) == request.reason
        request.reason.encode()


@given(st.dictionaries(KEYS | st.text(), ANY_JSON))
def test_any_object_is_a_request_or_a_refusal(fields: dict[str, object]) -> None:
    request = read_request(json.dumps(fields).encode())
    if not isinstance(request, Refusal):
        assert request.identity == fields["id"]


@given(st.text(alphabet=st.characters(exclude_categories=())).filter(str.strip))
def test_every_text_that_is_taken_has_a_utf8_form(typed: str) -> None:
    """What goes on to be answered, logged and written can be encoded."""
    request = read_request(line(id=1, question=typed))
    if isinstance(request, Request):
        request.turns[0].user.encode()
