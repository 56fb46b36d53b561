"""The name by which the log knows a person.

It must not know where the secret is kept.
"""

from __future__ import annotations

import hashlib
import hmac


def pseudonym(secret: bytes, guild: str, user: str) -> str:
    """Give the hex HMAC-SHA256 of a guild's and a user's id: 64 characters, the same person always the same.

    Without the secret nobody can try ids until one fits, and one user has unrelated names in two guilds. Raises
    ValueError for an empty secret, and for a guild that holds the separator U+001F.
    """
    if not secret:
        raise ValueError("the secret for pseudonyms is empty")
    if "\x1f" in guild:
        raise ValueError(f"the guild {guild!r} holds the separator U+001F")
    return hmac.new(secret, f"{guild}\x1f{user}".encode(), hashlib.sha256).hexdigest()
