"""`lab rank` and `lab score`: lines in, lines out, under the ids of whoever asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot import opening
from tests.embeddings.encoders.fakes import WordEncoder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import Program

TEXTS = (
    ("A/1", "A ban on phones ends bullying.", "Pro"),
    ("A/2", "Phones are how children reach their parents.", "Con"),
    (3, "The river floods the meadow.", "Con"),
)


@pytest.fixture(autouse=True)
def _has_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a model that loads at once."""
    monkeypatch.setattr(opening, "load_encoder", lambda config, reference=None: WordEncoder())


def _lines(dilemma: Program, name: str, *lines: Mapping[str, object]) -> None:
    (dilemma.folder / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def test_passages_are_ranked_under_the_ids_and_sides_of_the_corpus(dilemma: Program) -> None:
    _lines(dilemma, "corpus.jsonl", *({"id": id_, "text": text, "side": side} for id_, text, side in TEXTS))
    assert dilemma("pack", "import", "corpus", "--jsonl", "corpus.jsonl").code == 0
    _lines(dilemma, "queries.jsonl", {"id": 9, "query": "bullying"}, {"id": "q", "query": "the river floods"})
    command = ("lab", "rank", "--pack", "corpus", "--queries", "queries.jsonl")
    found = dilemma(*command)
    first, second = map(json.loads, found.out.splitlines())
    assert (found.code, first["id"], second["id"]) == (0, 9, "q")
    assert first["ids"][0] == "A/1"
    assert sorted(map(str, first["ids"])) == ["3", "A/1", "A/2"]
    assert first["sides"]["Pro"] == ["A/1"]
    assert second["sides"]["Con"] == [3, "A/2"]
    (kept,) = (dilemma.folder / "cache" / "dilemma" / "corpus_collection").glob("*.db")
    before = kept.stat().st_mtime_ns
    assert dilemma(*command).out == found.out
    assert kept.stat().st_mtime_ns == before


def test_pairs_are_scored_and_bad_lines_named(dilemma: Program) -> None:
    claims = ("A ban ends bullying", "Floods destroy meadows")
    pairs = [
        {"id": f"{number}-{at}", "passage": text, "claim": claim}
        for number, text, _ in TEXTS
        for at, claim in enumerate(claims)
    ]
    _lines(dilemma, "pairs.jsonl", *pairs)
    found = dilemma("lab", "score", "--pairs", "pairs.jsonl")
    scores = {line["id"]: line["score"] for line in map(json.loads, found.out.splitlines())}
    assert list(scores) == [pair["id"] for pair in pairs]
    assert scores["A/1-0"] > scores["A/1-1"]
    assert scores["3-1"] > scores["3-0"]
    assert all(0 <= score <= 1 for score in scores.values())
    _lines(dilemma, "pairs.jsonl", pairs[0], {"id": "x", "passage": "No claim."})
    refused = dilemma("lab", "score", "--pairs", "pairs.jsonl")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == 'error: pairs.jsonl, line 2: "claim" is missing, empty or no text\n'
    assert "gone.jsonl cannot be read" in dilemma("lab", "rank", "--queries", "gone.jsonl").err


def test_who_is_quoted_is_told_with_places_in_the_text(dilemma: Program) -> None:
    text = "A talk\r\n\r\n“Bans work,” said Ann Lee of Safe\r\nSchool. Bo Dahl says that they do not.\r\n"
    _lines(
        dilemma,
        "corpus.jsonl",
        {"id": "1", "text": "A ban ends bullying.", "side": "Safe School"},
        {"id": "2", "text": "It does not.", "side": "Bo Dahl"},
    )
    assert dilemma("pack", "import", "corpus", "--jsonl", "corpus.jsonl").code == 0
    (dilemma.folder / "talk.txt").write_bytes(text.encode())
    found = dilemma("lab", "attribute", "--pack", "corpus", "talk.txt")
    quoted = {"start": text.index("“"), "end": text.index(" said"), "speaker": "Ann Lee", "side": "safe-school"}
    assert json.loads(found.out) == {"doc": "talk.txt", "spans": [{**quoted, "confidence": 0.95}]}
    reported = json.loads(dilemma("lab", "attribute", "--pack", "corpus", "--reported", "talk.txt").out)["spans"]
    assert [(span["speaker"], span["side"]) for span in reported] == [
        ("Ann Lee", "safe-school"),
        ("Bo Dahl", "bo-dahl"),
    ]
    assert "gone.txt cannot be read" in dilemma("lab", "attribute", "gone.txt").err
    assert "the pack's sides are" in dilemma("lab", "attribute", "--speaker", "Ann Lee=nobody", "talk.txt").err


def test_the_side_that_is_named_beside_a_speaker_is_theirs(dilemma: Program) -> None:
    _lines(
        dilemma,
        "corpus.jsonl",
        {"id": "1", "text": "A ban ends bullying.", "side": "Lumora"},
        {"id": "2", "text": "It does not.", "side": "Open Web League"},
    )
    assert dilemma("pack", "import", "corpus", "--jsonl", "corpus.jsonl").code == 0
    (dilemma.folder / "news.txt").write_text(
        "“It's a parking ticket,” said Kenji Watanabe, a former Lumora lawyer.\n"
        "“They told parents it was safe,” said Sofia Lind of the Open Web League. “It wasn't.”\n"
        "Lumora's chief, Adam Brandt, wept. “We are sorry,” he said.\n",
        encoding="utf-8",
    )
    spans = json.loads(dilemma("lab", "attribute", "--pack", "corpus", "news.txt").out)["spans"]
    assert [(span["speaker"], span.get("side")) for span in spans] == [
        ("Kenji Watanabe", None),
        ("Sofia Lind", "open-web-league"),
        ("Sofia Lind", "open-web-league"),
        ("Adam Brandt", "lumora"),
    ]
