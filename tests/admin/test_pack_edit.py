"""`pack edit`: passages of an article that was corrected are found again."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from bot.authoring.review import open_review
from knowledge.pack import check_pack, load_pack
from tests.admin.test_pack_review import made, mark_of
from tests.packs import SHIPPED_STAYS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import Outcome, Program

__all__ = ["made"]


def corrected(folder: Path, *changes: tuple[str, str]) -> None:
    """Change words of the one article."""
    (path,) = (folder / "articles").iterdir()
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def edited(program: Program, monkeypatch: pytest.MonkeyPatch, keys: str) -> Outcome:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{key}\n" for key in keys.split(","))))
    return program("pack", "edit", "--pack", "phones")


def test_passages_are_found_again_and_the_hash_is_noted(made: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed sentence with its cue, one that only moved, and the marks that wait for the review."""
    folder = made.folder / "phones"
    before = {passage.id: passage for passage in load_pack(folder).passages}
    corrected(folder, ("The parents say that lessons got quiet", "The parents said that the lessons got quiet"))
    assert check_pack(folder) != ()
    outcome = edited(made, monkeypatch, "")
    assert outcome.code == 0, outcome.err
    assert (
        "was: The parents say that lessons got quiet.\nnow: The parents said that the lessons got quiet.\n"
        in outcome.out
    )
    assert outcome.out.endswith("a-meeting-about-phones: passages found again: 1, left out: 0; the new hash is noted\n")
    assert check_pack(folder) == ()
    after = {passage.id: passage for passage in load_pack(folder).passages}
    assert after.keys() == before.keys()
    (changed,) = [passage for passage in after.values() if passage.voice == "for"]
    assert (changed.text, changed.cue) == ("The parents said that the lessons got quiet.", None)
    (moved,) = [passage for passage in after.values() if passage.voice == "against"]
    assert moved.span.start == before[moved.id].span.start + 5
    review = open_review(folder)
    assert mark_of(review, "Eva Lind").start == load_pack(folder).articles[0].text.index("Eva Lind said")
    assert load_pack(folder).articles[0].sha256 in (folder / "SOURCES.md").read_text(encoding="utf-8")


def test_nothing_is_changed_unless_all_is_sound(made: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unchanged pack, an end on the way, and a sentence without which a side has none."""
    folder = made.folder / "phones"
    assert edited(made, monkeypatch, "").err.startswith("error: no article of phones was changed: correct the text in")
    assert made("pack", "edit").err == f"error: {SHIPPED_STAYS}\n"
    corrected(folder, ("The pupils say that nobody asked them. ", ""))
    told = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert edited(made, monkeypatch, "q").out.endswith("nothing was changed\n")
    outcome = edited(made, monkeypatch, "s")
    assert 'no passage speaks for the side "against"' in outcome.err
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == told


def test_no_pack_that_comes_with_the_program_is_edited(made: Program) -> None:
    """Be it the one that is used unless another is named, or one of the others."""
    assert made("--pack", "bypass", "pack", "edit").err == f"error: {SHIPPED_STAYS}\n"
