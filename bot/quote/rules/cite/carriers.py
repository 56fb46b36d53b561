"""What carries a quotation and is none of its words: markup, damage done by programs, lists, labels, references.

Each thing that is taken away is named, so that it can be said.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

import ftfy
from markdown_it import MarkdownIt

from bot.quote.rules.cite import wording
from bot.quote.rules.cite.written import LOST, QUOTES, same, words_of
from bot.values.text import sound

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from markdown_it.token import Token

    from knowledge.errors import Message

BREAK: Final = "\n\n"
"""Stands where one block of a text ends and another begins: a paragraph, an item, a line of a cell."""

_ANY: Final = re.escape(QUOTES)
_OPENED: Final = re.compile(rf"(?:[{_ANY}]|,,|<<)\s*(?=\S)")
_CLOSED: Final = re.compile(rf"(?<=\S)\s*(?:[{_ANY}]|>>)[\s.,;!?]*$")
_CLOSED_ALONE: Final = re.compile(rf"(?<=\S)\s*(?:(?!['\u2019])[{_ANY}]|>>)[\s.,;!?]*$")
"""An apostrophe at the end may belong to the last word; beside an opening mark it is a mark."""

_TAG: Final = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>|<!--|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});"
)
_BLOCKS: Final = frozenset({
    *("p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "section", "article", "pre", "dd", "dt"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
})  # fmt: skip
_UNSEEN: Final = frozenset({"script", "style", "title", "head"})
_DEEPEST: Final = 3
"""Times that a text may have been written as HTML, one within the other."""

_DISCORD: Final = re.compile(
    r"<a?:\w{2,32}:\d+>|<(?:@[!&]?|\#|id:)\w+>|<t:-?\d+(?::[a-zA-Z])?>|</[\w -]+:\d+>|\|\||^\s*-\#\s+|^\s*>{3}\s*",
    re.MULTILINE,
)
"""Emoji, mentions, times, commands, spoilers, small print and quotes of several lines, as Discord writes them."""

_STARRED: Final = re.compile(r"[*_~`>#\\|\[\]!]|^\s*(?:[-+]|\d+[.)])\s|^\s*[-=]{3,}\s*$", re.MULTILINE)
"""What a text without any cannot lose as Markdown."""

_BACKSLASH: Final = re.compile(r"\\u([0-9a-fA-F]{4})|\\([nrt])|\\([\"'/\\\[\](){}.*_#!>-])")
_ESCAPED: Final = {"n": "\n", "r": "\n", "t": " "}

_ITEM: Final = re.compile(
    r"^[ \t]*(?:[•‣◦·▪▫●○■□◆◇➢➤→⇒✓✔☐☑|]+[ \t]*|(?:[-*+–—]|\(?\d{1,3}[.):]|\(?[a-zA-Z][.)])(?:[ \t]+|(?=[\"“„«])))|"
    r"[ \t]*\|[ \t]*$",
    re.MULTILINE,
)
_LABEL: Final = re.compile(
    r"^\s*(?:(?:my|the|our|first|second|third|direct)\s+)?(?:(?:quot(?:e|ation|ed)|cit(?:e|ation|ed)|answer|evidence|"
    r"sentence|response|passage|excerpt|zitat|antwort|beleg|cita|respuesta|उद्धरण|उत्तर)\s*"
    r"(?:(?:n[or]\.?\s*|\#\s*)?\d{1,3}|[a-c])?\s*(?:[:：=]|[-–—]\s|\)\s|\n)|[qa]\d{0,2}\s*:)\s*",
    re.IGNORECASE | re.MULTILINE,
)
_FOOTNOTE: Final = re.compile(
    r"\s?\[\d{1,3}[a-z]?\]|\[\^\w+\]|(?<=[\w.,;:!?\"'”’»)])[\u00b9\u00b2\u00b3\u2070-\u2079]+|"
    r"(?<=[\w.,;!?\"'”’»])(?:\*{1,3}|[†‡§]{1,3})(?=\s|$)|(?<=[a-z][.,!?”\"’])\d{1,2}(?=\s|$)|\[citation needed\]",
)
_DATED: Final = re.compile(
    r"\s*[(\[](?=[^()\[\]]*(?:\b(?:1[89]|20)\d\d\b|\bn\.\s?d\.|\b(?:pp?|paras?|par|abs|cf|ibid)\b\.?|¶|§|\bparagraph\b|"
    r"\bsource\b|\bquelle\b|\bfuente\b|\bop\.\s?cit|\bas cited in\b|\bqtd\.))[^()\[\]]{1,160}[)\]]",
    re.IGNORECASE,
)
"""What stands in brackets and has a year or a place in it."""
_LAST: Final = re.compile(r"\s*[(\[]([^()\[\]]{1,80})[)\]]\s*[.,;]?\s*$")
"""What stands in brackets at the very end: a reference where it names a source."""
_SIGNED: Final = re.compile(r"(?:(?<=[\s\"'”’».!?])|^)(?:[-–—~]{1,2}|―)\s*([^\n–—]{2,80}?)\s*$")
"""Who said it, behind a dash at the end."""
_PERSON: Final = re.compile(r"(?:[A-Z][\w.’'-]*(?:\s+(?=[A-Z])|$)){1,4}")
_SOURCE_LINE: Final = re.compile(r"\n\s*(?:source|quelle|fuente|from|von|de)\s*:\s*[^\n]{2,200}\s*$", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[(<\[]?(?:https?://|www\.)[^\s<>()\[\]]+[)>\]]?")
_BEFORE_SOURCE: Final = re.compile(r"^(?:source|quelle|fuente|from|by|in|according to|von|de)\b\s*:?\s*", re.IGNORECASE)
_AFTER_SOURCE: Final = re.compile(
    r"^(?:$|\s*[,(;:/.&]|\s*\d|\s+(?:spokes\w+|post|article|website|blog|page|on|in|via|and)\b)",
    re.IGNORECASE,
)

_LINE_HYPHEN: Final = re.compile(
    r"(\w+)(?:[-\u2010\u00ad\u00ac]|\u00ad-)[ \t]*\r?\n[ \t]*(\w+)|(\w+)[-\u2010\u00ad\u00ac][ \t]+(\w+)"
)
_BROKEN: Final = re.compile(r"[^\W\d_]+(?:[?ÕíÆŐ\ufffd]|â€[\u2122\u0153\u02dc]?|¡¯)[^\W\d_]+")
"""A word with a sign in it that stands where a program did not know the character."""
_SIGN: Final = re.compile(r"[?ÕíÆŐ\ufffd]|â€[\u2122\u0153\u02dc]?|¡¯")


@dataclass(frozen=True, slots=True)
class Carried:
    """A text without what carried it: what that was, and the references that stood beside it."""

    text: str
    carriers: tuple[Message, ...] = ()
    references: tuple[str, ...] = ()


def carried(typed: str, words: Collection[str], sources: Collection[str]) -> Carried:
    """Take away what carries a quotation.

    `words` are those of the articles: by them a word that was parted at the end of a line is told from one with a
    hyphen of its own. `sources` are names by which a reference is known: of sides, writers, publishers and articles.
    """
    references: list[str] = []

    def without_references(text: str) -> str:
        return _without_references(text, sources, references)

    steps: tuple[tuple[Message, Callable[[str], str]], ...] = (
        (wording.DAMAGED, lambda text: mended(text, words)),
        (wording.HTML, _without_tags),
        (wording.DISCORD, lambda text: _DISCORD.sub(" ", text)),
        (wording.LINE_HYPHENS, lambda text: _rejoined(text, words)),
        (wording.BACKSLASHES, _without_backslashes),
        (wording.MARKDOWN, _without_markdown),
        *(
            # In whatever order they stand: "1. Quote: … (Lee, 2020) [3]".
            (wording.LISTS, lambda text: _ITEM.sub("", text)),
            (wording.LABELS, lambda text: _LABEL.sub("", text)),
            (wording.REFERENCES, without_references),
            (wording.FOOTNOTES, lambda text: _FOOTNOTE.sub("", text)),
        )
        * 2,
    )
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    taken: list[Message] = []
    for name, step in steps:
        found = step(text)
        if found != text and words_of(found):
            if _shown(found) != _shown(text) and name not in taken:
                taken.append(name)
            text = found
    return Carried(unwrapped(text), tuple(taken), tuple(references))


def mended(text: str, words: Collection[str] = ()) -> str:
    """Mend text that was encoded twice, where that is certain.

    A letter that is lost becomes a hole where one of the words that are known fits it.
    """

    def holed(found: re.Match[str]) -> str:
        hole = _SIGN.sub(LOST, found[0])
        wanted = words_of(hole)
        return hole if len(wanted) == 1 and any(same(wanted[0], word) for word in words) else found[0]

    return _BROKEN.sub(holed, ftfy.fix_encoding(text))


def unwrapped(text: str) -> str:
    """Take away white space around a quotation, and quotation marks of any language, a lone one as well."""
    text = text.strip()
    while found := _OPENED.match(text):
        text = text[found.end() :]
        if closed := _CLOSED.search(text):
            text = text[: closed.start()]
    if closed := _CLOSED_ALONE.search(text):
        text = text[: closed.start()]
    return text


def _shown(text: str) -> str:
    """Write a text without white space: where only that went, nothing was taken away that one would name."""
    return "".join(text.split())


class _Text(HTMLParser):
    """Keeps the text of a page; blocks stay apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as it is called
        self._unseen += tag in _UNSEEN
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        self._break(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as above
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)

    def _break(self, tag: str) -> None:
        if tag == "br":
            self.parts.append("\n")
        elif tag in _BLOCKS:
            self.parts.append(BREAK)
        elif tag in {"td", "th"}:
            self.parts.append(" ")


