"""The secret behind the pseudonyms in the log: from the environment, or from a file that the environment names.

It stands in no setting, so that nothing that prints settings can print it. It must not know what a pseudonym is.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from knowledge.errors import UserError
from knowledge.nearest import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "DILEMMA_SECRET"
FILE_VARIABLE: Final = "DILEMMA_SECRET_FILE"

LEAST_BYTES: Final = 16
"""Fewest bytes of a secret: with fewer, pseudonyms could be undone by trying every secret."""

_HOW_TO_MAKE: Final = 'make one with `python3 -c "import secrets; print(secrets.token_hex())"`'


def read_secret(environ: Mapping[str, str]) -> bytes | None:
    """Give DILEMMA_SECRET, or what the file DILEMMA_SECRET_FILE holds, without white space around it; None for neither.

    Raises UserError for a secret that is too short, for a file that cannot be read, and when both are set.
    """
    if VARIABLE in environ and FILE_VARIABLE in environ:
        raise UserError(f"both {VARIABLE} and {FILE_VARIABLE} are set: unset one of them")
    if VARIABLE in environ:
        return _long_enough(environ[VARIABLE].encode("utf-8", "surrogateescape"), VARIABLE)
    if FILE_VARIABLE in environ:
        return _long_enough(_content(environ[FILE_VARIABLE]), FILE_VARIABLE)
    return None


def passing_secret() -> bytes:
    """Make a random secret for one run: its pseudonyms cannot be linked with those of any other run."""
    return secrets.token_bytes(32)


def _content(file: str) -> bytes:
    try:
        return Path(file).expanduser().read_bytes()
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"the file {quoted(file)} cannot be read ({reason}): correct {FILE_VARIABLE}") from error


def _long_enough(secret: bytes, source: str) -> bytes:
    secret = secret.strip()
    if len(secret) < LEAST_BYTES:
        raise UserError(
            f"the secret from {source} has {len(secret)} bytes, {LEAST_BYTES} are the least: {_HOW_TO_MAKE}"
        )
    return secret
