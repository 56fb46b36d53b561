"""One interaction and everything that the bot answered to it.

It must not know how interactions are sent or answers arrive.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from tests.discord.loopback.wire import DiscordError, Json

if TYPE_CHECKING:
    from tests.discord.loopback.messages import Message
    from tests.discord.loopback.people import User
    from tests.discord.loopback.places import Channel

DEADLINE_S = 3.0
"""Discord waits this long for the first answer."""


class Kind(Enum):
    """Kinds of answer, as a person sees them."""

    MESSAGE = "a message"
    CHANGE = "the message with the button, changed"
    MODAL = "a modal"
    CHOICES = "choices of autocomplete"


@dataclass(eq=False, slots=True)
class Interaction:
    """An interaction that was sent, with what came back so far.

    `acknowledged_after_s` counts from sending to the first answer (None: none yet). `original` is the message that
    @original means; `followups` come in order, without the one that replaced "thinking…".
    `heard` is how many sessions got it at once.
    """

    id: int
    token: str
    payload: Json
    user: User
    channel: Channel
    source: Message | None = None
    heard: int = 0
    sent_at: float = field(default_factory=time.perf_counter)
    acknowledged_after_s: float | None = None
    callback: Json | None = None
    thinking: bool = False
    original: Message | None = None
    changed_source: bool = False
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] | None = None
    is_late: bool = False
    token_is_dead: bool = False
    refused: list[int] = field(default_factory=list)
    """Codes with which answers to it were refused, e.g. 40060."""

    def acknowledge(self, callback: Json) -> None:
        """Take the first answer; refuse a late one (10062) and a second one (40060)."""
        after_s = time.perf_counter() - self.sent_at
        if self.callback is not None:
            self.refused.append(40060)
            raise DiscordError(40060)
        if self.is_late or after_s > DEADLINE_S:
            self.refused.append(10062)
            raise DiscordError(10062)
        self.acknowledged_after_s = after_s
        self.callback = callback

    def expire(self) -> None:
        """Let the three seconds be over: the first answer will be refused with 10062."""
        self.is_late = True

    def expire_token(self) -> None:
        """Let the fifteen minutes be over: follow-ups and edits will be refused with 50027."""
        self.token_is_dead = True

    @property
    def answer(self) -> Answer | None:
        """What a person sees by now, or None while there is nothing or only "thinking…"."""
        if self.modal is not None:
            return Answer(Kind.MODAL, None, self.modal, (), tuple(self.followups))
        if self.choices is not None:
            return Answer(Kind.CHOICES, None, None, tuple(self.choices), tuple(self.followups))
        if self.original is not None and not self.thinking:
            if self.original is not self.source:
                return Answer(Kind.MESSAGE, self.original, None, (), tuple(self.followups))
            if self.changed_source:
                return Answer(Kind.CHANGE, self.original, None, (), tuple(self.followups))
        if self.followups:
            return Answer(Kind.MESSAGE, self.followups[0], None, (), tuple(self.followups))
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person sees: a message (new, or the old one changed), a modal, or choices."""

    kind: Kind
    message_or_none: Message | None
    modal_or_none: Json | None
    choices: tuple[Json, ...]
    followups: tuple[Message, ...]

    @property
    def message(self) -> Message:
        """The message; LookupError where the answer is none."""
        if self.message_or_none is None:
            raise LookupError(f"the answer is no message but {self.kind.value}")
        return self.message_or_none

    @property
    def modal(self) -> Json:
        """The modal as JSON; LookupError where the answer is none."""
        if self.modal_or_none is None:
            raise LookupError(f"the answer is no modal but {self.kind.value}")
        return self.modal_or_none

    @property
    def text(self) -> str:
        """All that can be read on the message."""
        return self.message.text
