"""Text and Markdown."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from bot.authoring.sources.document import Document, Kind, Paragraph, plain
from bot.authoring.sources.unwrapping import ITEM, paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

_LONGEST_HEADING: Final = 120
_NO_SENTENCE: Final = re.compile(r"[^.!?…;,]*[^.!?…;,:\s]\s*")
_RULE: Final = re.compile(r"[\W_]+")


def read_text(text: str) -> Document:
    """Read a plain text. A first line that is no sentence is its title."""
    dropped: Counter[str] = Counter()
    found: list[str] = []
    for paragraph in paragraphs_of(text.splitlines()):
        if _RULE.fullmatch(paragraph):
            dropped["line without a word"] += 1
        else:
            found.append(paragraph)
    title = None
    if len(found) > 1 and len(found[0]) <= _LONGEST_HEADING and _NO_SENTENCE.fullmatch(found[0]):
        title = plain(found.pop(0))
    return Document(tuple(map(_paragraph, found)), title, dropped=dropped)


def _paragraph(text: str) -> Paragraph:
    if (item := ITEM.match(text)) is not None:
        return Paragraph(plain(text[item.end() :]), Kind.ITEM)
    heading = len(text) <= _LONGEST_HEADING and _NO_SENTENCE.fullmatch(text) and not text[0].islower()
    return Paragraph(plain(text), Kind.HEADING if heading else Kind.BODY)


_FRONT: Final = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*\n", re.DOTALL)
_FIELD: Final = re.compile(r"(title|author|date|published|publisher)\s*:\s*[\"']?(.*?)[\"']?\s*", re.IGNORECASE)
_DROPPED: Final = {
    "fence": "block of code", "code_block": "block of code", "html_block": "block of HTML", "hr": "line without a word",
}  # fmt: skip


def read_markdown(text: str) -> Document:
    """Read Markdown: the words without the marks; what stands in the front matter is known of the article."""
    facts: dict[str, str] = {}
    if (front := _FRONT.match(text)) is not None:
        found = (_FIELD.fullmatch(line) for line in front[1].splitlines())
        facts = {field[1].lower(): plain(field[2]) for field in found if field and field[2].strip()}
        text = text[front.end() :]
    dropped: Counter[str] = Counter()
    paragraphs = list(_in_markdown(text, dropped))
    title = facts.get("title")
    if paragraphs and paragraphs[0].kind is Kind.HEADING and title in {None, paragraphs[0].text}:
        title = paragraphs.pop(0).text
    return Document(
        tuple(paragraphs),
        title,
        facts.get("author"),
        facts.get("published") or facts.get("date"),
        facts.get("publisher"),
        dropped,
    )


def _in_markdown(text: str, dropped: Counter[str]) -> Iterator[Paragraph]:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - little needs it

    inside: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.nesting == 1:
            inside.append(token.type)
            dropped["table"] += token.type == "table_open"
        elif token.nesting == -1:
            inside.pop()
        elif token.type in _DROPPED:
            dropped[_DROPPED[token.type]] += 1
        elif token.type == "inline" and "table_open" not in inside and (said := plain(_said(token, dropped))):
            kind = Kind.HEADING if "heading_open" in inside else Kind.ITEM if "list_item_open" in inside else Kind.BODY
            yield Paragraph(said, kind)


def _said(token: Token, dropped: Counter[str]) -> str:
    """Return the words of an inline token, without tags and pictures."""
    words = []
    for child in token.children or ():
        if child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        elif child.type == "image":
            dropped["picture"] += 1
        elif child.type in {"text", "code_inline"}:
            words.append(child.content)
    return "".join(words)
