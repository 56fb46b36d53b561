"""A conversation: what is typed is answered, and what begins with a slash is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.process.journal import log_fault
from bot.quote.rules import phrases as wording
from bot.quote.terminal.layout import Layout
from bot.screen.lines import Line
from bot.values.typed import is_blank
from knowledge.errors import UserError
from knowledge.reading.nearest import hint, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.answer.terminal.talk import Talk
    from bot.screen.screen import Screen
    from knowledge.model import Article, Pack

COMMANDS: Final = {
    "/help": "show this list",
    "/topics": "list what can be asked about",
    "/sources": "list the articles that are quoted",
    "/new": "forget the conversation and begin another",
    "/quit": "end the conversation (Ctrl-D does too)",
}


class Conversing:
    """One conversation. `at_terminal` tells whether what is typed stands on the screen already."""

    def __init__(self, pack: Pack, talk: Talk, screen: Screen, *, at_terminal: bool) -> None:
        """Begin with nothing said."""
        self._pack = pack
        self._talk = talk
        self._screen = screen
        self._at_terminal = at_terminal

    def hold(self, typed: Iterable[str]) -> None:
        """Take line after line until there are no more, or until /quit.

        Ctrl-C while a line is being answered ends that answer only.
        """
        if self._at_terminal:
            self._screen.say(f"{self._pack.title} · {wording.names_of(self._pack)}, quoted and cited")
            self._screen.say("Ask a question. /help lists what else there is; Ctrl-D ends the conversation.")
        for line in typed:
            try:
                if not self._take(line.strip()):
                    return
            except KeyboardInterrupt:
                if not self._at_terminal:
                    raise
                self._screen.say("cancelled; the conversation goes on")

    def _take(self, text: str) -> bool:
        """Answer or obey, and tell whether the conversation goes on."""
        if is_blank(text):
            return True
        if text.startswith("/"):
            return self._obey(text.split(maxsplit=1)[0])
        try:
            reply = self._talk.ask(text)
        except UserError as error:
            self._screen.say(str(error))
        except Exception as error:  # noqa: BLE001 - a fault in one answer must not cost the conversation
            self._screen.say(f"something broke inside (id {log_fault(error)}); the conversation goes on")
        else:
            asked = None if self._at_terminal else "You asked"
            self._show(self._layout.answer(reply.answer, asked, reply.notices))
        return True

    def _obey(self, command: str) -> bool:
        """Do what a slash command says, and tell whether the conversation goes on."""
        match command.casefold():
            case "/help":
                self._show(self._layout.items(f"{name}: {what}" for name, what in COMMANDS.items()))
            case "/topics":
                self._show(self._layout.items(topic.question for topic in self._pack.topics))
            case "/sources":
                self._show(self._layout.items(map(_named, self._pack.articles)))
            case "/new":
                self._talk.forget()
                self._screen.say("a new conversation begins; what was said before is forgotten")
            case "/quit":
                return False
            case unknown:
                self._screen.say(f"there is no command {quoted(unknown)}{hint(unknown, COMMANDS)}")
        return True

    @property
    def _layout(self) -> Layout:
        """The layout for the terminal as wide as it is now."""
        return Layout(self._pack, self._screen.width)

    def _show(self, lines: Iterable[Line]) -> None:
        """Show lines and an empty one; another parts them from what is typed where that stands on the screen."""
        before = (Line(""),) if self._at_terminal else ()
        self._screen.show((*before, *lines, Line("")))


def _named(article: Article) -> str:
    """Name an article in one line, with what it says about itself."""
    by = f" by {article.author}" if article.author else ""
    where = ", ".join(fact for fact in (article.publisher, article.published) if fact)
    return f"{article.title}{by}{f' ({where})' if where else ''}"
