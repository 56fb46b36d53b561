"""Reading what may be endless, a device or a line that never ends: never more than is allowed into memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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


def json_lines(path: Path, keys: Sequence[str]) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the JSON objects of a file, one a line, with their lines from 1; empty lines are passed over.

    Under each of the keys they have a text that is not empty; an id may be a whole number, too. Raises UserError, which
    names the line: of a file that cannot be read, of another object, and of an id that is there twice.
    """
    seen: dict[object, int] = {}
    try:
        with path.open("rb") as stream:
            for line, content in enumerate(lines_of(stream), start=1):
                if content.strip(b"\xef\xbb\xbf \t\r\n"):
                    found = _object_in(content, keys)
                    if isinstance(found, dict):
                        first = seen.setdefault(found.get("id"), line)
                        if first == line:
                            yield line, found
                            continue
                        found = f"the id {found['id']!r} stands on line {first} already"
                    raise UserError(f"{path}, line {line}: {found}")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name a file that is there") from error
    if not seen:
        raise UserError(f"{path} holds no line: each is an object with the keys {', '.join(keys)}")


def _object_in(content: bytes, keys: Sequence[str]) -> dict[str, object] | str:
    """Return the object on a line, or what is wrong with it."""
    if len(content) > MOST_OF_A_LINE:
        return f"it has more than {MOST_OF_A_LINE:,} bytes: divide it"
    try:
        found = json.loads(content.decode("utf-8-sig"))
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        return "it is not UTF-8: save the file as UTF-8"
    except UnicodeEncodeError:
        return "it holds half a character, as no text does: write it whole"
    except (ValueError, RecursionError):
        return "it is not valid JSON, or is cut off: write one object on it"
    return _checked(found, keys)


def _checked(found: object, keys: Sequence[str]) -> dict[str, object] | str:
    if not isinstance(found, dict):
        return "it is no object: write {" + ", ".join(f'"{key}": …' for key in keys) + "}"
    for key in keys:
        value = found.get(key)
        if not (isinstance(value, str) and value.strip()) and not (key == "id" and type(value) is int):
            return f'"{key}" is missing, empty or no text'
    return found
