"""What talks at a terminal: the service for one person, each call waiting for its answer, and a whole conversation."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from bot.answer.service.ask import Asking
from bot.config.secret import passing_secret, read_secret
from bot.process.journal import log_fault
from bot.quote.rules import phrases as wording
from bot.quote.terminal.layout import AnswerLayout
from bot.screen.lines import Line
from bot.values.asker import Asker, pseudonym
from bot.values.text import is_blank, sound
from knowledge.errors import UserError
from knowledge.model import Pack
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from bot.answer.rules.sparring import Sparring
    from bot.answer.service.ask import Reply
    from bot.screen.screen import Screen
    from bot.screen.session import Session
    from knowledge.model import Article

T = TypeVar("T")

PATIENCE_S: Final = 0.3
"""How long an answer may take before the person is told that it is on its way; most are there sooner."""

PLACE: Final = "terminal"


@dataclass(frozen=True, slots=True)
class Talk:
    """A person's conversation, on an event loop of its own; `waiting` is entered while an answer is late.

    The loop runs only during calls, so Ctrl-C interrupts whatever waits for input. During a call it cancels that call
    alone, which raises KeyboardInterrupt.
    """

    asking: Asking
    asker: Asker
    runner: asyncio.Runner
    waiting: Callable[[], AbstractContextManager[object]]

    def ask(self, text: str) -> Reply:
        """Ask a question, or go on from the one before."""
        return self._wait(self.asking.ask(self.asker, sound(text)))

    def rebut(self, statement: str) -> Reply:
        """Put a claim, to see what stands against it."""
        return self._wait(self.asking.rebut(self.asker, sound(statement)))

    def sparring(self, side: str) -> Sparring:
        """Begin a sparring against a side (UserError)."""
        return self.asking.sparring(side)

    def spar(self, sparring: Sparring, text: str) -> tuple[Reply, Sparring]:
        """Argue against the side that is held."""
        return self._wait(self.asking.spar(self.asker, sparring, sound(text)))

    def forget(self) -> None:
        """Begin a new conversation."""
        self._wait(self.asking.forget_conversation(self.asker))

    def _wait(self, coming: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(self._patiently(coming))

    async def _patiently(self, coming: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(coming)
        try:
            await asyncio.wait({task}, timeout=PATIENCE_S)
            if task.done():
                return task.result()
            with self.waiting():
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


COMMANDS: Final = {
    "/help": "show this list",
    "/topics": "list what can be asked about",
    "/sources": "list the articles that are quoted",
    "/new": "forget the conversation and begin another",
    "/quit": "end the conversation (Ctrl-D does too)",
}


@dataclass(frozen=True, slots=True)
class Conversing:
    """One conversation; `at_terminal`: what is typed stands on the screen already."""

    pack: Pack
    talk: Talk
    screen: Screen
    at_terminal: bool

    def hold(self, typed: Iterable[str]) -> None:
        """Take line after line until there are no more, or until /quit.

        Ctrl-C while a line is being answered ends that answer only.
        """
        if self.at_terminal:
            self.screen.say(f"{self.pack.title} · {wording.names_of(self.pack)}, quoted and cited")
            self.screen.say("Ask a question. /help lists what else there is; Ctrl-D ends the conversation.")
        for line in typed:
            try:
                if not self._take(line.strip()):
                    return
            except KeyboardInterrupt:
                if not self.at_terminal:
                    raise
                self.screen.say("cancelled; the conversation goes on")

    def _take(self, text: str) -> bool:
        """Answer or obey; return whether there is more to come."""
        if is_blank(text):
            return True
        if text.startswith("/"):
            return self._obey(text.split(maxsplit=1)[0])
        try:
            reply = self.talk.ask(text)
        except UserError as error:
            self.screen.say(str(error))
        except Exception as error:  # noqa: BLE001 - a fault in one answer must not cost the conversation
            self.screen.say(f"something broke inside (id {log_fault(error)}); the conversation goes on")
        else:
            asked = None if self.at_terminal else "You asked"
            self._show(self._layout.answer(reply.answer, asked, reply.notices))
        return True

    def _obey(self, command: str) -> bool:
        """Do what a slash command says; return whether there is more to come."""
        match command.casefold():
            case "/help":
                self._show(self._layout.items(f"{name}: {what}" for name, what in COMMANDS.items()))
            case "/topics":
                self._show(self._layout.items(topic.question for topic in self.pack.topics))
            case "/sources":
                self._show(self._layout.items(map(_named, self.pack.articles)))
            case "/new":
                self.talk.forget()
                self.screen.say("a new conversation begins; what was said before is forgotten")
            case "/quit":
                return False
            case unknown:
                self.screen.say(f"there is no command {quoted(unknown)}{hint(unknown, COMMANDS)}")
        return True

    @property
    def _layout(self) -> AnswerLayout:
        """The layout for the terminal as wide as it is now."""
        return AnswerLayout(self.pack, self.screen.width)

    def _show(self, lines: Iterable[Line]) -> None:
        """Show lines and an empty one; another parts them from what is typed where that stands on the screen."""
        before = (Line(""),) if self.at_terminal else ()
        self.screen.show((*before, *lines, Line("")))


def _named(article: Article) -> str:
    by = f" by {article.author}" if article.author else ""
    where = ", ".join(fact for fact in (article.publisher, article.published) if fact)
    return f"{article.title}{by}{f' ({where})' if where else ''}"
