"""What a person reads when something goes wrong, and what is logged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import aiohttp
import discord
from discord import app_commands

from bot.process.journal import log_fault, logger
from bot.values.text import is_blank
from bot.wire.page.escaping import size
from bot.wire.page.language import Words, words_for
from bot.wire.page.limits import LONGEST_TEXT, Code
from bot.wire.reply import persistently
from knowledge.errors import UserError

if TYPE_CHECKING:
    from typing import Any


_LATE: Final = {Code.UNKNOWN_INTERACTION, Code.ALREADY_ACKNOWLEDGED, Code.UNKNOWN_WEBHOOK}
_CLOSED: Final = {
    Code.NO_ACCESS,
    Code.NO_PERMISSION,
    Code.ARCHIVED,
    Code.UNKNOWN_CHANNEL,
    Code.UNKNOWN_MESSAGE,
    Code.NO_DIRECT_MESSAGES,
}
"""Nothing can be written there."""

_FENCE: Final = "```"


def is_closed(error: BaseException) -> bool:
    """Return whether Discord said that nothing can be written there."""
    return isinstance(error, discord.HTTPException) and error.code in _CLOSED


def in_words(error: BaseException, words: Words) -> str | None:
    """Return what the person reads, None when nobody can; a fault is logged under the id shown."""
    while isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, discord.HTTPException):
        return _refused(error, words)
    match error:
        case UserError():
            said = words(error.message)
            # In a terminal the same sentence follows "error: ".
            return f"{said[:1].upper()}{said[1:]}"
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            return words("This command has changed: reload Discord, then try again.")
        case app_commands.CheckFailure():
            return words("You may not do that here.")
    return _broken(error, words)


def _refused(error: discord.HTTPException, words: Words) -> str | None:
    if error.code in _LATE:
        logger(__name__).info("an interaction was over before it was answered", code=error.code)
        return None
    if is_closed(error):
        logger(__name__).info("Discord would not take an answer", code=error.code)
        return words("Discord does not let me write here: a moderator can give me the permission, or open the thread.")
    logger(__name__).warning("Discord refused a request", status=error.status, code=error.code)
    return _broken(error, words)


def _broken(error: BaseException, words: Words) -> str:
    return words("Something went wrong on my side (id {id}); it is logged.", id=log_fault(error))


async def tell(interaction: discord.Interaction[Any], error: BaseException, *, written: str = "") -> None:
    """Answer an interaction with an error, which only the person sees, and give back all that they have `written`.

    A failure to send it is logged, not raised.
    """
    words = words_for(interaction.locale)
    text = in_words(error, words)
    if text is None:
        return
    try:
        for part in with_written(text, written, words):
            await persistently(partial(_say, interaction, part))
    except discord.HTTPException as refused:
        logger(__name__).info("an error could not be told", code=refused.code, status=refused.status)
    except (aiohttp.ClientError, OSError) as failure:
        logger(__name__).info("an error could not be told", failure=type(failure).__name__)


def with_written(text: str, written: str, words: Words) -> list[str]:
    """Return a text with what a person wrote below, in as many messages as that takes."""
    if is_blank(written):
        return [text]
    head = f"{text}\n{words('You wrote:')}\n"
    # Only what would end the block has to give way.
    rest = written.replace(_FENCE, "` ` `")
    messages: list[str] = []
    while rest or not messages:
        inside, rest = _split(rest, LONGEST_TEXT - size(head) - 2 * len(_FENCE) - 2)
        messages.append(f"{head}{_FENCE}\n{inside}\n{_FENCE}")
        head = ""
    return messages


def _split(text: str, room: int) -> tuple[str, str]:
    """Split a text behind as many characters as Discord counts no more than `room` for."""
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * room]
    inside = units.decode("utf-16-le", "ignore")
    return inside, text[len(inside) :]


async def _say(interaction: discord.Interaction[Any], text: str) -> None:
    if interaction.response.is_done() or not await _told_first(interaction, text):
        await interaction.followup.send(text, ephemeral=True, suppress_embeds=True)


async def _told_first(interaction: discord.Interaction[Any], text: str) -> bool:
    """Send an error as the first answer; False where Discord already has one, whose acknowledgement was lost."""
    try:
        await interaction.response.send_message(text, ephemeral=True, suppress_embeds=True)
    except discord.HTTPException as refused:
        if refused.code != Code.ALREADY_ACKNOWLEDGED:
            raise
        return False
    return True
