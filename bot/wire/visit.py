"""One visit of a person: admitted, acknowledged in time, answered. Every command, button and form begins here."""

from __future__ import annotations

import asyncio
import io
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.process.limits import Haste
from bot.values.promise import Promise
from bot.wire.first_answer import acknowledge, show_form
from bot.wire.page.layout import Page, Style
from bot.wire.page.render import payload_of
from bot.wire.press import typed_in
from bot.wire.reply import deliver, put_in_place, withdraw
from knowledge.errors import UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from discord import ui

    from bot.wire.client import DilemmaClient
    from bot.wire.page.controls import Row
    from bot.wire.page.language import Words
    from bot.wire.services import Services

    Interaction = discord.Interaction[DilemmaClient]


LOG_WITHIN_S: Final = 1.0
"""How long an acknowledgement waits for a log that is just being opened."""


class Cost(Enum):
    """What a visit counts as against a person's limits."""

    PRESS = "press"
    """A read of the log, or one row written."""
    QUESTION = "question"
    """A question, of the person and of the guild."""
    OWN = "own"
    """As a question, of the person alone, about what is kept of them; so nothing is noted of it."""


class Visit:
    """Somebody who was admitted. `person` is their pseudonym, `guild` the one whose rules hold, or NO_GUILD."""

    def __init__(self, interaction: Interaction, *, changing: bool) -> None:
        self.services: Services = interaction.client.services
        self.asker = self.services.asker_of(interaction)
        self.person, self.guild = self.asker.person, self.asker.guild
        self.answered = False
        self.interaction = interaction
        self._changing = changing

    async def show(self, payload: Mapping[str, Any]) -> int | None:
        """Replace "thinking…" and return the new message's id (None if deleted), or the message that was pressed."""
        self.answered = True
        if self._changing:
            await put_in_place(self.interaction, payload)
            return None
        return await deliver(self.interaction, payload)

    async def put(self, page: Page, rows: Iterable[Row], words: Words, style: Style = Style.PLAIN) -> int | None:
        """Show a page with its buttons, as `show` does."""
        return await self.show(payload_of(page, rows, words, style, editing=self._changing))

    async def say(self, text: str) -> None:
        """Show a text."""
        await self.show({"content": text})

    async def give(self, text: str, content: bytes, name: str) -> None:
        """Show a text with a file. Raises UserError for more than Discord takes."""
        if len(content) > self.interaction.filesize_limit:
            raise UserError("This is more than Discord takes as a file: ask whoever runs me for it.")
        await self.show({"content": text, "file": discord.File(io.BytesIO(content), name)})

    async def ask(self, form: ui.Modal) -> None:
        """Show a form."""
        await show_form(self.interaction, form)


@asynccontextmanager
async def visit(
    interaction: Interaction,
    cost: Cost = Cost.PRESS,
    *,
    private: bool = True,
    changing: bool = False,
    form: bool = False,
) -> AsyncIterator[Visit]:
    """Admit a person (Busy), and tell Discord within its three seconds that an answer comes.

    It is a new message, which only the person sees if `private`; with `changing` an edit of the one that was pressed;
    with `form` a form, which must come at once. Shutting down waits for visits.
    """
    here = Visit(interaction, changing=changing)
    unnoted = form or changing or cost is Cost.OWN
    with _admitted(here, cost):
        async with nullcontext() if unnoted else _promised(here):
            if not form:
                await acknowledge(interaction, private=private, changing=changing)
            try:
                yield here
            except UserError:
                if not (private or changing or form or here.answered):
                    # What follows takes the place of "thinking…", for everybody to see, unless that is gone.
                    await withdraw(interaction)
                raise


@asynccontextmanager
async def _promised(here: Visit) -> AsyncIterator[None]:
    """Have it noted that an answer was promised, until it is out: a visit that is cut short is the next run's."""
    noting = asyncio.create_task(_note(here))
    serving = here.services.serving
    if serving.hindrance is None:
        # A kill must not come between the acknowledgement and its note.
        await asyncio.wait({noting}, timeout=None if serving.pending else LOG_WITHIN_S)
    try:
        yield
    except Exception:
        _forget(here, noting)
        raise
    _forget(here, noting)


async def _note(here: Visit) -> None:
    """Note a promise, as soon as it can be."""
    interaction, services = here.interaction, here.services
    promise = Promise(
        interaction.id,
        interaction.token,
        here.guild,
        here.person,
        str(interaction.locale),
        typed_in(interaction),
        services.clock.now_utc().isoformat(),
    )
    # Whoever comes before there is a log is noted as soon as there is one, though what answers still loads.
    await (await services.serving.keeping()).note(promise)


def _forget(here: Visit, noting: asyncio.Task[None]) -> None:
    noting.cancel()
    if (pending := here.services.serving.pending) is not None:
        pending.drop(here.interaction.id)


def is_private(interaction: Interaction) -> bool:
    """Return whether the message of a button is one that only this person sees."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def _admitted(here: Visit, cost: Cost) -> AbstractContextManager[None]:
    match cost:
        case Cost.PRESS:
            return here.services.limits.pressing(here.person)
        case Cost.QUESTION:
            return here.services.admitted(here.asker)
        case Cost.OWN:
            return here.services.limits.admitted(here.person, None, Haste.PRESSING)
