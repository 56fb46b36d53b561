"""Reading what may be endless, a device or a line that never ends: never more than is allowed into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

MOST_OF_A_LINE: Final = 1_000_000
"""Bytes of a line that are read; far more than a question or a conversation has."""


def beginning_of(path: Path, most: int) -> bytes:
    """Return a file's bytes; of a longer file one more than `most`, which tells. Raises OSError."""
    with path.open("rb") as stream:
        return stream.read(most + 1)


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yield each line as it comes; of a longer one a byte more than is read of a line, and its rest is passed over."""
    while line := stream.readline(MOST_OF_A_LINE + 1):
        yield line
        while len(line) > MOST_OF_A_LINE and not line.endswith(b"\n"):
            line = stream.readline(MOST_OF_A_LINE + 1)
