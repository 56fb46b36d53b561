"""Writing a new file, whole or not at all."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO


def check_new(path: Path) -> None:
    """Raise UserError for a file that cannot be made, before its content rather than after it."""
    if path.exists():
        raise UserError(f"{path} exists already: name another file, or remove it")
    if not path.parent.is_dir():
        raise UserError(f"{path} cannot be written: there is no folder {path.parent}")


@contextlib.contextmanager
def new_file(path: Path, *, private: bool = False) -> Iterator[TextIO]:
    """Open a new file (UserError), and remove it when it could not be written to its end.

    A `private` one, with people in it, can be read by its owner alone (mode 600).
    """

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600 if private else 0o666)

    try:
        with open(path, "x", encoding="utf-8", newline="", opener=opener) as stream:
            try:
                yield stream
                stream.flush()
            except BaseException:
                path.unlink()
                raise
    except FileExistsError:
        raise UserError(f"{path} exists already: name another file, or remove it") from None
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}): name another file") from error
