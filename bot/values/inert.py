"""Text that others wrote, made inert for the programs that open a file: spreadsheets, and pages made of Markdown."""

from __future__ import annotations

import re
from typing import Final

_FORMULA: Final = re.compile(
    r"""(?:^|(?<=[;\t\r\n]))(?=(?:(?![;\t\r\n])[\s"'])*[=+\-@＝＋－＠])|^(?=[\t\r\n])"""  # noqa: RUF001 - of either width
)
_MARKUP: Final = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~=:&$^@\"']")
_LINK: Final = re.compile(r"(?i)(?<=[@#])(?=\w|\\)|(?<=:)(?=//)|(?<=\bwww)(?=\.)")
_SPACES: Final = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")


def inert(cell: str) -> str:
    """Put an apostrophe before whatever a spreadsheet could begin to calculate.

    That is = + - @ (of either width), also behind spaces and quotes, a leading tab or line break, and the same
    after a separator inside the cell, where a program that expects semicolons or tabs would begin a cell of its own.
    The apostrophe stays in the text. Source: OWASP, CSV Injection.
    """
    return _FORMULA.sub("'", cell)


def plain(text: str) -> str:
    """Write text so that Markdown shows it as it is, on one line: no headings, tables, links, HTML or mentions.

    Backslashes stop the markup. A zero-width space goes where programs look for addresses and mentions even then:
    after @ and #, in ://, and after www.
    """
    return _MARKUP.sub(r"\\\g<0>", _LINK.sub("\u200b", _SPACES.sub(" ", text).strip()))
