"""The secrets: the one behind the pseudonyms in the log, and Discord's token.

Each comes from the environment, or from a file that it names: what prints settings cannot print them.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from knowledge.errors import UserError
from knowledge.reading.nearest import quoted

VARIABLE: Final = "DILEMMA_SECRET"
FILE_VARIABLE: Final = "DILEMMA_SECRET_FILE"

TOKEN_VARIABLE: Final = "DISCORD_TOKEN"  # noqa: S105 - the name of a variable
TOKEN_FILE_VARIABLE: Final = "DISCORD_TOKEN_FILE"  # noqa: S105 - the same

LEAST_BYTES: Final = 16
"""Fewest bytes of a secret: with fewer, pseudonyms could be undone by trying every secret."""

_HOW_TO_MAKE: Final = 'make one with `python3 -c "import secrets; print(secrets.token_hex())"`'


def read_secret(environ: Mapping[str, str]) -> bytes | None:
    """Return DILEMMA_SECRET, or what the file DILEMMA_SECRET_FILE holds, stripped; None for neither.

    Raises UserError for a secret that is too short, for a file that cannot be read, and when both are set.
    """
    found = _found(environ, VARIABLE, FILE_VARIABLE)
    return None if found is None else _long_enough(*found)


def read_token(environ: Mapping[str, str]) -> str | None:
    """Return DISCORD_TOKEN, or what the file DISCORD_TOKEN_FILE holds, without white space around it; None for neither.

    Raises UserError for what cannot be a token, for a file that cannot be read, and when both are set.
    """
    found = _found(environ, TOKEN_VARIABLE, TOKEN_FILE_VARIABLE)
    if found is None:
        return None
    content, source = found
    token = content.strip().removeprefix(b"Bot ")
    # A token travels in a header: anything else would be refused there, or be taken for a header of its own.
    if not token or not all(0x21 <= byte <= 0x7E for byte in token):  # noqa: PLR2004 - the printable ASCII signs
        raise UserError(f"the token from {source} is none: copy it again, as one line without spaces")
    return token.decode("ascii")


def kept_secret(path: Path) -> bytes:
    """Return the secret that is kept in a file, and make it the first time (mode 600).

    Raises UserError when the file can be neither read nor made, or holds too little.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as new:  # noqa: PTH123 - the mode has to be right from the start
            new.write(secrets.token_hex())
    except OSError as error:
        if path.is_file():
            return _long_enough(_content(str(path), f"mend that, or set {VARIABLE}"), str(path))
        raise UserError(
            f"no secret can be kept in {path} ({error.strerror}): mend that, or set {VARIABLE}; {_HOW_TO_MAKE}"
        ) from error
    return _long_enough(_content(str(path), f"mend that, or set {VARIABLE}"), str(path))


def passing_secret() -> bytes:
    """Return a random secret for one run, whose pseudonyms cannot be linked with another's."""
    return secrets.token_bytes(32)


def _found(environ: Mapping[str, str], variable: str, file_variable: str) -> tuple[bytes, str] | None:
    """Return the value of one of two variables, and its name; None for neither."""
    if variable in environ and file_variable in environ:
        raise UserError(f"both {variable} and {file_variable} are set: unset one of them")
    if variable in environ:
        return environ[variable].encode("utf-8", "surrogateescape"), variable
    if file_variable in environ:
        return _content(environ[file_variable], f"correct {file_variable}"), file_variable
    return None


def _content(file: str, remedy: str) -> bytes:
    try:
        return Path(file).expanduser().read_bytes()
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(f"the file {quoted(file)} cannot be read ({reason}): {remedy}") from error


def _long_enough(secret: bytes, source: str) -> bytes:
    secret = secret.strip()
    if len(secret) < LEAST_BYTES:
        raise UserError(
            f"the secret from {source} has {len(secret)} bytes, {LEAST_BYTES} are the least: {_HOW_TO_MAKE}"
        )
    return secret
