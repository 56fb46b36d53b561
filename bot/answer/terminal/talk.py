"""The service as a terminal uses it: one person, one question at a time, and each call waits for its answer."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot.answer.service.ask import Asking
from bot.config.secret import passing_secret, read_secret
from bot.values.asker import Asker, pseudonym
from bot.values.typed import sound
from knowledge.model import Pack

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from bot.answer.service.ask import Reply
    from bot.screen.session import Session

T = TypeVar("T")

PATIENCE_S: Final = 0.3
"""How long an answer may take before the person is told that it is on its way; most are there sooner."""

PLACE: Final = "terminal"


class Talk:
    """A person's conversation.

    Between the calls no event loop runs, so that Ctrl-C is free to interrupt whatever waits for input. During a call
    it cancels that call alone, which raises KeyboardInterrupt here; the conversation goes on.
    """

    def __init__(
        self,
        asking: Asking,
        asker: Asker,
        runner: asyncio.Runner,
        waiting: Callable[[], AbstractContextManager[object]],
    ) -> None:
        """Keep the service and the one event loop on which it is used; `waiting` is entered while an answer is late."""
        self._asking = asking
        self._asker = asker
        self._runner = runner
        self._waiting = waiting

    def ask(self, text: str) -> Reply:
        """Ask a question, or go on from the one before."""
        return self._wait(self._asking.ask(self._asker, sound(text)))

    def rebut(self, statement: str) -> Reply:
        """Put a claim, to see what stands against it."""
        return self._wait(self._asking.rebut(self._asker, sound(statement)))

    def forget(self) -> None:
        """Begin a new conversation."""
        self._wait(self._asking.forget_conversation(self._asker))

    def _wait(self, coming: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(self._patiently(coming))

    async def _patiently(self, coming: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(coming)
        try:
            await asyncio.wait({task}, timeout=PATIENCE_S)
            if task.done():
                return task.result()
            with self._waiting():
                return await task
        finally:
            task.cancel()


@contextmanager
def talking(
    session: Session, holder: str, *, log: bool = True, log_path: Path | None = None
) -> Iterator[tuple[Pack, Talk]]:
    """Open the service for a new conversation with the person at this terminal, and close it again (UserError).

    `holder` names this process to others that want the same log. The person is the account's name, which the log holds
    as a pseudonym only.
    """
    secret = read_secret(session.environ) or passing_secret()
    user = session.environ.get("USER") or session.environ.get("USERNAME") or "somebody"
    asker = Asker(pseudonym(secret, PLACE, user), PLACE)
    with session.app(holder, log=log, log_path=log_path) as parts, asyncio.Runner() as runner:
        talk = Talk(Asking.of(parts), asker, runner, lambda: session.screen.busy("looking through the articles"))
        # The service would go on from what the log holds of this person, perhaps from last week.
        talk.forget()
        yield parts.get(Pack), talk
