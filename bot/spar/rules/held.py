"""A sparring as it is kept: whose it is, where, and how far it went."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answer.rules.sparring import Sparring  # noqa: TC001 - the codec reads the annotations
from bot.values.passage import FIRST_PACK


@dataclass(frozen=True, slots=True)
class Held:
    """A sparring of a person (a pseudonym) in a channel of a guild; `ended_utc` is None while it runs.

    It began in the channel `began_in`, and may go on in a thread below that.
    """

    id: str
    person: str
    guild: str
    channel: int
    state: Sparring
    started_utc: str
    ended_utc: str | None = None
    began_in: int | None = None
    pack: str = FIRST_PACK
