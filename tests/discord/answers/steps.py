"""What most of these tests do first: ask, and press a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.guild.rules.permissions import Rights
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.discord.loopback import Channel, Loopback, Message, User

EVERYTHING_TRACKED = pack().passage("everything-tracked").text
AUDIENCE_PAWN = pack().passage("audience-pawn").text
GONE = "This answer is no longer in the log"
CHIEF = Rights(manages=True)


async def asked(loopback: Loopback, user: User, channel: Channel, question: str = "is my data sold") -> Message:
    """Ask with the command, and give the answer's message."""
    return (await loopback.answer(await loopback.slash(user, channel, "ask", question=question))).message


async def pressed(loopback: Loopback, user: User, message: Message, button: str) -> Message:
    """Press a button, and give the message that comes."""
    return (await loopback.answer(await loopback.press(user, message, button))).message


def quoted_in(card: Message) -> list[str]:
    """List the passages that a card quotes, in its order."""
    places = {passage.id: card.text.find(f"“{passage.text}”") for passage in pack().passages}
    return sorted((name for name, place in places.items() if place >= 0), key=places.__getitem__)
