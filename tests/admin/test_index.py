"""Building the index from the command line."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from bot import opening
from knowledge.pack import FOLDER
from tests.screen.encoders import HashEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

pytestmark = pytest.mark.usefixtures("tiny_in_use")


@pytest.fixture(autouse=True)
def _has_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a model that loads at once."""
    monkeypatch.setattr(opening, "load_encoder", lambda config, reference=None: HashEncoder())


def test_first_call_builds_and_says_why(dilemma: Program) -> None:
    """The reason on stderr, the result on stdout."""
    outcome = dilemma("index")
    assert outcome.code == 0
    assert outcome.err == "building the index: no index yet\n"
    assert outcome.out == "the index of pets is built: 5 passages\n"


def test_second_call_finds_nothing_to_do(dilemma: Program) -> None:
    """And says that."""
    dilemma("index")
    outcome = dilemma("index")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "the index of pets is up to date already: 5 passages\n"


def test_every_pack_of_the_settings_is_built_with_one_encoder(
    dilemma: Program, tiny_in_use: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that does not open is named; `--pack` takes one of them alone, by its folder or by its id."""
    loaded: list[HashEncoder] = []

    def load(*_: object) -> HashEncoder:
        loaded.append(HashEncoder())
        return loaded[-1]

    monkeypatch.setattr(opening, "load_encoder", load)
    for folder, identity in (("more", "mice"), ("twin", "pets"), ("torn", "rats")):
        shutil.copytree(tiny_in_use, dilemma.folder / folder)
        frame = dilemma.folder / folder / "pack.toml"
        frame.write_text(frame.read_text(encoding="utf-8").replace('id = "pets"', f'id = "{identity}"'), "utf-8")
    (dilemma.folder / "torn" / "passages.toml").unlink()
    more = f"{dilemma.folder}/more,{dilemma.folder}/twin,{dilemma.folder}/torn"
    monkeypatch.setenv("DILEMMA_PACK__FURTHER", more)
    outcome = dilemma("index")
    assert outcome.out == "the index of pets is built: 5 passages\nthe index of mice is built: 5 passages\n"
    told = " ".join(outcome.err.split())
    assert f'the pack in {dilemma.folder}/twin is left out: another has its id, "pets"; change `id`' in told
    assert f"the pack in {dilemma.folder}/torn is left out: the pack torn cannot be used: passages.toml: the" in told
    assert len(loaded) == 1
    for name in ("mice", "more"):
        assert dilemma("index", "--pack", name).out == "the index of mice is up to date already: 5 passages\n"
    assert dilemma("topics", "--pack", "social-dilemma").out.startswith("The Social Dilemma")


def test_a_language_that_the_model_does_not_know_is_refused(dilemma: Program, tiny_in_use: Path) -> None:
    """With the way out; another model is the operator's word for it. A code that is none is a problem of the pack."""
    frame = tiny_in_use / "pack.toml"
    written = frame.read_text(encoding="utf-8")
    frame.write_text(f'language = "de"\n{written}', encoding="utf-8")
    refused = (
        'error: the articles of the pack pets are in the language "de", and the model all-MiniLM-L6-v2 knows English '
        "only: set `model` under [encoder] to one that knows it\n"
    )
    assert dilemma("index").err == dilemma("ask", "--no-log", "Wer bewacht das Haus?").err == refused
    (dilemma.folder / "config.toml").write_text(f'[pack]\nfolder = "{tiny_in_use}"\n[encoder]\nmodel = "./model"\n')
    assert dilemma("index").out == "the index of pets is built: 5 passages\n"
    frame.write_text(f'language = "german"\n{written}', encoding="utf-8")
    assert '"language" must be a code of two letters, as in "de", not "german"' in dilemma("pack", "check").out


def test_force_makes_it_anew_from_nothing_that_is_kept(dilemma: Program) -> None:
    """The vectors too, although nothing seems wrong with them."""
    dilemma("index")
    pets = dilemma.folder / "cache/dilemma/pets"
    kept = [path for pattern in ("*/voice-0.faiss", "vectors-*.db") for path in pets.glob(pattern)]
    assert len(kept) == 2
    for path in kept:
        os.utime(path, ns=(1, 1))
    outcome = dilemma("index", "--force")
    assert (outcome.code, outcome.err) == (0, "building the index: no index yet\n")
    assert outcome.out == "the index of pets is built: 5 passages\n"
    assert [path for path in kept if path.stat().st_mtime_ns == 1] == []


def test_index_is_refreshed_when_the_pack_changed(dilemma: Program, tiny_in_use: Path) -> None:
    """A title is enough."""
    dilemma("index")
    text = (tiny_in_use / "pack.toml").read_text(encoding="utf-8")
    (tiny_in_use / "pack.toml").write_text(text.replace("Cats or dogs", "Dogs or cats"), encoding="utf-8")
    outcome = dilemma("index")
    assert outcome.err == ("building the index: the pack, the model or a library changed since the index was built\n")
    assert outcome.out == "the index of pets is built: 5 passages\n"


def test_index_lies_in_the_folder_of_the_settings(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else among the platform's caches."""
    monkeypatch.setenv("DILEMMA_INDEX__FOLDER", "here")
    dilemma("index")
    assert len(list(dilemma.folder.glob("here/pets/*/manifest.json"))) == 1
    assert [path.name for path in dilemma.folder.glob("cache/dilemma/*")] == [FOLDER]


def test_folder_that_cannot_be_written_is_named(dilemma: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its setting."""
    (dilemma.folder / "file").write_text("")
    monkeypatch.setenv("DILEMMA_INDEX__FOLDER", "file")
    outcome = dilemma("index")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.splitlines()[-1].startswith(
        f"error: the index cannot be written to {dilemma.folder}/file/pets ("
    )
    assert outcome.err.endswith("set `folder` under [index] in config.toml\n")


def test_index_that_was_built_elsewhere_is_taken_in(dilemma: Program, tmp_path: Path) -> None:
    """Or refused in a sentence."""
    (tmp_path / "notes.txt").write_text("no archive")
    outcome = dilemma("index", "--import", str(tmp_path / "notes.txt"))
    assert outcome.code == 1
    assert outcome.err.endswith("notes.txt is not a ready index, or was cut short: export or fetch it again\n")
    outcome = dilemma("index", "--force", "--import", str(tmp_path / "notes.txt"))
    assert outcome.err == "error: --import takes an index as it is: leave out --force and --export\n"
