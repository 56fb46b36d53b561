"""A pack that was proven once is not proven again, and yet nothing about it is taken on trust."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import pack as pack_module
from knowledge import pack as proven
from knowledge.errors import PackError
from knowledge.pack import check_pack, load_pack
from knowledge.reading.tables import Folder
from tests.knowledge.reading.test_prompts import PROMPTS

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.model import Pack
    from tests.knowledge.conftest import TinyPack

STATEMENTS = """\
[[statement]]
texts = ["Cats must be walked"]
stance = "dogs"
best = ["no-walk"]
acceptable = []

[[statement]]
texts = ["Pets are nice"]
stance = ""
best = []
acceptable = []
"""

DIALOGUES = """\
[[dialogue]]
id = "walking"
[[dialogue.turn]]
user = "must cats walk"
act = "answer"
standalone = "Must cats walk?"
best = ["no-walk"]
acceptable = []
[[dialogue.turn]]
user = "thanks"
act = "smalltalk"
"""

TURNS = """\
more = ["go on"]
smalltalk = ["thanks"]
"""

FORMATS = """\
[[format]]
id = "talk"
name = "A talk"
[[format.phase]]
id = "floor"
name = "Open floor"
speaks = "both"
minutes = 5
allows = ["points", "floor"]
"""

FILES = (
    "pack.toml",
    "passages.toml",
    "questions.toml",
    "statements.toml",
    "dialogues.toml",
    "turns.toml",
    "formats.toml",
    "prompts.toml",
)


@pytest.fixture
def full(tiny: TinyPack) -> TinyPack:
    tiny.write("statements.toml", STATEMENTS)
    tiny.write("dialogues.toml", DIALOGUES)
    tiny.write("turns.toml", TURNS)
    tiny.write("formats.toml", FORMATS)
    tiny.write("prompts.toml", PROMPTS)
    return tiny


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    noted: list[Path] = []
    prove = pack_module._prove

    def noting(folder: Folder) -> object:
        noted.append(folder.path)
        return prove(folder)

    monkeypatch.setattr(pack_module, "_prove", noting)
    return noted


def kept_file(cache: Path) -> Path:
    (path,) = (cache / proven.FOLDER).iterdir()
    return path


def test_pack_is_proven_once(full: TinyPack, cache: Path, proofs: list[Path]) -> None:
    first, second = load_pack(full.path, cache), load_pack(full.path, cache)
    assert proofs == [full.path]
    assert (first == second, second == first) == (True, True)


def test_kept_pack_equals_the_proven_one_in_everything(full: TinyPack, cache: Path) -> None:
    load_pack(full.path, cache)
    kept, read = load_pack(full.path, cache), load_pack(full.path)
    assert kept == read
    assert (kept.questions, kept.statements) == (read.questions, read.statements)
    assert (kept.dialogues, kept.turns, kept.formats) == (read.dialogues, read.turns, read.formats)
    assert len(kept.prompts) == 1
    assert kept.prompts == read.prompts
    assert (kept.lexicon, kept.taught) == (read.lexicon, read.taught)
    assert kept.taught == {"no-walk", "claimed-walk"}
    assert kept != replace(read, title="Cats")
    assert kept != object()


def test_shipped_pack_is_the_same_kept(shipped: Pack, cache: Path) -> None:
    load_pack(cache=cache)
    kept = load_pack(cache=cache)
    assert kept == shipped
    assert (kept.lexicon, kept.taught) == (shipped.lexicon, shipped.taught)


def test_kept_pack_can_be_copied(full: TinyPack, cache: Path) -> None:
    load_pack(full.path, cache)
    kept, read = load_pack(full.path, cache), load_pack(full.path)
    assert replace(kept, turns=()) == replace(read, turns=())
    assert replace(kept, turns=()).turns == ()


def test_examples_are_read_when_they_are_wanted(full: TinyPack, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading decodes the rest alone, and asking for the words or the taught passages does no more.

    Then each kind by itself, entry by entry: nothing long keeps other threads waiting.
    """
    load_pack(full.path, cache)
    decoded: list[int] = []
    loads = json.loads

    def noting(text: bytes) -> object:
        decoded.append(len(text))
        return loads(text)

    monkeypatch.setattr(json, "loads", noting)
    kept = load_pack(full.path, cache)
    assert kept.lexicon.known
    assert kept.taught
    assert len(decoded) == 1
    turns = len(kept.turns)
    assert turns > 1
    assert len(decoded) == 1 + turns
    assert kept.questions
    assert max(decoded[1:]) < decoded[0]


