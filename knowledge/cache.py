"""The cache folder: what is kept there can be made anew, is sealed, and can be written by nobody else."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from typing import TYPE_CHECKING, Any, Final

from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MOST_KEPT: Final = 3
"""Things of one kind that are kept (indexes of a pack, fast encoders, proven packs); the least recently used go."""

_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_SEAL: Final = "seal"


def who_else(path: Path) -> str | None:
    """Return by whom else a file or folder may have been written, or None. Raises OSError."""
    if not hasattr(os, "geteuid"):  # Windows has other rights, which a stat does not tell
        return None
    found = path.stat()
    if found.st_uid not in {os.geteuid(), 0}:
        return "belongs to another user"
    return "can be written by others" if found.st_mode & _OTHERS_MAY_WRITE else None


def check_private(*folders: Path) -> None:
    """Refuse folders that somebody else could have written into; missing ones are none (UserError)."""
    for folder in folders:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            if (why := who_else(folder)) is not None:
                raise UserError(
                    f"the cache folder {folder} {why}, who could have forged what is in it: delete it, or run "
                    f"`chmod go-w` on it if only you wrote there, or set `folder` under [index] in config.toml"
                )


def make_private(folder: Path) -> None:
    """Make a folder, and those above it, where they are missing, for this user alone. Raises OSError, and UserError."""
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        folder.mkdir()  # raises the error that names it
    check_private(folder)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that others cannot write, in one step: another process may be reading it. Raises OSError."""
    descriptor, fresh = tempfile.mkstemp(prefix=path.name, suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        os.replace(fresh, path)  # noqa: PTH105 - mkstemp gives a text
    except BaseException:
        os.unlink(fresh)  # noqa: PTH108 - the same
        raise


def sealed(value: Mapping[str, Any]) -> bytes:
    """Write a value as JSON, with a hash over it."""
    return json.dumps({**value, _SEAL: _seal_of(value)}, indent=2, sort_keys=True).encode() + b"\n"


def unsealed(written: bytes) -> dict[str, Any]:
    """Return what `sealed` wrote. Raises ValueError for anything else."""
    try:
        value = json.loads(written)
        seal = value.pop(_SEAL)
        if seal == _seal_of(value):
            return dict(value)
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"it is not what was written ({type(error).__name__})") from error
    raise ValueError("it is not what was written")


def _seal_of(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def mark_used(path: Path) -> None:
    """Note that something was used, unless the cache cannot be written."""
    with contextlib.suppress(OSError):
        os.utime(path)


def least_used(paths: Iterable[Path]) -> list[Path]:
    """Return the paths that are more than are kept, the least recently used of them."""
    return sorted(paths, key=lambda path: path.stat().st_mtime_ns, reverse=True)[MOST_KEPT:]
