"""A checked quotation as a page: what it turned out to be, what the article has, and references to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.quote.cog.layout import articles_lines, footer, headline, place_line, reached_line, small
from bot.quote.rules import phrases as wording
from bot.quote.rules.cite.references import STYLES, references_at
from bot.quote.rules.cite.verdict import VERIFIED, verdict_on
from bot.wire.page.controls import Control
from bot.wire.page.escaping import echoed, escaped
from bot.wire.page.layout import ROOM, Group, Page, Part, Style, paged
from bot.wire.press import id_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.quote.rules.cite.verdict import CiteCheck
    from bot.wire.page.language import Words
    from knowledge.citation import Citation
    from knowledge.model import Pack, Span

FEATURE: Final = "lookup"
REFERENCE: Final = "reference"
"""What a button gives, as the verb of its id; behind it stands the place in the article."""

_MOST: Final = 5
"""Quotations of one text that are shown: as many as a row has buttons."""


def check_page(
    pack: Pack,
    found: Sequence[CiteCheck],
    words: Words,
    style: Style,
    *,
    cut_at: int | None = None,
    first: bool = True,
) -> Page:
    """Say what quotations turned out to be, and what the articles have; `cut_at` is how much was read, None: all.

    The `first` in a while says what the bot is.
    """
    room = ROOM[style]
    groups: list[Group] = []
    for number, checked in enumerate(found[:_MOST], start=1):
        if len(found) > 1:
            heading = words("Quotation {number} of {count}", number=number, count=len(found))
            groups.append(Group((Part(f"**{heading}**\n{_head(pack, checked, words, room.echo // _MOST)}"),)))
        warnings = [f"⚠️ {echoed(words(warning), room.line)}" for warning in checked.careful]
        notes = [*warnings, *(echoed(words(note), room.line) for note in checked.notes)]
        groups += [Group((Part(note),)) for note in notes]
        if checked.original is not None and checked.citation is not None:
            groups.append(
                Group(tuple(_original(pack, checked, words, style)), headline(words("The article has"), style))
            )
    if cut_at is not None:
        note = words("Note: the quotation was longer than {limit} characters; the rest was not read.", limit=cut_at)
        groups.append(Group((Part(note),)))
    cited = {place.article_id for each in found[:_MOST] for place in _places(each)}
    foot = [*articles_lines(pack, cited, words, style)]
    if first:
        foot.append(small(footer(pack, words), style))
    head = _head(pack, found[0], words, room.echo) if len(found) == 1 else f"**{words('You quoted')}**"
    return paged(Page(head, tuple(groups), "\n".join(foot)), words, room)[0]


def check_rows(pack: Pack, found: Sequence[CiteCheck], words: Words) -> tuple[tuple[Control, ...], ...]:
    """Return the buttons below: a reference for each quotation that stands in an article word for word."""
    row: dict[str, Control] = {}  # by their ids, for one place may be quoted twice
    for number, checked in enumerate(found[:_MOST], start=1):
        place = checked.citation
        if checked.verdict in VERIFIED and place is not None:
            label = words("Reference") if len(found) == 1 else words("Reference {number}", number=number)
            custom_id = id_of(FEATURE, REFERENCE, place.article_id, place.start, place.end, pack.id)
            row.setdefault(custom_id, Control(label, custom_id))
    return (tuple(row.values()),) if row else ()


def references_page(pack: Pack, span: Span, words: Words) -> Page:
    """Return the references of a place in an article, each to be copied as it is."""
    written = references_at(pack, span)
    parts = tuple(
        Part(f"**{name}**\n```\n{str(written[style]).replace('```', '')}\n```") for style, name in STYLES.items()
    )
    return Page(f"**{words('References to copy')}**", (Group(parts),), words("Only you see this."))


def _head(pack: Pack, checked: CiteCheck, words: Words, echo: int) -> str:
    whom = wording.inside(pack.side(checked.attributed_to).short_name) if checked.attributed_to else None
    label = words("You quoted, put down to {side}", side=whom) if whom else words("You quoted")
    verdict = echoed(words(verdict_on(pack, checked)), echo)
    return f"**{label}:** {echoed(checked.text, echo)}\n**{verdict}**"


def _places(checked: CiteCheck) -> tuple[Citation, ...]:
    return () if checked.original is None or checked.citation is None else (checked.citation, *checked.also_at)


def _original(pack: Pack, checked: CiteCheck, words: Words, style: Style) -> Iterator[Part]:
    assert checked.original is not None  # noqa: S101 - asked for only then
    room = ROOM[style]
    places = [place_line(pack, citation, words, precise=True) for citation in _places(checked)]
    where = [places[0], *(words("also {where}", where=place) for place in places[1:])]
    if checked.passage_id is not None:
        where.insert(0, reached_line(pack, pack.passage(checked.passage_id), words))
    below = small(" · ".join(where), style)
    too_long = words("This quote is too long for a message here ({count} characters).", count=len(checked.original))
    yield Part(f"“{escaped(checked.original)}”\n{below}", f"{too_long}\n{below}")
    if checked.sentence is not None:
        whole = words("The whole sentence: “{sentence}”", sentence=checked.sentence)
        yield Part(escaped(whole), echoed(whole, room.line))
    if checked.changes:
        changes = words("From there to the quotation:")
        yield Part(f"{changes}\n{_marked(checked, words)}", changes)


def _marked(checked: CiteCheck, words: Words) -> str:
    """Write the changes as a line of words with what was left out and what was put in named: it may be read aloud."""
    pieces = []
    for change in checked.changes:
        if change.kept:
            pieces.append(escaped(change.quoted))
            continue
        if change.original:
            pieces.append(f"(~~{escaped(change.original)}~~ {words('left out')})")
        if change.quoted:
            pieces.append(f"(**{escaped(change.quoted)}** {words('put in')})")
    return " ".join(pieces)
