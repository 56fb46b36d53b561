"""The secrets: the one behind the pseudonyms in the log, the password of its database, and Discord's token.

Each comes from the environment, or from a file that it names: what prints settings cannot print them.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from knowledge.errors import UserError
from knowledge.reading.encodings import text_of
from knowledge.reading.nearest import quoted

VARIABLE: Final = "DILEMMA_SECRET"
FILE_VARIABLE: Final = "DILEMMA_SECRET_FILE"

TOKEN_VARIABLE: Final = "DISCORD_TOKEN"  # noqa: S105 - the name of a variable
TOKEN_FILE_VARIABLE: Final = "DISCORD_TOKEN_FILE"  # noqa: S105 - the same

LOG_PASSWORD_VARIABLE: Final = "DILEMMA_LOG_PASSWORD"  # noqa: S105 - the same
LOG_PASSWORD_FILE_VARIABLE: Final = "DILEMMA_LOG_PASSWORD_FILE"  # noqa: S105 - the same

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
    try:
        token = text_of(content).strip().removeprefix("Bot ")
    except UnicodeDecodeError:
        token = ""
    fault = _fault_of_token(token)
    if fault:
        raise UserError(f"the token from {source} {fault}")
    return token


_COPY: Final = "open your application's page at Discord, press Reset Token under Bot, and copy what it shows"

_PLACEHOLDER: Final = r"\D*(?:your|here|paste|changeme|placeholder|example)\D*"

_NO_TOKEN: Final = (
    (r"", f"is empty: {_COPY}"),
    (r"""["'`“”‘’«»].*|.*["'`“”‘’«»]""", "stands in quotation marks: remove them"),
    (
        r"(?:export\s+|set\s+|\$env:)?[a-z_]\w*\s*[=:].*",
        "begins with a variable's name: keep only what stands after it",
    ),
    (r"mfa\..*", f"is a person's own, and Discord forbids bots to use those: {_COPY}"),
    (r"\d{15,21}", f"is an application's id: {_COPY}"),
    (r"[0-9a-f]{64}", f"is an application's public key: {_COPY}"),
    (r"[\w-]{32}", f"is a client secret by its length: {_COPY}"),
    (rf"<.*>|\[.*\]|\{{.*\}}|\$.*|%.*%|[x.…*]+|{_PLACEHOLDER}", f"is a placeholder: {_COPY}"),
    (r".*\s.*", "has a space or a line break in it: copy it again, as one line"),
)
"""What people take for a bot's token, each with what to say of it; a pattern matches the whole text in any case."""

_TOKEN: Final = re.compile(rf"(?!mfa\.|{_PLACEHOLDER}$)[\w-]+\.[\w-]+\.[\w-]+", re.ASCII | re.IGNORECASE)
"""A bot's token: three parts in base64 for addresses. Anything else might be taken for a header of its own."""


def _fault_of_token(token: str) -> str:
    """Return what a text is, and what to do, if it cannot be a bot's token; empty where it may be one."""
    if _TOKEN.fullmatch(token):
        return ""
    known = (fault for pattern, fault in _NO_TOKEN if re.fullmatch(pattern, token, re.IGNORECASE | re.DOTALL))
    return next(known, f"is none, for a bot's has three parts with dots between them: {_COPY}")


def read_log_password(environ: Mapping[str, str]) -> SecretStr | None:
    """Return DILEMMA_LOG_PASSWORD, or what the file DILEMMA_LOG_PASSWORD_FILE holds, without the line's end.

    None for neither: libpq then looks into PGPASSWORD and .pgpass. Raises UserError for a file that cannot be read or
    is no text, and when both are set.
    """
    found = _found(environ, LOG_PASSWORD_VARIABLE, LOG_PASSWORD_FILE_VARIABLE)
    if found is None:
        return None
    try:
        return SecretStr(text_of(found[0]).rstrip("\r\n"))
    except UnicodeDecodeError:
        raise UserError(f"the password from {found[1]} is no text in UTF-8: write it anew") from None


def kept_secret(path: Path, *, in_use: Callable[[], bool], now: str) -> bytes:
    """Return the secret that is kept in a file, and make it the first time (mode 600).

    What is too short to be one is moved aside by the time `now` (ISO 8601). Raises UserError when the file can be
    neither read nor made; and where it is gone or cut short while it is `in_use`: a new one would find nobody's turns.
    """
    remedy = f"mend that, or set {VARIABLE}"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = _content(str(path), remedy).strip() if path.exists() else b""
        if len(found) >= LEAST_BYTES:
            return found
        if in_use():
            raise UserError(
                f"the secret in {path} is {'cut short' if found else 'gone'}, and with another nobody's turns "
                "in the log can be found, or deleted by their owner: put it back from a copy, or move the log away to "
                "begin anew"
            )
        if path.exists():
            path.rename(path.with_name(f"{path.name}.damaged-{re.sub(r'[^0-9T]', '', now)[:15]}"))
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as new:  # noqa: PTH123 - the mode has to be right from the start
            new.write(secrets.token_hex())
    except OSError as error:
        raise UserError(
            f"no secret can be kept in {path} ({error.strerror}): mend that, or set {VARIABLE}; {_HOW_TO_MAKE}"
        ) from error
    return _content(str(path), remedy)


def named_files(
    environ: Mapping[str, str], variables: Iterable[str] = (FILE_VARIABLE, TOKEN_FILE_VARIABLE)
) -> tuple[Path, ...]:
    """Return the files that the environment names for secrets, in these variables."""
    return tuple(Path(environ[name]).expanduser() for name in variables if name in environ)


def read_by_others(files: Iterable[Path]) -> tuple[str, ...]:
    """Return a sentence for each file that other accounts may read."""
    found = []
    for file in files:
        try:
            mode = stat.S_IMODE(file.stat().st_mode)
        except OSError:
            continue
        if mode & (stat.S_IRGRP | stat.S_IROTH):
            found.append(f"{file} can be read by other accounts (mode {mode:o}): run `chmod 600 {file}`")
    return tuple(found)


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
