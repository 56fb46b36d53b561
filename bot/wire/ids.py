"""The ids of buttons, menus and forms: what each is for. They are all that one of them remembers.

    <feature>:<verb>[:<argument>]…

"answer:share:<conversation>:3", say, or "debate:join:<debate>:0". Ids in messages from before there was one grammar are
read here as well, and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.wire.page.limits import LONGEST_ID

_WRITTEN: Final = re.compile(r"[a-z]+:[a-z]+(?::[^:]+)*")

_OLD: Final = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"d:ctx:([^:]+:[^:]+)(?::pick)?", r"answer:context:\1"),
        (r"d:good:(.+)", r"answer:helpful:\1"),
        (r"d:bad:(.+)", r"answer:unhelpful:\1"),
        (r"d:(.+)", r"answer:\1"),
        (r"l:(.+)", r"lookup:\1"),
        (r"r:(.+)", r"review:\1"),
        (r"p:(.+)", r"privacy:\1"),
        (r"(debate:ballot:[^:]+:[a-z]+)([01])", r"\1:\2"),
    )
)
"""How ids were written before, and how they are now; those of debates, prompts and quizzes stayed as they were."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What an id says: something to be done (`verb`) of a feature, and with what."""

    feature: str
    verb: str
    arguments: tuple[str, ...] = ()


def id_of(feature: str, verb: str, *arguments: object) -> str:
    """Write an id. Raises ValueError for one that Discord would refuse, or that could not be read back."""
    written = ":".join((feature, verb, *map(str, arguments)))
    if len(written) > LONGEST_ID:
        raise ValueError(f"{written} has {len(written)} characters, {LONGEST_ID} are allowed")
    if mark_of(written) != Mark(feature, verb, tuple(map(str, arguments))):
        raise ValueError(f"{written} could not be read back: in a part of an id stands no colon, nor nothing")
    return written


def mark_of(custom_id: str) -> Mark | None:
    """Read an id, of whatever age; None for one that is not ours."""
    for old, new in _OLD:
        if found := old.fullmatch(custom_id):
            custom_id = found.expand(new)
            break
    if not _WRITTEN.fullmatch(custom_id):
        return None
    feature, verb, *arguments = custom_id.split(":")
    return Mark(feature, verb, tuple(arguments))
