"""The guide to packs of one's own, followed step by step: its files, its commands, and what it shows."""

from __future__ import annotations

import io
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot import opening
from knowledge.pack import check_pack
from tests.embeddings.encoders.fakes import WordEncoder

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Program

GUIDE: Final = (Path(__file__).parents[2] / "docs" / "packs.md").read_text(encoding="utf-8")


def test_the_guide_leads_from_three_files_to_an_answer(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each output that it shows is what the program prints."""
    monkeypatch.setattr(opening, "load_encoder", lambda *_: WordEncoder())
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    files = re.findall(r"^`([\w.-]+)`[^\n]*:\n\n```\w+\n(.*?)```\n", GUIDE, flags=re.MULTILINE | re.DOTALL)
    assert [name for name, _ in files] == ["ban.txt", "no-ban.txt", "meeting.html", "arguments.jsonl", "answers.txt"]
    for name, text in files:
        (dilemma.folder / name).write_text(text, encoding="utf-8")
    printed = ""
    for command in re.findall(r"^```sh\n(dilemma .*?)\n```$", GUIDE, flags=re.MULTILINE):
        call, _, file = command.partition(" > ")
        outcome = dilemma(*shlex.split(call)[1:])
        assert outcome.code == 0, (command, outcome)
        if file:
            (dilemma.folder / file).write_text(outcome.out, encoding="utf-8")
        printed += outcome.out
    assert "“In Norway, schools that took phones away report better marks.”\n   Ann Lee\n" in printed
    shown = [
        block
        for block in re.findall(r"^```text\n(.*?)```$", GUIDE, flags=re.MULTILINE | re.DOTALL)
        if "By " not in block
    ]
    assert len(shown) == 3
    for block in shown:
        assert block in printed
    assert check_pack(dilemma.folder / "phones") == ()
    assert "] (For a ban) In Norway, " in (dilemma.folder / "prompt.txt").read_text(encoding="utf-8")


def test_every_file_of_a_pack_stands_in_the_guide() -> None:
    """Those of the shipped pack, and what `pack new` writes."""
    shipped = Path(__file__).parents[2] / "knowledge" / "packs" / "social-dilemma"
    names = {path.name for path in shipped.iterdir() if path.is_file()} | {"review.json", "drafts.jsonl"}
    assert {name for name in names if f"`{name}`" not in GUIDE} == set()
