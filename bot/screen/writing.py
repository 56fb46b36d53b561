"""Writing a new file, whole or not at all."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[TextIO]:
    """Open a new file (UserError), and remove it when it could not be written to its end."""
    try:
        with path.open("x", encoding="utf-8", newline="") as stream:
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
