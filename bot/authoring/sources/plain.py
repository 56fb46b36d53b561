"""Text and Markdown."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from bot.authoring.sources.document import Document, Kind, Paragraph, byline, plain
from bot.authoring.sources.unwrapping import ITEM, paragraphs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

_LONGEST_HEADING: Final = 120
_NO_SENTENCE: Final = re.compile(r"[^.!?…;,]*[^.!?…;,:\s]\s*")
_RULE: Final = re.compile(r"[\W_]+")


def read_text(text: str) -> Document:
    """Read a plain text. A first line that is no sentence is its title; author, paper and date may stand below it."""
    dropped: Counter[str] = Counter()
    found: list[str] = []
    head, body = _head(text.splitlines(), dropped)
    for paragraph in paragraphs_of(body):
        if _RULE.fullmatch(paragraph):
            dropped["line without a word"] += 1
        else:
            found.append(paragraph)
    title = head.get("title")
    if title is None and len(found) > 1 and len(found[0]) <= _LONGEST_HEADING and _NO_SENTENCE.fullmatch(found[0]):
        title = plain(found.pop(0))
    paragraphs = tuple(map(_paragraph, found))
    return Document(paragraphs, title, head.get("author"), head.get("published"), head.get("publisher"), dropped)


_MONTHS: Final = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTH: Final = rf"(?:{_MONTHS}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?"
_DATED: Final = re.compile(
    rf"(?:(?P<paper>[^.!?:;]{{2,60}}?)(?:,|\s[–—|·-])\s+)?(?:(?:published|posted)(?:\s+on)?:?\s+)?(?:(?:mon|tues|wednes|thurs|fri|"
    rf"satur|sun)day,?\s+)?(?P<date>\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?"
    rf"\s+\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}|{_MONTH}\s+\d{{4}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}})\.?",
    re.IGNORECASE,
)
"""A line that says where and when an article appeared."""
_LONGEST_HEAD: Final = 4


def _head(lines: Sequence[str], dropped: Counter[str]) -> tuple[dict[str, str], Sequence[str]]:
    """Return what the lines above an article say of it, and those below; nothing without author or date."""
    known: dict[str, str] = {}
    titles: list[int] = []
    below = 0
    for number in [number for number, line in enumerate(lines) if line.strip()][:_LONGEST_HEAD]:
        line = plain(lines[number])
        author, dated = byline(line), _DATED.fullmatch(line)
        if author is not None and "author" not in known:
            known["author"] = author
            dropped["line with the author"] += 1
        elif dated is not None and "published" not in known:
            known["published"] = dated["date"]
            known |= {"publisher": dated["paper"]} if dated["paper"] else {}
            dropped["line with the date"] += 1
        elif not known and (not titles or titles == [number - 1]) and not line.endswith((".", ";", ",", ":")):
            titles.append(number)
        else:
            break
        below = number + 1
    title = plain(" ".join(lines[number] for number in titles))
    if not known or len(title) > _LONGEST_HEADING:
        dropped.clear()
        return {}, lines
    return known | ({"title": title} if title else {}), lines[below:]


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
