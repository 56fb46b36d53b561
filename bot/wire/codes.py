"""What Discord answers where it refuses something: the only place where these numbers stand.

Source: https://discord.com/developers/docs/topics/opcodes-and-status-codes, "JSON Error Codes".
"""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """A reason to refuse a request; compare it with `discord.HTTPException.code`."""

    UNKNOWN_CHANNEL = 10003
    UNKNOWN_MESSAGE = 10008
    UNKNOWN_INTERACTION = 10062
    ALREADY_ACKNOWLEDGED = 40060
    NO_ACCESS = 50001
    NO_DIRECT_MESSAGES = 50007
    NO_PERMISSION = 50013
    INVALID_FORM = 50035
    ARCHIVED = 50083
    CANNOT_REPLY = 160002
    """Replying needs the permission to read what is replied to."""
    HAS_THREAD = 160004
    LOCKED = 160005
