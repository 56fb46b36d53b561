"""`pack try`: the packs that come with the program, and a first answer from one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import opening
from knowledge.pack import SHIPPED, folder_named, load_pack, shipped_folders
from tests.embeddings.encoders.fakes import WordEncoder

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import Program


def test_packs_are_listed_and_one_answers_a_first_question(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "load_encoder", lambda *_: WordEncoder())
    listed = dilemma("pack", "try").out
    assert "social-dilemma: The Social Dilemma, 57 passages\n" in listed
    pack = load_pack(SHIPPED.parent / "phones")
    tried = dilemma("pack", "try", "phones")
    assert tried.code == 0, tried.err
    assert tried.out.startswith(f"You asked: {pack.topics[0].question}\n")
    assert f'ask more: dilemma ask --pack phones "{pack.topics[-1].question}"\n' in tried.out
    assert not dilemma.log.exists()
    assert dilemma("pack", "try", "phone").err.startswith("error: no pack 'phone' comes with the program: try one of ")


def test_packs_that_come_with_the_program_go_by_their_names(tmp_path: Path) -> None:
    assert [load_pack(folder).id for folder in shipped_folders()] == [folder.name for folder in shipped_folders()]
    assert folder_named(tmp_path / "phones", ()) == tmp_path / "phones"
    assert folder_named(tmp_path.joinpath("phones").relative_to(tmp_path), ()) == SHIPPED.parent / "phones"
