"""The pages of the log's file, and the bytes in them that belong to no row.

With secure_delete, SQLite overwrites what is deleted, but not the copies that it leaves behind where it moved a cell
from page to page. Those lie in holes, which the format marks in each page (https://www.sqlite.org/fileformat2.html,
1.6); SQLite never reads a hole, so it may be overwritten beside it. Only the writing thread may, between checkpoints.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FILE_HEADER: Final = 100
_WAL_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_MOST_PAGES: Final = 1 << 25
"""From here on (128 GB), the number that an overflow page begins with could look like the kind of a b-tree's page."""

_HEADERS: Final = {2: 12, 5: 12, 10: 8, 13: 8}
"""The length of a page's header by its first byte: interior and leaf pages of indexes and tables."""


class Pages:
    """The file of an open log beside SQLite's own handle.

    Closing any handle of a file gives up the locks that this process has on it: close SQLite's first.
    """

    def __init__(self, path: Path) -> None:
        self._wal = path.with_name(f"{path.name}-wal")
        self.descriptor = os.open(path, os.O_RDWR)

    def close(self) -> None:
        """Close the handle."""
        os.close(self.descriptor)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Keep other processes of this program from overwriting at the same time; false where one does."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # SQLite's own locks are of another kind
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)

    @property
    def wal_size(self) -> int:
        """The bytes of the WAL; 0 without one."""
        try:
            return self._wal.stat().st_size
        except FileNotFoundError:
            return 0

    def in_wal(self) -> frozenset[int]:
        """Return the numbers of the pages that stand in the WAL (the first page is 1)."""
        try:
            descriptor = os.open(self._wal, os.O_RDONLY)
        except FileNotFoundError:
            return frozenset()
        try:
            header = os.pread(descriptor, _WAL_HEADER, 0)
            frame = _FRAME_HEADER + int.from_bytes(header[8:12], "big")
            starts = range(_WAL_HEADER, os.fstat(descriptor).st_size - _FRAME_HEADER + 1, frame)
            return frozenset(int.from_bytes(os.pread(descriptor, 4, start), "big") for start in starts)
        finally:
            os.close(descriptor)

    def count(self) -> int:
        """Return how many pages the file has."""
        size = self._size()
        return os.fstat(self.descriptor).st_size // size if size else 0

    def overwrite_holes(self, numbers: Iterable[int]) -> int:
        """Fill the holes of pages with zeros, and return how many pages had something in them."""
        size, count, found = self._size(), self.count(), 0
        if not size or count >= _MOST_PAGES:
            return 0
        usable = size - os.pread(self.descriptor, 1, 20)[0]
        for number in numbers:
            if number > count or _maps(number, usable):
                continue
            start = (number - 1) * size
            page = os.pread(self.descriptor, usable, start)
            dirty = [hole for hole in _holes(page, _FILE_HEADER if number == 1 else 0) if any(page[slice(*hole)])]
            for begin, end in dirty:
                os.pwrite(self.descriptor, bytes(end - begin), start + begin)
            found += bool(dirty)
        return found

    def sync(self) -> None:
        """Wait until the disk has it all."""
        os.fsync(self.descriptor)

    def _size(self) -> int:
        """Return the bytes of a page; 0 for a file that has none yet."""
        size = int.from_bytes(os.pread(self.descriptor, 2, 16), "big")
        return 65_536 if size == 1 else size


def _maps(number: int, usable: int) -> bool:
    """Return whether a page is one that maps others to their parents, in a file that can be vacuumed in steps."""
    return number >= 2 and (number - 2) % (usable // 5 + 1) == 0  # noqa: PLR2004 - the second page is the first map


def _holes(page: bytes, base: int) -> Iterator[tuple[int, int]]:
    """Return the unused ranges of a b-tree's page; none of any other page, and of one that is not as it should be."""
    header = _HEADERS.get(page[base]) if len(page) > base else None
    if header is None:
        return
    block, cells, content = (int.from_bytes(page[base + at : base + at + 2], "big") for at in (1, 3, 5))
    begin, end = base + header + 2 * cells, content or 65_536
    if not begin <= end <= len(page):
        return
    yield begin, end
    while end <= block <= len(page) - 4:
        following, length = (int.from_bytes(page[block + at : block + at + 2], "big") for at in (0, 2))
        yield block + 4, min(block + length, len(page))
        if following <= block:
            return
        block = following
