"""Files and lines without an end: what is read of them."""

from __future__ import annotations

import io
from pathlib import Path

from bot.answer.terminal.jsonl import Refusal, read_request
from bot.screen.reading import MOST_OF_A_LINE, beginning_of, lines_of


def test_no_more_is_read_than_is_allowed() -> None:
    """One byte more tells that there is more."""
    assert beginning_of(Path("/dev/zero"), 10) == bytes(11)


def test_of_an_endless_line_the_beginning_is_kept_and_the_next_line_is_one() -> None:
    """The rest of it goes by, piece by piece."""
    endless = b"x" * (3 * MOST_OF_A_LINE)
    first, second, last = lines_of(io.BytesIO(b"one\n" + endless + b"\nlast"))
    assert (first, second, last) == (b"one\n", endless[: MOST_OF_A_LINE + 1], b"last")
    refused = Refusal(None, "the line has more than 1,000,000 bytes; write fewer turns on it")
    assert read_request(second) == refused
