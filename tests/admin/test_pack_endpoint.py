"""`pack questions --endpoint`: a stand-in server on 127.0.0.1, sound and broken in every way that servers are."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from bot.authoring import assistant
from knowledge.pack import load_pack
from tests.admin.test_pack_review import made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Outcome, Program

__all__ = ["made"]

LESSONS = "parents-say-lessons-got"
GOOD = (
    f'Sure:\n{{"question": "is it calmer in class", "passages": ["{LESSONS}"]}}\n'
    '{"question": "cost?", "passages": []}'
)

Reply = tuple[int, dict[str, str], bytes]


class Server(ThreadingHTTPServer):
    """Answers as a function says, and keeps what it was asked."""

    asked: list[tuple[str, str | None, Any]]
    replies: Callable[[int], Reply]


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: object) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"], body))
        if self.path == "/v1/models":
            reply: Reply = 200, {}, b'{"data": [{"id": "small"}]}'
        else:
            reply = self.server.replies(len(self.server.asked))
        status, headers, content = reply
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", headers.get("Length", str(len(content))))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(replies: Callable[[int], Reply]) -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), _Handler)
    server.asked, server.replies = [], replies
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def chat(text: object) -> bytes:
    return json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def ask(made: Program, server: Server, *options: str) -> Outcome:
    endpoint = f"http://127.0.0.1:{server.server_port}/v1"
    return made("pack", "questions", "phones", "--endpoint", endpoint, *options)


def test_what_a_server_answers_is_taken_as_an_assistants_text_is(
    made: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(assistant.KEY, "secret")
    monkeypatch.setattr(assistant, "PASSAGES", 2)
    with serving(lambda count: (200, {}, chat(GOOD if count == 2 else "I cannot do that."))) as server:
        outcome = ask(made, server, "--yes")
    assert outcome.code == 0, outcome.err
    assert "2 read, 2 can be taken (1 that no passage answers), 0 refused" in outcome.out
    assert "asking small at http://127.0.0.1:" in outcome.err
    assert [(path, key) for path, key, _ in server.asked] == [
        ("/v1/models", "Bearer secret"),
        *[("/v1/chat/completions", "Bearer secret")] * 2,
    ]
    first, second = (body["messages"][0]["content"] for _, _, body in server.asked[1:])
    assert (f"[{LESSONS}]" in first.splitlines()[-2], LESSONS in second) == (True, False)
    assert [question.text for question in load_pack(made.folder / "phones").questions] == [
        "is it calmer in class",
        "cost?",
    ]


def test_what_came_before_a_failure_is_not_lost(made: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant, "PASSAGES", 2)
    replies = [(200, {}, chat(GOOD)), (429, {"Retry-After": "7"}, b"")]
    with serving(lambda count: replies[count - 1]) as server:
        outcome = ask(made, server, "--yes", "--model", "m")
    assert outcome.code == 0
    assert "has had enough requests for now (429): ask again in 7 seconds; 1 of 2 answers came before" in outcome.err
    assert len(load_pack(made.folder / "phones").questions) == 2


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((401, {}, b""), "wants another key (401): set DILEMMA_ASSISTANT_KEY in the environment"),
        ((429, {}, b""), "has had enough requests for now (429): ask again later"),
        ((404, {}, b""), "knows no such address or model (404)"),
        ((500, {}, b"out of  memory"), "refused (500): out of memory"),
        ((302, {"Location": "http://127.0.0.1:1/"}, b""), "refused (302)"),
        ((200, {}, b"<html>"), "answered no JSON"),
        ((200, {}, b"[]"), "answered without a text"),
        ((200, {}, chat(" ")), "answered without a text"),
        ((200, {}, chat({"a": 1})), "answered without a text"),
        ((200, {"Length": "900"}, b"{"), "answered no JSON"),
        ((200, {}, b" " * 2_000_001), "answered with more than 2 MB"),
    ],
)
def test_a_server_that_fails_is_named_with_the_way_out(made: Program, reply: Reply, said: str) -> None:
    with serving(lambda _count: reply) as server:
        outcome = ask(made, server, "--yes", "--model", "m")
    assert (outcome.code, outcome.out) == (1, "")
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    assert not (made.folder / "phones" / "questions.toml").exists()


def test_patience_has_an_end(made: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant, "PATIENCE_S", 0.05)
    stop = threading.Event()

    def late(_count: int) -> Reply:
        stop.wait(5)
        return 200, {}, b""

    with serving(late) as server:
        outcome = ask(made, server, "--model", "m")
        stop.set()
    assert "took more than 0.05 seconds: try a smaller model, or ask again" in outcome.err


@pytest.mark.parametrize(
    "endpoint",
    [
        *("http://example.org/v1", "ftp://localhost/", "localhost:11434", "https://", "https://me:word@a.org/v1"),
        *("http://127.0.0.1.example.org/v1", "http://10.0.0.1/v1", "https://a.org/v1?key=1", "http://localhost:x/v1"),
    ],
)
def test_other_addresses_are_refused(made: Program, endpoint: str) -> None:
    outcome = made("pack", "questions", "phones", "--endpoint", endpoint, "--model", "m")
    assert outcome.code == 1
    assert outcome.err == (
        f"error: {endpoint} is no address for an assistant: it begins with https://, or http:// on this machine, as in "
        "http://localhost:11434/v1, and has no name, password or query\n"
    )


def test_a_server_that_is_not_there_is_named(made: Program) -> None:
    outcome = made("pack", "questions", "phones", "--endpoint", "http://127.0.0.1:9/v1")
    assert "http://127.0.0.1:9/v1 cannot be reached" in outcome.err
    assert "error: a pack that comes with the program stays as it is" in _shipped(made)


def _shipped(made: Program) -> str:
    from knowledge.pack import SHIPPED  # noqa: PLC0415 - one place needs it

    return made("pack", "questions", str(SHIPPED), "--endpoint", "http://127.0.0.1:9/v1").err
