"""`lab rank`, `lab score` and `lab attribute`: JSON lines in, JSON lines out, the same bytes each time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.screen.session import session_of

# What encodes is imported only when it is to.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Queries = Annotated[Path, typer.Option("--queries", metavar="FILE", help='Lines {"id", "query"}.')]
Pairs = Annotated[Path, typer.Option("--pairs", metavar="FILE", help='Lines {"id", "passage", "claim"}.')]

Files = Annotated[list[Path], typer.Argument(help="Articles, as `dilemma pack new` reads them.")]
Reported = Annotated[bool, typer.Option("--reported", help="What is told in other words, too.")]
Speakers = Annotated[
    list[str] | None, typer.Option("--speaker", metavar="PERSON=SIDE", help="For which side a person speaks.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(help="Let others judge the parts by data of their own.", rich_markup_mode=None)
    group.command(epilog="Example:  dilemma lab rank --pack corpus --queries queries.jsonl > ranked.jsonl")(rank)
    group.command(epilog="Example:  dilemma lab score --pairs pairs.jsonl > scores.jsonl")(score)
    group.command(epilog="Example:  dilemma lab attribute article.txt > spans.jsonl")(attribute)
    app.add_typer(group, name="lab")


def rank(context: typer.Context, queries: Queries) -> None:
    """Rank the passages of the pack that is used (`--pack FOLDER`) for each query.

    A query gives a line {"id", "ids", "sides"}: the 50 best of all passages, and the 10 best of each side. No examples
    have a part in it. The passages are encoded once, and kept in the cache.
    """
    from bot.authoring.corpus import ids_of
    from bot.lab.outside.ranking import ranked_for
    from bot.opening import load_encoder
    from bot.screen.reading import json_lines
    from embeddings.index.collection import kept_collection
    from knowledge.pack import SHIPPED

    session = session_of(context)
    screen = session.screen
    asked = [(values["id"], str(values["query"])) for _, values in json_lines(queries, ("id", "query"))]
    pack = session.pack()
    ids = ids_of(pack, session.config.pack.folder or SHIPPED)
    try:
        with screen.busy("loading the model"):
            encoder = load_encoder(session.config)
        collection = kept_collection(pack, encoder, session.config.index.folder, screen.report)
        _write(ranked_for(pack, ids, collection, encoder, asked))
    finally:
        screen.close()


def score(context: typer.Context, pairs: Pairs) -> None:
    """Say how well each passage matches the claim that it is paired with: a line {"id", "score"}, from 0 to 1.

    What else the file holds has a part in it: what a passage shares with other claims counts less. Whether it supports
    the claim or contradicts it is not said: only example statements of a pack teach that.
    """
    from bot.lab.outside.ranking import scores_of
    from bot.opening import load_encoder
    from bot.screen.reading import json_lines

    session = session_of(context)
    screen = session.screen
    paired = [
        (values["id"], str(values["passage"]), str(values["claim"]))
        for _, values in json_lines(pairs, ("id", "passage", "claim"))
    ]
    try:
        with screen.busy("loading the model"):
            encoder = load_encoder(session.config)
        _write(scores_of(encoder, paired))
    finally:
        screen.close()


def attribute(context: typer.Context, files: Files, *, reported: Reported = False, speaker: Speakers = None) -> None:
    """Say what is quoted in articles, and who says it: a line {"doc", "spans"} for each, in characters of its text.

    A span has "start", "end", "speaker", "confidence" and, where it is known, the "side" of the pack (`--pack FOLDER`).
    """
    from bot.lab.outside.attribution import attributed_in

    session = session_of(context)
    known = {}
    for each in speaker or ():
        person, _, side = (part.strip() for part in each.partition("="))
        if not person or not side:
            raise typer.BadParameter(f'"{each}" is not PERSON=SIDE', param_hint="--speaker")
        known[person] = side
    sides = session.pack().sides
    _write(attributed_in(file, sides, known, reported=reported) for file in files)


def _write(lines: Iterable[Mapping[str, object]]) -> None:
    from bot.answer.terminal.jsonl import json_line

    for line in lines:
        sys.stdout.buffer.write(json_line(dict(line)))
    sys.stdout.buffer.flush()
