"""An answer that was promised to somebody, and what it takes to give it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

LIFETIME: Final = timedelta(minutes=15)
"""How long Discord takes an answer."""


@dataclass(frozen=True, slots=True)
class Promise:
    """An answer that was promised to a person (pseudonym) at a time (ISO 8601 in UTC).

    `token` lets whoever holds it answer, for LIFETIME: it is a credential, and stands in no message of the program.
    `typed` is what the person wrote, `locale` the language of their app.
    """

    interaction: int
    token: str = field(repr=False)
    guild: str
    person: str
    locale: str
    typed: str = field(repr=False)
    promised_utc: str
