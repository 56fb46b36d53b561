"""The review as a page on this machine: the articles with coloured voices, by keyboard, mouse or touch.

Only whoever has the link, which holds a token, is answered, and only on 127.0.0.1.
"""

from __future__ import annotations

import json
import secrets
import threading
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from knowledge.errors import UserError

if TYPE_CHECKING:
    from bot.authoring.drafts import Mark
    from bot.authoring.review import Review
    from knowledge.model import Article

HERE: Final = "127.0.0.1"
MOST_BYTES: Final = 10_000
"""Bytes of a request's body."""


class ReviewServer(ThreadingHTTPServer):
    """Serves one review until it is shut down; `review` is what holds now."""

    daemon_threads = True

    def __init__(self, review: Review, port: int = 0) -> None:
        super().__init__((HERE, port), _Handler)
        self.review = review
        self.token = secrets.token_urlsafe(24)
        self.turn = threading.Lock()

    @property
    def link(self) -> str:
        """The address of the page, with the token."""
        return f"http://{HERE}:{self.server_address[1]}/{self.token}/"

    @cached_property
    def hosts(self) -> frozenset[str]:
        """What browsers call this server; a page from elsewhere that points here has another name (DNS rebinding)."""
        return frozenset(f"{name}:{self.server_address[1]}" for name in (HERE, "localhost"))


class _Handler(BaseHTTPRequestHandler):
    """Answers with the page, with what holds now, and to a key."""

    server: ReviewServer

    def do_GET(self) -> None:
        """Send the page, or what holds now."""
        match self._asked():
            case "":
                nonce = secrets.token_urlsafe(16)
                page = files("bot.admin").joinpath("review_page.html").read_text(encoding="utf-8")
                policy = (
                    f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
                    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                )
                self._send(page.replace("{nonce}", nonce).encode(), "text/html; charset=utf-8", policy)
            case "state":
                self._send_state("")
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Do what a key stands for."""
        length = self.headers.get("Content-Length", "")
        plain = self.headers.get("Content-Type") != "application/json"
        if self._asked() != "do" or plain or not length.isdecimal() or int(length) > MOST_BYTES:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            wanted = json.loads(self.rfile.read(int(length)))
            mark, key, place = wanted["mark"], str(wanted["key"]), wanted["place"]
        except (ValueError, KeyError, TypeError, RecursionError):
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        with self.server.turn:
            try:
                self.server.review = _pressed(self.server.review, mark, key, place)
                said = ""
            except UserError as error:
                said = str(error)
        self._send_state(said)

    def _asked(self) -> str | None:
        """Return what is asked for, below the token; None for whoever has not got it."""
        _, token, what = (*self.path.partition("?")[0].split("/", 2), "", "")[:3]
        known = secrets.compare_digest(token.encode(), self.server.token.encode())
        return what if known and self.headers.get("Host") in self.server.hosts else None

    def _send_state(self, said: str) -> None:
        self._send(json.dumps(state_of(self.server.review, said)).encode(), "application/json", "default-src 'none'")

    def _send(self, body: bytes, kind: str, policy: str) -> None:
        self.send_response(HTTPStatus.OK)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", policy),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the library
        """Write nothing: the terminal shows the link alone."""


def _pressed(review: Review, mark_id: object, key: str, place: object) -> Review:
    """Do what a key stands for on a mark. Raises UserError where that cannot be done."""
    if key == "u":
        return review.back()
    mark = next((mark for mark in review.draft.marks if mark.id == mark_id), None)
    if mark is None:
        raise UserError("this sentence is no longer marked: look at another one")
    if key == "/":
        if place not in review.places(mark):
            raise UserError("there is no place in it where it could be divided")
        return review.split(mark, int(str(place)))
    return review.answered(mark, key)


def state_of(review: Review, said: str) -> dict[str, Any]:
    """Return what the page shows: the articles in pieces, the marks by id, and which one is next."""
    sides = review.frame.sides
    following = review.next
    marks = review.draft.marks
    return {
        "sides": [{"id": s.id, "name": s.short_name, "emoji": s.emoji, "colour": s.colour} for s in sides],
        "articles": [
            {
                "title": article.title,
                "paragraphs": _pieces(article, [mark for mark in marks if mark.article == article.id]),
            }
            for article in review.frame.texts
        ],
        "marks": {
            mark.id: {
                "voice": mark.voice or mark.guess,
                "decided": mark.decided,
                "state": mark.state.value,
                "proposal": review.proposal(mark),
                "places": [
                    {"at": place, "label": f"{mark.text[:place].rstrip()} ┃ {mark.text[place:]}"}
                    for place in review.places(mark)[:9]
                ],
            }
            for mark in marks
        },
        "next": following.id if following else None,
        "left": review.left,
        "undecided": len(review.draft.undecided),
        "said": said,
    }


def _pieces(article: Article, marks: list[Mark]) -> list[list[dict[str, str]]]:
    """Divide the paragraphs of an article into what is marked and what is not."""
    paragraphs = []
    for place in article.paragraphs[1:]:
        at, pieces = place.start, []
        for mark in marks:
            if place.start <= mark.start < place.end:
                pieces += [{"text": article.text[at : mark.start]}, {"text": mark.text, "mark": mark.id}]
                at = mark.end
        pieces.append({"text": article.text[at : place.end]})
        paragraphs.append([piece for piece in pieces if piece["text"]])
    return paragraphs
