"""Votes under seal: whose a row is, and what it says, can be told with the secret alone."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARTED: Final = "\x1f"
_DIGITS: Final = 32
"""128 bits: nobody finds two alike, nor one by trying."""
_SALT: Final = 16

C = TypeVar("C", str, "str | None")


class Seal:
    """Marks made with a secret. Those of one person in two votes have nothing in common, nor those of equal choices."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def voter(self, scope: str, person: str) -> str:
        """Return what stands for a person in one debate, prompt or lesson."""
        return self._mark("voter", scope, person)

    def choice(self, voter: str, of: str | int, choice: str | None) -> str:
        """Return what stands for a voter's choice `of` a ballot or question; another one each time.

        Otherwise pages that SQLite kept of before would tell who chose the same again.
        """
        salt = secrets.token_hex(_SALT // 2)
        return salt + self._choice(salt, voter, of, choice)

    def opened(self, voter: str, of: str | int, mark: str, choices: Iterable[C]) -> C:
        """Return which of some choices a mark stands for.

        Raises ValueError for none: it was made with another secret, under which that voter is somebody else.
        """
        for choice in choices:
            if hmac.compare_digest(self._choice(mark[:_SALT], voter, of, choice), mark[_SALT:]):
                return choice
        raise ValueError(f"the vote {mark} cannot be opened with this secret")

    def _choice(self, salt: str, voter: str, of: str | int, choice: str | None) -> str:
        return self._mark("choice", salt, voter, str(of), "" if choice is None else choice)

    def _mark(self, *parts: str) -> str:
        return hmac.digest(self._secret, _PARTED.join(parts).encode(), "sha256").hex()[:_DIGITS]
