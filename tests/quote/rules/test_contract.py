from __future__ import annotations

import json

from bot.quote.rules.composition import compose
from bot.quote.rules.contract import answer_object, restored
from tests.quote.rules.findings import found, pack

ANSWER_KEYS = [
    "id", "turn", "question", "asked_as", "act", "sides", "gaps", "context", "sources", "suggestions", "stance",
    "duration_ms",
]  # fmt: skip
QUOTE_KEYS = [
    "text", "passage", "article", "title", "author", "paragraph", "start", "end", "voice", "mode", "speaker",
    "provenance", "confidence",
]  # fmt: skip


def test_an_answer_object_has_exactly_the_keys_of_the_contract() -> None:
    """Scripts rely on them."""
    answer = compose(pack(), found("does fb sell my data", no_selling_information=0.91234), question="q", first="film")
    written = json.loads(json.dumps(answer_object(answer, "q1", 1, 12.345)))
    assert list(written) == [*ANSWER_KEYS, "gap_kinds"]
    assert written["gap_kinds"] == {"film": "silent"}
    assert (written["id"], written["turn"], written["question"]) == ("q1", 1, "q")
    assert (written["asked_as"], written["act"], written["stance"]) == ("does fb sell my data", "answer", None)
    assert written["sides"]["film"] == []
    assert written["gaps"] == {"film": "The film: the articles quote no position on this."}
    assert written["duration_ms"] == 12.3


def test_an_unsure_side_is_told_with_what_is_near_and_read_back() -> None:
    """Beside the sides, which stay as they are."""
    findings = found(no_selling_information=0.9, everything_tracked=0.2)
    answer = compose(pack(), findings, question=findings.question, first="film")
    written = json.loads(json.dumps(answer_object(answer, "q1", 1, 1.0)))
    assert (written["sides"]["film"], written["gap_kinds"]) == ([], {"film": "unsure"})
    assert written["near"]["film"][0]["passage"] == "everything-tracked"
    assert "near" not in answer_object(compose(pack(), found(), question="q", first="film"), 1, 1, 1.0)
    back = restored(pack(), written, None)
    assert back is not None
    assert answer_object(back, "q1", 1, 1.0) == written


def test_a_quote_object_points_at_its_exact_characters() -> None:
    """`text == article_text[start:end]`, and an author that the article does not name is null."""
    answer = compose(pack(), found(no_selling_information=0.91234), question="q", first="film")
    quote = answer_object(answer, 7, 1, 1.0)["sides"]["facebook"][0]
    assert list(quote) == QUOTE_KEYS
    assert pack().article(quote["article"]).text[quote["start"] : quote["end"]] == quote["text"]
    assert (quote["passage"], quote["voice"], quote["mode"]) == ("no-selling-information", "facebook", "direct")
    assert (quote["author"], quote["confidence"]) == (None, 0.9123)