@pytest.mark.parametrize("file", [*FILES, "articles/club.txt"])
def test_changed_byte_of_any_file_is_noticed(full: TinyPack, cache: Path, file: str, proofs: list[Path]) -> None:
    load_pack(full.path, cache)
    content = (full.path / file).read_bytes()
    (full.path / file).write_bytes(content + (b"# a mark\n" if file.endswith(".toml") else b" "))
    if file.endswith(".toml"):
        assert replace(load_pack(full.path, cache), sha256="") == replace(load_pack(full.path), sha256="")
    else:
        with pytest.raises(PackError, match="has changed: its sha256 is"):
            load_pack(full.path, cache)
    assert len(proofs) >= 2
    (full.path / file).write_bytes(content)
    assert load_pack(full.path, cache).title == "Cats or dogs"


def test_added_and_removed_files_are_noticed(tiny: TinyPack, cache: Path) -> None:
    assert load_pack(tiny.path, cache).turns == ()
    assert load_pack(tiny.path, cache).turns == ()
    tiny.write("turns.toml", TURNS)
    assert len(load_pack(tiny.path, cache).turns) == 2
    assert len(load_pack(tiny.path, cache).turns) == 2
    (tiny.path / "questions.toml").unlink()
    assert load_pack(tiny.path, cache).questions == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(file=st.sampled_from(FILES), where=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_any_change_has_the_effect_that_it_has_without_a_cache(
    full: TinyPack, cache: Path, file: str, where: float, byte: int
) -> None:
    load_pack(full.path, cache)
    whole = (full.path / file).read_bytes()
    position = int(where * len(whole))
    (full.path / file).write_bytes(whole[:position] + bytes([byte]) + whole[position + 1 :])
    problems = check_pack(full.path)
    if problems:
        with pytest.raises(PackError) as caught:
            load_pack(full.path, cache)
        assert caught.value.problems == problems
    else:
        expected = load_pack(full.path)
        assert load_pack(full.path, cache) == expected
        assert load_pack(full.path, cache) == expected
    (full.path / file).write_bytes(whole)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(where=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255), cut=st.booleans())
def test_damaged_cache_is_as_good_as_none(full: TinyPack, cache: Path, where: float, change: int, *, cut: bool) -> None:
    expected = load_pack(full.path, cache)
    path = kept_file(cache)
    whole = path.read_bytes()
    position = int(where * len(whole))
    rest = b"" if cut else bytes([whole[position] ^ change]) + whole[position + 1 :]
    path.write_bytes(whole[:position] + rest)
    assert proven.kept_pack(Folder(full.path), cache) is None
    assert load_pack(full.path, cache) == expected
    assert path.read_bytes() == whole


def test_other_program_proves_for_itself(
    full: TinyPack, cache: Path, proofs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_pack(full.path, cache)
    monkeypatch.setattr(proven, "__file__", str(tmp_path / "pack.py"))
    load_pack(full.path, cache)
    load_pack(full.path, cache)
    assert len(proofs) == 2


def test_check_takes_nothing_from_the_cache(full: TinyPack, cache: Path, proofs: list[Path]) -> None:
    """A check always reads the files."""
    load_pack(full.path, cache)
    assert check_pack(full.path) == ()
    assert len(proofs) == 2


def test_pack_with_problems_is_not_kept(full: TinyPack, cache: Path) -> None:
    load_pack(full.path, cache)
    full.edit("passages.toml", 'voice = "dogs"', 'voice = "dog"')
    for _ in range(2):
        with pytest.raises(PackError, match="unknown voice"):
            load_pack(full.path, cache)


def test_a_pack_elsewhere_with_the_same_files_is_not_proven_again(
    full: TinyPack, cache: Path, proofs: list[Path]
) -> None:
    first = load_pack(full.path, cache)
    other = full.path.with_name("others")
    shutil.copytree(full.path, other)
    assert load_pack(other, cache) == first
    assert proofs == [full.path]


def test_packs_that_were_used_least_go(full: TinyPack, cache: Path) -> None:
    for number in range(6):
        full.edit("pack.toml", f'Cats or dogs{"!" * number}"', f'Cats or dogs{"!" * (number + 1)}"')
        load_pack(full.path, cache)
    assert len(list((cache / proven.FOLDER).iterdir())) == 3
    assert proven.kept_pack(Folder(full.path), cache) is not None


def test_cache_that_cannot_be_written_costs_time_alone(full: TinyPack, cache: Path, proofs: list[Path]) -> None:
    cache.write_text("", encoding="utf-8")
    assert load_pack(full.path, cache) == load_pack(full.path, cache)
    assert len(proofs) == 2


def test_pack_file_that_cannot_be_read_is_a_problem_as_ever(full: TinyPack, cache: Path) -> None:
    load_pack(full.path, cache)
    (full.path / "turns.toml").unlink()
    (full.path / "turns.toml").mkdir()
    with pytest.raises(PackError, match=r"turns\.toml: the file cannot be read: Is a directory"):
        load_pack(full.path, cache)
