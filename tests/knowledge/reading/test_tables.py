"""Files that cannot be read, and TOML that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.reading.tables import Folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def listed(folder: Folder) -> list[str]:
    return [str(problem) for problem in folder.problems]


def problems_of(folder: Folder, content: bytes) -> list[str]:
    (folder.path / "a.toml").write_bytes(content)
    assert folder.toml("a.toml") is None
    return listed(folder)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(
            b'a = 1\nb = "x\n',
            "a.toml:2: broken TOML: Illegal character '\\n', at column 7",
            id="text without an end",
        ),
        pytest.param(
            b"a = 1\nb\n",
            "a.toml:2: broken TOML: Expected '=' after a key in a key/value pair, at column 2",
            id="key without a value",
        ),
        pytest.param(
            b"a = 1\nb = [1,\n",
            "a.toml:3: broken TOML: Invalid value, at the end of the file",
            id="list without an end",
        ),
        pytest.param(b"a = " + b"[" * 9999, "a.toml: broken TOML: nested too deeply", id="nested too deeply"),
        pytest.param(
            b"a = 1\nb = '\xff'\n", "a.toml:2: byte 0xff is not UTF-8; save the file as UTF-8", id="not UTF-8"
        ),
    ],
)
def test_broken_files_are_named_with_their_line(folder: Folder, content: bytes, expected: str) -> None:
    assert problems_of(folder, content) == [expected]


def test_a_number_too_long_to_read_is_a_problem(folder: Folder) -> None:
    (problem,) = problems_of(folder, b"a = " + b"9" * 5000)
    assert problem.startswith("a.toml: broken TOML: Exceeds the limit")


def test_a_missing_file_is_a_problem_unless_it_is_optional(folder: Folder) -> None:
    assert folder.toml("a.toml", optional=True) is None
    assert listed(folder) == []
    assert folder.toml("a.toml") is None
    assert listed(folder) == ["a.toml: the file is missing"]


def test_an_optional_file_that_cannot_be_read_is_a_problem(folder: Folder) -> None:
    (folder.path / "a.toml").mkdir()
    assert folder.toml("a.toml", optional=True) is None
    assert listed(folder) == ["a.toml: the file cannot be read: Is a directory"]


def test_inline_tables_are_read_too(folder: Folder) -> None:
    (folder.path / "a.toml").write_text('\nsong = [{ title = "A" }, { titel = "B" }]\n')
    root = folder.toml("a.toml")
    assert root is not None
    songs = root.tables("song")
    for song in songs:
        song.expect(("title",))
    assert [song.text("title") for song in songs] == ["A", ""]
    assert listed(folder) == [
        'a.toml:2: [[song]]: the key "title" is missing',
        'a.toml:2: [[song]]: unknown key "titel"; did you mean "title"?',
    ]
