"""`pack import`: a corpus keeps its own ids; a line that cannot be used is named, and nothing written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from bot.authoring.corpus import Ids, ids_of
from knowledge.model import CONTEXT
from knowledge.pack import check_pack, load_pack
from tests.quote.rules.findings import pack as shipped_pack

if TYPE_CHECKING:
    from tests.conftest import Outcome, Program

RECORDS: Final = (
    {
        "id": "Arg_1/a",
        "text": "Bans only move\nthe bullying.",
        "side": "Con",
        "heading": "Bullying",
        "speaker": "Jo Ax",
    },
    {"id": 7, "text": "Phones ring.", "side": "PRO", "heading": "Noise", "source": "The Valley Post"},
    {"id": "arg-1-a", "text": "Phones ring. Pupils look up.", "side": "Pro", "source": "The Valley Post"},
    {"id": "con", "text": "Phones ring.", "side": "con", "source": "The Valley Post"},
    {"id": "context", "text": "The council met.", "speaker": "Nobody", "more": 1},
)


def imported(dilemma: Program, *lines: object, name: str = "pack") -> Outcome:
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    (dilemma.folder / "corpus.jsonl").write_text("\n".join(texts), encoding="utf-8", errors="surrogateescape")
    return dilemma("pack", "import", name, "--jsonl", "corpus.jsonl")


def test_a_corpus_becomes_a_pack_that_keeps_its_ids(dilemma: Program) -> None:
    made = imported(dilemma, *RECORDS)
    assert (made.code, made.err) == (0, "")
    assert made.out == (
        "pack is made: 5 passages of 4 articles; sides: Con, PRO\n"
        "texts that stand in it more than once: 1\n"
        "speakers left out, for they have no side: 1\n"
    )
    folder = dilemma.folder / "pack"
    pack = load_pack(folder)
    ids = ids_of(pack, folder)
    assert [ids.passages[passage.id] for passage in pack.passages] == ["Arg_1/a", "context", 7, "arg-1-a", "con"]
    assert ids.sides == {"con": "Con", "pro": "PRO"}
    first, writers, ringing, longer, twin = pack.passages
    assert (first.text, first.voice, first.speaker) == ("Bans only move the bullying.", "con", "Jo Ax")
    assert (writers.id, writers.voice, writers.speaker) == ("text-context", CONTEXT, None)
    assert (ringing.text, twin.text, twin.voice) == ("Phones ring.", "Phones ring.", "con")
    assert len({passage.span.article_id for passage in (ringing, longer, twin)}) == 3
    assert [pack.topic(passage.topics[0]).name for passage in (first, ringing, twin)] == [
        "Bullying",
        "Noise",
        "Everything else",
    ]
    assert imported(dilemma, *RECORDS).err.startswith("error: pack exists already")
    assert dilemma("pack", "import", "--jsonl", "corpus.jsonl").out.startswith("corpus is made: 5 passages")


def test_without_sides_it_can_be_searched_and_nothing_else(dilemma: Program) -> None:
    made = imported(dilemma, {"id": "a", "text": "Phones ring."}, "", {"id": "b", "text": "Pupils look up."})
    assert made.out == "pack is made: 2 passages of 1 articles; sides: none, so that it can only be searched\n"
    assert dilemma("pack", "check", "pack").out.splitlines()[-1] == (
        "works now: search (`dilemma ask`, `dilemma lab rank`); the pack has no sides, so nothing else does"
    )
    for command in (
        ("quiz",),
        ("prompt",),
        ("handout",),
        ("lesson",),
        ("spar", "--against", "x"),
        ("debate", "simulate"),
    ):
        assert dilemma("--pack", "pack", *command).err == (
            "error: the pack pack has no sides: it can only be searched, with `dilemma ask` and `dilemma lab rank`\n"
        )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 2: it is not valid JSON, or is cut off: write one object on it"),
        ("[1]", 'line 2: it is no object: write {"id": …, "text": …}'),
        ({"id": "b"}, 'line 2: "text" is missing, empty or no text'),
        ({"id": "b", "text": " "}, 'line 2: "text" is missing, empty or no text'),
        ({"id": "b", "text": "\u200b"}, 'line 2: "text" must be a text'),
        ({"id": True, "text": "x"}, 'line 2: "id" is missing, empty or no text'),
        ({"id": "a", "text": "x"}, "line 2: the id 'a' stands on line 1 already"),
        ({"id": "b", "text": "x", "side": 3}, 'line 2: "side" must be a text'),
        (
            {"id": "b", "text": "\ud800"},
            "line 2: it holds half a character, as no text does: write it whole",
        ),
        ('{"id": "b", "text": "\udcff"}', "line 2: it is not UTF-8: save the file as UTF-8"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_nothing_written(dilemma: Program, line: object, reason: str) -> None:
    made = imported(dilemma, {"id": "a", "text": "Phones ring."}, line)
    assert (made.code, made.err) == (1, f"error: corpus.jsonl, {reason}\n")
    assert {path.name for path in dilemma.folder.iterdir()} - {"cache"} == {"corpus.jsonl"}


def test_a_side_alone_is_no_controversy_and_an_empty_file_no_corpus(dilemma: Program) -> None:
    alone = imported(dilemma, {"id": "a", "text": "Phones ring.", "side": "Pro"})
    assert alone.err.startswith('error: every "side" in corpus.jsonl is Pro: a controversy has two or more')
    assert "corpus.jsonl holds no line" in imported(dilemma, "").err
    assert "name one corpus" in dilemma("pack", "import", "pack").err
    assert "gone.jsonl cannot be read" in dilemma("pack", "import", "pack", "--jsonl", "gone.jsonl").err


def test_offsets_in_a_folder_of_texts_are_kept(dilemma: Program) -> None:
    folder = dilemma.folder / "texts"
    (folder / "b").mkdir(parents=True)
    (folder / "one.txt").write_bytes("Ünder way.\r\nIt rings. It rings. It rings twice a day.\n".encode())
    (folder / "b" / "one.txt").write_bytes(b"Two are called one.\n")
    made = dilemma("pack", "import", "pack", "--texts", "texts")
    assert made.out == "pack is made: 4 passages of 2 articles; sides: none, so that it can only be searched\n"
    pack = load_pack(dilemma.folder / "pack")
    ids = ids_of(pack, dilemma.folder / "pack")
    assert list(ids.passages.values()) == ["b/one.txt:0-19", "one.txt:0-10", "one.txt:12-31", "one.txt:32-53"]
    assert pack.passages[2].text == "It rings. It rings."
    assert check_pack(dilemma.folder / "pack") == ()
    assert "is not UTF-8 (byte 0)" in _broken(dilemma)


def _broken(dilemma: Program) -> str:
    (dilemma.folder / "texts" / "one.txt").write_bytes(b"\xff")
    return dilemma("pack", "import", "other", "--texts", "texts").err


def test_a_pack_of_another_make_has_its_own_ids(shipped_pack_ids: Ids) -> None:
    assert shipped_pack_ids.sides == {"film": "film", "facebook": "facebook"}


@pytest.fixture
def shipped_pack_ids(dilemma: Program) -> Ids:
    """Give what a pack without ids.json is called."""
    return ids_of(shipped_pack(), dilemma.folder)
