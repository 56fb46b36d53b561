"""The errors of the project, and who gets to read each of them.

    DilemmaError
    ├── UserError          its text is shown as it is: what is wrong, what to do
    │   └── PackError      a pack that cannot be used, with every problem found
    └── Fault              something broke inside: logged with an id, the id is shown

It must not know where an error is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class DilemmaError(Exception):
    """Any error that this project raises on purpose."""


class UserError(DilemmaError):
    """A mistake that the person can mend; its text says what is wrong and what to do."""


class Fault(DilemmaError):  # noqa: N818 - "fault" is the word: the person did nothing wrong
    """Something broke inside. The text is for the log; people see only an id."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a pack: a sentence, the file (relative to the pack), its line from 1 (0: the whole file)."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Give `file:line: message`, the form that editors can jump to."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}"


class PackError(UserError):
    """A pack that cannot be used; `problems` lists everything found, in order of file and line."""

    def __init__(self, pack: str, problems: Sequence[Problem]) -> None:
        """Put the first problem and the count into the text."""
        self.problems = tuple(problems)
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(f"the pack {pack} cannot be used: {self.problems[0]}{more}; see `dilemma pack check`")
