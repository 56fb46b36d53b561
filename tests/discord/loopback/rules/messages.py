"""Discord's limits on messages, and the project's own rule that a message pings nobody.

It must not know how a request reached the stand-in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.loopback.messages import COMPONENTS_V2, EPHEMERAL, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS
from tests.discord.loopback.rules.components import card_problems, classic_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.discord.loopback.wire import Json

CONTENT_LIMIT = 2000
EMBEDS_LIMIT = 10
EMBED_TEXT_LIMIT = 6000
EMBED_LIMITS = {"title": 256, "description": 4096}
FIELDS_LIMIT = 25
FIELD_LIMITS = {"name": 256, "value": 1024}
NONCE_LIMIT = 25
FILES_LIMIT = 10
FILE_BYTES_LIMIT = 10 * 1024 * 1024
ALT_TEXT_LIMIT = 1024
BESIDE_A_CARD = ("content", "embeds", "poll", "sticker_ids")


def message_problems(body: Json, files: Mapping[str, bytes], *, in_answer: bool, old_flags: int = 0) -> Iterator[str]:
    """Name every limit of Discord that a message's body breaks.

    `files` are the uploads by name; `in_answer`: it answers an interaction; `old_flags`: those of the message that it
    changes, for Components V2 can never be taken away again.
    """
    flags = body.get("flags") or 0
    if old_flags & COMPONENTS_V2 and "flags" in body and not flags & COMPONENTS_V2:
        yield "flag 32768 (Components V2) cannot be taken from a message"
    settable = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2 | (EPHEMERAL if in_answer else 0)
    if flags & ~settable:
        yield f"flags {flags} hold {flags & ~settable}, which cannot be set here"
    names = [str(each.get("filename")) for each in body.get("attachments") or [] if "filename" in each]
    if (flags | old_flags) & COMPONENTS_V2:
        yield from (f"{key} stands beside Components V2" for key in BESIDE_A_CARD if body.get(key))
        yield from card_problems(body.get("components") or [], [*files, *names])
    else:
        yield from classic_problems(body.get("components") or [])
    if len(body.get("content") or "") > CONTENT_LIMIT:
        yield f"content has {len(body['content'])} characters, {CONTENT_LIMIT} are the most"
    if len(str(body.get("nonce") or "")) > NONCE_LIMIT:
        yield f"nonce {body['nonce']!r} is longer than {NONCE_LIMIT}"
    yield from _embed_problems(body.get("embeds") or [])
    yield from _file_problems(body, files)


def _embed_problems(embeds: list[Json]) -> Iterator[str]:
    if len(embeds) > EMBEDS_LIMIT:
        yield f"{len(embeds)} embeds, {EMBEDS_LIMIT} are the most"
    total = 0
    for embed in embeds:
        fields = embed.get("fields") or []
        if len(fields) > FIELDS_LIMIT:
            yield f"an embed has {len(fields)} fields, {FIELDS_LIMIT} are the most"
        for part, limits in [(embed, EMBED_LIMITS), *((each, FIELD_LIMITS) for each in fields)]:
            for key, limit in limits.items():
                length = len(part.get(key) or "")
                total += length
                if length > limit:
                    yield f"an embed's {key} has {length} characters, {limit} are the most"
        total += len((embed.get("footer") or {}).get("text", "")) + len((embed.get("author") or {}).get("name", ""))
    if total > EMBED_TEXT_LIMIT:
        yield f"embeds have {total} characters in all, {EMBED_TEXT_LIMIT} are the most"


def _file_problems(body: Json, files: Mapping[str, bytes]) -> Iterator[str]:
    if len(files) > FILES_LIMIT:
        yield f"{len(files)} files, {FILES_LIMIT} are the most"
    for name, content in files.items():
        if len(content) > FILE_BYTES_LIMIT:
            yield f"the file {name} has {len(content)} bytes, {FILE_BYTES_LIMIT} are the most"
    for each in body.get("attachments") or []:
        if len(each.get("description") or "") > ALT_TEXT_LIMIT:
            yield f"the alt text of {each.get('filename')} is longer than {ALT_TEXT_LIMIT}"


def is_empty(body: Json, files: Mapping[str, bytes]) -> bool:
    """Whether there would be nothing to see (Discord's 50006)."""
    return not files and not any(body.get(key) for key in ("content", "embeds", "components", "poll", "sticker_ids"))


def ping_problems(body: Json, *, is_edit: bool = False) -> Iterator[str]:
    """Name what breaks the project's own rule: every message says that it pings nobody.

    Edits that show no new words need not say it.
    """
    if is_edit and not body.get("content") and not body.get("components"):
        return
    said: Any = body.get("allowed_mentions")
    if not isinstance(said, dict) or said.get("parse") != []:
        yield f"allowed_mentions is {said!r}: every message must carry parse: []"
    elif said.get("users") or said.get("roles") or said.get("replied_user"):
        yield f"allowed_mentions is {said!r}: a message may ping nobody"
