"""The JSON contract on two streams: a request a line in, an answer object a line out, each as soon as it is ready."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bot.answer.rules.requests import ConversationRequest, QuestionRequest, Refusal, StatementRequest, read_request
from bot.process.journal import log_fault
from bot.quote.rules.contract import answer_object
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.answer.rules.requests import Identity, Request
    from bot.answer.service.ask import Reply
    from bot.answer.terminal.talk import Talk

_NOT_AS_IT_IS: Final = re.compile("[\x85\u2028\u2029\ud800-\udfff]")
"""What JSON would let stand and a line of UTF-8 cannot hold, or what some readers take for the end of a line."""


def json_line(value: dict[str, Any]) -> bytes:
    """Write an object as one line of UTF-8; it is written in ASCII where that is the only sound way."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if _NOT_AS_IT_IS.search(written):
        written = json.dumps(value, allow_nan=False)
    return written.encode() + b"\n"


def reply_object(reply: Reply, identity: Identity | None, turn: int) -> dict[str, Any]:
    """Write a reply as the answer object of the contract."""
    return answer_object(reply.answer, identity, turn, reply.duration_ms)


def answer_lines(
    lines: Iterable[bytes], talk: Talk, *, write: Callable[[bytes], None], note: Callable[[str], None]
) -> int:
    """Answer each line in order and count those that could not be answered.

    Every line is a conversation of its own. `write` gets each finished line, `note` what is to be said beside an
    answer, which the contract has no place for.
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
            write(json_line(reply_object(reply, request.identity, turn)))
            for notice in reply.notices:
                note(f"line {number}: {notice}")
    return failures


def _error_line(identity: Identity | None, reason: str, number: int) -> bytes:
    return json_line({"id": identity, "error": reason, "line": number})


def _replies(request: Request, talk: Talk) -> Iterator[tuple[int, Reply | str]]:
    """Answer a request in a new conversation: each turn's number with its reply, or with why there is none."""
    turns: tuple[tuple[int, Callable[[], Reply]], ...]
    match request:
        case QuestionRequest():
            turns = ((1, partial(talk.ask, request.question)),)
        case StatementRequest():
            turns = ((1, partial(talk.rebut, request.statement)),)
        case ConversationRequest():
            turns = tuple((turn.number, partial(talk.ask, turn.user)) for turn in request.turns)
    talk.forget()
    for number, answered in turns:
        try:
            yield number, answered()
        except UserError as error:
            yield number, str(error)
        except Exception as error:  # noqa: BLE001 - a fault in one turn must not cost the answers to all others
            yield number, f"something broke inside (id {log_fault(error)})"
