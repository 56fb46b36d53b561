"""`pack import`: a pack out of a corpus that somebody else made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.screen.session import session_of

# Imported when the command is called: `--help` needs none.
# ruff: noqa: PLC0415

Folder = Annotated[
    Path | None, typer.Argument(help="The new folder; its name becomes the pack's id; else it is called as the corpus.")
]
Lines = Annotated[
    Path | None,
    typer.Option("--jsonl", metavar="FILE", help='A text a line: {"id", "text", "side"?, "heading"?, "source"?, …}.'),
]
Texts = Annotated[
    Path | None, typer.Option("--texts", metavar="FOLDER", help="A folder of .txt files; offsets in them are kept.")
]
Name = Annotated[str | None, typer.Option("--name", help="What the pack is called.")]
Motion = Annotated[str | None, typer.Option("--motion", help="What is debated, as a claim.")]


def import_(
    context: typer.Context,
    folder: Folder = None,
    *,
    jsonl: Lines = None,
    texts: Texts = None,
    name: Name = None,
    motion: Motion = None,
) -> None:
    """Make a pack out of a corpus, with the ids that it has: lines with "id" and "text", or a folder of .txt files.

    A line may name the "side" that the text is of, its "speaker", its "heading" and its "source". Without sides the
    pack can be searched, and nothing else.
    """
    from bot.authoring.corpus import corpus_of, read_records, read_texts, write_corpus

    screen = session_of(context).screen
    corpus_at = jsonl or texts
    folder = folder or Path("" if corpus_at is None else corpus_at.stem or corpus_at.resolve().name)
    with screen.busy("reading"):
        if jsonl is not None and texts is None:
            corpus = corpus_of(read_records(jsonl), folder, jsonl.name)
        elif texts is not None and jsonl is None:
            corpus = read_texts(texts, folder)
        else:
            raise typer.BadParameter("name one corpus: --jsonl FILE or --texts FOLDER", param_hint="--jsonl")
        write_corpus(folder, corpus, name, motion)
    sides = ", ".join(side.name for side in corpus.sides) or "none, so that it can only be searched"
    screen.write(f"{folder} is made: {len(corpus.marks)} passages of {len(corpus.sources)} articles; sides: {sides}")
    for line in corpus.told:
        screen.write(line)