def _without_tags(text: str) -> str:
    """Read a text as HTML, if it is any, as often as it was written so."""
    for _ in range(_DEEPEST):
        if not _TAG.search(text):
            break
        parser = _Text()
        parser.feed(_DISCORD.sub(lambda found: html.escape(found[0]), text))
        parser.close()
        text = re.sub(r"\n{3,}", BREAK, "".join(parser.parts))
    return text


def _without_backslashes(text: str) -> str:
    """Read what a program escaped: line ends, characters by their number, quotation marks."""

    def read(found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        return _ESCAPED[found[2]] if found[2] else found[3]

    return sound(_BACKSLASH.sub(read, text))


@cache
def _markdown() -> MarkdownIt:
    """Read Markdown, but for what an indented line means: in a quotation it is only indented."""
    return MarkdownIt("commonmark", {"html": False}).enable("strikethrough").disable(["code", "html_block", "entity"])


def _without_markdown(text: str) -> str:
    if not _STARRED.search(text):
        return text
    return "".join(_texts(_markdown().parse(text))).strip()


def _texts(parsed: list[Token]) -> Iterator[str]:
    """Return what is read of Markdown; each block ends with a break."""
    for token in parsed:
        if token.type == "inline":
            yield "".join(_inline(token.children or []))
            yield BREAK
        elif token.type in {"fence", "code_block"}:
            yield f"{token.content}{BREAK}"


def _inline(children: list[Token]) -> Iterator[str]:
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            yield "\n"
        elif child.type in {"text", "text_special", "code_inline", "image"}:
            yield child.content


def _without_references(text: str, sources: Collection[str], references: list[str]) -> str:
    """Take references away, and note them: with a year or a place anywhere, at the end also by the name of a source."""

    def noted(found: re.Match[str]) -> str:
        references.append(found[0].strip(" \t\n()[]<>"))
        return ""

    text = _SOURCE_LINE.sub(noted, _DATED.sub(noted, _ADDRESS.sub(noted, text)))
    for pattern in (_LAST, _SIGNED):
        found = pattern.search(text)
        if (
            found
            and text[: found.start()].strip()
            and (_names(found[1], sources) or (pattern is _SIGNED and _signs(found[1], text[: found.start()])))
        ):
            references.append(found[1])
            text = text[: found.start()]
    return text


def _signs(name: str, before: str) -> bool:
    """Tell whether a name that is no source's stands below a quotation: it has capitals, and the quotation is over."""
    return _PERSON.fullmatch(name.strip()) is not None and before.rstrip()[-1:] in f".!?…{QUOTES}"


def _names(text: str, sources: Collection[str]) -> bool:
    """Tell whether a text names a source, and nothing is said of it."""
    text = unwrapped(_BEFORE_SOURCE.sub("", text.strip()))
    found = (re.match(name_pattern(name), text, re.IGNORECASE) for name in sources)
    return any(match is not None and _AFTER_SOURCE.match(text[match.end() :]) for match in found)


def name_pattern(name: str) -> str:
    """Write a name as a pattern that holds whatever white space is in it."""
    spaced = r"\s+".join(map(re.escape, name.split()))
    return rf"(?<!\w){spaced}(?!\w)"


def _rejoined(text: str, words: Collection[str]) -> str:
    """Put words together that were parted at the ends of lines."""

    def whole(found: re.Match[str]) -> str:
        first, second = (found[1], found[2]) if found[1] else (found[3], found[4])
        joined = f"{first}{second}"
        known = "".join(words_of(joined)) in words
        if found[1]:
            apart = all("".join(words_of(part)) in words for part in (first, second))
            return joined if known or not apart else f"{first}-{second}"
        return joined if known else found[0]

    return _LINE_HYPHEN.sub(whole, text)
