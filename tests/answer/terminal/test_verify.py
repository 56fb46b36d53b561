"""The command `verify`: what is proven, and every way in which an answer may be forged."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from bot.quote.rules.composition import compose
from bot.quote.rules.contract import answer_object, faults_in
from tests.quote.rules.findings import found, pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Program


def honest() -> dict[str, Any]:
    """Give an answer as it is written, with one quote of one side, and the silence of the other."""
    answer = compose(pack(), found("does fb sell my data", no_selling_information=0.9), question="q", first="film")
    written: dict[str, Any] = json.loads(json.dumps(answer_object(answer, None, 1, 12.3)))
    return written


def quote(answer: dict[str, Any]) -> dict[str, Any]:
    """Find its quote."""
    own: dict[str, Any] = answer["sides"]["facebook"][0]
    return own


IN: Final = "quote no-selling-information in block "
OTHERWISE: Final = f"{IN}facebook: the pack says otherwise about its "

FORGERIES: Final[dict[str, tuple[Callable[[dict[str, Any]], object], str]]] = {
    "another text": (lambda it: quote(it).update(text="We sell it."), f"{IN}facebook: its text is not "),
    "another place": (lambda it: quote(it).update(start=1921, end=1962), f"{IN}facebook: its text is not "),
    "part of it": (lambda it: quote(it).update(text="We", end=1922), f"{IN}facebook: its span is not "),
    "another voice": (lambda it: quote(it).update(voice="film"), f"{IN}facebook: its voice is film"),
    "another side": (lambda it: it["sides"].update(film=it["sides"].pop("facebook")), f"{IN}film: its voice is "),
    "the writer's": (lambda it: it["context"].append(it["sides"]["facebook"].pop()), f"{IN}context: its voice is "),
    "another article": (lambda it: quote(it).update(article="popular-documentary"), f"{IN}facebook: its text is not "),
    "no article": (lambda it: quote(it).update(article="news"), f"{IN}facebook: the pack has no 'news'"),
    "no passage": (lambda it: quote(it).update(passage="news"), "quote news in block facebook: the pack has no "),
    "another speaker": (lambda it: quote(it).update(speaker="A judge"), f"{OTHERWISE}speaker"),
    "another mode": (lambda it: quote(it).update(mode="indirect"), f"{OTHERWISE}mode"),
    "another source": (lambda it: quote(it).update(provenance="The film's"), f"{OTHERWISE}provenance"),
    "another citation": (lambda it: quote(it).update(title="News", paragraph=1), f"{OTHERWISE}paragraph, title"),
    "a word beside it": (lambda it: quote(it).update(note="They lie."), f"{OTHERWISE}note"),
    "certainty": (lambda it: quote(it).update(confidence=7), f"{IN}facebook: its confidence is none"),
    "no quote": (lambda it: it["context"].append("They lie."), "a quote in block context: it is no quote object"),
    "a third side": (lambda it: it["sides"].update(truth=[]), 'the pack has no side "truth"'),
    "words as a silence": (lambda it: it["gaps"].update(film="We lie."), "the gap of film is not what the program "),
    "other sources": (lambda it: it.update(sources=["popular-documentary"]), "its sources are not the articles of "),
    "nothing": (lambda it: it.clear(), "it is no answer object: it has no sides, gaps, context and sources"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_answer_is_not_proven(forgery: str) -> None:
    forge, fault = FORGERIES[forgery]
    answer = copy.deepcopy(honest())
    assert faults_in(pack(), answer) == ()
    forge(answer)
    faults = faults_in(pack(), answer)
    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_an_article_that_is_not_the_one_of_its_hash_proves_nothing() -> None:
    others = tuple(replace(article, sha256="ab" * 32) for article in pack().articles)
    assert faults_in(replace(pack(), articles=others), honest())[0].endswith("is not the one whose hash the pack names")


def test_answers_in_a_file_are_proven_with_the_hashes_of_the_articles(dilemma: Program, tmp_path: Path) -> None:
    """One object, however it is broken into lines, or one a line; what is wrong has its line, and the exit code 1."""
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(honest(), indent=2), encoding="utf-8")
    outcome = dilemma("verify", str(file))
    assert (outcome.code, outcome.err) == (0, "")
    first, *articles = outcome.out.splitlines()
    assert first == "proven: 1 of 1 answers quote these articles word for word"
    assert articles == [f"  {article.id}, sha256 {article.sha256}" for article in pack().articles]
    forged = honest()
    quote(forged)["text"] = "We sell it."
    file.write_text(f"{json.dumps(honest())}\n{json.dumps(forged)}\n", encoding="utf-8")
    outcome = dilemma("verify", str(file))
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out.startswith(f"line 2: {IN}facebook: its text is not ")
    assert outcome.out.endswith("1 of 2 answers cannot be proven\n")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", " is not JSON ("),
        (b"{", " is not JSON ("),
        (b"{}\n{", ", line 2: it is not JSON: name what `ask --jsonl` wrote"),
        (b"[" * 100_000, " is nested too deeply for an answer"),
        (b"\xff", " is not UTF-8"),
    ],
)
def test_what_holds_no_answer_is_said(dilemma: Program, tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(content)
    outcome = dilemma("verify", str(file))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(f"error: {file}{reason}")
    assert dilemma("verify", "missing").err.startswith("error: missing cannot be read (No such file or directory)")
    assert "has more than 20,000,000 bytes" in dilemma("verify", "/dev/zero").err
