"""What people read about what is kept about them. The whole policy stands in PRIVACY.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.wire.page.escaping import escaped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.log.privacy import Forgotten, Holding
    from bot.wire.page.language import Words


def nothing_kept(words: Words) -> str:
    """Say that there is no log."""
    return words("Nothing is logged here, so nothing is kept about you.")


def holdings(held: Sequence[Holding], words: Words) -> list[str]:
    """Return what is kept about a person, and what they can do about it."""
    lines = [f"- {holding.rows} × {words(holding.what)}" for holding in held if holding.rows]
    if not lines:
        return [words("Nothing is kept about you, in no server and in no direct message.")]
    return [
        words("This is kept about you, in all servers and direct messages together; only you see this:"),
        *lines,
        words("`/privacy export` gives you all of it as a file, `/privacy delete` deletes it."),
    ]


def policy(words: Words, days: int, owner: str) -> list[str]:
    """Say in short what is kept, why, how long, and what a person can do."""
    lines = [
        words("**What is kept:** what you ask me, my answers, your votes and disputes, when and in which channel."),
        words("**In debates and lessons:** your votes and choices, and what you say or write there with your name."),
        words("**Not kept:** your id, your name anywhere else, and any message that is not written to me."),
        words("**Who you are** is kept as a code (HMAC-SHA256) that is another one in each server."),
        words("**Why:** to go on with a conversation, to keep old buttons working, to show moderators what is asked."),
        words(
            "**How long:** {days} days, unless a server's moderators chose otherwise; 30 days after I leave a server.",
            days=days,
        ),
        words("**Who else gets it:** nobody. Nothing is sold, nothing trains a model, no other company's is asked."),
        words("**Your rights:** `/privacy show`, `/privacy export` and `/privacy delete`, also in a direct message."),
        words("**Age:** 13 and older, or what your country asks for, as for Discord itself."),
    ]
    if owner:
        lines.append(words("**Who runs me:** {owner}", owner=escaped(owner)))
    return lines


def question(words: Words) -> str:
    """Ask whether everything shall really be deleted."""
    return words(
        "Delete everything that is kept about you, in all servers and direct messages? This cannot be undone. Buttons "
        "below answers to your questions will stop working."
    )


def deleted(forgotten: Forgotten, words: Words) -> list[str]:
    """Return what was deleted, and what could not be."""
    rows = forgotten.rows.total() + forgotten.unwritten
    if not rows:
        return [words("There was nothing about you to delete.")]
    lines = [words.count("Deleted: {number} entry.", "Deleted: {number} entries.", rows)]
    if not forgotten.wiped:
        lines.append(words("Remains of their bytes are overwritten when I start next."))
    if forgotten.left:
        lines.append(
            words("A damaged older file may hold some as well: whoever runs me has to look through it by hand.")
        )
    return lines


def as_file(exported: Mapping[str, Any], now_utc: str) -> bytes:
    """Write what was exported as JSON, with what it is."""
    about = "Everything that this bot keeps about you, by server (Discord's id; dm: outside servers) and table."
    whole = {"about": about, "exported_utc": now_utc, "servers": exported}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()
