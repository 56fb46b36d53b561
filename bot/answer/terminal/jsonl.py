"""The JSON contract on two streams: requests read and checked line by line, each answered as soon as it is ready."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

from bot.process.journal import log_fault
from bot.quote.rules.contract import answer_object
from bot.screen.reading import MOST_OF_A_LINE
from bot.values.text import is_blank, sound
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.answer.rules.sparring import Sparring
    from bot.answer.service.ask import Reply
    from bot.answer.terminal.talk import Talk


Identity: TypeAlias = str | int | float

_EXAMPLE: Final = '{"id": "q1", "question": "does fb sell my data"}'

_SHOWN: Final = 30
"""Characters of a faulty value or key that a reason shows."""


@dataclass(frozen=True, slots=True)
class RequestTurn:
    """What a person says in a conversation; `number` is the asker's own and rises from turn to turn."""

    number: int
    user: str


@dataclass(frozen=True, slots=True)
class Request:
    """One conversation, in order, never empty.

    With `claim`, its one turn is a claim to rebut; with `spar`, its turns argue against the side of that id.
    """

    identity: Identity
    turns: tuple[RequestTurn, ...]
    claim: bool = False
    spar: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that cannot be answered: why, and its id as far as it could be read."""

    identity: Identity | None
    reason: str


class _UnfitError(Exception):
    """The line does not fit the contract; the text is the reason."""


def read_request(line: bytes) -> Request | Refusal:
    """Read one line, without or with its line end. Lone surrogates in a text become U+FFFD."""
    identity: Identity | None = None
    if len(line) > MOST_OF_A_LINE:
        return Refusal(None, f"the line has more than {MOST_OF_A_LINE:,} bytes; write fewer turns on it")
    try:
        fields, repeated = _object_of(line)
        identity = _identity(fields)
        return _request(identity, fields, repeated)
    except _UnfitError as unfit:
        return Refusal(identity, str(unfit))


def _object_of(line: bytes) -> tuple[dict[str, Any], list[str]]:
    """Decode the JSON object of a line, with the keys that some object in it has twice."""
    repeated: list[str] = []

    def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for key, value in pairs:
            if key in fields:
                repeated.append(key)
            fields[key] = value
        return fields

    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _UnfitError(f"not UTF-8: byte 0x{line[error.start]:02x} at position {error.start + 1}") from error
    if not text.strip():
        raise _UnfitError("the line is empty; write one JSON object on each line")
    try:
        value = json.loads(text, object_pairs_hook=without_repeats, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        reason = error.msg.removesuffix(" at").removesuffix(" starting")
        raise _UnfitError(f"not JSON at character {error.pos + 1}: {reason}") from error
    except RecursionError as error:
        raise _UnfitError("not readable: lists or objects are nested too deeply") from error
    except ValueError as error:
        raise _UnfitError("not readable: a number has too many digits") from error
    if not isinstance(value, dict):
        raise _UnfitError(f"expected a JSON object such as {_EXAMPLE}, not {_kind(value)}")
    return value, repeated


def _no_number(constant: str) -> NoReturn:
    raise _UnfitError(f"not JSON: {constant} is no number of JSON")


def _identity(fields: dict[str, Any]) -> Identity:
    if "id" not in fields:
        raise _UnfitError('"id" is missing; give each line an id, which its answer repeats')
    identity = fields["id"]
    if isinstance(identity, bool) or not isinstance(identity, str | int | float):
        raise _UnfitError(f'"id" must be a text or a number, not {_kind(identity)}')
    if isinstance(identity, float) and not math.isfinite(identity):
        raise _UnfitError('"id" must be a number that fits; this one is too large')
    return identity


def _request(identity: Identity, fields: dict[str, Any], repeated: list[str]) -> Request:
    if repeated:
        raise _UnfitError(f"the key {_shown(repeated[0])} stands twice in one object; keep one of them")
    present = [form for form in ("question", "turns", "statement") if form in fields]
    if not present:
        raise _UnfitError(f'expected one of "question", "turns" and "statement" beside "id"{_beside(fields)}')
    if len(present) > 1:
        named = " and ".join(map(_shown, present))
        raise _UnfitError(f"expected one of {named}, not {len(present)} of them; send one line for each")
    (form,) = present
    turns = _turns(fields[form]) if form == "turns" else (RequestTurn(1, _text(fields[form], f'"{form}"')),)
    if "spar" not in fields:
        return Request(identity, turns, claim=form == "statement")
    if form != "turns":
        raise _UnfitError(f'"spar" needs "turns" beside it, not {_shown(form)}')
    return Request(identity, turns, spar=_text(fields["spar"], '"spar"'))


def _turns(value: object) -> tuple[RequestTurn, ...]:
    if not isinstance(value, list):
        raise _UnfitError(f'"turns" must be a list of objects such as {{"turn": 1, "user": "…"}}, not {_kind(value)}')
    if not value:
        raise _UnfitError('"turns" is empty; a conversation has at least one turn')
    turns: list[RequestTurn] = []
    for position, fields in enumerate(value, start=1):
        where = f'turn {position} of "turns"'
        if not isinstance(fields, dict):
            raise _UnfitError(f'{where} must be an object such as {{"turn": 1, "user": "…"}}, not {_kind(fields)}')
        for key in ("turn", "user"):
            if key not in fields:
                raise _UnfitError(f'{where} lacks "{key}"{_beside(fields)}')
        number = fields["turn"]
        if isinstance(number, bool) or not isinstance(number, int):
            raise _UnfitError(f'"turn" in {where} must be a whole number, not {_kind(number)}')
        before = turns[-1].number if turns else 0
        if number <= before:
            raise _UnfitError(f'"turn" in {where} must be greater than {before}, not {_shown(number)}')
        turns.append(RequestTurn(number, _text(fields["user"], f'"user" in {where}')))
    return tuple(turns)


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _UnfitError(f"{name} must be a text, not {_kind(value)}")
    if is_blank(value):
        raise _UnfitError(f"{name} is empty; write what you want to know")
    return sound(value)


def _beside(fields: dict[str, Any]) -> str:
    """Name the first key that is there instead, for it may be the misspelt one."""
    others = [key for key in fields if key not in ("id", "turn")]
    return f"; there is {_shown(others[0])}" if others else ""


def _kind(value: object) -> str:
    match value:
        case None | bool():
            return json.dumps(value)
        case int() | float():
            return f"the number {_shown(value)}"
        case str():
            return f"the text {_shown(value)}"
    return "a list" if isinstance(value, list) else "an object"


def _shown(value: str | float) -> str:
    written = json.dumps(value)
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"


_NOT_AS_IT_IS: Final = re.compile("[\x85\u2028\u2029\ud800-\udfff]")
"""What JSON would let stand and a line of UTF-8 cannot hold, or what some readers take for the end of a line."""


def json_line(value: dict[str, Any]) -> bytes:
    """Write an object as one line of UTF-8; it is written in ASCII where that is the only sound way."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if _NOT_AS_IT_IS.search(written):
        written = json.dumps(value, allow_nan=False)
    return written.encode() + b"\n"


