"""Every pack that comes with the program is sound; its SOURCES.md says of each article what its pack.toml says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from knowledge.pack import SHIPPED, load_pack

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.model import Pack

FOLDERS = sorted(path.parent for path in SHIPPED.parent.glob("*/pack.toml"))


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture(scope="module")
def pack(folder: Path) -> Pack:
    return load_pack(folder)


@pytest.fixture(scope="module")
def sources(folder: Path) -> dict[str, str]:
    text = (folder / "SOURCES.md").read_text(encoding="utf-8")
    return {
        match[1]: match[2] for match in re.finditer(r"^### `([\w-]+)`\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE)
    }


def test_a_pack_bears_the_name_of_its_folder(folder: Path, pack: Pack) -> None:
    assert pack.id == folder.name


def test_every_article_has_its_section(pack: Pack, sources: dict[str, str]) -> None:
    assert list(sources) == [article.id for article in pack.articles]


def test_the_hashes_are_those_of_the_pack(pack: Pack, sources: dict[str, str]) -> None:
    """People check the files by hand."""
    for article in pack.articles:
        assert re.findall(r"[0-9a-f]{64}", sources[article.id]) == [article.sha256]


def test_what_is_known_of_an_article_is_said(pack: Pack, sources: dict[str, str]) -> None:
    for article in pack.articles:
        for word, fact in (
            ("Title", article.title),
            ("Author", article.author),
            ("Published", article.published),
            ("Publisher", article.publisher),
        ):
            (line,) = re.findall(rf"^- {word}: (.*)$", sources[article.id], re.MULTILINE)
            assert line.startswith(fact or "unknown")
