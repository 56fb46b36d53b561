"""What is said to people, as values; and the errors of the project, with who gets to read each of them.

DilemmaError
├── UserError          its message is shown: what is wrong, what to do
│   └── PackError      a pack that cannot be used, with every problem found
└── Fault              something broke inside: logged with an id, the id is shown
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ENGLISH: Final = gettext.NullTranslations()


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """Something to say: an English template, and values for the `{fields}` in it. `str()` says it in English.

    A value may be a message itself, or a tuple of what is to be listed. With a second template, for `many`, the value
    `number` tells which one fits.
    """

    template: str
    many: str | None
    values: Mapping[str, Any] = field(hash=False)

    def __init__(self, template: str, many: str | None = None, /, **values: object) -> None:
        for name, value in (("template", template), ("many", many), ("values", values)):
            object.__setattr__(self, name, value)

    def __str__(self) -> str:
        return self.said(_ENGLISH)

    def said(self, catalogue: gettext.NullTranslations) -> str:
        """Say it in the language of a catalogue, or in English where that lacks it."""
        if self.many is None:
            text = catalogue.gettext(self.template) if self.template else ""  # "" would give the catalogue's header
        else:
            text = catalogue.ngettext(self.template, self.many, self.values["number"])
        values = {name: _said(value, catalogue) for name, value in self.values.items()}
        return text.format_map(values) if values else text


Say: TypeAlias = Callable[[Message], str]
"""What says messages in one language; `str` does in English."""


def _said(value: object, catalogue: gettext.NullTranslations) -> object:
    if isinstance(value, tuple):
        return ", ".join(str(_said(each, catalogue)) for each in value)
    return value.said(catalogue) if isinstance(value, Message) else value


class DilemmaError(Exception):
    """Any error that this project raises on purpose."""


class UserError(DilemmaError):
    """A mistake that the person can mend; its message says what is wrong and what to do."""

    def __init__(self, message: str | Message, /, **values: object) -> None:
        self.message = message if isinstance(message, Message) else Message(message, **values)
        super().__init__(str(self.message))


class Fault(DilemmaError):  # noqa: N818 - "fault" is the word: the person did nothing wrong
    """Something broke inside. The text is for the log; people see only an id."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a pack: a sentence, the file (relative to the pack), its line from 1 (0: the whole file)."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}"


class PackError(UserError):
    """A pack that cannot be used; `problems` lists everything found, in order of file and line."""

    def __init__(self, pack: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(f"the pack {pack} cannot be used: {self.problems[0]}{more}; see `dilemma pack check`")
