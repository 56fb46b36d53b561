"""SOURCES.md says of each article what pack.toml says, and no hash is out of date."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from knowledge.pack import SHIPPED

if TYPE_CHECKING:
    from knowledge.model import Pack


@pytest.fixture
def sources() -> dict[str, str]:
    text = (SHIPPED / "SOURCES.md").read_text(encoding="utf-8")
    return {
        match[1]: match[2] for match in re.finditer(r"^### `([\w-]+)`\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE)
    }


def test_every_article_has_its_section(shipped: Pack, sources: dict[str, str]) -> None:
    assert list(sources) == [article.id for article in shipped.articles]


def test_the_hashes_are_those_of_the_pack(shipped: Pack, sources: dict[str, str]) -> None:
    """People check the files by hand."""
    for article in shipped.articles:
        assert re.findall(r"[0-9a-f]{64}", sources[article.id]) == [article.sha256]


def test_what_is_known_of_an_article_is_said(shipped: Pack, sources: dict[str, str]) -> None:
    for article in shipped.articles:
        for word, fact in (
            ("Title", article.title),
            ("Author", article.author),
            ("Published", article.published),
            ("Publisher", article.publisher),
        ):
            (line,) = re.findall(rf"^- {word}: (.*)$", sources[article.id], re.MULTILINE)
            assert line.startswith(fact or "unknown")
