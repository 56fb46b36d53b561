"""Messages of the stand-in, and what a person sees on them: text, buttons, selects.

It must not know how a message came to be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.loopback.wire import Json, iso_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.discord.loopback.people import User
    from tests.discord.loopback.places import Channel

SUPPRESS_EMBEDS = 1 << 2
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 18, 19, 21, 22, 23
SELECTS = frozenset({STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
LINK_BUTTON = 5


def walk(components: Sequence[Json]) -> Iterator[Json]:
    """Go through components and everything nested in them, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for single in ("accessory", "component"):
            if isinstance(component.get(single), dict):
                yield from walk([component[single]])


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that the bot uploaded."""

    id: int
    filename: str
    content: bytes
    description: str | None
    content_type: str

    def url(self) -> str:
        """Give the address under which Discord would keep it."""
        return f"https://cdn.discordapp.com/attachments/{self.id}/{self.filename}"

    def wire(self) -> Json:
        """Write it as Discord's attachment object."""
        return {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.content),
            "url": self.url(),
            "proxy_url": self.url(),
            "content_type": self.content_type,
            "description": self.description,
        }


@dataclass(eq=False, slots=True)
class Message:
    """A message. `viewer` is set for ephemeral ones: nobody else sees them.

    `interaction` is the metadata of the interaction that it answers, None for ordinary messages.
    """

    id: int
    channel: Channel
    author: User
    content: str = ""
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    reply_to: Message | None = None
    interaction: Json | None = None
    viewer: User | None = None
    nonce: str | int | None = None
    edits: int = 0
    deleted: bool = False
    reactions: list[str] = field(default_factory=list)
    sent: Json = field(default_factory=dict)
    """The last request that made or changed it, as the bot wrote it."""
    more: Json = field(default_factory=dict)
    """What else people put on it, as Discord's message object has it: a poll, what was forwarded."""

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def is_card(self) -> bool:
        """Whether it is laid out with Components V2."""
        return bool(self.flags & COMPONENTS_V2)

    @property
    def text(self) -> str:
        """All that can be read on it, from top to bottom: content, text displays, embeds."""
        shown = [self.content]
        shown += [part["content"] for part in walk(self.components) if part["type"] == TEXT_DISPLAY]
        for embed in self.embeds:
            shown += [str(embed.get(key, "")) for key in ("title", "description")]
            shown += [f"{each['name']}\n{each['value']}" for each in embed.get("fields", [])]
        return "\n".join(piece for piece in shown if piece)

    @property
    def buttons(self) -> list[Json]:
        """Its buttons in reading order, as JSON (`label`, `custom_id`, `disabled`, `url`)."""
        return [part for part in walk(self.components) if part["type"] == BUTTON]

    @property
    def selects(self) -> list[Json]:
        """Its select menus in reading order, as JSON."""
        return [part for part in walk(self.components) if part["type"] in SELECTS]

    def button(self, label: str) -> Json:
        """Give the one button whose label or custom_id is `label`, or LookupError with those that there are."""
        found = [part for part in self.buttons if label in {part.get("label"), part.get("custom_id")}]
        if len(found) != 1:
            there = ", ".join(repr(part.get("label") or part.get("custom_id")) for part in self.buttons) or "none"
            raise LookupError(f"{len(found)} buttons {label!r} on the message; there are: {there}")
        return found[0]

    def attachment(self, filename: str) -> Attachment:
        """Give an attachment by its name, or LookupError."""
        for each in self.attachments:
            if each.filename == filename:
                return each
        raise LookupError(f"no file {filename!r} on the message; there are: {[a.filename for a in self.attachments]}")

    def wire(self, *, hidden: bool = False) -> Json:
        """Write it as Discord's message object; `hidden` as a bot sees it that may not read its content."""
        written: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "type": 0 if self.reply_to is None else 19,
            "author": self.author.wire(),
            "content": "" if hidden else self.content,
            "embeds": [] if hidden else self.embeds,
            "attachments": [] if hidden else [each.wire() for each in self.attachments],
            "components": [] if hidden else self.components,
            "flags": self.flags,
            "mentions": [user.wire() for user in self.mentions],
            "mention_roles": [str(role) for role in self.mention_roles],
            "mention_everyone": self.mention_everyone,
            "pinned": self.id in self.channel.pinned_ids,
            "tts": False,
            "timestamp": iso_time(self.id),
            "edited_timestamp": iso_time(self.id + (self.edits << 22)) if self.edits else None,
        }
        if not hidden:
            written |= self.more
        if self.nonce is not None:
            written["nonce"] = self.nonce
        if self.interaction is not None:
            written["interaction_metadata"] = self.interaction
            written["application_id"] = self.interaction["application_id"]
            written["webhook_id"] = self.interaction["application_id"]
        if self.reply_to is not None:
            written["message_reference"] = {
                "type": 0,
                "message_id": str(self.reply_to.id),
                "channel_id": str(self.reply_to.channel.id),
            }
            written["referenced_message"] = None if self.reply_to.deleted else self.reply_to.wire(hidden=hidden)
        return written


def received_components(components: Sequence[Json], attachments: Sequence[Attachment]) -> list[Json]:
    """Give components as Discord hands them back: each with an id, media with the address that it keeps them at."""
    numbers = iter(range(1, 1000))
    addresses = {f"attachment://{each.filename}": each for each in attachments}

    def received(part: object) -> object:
        if isinstance(part, list):
            return [received(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "type" in part:
            part = {"id": next(numbers), **part}
        if part.get("url") in addresses:
            kept = addresses[part["url"]]
            media = {"url": kept.url(), "proxy_url": kept.url(), "content_type": kept.content_type}
            return {**media, "placeholder": "", "loading_state": 2, "attachment_id": str(kept.id)}
        return {key: received(value) for key, value in part.items()}

    return [dict(each) for part in components if isinstance(each := received(part), dict)]