def reply_line(reply: Reply, identity: Identity | None, turn: int) -> bytes:
    """Write a reply as the answer object of the contract."""
    return json_line(answer_object(reply.answer, identity, turn, reply.duration_ms))


def answer_lines(
    lines: Iterable[bytes], talk: Talk, *, write: Callable[[bytes], None], note: Callable[[str], None]
) -> int:
    """Answer each line in order, as a conversation of its own, and count those that could not be answered.

    `write` gets each finished line, `note` what the contract has no place for.
    """
    failures = 0
    for number, line in enumerate(lines, start=1):
        request = read_request(line)
        if isinstance(request, Refusal):
            write(_error_line(request.identity, request.reason, number))
            failures += 1
            continue
        for turn, reply in _replies(request, talk):
            if isinstance(reply, str):
                write(_error_line(request.identity, reply, number))
                failures += 1
                continue
            write(reply_line(reply, request.identity, turn))
            for notice in reply.notices:
                note(f"line {number}: {notice}")
    return failures


def _error_line(identity: Identity | None, reason: str, number: int) -> bytes:
    return json_line({"id": identity, "error": reason, "line": number})


def _against(side: str, talk: Talk) -> Callable[[str], Reply]:
    """Return what replies, turn by turn, in a new sparring against a side."""
    sparring: Sparring | None = None

    def put(text: str) -> Reply:
        nonlocal sparring
        reply, sparring = talk.spar(sparring or talk.sparring(side), text)
        return reply

    return put


def _replies(request: Request, talk: Talk) -> Iterator[tuple[int, Reply | str]]:
    """Answer a request in a new conversation: each turn's number with its reply, or with why there is none."""
    talk.forget()
    put = talk.rebut if request.claim else talk.ask if request.spar is None else _against(request.spar, talk)
    for turn in request.turns:
        try:
            yield turn.number, put(turn.user)
        except UserError as error:
            yield turn.number, str(error)
        except Exception as error:  # noqa: BLE001 - a fault in one turn must not cost the answers to all others
            yield turn.number, f"something broke inside (id {log_fault(error)})"
