"""Files of a pack that change while somebody works on it: each is written whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from knowledge.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file of a pack in one step: whoever ends the program at any moment loses nothing. Raises UserError."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise UserError(f"{path} cannot be written ({error.strerror}): make room or see to its rights") from error
